//! Look-ups in facts of a large account, and merging.

use std::hint::black_box;
use std::sync::LazyLock;

use ec2_register_image::model::{Image, Snapshot};
use ec2_register_image::preview::preview;
use ec2_register_image::types::{ImageState, SnapshotState, StorageTier};
use ec2_register_image::{Facts, RegisterImageRequest, ValidRequest, Validator};

/// A request with one mapping, whose snapshot is in the middle of the facts.
static REQUEST: LazyLock<RegisterImageRequest> = LazyLock::new(|| {
    let json = r#"{"Name": "web-5000", "Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true,
        "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-00000000000001388", "VolumeSize": 8}}]}"#;
    serde_json::from_str(json).expect("the request is in the CLI's shape")
});
static VALID: LazyLock<ValidRequest> = LazyLock::new(|| REQUEST.clone().validate().expect("the request is valid"));

static NONE: LazyLock<Validator> = LazyLock::new(Validator::new);
static TEN_THOUSAND: LazyLock<Facts> = LazyLock::new(|| facts(10_000));
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| Validator::new().facts(facts(100_000)));
static SMALL_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| Validator::new().facts(facts(10_000)));
static ATTRIBUTES: LazyLock<[Vec<Facts>; 2]> = LazyLock::new(|| [10_000, 100_000].map(attributes));

/// As many snapshots as images, all of one account. The name of the request belongs to another account's image.
fn facts(length: usize) -> Facts {
    let mut facts = Facts::new();
    facts.set_owner_id("123456789012");
    facts.set_platform("Linux/UNIX");
    facts.set_images_complete(true);
    facts.extend((0..length).map(|number| {
        let mut snapshot = Snapshot::new(format!("snap-{number:017x}"));
        (snapshot.volume_size, snapshot.encrypted) = (Some(8), Some(false));
        snapshot.state = Some(SnapshotState::COMPLETED);
        snapshot.storage_tier = Some(StorageTier::STANDARD);
        snapshot.owner_id = Some("123456789012".to_owned());
        snapshot.product_codes = Some(Vec::new());
        snapshot
    }));
    facts.extend((0..length).map(|number| {
        let mut image = Image::new(format!("ami-{number:017x}"));
        image.name = Some(format!("web-{number}").into());
        image.state = Some(ImageState::AVAILABLE);
        image.owner_id = Some("210987654321".to_owned());
        image
    }));
    facts
}

/// What as many calls of `describe-snapshot-attribute` print.
fn attributes(length: usize) -> Vec<Facts> {
    let attribute = |number| {
        let mut snapshot = Snapshot::new(format!("snap-{number:017x}"));
        snapshot.product_codes = Some(Vec::new());
        let mut facts = Facts::new();
        facts.add_snapshot(snapshot);
        facts
    };
    (0..length).map(attribute).collect()
}

pub fn check_without() {
    drop(black_box(NONE.check(black_box(&REQUEST))));
}

pub fn check() {
    drop(black_box(VALIDATOR.check(black_box(&REQUEST))));
}

pub fn check_fewer() {
    drop(black_box(SMALL_VALIDATOR.check(black_box(&REQUEST))));
}

pub fn preview_without() {
    drop(black_box(preview(black_box(&VALID), &Facts::new())));
}

pub fn preview_with() {
    drop(black_box(preview(black_box(&VALID), &TEN_THOUSAND)));
}

/// Merges a copy of the documents.
pub fn merge(at: usize) {
    drop(black_box(ATTRIBUTES[at].iter().cloned().collect::<Facts>()));
}
