//! The table of rules, and the frame around it.

use std::collections::BTreeSet;

use ec2_register_image::rules::{self, Evidence, Level, Path, Policy, Step, Validator};
use ec2_register_image::{BlockDeviceMapping, RegisterImageRequest, RequestMember};
use proptest::prelude::*;

mod support;
use support::{Expect, cases, read};

/// What the rules find, as `rule path`, in order.
fn found(json: &str) -> Vec<String> {
    read(json).check().findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect()
}

#[track_caller]
fn finds(json: &str, expected: &[&str]) {
    assert_eq!(found(json), expected, "{json}");
}

#[track_caller]
fn says(json: &str, message: &str, help: &str) {
    let report = read(json).check();
    let finding = report.findings().next().expect("a finding");
    assert_eq!(finding.message().to_string(), message);
    assert_eq!(finding.help().to_string(), help);
}

#[test]
fn every_rule_is_whole() {
    let mut ids = BTreeSet::new();
    for rule in rules::all() {
        let id = rule.id;
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id} is in kebab case");
        assert!(ids.insert(id), "{id} is the id of one rule");
        assert!(rule.former_ids.iter().all(|former| ids.insert(former)), "the former ids of {id} are its own");
        assert!(rule.level > Level::Allowed && rule.level <= rule.evidence.cap(), "{id} is no more than its evidence");
        assert!(rule.source.starts_with("https://"), "{id} has a source");
        assert_eq!(rule.since.split('.').count(), 3, "{id} says since when");
        for text in [rule.summary, rule.explanation] {
            assert!(text.len() > 20, "{id} explains itself");
            assert!(!text.contains("  "), "a broken line left blanks in {id}: {text}");
        }
        assert!(!rule.summary.ends_with('.') && rule.explanation.ends_with('.'), "{id}: a clause, then sentences");

        let trigger = read(rule.trigger).check();
        let near_miss = read(rule.near_miss).check();
        // What a near miss breaks as well belongs to its kind, as every manifest is at the end of its life.
        let known: Vec<_> = near_miss.findings().map(|finding| finding.rule().id).collect();
        let findings: Vec<_> = trigger.findings().filter(|finding| !known.contains(&finding.rule().id)).collect();
        assert_eq!(findings.len(), 1, "the trigger of {id} finds one thing: {trigger}");
        assert_eq!(findings[0].rule().id, id, "the trigger of {id} finds what it should");
        assert_eq!(findings[0].level(), rule.level);
        for text in [findings[0].message().to_string(), findings[0].help().to_string()] {
            assert!(!text.contains(['{', '}']), "{id} fills every word: {text}");
            assert!(!text.ends_with('.') && !text.contains("  "), "{id} speaks in clauses: {text}");
            assert!(!text.starts_with(char::is_uppercase) || text.starts_with("RegisterImage"), "{id}: {text}");
        }
        assert!(known.iter().all(|known| *known == "manifest-end-of-life"), "the near miss of {id}: {near_miss}");
        assert_ne!(rule.trigger, rule.near_miss);
    }
    assert_eq!(ids.len(), 7);
}

#[test]
fn evidence_caps_levels() {
    for (evidence, cap) in [
        (Evidence::Observed, Level::Error),
        (Evidence::Documented, Level::Error),
        (Evidence::ModelDate, Level::Error),
        (Evidence::SiblingApi, Level::Warning),
        (Evidence::ThirdParty, Level::Warning),
        (Evidence::Inferred, Level::Warning),
        (Evidence::BrokenAtLaunch, Level::Warning),
    ] {
        assert_eq!(evidence.cap(), cap);
        assert_eq!(serde_json::to_value(evidence).unwrap(), evidence.as_str());
    }
}

#[test]
fn no_request_that_ec2_takes_is_refused() {
    for case in cases().iter().filter(|case| case.expect == Expect::Accept) {
        let report = case.request.check();
        assert!(report.is_valid(), "{}: {report}", case.id);
    }
}

