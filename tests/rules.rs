//! The table of rules, a row a case.

use std::collections::BTreeSet;

use ec2_register_image::rules::{self, Level, Policy};
use ec2_register_image::{BlockDeviceMapping, Facts, Validator};

mod support;
use support::{Expect, cases, read, with};

/// What the rules find in a spotless request with these members in the place of its own: `rule path`, in order.
fn found(members: &str) -> Vec<String> {
    with(members).check().findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect()
}

#[track_caller]
fn finds(members: &str, expected: &[&str]) {
    assert_eq!(found(members), expected, "{members}");
}

#[track_caller]
fn says(members: &str, message: &str, help: &str) {
    let report = with(members).check();
    let finding = report.findings().next().expect("a finding");
    assert_eq!(finding.message().to_string(), message);
    assert_eq!(finding.help().to_string(), help);
}

#[test]
fn every_rule_is_whole() {
    let mut ids = BTreeSet::new();
    for rule in rules::all() {
        let id = rule.id;
        assert!(
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{id} is in kebab case"
        );
        assert!(ids.insert(id), "{id} is the id of one rule");
        assert!(rule.former_ids.iter().all(|former| ids.insert(former)), "the former ids of {id} are its own");
        assert!(rule.level > Level::Allowed && rule.level <= rule.evidence.cap(), "{id} is no more than its evidence");
        assert!(rule.source.starts_with("https://"), "{id} has a source");
        assert_eq!(rule.since.split('.').count(), 3, "{id} says since when");
        for text in [rule.summary, rule.explanation] {
            assert!(text.len() > 10, "{id} explains itself");
            assert!(!text.contains("  "), "a broken line left blanks in {id}: {text}");
        }
        assert!(
            !rule.summary.ends_with('.') && rule.explanation.trim_end_matches('`').ends_with('.'),
            "{id}: a clause, then sentences"
        );

        let facts = rule.facts.map(|facts| serde_json::from_str::<Facts>(facts).unwrap()).unwrap_or_default();
        assert!(rule.facts.is_none() || facts != Facts::default(), "the facts of {id} say something");
        let validator = Validator::new().facts(facts);
        let trigger = validator.check(&read(rule.trigger));
        let near_miss = validator.check(&read(rule.near_miss));
        // What a near miss breaks as well belongs to its kind, as every manifest is at the end of its life.
        let known: Vec<_> = near_miss.findings().map(|finding| finding.rule().id).collect();
        let findings: Vec<_> = trigger.findings().filter(|finding| !known.contains(&finding.rule().id)).collect();
        assert_eq!(findings.len(), 1, "the trigger of {id} finds one thing: {trigger}");
        assert_eq!(findings[0].rule().id, id, "the trigger of {id} finds what it should");
        assert_eq!(findings[0].level(), rule.level);
        for text in [findings[0].message().to_string(), findings[0].help().to_string()] {
            assert!(!text.contains(['{', '}']), "{id} fills every word: {text}");
            assert!(!text.ends_with('.') && !text.contains("  "), "{id} speaks in clauses: {text}");
            let is_sentence = text.starts_with(char::is_uppercase) && text[1..].starts_with(char::is_lowercase);
            assert!(!is_sentence || text.starts_with("RegisterImage"), "{id} starts a sentence: {text}");
        }
        assert!(known.iter().all(|known| *known == "manifest-end-of-life"), "the near miss of {id}: {near_miss}");
        assert_ne!(rule.trigger, rule.near_miss);
    }
    assert_eq!(rules::all().count(), 118);
}

#[test]
fn no_request_that_ec2_takes_is_refused() {
    for case in cases().iter().filter(|case| case.expect == Expect::Accept) {
        let report = case.request.check();
        assert!(report.is_valid(), "{}: {report}", case.id);
    }
}

/// Requests that were seen to be taken, or that AWS gives as examples, beside the cases of the fixture.
#[test]
fn nor_are_the_examples_of_aws_and_its_users() {
    let root = r#""RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0abc1234"}}]"#;
    let sda1 = r#"{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-0123456789example"}}"#;
    for request in [
        // The least that was seen to work.
        format!(r#"{{"Name": "minimal", {root}}}"#),
        // Terraform's acceptance tests: instance store volumes, an Outpost, IMDSv2 without ENA.
        format!(
            r#"{{"Name": "eph", "Description": "", "ImageLocation": "", "Architecture": "x86_64", "VirtualizationType": "hvm",
                "EnaSupport": true, "SriovNetSupport": "simple", "RootDeviceName": "/dev/sda1", "BlockDeviceMappings": [{sda1},
                {{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}}, {{"DeviceName": "/dev/sdc", "VirtualName": "ephemeral1"}}]}}"#
        ),
        r#"{"Name": "outpost", "Architecture": "x86_64", "VirtualizationType": "hvm", "RootDeviceName": "/dev/sda1",
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-01234567",
            "OutpostArn": "arn:aws:outposts:us-west-2:123456789012:outpost/op-1234567890abcdef"}}]}"#
            .to_owned(),
        format!(
            r#"{{"Name": "imds", "ImdsSupport": "v2.0", "BootMode": "uefi", "EnaSupport": false, "VirtualizationType": "hvm", {root}}}"#
        ),
        // The AWS CLI's own examples: a manifest, one device left out of it, another added.
        r#"{"Name": "MyImage", "ImageLocation": "my-s3-bucket/myimage/image.manifest.xml", "BlockDeviceMappings": [
            {"DeviceName": "/dev/sdf", "NoDevice": ""}, {"DeviceName": "/dev/sdh", "Ebs": {"VolumeSize": 100}}]}"#
            .to_owned(),
        // The user guide's: NitroTPM without a virtualization type, boot modes without an architecture, Secure Boot.
        format!(
            r#"{{"Name": "my-image", "BootMode": "uefi", "Architecture": "x86_64", "TpmSupport": "v2.0", {root}}}"#
        ),
        format!(r#"{{"Name": "an image", "Description": "a test", "BootMode": "uefi-preferred", {root}}}"#),
        format!(
            r#"{{"Name": "uefi_sb_tpm_register_image_test", "UefiData": "QU1aTlVFRkk9xcN0AAAAAHj5a7fZ9+3aT2gcVRgA8Ek3NipiPST0pCiCIlTJtj20FzENCcQa", "BootMode": "uefi", "Architecture": "x86_64", {root}}}"#
        ),
        // Tags of any characters, and one that other accounts see.
        format!(
            r#"{{"Name": "tags", "TagSpecifications": [{{"ResourceType": "image", "Tags": [
            {{"Key": "ec2:SharedTag/team", "Value": ""}}, {{"Key": "Größe €", "Value": "漢字 <&>"}}]}}], {root}}}"#
        ),
    ] {
        let report = read(&request).check();
        assert!(report.is_valid(), "{request}: {report}");
    }
}

