//! Facts: the documents of the AWS CLI, and how they merge.

use ec2_register_image::Facts;
use ec2_register_image::endpoint::Region;
use ec2_register_image::model::{Image, ImageEbsBlockDevice, ProductCode, RootDeviceType, Snapshot};
use ec2_register_image::types::{Architecture, BootMode, VirtualizationType, VolumeType};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use time::OffsetDateTime;

#[track_caller]
fn read(json: &str) -> Facts {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

#[track_caller]
fn rejects(json: &str, reason: &str) {
    let error = serde_json::from_str::<Facts>(json).expect_err(json).to_string();
    assert!(error.starts_with(reason), "{error} in {json}");
}

fn snapshots(snapshots: &[Snapshot]) -> Facts {
    let mut facts = Facts::new();
    facts.extend(snapshots.to_vec());
    facts
}

fn product_code(id: &str, product_code_type: &str) -> ProductCode {
    let mut code = ProductCode::default();
    code.id = Some(id.to_owned());
    code.product_code_type = Some(product_code_type.into());
    code
}

#[test]
fn describe_snapshots() {
    let facts = read(
        r#"{"Snapshots": [{
            "Description": "", "Encrypted": true, "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1",
            "OwnerId": "123456789012", "Progress": "100%", "SnapshotId": "snap-1", "State": "completed",
            "StartTime": "2026-11-23T10:00:00+00:00", "VolumeId": "vol-1", "VolumeSize": 8, "StorageTier": "standard",
            "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1", "Tags": [{"Key": "a", "Value": "b"}]
        }]}"#,
    );
    let mut snapshot = Snapshot::new("snap-1");
    snapshot.volume_size = Some(8);
    snapshot.state = Some("completed".into());
    snapshot.progress = Some("100%".to_owned());
    snapshot.owner_id = Some("123456789012".to_owned());
    snapshot.encrypted = Some(true);
    snapshot.kms_key_id = Some("arn:aws:kms:us-east-1:123456789012:key/1".into());
    snapshot.storage_tier = Some("standard".into());
    snapshot.outpost_arn = Some("arn:aws:outposts:us-east-1:123456789012:outpost/op-1".into());
    assert_eq!(facts, snapshots(&[snapshot.clone()]));
    assert_eq!(facts.snapshot(&"snap-1".into()), Some(&snapshot));
    assert_eq!(facts.snapshot(&"snap-2".into()), None);
}

