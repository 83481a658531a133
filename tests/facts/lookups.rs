//! Look-ups by ID and by name, against a search through the lists.

use ec2_register_image::Facts;
use ec2_register_image::model::{Image, Snapshot};
use ec2_register_image::types::{ImageName, SnapshotId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Few IDs and names, so that they meet. An empty name is no name.
fn image() -> impl Strategy<Value = Image> {
    (0..8, option::of("[ab]?"), option::of(0_u8..3)).prop_map(|(id, name, owner)| {
        let mut image = Image::new(format!("ami-{id}"));
        image.name = name.map(ImageName::new);
        image.owner_id = owner.map(|owner| owner.to_string());
        image
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (0..8, option::of(0..3)).prop_map(|(id, size)| {
        let mut snapshot = Snapshot::new(format!("snap-{id}"));
        snapshot.volume_size = size;
        snapshot
    })
}

fn facts() -> impl Strategy<Value = Facts> {
    (vec(image(), 0..6), vec(snapshot(), 0..6), vec(0..8, 0..2)).prop_map(|(images, snapshots, missing)| {
        let mut facts = Facts::new();
        facts.extend(images);
        facts.extend(snapshots);
        missing.into_iter().for_each(|id| facts.add_missing_snapshot(format!("snap-{id}")));
        facts
    })
}

#[track_caller]
fn looks_up(facts: &Facts) {
    for name in ["a", "b", "", "c"].map(ImageName::new) {
        let found: Vec<&Image> = facts.images_named(&name).collect();
        let searched: Vec<&Image> = facts.images().iter().filter(|image| image.name.as_ref() == Some(&name)).collect();
        let ids = |images: &[&Image]| {
            let mut ids: Vec<_> = images.iter().map(|image| image.id.clone()).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(&found), ids(&searched), "{name:?} in {facts:?}");
    }
    for id in (0..8).map(|id| SnapshotId::new(format!("snap-{id}"))) {
        let searched = facts.snapshots().iter().find(|snapshot| snapshot.id == id);
        assert_eq!(facts.snapshot(&id), searched, "{facts:?}");
        assert!(facts.has_snapshot(&id) != Some(false) || searched.is_none(), "{facts:?}");
    }
}

proptest! {
    #[test]
    fn an_index_finds_what_a_search_finds(parts in vec(facts(), 0..4)) {
        let mut merged = Facts::new();
        for part in &parts {
            looks_up(part);
            merged = merged.merge(part.clone());
            looks_up(&merged);
        }
        // One after the other, or all at once.
        prop_assert_eq!(&merged, &parts.iter().cloned().collect::<Facts>());
        let mut extended = Facts::new();
        extended.extend(parts);
        prop_assert_eq!(&merged, &extended);
        // Equal facts have equal text, whatever their history.
        let cached = serde_json::to_string(&merged).unwrap();
        let read: Facts = serde_json::from_str(&cached).unwrap();
        looks_up(&read);
        prop_assert_eq!(read, merged);
    }
}

#[test]
fn a_renamed_image_is_found_by_its_last_name_alone() {
    let named = |id: &str, name: &str| {
        let mut image = Image::new(id);
        image.name = Some(name.into());
        image
    };
    let mut facts = Facts::new();
    facts.extend([named("ami-1", "a"), named("ami-2", "a"), named("ami-3", "b"), named("ami-1", "b")]);
    let ids =
        |name: &str| -> Vec<String> { facts.images_named(&name.into()).map(|image| image.id.to_string()).collect() };
    assert_eq!((ids("a"), ids("b")), (vec!["ami-2".into()], vec!["ami-1".into(), "ami-3".into()]));
    facts.clear_images();
    assert_eq!(facts.images_named(&"a".into()).count(), 0);
    assert_eq!(facts, Facts::new());
}

#[test]
fn items_without_an_id_are_ignored_and_empty_text_is_unknown() {
    let mut facts = Facts::new();
    facts.add_snapshot(Snapshot::new(""));
    facts.add_image(Image::new(""));
    facts.set_owner_id("");
    facts.set_platform("");
    facts.set_default_kms_key_id("");
    assert_eq!(facts, Facts::new());
    let mut snapshot = Snapshot::new("snap-1");
    (snapshot.outpost_arn, snapshot.kms_key_id) = (Some("".into()), Some("".into()));
    facts.add_snapshot(snapshot);
    assert_eq!(facts.snapshots(), [Snapshot::new("snap-1")]);
}

#[test]
fn look_ups_allocate_nothing() {
    let mut facts = Facts::new();
    facts.extend((0..1_000).map(|number| Snapshot::new(format!("snap-{number}"))));
    facts.extend((0..1_000).map(|number| {
        let mut image = Image::new(format!("ami-{number}"));
        image.name = Some(format!("web-{}", number / 2).into());
        image
    }));
    let (id, other) = (SnapshotId::new("snap-500"), SnapshotId::new("snap-x"));
    let name = ImageName::new("web-100");
    let counted = allocation_counter::measure(|| {
        assert!(facts.snapshot(&id).is_some());
        assert_eq!((facts.has_snapshot(&id), facts.has_snapshot(&other)), (Some(true), None));
        assert_eq!(facts.images_named(&name).count(), 2);
        assert!(!facts.has_all_images_named(&name));
    });
    assert_eq!(counted.count_total, 0);
}
