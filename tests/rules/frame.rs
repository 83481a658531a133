//! The frame of the rules: levels, paths, reports, policies.

use ec2_register_image::model::{PathStep, RequestMember, RequestPath};
use ec2_register_image::rules::{Evidence, Level, Policy, Validator};
use ec2_register_image::{BlockDeviceMapping, RegisterImageRequest, rules};
use proptest::prelude::*;

use crate::support::with;

/// Three mistakes and no others.
fn bad_name_and_tag() -> RegisterImageRequest {
    with(r#"{"Name": "a:", "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]}"#)
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
fn paths_have_two_spellings_and_an_order() {
    use ec2_register_image::model::{
        BlockDeviceMappingMember as Mapping, EbsBlockDeviceMember as Ebs, TagMember, TagSpecificationMember as Tags,
    };
    let rows = [
        (RequestPath::Request(RequestMember::ImageLocation), "ImageLocation", "ImageLocation"),
        (RequestPath::BillingProduct(1), "BillingProducts[1]", "BillingProduct.2"),
        (RequestPath::TagSpecification(0), "TagSpecifications[0]", "TagSpecification.1"),
        (
            RequestPath::TagSpecificationMember(0, Tags::ResourceType),
            "TagSpecifications[0].ResourceType",
            "TagSpecification.1.ResourceType",
        ),
        (RequestPath::TagSpecificationMember(0, Tags::Tags), "TagSpecifications[0].Tags", "TagSpecification.1.Tag"),
        (RequestPath::Tag(0, 0), "TagSpecifications[0].Tags[0]", "TagSpecification.1.Tag.1"),
        (
            RequestPath::TagMember(0, 0, TagMember::Value),
            "TagSpecifications[0].Tags[0].Value",
            "TagSpecification.1.Tag.1.Value",
        ),
        (RequestPath::Tag(0, 1), "TagSpecifications[0].Tags[1]", "TagSpecification.1.Tag.2"),
        (RequestPath::TagSpecification(1), "TagSpecifications[1]", "TagSpecification.2"),
        (RequestPath::Request(RequestMember::Name), "Name", "Name"),
        (RequestPath::Mapping(9), "BlockDeviceMappings[9]", "BlockDeviceMapping.10"),
        (RequestPath::MappingMember(9, Mapping::Ebs), "BlockDeviceMappings[9].Ebs", "BlockDeviceMapping.10.Ebs"),
        (RequestPath::Ebs(9, Ebs::Iops), "BlockDeviceMappings[9].Ebs.Iops", "BlockDeviceMapping.10.Ebs.Iops"),
        (
            RequestPath::MappingMember(9, Mapping::DeviceName),
            "BlockDeviceMappings[9].DeviceName",
            "BlockDeviceMapping.10.DeviceName",
        ),
        (RequestPath::Request(RequestMember::EnaSupport), "EnaSupport", "EnaSupport"),
    ];
    for (path, cli, wire) in rows {
        assert_eq!(path.to_string(), cli);
        assert_eq!(path.wire().to_string(), wire);
    }
    assert!(rows.is_sorted_by_key(|(path, ..)| path), "the rows are in the model's order");
    assert_eq!(
        RequestPath::BillingProduct(3).steps().collect::<Vec<_>>(),
        [PathStep::Member { name: "BillingProducts", wire_name: "BillingProduct" }, PathStep::Index(3)]
    );
}

#[test]
fn a_request_without_findings_allocates_nothing() {
    let request = with(
        r#"{"TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]}],
            "BootMode": "uefi", "UefiData": "QU1aTlVFRknHS2dIAAAAAA=="}"#,
    );
    assert_eq!(request.check().findings().count(), 0);
    assert_eq!(allocation_counter::measure(|| drop(request.check())).count_total, 0);
}

#[test]
fn a_list_of_65_takes_one_buffer() {
    let long = |length| {
        let mapping = |number: usize| {
            let mut mapping = BlockDeviceMapping::default();
            mapping.device_name = Some(format!("xvd{}{}", letter(number / 26), letter(number % 26)).into());
            mapping.virtual_name = Some("ephemeral0".into());
            mapping
        };
        let mut request = with("{}");
        request.block_device_mappings.as_mut().unwrap().extend((1..length).map(mapping));
        assert_eq!(request.check().findings().count(), 0);
        request
    };
    let sixty_four = long(64);
    assert_eq!(allocation_counter::measure(|| drop(sixty_four.check())).count_total, 0);
    let sixty_five = long(65);
    assert_eq!(allocation_counter::measure(|| drop(sixty_five.check())).count_total, 1);
}

fn letter(number: usize) -> char {
    char::from(b'a' + number as u8)
}

#[test]
fn values_are_quoted_cut_and_escaped() {
    let bell = r#"{"TagSpecifications": [{"ResourceType": "\u0007\u001b[31m", "Tags": [{"Key": "a", "Value": ""}]}]}"#;
    let message = with(bell).check().findings().next().unwrap().message().to_string();
    assert_eq!(message, "the tags are for \"\\u{7}\\u{1b}[31m\"; RegisterImage tags only \"image\"");
}

#[test]
fn a_policy_allows_warns_and_denies_by_id() {
    let request = bad_name_and_tag();
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
    let report = Validator::new().policy(Policy::strict().allow("name-length").unwrap()).check(&bad_name_and_tag());
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
            "no rule is called \"no-such-rule\"; the catalogue in docs/rules.md names those that exist at line 1 column 24",
        ),
        (
            r#"{"rules":{"name-length":"ignore"}}"#,
            "unknown variant `ignore`, expected one of `allow`, `warn`, `deny` at line 1 column 32",
        ),
        ("[]", "invalid type: sequence, expected an object with the members `strict` and `rules` at line 1 column 0"),
        (r#"{"strict":true,"strict":true}"#, "duplicate field `strict` at line 1 column 23"),
        (
            r#"{"rules":{"name-length":"allow","name-length":"deny"}}"#,
            "two settings for the rule `name-length` at line 1 column 53",
        ),
        (r#"{"stric":true}"#, "unknown field `stric`, expected `strict` or `rules` at line 1 column 8"),
    ] {
        assert_eq!(serde_json::from_str::<Policy>(json).unwrap_err().to_string(), message);
    }
    assert_eq!(
        Policy::new().deny("no-such-rule").unwrap_err().to_string(),
        "no rule is called \"no-such-rule\"; the catalogue in docs/rules.md names those that exist"
    );
}

#[test]
fn a_report_is_text_and_json() {
    let report = with(r#"{"Name": "db"}"#).check();
    assert_eq!(
        report.to_string(),
        "error[name-length] at Name: the name \"db\" has 2 characters; EC2 accepts 3 to 128 (help: use 3 to 128 characters; \
         `ImageName::with_suffix` and `with_timestamp` ensure it)\n1 error, 0 warnings"
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
                "message": "the name \"db\" has 2 characters; EC2 accepts 3 to 128",
                "help": "use 3 to 128 characters; `ImageName::with_suffix` and `with_timestamp` ensure it",
                "ec2_code": "InvalidAMIName.Malformed",
            }],
            "not_checked": report.not_checked().map(|rule| rule.id).collect::<Vec<_>>(),
        })
    );
    assert_eq!(report.not_checked().next().map(|rule| rule.id), Some("name-in-use"));
    // Nothing lacks facts if every rule is allowed.
    let everything = rules::all().fold(Policy::new(), |policy, rule| policy.allow(rule.id).unwrap());
    let empty = Validator::new().policy(everything).check(&with("{}"));
    assert_eq!(empty.to_string(), "0 errors, 0 warnings");
    assert_eq!(serde_json::to_string(&empty).unwrap(), r#"{"valid":true,"findings":[]}"#);
}