#[test]
fn describe_snapshot_attribute() {
    let mut snapshot = Snapshot::new("snap-1");
    snapshot.product_codes = Some(vec![product_code("abc", "marketplace")]);
    let codes = r#""ProductCodes": [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]"#;
    assert_eq!(read(&format!(r#"{{"SnapshotId": "snap-1", {codes}}}"#)), snapshots(&[snapshot]));
    // Whose codes they are is unknown.
    rejects(&format!("{{{codes}}}"), "the document has no known member");
    // The attribute that was asked for is another one.
    let facts = read(r#"{"SnapshotId": "snap-1", "CreateVolumePermissions": []}"#);
    assert_eq!(facts, snapshots(&[Snapshot::new("snap-1")]));
}

#[test]
fn describe_images() {
    let facts = read(
        r#"{"Images": [{"ImageId": "ami-1", "Name": "web", "OwnerId": "123456789012", "State": "available",
            "Architecture": "x86_64", "BlockDeviceMappings": []}]}"#,
    );
    let mut image = Image::new("ami-1");
    image.name = Some("web".into());
    image.owner_id = Some("123456789012".to_owned());
    image.state = Some("available".into());
    image.architecture = Some(Architecture::X86_64);
    image.block_device_mappings = Some(vec![]);
    assert_eq!(facts.images(), [image]);
    assert_eq!(facts.snapshots(), []);
}

#[test]
fn describe_images_in_full() {
    let facts = read(
        r#"{"Images": [{
            "ImageId": "ami-1", "Name": "web", "OwnerId": "123456789012", "State": "available", "Public": false,
            "Description": "", "Architecture": "arm64", "VirtualizationType": "hvm", "RootDeviceType": "ebs",
            "RootDeviceName": "/dev/xvda", "KernelId": "aki-1", "RamdiskId": "ari-1", "BootMode": "uefi",
            "TpmSupport": "v2.0", "ImdsSupport": "v2.0", "EnaSupport": false, "SriovNetSupport": "simple",
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": true, "Iops": 3000, "SnapshotId": "snap-1",
                    "VolumeSize": 8, "VolumeType": "gp3", "Throughput": 125, "OutpostArn": "arn", "Encrypted": false,
                    "KmsKeyId": "key"}},
                {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, {"DeviceName": "/dev/sdc", "NoDevice": ""}],
            "Tags": [{"Key": "a", "Value": "", "Later": 1}], "ProductCodes": [{"ProductCodeId": "abc"}],
            "ImageLocation": "123456789012/web", "CreationDate": "2026-11-23T10:00:00.000Z",
            "PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances", "Hypervisor": "xen"
        }]}"#,
    );
    let image = facts.images()[0].clone();
    assert_eq!(image.description, None);
    assert_eq!(image.virtualization_type, Some(VirtualizationType::HVM));
    assert_eq!(image.root_device_type, Some(RootDeviceType::EBS));
    assert_eq!(image.root_device_name, Some("/dev/xvda".into()));
    assert_eq!((image.kernel_id, image.ramdisk_id), (Some("aki-1".into()), Some("ari-1".into())));
    assert_eq!((image.boot_mode, image.tpm_support), (Some(BootMode::UEFI), Some("v2.0".into())));
    assert_eq!((image.imds_support, image.ena_support), (Some("v2.0".into()), Some(false)));
    assert_eq!(image.sriov_net_support, Some("simple".into()));
    assert_eq!(image.image_location, Some("123456789012/web".into()));
    let creation_date = image.creation_date.unwrap();
    assert_eq!(creation_date, "2026-11-23T10:00:00.000Z");
    assert_eq!(creation_date.time(), OffsetDateTime::from_unix_timestamp(1_795_428_000).ok());
    assert_eq!(image.platform_details.as_deref(), Some("Linux/UNIX"));
    let tags = image.tags.unwrap();
    assert_eq!((tags[0].key.as_deref(), tags[0].value.as_deref()), (Some("a"), Some("")));
    assert_eq!(image.product_codes.unwrap()[0].id.as_deref(), Some("abc"));
    let [root, store, none] = <[_; 3]>::try_from(image.block_device_mappings.unwrap()).unwrap();
    let mut ebs = ImageEbsBlockDevice::default();
    (ebs.delete_on_termination, ebs.encrypted) = (Some(true), Some(false));
    (ebs.iops, ebs.throughput, ebs.volume_size) = (Some(3000), Some(125), Some(8));
    (ebs.snapshot_id, ebs.volume_type) = (Some("snap-1".into()), Some(VolumeType::GP3));
    ebs.outpost_arn = Some("arn".into());
    assert_eq!((root.ebs, root.virtual_name, root.no_device), (Some(ebs), None, None));
    assert_eq!((store.ebs, store.virtual_name), (None, Some("ephemeral0".into())));
    assert_eq!((none.ebs, none.no_device.as_deref()), (None, Some("")));
}

