//! The preview: each default, each unknown, and what the JSON looks like.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use ec2_register_image::encryption::LaunchLocation;
use ec2_register_image::launch::Answer;
use ec2_register_image::preview::Preview;
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::types::BootMode;
use ec2_register_image::{Facts, RegisterImageRequest, preview, rules};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::with;

/// A policy that allows every rule.
fn everything() -> Policy {
    rules::all().fold(Policy::new(), |policy, rule| policy.allow(rule.id).unwrap())
}

/// The preview of any request, whatever the rules say.
fn preview(request: RegisterImageRequest, facts: &Facts) -> Preview {
    preview::preview(&Validator::new().policy(everything()).validate(request).unwrap(), facts)
}

fn facts(json: &str) -> Facts {
    if json == "{}" {
        return Facts::default();
    }
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

/// The JSON of the preview of a spotless request with these members.
fn shown(members: &str, known: &str) -> Value {
    serde_json::to_value(preview(with(members), &facts(known))).unwrap()
}

/// What the preview has at a JSON pointer, and whether it is marked as `stated`, `default` or `unknown`.
#[track_caller]
fn has(shown: &Value, pointer: &str, expected: Value, mark: &str) {
    let mut path = String::new();
    for segment in pointer.trim_start_matches('/').split('/') {
        match segment.parse::<usize>() {
            Ok(index) => path += &format!("[{index}]"),
            Err(_) if path.is_empty() => path += segment,
            Err(_) => path += &format!(".{segment}"),
        }
    }
    let lists = |list: &str| shown[list].as_array().unwrap().contains(&json!(path));
    let found = match (lists("Defaulted"), lists("Unknown")) {
        (false, false) => "stated",
        (true, false) => "default",
        (false, true) => "unknown",
        (true, true) => "both",
    };
    assert_eq!((shown.pointer(pointer), found), (Some(&expected), mark), "{path} of {shown:#}");
}

#[track_caller]
fn member(members: &str, pointer: &str, expected: Value, mark: &str) {
    has(&shown(members, "{}"), pointer, expected, mark);
}

const MANIFEST: &str = r#""ImageLocation": "bucket/image.manifest.xml", "BlockDeviceMappings": null"#;

#[test]
fn platform() {
    member("{}", "/Architecture", json!("x86_64"), "stated");
    member(r#"{"Architecture": null}"#, "/Architecture", json!("i386"), "default");
    member(&format!(r#"{{{MANIFEST}, "Architecture": null}}"#), "/Architecture", Value::Null, "unknown");
    member("{}", "/VirtualizationType", json!("hvm"), "stated");
    member(r#"{"VirtualizationType": null}"#, "/VirtualizationType", json!("paravirtual"), "default");
    member("{}", "/EnaSupport", json!(true), "stated");
    member(r#"{"EnaSupport": null}"#, "/EnaSupport", json!(false), "default");
    for absent in ["/SriovNetSupport", "/BootMode", "/TpmSupport", "/ImdsSupport", "/KernelId", "/Description"] {
        member("{}", absent, Value::Null, "stated");
    }
    member(r#"{"TpmSupport": "v2.0"}"#, "/TpmSupport", json!("v2.0"), "stated");
}

#[test]
fn root_device() {
    member("{}", "/RootDeviceType", json!("ebs"), "stated");
    member(&format!("{{{MANIFEST}}}"), "/RootDeviceType", json!("instance-store"), "stated");
    member(r#"{"ImageLocation": "bucket/image.manifest.xml"}"#, "/RootDeviceType", Value::Null, "unknown");
    member(r#"{"BlockDeviceMappings": null}"#, "/RootDeviceType", Value::Null, "unknown");
    member("{}", "/RootDeviceName", json!("/dev/xvda"), "stated");
    member(r#"{"RootDeviceName": null}"#, "/RootDeviceName", Value::Null, "unknown");
    member(r#"{"RootDeviceName": ""}"#, "/RootDeviceName", Value::Null, "unknown");
}

/// A second volume beside the root, with these members of `Ebs`.
fn second(ebs: &str, known: &str) -> Value {
    let root = r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#;
    shown(&format!(r#"{{"BlockDeviceMappings": [{root}, {{"DeviceName": "/dev/sdb", "Ebs": {{{ebs}}}}}]}}"#), known)
}

#[track_caller]
fn volume(ebs: &str, known: &str, member: &str, expected: Value, mark: &str) {
    has(&second(ebs, known), &format!("/BlockDeviceMappings/1/Ebs/{member}"), expected, mark);
}

#[test]
fn delete_on_termination() {
    let root = "/BlockDeviceMappings/0/Ebs/DeleteOnTermination";
    member("{}", root, json!(true), "default");
    member(r#"{"RootDeviceName": null}"#, root, Value::Null, "unknown");
    volume(r#""VolumeSize": 8"#, "{}", "DeleteOnTermination", json!(false), "default");
    volume(r#""VolumeSize": 8, "DeleteOnTermination": true"#, "{}", "DeleteOnTermination", json!(true), "stated");
    // Its root is no EBS volume, so none of these is the root.
    let manifest = r#"{"ImageLocation": "bucket/image.manifest.xml", "RootDeviceName": null,
        "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}]}"#;
    member(manifest, root, json!(false), "default");
}

#[test]
fn size() {
    let known = r#"{"Snapshots": [{"SnapshotId": "snap-1", "VolumeSize": 16}, {"SnapshotId": "snap-2"}]}"#;
    volume(r#""SnapshotId": "snap-1", "VolumeSize": 20"#, known, "VolumeSize", json!(20), "stated");
    volume(r#""SnapshotId": "snap-1""#, known, "VolumeSize", json!(16), "default");
    volume(r#""SnapshotId": "snap-2""#, known, "VolumeSize", Value::Null, "unknown");
    volume(r#""SnapshotId": "snap-3""#, known, "VolumeSize", Value::Null, "unknown");
}

#[test]
fn type_and_performance() {
    for (ebs, iops, throughput) in [
        (r#""VolumeType": "gp3""#, (json!(3000), "default"), (json!(125), "default")),
        (r#""VolumeType": "gp3", "Iops": 4000"#, (json!(4000), "stated"), (json!(125), "default")),
        (r#""VolumeType": "gp3", "Throughput": 200"#, (json!(3000), "default"), (json!(200), "stated")),
        (r#""VolumeType": "io2", "Iops": 100"#, (json!(100), "stated"), (Value::Null, "stated")),
        (r#""VolumeType": "io1""#, (Value::Null, "unknown"), (Value::Null, "stated")),
        (r#""VolumeType": "gp2""#, (Value::Null, "stated"), (Value::Null, "stated")),
        (r#""VolumeType": "st1""#, (Value::Null, "stated"), (Value::Null, "stated")),
        (r#""VolumeType": "gp4""#, (Value::Null, "unknown"), (Value::Null, "unknown")),
        (r#""VolumeSize": 8"#, (Value::Null, "unknown"), (Value::Null, "unknown")),
    ] {
        volume(ebs, "{}", "Iops", iops.0, iops.1);
        volume(ebs, "{}", "Throughput", throughput.0, throughput.1);
    }
    volume(r#""VolumeType": "gp2""#, "{}", "VolumeType", json!("gp2"), "stated");
    volume(r#""VolumeSize": 8"#, "{}", "VolumeType", Value::Null, "unknown");
}

const OUTPOST: &str = "arn:aws:outposts:us-east-1:123456789012:outpost/op-1";

#[test]
fn encryption_of_the_source() {
    let known =
        r#"{"Snapshots": [{"SnapshotId": "snap-1", "Encrypted": true}, {"SnapshotId": "snap-2", "Encrypted": false},
        {"SnapshotId": "snap-3", "KmsKeyId": "key"}, {"SnapshotId": "snap-4", "OutpostArn": "OUTPOST"}]}"#
            .replace("OUTPOST", OUTPOST);
    volume(r#""SnapshotId": "snap-1""#, &known, "Encrypted", json!(true), "stated");
    volume(r#""SnapshotId": "snap-2""#, &known, "Encrypted", json!(false), "stated");
    volume(r#""SnapshotId": "snap-3""#, &known, "Encrypted", json!(true), "stated");
    volume(r#""SnapshotId": "snap-4""#, &known, "Encrypted", json!(true), "stated");
    volume(r#""SnapshotId": "snap-4""#, &known, "OutpostArn", json!(OUTPOST), "stated");
    volume(r#""SnapshotId": "snap-5""#, &known, "Encrypted", Value::Null, "unknown");
    // EC2 refuses the member there; the snapshot counts.
    volume(r#""SnapshotId": "snap-2", "Encrypted": true"#, &known, "Encrypted", json!(false), "stated");
    volume(r#""VolumeSize": 8"#, "{}", "Encrypted", json!(false), "default");
    volume(r#""VolumeSize": 8, "Encrypted": true"#, "{}", "Encrypted", json!(true), "stated");
}

#[test]
fn mappings_and_tags() {
    let shown = shown(
        r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/sdz", "NoDevice": ""}, {},
                {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {"VolumeSize": 8}},
                {"DeviceName": "/dev/sdc", "VirtualName": "", "Ebs": {"VolumeSize": 8}}],
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": [{"Key": "no", "Value": "no"}]},
                {"ResourceType": "image", "Tags": [{"Key": "b", "Value": "1"}, {"Key": "a"}]}]}"#,
        "{}",
    );
    let mappings = shown["BlockDeviceMappings"].as_array().unwrap();
    assert_eq!(mappings.len(), 2);
    assert_eq!(mappings[0], json!({"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": null}));
    assert_eq!(mappings[1]["VirtualName"], Value::Null);
    // Paths count the mappings of the preview.
    has(&shown, "/BlockDeviceMappings/1/Ebs/VolumeType", Value::Null, "unknown");
    assert_eq!(shown["Tags"], json!([{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}]));
    assert_eq!(shown["LaunchEncryption"].as_array().unwrap().len(), 1);
}

#[test]
fn product_codes() {
    let code = r#"{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}"#;
    let known = format!(
        r#"{{"Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": [{code}]}},
            {{"SnapshotId": "snap-1", "ProductCodes": [{code}, {{"ProductCodeId": "def"}}]}}, {{"SnapshotId": "snap-2"}}]}}"#
    );
    let codes = |codes: &str| serde_json::from_str::<Value>(codes).unwrap();
    let both = format!(r#"[{code}, {{"ProductCodeId": "def", "ProductCodeType": null}}]"#);
    has(&second(r#""SnapshotId": "snap-1""#, &known), "/ProductCodes", codes(&both), "stated");
    has(&second(r#""VolumeSize": 8"#, &known), "/ProductCodes", codes(&format!("[{code}]")), "stated");
    has(&second(r#""SnapshotId": "snap-2""#, &known), "/ProductCodes", Value::Null, "unknown");
    has(&second(r#""SnapshotId": "snap-3""#, &known), "/ProductCodes", Value::Null, "unknown");
    member(&format!("{{{MANIFEST}}}"), "/ProductCodes", Value::Null, "unknown");
}

#[test]
fn encryption_at_launch() {
    const DEPENDS: &str = "depends on whether the snapshot is encrypted, and on whether the launching account owns the \
                           snapshot, and on whether the launching account encrypts by default in that Region";
    let snapshot = |members: &str, account: &str| {
        let known = format!(r#"{{"Snapshots": [{{"SnapshotId": "snap-1"{members}}}]{account}}}"#);
        let mut row = second(r#""SnapshotId": "snap-1""#, &known)["LaunchEncryption"][1].take();
        let why = row["Why"].take();
        (row["Encrypted"].take(), row["Key"].take(), row["KmsKeyId"].take(), why.as_str().unwrap().to_owned())
    };
    let (encrypted, key, id, why) = snapshot("", "");
    assert_eq!((encrypted, key, id, why.as_str()), (Value::Null, json!("unknown"), Value::Null, DEPENDS));
    let by_default = r#", "EbsEncryptionByDefault": true, "DefaultKmsKeyId": "ours", "OwnerId": "111111111111""#;
    let off = r#", "EbsEncryptionByDefault": false, "DefaultKmsKeyId": "ours", "OwnerId": "111111111111""#;
    let own = r#", "OwnerId": "111111111111", "KmsKeyId": "own""#;
    let theirs = r#", "OwnerId": "222222222222", "KmsKeyId": "theirs""#;
    for (members, account, expected) in [
        (r#", "Encrypted": false"#, off, (json!(false), json!("none"), Value::Null)),
        (r#", "Encrypted": false"#, by_default, (json!(true), json!("default"), json!("ours"))),
        (own, by_default, (json!(true), json!("snapshot"), json!("own"))),
        (theirs, off, (json!(true), json!("default"), json!("ours"))),
        (own, "", (json!(true), json!("unknown"), Value::Null)),
        (r#", "OutpostArn": "arn", "KmsKeyId": "own""#, "", (json!(true), json!("snapshot"), json!("own"))),
    ] {
        let (encrypted, key, id, _) = snapshot(members, account);
        assert_eq!((encrypted, key, id), expected, "{members} {account}");
    }
}

/// What the second and the third volume become, and where.
#[test]
fn a_local_snapshot_puts_the_launch_on_its_outpost() {
    let known = r#"{"EbsEncryptionByDefault": false, "Snapshots": [
        {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": false}, {"SnapshotId": "snap-2", "OutpostArn": "arn"}]}"#;
    let rows = |second: &str, location: Option<LaunchLocation>| {
        let request = with(
            &r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}},
            {"DeviceName": "/dev/sdb", "Ebs": SECOND}, {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 8}}]}"#
                .replace("SECOND", second),
        );
        let request = Validator::new().policy(everything()).validate(request).unwrap();
        let shown = match location {
            Some(location) => preview::preview_at(&request, &facts(known), &location),
            None => preview::preview(&request, &facts(known)),
        };
        let shown = serde_json::to_value(shown).unwrap();
        [0, 1, 2].map(|at| {
            let row = &shown["LaunchEncryption"][at];
            format!("{} {} {}", row["Encrypted"], row["Key"].as_str().unwrap(), row["Location"].as_str().unwrap())
        })
    };
    let encrypted = ["true default outpost", "true snapshot outpost", "true default outpost"];
    // By the request, and by the facts; whatever location is stated.
    assert_eq!(rows(r#"{"SnapshotId": "snap-3", "OutpostArn": "arn"}"#, None), encrypted);
    assert_eq!(rows(r#"{"SnapshotId": "snap-2"}"#, None), encrypted);
    assert_eq!(rows(r#"{"SnapshotId": "snap-2"}"#, Some(LaunchLocation::WavelengthZone)), encrypted);
    // An `OutpostArn` without a snapshot proves nothing.
    let empty = r#"{"VolumeSize": 8, "OutpostArn": "arn"}"#;
    assert_eq!(rows(empty, None), ["false none region"; 3]);
    assert_eq!(rows(empty, Some(LaunchLocation::WavelengthZone)), ["true default wavelength-zone"; 3]);
    let zone = LaunchLocation::LocalZone("us-west-2-lax-1a".into());
    assert_eq!(rows(empty, Some(zone)), ["false none us-west-2-lax-1a"; 3]);
}

/// What two volumes become, of which the first is from a snapshot in a Local Zone.
#[test]
fn a_local_snapshot_puts_the_launch_in_its_local_zone() {
    let rows = |zone: &str| {
        let known = format!(
            r#"{{"EbsEncryptionByDefault": false, "Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0",
                "Encrypted": true, "KmsKeyId": "own", "AvailabilityZone": "{zone}"}}]}}"#
        );
        let shown = second(r#""VolumeSize": 8"#, &known);
        [0, 1].map(|at| {
            let row = &shown["LaunchEncryption"][at];
            format!("{} {} {}", row["Encrypted"], row["Key"].as_str().unwrap(), row["Location"].as_str().unwrap())
        })
    };
    let lax = ["true snapshot us-west-2-lax-1a", "false none us-west-2-lax-1a"];
    assert_eq!(rows("us-west-2-lax-1a"), lax);
    assert_eq!(rows("us-west-2-phx-1a"), ["true snapshot us-west-2-phx-1a", "true default us-west-2-phx-1a"]);
    // The owner is unknown, which matters only for a snapshot in the Region.
    assert_eq!(rows("us-west-2a"), ["true unknown region", "false none region"]);
}

#[test]
fn facts_that_contradict_each_other() {
    let known = r#"{"OwnerId": "111111111111", "Snapshots": [{"SnapshotId": "snap-1", "OwnerId": "222222222222",
        "Encrypted": true, "KmsKeyId": "alias/aws/ebs"}]}"#;
    let row = &second(r#""SnapshotId": "snap-1""#, known)["LaunchEncryption"][1];
    assert_eq!((&row["Encrypted"], &row["Key"], &row["KmsKeyId"]), (&Value::Null, &json!("unknown"), &Value::Null));
    assert!(row["Why"].as_str().unwrap().starts_with("another account owns the snapshot, but "), "{row}");
}

#[test]
fn boot_at_launch() {
    // How a Graviton, an Intel and an older Intel instance boot the image.
    let boots = |members: &str| {
        let launchable = preview(with(members), &Facts::default()).launchable();
        ["m7g.large", "m7i.large", "t2.large"].map(|instance_type| match launchable.answer(instance_type) {
            Answer::Yes(mode) => mode,
            _ => None,
        })
    };
    let (uefi, bios) = (Some(BootMode::UEFI), Some(BootMode::LEGACY_BIOS));
    assert_eq!(boots("{}"), [None, bios.clone(), bios.clone()]);
    assert_eq!(boots(r#"{"BootMode": "uefi"}"#), [None, uefi.clone(), None]);
    assert_eq!(boots(r#"{"BootMode": "uefi-preferred"}"#), [None, uefi.clone(), bios.clone()]);
    assert_eq!(boots(r#"{"Architecture": "arm64"}"#), [uefi.clone(), None, None]);
    assert_eq!(boots(r#"{"Architecture": "arm64", "BootMode": "uefi-preferred"}"#), [uefi, None, None]);
    assert_eq!(boots(r#"{"Architecture": "arm64", "BootMode": "legacy-bios"}"#), [None, None, None]);
    assert_eq!(boots(r#"{"Architecture": "arm64_mac"}"#), [None, None, None]);
    assert_eq!(boots(r#"{"VirtualizationType": "paravirtual"}"#), [None, None, None]);
    // No such instance has an S3-backed root volume. An older one does.
    let manifest = format!(r#"{{{MANIFEST}, "Architecture": null}}"#);
    assert_eq!(boots(&manifest), [None, None, None]);
    let launchable = preview(with(&manifest), &Facts::default()).launchable();
    assert_eq!(launchable.answer("m3.large"), Answer::Yes(bios));
}

/// The instance types in the JSON of a preview.
#[test]
fn launchable() {
    let shown = shown(r#"{"BootMode": "uefi"}"#, "{}");
    let found = &shown["Launchable"];
    assert_eq!((&found["Types"], &found["CurrentTypes"]), (&json!(790), &json!(740)));
    assert_eq!(found["Families"].as_array().unwrap().len(), 113);
    let reasons = json!([{"Reason": "architecture", "Types": 427}, {"Reason": "boot-mode", "Types": 178}]);
    assert_eq!((&found["Reasons"], &found["AsOf"]), (&reasons, &json!("2026-10-27")));
}

#[test]
fn imds() {
    assert!(!preview(with("{}"), &Facts::default()).requires_imdsv2());
    assert!(preview(with(r#"{"ImdsSupport": "v2.0"}"#), &Facts::default()).requires_imdsv2());
}

#[test]
fn json_of_the_least() {
    let request = crate::support::read(
        r#"{"Name": "web", "RootDeviceName": "/dev/xvda",
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]}"#,
    );
    let shown = serde_json::to_string_pretty(&preview(request, &Facts::default())).unwrap();
    assert_eq!(shown, include_str!("../fixtures/preview-least.json").trim_end());
}

#[test]
fn json_of_the_most() {
    let request = with(
        r#"{"Description": "the web", "BootMode": "uefi", "TpmSupport": "v2.0", "ImdsSupport": "v2.0",
            "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "web"}]}],
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}},
                {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 100, "VolumeType": "io2", "Iops": 1000, "Encrypted": true,
                    "DeleteOnTermination": true}},
                {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}]}"#,
    );
    let known = facts(
        r#"{"OwnerId": "123456789012", "EbsEncryptionByDefault": false, "DefaultKmsKeyId": "alias/aws/ebs",
            "Platform": "Linux/UNIX", "Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "OwnerId": "123456789012",
                "VolumeSize": 8, "Encrypted": false, "ProductCodes": []}]}"#,
    );
    let shown = serde_json::to_string_pretty(&preview(request, &known)).unwrap();
    // The instance types are many; `launchable` tests them.
    let (shown, _) = shown.split_once(",\n  \"Launchable\"").unwrap();
    let expected = include_str!("../fixtures/preview-most.json").trim_end();
    assert_eq!(shown, expected.trim_end_matches("\n}"));
}

proptest! {
    #[test]
    fn any_request_has_a_preview(request in crate::support::request(), owner in any::<bool>()) {
        // What is known about the snapshots that the request names.
        let mut known = Facts::default();
        known.set_owner_id(if owner { "123456789012" } else { "" });
        known.extend(
            request.block_device_mappings.iter().flatten()
                .filter_map(|mapping| mapping.ebs.as_ref()?.snapshot_id.clone())
                .map(ec2_register_image::model::Snapshot::new),
        );
        let preview = preview(request, &known);
        prop_assert!(preview.defaulted.is_sorted_by(|a, b| a < b), "{:?}", preview.defaulted);
        prop_assert!(preview.unknown.is_sorted_by(|a, b| a < b), "{:?}", preview.unknown);
        let value = serde_json::to_value(&preview).unwrap();
        // A default is there, and what is unknown is not.
        for (list, is_null) in [("Defaulted", false), ("Unknown", true)] {
            for path in value[list].as_array().unwrap() {
                let pointer = format!("/{}", path.as_str().unwrap().replace("].", "/").replace(['[', '.'], "/"));
                prop_assert_eq!(value.pointer(&pointer).map(Value::is_null), Some(is_null), "{}", pointer);
            }
        }
        for place in &preview.defaulted {
            prop_assert!(!preview.unknown.contains(place), "{}", place);
        }
        let ebs = preview.block_device_mappings.iter().filter(|mapping| mapping.ebs.is_some()).count();
        prop_assert_eq!(preview.launch_encryption.len(), ebs);
    }
}