#[test]
fn a_refused_request_comes_back_with_its_report() {
    let request = bad_name_and_tag();
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

/// The request without the member or item at a path, if there is one.
fn without(request: &RegisterImageRequest, path: RequestPath) -> Option<RegisterImageRequest> {
    let mut json = serde_json::to_value(request).unwrap();
    let steps: Vec<PathStep> = path.steps().collect();
    let (last, holders) = steps.split_last()?;
    let mut holder = &mut json;
    for step in holders {
        holder = match step {
            PathStep::Member { name, .. } => holder.get_mut(name)?,
            PathStep::Index(index) => holder.get_mut(index)?,
            _ => return None,
        };
    }
    match last {
        PathStep::Member { name, .. } => holder.as_object_mut()?.remove(*name).map(drop)?,
        PathStep::Index(index) => drop(holder.as_array_mut()?.remove(*index)),
        _ => return None,
    }
    Some(serde_json::from_value(json).unwrap())
}

proptest! {
    #[test]
    fn the_rules_judge_what_is_sent(request in crate::support::request()) {
        prop_assert_eq!(request.check(), request.as_sent().check());
    }

    #[test]
    fn findings_are_ordered_and_their_texts_are_filled(request in crate::support::request()) {
        let report = request.check();
        prop_assert!(report.findings().map(|finding| finding.path()).is_sorted());
        for finding in report.findings() {
            prop_assert!(!finding.message().to_string().is_empty() && !finding.help().to_string().is_empty());
        }
    }

    #[test]
    fn allowing_a_rule_removes_its_findings_and_no_others(request in crate::support::request()) {
        let report = request.check();
        for rule in rules::all() {
            let without = Validator::new().policy(Policy::new().allow(rule.id).unwrap()).check(&request);
            let expected: Vec<_> = report.findings().filter(|finding| finding.rule() != rule).collect();
            prop_assert_eq!(without.findings().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn taking_out_what_a_finding_points_at_takes_out_the_finding(request in crate::support::request()) {
        // Where absence is the mistake, or counts for the same, there is nothing to take out; and where the mapping of
        // the root goes, another of the same name takes its place.
        let is_of_absence = |rule: &str| {
            rule.ends_with("-missing")
                || ["ena-support-off", "arm64-paravirtual", "no-instance-type"].contains(&rule)
                || rule.starts_with("root-device-")
        };
        for finding in request.check().findings().filter(|finding| !is_of_absence(finding.rule().id)) {
            let Some(without) = without(&request, finding.path()) else { continue };
            let count = |request: &RegisterImageRequest| {
                let report = request.check();
                let same = report.findings().filter(|other| other.rule() == finding.rule());
                if let Some(PathStep::Index(_)) = finding.path().steps().last() {
                    return same.count();
                }
                same.filter(|other| other.path() == finding.path()).count()
            };
            prop_assert!(count(&without) < count(&request), "{}", finding);
        }
    }

    #[test]
    fn the_views_of_a_valid_request_answer(request in crate::support::request()) {
        let policy = rules::all().try_fold(Policy::new(), |policy, rule| policy.allow(rule.id)).unwrap();
        let valid = Validator::new().policy(policy).validate(request).unwrap();
        let _ = valid.request().source();
        if let Some((index, mapping)) = valid.request().root() {
            prop_assert_eq!(&valid.request().block_device_mappings.as_ref().unwrap()[index], mapping);
        }
        let request: RegisterImageRequest = valid.clone().into_request();
        prop_assert_eq!(&request, valid.request());
    }
}
