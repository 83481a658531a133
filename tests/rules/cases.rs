//! The table of rules, a row a case.

use std::collections::BTreeSet;

use ec2_register_image::rules::{Level, Policy, Status};
use ec2_register_image::{BlockDeviceMapping, Facts, Validator, rules};

use crate::support::{Expect, ROOT, cases, ebs, ebs_finds, finds, found, mappings, read, says, with};

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
        assert_eq!(findings[0].message().to_string(), rule.trigger_message, "{id} says what it declares");
        for text in [findings[0].message().to_string(), findings[0].help().to_string()] {
            assert!(!text.contains(['{', '}']), "{id} fills every word: {text}");
            assert!(!text.ends_with('.') && !text.contains("  "), "{id} speaks in clauses: {text}");
            let is_sentence = text.starts_with(char::is_uppercase) && text[1..].starts_with(char::is_lowercase);
            assert!(!is_sentence || text.starts_with("RegisterImage"), "{id} starts a sentence: {text}");
        }
        assert!(known.iter().all(|known| *known == "manifest-end-of-life"), "the near miss of {id}: {near_miss}");
        assert_ne!(rule.trigger, rule.near_miss);
    }
    assert_eq!(rules::all().count(), 128);
}

#[test]
fn a_removed_rule_finds_nothing_and_keeps_its_id() {
    let removed = rules::subjects().flat_map(|(_, rules)| rules).filter(|rule| rule.status != Status::Stable);
    let mut ids = Vec::new();
    for rule in removed {
        let Status::Removed { since, reason } = rule.status else { panic!("{}", rule.id) };
        assert!(since.split('.').count() == 3 && reason.len() > 10 && !reason.ends_with('.'), "{}: {reason}", rule.id);
        let report = read(rule.trigger).check();
        assert_eq!(report.findings().count(), 0, "{report}");
        assert!(Policy::new().deny(rule.id).is_ok() && rules::all().all(|other| other != rule), "{}", rule.id);
        ids.push(rule.id);
    }
    assert_eq!(ids, ["uefi-outpost"]);
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
        "character 4 of the name is \":\"; EC2 accepts letters, digits, spaces and ( ) [ ] . / - ' @ _",
        "replace the character, as in \"web-12-00\"",
    );
    says(
        &name(&"x".repeat(200)),
        &format!("the name {:?}… has 200 characters; EC2 accepts 3 to 128", "x".repeat(60)),
        "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it",
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
        "the key \"a\" is already set at TagSpecifications[0].Tags[0].Key; EC2 accepts each key once",
        "remove one of the two",
    );
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
        ("/dev/sda1", finding("device-reserved-for-root")),
        ("sda1", finding("device-reserved-for-root")),
        ("/dev/sda2", vec![]),
        ("/dev/xvdf", vec![]),
        ("/dev/xvdcz", vec![]),
        ("/dev/xvddx", vec![]),
        ("/dev/xvddy", finding("device-unavailable")),
        ("/dev/xvdez", finding("device-unavailable")),
        ("/dev/sdaa", finding("device-unavailable")),
        ("/dev/hdb", finding("device-unavailable")),
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
        "the device \"/dev/sdb\" is already mapped at BlockDeviceMappings[1].DeviceName; EC2 accepts each device once",
        "give this volume another device name, or remove one of the two mappings",
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
    assert!(duplicates(200).iter().all(|(_, message)| message.contains("already mapped at BlockDeviceMappings[")));
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
    finds(&platform("\"arm64\"", "\"hvm\"", r#", "EnaSupport": null"#), &["no-instance-type EnaSupport"]);
    finds(&platform("\"arm64\"", "\"hvm\"", r#", "BootMode": "legacy-bios""#), &["arm64-legacy-bios BootMode"]);
    finds(&platform("\"arm64\"", "\"paravirtual\"", kernel), &["arm64-paravirtual VirtualizationType"]);
    // Without a type, EC2 defaults to paravirtual, which it rejects for arm64.
    finds(&platform("\"arm64\"", "null", ""), &["arm64-paravirtual VirtualizationType"]);
    says(
        &platform("\"arm64\"", "null", ""),
        "`VirtualizationType` is missing and defaults to `paravirtual`, but EC2 accepts only `hvm` for arm64",
        "set `hvm`",
    );
    finds(&platform("\"arm64\"", "\"hvm\"", r#", "BootMode": "uefi-preferred""#), &["arm64-uefi-preferred BootMode"]);
    finds(
        &platform("\"arm64\"", "\"hvm\"", r#", "BootMode": "uefi-preferred", "TpmSupport": "v2.0""#),
        &["tpm-boot-mode TpmSupport"],
    );
    // A kernel is for a paravirtual image, and `hvm` would be the next mistake.
    let (kernel_only, help) =
        (r#", "KernelId": "aki-919dcaf8", "EnaSupport": false"#, "set `paravirtual`, which the kernel is for");
    let message = "`VirtualizationType` is missing; EC2 defaults to `paravirtual`, which no current instance type runs";
    says(&platform("\"x86_64\"", "null", kernel_only), message, help);
    says(&platform("\"x86_64\"", "null", ""), message, "set `hvm`");
    finds(&platform("\"x86_64\"", "\"paravirtual\"", kernel_only), &[]);
    finds(&platform("\"x86_64_mac\"", "\"hvm\"", r#", "EnaSupport": false"#), &["ena-support-off EnaSupport"]);
    finds(&platform("\"arm64_mac\"", "\"hvm\"", r#", "EnaSupport": null"#), &["ena-support-off EnaSupport"]);
    finds(&platform("\"arm64_mac\"", "\"hvm\"", r#", "BootMode": "legacy-bios""#), &[]);
    finds(&platform("\"arm64_mac\"", "\"hvm\"", r#", "BootMode": "uefi-preferred""#), &["mac-platform BootMode"]);
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
    finds(&platform("\"arm64_mac\"", "\"hvm\"", ""), &[]);
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
        "use \"arm64\"",
    );
    says(
        &ebs(r#""VolumeSize": 8, "VolumeType": "gp4""#),
        "`VolumeType` is \"gp4\"; as of 2026-11-23 EC2 has `standard`, `io1`, `io2`, `gp2`, `sc1`, `st1` and `gp3`",
        "use one of these; if AWS has added the value since then, allow `volume-type-unknown`",
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
