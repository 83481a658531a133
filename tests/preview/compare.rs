//! The comparison of a preview with a described image, member by member.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use ec2_register_image::model::{EbsBlockDeviceMember, Image, RequestMember};
use ec2_register_image::preview::{Comparison, Likeness, Preview};
use ec2_register_image::rules::{Policy, Validator};
use ec2_register_image::{Facts, RegisterImageRequest, preview, rules};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::with;

/// The preview of any request, whatever the rules say.
fn preview(request: RegisterImageRequest, facts: &Facts) -> Preview {
    let policy = rules::all().fold(Policy::new(), |policy, rule| policy.allow(rule.id).unwrap());
    preview::preview(&Validator::new().policy(policy).validate(request).unwrap(), facts)
}

fn image(json: Value) -> Image {
    let facts: Facts = serde_json::from_value(json!({"Images": [json]})).unwrap();
    facts.images()[0].clone()
}

/// What DescribeImages shows of [`with`]'s request, with these members in the place of its own; `null` takes one out.
fn described(members: &str) -> Value {
    let mut image = json!({
        "ImageId": "ami-0123456789abcdef0", "Name": "web", "OwnerId": "123456789012", "State": "available",
        "ImageLocation": "123456789012/web", "CreationDate": "2026-11-23T10:00:00.000Z",
        "PlatformDetails": "Linux/UNIX", "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,
        "RootDeviceType": "ebs", "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0",
            "DeleteOnTermination": true, "VolumeSize": 8, "VolumeType": "gp3", "Encrypted": false}}],
    });
    let members: Value = serde_json::from_str(members).unwrap_or_else(|error| panic!("{error} in {members}"));
    image.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    image
}

/// The type is stated, so that nothing but the size is unknown; the facts tell that.
const GP3: &str =
    r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}}"#;
const KNOWN: &str = r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}]}"#;

fn compared(request: &str, shown: &str) -> Comparison {
    let mut stated: serde_json::Map<_, _> = serde_json::from_str(request).unwrap();
    stated.entry("BlockDeviceMappings").or_insert_with(|| json!([serde_json::from_str::<Value>(GP3).unwrap()]));
    let request = with(&Value::from(stated).to_string());
    preview(request, &serde_json::from_str(KNOWN).unwrap()).compare(&image(described(shown)))
}

/// A request and an image with these members: the lines for what is not the same, without the last.
#[track_caller]
fn compares(request: &str, shown: &str, expected: &[&str]) {
    let comparison = compared(request, shown).to_string();
    let lines: Vec<&str> = comparison.lines().collect();
    let (_, lines) = lines.split_last().unwrap();
    assert_eq!(lines, expected, "{request} and {shown}");
}

/// Both ways to show a member that is not set.
#[track_caller]
fn is_same(request: &str, shown: &[&str]) {
    for shown in shown {
        compares(request, shown, &[]);
    }
}

#[test]
fn all_the_same() {
    let comparison = compared("{}", "{}");
    assert_eq!(
        (comparison.result(), comparison.to_string().as_str()),
        (Likeness::Same, "same: of 23 members, 0 differ and 0 are not shown")
    );
    assert_eq!(comparison.members().count(), 23);
}

