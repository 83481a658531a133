//! Facts, passed once: for the rules, the preview and the call.

use ec2_register_image::call::{Call, Cause, Checkpoint, Marker, Outcome};
use ec2_register_image::machine::Step;
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::Effect;
use ec2_register_image::rules::{Finding, Level, ValidRequest};
use ec2_register_image::{Endpoint, Facts, Policy, Region, RegisterImageRequest, Validator};
use serde_json::json;

use crate::cases::{ID, drive, image, request, taken};

/// What DescribeImages printed of an image that has the name.
fn listed(tag: &str, members: serde_json::Value) -> Facts {
    let mut image =
        json!({"ImageId": ID, "Name": "web", "State": "available", "Tags": [{"Key": "build", "Value": tag}]});
    image.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(json!({"Images": [image]})).unwrap()
}

/// The level of the finding about the name, and its message.
fn level(validator: &Validator, request: &RegisterImageRequest) -> Option<(Level, String)> {
    let report = validator.check(request);
    let mut about_name = report.findings().filter(|finding| finding.rule().id == "name-in-use");
    let found = |finding: &Finding| (finding.level(), finding.message().to_string());
    about_name.next().map(found)
}

fn bound() -> RegisterImageRequest {
    let mut request = request("{}");
    request.add_content_marker("build", "1");
    request
}

#[test]
fn the_callers_own_image_is_a_warning_that_names_it() {
    let with = |facts| Validator::new().facts(facts);
    let plain = request("{}");
    let (own, nothing) = (listed("1", json!({})), json!({}));
    assert_eq!(level(&with(own.clone()), &plain).unwrap().0, Level::Error);
    let (found, message) = level(&with(own.clone()).marker("build"), &plain).unwrap();
    assert_eq!(found, Level::Warning);
    assert!(message.contains(ID), "{message}");
    let valid = with(own.clone()).marker("build").validate(plain.clone()).unwrap();
    assert_eq!(valid.warnings().filter(|finding| finding.rule().id == "name-in-use").count(), 1);
    // Another tag, or a tag that the request does not have, proves nothing.
    for key in ["other", "", "Build"] {
        assert_eq!(level(&with(own.clone()).marker(key), &plain).unwrap().0, Level::Error, "{key}");
    }
    for foreign in [
        listed("2", nothing),
        listed("1", json!({"Tags": []})),
        listed("1", json!({"SourceImageId": "ami-1"})),
        listed("1", json!({"SourceInstanceId": "i-1"})),
    ] {
        assert_eq!(level(&with(foreign).marker("build"), &plain).unwrap().0, Level::Error);
    }
    // EC2 copies shared tags with the image.
    let tags = json!([{"ResourceType": "image", "Tags": [{"Key": "ec2:SharedTag/build", "Value": "1"}]}]);
    let shared = request(&json!({"TagSpecifications": tags}).to_string());
    let copied = listed("1", json!({"Tags": [{"Key": "ec2:SharedTag/build", "Value": "1"}]}));
    assert_eq!(level(&with(copied).marker("ec2:SharedTag/build"), &shared).unwrap().0, Level::Error);
}

#[test]
fn a_listed_image_of_other_content_is_an_error() {
    let request = bound();
    let value = format!("1@sha256:{}", request.fingerprint());
    let of = |tag: &str| level(&Validator::new().facts(listed(tag, json!({}))).marker("build"), &request).unwrap().0;
    assert_eq!(of(&value), Level::Warning);
    let mut other = request.clone();
    other.uefi_data = serde_json::from_str(r#""QU1aTlVFRkk=""#).unwrap();
    assert_eq!(of(&format!("1@sha256:{}", other.fingerprint())), Level::Error);
    assert_eq!(of("1"), Level::Error);
    // The request changed after the marker was added.
    let mut changed = request.clone();
    changed.description = Some("later".into());
    let validator = Validator::new().facts(listed(&value, json!({}))).marker("build");
    assert_eq!(level(&validator, &changed).unwrap().0, Level::Error);
}

#[test]
fn a_policy_can_allow_the_warning_and_not_raise_it() {
    let own = Validator::new().facts(listed("1", json!({}))).marker("build");
    let allowed = own.clone().policy(Policy::new().allow("name-in-use").unwrap());
    assert_eq!(level(&allowed, &request("{}")), None);
    let denied = own.policy(Policy::new().deny("name-in-use").unwrap());
    assert_eq!(level(&denied, &request("{}")).unwrap().0, Level::Warning);
}

/// The size of the snapshot decides whether the image is the requested one.
fn sized(size: u32) -> ValidRequest {
    let facts = format!(r#"{{"Snapshots": [{{"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": {size}}}]}}"#);
    let mappings = r#"{"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {
        "SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp2", "DeleteOnTermination": true}}]}"#;
    Validator::new().facts(serde_json::from_str(&facts).unwrap()).validate(request(mappings)).unwrap()
}

