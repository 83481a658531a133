//! The open request: what of it is sent, and its views.

use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, Source, TagMember, TagSpecificationMember,
};
use ec2_register_image::types::ImageLocation;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::support::read;

#[track_caller]
fn is_sent_as(json: &str, expected: &str) {
    assert_eq!(serde_json::to_string(&read(json).as_sent()).unwrap(), expected);
}

#[test]
fn empty_lists_and_structures_are_gone_and_empty_texts_are_not() {
    is_sent_as(r#"{"Name": "", "DryRun": false, "BillingProducts": []}"#, r#"{"DryRun":false,"Name":""}"#);
    is_sent_as(r#"{"BillingProducts": [""]}"#, r#"{"BillingProducts":[""]}"#);
    is_sent_as(r#"{"TagSpecifications": [{"Tags": []}, {"Tags": [{}]}]}"#, "{}");
    is_sent_as(r#"{"BlockDeviceMappings": [{"Ebs": {}}, {}]}"#, "{}");
    is_sent_as(
        r#"{"BlockDeviceMappings": [{"DeviceName": "a", "Ebs": {}}]}"#,
        r#"{"BlockDeviceMappings":[{"DeviceName":"a"}]}"#,
    );
}

#[test]
fn an_empty_item_before_others_keeps_its_place() {
    is_sent_as(
        r#"{"BlockDeviceMappings": [{"Ebs": {}}, {"DeviceName": "b"}, {}]}"#,
        r#"{"BlockDeviceMappings":[{},{"DeviceName":"b"}]}"#,
    );
    is_sent_as(
        r#"{"TagSpecifications": [{"Tags": [{}, {"Key": "k"}, {}]}, {}]}"#,
        r#"{"TagSpecifications":[{"Tags":[{},{"Key":"k"}]}]}"#,
    );
}

#[test]
fn a_request_that_is_sent_as_it_is_is_not_copied() {
    for case in crate::support::cases() {
        let sent = case.request.as_sent();
        assert_eq!(matches!(sent, Cow::Borrowed(_)), *sent == case.request, "{}", case.id);
    }
}

#[track_caller]
fn source_of(json: &str, expected: Source<'_>) {
    assert_eq!(read(json).source(), expected, "{json}");
}

#[test]
fn what_an_image_is_made_of() {
    let location = ImageLocation::from("b/m.xml");
    let snapshot = r#""BlockDeviceMappings": [{"DeviceName": "a"}, {"Ebs": {"SnapshotId": "snap-1"}}]"#;
    source_of("{}", Source::Unstated);
    source_of(&format!("{{{snapshot}}}"), Source::Ebs);
    source_of(&format!(r#"{{"ImageLocation": "", {snapshot}}}"#), Source::Ebs);
    source_of(r#"{"ImageLocation": "b/m.xml"}"#, Source::Manifest(&location));
    source_of(&format!(r#"{{"ImageLocation": "b/m.xml", {snapshot}}}"#), Source::Both(&location));
    source_of(r#"{"BlockDeviceMappings": [{"NoDevice": "", "Ebs": {"SnapshotId": "snap-1"}}]}"#, Source::Unstated);
    source_of(
        r#"{"BlockDeviceMappings": [{"Ebs": {"SnapshotId": ""}}, {"Ebs": {"VolumeSize": 1}}]}"#,
        Source::Unstated,
    );
}

#[track_caller]
fn root_of(root: &str, mappings: &str, expected: Option<usize>) {
    let request = read(&format!(r#"{{{root} "BlockDeviceMappings": [{mappings}]}}"#));
    assert_eq!(request.root().map(|(index, _)| index), expected);
}

#[test]
fn the_mapping_of_the_root_device() {
    let root = r#""RootDeviceName": "/dev/sda1","#;
    root_of("", r#"{"DeviceName": "/dev/sda1"}"#, None);
    root_of(root, r#"{"DeviceName": "/dev/sdb"}, {"DeviceName": "/dev/sda1"}"#, Some(1));
    root_of(root, r#"{"DeviceName": "/dev/sda"}, {"DeviceName": "/dev/sda1"}"#, Some(1));
    root_of(root, r#"{"DeviceName": "/dev/sda"}"#, Some(0));
    root_of(root, r#"{"DeviceName": "sda1"}"#, None);
    root_of(root, r#"{"DeviceName": "/dev/sda1", "NoDevice": ""}"#, None);
    root_of(r#""RootDeviceName": "/dev/sda","#, r#"{"DeviceName": "/dev/sda1"}"#, None);
    root_of(r#""RootDeviceName": "/dev/xvda","#, r#"{"VirtualName": "ephemeral0"}"#, None);
}

/// Collects the names of all members in a JSON document.
fn collect_names(value: &serde_json::Value, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                names.insert(name.clone());
                collect_names(value, names);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

#[test]
fn the_property_tests_generate_every_member() {
    let mut runner = TestRunner::deterministic();
    let mut generated = BTreeSet::new();
    for _ in 0..200 {
        let request = crate::support::request().new_tree(&mut runner).unwrap().current();
        collect_names(&serde_json::to_value(request).unwrap(), &mut generated);
    }
    let members = RequestMember::ALL.iter().map(|it| it.name());
    let members = members.chain(BlockDeviceMappingMember::ALL.iter().map(|it| it.name()));
    let members = members.chain(EbsBlockDeviceMember::ALL.iter().map(|it| it.name()));
    let members = members.chain(TagSpecificationMember::ALL.iter().map(|it| it.name()));
    let members = members.chain(TagMember::ALL.iter().map(|it| it.name()));
    assert_eq!(generated, members.map(str::to_owned).collect());
}

proptest! {
    #[test]
    fn what_is_sent_is_sent_as_it_is(request in crate::support::request()) {
        let sent = request.as_sent().into_owned();
        prop_assert!(matches!(sent.as_sent(), Cow::Borrowed(_)));
        prop_assert_eq!(request.source(), sent.source());
        prop_assert_eq!(request.root().map(|(index, _)| index), sent.root().map(|(index, _)| index));
    }
}