#[test]
fn requests_that_ec2_refuses_are_refused_by_the_rules_there_are() {
    let refused: Vec<String> = cases()
        .into_iter()
        .filter(|case| case.expect == Expect::Error && !case.request.check().is_valid())
        .map(|case| case.id)
        .collect();
    assert_eq!(
        refused,
        ["name-too-short", "name-colon-timestamp", "dup-device", "encrypted-true-with-snapshot", "tags-wrong-resource"]
    );
}

#[test]
fn name() {
    finds("{}", &["name-missing Name"]);
    finds(r#"{"Name": ""}"#, &["name-length Name"]);
    finds(r#"{"Name": "ab"}"#, &["name-length Name"]);
    finds(r#"{"Name": "abc"}"#, &[]);
    finds(&format!(r#"{{"Name": "{}"}}"#, "a".repeat(128)), &[]);
    finds(&format!(r#"{{"Name": "{}"}}"#, "a".repeat(129)), &["name-length Name"]);
    // Characters are counted, not bytes; and a letter beyond ASCII is nothing that anybody saw refused.
    finds(&format!(r#"{{"Name": "{}"}}"#, "ß".repeat(128)), &[]);
    finds(r#"{"Name": "aZ0 ()[]./-'@_"}"#, &[]);
    for illegal in [",", "+", ":", "\\n", "\\u0000", "\\\"", "—", "😀", "#", "~", "`"] {
        finds(&format!(r#"{{"Name": "abc{illegal}"}}"#), &["name-characters Name"]);
    }
    finds(r#"{"Name": ":"}"#, &["name-length Name", "name-characters Name"]);
    says(
        r#"{"Name": "web:12:00"}"#,
        "the name holds \":\", character 4 of it; EC2 takes letters, digits, spaces and ( ) [ ] . / - ' @ _",
        "write \"web-12-00\", as `ImageName::sanitize` does",
    );
    says(
        &format!(r#"{{"Name": "{}"}}"#, "x".repeat(200)),
        &format!("the name {:?}… has 200 characters; EC2 takes 3 to 128", "x".repeat(60)),
        "lengthen or shorten the name; `ImageName::with_suffix` keeps 128 by cutting the front part",
    );
}

#[test]
fn device_mapped_twice() {
    let mapped = |devices: &[&str]| {
        let mappings: Vec<String> =
            devices.iter().map(|name| format!(r#"{{"DeviceName": "{name}", "VirtualName": "ephemeral0"}}"#)).collect();
        format!(r#"{{"Name": "web", "BlockDeviceMappings": [{}]}}"#, mappings.join(","))
    };
    finds(&mapped(&["/dev/sdb", "/dev/xvdb", "sdb", "/dev/sdb1"]), &[]);
    finds(
        &mapped(&["/dev/sdb", "/dev/sdc", "/dev/sdb", "/dev/sdb"]),
        &["device-duplicate BlockDeviceMappings[2].DeviceName", "device-duplicate BlockDeviceMappings[3].DeviceName"],
    );
    says(
        &mapped(&["/dev/sdb", "/dev/sdb"]),
        "the device \"/dev/sdb\" is mapped already at BlockDeviceMappings[0].DeviceName; EC2 takes each device once",
        "give this volume a device of its own, or take one of the two mappings out",
    );
    // A device that is left out is not mapped; nor are two mappings that name none.
    finds(
        r#"{"Name": "web", "BlockDeviceMappings": [
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}, {"DeviceName": "/dev/sdb", "NoDevice": ""},
            {"VirtualName": "ephemeral1"}, {"VirtualName": "ephemeral2"}
        ]}"#,
        &[],
    );
}

#[test]
fn long_lists_are_compared_by_the_sorted_way_with_the_same_result() {
    let names: Vec<String> = (0..200).map(|number| format!("/dev/x{}", number * 7 % 90)).collect();
    let duplicates = |names: &[String]| {
        let mut request = read(r#"{"Name": "web"}"#);
        let mapping = |name: &String| {
            let mut mapping = BlockDeviceMapping::default();
            mapping.device_name = Some(name.as_str().into());
            mapping.virtual_name = Some("ephemeral0".into());
            mapping
        };
        request.block_device_mappings = Some(names.iter().map(mapping).collect());
        request.check().findings().map(|finding| (finding.path(), finding.message().to_string())).collect::<Vec<_>>()
    };
    let expected: Vec<String> = names
        .iter()
        .enumerate()
        .filter_map(|(later, name)| {
            let first = names[..later].iter().position(|earlier| earlier == name)?;
            let path = format!("BlockDeviceMappings[{first}].DeviceName");
            Some(format!("the device {name:?} is mapped already at {path}; EC2 takes each device once"))
        })
        .collect();
    assert_eq!(expected.len(), 110);
    assert_eq!(duplicates(&names).into_iter().map(|(_, message)| message).collect::<Vec<_>>(), expected);
    assert_eq!(duplicates(&names[..64]), duplicates(&names[..65])[..], "the 65th is no duplicate");
}

#[test]
fn encrypted_beside_a_snapshot() {
    let ebs = |ebs: &str| {
        format!(r#"{{"Name": "web", "BlockDeviceMappings": [{{"DeviceName": "/dev/sdb", "Ebs": {{{ebs}}}}}]}}"#)
    };
    let finding = ["encrypted-with-snapshot BlockDeviceMappings[0].Ebs.Encrypted"];
    finds(&ebs(r#""SnapshotId": "snap-1", "Encrypted": true"#), &finding);
    finds(&ebs(r#""SnapshotId": "snap-1", "Encrypted": false"#), &finding);
    finds(&ebs(r#""SnapshotId": "snap-1""#), &[]);
    finds(&ebs(r#""VolumeSize": 8, "Encrypted": true"#), &[]);
    finds(&ebs(r#""VolumeSize": 8, "SnapshotId": "", "Encrypted": true"#), &[]);
    finds(
        r#"{"Name": "web", "BlockDeviceMappings": [{"NoDevice": "", "Ebs": {"SnapshotId": "snap-1", "Encrypted": true}}]}"#,
        &[],
    );
}

#[test]
fn neither_size_nor_snapshot() {
    let mapping = |mapping: &str| format!(r#"{{"Name": "web", "BlockDeviceMappings": [{{{mapping}}}]}}"#);
    let finding = ["volume-without-source BlockDeviceMappings[0].Ebs"];
    finds(&mapping(r#""DeviceName": "/dev/sdb", "Ebs": {"DeleteOnTermination": false}"#), &finding);
    finds(&mapping(r#""Ebs": {"VolumeType": "gp3"}"#), &finding);
    finds(&mapping(r#""Ebs": {"VolumeSize": 0}"#), &[]);
    finds(&mapping(r#""Ebs": {"SnapshotId": ""}"#), &[]);
    // An empty structure is not sent; Ansible and Packer leave members beside a virtual name.
    finds(&mapping(r#""DeviceName": "/dev/sdb", "Ebs": {}"#), &[]);
    finds(&mapping(r#""VirtualName": "ephemeral0", "Ebs": {"DeleteOnTermination": true}"#), &[]);
    finds(&mapping(r#""NoDevice": "", "Ebs": {"VolumeType": "gp3"}"#), &[]);
}

#[test]
fn tags_for_something_else() {
    let specification =
        |specification: &str| format!(r#"{{"Name": "web", "TagSpecifications": [{{}}, {{{specification}}}]}}"#);
    let finding = ["tag-resource-type TagSpecifications[1].ResourceType"];
    finds(&specification(r#""ResourceType": "snapshot", "Tags": [{"Key": "a"}]"#), &finding);
    finds(&specification(r#""ResourceType": "Image""#), &finding);
    finds(&specification(r#""ResourceType": "image""#), &[]);
    finds(&specification(""), &[]);
}

#[test]
fn findings_come_in_the_order_of_the_model_then_by_index() {
    finds(
        r#"{"Name": "a:", "TagSpecifications": [{"ResourceType": "vpc"}, {"ResourceType": "x"}], "BlockDeviceMappings": [
            {"DeviceName": "a", "Ebs": {"SnapshotId": "s", "Encrypted": true}},
            {"DeviceName": "a", "Ebs": {"VolumeType": "gp3"}},
            {"DeviceName": "b", "Ebs": {"SnapshotId": "s", "Encrypted": true}}
        ]}"#,
        &[
            "tag-resource-type TagSpecifications[0].ResourceType",
            "tag-resource-type TagSpecifications[1].ResourceType",
            "name-length Name",
            "name-characters Name",
            "encrypted-with-snapshot BlockDeviceMappings[0].Ebs.Encrypted",
            "volume-without-source BlockDeviceMappings[1].Ebs",
            "device-duplicate BlockDeviceMappings[1].DeviceName",
            "encrypted-with-snapshot BlockDeviceMappings[2].Ebs.Encrypted",
        ],
    );
}

#[test]
fn paths_have_two_spellings_and_an_order() {
    use ec2_register_image::{
        BlockDeviceMappingMember as Mapping, EbsBlockDeviceMember as Ebs, TagMember, TagSpecificationMember as Tags,
    };
    let rows = [
        (Path::Request(RequestMember::ImageLocation), "ImageLocation", "ImageLocation"),
        (Path::BillingProduct(1), "BillingProducts[1]", "BillingProduct.2"),
        (Path::TagSpecification(0), "TagSpecifications[0]", "TagSpecification.1"),
        (
            Path::TagSpecificationMember(0, Tags::ResourceType),
            "TagSpecifications[0].ResourceType",
            "TagSpecification.1.ResourceType",
        ),
        (Path::TagSpecificationMember(0, Tags::Tags), "TagSpecifications[0].Tags", "TagSpecification.1.Tag"),
        (Path::Tag(0, 0), "TagSpecifications[0].Tags[0]", "TagSpecification.1.Tag.1"),
        (
            Path::TagMember(0, 0, TagMember::Value),
            "TagSpecifications[0].Tags[0].Value",
            "TagSpecification.1.Tag.1.Value",
        ),
        (Path::Tag(0, 1), "TagSpecifications[0].Tags[1]", "TagSpecification.1.Tag.2"),
        (Path::TagSpecification(1), "TagSpecifications[1]", "TagSpecification.2"),
        (Path::Request(RequestMember::Name), "Name", "Name"),
        (Path::Mapping(9), "BlockDeviceMappings[9]", "BlockDeviceMapping.10"),
        (Path::MappingMember(9, Mapping::Ebs), "BlockDeviceMappings[9].Ebs", "BlockDeviceMapping.10.Ebs"),
        (Path::Ebs(9, Ebs::Iops), "BlockDeviceMappings[9].Ebs.Iops", "BlockDeviceMapping.10.Ebs.Iops"),
        (
            Path::MappingMember(9, Mapping::DeviceName),
            "BlockDeviceMappings[9].DeviceName",
            "BlockDeviceMapping.10.DeviceName",
        ),
        (Path::Request(RequestMember::EnaSupport), "EnaSupport", "EnaSupport"),
    ];
    for (path, cli, wire) in rows {
        assert_eq!(path.to_string(), cli);
        assert_eq!(path.wire().to_string(), wire);
    }
    assert!(rows.is_sorted_by_key(|(path, ..)| path), "the rows are in the model's order");
    assert_eq!(
        Path::BillingProduct(3).steps().collect::<Vec<_>>(),
        [Step::Member { name: "BillingProducts", wire_name: "BillingProduct" }, Step::Index(3)]
    );
}

#[test]
fn values_are_quoted_cut_and_escaped() {
    let bell = r#"{"Name": "web", "TagSpecifications": [{"ResourceType": "\u0007\u001b[31m"}]}"#;
    let message = read(bell).check().findings().next().unwrap().message().to_string();
    assert_eq!(message, "the tags are for \"\\u{7}\\u{1b}[31m\"; RegisterImage tags \"image\" and nothing else");
}

const BAD_NAME_AND_TAG: &str =
    r#"{"Name": "a:", "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]}"#;

#[test]
fn a_policy_allows_warns_and_denies_by_id() {
    let request = read(BAD_NAME_AND_TAG);
    let policy = Policy::new().allow("name-length").unwrap().warn("tag-resource-type").unwrap();
    let report = Validator::new().policy(policy.clone()).check(&request);
    assert!(!report.is_valid());
    let ids = |level| -> Vec<&str> {
        report.findings().filter(|finding| finding.level() == level).map(|finding| finding.rule().id).collect()
    };
    assert_eq!(ids(Level::Error), ["name-characters"]);
    assert_eq!(ids(Level::Warning), ["tag-resource-type"]);
    assert_eq!(report.findings().count(), 2);
    assert_eq!(report.waived().count(), 2);

    let policy = policy.warn("name-characters").unwrap();
    let valid = Validator::new().policy(policy.clone()).validate(request.clone()).unwrap();
    assert_eq!(valid.warnings().count(), 2);
    assert_eq!(valid.waived().count(), 3);
    assert_eq!(*valid.request(), request);

    // The last word counts.
    let strict = policy.deny("name-length").unwrap();
    assert!(Validator::new().policy(strict).validate(request).is_err());
}

#[test]
fn strict_denies_what_is_not_named() {
    let report = Validator::new().policy(Policy::strict().allow("name-length").unwrap()).check(&read(BAD_NAME_AND_TAG));
    assert_eq!(report.errors().count(), 2);
    for rule in rules::all() {
        assert_eq!(Policy::strict().level(rule), Level::Error);
        assert_eq!(Policy::new().level(rule), rule.level);
        assert_eq!(Policy::strict().warn(rule.id).unwrap().level(rule), Level::Warning);
    }
}

#[test]
fn a_policy_is_written_and_read_by_id() {
    let json = r#"{"strict":true,"rules":{"name-length":"allow","tag-resource-type":"warn"}}"#;
    let policy: Policy = serde_json::from_str(json).unwrap();
    assert_eq!(policy, Policy::strict().allow("name-length").unwrap().warn("tag-resource-type").unwrap());
    assert_eq!(serde_json::to_string(&policy).unwrap(), json);
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::new());
    for (json, message) in [
        (
            r#"{"rules":{"no-such-rule":"allow"}}"#,
            "no rule is called \"no-such-rule\"; `rules::all` lists those that exist at line 1 column 24",
        ),
        (
            r#"{"rules":{"name-length":"ignore"}}"#,
            "unknown variant `ignore`, expected one of `allow`, `warn`, `deny` at line 1 column 32",
        ),
        (r#"{"stric":true}"#, "unknown field `stric`, expected `strict` or `rules` at line 1 column 8"),
    ] {
        assert_eq!(serde_json::from_str::<Policy>(json).unwrap_err().to_string(), message);
    }
    assert_eq!(
        Policy::new().deny("no-such-rule").unwrap_err().to_string(),
        "no rule is called \"no-such-rule\"; `rules::all` lists those that exist"
    );
}

#[test]
fn a_report_is_text_and_json() {
    let report = read(r#"{"Name": "db"}"#).check();
    assert_eq!(
        report.to_string(),
        "error[name-length] at Name: the name \"db\" has 2 characters; EC2 takes 3 to 128; lengthen or shorten the name; \
         `ImageName::with_suffix` keeps 128 by cutting the front part\n1 error, 0 warnings"
    );
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        serde_json::json!({
            "valid": false,
            "findings": [{
                "rule": "name-length",
                "level": "error",
                "evidence": "observed",
                "path": "Name",
                "wire_path": "Name",
                "message": "the name \"db\" has 2 characters; EC2 takes 3 to 128",
                "help": "lengthen or shorten the name; `ImageName::with_suffix` keeps 128 by cutting the front part",
                "ec2_code": "InvalidAMIName.Malformed",
            }],
        })
    );
    let empty = read(r#"{"Name": "web"}"#).check();
    assert_eq!(empty.to_string(), "0 errors, 0 warnings");
    assert_eq!(serde_json::to_string(&empty).unwrap(), r#"{"valid":true,"findings":[]}"#);
}

#[test]
fn a_refused_request_comes_back_with_its_report() {
    let request = read(BAD_NAME_AND_TAG);
    let invalid = request.clone().validate().unwrap_err();
    assert_eq!(invalid.request, request);
    assert_eq!(invalid.report, request.check());
    assert!(
        invalid.to_string().starts_with("the request is not valid:\nerror[tag-resource-type] at TagSpecifications[0]")
    );
    assert!(invalid.to_string().ends_with("\n3 errors, 0 warnings"));
}

#[test]
fn what_is_public_can_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<rules::Invalid>();
    crosses::<rules::ValidRequest>();
    crosses::<Validator>();
    crosses::<rules::UnknownRule>();
}

#[test]
fn a_request_without_findings_allocates_nothing() {
    let request = cases().into_iter().find(|case| case.id == "nixpkgs-hvm-4eph").unwrap().request;
    assert_eq!(request.check().findings().count(), 0);
    assert_eq!(allocation_counter::measure(|| drop(request.check())).count_total, 0);

    let device = |number| format!(r#"{{"DeviceName": "/dev/x{number}", "Ebs": {{"VolumeSize": 8}}}}"#);
    let long = |length| {
        let mappings: Vec<String> = (0..length).map(device).collect();
        read(&format!(r#"{{"Name": "web", "BlockDeviceMappings": [{}]}}"#, mappings.join(",")))
    };
    let sixty_four = long(64);
    assert_eq!(allocation_counter::measure(|| drop(sixty_four.check())).count_total, 0);
    let sixty_five = long(65);
    assert_eq!(allocation_counter::measure(|| drop(sixty_five.check())).count_total, 1, "the buffer to sort in");
}

proptest! {
    #[test]
    fn the_rules_judge_what_is_sent(request in support::request()) {
        prop_assert_eq!(request.check(), request.as_sent().check());
    }

    #[test]
    fn findings_are_ordered_and_their_texts_are_filled(request in support::request()) {
        let report = request.check();
        prop_assert!(report.findings().map(|finding| finding.path()).is_sorted());
        for finding in report.findings() {
            prop_assert!(!finding.message().to_string().is_empty() && !finding.help().to_string().is_empty());
        }
    }

    #[test]
    fn allowing_a_rule_removes_its_findings_and_no_others(request in support::request()) {
        let report = request.check();
        for rule in rules::all() {
            let without = Validator::new().policy(Policy::new().allow(rule.id).unwrap()).check(&request);
            let expected: Vec<_> = report.findings().filter(|finding| finding.rule() != rule).collect();
            prop_assert_eq!(without.findings().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn the_views_of_a_valid_request_answer(request in support::request()) {
        let policy = rules::all().try_fold(Policy::new(), |policy, rule| policy.allow(rule.id)).unwrap();
        let valid = Validator::new().policy(policy).validate(request).unwrap();
        let _ = valid.source();
        if let Some((index, mapping)) = valid.root() {
            prop_assert_eq!(&valid.block_device_mappings.as_ref().unwrap()[index], mapping);
        }
        let request: RegisterImageRequest = valid.clone().into_request();
        prop_assert_eq!(&request, valid.request());
    }
}