#[test]
fn absent_empty_and_false_look_the_same() {
    is_same("{}", &[r#"{"Description": ""}"#, r#"{"Tags": []}"#, r#"{"ProductCodes": []}"#, r#"{"KernelId": ""}"#]);
    is_same(r#"{"Description": ""}"#, &["{}", r#"{"Description": ""}"#]);
    for ena_support in ["null", "false"] {
        let request = format!(r#"{{"EnaSupport": {ena_support}}}"#);
        is_same(&request, &[r#"{"EnaSupport": null}"#, r#"{"EnaSupport": false}"#]);
        compares(&request, "{}", &["differs    EnaSupport: the preview has `false`, the image has `true`"]);
    }
    is_same(r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": []}]}"#, &["{}", r#"{"Tags": []}"#]);
}

#[test]
fn a_member_differs() {
    for (member, ours, theirs) in [
        ("Name", "web", "db"),
        ("Description", "ours", "theirs"),
        ("Architecture", "x86_64", "arm64"),
        ("VirtualizationType", "hvm", "paravirtual"),
        ("RootDeviceName", "/dev/xvda", "/dev/sda1"),
        ("BootMode", "uefi", "legacy-bios"),
        ("TpmSupport", "v2.0", "v3.0"),
        ("ImdsSupport", "v2.0", "v3.0"),
        ("SriovNetSupport", "simple", "double"),
    ] {
        let line = format!("differs    {member}: the preview has `{ours}`, the image has `{theirs}`");
        compares(&format!(r#"{{"{member}": "{ours}"}}"#), &format!(r#"{{"{member}": "{theirs}"}}"#), &[&line]);
    }
    compares(
        "{}",
        r#"{"RootDeviceType": "instance-store"}"#,
        &["differs    RootDeviceType: the preview has `ebs`, the image has `instance-store`"],
    );
    // One side alone has it.
    for member in ["Description", "BootMode", "TpmSupport", "ImdsSupport", "SriovNetSupport", "KernelId", "RamdiskId"] {
        let stated = format!(r#"{{"{member}": "a"}}"#);
        compares(&stated, "{}", &[&format!("differs    {member}: the preview has `a`, the image has none")]);
        compares("{}", &stated, &[&format!("differs    {member}: the preview has none, the image has `a`")]);
    }
    compares("{}", r#"{"Name": "a\nb"}"#, &["differs    Name: the preview has `web`, the image has `a\\nb`"]);
}

#[test]
fn what_ec2_makes_takes_no_part() {
    is_same(
        "{}",
        &[r#"{"OwnerId": "1", "State": null, "CreationDate": null, "PlatformDetails": "Windows",
        "ImageLocation": "1/other", "Hypervisor": "xen"}"#],
    );
}

#[test]
fn an_image_that_cannot_be_used_differs() {
    for state in ["failed", "invalid", "error", "disabled", "deregistered"] {
        let line = format!("differs    State: the preview has `available`, the image has `{state}`");
        compares("{}", &format!(r#"{{"State": "{state}"}}"#), &[&line]);
    }
    for state in ["transient", "new"] {
        compares("{}", &format!(r#"{{"State": "{state}"}}"#), &["not shown  State"]);
    }
    let pending = compared("{}", r#"{"State": "pending"}"#);
    assert_eq!(pending.differences().count(), 0);
    assert!(!pending.to_string().contains("State"), "{pending}");
}

#[test]
fn an_image_with_a_source_was_not_registered() {
    is_same("{}", &[r#"{"SourceImageId": "", "SourceInstanceId": null}"#]);
    for (member, id) in [("SourceImageId", "ami-0123456789abcdef1"), ("SourceInstanceId", "i-0123456789abcdef0")] {
        let line = format!("differs    {member}: the preview has none, the image has `{id}`");
        compares("{}", &format!(r#"{{"{member}": "{id}"}}"#), &[&line]);
    }
}

#[test]
fn a_partial_answer_tells_nothing_by_what_it_lacks() {
    let request = with(r#"{"Description": "web", "BootMode": "uefi"}"#);
    let comparison = preview(request, &Facts::default()).compare(&image(json!({"ImageId": "ami-1", "Name": "web"})));
    assert_eq!(comparison.result(), Likeness::Unclear);
    let same: Vec<_> = comparison.members().filter(|it| it.verdict == preview::Verdict::Same).collect();
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!(comparison.not_shown().count(), comparison.members().count() - 1);
    assert!(comparison.to_string().contains("not shown  BlockDeviceMappings[0]\n"), "{comparison}");
    // What DescribeImages always shows was not told where it is lacking, even in a whole answer.
    compares(
        "{}",
        r#"{"Name": null, "VirtualizationType": null, "RootDeviceName": null}"#,
        &["not shown  Name", "not shown  VirtualizationType", "not shown  RootDeviceName"],
    );
}

#[test]
fn what_no_answer_shows() {
    compares(
        r#"{"UefiData": "QU1aTlVFRkk=", "BillingProducts": ["bp-6fa54006"]}"#,
        "{}",
        &["not shown  BillingProducts", "not shown  UefiData"],
    );
    is_same(r#"{"BillingProducts": []}"#, &["{}"]);
    compares(
        r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0",
            "VolumeType": "gp3", "KmsKeyId": "key", "VolumeInitializationRate": 100}}]}"#,
        "{}",
        &[
            "not shown  BlockDeviceMappings[0].Ebs.KmsKeyId",
            "not shown  BlockDeviceMappings[0].Ebs.VolumeInitializationRate",
        ],
    );
}

#[test]
fn tags_are_sets() {
    let tagged = r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": [
        {"Key": "team", "Value": "web"}, {"Key": "stage"}]}]}"#;
    is_same(
        tagged,
        &[
            r#"{"Tags": [{"Key": "stage", "Value": ""}, {"Key": "team", "Value": "web"}]}"#,
            r#"{"Tags": [{"Key": "aws:backup:source", "Value": "a"}, {"Key": "team", "Value": "web"}, {"Key": "stage"}]}"#,
        ],
    );
    compares(
        tagged,
        r#"{"Tags": [{"Key": "team", "Value": "db"}, {"Key": "stage"}, {"Key": "Aws:a"}]}"#,
        &["differs    Tags: the preview has `team=web`, the image has `Aws:a=, team=db`"],
    );
    compares(
        r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "a=b", "Value": "c"}]}]}"#,
        r#"{"Tags": [{"Key": "a", "Value": "b=c"}]}"#,
        &["differs    Tags: the preview has `a=b=c`, the image has `a=b=c`"],
    );
    compares(tagged, "{}", &["differs    Tags: the preview has `stage=, team=web`, the image has none"]);
}

#[test]
fn product_codes() {
    let codes = r#"{"ProductCodes": [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]}"#;
    // Nobody told those of the snapshot, but the image is made of it.
    is_same("{}", &["{}", codes]);
    let elsewhere = r#"{"ProductCodes": [{"ProductCodeId": "abc"}], "BlockDeviceMappings": [{"DeviceName": "/dev/xvda",
        "Ebs": {"SnapshotId": "snap-1", "DeleteOnTermination": true, "VolumeSize": 8, "VolumeType": "gp3", "Encrypted": false}}]}"#;
    compares(
        "{}",
        elsewhere,
        &[
            "differs    BlockDeviceMappings[0].Ebs.SnapshotId: the preview has `snap-0123456789abcdef0`, the image has `snap-1`",
            "not shown  BlockDeviceMappings[0].Ebs.OutpostArn",
            "not shown  BlockDeviceMappings[0].Ebs.Encrypted",
            "not shown  ProductCodes",
        ],
    );
    let known: Facts = serde_json::from_str(
        r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0",
        "ProductCodes": [{"ProductCodeId": "xyz", "ProductCodeType": "marketplace"}]}]}"#,
    )
    .unwrap();
    let comparison = preview(with("{}"), &known).compare(&image(described(codes)));
    let difference = comparison.differences().next().unwrap();
    assert_eq!(difference.to_string(), "differs    ProductCodes: the preview has `xyz`, the image has `abc`");
}

/// The root volume and one more on each side.
#[track_caller]
fn volumes(ours: &str, theirs: &str, expected: &[&str]) {
    let root = described("{}")["BlockDeviceMappings"][0].to_string();
    let list = |root: &str, other: &str| format!(r#"{{"BlockDeviceMappings": [{other}{root}]}}"#);
    let expected: Vec<String> = expected.iter().map(|line| line.replace("$", "BlockDeviceMappings[0]")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    compares(&list(GP3, ours), &list(&root, theirs), &expected);
}

/// One more EBS volume on each side, by its members; it stays when its instance goes, and the request says so.
#[track_caller]
fn ebs(ours: &str, theirs: &str, expected: &[&str]) {
    let stays = |members: &str| format!(r#"{members}, "DeleteOnTermination": false"#);
    ebs_of(&stays(ours), &stays(theirs), expected);
}

/// One more EBS volume on each side, by all of its members.
#[track_caller]
fn ebs_of(ours: &str, theirs: &str, expected: &[&str]) {
    let volume = |members: &str| format!(r#"{{"DeviceName": "/dev/sdb", "Ebs": {{{members}}}}}, "#);
    let expected: Vec<String> = expected.iter().map(|line| line.replace("$", "$.Ebs")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    volumes(&volume(ours), &volume(theirs), &expected);
}

#[test]
fn mappings_are_matched_by_device() {
    let store = r#"{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, "#;
    volumes(store, store, &[]);
    volumes(store, "", &["differs    $: the preview has `/dev/sdb: ephemeral0`, the image has none"]);
    volumes(
        "",
        store,
        &["differs    BlockDeviceMappings[1]: the preview has none, the image has `/dev/sdb: ephemeral0`"],
    );
    volumes(
        store,
        &store.replace("ephemeral0", "ephemeral1"),
        &["differs    $: the preview has `ephemeral0`, the image has `ephemeral1`"],
    );
    volumes(
        store,
        r#"{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}, "#,
        &["differs    $: the preview has `ephemeral0`, the image has `an EBS volume`"],
    );
    // Left out on either side.
    let none = r#"{"DeviceName": "/dev/sdb", "NoDevice": ""}, "#;
    volumes(none, "", &[]);
    volumes("", none, &[]);
    let two = r#"{"DeviceName": "/dev/sdc", "VirtualName": "ephemeral1"}, "#;
    volumes(&format!("{store}{two}"), &format!("{two}{store}"), &[]);
}

#[test]
fn a_root_of_sda_is_sda1() {
    let root = |device: &str| {
        format!(r#"{{"RootDeviceName": "/dev/sda1", "BlockDeviceMappings": [{}]}}"#, GP3.replace("/dev/xvda", device))
    };
    let shown = described("{}")["BlockDeviceMappings"][0].to_string().replace("/dev/xvda", "/dev/sda1");
    let shown = format!(r#"{{"RootDeviceName": "/dev/sda1", "BlockDeviceMappings": [{shown}]}}"#);
    compares(&root("/dev/sda1"), &shown, &[]);
    compares(&root("/dev/sda"), &shown, &[]);
}

#[test]
fn volumes_compare_by_what_they_will_be() {
    let gp3 = r#""VolumeSize": 100, "VolumeType": "gp3""#;
    let encrypted = |members: &str, encrypted: bool| format!(r#"{members}, "Encrypted": {encrypted}"#);
    ebs(gp3, &encrypted(gp3, false), &[]);
    ebs(gp3, &encrypted(r#""VolumeSize": 100, "VolumeType": "gp3", "Iops": 3000, "Throughput": 125"#, false), &[]);
    ebs(
        gp3,
        &encrypted(r#""VolumeSize": 100, "VolumeType": "gp3", "Iops": 4000, "Throughput": 250"#, false),
        &[
            "differs    $.Iops: the preview has `3000`, the image has `4000`",
            "differs    $.Throughput: the preview has `125`, the image has `250`",
        ],
    );
    ebs(
        r#""VolumeSize": 100, "VolumeType": "gp3", "Iops": 4000"#,
        &encrypted(gp3, false),
        &["differs    $.Iops: the preview has `4000`, the image has `3000`"],
    );
    ebs(gp3, &encrypted(gp3, true), &["differs    $.Encrypted: the preview has `false`, the image has `true`"]);
    ebs(&encrypted(gp3, true), &encrypted(gp3, true), &[]);
    ebs(gp3, gp3, &["not shown  $.Encrypted"]);
    ebs(
        gp3,
        &encrypted(r#""VolumeSize": 200, "VolumeType": "gp3""#, false),
        &["differs    $.VolumeSize: the preview has `100`, the image has `200`"],
    );
    // The baseline of gp2 is nothing that a request sets.
    let gp2 = r#""VolumeSize": 100, "VolumeType": "gp2""#;
    ebs(gp2, &encrypted(r#""VolumeSize": 100, "VolumeType": "gp2", "Iops": 300"#, false), &[]);
    ebs(
        gp2,
        &encrypted(gp3, false),
        &[
            "not shown  $.Iops",
            "differs    $.VolumeType: the preview has `gp2`, the image has `gp3`",
            "not shown  $.Throughput",
        ],
    );
    ebs(
        r#""VolumeSize": 100, "VolumeType": "io2", "Iops": 4000"#,
        &encrypted(r#""VolumeSize": 100, "VolumeType": "io2", "Iops": 5000"#, false),
        &["differs    $.Iops: the preview has `4000`, the image has `5000`"],
    );
    // Nobody knows which type is the default.
    ebs(
        r#""VolumeSize": 100"#,
        &encrypted(gp2, false),
        &["not shown  $.Iops", "not shown  $.VolumeType", "not shown  $.Throughput"],
    );
    ebs_of(
        &format!(r#"{gp3}, "DeleteOnTermination": true"#),
        &encrypted(&format!(r#"{gp3}, "DeleteOnTermination": false"#), false),
        &["differs    $.DeleteOnTermination: the preview has `true`, the image has `false`"],
    );
    // Nobody knows what becomes of a volume that is not the root, either.
    for deletes in [true, false] {
        let theirs = format!(r#"{gp3}, "DeleteOnTermination": {deletes}"#);
        ebs_of(gp3, &encrypted(&theirs, false), &["not shown  $.DeleteOnTermination"]);
    }
    ebs(
        r#""SnapshotId": "snap-1", "VolumeType": "gp3", "VolumeSize": 100"#,
        &encrypted(gp3, false),
        &[
            "differs    $.SnapshotId: the preview has `snap-1`, the image has none",
            "not shown  $.OutpostArn",
            "not shown  $.Encrypted",
            "not shown  ProductCodes",
        ],
    );
}

#[test]
fn a_snapshot_determines_encryption_and_outpost() {
    let volume = r#""SnapshotId": "snap-1", "VolumeSize": 8, "VolumeType": "gp3""#;
    for more in ["", r#", "Encrypted": true"#, r#", "Encrypted": false, "OutpostArn": "arn""#] {
        ebs(volume, &format!("{volume}{more}"), &[]);
    }
    let stated = format!(r#"{volume}, "OutpostArn": "arn""#);
    ebs(&stated, volume, &[]);
    ebs(
        &stated,
        &format!(r#"{volume}, "OutpostArn": "other""#),
        &["differs    $.OutpostArn: the preview has `arn`, the image has `other`"],
    );
}

#[test]
fn images_of_a_manifest() {
    let request = r#"{"ImageLocation": "bucket/image.manifest.xml", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}]}"#;
    let shown = |location: &str| {
        format!(
            r#"{{"RootDeviceType": "instance-store", "ImageLocation": "{location}", "KernelId": "aki-1",
            "BlockDeviceMappings": [{{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}},
                {{"DeviceName": "/dev/sda2", "VirtualName": "ephemeral1"}}]}}"#
        )
    };
    // The manifest may have a kernel, mappings and product codes of its own.
    let hidden = ["not shown  KernelId", "not shown  BlockDeviceMappings[1]", "not shown  ProductCodes"];
    compares(request, &shown("bucket/image.manifest.xml"), &hidden);
    let [kernel, rest @ ..] = hidden;
    let location = "differs    ImageLocation: the preview has `bucket/image.manifest.xml`, the image has `bucket/other.manifest.xml`";
    compares(request, &shown("bucket/other.manifest.xml"), &[&[kernel, location], rest.as_slice()].concat());
}

#[test]
fn json() {
    let comparison = compared(r#"{"UefiData": "QU1aTlVFRkk="}"#, r#"{"Architecture": "arm64", "BootMode": "uefi"}"#);
    let shown = serde_json::to_value(&comparison).unwrap();
    assert_eq!(shown["Result"], "different");
    let member = |name: &str| {
        let members = shown["Members"].as_array().unwrap();
        members.iter().find(|member| member["Member"] == name).unwrap().clone()
    };
    assert_eq!(member("Name"), json!({"Member": "Name", "Verdict": "same"}));
    assert_eq!(member("UefiData"), json!({"Member": "UefiData", "Verdict": "not-shown"}));
    assert_eq!(
        member("Architecture"),
        json!({"Member": "Architecture", "Verdict": "differs", "Preview": "x86_64", "Image": "arm64"})
    );
    assert_eq!(
        member("BootMode"),
        json!({"Member": "BootMode", "Verdict": "differs", "Preview": null, "Image": "uefi"})
    );
}

/// What is not the same in the comparison of this request with the image of that one.
fn unlike(ours: &Value, theirs: &Value) -> Vec<String> {
    let [ours, theirs] =
        [ours, theirs].map(|json| preview(serde_json::from_value(json.clone()).unwrap(), &Facts::default()));
    let mut json = serde_json::to_value(&theirs).unwrap();
    json["ImageId"] = json!("ami-1");
    let comparison = ours.compare(&image(json));
    comparison.differences().chain(comparison.not_shown()).map(ToString::to_string).collect()
}

/// A request without one of its members is another request, and the comparison shows it. Only `DryRun` does not matter.
#[test]
fn every_member_of_a_request_counts() {
    let request = json!({
        "ImageLocation": "bucket/image.manifest.xml", "BillingProducts": ["bp-6ba54002"], "BootMode": "uefi",
        "TpmSupport": "v2.0", "UefiData": "QU1aTlVFRkk=", "ImdsSupport": "v2.0",
        "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "infra"}]}],
        "DryRun": true, "Name": "web", "Description": "a server", "Architecture": "arm64", "KernelId": "aki-1",
        "RamdiskId": "ari-1", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
            {"DeviceName": "/dev/sdb", "Ebs": {"DeleteOnTermination": true, "Iops": 4000, "VolumeSize": 8,
                "VolumeType": "gp3", "KmsKeyId": "alias/a", "Throughput": 250, "OutpostArn": "arn", "Encrypted": true,
                "AvailabilityZone": "us-east-1a", "VolumeInitializationRate": 100, "AvailabilityZoneId": "use1-az1",
                "EbsCardIndex": 0}}
        ],
        "VirtualizationType": "hvm", "SriovNetSupport": "simple", "EnaSupport": true,
    });
    let same = unlike(&request, &request);
    for member in RequestMember::ALL {
        let mut without = request.clone();
        assert!(without.as_object_mut().unwrap().remove(member.name()).is_some(), "{member:?}");
        assert_eq!(unlike(&without, &request) == same, *member == RequestMember::DryRun, "{member:?}");
    }
    for member in EbsBlockDeviceMember::ALL {
        let mut other = request.clone();
        let ebs = other["BlockDeviceMappings"][0]["Ebs"].as_object_mut().unwrap();
        // The volume is empty, since a snapshot determines the encryption.
        if ebs.remove(member.name()).is_none() {
            assert_eq!(*member, EbsBlockDeviceMember::SnapshotId);
            ebs.insert("SnapshotId".to_owned(), json!("snap-1"));
        }
        assert_ne!(unlike(&other, &request), same, "{member:?}");
    }
}

proptest! {
    /// The JSON of a preview is that of a described image, and nothing in it differs.
    #[test]
    fn no_preview_differs_from_itself(request in crate::support::request(), secret in "[A-Z]{24}") {
        let mut request = request;
        if request.uefi_data.is_some() {
            request.uefi_data = Some(ec2_register_image::types::UefiData::from_base64(secret.clone()));
        }
        let preview = preview(request, &Facts::default());
        let mut json = serde_json::to_value(&preview).unwrap();
        json["ImageId"] = json!("ami-1");
        let comparison = preview.compare(&image(json));
        prop_assert_eq!(comparison.differences().next(), None);
        let places: Vec<_> = comparison.members().map(|compared| compared.place).collect();
        prop_assert!(places.is_sorted_by(|a, b| a < b), "{:?}", places);
        let printed = format!("{comparison:?}{comparison}");
        prop_assert!(!printed.contains(&secret));
    }

    /// Whatever is compared, the result is what the members say.
    #[test]
    fn the_result_is_what_the_members_say(ours in crate::support::request(), theirs in crate::support::request()) {
        let none = Facts::default();
        let mut json = serde_json::to_value(preview(theirs, &none)).unwrap();
        json["ImageId"] = json!("ami-1");
        let comparison = preview(ours, &none).compare(&image(json));
        let (differ, hidden) = (comparison.differences().count(), comparison.not_shown().count());
        let expected = match (differ, hidden) {
            (0, 0) => Likeness::Same,
            (0, _) => Likeness::Unclear,
            _ => Likeness::Different,
        };
        prop_assert_eq!(comparison.result(), expected);
        prop_assert_eq!(comparison.to_string().lines().count(), differ + hidden + 1);
    }
}