#[test]
fn every_request_that_ec2_refuses_is_refused() {
    for case in cases().iter().filter(|case| case.expect == Expect::Error) {
        assert!(!case.request.check().is_valid(), "{}", case.id);
    }
}

#[test]
fn every_doubtful_request_is_doubted() {
    for case in cases().iter().filter(|case| case.expect == Expect::Finding) {
        assert_ne!(case.request.check().findings().count(), 0, "{}", case.id);
    }
}

#[test]
fn names_and_descriptions() {
    let name = |name: &str| format!(r#"{{"Name": "{name}"}}"#);
    finds(r#"{"Name": null}"#, &["name-missing Name"]);
    finds(&name(""), &["name-length Name"]);
    finds(&name("ab"), &["name-length Name"]);
    finds(&name("abc"), &[]);
    finds(&name(&"a".repeat(128)), &[]);
    finds(&name(&"a".repeat(129)), &["name-length Name"]);
    finds(&name("aZ0 ()[]./-'@_"), &[]);
    for illegal in [",", "+", ":", "\\n", "\\u0000", "\\\"", "—", "😀", "#", "~", "`"] {
        finds(&name(&format!("abc{illegal}")), &["name-characters Name"]);
    }
    finds(&name(":"), &["name-length Name", "name-characters Name"]);
    // Characters are counted, not bytes; and a letter beyond ASCII is nothing that anybody saw refused.
    finds(&name(&"ß".repeat(128)), &["name-non-ascii Name"]);
    finds(&name("ß:ß"), &["name-characters Name"]);
    // Letters that are composed of several characters are letters too.
    for composed in ["bu\u{308}ro", "हिन्दी", "ภาพที่"] {
        finds(&name(composed), &["name-non-ascii Name"]);
    }
    finds(&name(" abc"), &["name-edge-blanks Name"]);
    finds(&name("abc "), &["name-edge-blanks Name"]);
    finds(&name(" "), &["name-length Name"]);
    says(
        &name("web:12:00"),
        "the name holds \":\", character 4 of it; EC2 takes letters, digits, spaces and ( ) [ ] . / - ' @ _",
        "use other characters, as in \"web-12-00\"",
    );
    says(
        &name(&"x".repeat(200)),
        &format!("the name {:?}… has 200 characters; EC2 takes 3 to 128", "x".repeat(60)),
        "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` keep to them",
    );

    let description = |text: &str| format!(r#"{{"Description": "{text}"}}"#);
    finds(&description(""), &[]);
    finds(&description(&"d".repeat(255)), &[]);
    finds(&description(&"d".repeat(256)), &["description-length Description"]);
    finds(&description("ü"), &["description-non-ascii Description"]);
}

#[test]
fn tags() {
    let specifications = |json: &str| format!(r#"{{"TagSpecifications": [{json}]}}"#);
    let tags = |json: &str| specifications(&format!(r#"{{"ResourceType": "image", "Tags": [{json}]}}"#));
    finds(
        &specifications(r#"{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": ""}]}"#),
        &["tag-resource-type TagSpecifications[0].ResourceType"],
    );
    finds(
        &specifications(r#"{"ResourceType": "Image", "Tags": [{"Key": "a", "Value": ""}]}"#),
        &["tag-resource-type TagSpecifications[0].ResourceType"],
    );
    finds(
        &specifications(r#"{}, {"Tags": [{}, {"Key": "a", "Value": ""}]}"#),
        &["tag-resource-type-missing TagSpecifications[1].ResourceType"],
    );
    finds(&specifications("{}"), &[]);
    finds(
        &tags(r#"{"Key": "k", "Value": "v"}, {"Key": "K", "Value": ""}, {"Key": "ec2:SharedTag/x", "Value": "ü"}"#),
        &[],
    );
    finds(&tags(r#"{"Key": "AWS:x", "Value": ""}"#), &[]);
    finds(
        &tags(r#"{"Value": "v"}, {"Key": "", "Value": "v"}"#),
        &["tag-key-missing TagSpecifications[0].Tags[0].Key", "tag-key-missing TagSpecifications[0].Tags[1].Key"],
    );
    finds(
        &tags(&format!(r#"{{"Key": "aws:{}", "Value": "{}"}}"#, "k".repeat(125), "v".repeat(257))),
        &[
            "tag-key-length TagSpecifications[0].Tags[0].Key",
            "tag-key-reserved TagSpecifications[0].Tags[0].Key",
            "tag-value-length TagSpecifications[0].Tags[0].Value",
        ],
    );
    finds(
        &tags(&format!(r#"{{"Key": "{}", "Value": "{}"}}"#, "ß".repeat(128), "ß".repeat(256))),
        &["tag-key-128 TagSpecifications[0].Tags[0].Key"],
    );
    // What EC2 makes of two specifications of one resource is not known, so each is looked at by itself.
    let twenty_six = |from: usize| {
        let tags: Vec<String> = (from..from + 26).map(|key| format!(r#"{{"Key": "{key}", "Value": ""}}"#)).collect();
        format!(r#"{{"ResourceType": "image", "Tags": [{}]}}"#, tags.join(","))
    };
    finds(
        &specifications(&format!("{},{}", twenty_six(0), twenty_six(0))),
        &["tag-specification-repeated TagSpecifications[1]"],
    );
    // Tags of another resource are none of the image; and an empty one is not sent.
    let numbered = |count: usize| -> String {
        (0..count).map(|key| format!(r#"{{"Key": "{key}", "Value": ""}},"#)).collect::<String>()
            + r#"{}, {"Key": "k", "Value": ""}"#
    };
    finds(&tags(&numbered(49)), &[]);
    finds(&tags(&numbered(50)), &["tag-too-many TagSpecifications[0].Tags"]);
    finds(
        &specifications(&format!(r#"{{"ResourceType": "snapshot", "Tags": [{}]}}"#, numbered(60))),
        &["tag-resource-type TagSpecifications[0].ResourceType"],
    );
    says(
        &tags(r#"{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}"#),
        "the key \"a\" is given already at TagSpecifications[0].Tags[0].Key; EC2 takes each key once",
        "keep one of the two",
    );
}

const ROOT: &str = r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#;

fn mappings(json: &str) -> String {
    format!(r#"{{"BlockDeviceMappings": [{json}]}}"#)
}

/// Members of a root device and its mappings.
fn rooted(root: &str, mappings: &str) -> String {
    format!(r#"{{"RootDeviceName": {root}, "BlockDeviceMappings": [{mappings}]}}"#)
}

#[test]
fn sources_and_roots_have_one_finding_for_one_cause() {
    finds(&rooted("null", ""), &["source-missing BlockDeviceMappings"]);
    finds(&rooted("\"/dev/sda1\"", ""), &["source-missing BlockDeviceMappings"]);
    finds(&rooted("null", ROOT), &["root-device-missing RootDeviceName"]);
    finds(&rooted("\"\"", ROOT), &["root-device-not-mapped RootDeviceName"]);
    finds(&rooted("\"/dev/sda1\"", ROOT), &["root-device-not-mapped RootDeviceName"]);
    finds(&rooted("\"xvda\"", ROOT), &["root-device-not-mapped RootDeviceName"]);
    // The one mismatch that EC2 lives with; the name alone is doubtful on hardware virtual machines.
    finds(
        &rooted("\"/dev/sda1\"", r#"{"DeviceName": "/dev/sda", "Ebs": {"SnapshotId": "snap-01234567"}}"#),
        &["device-sda-on-hvm BlockDeviceMappings[0].DeviceName"],
    );
    finds(
        &rooted("\"/dev/sdb\"", &format!(r#"{ROOT}, {{"DeviceName": "/dev/sdb", "NoDevice": ""}}"#)),
        &["root-device-left-out BlockDeviceMappings[1]"],
    );
    for (volume, finding) in [
        (r#""Ebs": {"VolumeSize": 8}"#, "root-device-not-snapshot BlockDeviceMappings[0]"),
        (r#""VirtualName": "ephemeral0""#, "root-device-not-snapshot BlockDeviceMappings[0]"),
        (r#""Ebs": {}"#, "mapping-empty BlockDeviceMappings[0]"),
        (r#""Ebs": {"VolumeType": "gp3"}"#, "volume-without-source BlockDeviceMappings[0].Ebs"),
        (r#""Ebs": {"SnapshotId": ""}"#, "snapshot-id-empty BlockDeviceMappings[0].Ebs.SnapshotId"),
    ] {
        let mapping = format!(r#"{{"DeviceName": "/dev/xvda", {volume}}}"#);
        finds(&rooted("\"/dev/xvda\"", &mapping), &[finding]);
        // Another snapshot beside it makes no difference.
        let other = r#"{"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-01234567"}}"#;
        finds(&rooted("\"/dev/xvda\"", &format!("{mapping}, {other}")), &[finding]);
    }
}

#[test]
fn manifests() {
    let manifest = |location: &str| {
        format!(
            r#"{{"ImageLocation": "{location}", "RootDeviceName": null, "BlockDeviceMappings": null, "Architecture": null, "EnaSupport": null}}"#
        )
    };
    let end = "manifest-end-of-life ImageLocation";
    finds(&manifest("bucket/web/image.manifest.xml"), &[end]);
    finds(&manifest("s3://bucket/m.xml"), &[end, "manifest-scheme ImageLocation"]);
    finds(&manifest("/bucket/m.xml"), &[end, "manifest-leading-slash ImageLocation"]);
    finds(
        &manifest("https://bucket//m.xml"),
        &[end, "manifest-scheme ImageLocation", "manifest-double-slash ImageLocation"],
    );
    finds(r#"{"ImageLocation": ""}"#, &[]);
    finds(r#"{"ImageLocation": "bucket/m.xml"}"#, &["source-both ImageLocation"]);
    finds(r#"{"ImageLocation": "s3://bucket/m.xml"}"#, &["source-both ImageLocation", "manifest-scheme ImageLocation"]);
    finds(r#"{"BillingProducts": ["bp-6fa54006"]}"#, &["billing-products BillingProducts"]);
}

#[test]
fn devices() {
    let device = |mapping: &str| mappings(&format!("{ROOT}, {mapping}"));
    let named = |name: &str| device(&format!(r#"{{"DeviceName": "{name}", "Ebs": {{"VolumeSize": 8}}}}"#));
    let finding = |rule: &str| vec![format!("{rule} BlockDeviceMappings[1].DeviceName")];
    for (name, rules) in [
        ("/dev/sdb", vec![]),
        ("/dev/xvdba", vec![]),
        ("xvdf", vec![]),
        ("sdf", vec![]),
        ("/dev/sda1", vec![]),
        ("/dev/sda2", vec![]),
        ("/dev/xvda", finding("device-duplicate")),
        ("xvda", finding("device-overlap")),
        (
            "/dev/sda",
            vec![
                "device-overlap BlockDeviceMappings[1].DeviceName".into(),
                "device-sda-on-hvm BlockDeviceMappings[1].DeviceName".into(),
            ],
        ),
        ("/dev/sda3", finding("device-trailing-digits")),
        ("/dev/xvdb1", finding("device-trailing-digits")),
        ("", finding("device-name-syntax")),
        ("xvdal1000", finding("device-name-syntax")),
        ("/dev/nvme0n1", finding("device-name-syntax")),
        ("/dev/SDB", finding("device-name-syntax")),
        ("C:/Program Files/Git/dev/sdb", finding("device-name-syntax")),
        ("/dev/sdß", finding("device-name-syntax")),
    ] {
        assert_eq!(found(&named(name)), rules, "{name}");
    }
    finds(&device(r#"{"Ebs": {"VolumeSize": 8}}"#), &["device-name-missing BlockDeviceMappings[1].DeviceName"]);
    finds(&device(r#"{"DeviceName": "/dev/sdb"}"#), &["mapping-empty BlockDeviceMappings[1]"]);
    finds(&device(r#"{}, {"DeviceName": "/dev/sdb", "NoDevice": ""}"#), &["mapping-empty BlockDeviceMappings[1]"]);
    finds(&device(r#"{"DeviceName": "/dev/sdb", "Ebs": {}}"#), &["mapping-empty BlockDeviceMappings[1]"]);
    // An empty virtual name does not keep the volume from being looked at.
    finds(
        &device(r#"{"DeviceName": "/dev/sdb", "VirtualName": "", "Ebs": {"VolumeType": "gp3"}}"#),
        &["volume-without-source BlockDeviceMappings[1].Ebs", "virtual-name-form BlockDeviceMappings[1].VirtualName"],
    );
    finds(
        &device(
            r#"{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {"VolumeSize": 0, "VolumeType": "gp9"}}"#,
        ),
        &["mapping-two-kinds BlockDeviceMappings[1].VirtualName"],
    );
    for (name, rule) in [
        ("ephemeral0", None),
        ("ephemeral23", None),
        ("ephemeral24", Some("virtual-name-range")),
        ("ephemeral99999999999999999999999", Some("virtual-name-range")),
        ("ephemeral", Some("virtual-name-form")),
        ("ephemeral-1", Some("virtual-name-form")),
        ("Ephemeral0", Some("virtual-name-form")),
        ("", Some("virtual-name-form")),
    ] {
        let expected: Vec<String> =
            rule.iter().map(|rule| format!("{rule} BlockDeviceMappings[1].VirtualName")).collect();
        assert_eq!(
            found(&device(&format!(r#"{{"DeviceName": "/dev/sdb", "VirtualName": "{name}"}}"#))),
            expected,
            "{name}"
        );
    }
}

#[test]
fn no_device_silences_all_but_what_concerns_itself() {
    let left_out =
        |members: &str| mappings(&format!(r#"{ROOT}, {{"DeviceName": "/dev/xvda", "NoDevice": {members}}}"#));
    finds(&left_out(r#""""#), &[]);
    finds(&left_out(r#""true""#), &[]);
    finds(&left_out(r#""False""#), &["no-device-value BlockDeviceMappings[1].NoDevice"]);
    finds(
        &left_out(
            r#""", "VirtualName": "x", "Ebs": {"SnapshotId": "s", "Encrypted": true, "Iops": 1, "VolumeType": "gp9"}"#,
        ),
        &["no-device-with-others BlockDeviceMappings[1].NoDevice"],
    );
}

#[test]
fn duplicates_name_the_first() {
    let devices = |names: &[&str]| {
        let list: Vec<String> =
            names.iter().map(|name| format!(r#"{{"DeviceName": "{name}", "VirtualName": "ephemeral0"}}"#)).collect();
        mappings(&format!("{ROOT}, {}", list.join(",")))
    };
    finds(
        &devices(&["/dev/sdb", "/dev/sdc", "/dev/sdb", "/dev/sdb"]),
        &["device-duplicate BlockDeviceMappings[3].DeviceName", "device-duplicate BlockDeviceMappings[4].DeviceName"],
    );
    says(
        &devices(&["/dev/sdb", "/dev/sdb"]),
        "the device \"/dev/sdb\" is mapped already at BlockDeviceMappings[1].DeviceName; EC2 takes each device once",
        "give this volume a device of its own, or take one of the two mappings out",
    );
}

#[test]
fn long_lists_are_compared_the_sorted_way_with_the_same_result() {
    let request = |length: usize| {
        let mapping = |number: usize| {
            let mut mapping = BlockDeviceMapping::default();
            mapping.device_name = Some(format!("sd{}", char::from(b'b' + (number * 7 % 20) as u8)).into());
            mapping.virtual_name = Some("ephemeral0".into());
            mapping
        };
        let mut request = with("{}");
        request.block_device_mappings.as_mut().unwrap().extend((1..length).map(mapping));
        request
    };
    let duplicates = |length| {
        let report = request(length).check();
        report.findings().map(|finding| (finding.path(), finding.message().to_string())).collect::<Vec<_>>()
    };
    // The root and 20 devices are different, all others repeat one of them.
    assert_eq!((duplicates(64).len(), duplicates(65).len(), duplicates(200).len()), (43, 44, 179));
    assert_eq!(duplicates(64), duplicates(65)[..43]);
    assert!(duplicates(200).iter().all(|(_, message)| message.contains("mapped already at BlockDeviceMappings[")));
}

fn ebs(members: &str) -> String {
    mappings(&format!(r#"{ROOT}, {{"DeviceName": "/dev/sdb", "Ebs": {{{members}}}}}"#))
}

#[track_caller]
fn ebs_finds(members: &str, expected: &[&str]) {
    let expected: Vec<String> = expected
        .iter()
        .map(|finding| {
            let (rule, member) = finding.split_once(' ').unwrap();
            format!(
                "{rule} BlockDeviceMappings[1].Ebs{}",
                if member == "-" { String::new() } else { format!(".{member}") }
            )
        })
        .collect();
    assert_eq!(found(&ebs(members)), expected, "{members}");
}

#[test]
fn volumes() {
    ebs_finds(r#""DeleteOnTermination": false"#, &["volume-without-source -"]);
    ebs_finds(r#""VolumeSize": 0"#, &["volume-size-range VolumeSize"]);
    ebs_finds(r#""VolumeSize": 65537"#, &["volume-size-range VolumeSize"]);
    ebs_finds(r#""VolumeSize": 8, "Iops": 3000"#, &["volume-type-missing VolumeType"]);
    ebs_finds(r#""VolumeSize": 8, "Throughput": 200"#, &["volume-type-missing VolumeType"]);
    ebs_finds(
        r#""VolumeSize": 8, "VolumeType": "gp9", "Iops": 1, "Throughput": 1"#,
        &["volume-type-unknown VolumeType"],
    );
    // Type, least and most size, least and most IOPS, the most per GiB.
    for (volume_type, sizes, iops) in [
        ("gp3", (1, 65_536), Some((3_000, 80_000, 500))),
        ("gp2", (1, 16_384), None),
        ("io1", (4, 16_384), Some((100, 64_000, 50))),
        ("io2", (4, 65_536), Some((100, 256_000, 1_000))),
        ("st1", (125, 16_384), None),
        ("sc1", (125, 16_384), None),
        ("standard", (1, 1_024), None),
    ] {
        let volume = |size: i32, more: &str| format!(r#""VolumeType": "{volume_type}", "VolumeSize": {size}{more}"#);
        let needed = if volume_type.starts_with("io") { r#", "Iops": 100"# } else { "" };
        ebs_finds(&volume(sizes.0 - 1, needed), &["volume-size-range VolumeSize"]);
        ebs_finds(&volume(sizes.1 + 1, needed), &["volume-size-range VolumeSize"]);
        ebs_finds(&volume(sizes.0, needed), &[]);
        ebs_finds(&volume(sizes.1, needed), &[]);
        if let Some((least, most, per_gib)) = iops {
            let with_iops = |size, iops| volume(size, &format!(r#", "Iops": {iops}"#));
            ebs_finds(&with_iops(sizes.1, least - 1), &["iops-range Iops"]);
            ebs_finds(&with_iops(sizes.1, most + 1), &["iops-range Iops"]);
            ebs_finds(&with_iops(sizes.1, most), &[]);
            ebs_finds(&with_iops(10, 10 * per_gib), &[]);
            ebs_finds(&with_iops(10, 10 * per_gib + 1), &["iops-per-gib Iops"]);
        } else {
            ebs_finds(&volume(sizes.1, r#", "Iops": 0"#), &["iops-unsupported Iops"]);
        }
        if volume_type != "gp3" {
            ebs_finds(
                &volume(sizes.1, &format!(r#"{needed}, "Throughput": 125"#)),
                &["throughput-unsupported Throughput"],
            );
        }
        if volume_type.starts_with("io") {
            ebs_finds(&volume(10, ""), &["iops-missing Iops"]);
        }
    }
    let gp3 = |more: &str| format!(r#""VolumeType": "gp3", "VolumeSize": 10, {more}"#);
    // The least IOPS hold for every size.
    ebs_finds(r#""VolumeType": "gp3", "VolumeSize": 1, "Iops": 3000"#, &[]);
    ebs_finds(&gp3(r#""Throughput": 124"#), &["throughput-range Throughput"]);
    ebs_finds(&gp3(r#""Throughput": 750"#), &[]);
    ebs_finds(&gp3(r#""Throughput": 751"#), &["throughput-per-iops Throughput"]);
    ebs_finds(&gp3(r#""Throughput": 1000, "Iops": 4000"#), &[]);
    ebs_finds(&gp3(r#""Throughput": 2001"#), &["throughput-range Throughput"]);
    // What Terraform's acceptance test registers: a warning, no error.
    ebs_finds(&gp3(r#""Iops": 100, "Throughput": 500, "Encrypted": true"#), &["iops-range Iops"]);
}

#[test]
fn snapshots_zones_and_outposts() {
    const ARN: &str = "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0";
    let snapshot = |more: &str| format!(r#""SnapshotId": "snap-01234567", {more}"#);
    ebs_finds(&snapshot(r#""VolumeInitializationRate": 100"#), &[]);
    ebs_finds(&snapshot(r#""VolumeInitializationRate": 301"#), &["initialization-rate-range VolumeInitializationRate"]);
    ebs_finds(
        r#""VolumeSize": 8, "VolumeInitializationRate": 1"#,
        &["initialization-rate-without-snapshot VolumeInitializationRate"],
    );
    ebs_finds(&snapshot(r#""AvailabilityZone": "a""#), &["zone-in-image AvailabilityZone"]);
    ebs_finds(&snapshot(r#""AvailabilityZoneId": "a""#), &["zone-in-image AvailabilityZoneId"]);
    ebs_finds(
        &snapshot(r#""AvailabilityZone": "a", "AvailabilityZoneId": "b""#),
        &["zone-name-and-id AvailabilityZoneId"],
    );
    ebs_finds(&snapshot(r#""AvailabilityZone": "", "AvailabilityZoneId": "b""#), &["zone-in-image AvailabilityZoneId"]);
    ebs_finds(&snapshot(r#""AvailabilityZone": "", "AvailabilityZoneId": """#), &[]);
    // Outposts are mixed only where two of them store snapshots.
    let two = |first: &str, second: &str| {
        let volume = |device: &str, ebs: &str| format!(r#"{{"DeviceName": "{device}", "Ebs": {{{ebs}}}}}"#);
        mappings(&format!("{ROOT}, {}, {}", volume("/dev/sdb", first), volume("/dev/sdc", second)))
    };
    let other = ARN.replace("abcdef0", "abcdef1");
    let [first, second] = [ARN, &other].map(|arn| format!(r#""SnapshotId": "snap-01234567", "OutpostArn": "{arn}""#));
    finds(&two(&first, &second), &["outposts-mixed BlockDeviceMappings[2].Ebs.OutpostArn"]);
    finds(&two(&first, &first), &[]);
    finds(
        &two(&first, &second.replace("SnapshotId", "AvailabilityZone").replace("snap-01234567", "")),
        &[
            "volume-without-source BlockDeviceMappings[2].Ebs",
            "outpost-without-snapshot BlockDeviceMappings[2].Ebs.OutpostArn",
        ],
    );
    ebs_finds(&snapshot(&format!(r#""OutpostArn": "{ARN}""#)), &[]);
    ebs_finds(&snapshot(&format!(r#""OutpostArn": "{}""#, ARN.replace("aws:", "aws-us-gov:"))), &[]);
    ebs_finds(&snapshot(r#""OutpostArn": """#), &["outpost-arn-form OutpostArn"]);
    ebs_finds(&format!(r#""VolumeSize": 8, "OutpostArn": "{ARN}""#), &["outpost-without-snapshot OutpostArn"]);
    ebs_finds(r#""VolumeSize": 8, "EbsCardIndex": -2"#, &["ebs-card-index-negative EbsCardIndex"]);
    // On an Outpost gp3 has less.
    let on_outpost = |more: &str| snapshot(&format!(r#""VolumeType": "gp3", "OutpostArn": "{ARN}", {more}"#));
    ebs_finds(&on_outpost(r#""VolumeSize": 16385"#), &["volume-size-range VolumeSize"]);
    ebs_finds(&on_outpost(r#""Iops": 16001"#), &["iops-range Iops"]);
    ebs_finds(&on_outpost(r#""Throughput": 1001, "Iops": 16000"#), &["throughput-range Throughput"]);
    for (id, rule) in [
        ("snap-01234567", None),
        ("snap-0123456789ABCDEF0", None),
        ("snap-0123456789example", Some("snapshot-id-form SnapshotId")),
        ("snap-", Some("snapshot-id-form SnapshotId")),
        ("Snap-01234567", Some("snapshot-id-prefix SnapshotId")),
        ("ami-01234567", Some("snapshot-id-prefix SnapshotId")),
        ("", Some("snapshot-id-empty SnapshotId")),
    ] {
        ebs_finds(&format!(r#""VolumeSize": 8, "SnapshotId": "{id}""#), rule.as_slice());
    }
}

#[test]
fn encryption() {
    ebs_finds(r#""SnapshotId": "snap-01234567", "Encrypted": true"#, &["encrypted-with-snapshot Encrypted"]);
    ebs_finds(r#""SnapshotId": "snap-01234567", "Encrypted": false"#, &["encrypted-with-snapshot Encrypted"]);
    ebs_finds(r#""VolumeSize": 8, "Encrypted": true"#, &[]);
    ebs_finds(r#""VolumeSize": 8, "Encrypted": false"#, &[]);
    ebs_finds(r#""VolumeSize": 8, "SnapshotId": "", "Encrypted": true"#, &["snapshot-id-empty SnapshotId"]);
    ebs_finds(r#""VolumeSize": 8, "KmsKeyId": """#, &["kms-key KmsKeyId"]);
    // Beside a virtual name nobody knows what counts.
    finds(
        &mappings(&format!(
            r#"{ROOT}, {{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0", "Ebs": {{"SnapshotId": "snap-01234567", "Encrypted": true}}}}"#
        )),
        &["mapping-two-kinds BlockDeviceMappings[1].VirtualName"],
    );
}

#[test]
fn root_volumes() {
    let root = |ebs: &str, more: &str| {
        format!(
            r#"{{{more} "BlockDeviceMappings": [{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-01234567", {ebs}}}}}]}}"#
        )
    };
    finds(
        &root(r#""VolumeType": "sc1", "VolumeSize": 125"#, ""),
        &["root-volume-type BlockDeviceMappings[0].Ebs.VolumeType"],
    );
    finds(&root(r#""VolumeSize": 2048"#, ""), &["root-volume-2-tib BlockDeviceMappings[0].Ebs.VolumeSize"]);
    finds(&root(r#""VolumeSize": 2048"#, r#""BootMode": "uefi","#), &[]);
    finds(&root(r#""VolumeSize": 2047"#, ""), &[]);
}

#[test]
fn platforms() {
    let platform = |architecture: &str, virtualization_type: &str, more: &str| {
        format!(r#"{{"Architecture": {architecture}, "VirtualizationType": {virtualization_type}{more}}}"#)
    };
    let kernel = r#", "EnaSupport": false, "KernelId": "aki-919dcaf8""#;
    finds(
        &platform("null", "null", ""),
        &["architecture-missing Architecture", "virtualization-type-missing VirtualizationType"],
    );
    finds(&platform("\"arm64\"", "\"hvm\"", r#", "EnaSupport": null"#), &["ena-support-off EnaSupport"]);
    finds(&platform("\"arm64\"", "\"hvm\"", r#", "BootMode": "legacy-bios""#), &["arm64-legacy-bios BootMode"]);
    finds(&platform("\"arm64\"", "\"paravirtual\"", kernel), &["arm64-paravirtual VirtualizationType"]);
    finds(&platform("\"i386\"", "\"hvm\"", r#", "EnaSupport": false"#), &[]);
    finds(&platform("\"i386\"", "\"hvm\"", r#", "BootMode": "uefi-preferred""#), &["uefi-i386 BootMode"]);
    finds(&platform("\"x86_64\"", "\"paravirtual\"", kernel), &[]);
    finds(
        &platform("\"x86_64\"", "\"paravirtual\"", r#", "EnaSupport": false"#),
        &["paravirtual-without-kernel KernelId"],
    );
    finds(
        &platform(
            "\"x86_64\"",
            "\"paravirtual\"",
            r#", "KernelId": "aki-919dcaf8", "SriovNetSupport": "simple", "BootMode": "uefi""#,
        ),
        &["uefi-paravirtual BootMode", "paravirtual-network SriovNetSupport", "paravirtual-network EnaSupport"],
    );
    finds(&platform("\"x86_64\"", "\"hvm\"", r#", "RamdiskId": "ari-919dcaf8""#), &["hvm-kernel RamdiskId"]);
    finds(&platform("\"arm64_mac\"", "\"hvm\"", r#", "EnaSupport": null"#), &[]);
    finds(
        &platform(
            "\"x86_64_mac\"",
            "\"paravirtual\"",
            r#", "BootMode": "uefi", "TpmSupport": "v2.0", "KernelId": "aki-919dcaf8", "EnaSupport": null"#,
        ),
        &["mac-platform BootMode", "mac-platform TpmSupport", "mac-platform VirtualizationType"],
    );
}

#[test]
fn tpm_and_uefi_data() {
    finds(r#"{"TpmSupport": "v2.0", "BootMode": "uefi"}"#, &[]);
    finds(r#"{"TpmSupport": "v2.0"}"#, &["tpm-without-boot-mode TpmSupport"]);
    finds(r#"{"TpmSupport": "v2.0", "BootMode": "legacy-bios"}"#, &["tpm-boot-mode TpmSupport"]);
    finds(r#"{"TpmSupport": "v2.0", "BootMode": "uefi-preferred"}"#, &["tpm-boot-mode TpmSupport"]);
    finds(r#"{"TpmSupport": "v1.2", "BootMode": "uefi-preferred"}"#, &["tpm-support-unknown TpmSupport"]);
    finds(r#"{"TpmSupport": "v2.0", "UefiData": "QU1aTlVFRknHS2dIAAAAAA=="}"#, &["tpm-without-boot-mode TpmSupport"]);
    // An unknown boot mode may be one that has a TPM.
    finds(r#"{"TpmSupport": "v2.0", "BootMode": "uefi-2"}"#, &["boot-mode-unknown BootMode"]);

    const STORE: &str = "QU1aTlVFRknHS2dIAAAAAA==";
    let data = |data: &str| format!(r#"{{"BootMode": "uefi", "UefiData": "{data}"}}"#);
    finds(&data(STORE), &[]);
    finds(&data(""), &[]);
    finds(&data(&"A".repeat(64_000)), &["uefi-data-magic UefiData"]);
    finds(&data(&"A".repeat(64_001)), &["uefi-data-length UefiData"]);
    for not_base64 in ["A", "AAA", "AA=A", "A===", "AAAA\\nAAAA", "AA--", "AB==", "QU1aTlVFRknHS2dIAAAAAA"] {
        finds(&data(not_base64), &["uefi-data-base64 UefiData"]);
    }
    finds(&data("QU1aTlVFRkk="), &["uefi-data-magic UefiData"]);
    finds(&data("QU1aTlVFRknHS2dJAAAAAA=="), &["uefi-data-checksum UefiData"]);
    let mode = |mode: &str, more: &str| format!(r#"{{"BootMode": {mode}, "UefiData": "{STORE}"{more}}}"#);
    finds(&mode("null", ""), &["uefi-data-without-uefi UefiData"]);
    finds(&mode("null", r#", "Architecture": "arm64""#), &[]);
    finds(&mode("\"legacy-bios\"", ""), &["uefi-data-without-uefi UefiData"]);
    finds(&mode("\"uefi-preferred\"", ""), &["uefi-data-fallback UefiData"]);
}

#[test]
fn no_finding_repeats_uefi_data() {
    for data in ["c2VjcmV0c2VjcmV0", "c2VjcmV0-", "QU1aTlVFRknHS2dJAAAAAA==", &"c2VjcmV0".repeat(9_000)] {
        let report = with(&format!(r#"{{"UefiData": "{data}"}}"#)).check();
        assert_eq!(report.findings().count(), 2);
        let json = serde_json::to_string(&report).unwrap();
        for shown in [report.to_string(), format!("{report:?}"), json] {
            assert!(!shown.contains(&data[..8]), "{shown}");
        }
    }
}

#[test]
fn values() {
    for (members, rule) in [
        (r#"{"Architecture": "aarch64", "EnaSupport": null}"#, "architecture-misspelled Architecture"),
        (r#"{"Architecture": "amd64"}"#, "architecture-misspelled Architecture"),
        (r#"{"Architecture": "riscv64"}"#, "architecture-unknown Architecture"),
        (r#"{"BootMode": "bios"}"#, "boot-mode-misspelled BootMode"),
        (r#"{"BootMode": "legacy_bios"}"#, "boot-mode-misspelled BootMode"),
        (r#"{"BootMode": "efi"}"#, "boot-mode-misspelled BootMode"),
        (r#"{"BootMode": ""}"#, "boot-mode-unknown BootMode"),
        (r#"{"BootMode": "uefi", "TpmSupport": "2.0"}"#, "tpm-support-misspelled TpmSupport"),
        (r#"{"BootMode": "uefi", "TpmSupport": "v3.0"}"#, "tpm-support-unknown TpmSupport"),
        (r#"{"ImdsSupport": "2.0"}"#, "imds-support-misspelled ImdsSupport"),
        (r#"{"ImdsSupport": "v1.0"}"#, "imds-support-unknown ImdsSupport"),
        (r#"{"VirtualizationType": "pv"}"#, "virtualization-type-misspelled VirtualizationType"),
        (r#"{"VirtualizationType": ""}"#, "virtualization-type-unknown VirtualizationType"),
        (r#"{"SriovNetSupport": ""}"#, "sriov-net-support-unknown SriovNetSupport"),
    ] {
        finds(members, &[rule]);
    }
    ebs_finds(r#""VolumeSize": 8, "VolumeType": "Gp3""#, &["volume-type-misspelled VolumeType"]);
    ebs_finds(r#""VolumeSize": 8, "VolumeType": "gp4""#, &["volume-type-unknown VolumeType"]);
    says(
        r#"{"Architecture": "aarch64"}"#,
        "`Architecture` is \"aarch64\", which EC2 spells \"arm64\"",
        "write \"arm64\"",
    );
    says(
        &ebs(r#""VolumeSize": 8, "VolumeType": "gp4""#),
        "`VolumeType` is \"gp4\"; as of 2026-11-23 EC2 has `standard`, `io1`, `io2`, `gp2`, `sc1`, `st1` and `gp3`",
        "write one of these; if AWS has added the value since, allow `volume-type-unknown`",
    );
    assert!(rules::find("volume-type-unknown").unwrap().explanation.contains(rules::MODEL_DATE));
}

#[test]
fn kernels_and_ram_disks() {
    let ids = |kernel: &str, ramdisk: &str| {
        let ids = format!(r#""KernelId": "{kernel}", "RamdiskId": "{ramdisk}""#);
        format!(r#"{{"VirtualizationType": "paravirtual", "EnaSupport": false, {ids}}}"#)
    };
    finds(&ids("aki-919dcaf8", "ari-919dcaf8"), &[]);
    finds(&ids("aki-0123456789abcdef0", "ari-0123456789abcdef0"), &[]);
    finds(&ids("aki-1", "ari-x"), &["kernel-id-form KernelId", "ramdisk-id-form RamdiskId"]);
    finds(&ids("", ""), &["kernel-id-form KernelId", "ramdisk-id-form RamdiskId"]);
    finds(&ids("pv-grub", "initrd"), &["kernel-id-prefix KernelId", "ramdisk-id-prefix RamdiskId"]);
}

/// What the rules find with these facts in a spotless request with these members in the place of its own.
#[track_caller]
fn finds_with(facts: &str, members: &str, expected: &[&str]) {
    let facts = serde_json::from_str(facts).unwrap_or_else(|error| panic!("{error} in {facts}"));
    let report = Validator::new().facts(facts).check(&with(members));
    let found: Vec<_> = report.findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect();
    assert_eq!(found, expected, "{members}");
}

/// The rules that lack facts.
#[track_caller]
fn lacks(facts: &str, members: &str, expected: &[&str]) {
    let facts = serde_json::from_str(facts).unwrap_or_else(|error| panic!("{error} in {facts}"));
    let report = Validator::new().facts(facts).check(&with(members));
    assert_eq!(report.not_checked().map(|rule| rule.id).collect::<Vec<_>>(), expected, "{members}");
}

/// A request with a second volume, from another snapshot.
fn second(members: &str) -> String {
    ebs(&format!(r#""SnapshotId": "snap-0123456789abcdef1"{members}"#))
}

/// Facts with these members of the root's snapshot and of the second.
fn described(root: &str, second: &str) -> String {
    format!(
        r#"{{"Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0", {root}}},
            {{"SnapshotId": "snap-0123456789abcdef1", {second}}}]}}"#
    )
}

#[test]
fn names_in_use() {
    let image =
        |members: &str| format!(r#"{{"OwnerId": "1", "Images": [{{"ImageId": "ami-1", "Name": "web"{members}}}]}}"#);
    let in_use = ["name-in-use Name"];
    for members in ["", r#", "OwnerId": "1""#, r#", "State": "available""#, r#", "State": "pending""#] {
        finds_with(&image(members), "{}", &in_use);
    }
    for members in [r#", "OwnerId": "2""#, r#", "State": "deregistered""#, r#", "State": "failed""#] {
        finds_with(&image(members), "{}", &[]);
    }
    finds_with(&image(""), r#"{"Name": "Web"}"#, &[]);
    // Another account's image is no reason to refuse, and whose this one is cannot be told.
    let of_somebody = r#"{"Images": [{"ImageId": "ami-1", "Name": "web", "OwnerId": "1"}]}"#;
    finds_with(of_somebody, "{}", &[]);
    let report = Validator::new().facts(serde_json::from_str(of_somebody).unwrap()).check(&with("{}"));
    assert_eq!(report.not_checked().next().map(|rule| rule.id), Some("name-in-use"));
    let facts = serde_json::from_str(&image("")).unwrap();
    let report = Validator::new().facts(facts).check(&with("{}"));
    assert_eq!(
        report.to_string(),
        "error[name-in-use] at Name: the name \"web\" is in use by the image \"ami-1\"; EC2 takes a name once in an \
         account and Region (help: use another name, or deregister the image and allow some time)\n1 error, 0 warnings"
    );
}

#[test]
fn states_and_sizes_of_snapshots() {
    let id = "BlockDeviceMappings[1].Ebs.SnapshotId";
    let size = "volume-smaller-than-snapshot BlockDeviceMappings[1].Ebs.VolumeSize";
    let completed = r#""State": "completed""#;
    let of_second = |members: &str| described(completed, members);
    for state in ["pending", "error", "recoverable"] {
        let state = format!(r#""State": "{state}""#);
        finds_with(&of_second(&state), &second(""), &[&format!("snapshot-not-completed {id}")]);
    }
    let archived = r#""StorageTier": "archive""#;
    finds_with(&of_second(archived), &second(""), &[&format!("snapshot-archived {id}")]);
    let restored = r#""StorageTier": "archive", "RestoreExpiryTime": "2026-12-01T00:00:00Z""#;
    finds_with(&of_second(restored), &second(""), &[]);
    for (volume, found) in [(29, &[size][..]), (30, &[]), (31, &[])] {
        finds_with(&of_second(r#""VolumeSize": 30"#), &second(&format!(r#", "VolumeSize": {volume}"#)), found);
    }
    finds_with(&of_second(r#""VolumeSize": 30"#), &second(""), &[]);
    finds_with(
        &of_second(r#""VolumeSize": 30"#),
        &second(r#", "VolumeSize": 0"#),
        &["volume-size-range BlockDeviceMappings[1].Ebs.VolumeSize"],
    );
    // What is left out of the image is not looked at.
    let left_out = mappings(
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}},
            {"DeviceName": "/dev/sdb", "NoDevice": "", "Ebs": {"SnapshotId": "snap-0123456789abcdef1"}}"#,
    );
    finds_with(&of_second(archived), &left_out, &["no-device-with-others BlockDeviceMappings[1].NoDevice"]);
}

#[test]
fn a_snapshot_is_missed_only_in_a_list() {
    let missed = ["snapshot-not-listed BlockDeviceMappings[1].Ebs.SnapshotId"];
    let root = r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "completed"}]}"#;
    finds_with(root, &second(""), &missed);
    finds_with(r#"{"Snapshots": []}"#, "{}", &["snapshot-not-listed BlockDeviceMappings[0].Ebs.SnapshotId"]);
    // Product codes of one snapshot are no list of all.
    finds_with(r#"{"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": []}"#, &second(""), &[]);
    finds_with("{}", &second(""), &[]);
    // A mistake in the id is the one cause.
    finds_with(root, &ebs(r#""SnapshotId": "snap-1""#), &["snapshot-id-form BlockDeviceMappings[1].Ebs.SnapshotId"]);
}

#[test]
fn outposts_by_facts() {
    let arn = |region: &str, id: &str| format!("arn:aws:outposts:{region}:123456789012:outpost/op-{id}");
    let on = |id: &str| format!(r#""OutpostArn": "{}""#, arn("us-east-1", id));
    let mixed = ["snapshot-outposts-mixed BlockDeviceMappings[1].Ebs.SnapshotId"];
    finds_with(&described(&on("1"), &on("2")), &second(""), &mixed);
    finds_with(&described(&on("1"), &on("1")), &second(""), &[]);
    finds_with(&described(&on("1"), r#""State": "completed""#), &second(""), &[]);
    // Half of it by the request.
    finds_with(&described(&on("1"), r#""VolumeSize": 1"#), &second(&format!(", {}", on("2"))), &mixed);
    // All of it by the request, which has a rule of its own.
    let stated = mappings(&format!(
        r#"{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-0123456789abcdef0", {}}}}},
            {{"DeviceName": "/dev/sdb", "Ebs": {{"SnapshotId": "snap-0123456789abcdef1", {}}}}}"#,
        on("1"),
        on("2")
    ));
    let own = ["outposts-mixed BlockDeviceMappings[1].Ebs.OutpostArn"];
    finds_with(&described(&on("1"), &on("2")), &stated, &own);

    let elsewhere = ["outpost-other-region BlockDeviceMappings[1].Ebs.OutpostArn"];
    let at = |arn: &str| second(&format!(r#", "OutpostArn": "{arn}""#));
    finds_with(r#"{"Region": "eu-central-1"}"#, &at(&arn("us-east-1", "1")), &elsewhere);
    finds_with(r#"{"Region": "us-east-1"}"#, &at(&arn("us-east-1", "1")), &[]);
    finds_with(r#"{"Region": "us-gov-west-1"}"#, &at(&arn("us-gov-west-1", "1")), &elsewhere);
    finds_with(r#"{"Region": "garage"}"#, &at(&arn("garage", "1")), &[]);
    finds_with("{}", &at(&arn("us-east-1", "1")), &[]);
}

#[test]
fn product_codes_and_platforms() {
    let codes = |kind: &str| format!(r#""ProductCodes": [{{"ProductCodeId": "a", "ProductCodeType": "{kind}"}}]"#);
    let secondary = ["secondary-product-codes BlockDeviceMappings[1].Ebs.SnapshotId"];
    finds_with(&described(&codes("marketplace"), &codes("marketplace")), &second(""), &secondary);
    finds_with(&described(&codes("marketplace"), &codes("devpay")), &second(""), &[]);
    finds_with(&described(&codes("marketplace"), r#""ProductCodes": []"#), &second(""), &[]);

    let billing = ["platform-billing BlockDeviceMappings[0].Ebs.SnapshotId"];
    let platform = |platform: &str| format!(r#"{{"Platform": "{platform}"}}"#);
    for billed in
        ["windows", "Windows with SQL Server Standard", "Red Hat Enterprise Linux", "RHEL", "SUSE Linux", "SLES"]
    {
        finds_with(&platform(billed), "{}", &billing);
    }
    for free in ["Linux/UNIX", "openSUSE", "Ubuntu Pro Linux", ""] {
        finds_with(&platform(free), "{}", &[]);
    }
    let stated = r#"{"BillingProducts": ["bp-6fa54006"]}"#;
    finds_with(&platform("Windows"), stated, &["billing-products BillingProducts"]);
}

#[test]
fn what_lacks_facts_is_listed() {
    let no_list = ["snapshot-not-listed", "snapshot-not-completed", "snapshot-archived"];
    lacks("{}", r#"{"BlockDeviceMappings": null, "RootDeviceName": null}"#, &["name-in-use"]);
    lacks("{}", "{}", &[&["name-in-use"], &no_list[..], &["platform-billing"]].concat());
    let outpost = r#", "VolumeSize": 8, "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1""#;
    let all: Vec<_> = rules::all().filter(|rule| rule.facts.is_some()).map(|rule| rule.id).collect();
    assert_eq!(all.len(), 9);
    lacks("{}", &second(outpost), &all);
    let known = r#""State": "completed", "StorageTier": "standard", "VolumeSize": 8, "ProductCodes": []"#;
    let snapshots = described(known, known);
    lacks(&snapshots, &second(outpost), &["name-in-use", "outpost-other-region", "platform-billing"]);
    let rest = r#""Region": "us-east-1", "Images": [], "Platform": "Linux/UNIX""#;
    lacks(&format!("{{{rest}, {}", &snapshots[1..]), &second(outpost), &[]);
    // A snapshot that was not listed is as unknown as all were.
    lacks(&format!(r#"{{{rest}, "Snapshots": []}}"#), "{}", &no_list[1..]);
    // Nobody misses what a policy allows.
    let policy = Policy::new().allow("name-in-use").unwrap();
    let report =
        Validator::new().policy(policy).check(&with(r#"{"BlockDeviceMappings": null, "RootDeviceName": null}"#));
    assert_eq!(report.not_checked().count(), 0);
}

#[test]
fn facts_that_find_nothing_allocate_nothing() {
    let known = r#""State": "completed", "StorageTier": "standard", "VolumeSize": 8, "ProductCodes": []"#;
    let validator = Validator::new().facts(serde_json::from_str(&described(known, known)).unwrap());
    let request = with(&second(r#", "VolumeSize": 8"#));
    assert_eq!(validator.check(&request).findings().count(), 0);
    assert_eq!(allocation_counter::measure(|| drop(validator.check(&request))).count_total, 0);
}
