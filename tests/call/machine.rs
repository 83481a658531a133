//! What the model of the simulation leaves out: answers that EC2 gives seldom, or that something else gives in its place.

use ec2_register_image::call::{Call, Marker, Outcome};
use ec2_register_image::machine::{Failure, Step};
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::Effect;
use ec2_register_image::{Endpoint, RegisterImageRequest};
use http::Response;
use std::time::Duration;

const TAKEN: (u16, &str) = (
    400,
    "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by AMI \
     ami-0123456789abcdef0</Message></Error></Errors></Response>",
);

const DRY_RUN: (u16, &str) = (412, "<Response><Errors><Error><Code>DryRunOperation</Code></Error></Errors></Response>");

const NONE: (u16, &str) = (200, "<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>");

/// The image that has the name, with the tag that marks the call, in this state.
fn described(state: &str) -> String {
    format!(
        "<DescribeImagesResponse><imagesSet><item><imageId>ami-0123456789abcdef0</imageId><imageState>{state}</imageState>\
         <name>web</name><tagSet><item><key>build</key><value>1</value></item></tagSet></item></imagesSet>\
         </DescribeImagesResponse>"
    )
}

/// The end of a call that gets these answers, where `None` is one that was lost.
#[track_caller]
fn ends(answers: &[Option<(u16, &str)>]) -> Outcome {
    let json = r#"{"Name": "web", "TagSpecifications": [
        {"ResourceType": "image", "Tags": [{"Key": "build", "Value": "1"}]}]}"#;
    let request: RegisterImageRequest = serde_json::from_str(json).unwrap();
    let call = Call::new(request.validate().unwrap(), Endpoint::from_region("eu-central-1").unwrap());
    let mut call = call.marker("build").unwrap().look_up_timeout(Duration::from_secs(4));
    let mut answers = answers.iter();
    loop {
        match call.next(0.0) {
            Step::Send(_) => match answers.next().expect("an answer") {
                Some((status, body)) => call.answered(&Response::builder().status(*status).body(*body).unwrap()),
                None => call.failed(Failure::Unclear("reset")),
            },
            Step::Wait(_) => {}
            Step::Done(outcome) => {
                assert_eq!(answers.len(), 0, "{outcome}");
                return outcome;
            }
        }
    }
}

#[test]
fn a_deregistered_image_has_the_name_no_more() {
    let [there, gone] = ["available", "deregistered"].map(described);
    let (there, gone) = (Some((200, &*there)), Some((200, &*gone)));
    assert!(matches!(ends(&[Some(TAKEN), there]), Outcome::Recovered(_)));
    let [new_taken, new_there] =
        [TAKEN.1, &described("available")].map(|body| body.replace("ami-0123456789abcdef0", "ami-0123456789abcdef1"));
    let (new_taken, new_there) = (Some((400, &*new_taken)), Some((200, &*new_there)));
    assert!(matches!(ends(&[Some(TAKEN), gone, new_taken, new_there]), Outcome::Recovered(_)));
    // No image comes back, so the last look-up is outdated.
    assert!(matches!(ends(&[Some(TAKEN), gone, Some(TAKEN), there, new_taken, new_there]), Outcome::Recovered(_)));

    // No image of the caller's can become visible, so it does not look again.
    let outcome = ends(&[Some(TAKEN), gone, Some(TAKEN), gone, Some(TAKEN), gone]);
    let text = "the name was held by ami-0123456789abcdef0 (deregistered), which is being deregistered";
    assert_eq!(outcome.to_string(), text);
    let Outcome::AlreadyThere(held) = outcome else { panic!("{outcome}") };
    assert!(held.is_gone && held.comparison.is_none());
    assert_eq!((held.likeness(), held.marker), (Likeness::Unclear, Marker::Matches));
    assert_eq!(held.image.unwrap().state.unwrap(), "deregistered");
    assert_eq!(held.image_id.unwrap(), "ami-0123456789abcdef0");

    // What our own first attempt made may have it now.
    let outcome = ends(&[None, Some(TAKEN), gone, Some(TAKEN), gone, gone, gone]);
    assert!(outcome.to_string().ends_with("; this request may have registered another"), "{outcome}");
    let Outcome::AlreadyThere(unseen) = outcome else { panic!("{outcome}") };
    assert_eq!(unseen.likeness(), Likeness::Unclear);
}

#[test]
fn a_dry_run_passed_takes_back_no_earlier_attempt() {
    assert!(matches!(ends(&[Some(DRY_RUN)]), Outcome::DryRunPassed(_)));
    let outcome = ends(&[None, Some(DRY_RUN), Some(NONE), Some(NONE), Some(NONE), Some(NONE)]);
    let Outcome::GaveUp(gave_up) = outcome else { panic!("{outcome}") };
    assert_eq!(gave_up.effect, Effect::Unknown);
    let there = described("available");
    assert!(matches!(ends(&[None, Some(DRY_RUN), Some((200, &there))]), Outcome::Recovered(_)));
}