/// A caller writes the Region, so a mistake in it is an error. EC2 writes the times, so what cannot be read is kept.
#[test]
fn a_region_is_checked_and_a_time_is_kept() {
    let zone = serde_json::from_str::<Facts>(r#"{"Region": "eu-central-1a"}"#).unwrap_err().to_string();
    assert!(zone.ends_with("pass `eu-central-1`"), "{zone}");

    let json = r#"{"Region":"my-cloud","Images":[{"ImageId":"ami-1","CreationDate":"yesterday"}]}"#;
    let facts = read(json);
    let creation_date = facts.images()[0].creation_date.as_ref().unwrap();
    assert_eq!((creation_date.as_str(), creation_date.time()), ("yesterday", None));
    let written = serde_json::to_value(&facts).unwrap();
    assert_eq!(written["Images"][0]["CreationDate"], "yesterday");
    assert_eq!(written["Region"], "my-cloud");
}

#[test]
fn encryption_by_default() {
    assert_eq!(read(r#"{"EbsEncryptionByDefault": true}"#).ebs_encryption_by_default(), Some(true));
    assert_eq!(read(r#"{"EbsEncryptionByDefault": false}"#).ebs_encryption_by_default(), Some(false));
    let key = |json: &str| read(json).default_kms_key_id().map(ToString::to_string);
    assert_eq!(key(r#"{"KmsKeyId": "alias/aws/ebs"}"#).as_deref(), Some("alias/aws/ebs"));
    assert_eq!(key(r#"{"DefaultKmsKeyId": "a", "KmsKeyId": "b"}"#).as_deref(), Some("a"));
    // A snapshot's own key is no default.
    assert_eq!(key(r#"{"SnapshotId": "snap-1", "KmsKeyId": "b"}"#), None);
}

#[test]
fn one_document_for_all() {
    let facts = read(
        r#"{"Region": "eu-central-1", "OwnerId": "123456789012", "EbsEncryptionByDefault": false,
            "DefaultKmsKeyId": "alias/aws/ebs", "Platform": "Windows", "Snapshots": [], "Images": []}"#,
    );
    assert_eq!(facts.region(), Region::new("eu-central-1").ok().as_ref());
    assert_eq!(facts.owner_id(), Some("123456789012"));
    assert_eq!(facts.platform(), Some("Windows"));
    assert_eq!((facts.snapshots(), facts.images()), ([].as_slice(), [].as_slice()));
    assert!(facts.has_all_images_named(&"web".into()));
}

#[test]
fn unknown_is_neither_false_nor_none() {
    assert_eq!(
        read(r#"{"EbsEncryptionByDefault": null, "Snapshots": null, "Images": null, "Later": {"A": [1]}}"#),
        Facts::default()
    );
    assert_eq!(Facts::default().ebs_encryption_by_default(), None);
    let facts = read(r#"{"Snapshots": [{"SnapshotId": "snap-1"}]}"#);
    let snapshot = facts.snapshot(&"snap-1".into()).unwrap();
    assert_eq!((snapshot.encrypted, &snapshot.product_codes), (None, &None));
    // What is unknown takes nothing away.
    let known = read(r#"{"EbsEncryptionByDefault": false, "Snapshots": []}"#);
    assert_eq!(known.clone().merge(Facts::default()), known);
}

#[test]
fn facts_can_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Facts>();
}

#[test]
fn later_facts_count_member_by_member() {
    let earlier = read(
        r#"{"Region": "us-east-1", "OwnerId": "1", "EbsEncryptionByDefault": true, "Snapshots": [
            {"SnapshotId": "snap-1", "State": "pending", "VolumeSize": 8}, {"SnapshotId": "snap-2"}]}"#,
    );
    let later = read(
        r#"{"Region": "us-east-2", "EbsEncryptionByDefault": false, "Snapshots": [
            {"SnapshotId": "snap-3"}, {"SnapshotId": "snap-1", "State": "completed"}]}"#,
    );
    let both = read(
        r#"{"Region": "us-east-2", "OwnerId": "1", "EbsEncryptionByDefault": false, "Snapshots": [
            {"SnapshotId": "snap-1", "State": "completed", "VolumeSize": 8}, {"SnapshotId": "snap-2"},
            {"SnapshotId": "snap-3"}]}"#,
    );
    assert_eq!(earlier.merge(later), both);
    let twice =
        r#"{"Images": [{"ImageId": "ami-1", "Name": "a", "State": "pending"}, {"ImageId": "ami-1", "Name": "b"}]}"#;
    assert_eq!(read(twice), read(r#"{"Images": [{"ImageId": "ami-1", "Name": "b", "State": "pending"}]}"#));
    let lists = r#"{"Images": [{"ImageId": "ami-1", "Tags": [{"Key": "a"}], "BootMode": "uefi"}, {"ImageId": "ami-1", "Tags": []}]}"#;
    assert_eq!(read(lists), read(r#"{"Images": [{"ImageId": "ami-1", "Tags": [], "BootMode": "uefi"}]}"#));
}

#[test]
fn what_is_no_document_is_refused() {
    let object = "expected an object as the AWS CLI prints it";
    for (json, message) in [
        ("[]", format!("invalid type: sequence, {object}")),
        ("null", format!("invalid type: null, {object} at line 1 column 4")),
        (r#"{"Snapshots": [[]]}"#, format!("invalid type: sequence, {object} at line 1 column 15")),
        (r#"{"Snapshots": [{}]}"#, "missing field `SnapshotId` at line 1 column 17".to_owned()),
        (
            r#"{"Images": [{"ImageId": "a", "Tags": [[]]}]}"#,
            format!("invalid type: sequence, {object} at line 1 column 38"),
        ),
        (
            r#"{"Images": [{"ImageId": "a", "BlockDeviceMappings": [{"Ebs": []}]}]}"#,
            format!("invalid type: sequence, {object} at line 1 column 61"),
        ),
        (r#"{"Images": [{"Name": "a"}]}"#, "missing field `ImageId` at line 1 column 25".to_owned()),
        (r#"{"Region": "a", "Region": "b"}"#, "duplicate field `Region` at line 1 column 24".to_owned()),
        (
            r#"{"EbsEncryptionByDefault": "true"}"#,
            "invalid type: string \"true\", expected a boolean at line 1 column 33".to_owned(),
        ),
        (
            "{\"Snapshots\": [\n  {\"SnapshotId\": \"snap-1\",\n   \"VolumeSize\": \"8\"}]}",
            "invalid type: string \"8\", expected i32 at line 3 column 20".to_owned(),
        ),
    ] {
        assert_eq!(serde_json::from_str::<Facts>(json).unwrap_err().to_string(), message, "{json}");
    }
}

/// Every member that the crate reads, and none that it does not.
const COMPLETE: &str = include_str!("../fixtures/facts.json");

/// Fails when a member has been added that the document does not have; the member is then `None`.
#[test]
fn facts_are_written_as_they_are_read() {
    let facts = read(COMPLETE);
    let debug = format!("{facts:?}");
    assert!(!debug.contains("None"), "not in the document: {debug}");
    let document: serde_json::Value = serde_json::from_str(COMPLETE).unwrap();
    assert_eq!(serde_json::to_value(&facts).unwrap(), document);
}

#[test]
fn unknown_facts_are_written_as_null_and_unknown_members_of_items_not_at_all() {
    let facts = read(
        r#"{"Region": "eu-central-1", "Snapshots": [{"SnapshotId": "snap-1", "State": null}],
        "Images": [{"ImageId": "ami-1", "BlockDeviceMappings": [{"DeviceName": "/dev/sdb"}], "Tags": [{"Key": "a"}]}]}"#,
    );
    let written = serde_json::to_value(&facts).unwrap();
    assert_eq!(
        written,
        serde_json::json!({
            "Region": "eu-central-1", "OwnerId": null, "EbsEncryptionByDefault": null, "DefaultKmsKeyId": null,
            "Platform": null, "AccountLevel": null, "Snapshots": [{"SnapshotId": "snap-1"}], "SnapshotsComplete": true,
            "MissingSnapshots": [], "ImagesComplete": true, "CompleteImageNames": [],
            "Images": [{"ImageId": "ami-1", "Tags": [{"Key": "a"}],
                "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "VirtualName": null, "Ebs": null}]}],
        })
    );
    assert_eq!(serde_json::from_value::<Facts>(written).unwrap(), facts);
}

#[test]
fn a_later_image_counts_in_every_member() {
    let complete = read(COMPLETE);
    let ids = read(r#"{"Snapshots": [{"SnapshotId": "snap-1"}], "Images": [{"ImageId": "ami-1"}]}"#);
    assert_eq!(ids.clone().merge(complete.clone()), complete);
    assert_eq!(complete.clone().merge(ids), complete);
}

#[test]
fn every_described_structure_is_an_object_of_known_members_and_others() {
    // `null` is absent, an unknown member is ignored, and a member is given once.
    for (start, end) in [
        (r#"{"OwnerId": "1", "#, "}"),
        (r#"{"Snapshots": [{"SnapshotId": "a", "#, "}]}"),
        (r#"{"Snapshots": [{"SnapshotId": "a", "ProductCodes": [{"#, "}]}]}"),
        (r#"{"Images": [{"ImageId": "a", "#, "}]}"),
        (r#"{"Images": [{"ImageId": "a", "StateReason": {"#, "}}]}"),
        (r#"{"Images": [{"ImageId": "a", "ProductCodes": [{"#, "}]}]}"),
        (r#"{"Images": [{"ImageId": "a", "Tags": [{"#, "}]}]}"),
        (r#"{"Images": [{"ImageId": "a", "BlockDeviceMappings": [{"#, "}]}]}"),
        (r#"{"Images": [{"ImageId": "a", "BlockDeviceMappings": [{"Ebs": {"#, "}}]}]}"),
    ] {
        let empty = read(&format!("{start}\"Later\": null{end}"));
        assert_eq!(read(&format!("{start}\"Later\": [{{\"A\": 1}}]{end}")), empty);
        let object = start.rfind('{').unwrap();
        let array = format!("{}[]{}", &start[..object], &end[1..]);
        let error = serde_json::from_str::<Facts>(&array).unwrap_err().to_string();
        assert!(error.contains("expected an object as the AWS CLI prints it"), "{error} in {array}");
    }
    for json in [
        r#"{"Images": [{"ImageId": "a", "Name": null, "Name": "b"}]}"#,
        r#"{"Images": [{"ImageId": "a", "Tags": [{"Key": "b", "Key": "c"}]}]}"#,
        r#"{"Images": [{"ImageId": "a", "BlockDeviceMappings": [{"Ebs": {"Iops": 1, "Iops": 1}}]}]}"#,
    ] {
        let error = serde_json::from_str::<Facts>(json).unwrap_err().to_string();
        assert!(error.starts_with("duplicate field"), "{error} in {json}");
    }
    // An ID that is `null` is missing.
    let error = serde_json::from_str::<Facts>(r#"{"Snapshots": [{"SnapshotId": null}]}"#).unwrap_err().to_string();
    assert_eq!(error, "missing field `SnapshotId` at line 1 column 35");
}

fn snapshot() -> impl Strategy<Value = serde_json::Value> {
    (
        0..4,
        option::of(1..9),
        option::of("[ab]"),
        option::of(any::<bool>()),
        option::of(vec(Just(serde_json::json!({})), 0..2)),
    )
        .prop_map(|(id, size, state, encrypted, codes)| {
            serde_json::json!({"SnapshotId": format!("snap-{id}"), "VolumeSize": size, "State": state,
                "Encrypted": encrypted, "ProductCodes": codes})
        })
}

fn facts() -> impl Strategy<Value = Facts> {
    let image = (0..4, option::of("[ab]"))
        .prop_map(|(id, name)| serde_json::json!({"ImageId": format!("ami-{id}"), "Name": name}));
    let lists = (option::of(vec(snapshot(), 0..4)), option::of(vec(image, 0..4)));
    (option::of("[ab]"), option::of(any::<bool>()), lists).prop_map(|(text, encrypts, (snapshots, images))| {
        let facts = serde_json::json!({"Region": text, "OwnerId": text, "Platform": text, "KmsKeyId": text,
            "EbsEncryptionByDefault": encrypts, "Snapshots": snapshots, "Images": images});
        serde_json::from_value(facts).unwrap()
    })
}

proptest! {
    #[test]
    fn merging_has_a_neutral_element_and_is_associative(a in facts(), b in facts(), c in facts()) {
        prop_assert_eq!(&Facts::default().merge(a.clone()), &a);
        prop_assert_eq!(&a.clone().merge(Facts::default()), &a);
        prop_assert_eq!(&a.clone().merge(a.clone()), &a);
        prop_assert_eq!(a.clone().merge(b.clone()).merge(c.clone()), a.merge(b.merge(c)));
    }

    #[test]
    fn cached_facts_are_read_back(facts in facts()) {
        let cached = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<Facts>(&cached).unwrap(), facts);
    }
}