#[test]
fn preview_and_call_use_the_facts_of_the_validation() {
    let endpoint = || Endpoint::from_region("eu-central-1").unwrap();
    let said = [taken(), image("x86_64", "available", "1", "")];
    let ends = |valid: ValidRequest| drive(&mut Call::new(valid, endpoint()).marker("build").unwrap(), &said).0;
    assert_eq!(sized(16).preview().block_device_mappings[0].ebs.as_ref().unwrap().volume_size, Some(16));
    assert!(matches!(ends(sized(8)), Outcome::Recovered(_)));
    let Outcome::AlreadyThere(there) = ends(sized(16)) else { panic!() };
    assert_eq!((there.likeness(), there.marker), (Likeness::Different, Marker::Matches));
    // Facts of the call replace them.
    let mut call =
        Call::new(sized(8), endpoint()).marker("build").unwrap().facts(sized(16).facts().unwrap().clone()).unwrap();
    assert!(matches!(drive(&mut call, &said).0, Outcome::AlreadyThere(_)));
    let none = request("{}").validate().unwrap();
    assert_eq!(none.facts(), None);
}

#[test]
fn a_request_validated_with_facts_of_another_region_is_not_sent() {
    let endpoint = |region| Endpoint::from_region(region).unwrap();
    let here = sized(16).facts().unwrap().clone();
    let mut elsewhere = here.clone();
    elsewhere.set_region(Region::new("us-east-1").unwrap());
    let valid = Validator::new().facts(elsewhere).validate(sized(16).into_request()).unwrap();
    // Other facts for the comparison do not make up for the validation.
    for mut call in [
        Call::new(valid.clone(), endpoint("eu-central-1")),
        Call::new(valid.clone(), endpoint("eu-central-1")).facts(here).unwrap(),
    ] {
        let Step::Done(Outcome::GaveUp(gave_up)) = call.next(0.5) else { panic!() };
        let Cause::OtherRegion(error) = &gave_up.cause else { panic!("{gave_up}") };
        assert_eq!((error.facts.as_str(), error.endpoint.as_str()), ("us-east-1", "eu-central-1"));
        assert_eq!((call.attempts(), gave_up.effect, gave_up.cause.may_pass()), (0, Effect::Nothing, false));
        assert_eq!(serde_json::to_value(&gave_up.cause).unwrap(), json!({"Message": error.to_string()}));
    }
    // An earlier process may have sent it.
    let mut call = Call::new(valid.clone(), endpoint("eu-central-1")).earlier_attempts();
    let Step::Wait(_) = call.next(0.5) else { panic!() };
    let Step::Done(Outcome::GaveUp(gave_up)) = call.next(0.5) else { panic!() };
    assert_eq!(gave_up.effect, Effect::Unknown);
    assert!(matches!(Call::new(valid, endpoint("us-east-1")).next(0.5), Step::Send(_)));
}

#[test]
fn a_look_up_ignores_facts_of_another_region() {
    let endpoint = || Endpoint::from_region("eu-central-1").unwrap();
    let mut call = Call::new(sized(16), endpoint()).marker("build").unwrap();
    let (outcome, _, _) = drive(&mut call, &[taken(), image("x86_64", "available", "1", "")]);
    assert!(matches!(outcome, Outcome::AlreadyThere(_)), "{outcome}");
    let checkpoint = call.checkpoint();
    let mut elsewhere = sized(16).facts().unwrap().clone();
    elsewhere.set_region(Region::new("us-east-1").unwrap());
    let valid = Validator::new().facts(elsewhere).validate(sized(16).into_request()).unwrap();
    let mut call = Call::resume(valid, endpoint(), checkpoint).unwrap();
    let (outcome, _, _) = drive(&mut call, &[image("x86_64", "available", "1", "")]);
    assert!(matches!(outcome, Outcome::Recovered(_)), "{outcome}");
}

#[test]
fn a_resumed_call_compares_with_the_facts_it_is_given() {
    let endpoint = || Endpoint::from_region("eu-central-1").unwrap();
    let mut call = Call::new(sized(16), endpoint()).marker("build").unwrap();
    let (outcome, _, _) = drive(&mut call, &[taken(), image("x86_64", "available", "1", "")]);
    assert!(matches!(outcome, Outcome::AlreadyThere(_)));
    let saved = serde_json::to_string(&call.checkpoint()).unwrap();
    let checkpoint = || -> Checkpoint { serde_json::from_str(&saved).unwrap() };
    let unknowing = Validator::new().validate(sized(16).into_request()).unwrap();
    // Whether the facts come with the request or later, the image is not the requested one.
    let resumed = [
        Call::resume(sized(16), endpoint(), checkpoint()).unwrap(),
        Call::resume(unknowing, endpoint(), checkpoint()).unwrap().facts(sized(16).facts().unwrap().clone()).unwrap(),
    ];
    for mut call in resumed {
        let (outcome, _, _) = drive(&mut call, &[image("x86_64", "available", "1", "")]);
        let Outcome::AlreadyThere(there) = outcome else { panic!("{outcome}") };
        assert_eq!(there.likeness(), Likeness::Different);
    }
}
