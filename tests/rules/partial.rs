//! Checks of requests from which members may be missing: a finding holds whatever the missing members are.

use std::collections::BTreeSet;

use ec2_register_image::{Facts, RegisterImageRequest, Validator, rules};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{cases, ebs, request, with};

/// The requests of all rules and all real requests, each with facts.
fn requests() -> Vec<(Value, Facts)> {
    let of_rules = rules::all().flat_map(|rule| {
        let facts: Facts = rule.facts.map_or_else(Facts::default, |facts| serde_json::from_str(facts).unwrap());
        [rule.trigger, rule.near_miss].map(|json| (serde_json::from_str(json).unwrap(), facts.clone()))
    });
    let real = cases().into_iter().map(|case| (serde_json::to_value(case.request).unwrap(), Facts::default()));
    of_rules.chain(real).collect()
}

/// The names of all members in a request, without those that void a whole mapping.
fn names(request: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match request {
        Value::Object(members) => {
            for (name, value) in members {
                names.insert(name.clone());
                names.extend(self::names(value));
            }
        }
        Value::Array(items) => names.extend(items.iter().flat_map(self::names)),
        _ => {}
    }
    names.retain(|name| !["NoDevice", "VirtualName"].contains(&name.as_str()));
    names
}

/// The request without each member whose name is in `lost`.
fn without(mut request: Value, lost: &impl Fn(&str) -> bool) -> Value {
    match &mut request {
        Value::Object(members) => {
            members.retain(|name, _| !lost(name));
            members.values_mut().for_each(|value| *value = without(value.take(), lost));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = without(value.take(), lost)),
        _ => {}
    }
    request
}

fn read(request: &Value) -> RegisterImageRequest {
    serde_json::from_value(request.clone()).unwrap()
}

/// Every finding that is certain without these members is a finding of the whole request.
fn is_certain(whole: &Value, facts: &Facts, lost: &impl Fn(&str) -> bool) -> Result<(), String> {
    let validator = Validator::new().facts(facts.clone());
    let rest = without(whole.clone(), lost);
    let found = validator.check(&read(whole));
    for finding in validator.check_partial(&read(&rest)).findings() {
        if !found.findings().any(|it| it.rule() == finding.rule() && it.path() == finding.path()) {
            return Err(format!("{finding}\nof {rest}\nis not a finding of {whole}"));
        }
    }
    Ok(())
}

#[test]
fn no_rule_concludes_anything_from_one_or_two_missing_members() {
    let mut checked = 0;
    for (number, (request, facts)) in requests().into_iter().enumerate() {
        let names: Vec<String> = names(&request).into_iter().collect();
        for (at, one) in names.iter().enumerate() {
            // Pairs only for some requests, because each takes a hundred checks.
            let second = if number % 4 == 0 { names.len() } else { at + 1 };
            for two in &names[at..second] {
                is_certain(&request, &facts, &|name: &str| name == one || name == two).unwrap();
                checked += 1;
            }
        }
    }
    assert!(checked > 5_000, "{checked}");
}

#[test]
fn findings_about_what_is_there_stay() {
    let found = |request: &RegisterImageRequest| {
        let report = Validator::new().check_partial(request);
        report.findings().map(|it| format!("{} {}", it.rule().id, it.path())).collect::<Vec<_>>()
    };
    let mut whole = with(r#"{"Name": "a:", "VirtualizationType": null}"#);
    assert_eq!(found(&whole), ["name-length Name", "name-characters Name"]);
    whole.name = Some("web".into());
    assert_eq!(found(&whole), Vec::<String>::new());

    let encrypted = with(&ebs(r#""SnapshotId": "snap-0123456789abcdef0", "Encrypted": false, "VolumeType": "gp3""#));
    assert_eq!(found(&encrypted), ["encrypted-with-snapshot BlockDeviceMappings[1].Ebs.Encrypted"]);
    let duplicate = with(&ebs(r#""VolumeSize": 8}}, {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8"#));
    assert_eq!(found(&duplicate), ["device-duplicate BlockDeviceMappings[2].DeviceName"]);
    assert_eq!(found(&with(&ebs(r#""VolumeType": "io2", "VolumeSize": 8"#))), Vec::<String>::new());
    assert_eq!(found(&RegisterImageRequest::default()), Vec::<String>::new());
}

#[test]
fn most_rules_need_no_member_that_may_be_missing() {
    let certain = rules::all().filter(|rule| {
        let facts = rule.facts.map_or_else(Facts::default, |facts| serde_json::from_str(facts).unwrap());
        let request = read(&serde_json::from_str(rule.trigger).unwrap());
        Validator::new().facts(facts).check_partial(&request).findings().any(|finding| finding.rule() == *rule)
    });
    let (certain, all) = (certain.count(), rules::all().count());
    assert!(certain * 3 > all * 2, "{certain} of {all}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_rule_concludes_anything_from_missing_members(request in request(), lost: u64) {
        let whole = serde_json::to_value(&request).unwrap();
        let names: Vec<String> = names(&whole).into_iter().collect();
        let is_lost = |name: &str| names.iter().position(|it| it == name).is_some_and(|at| lost >> at & 1 == 1);
        prop_assert_eq!(is_certain(&whole, &Facts::default(), &is_lost), Ok(()));
    }

    #[test]
    fn no_rule_concludes_anything_from_many_missing_members(at: prop::sample::Index, lost: u64) {
        let requests = requests();
        let (whole, facts) = at.get(&requests);
        let names: Vec<String> = names(whole).into_iter().collect();
        let is_lost = |name: &str| names.iter().position(|it| it == name).is_some_and(|at| lost >> at & 1 == 1);
        prop_assert_eq!(is_certain(whole, facts, &is_lost), Ok(()));
    }
}
