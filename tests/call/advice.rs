//! The documented advice after a call, arm by arm.

use ec2_register_image::call::{Call, Outcome};
use ec2_register_image::machine::{Failure, Step};

use crate::cases::{ID, Said, denied, drive, error, image, marked, none, registered, taken};
use what_now::what_now;

#[path = "../../src/call/what_now.rs"]
mod what_now;

#[track_caller]
fn advises(mut call: Call, said: &[Said], expected: &str) {
    let (outcome, _, _) = drive(&mut call, said);
    assert_eq!(what_now(&outcome), expected, "{outcome}");
}

const LATER: &str = "start again later";
const LATER_AND_TELL: &str = "start again later, with `earlier_attempts` and the same marker";
const FIX_AND_TELL: &str = "fix what the error says, then start again with `earlier_attempts` and the same marker";

#[test]
fn after_success() {
    advises(marked("{}"), &[registered()], "use the image");
    advises(marked("{}"), &[taken(), image("x86_64", "available", "1", "")], "use the image");
    advises(marked("{}"), &[taken(), image("x86_64", "pending", "1", "")], "use the image");
    let passed = error(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
    advises(marked(r#"{"DryRun": true}"#), &[passed], "send the request without DryRun");
}

#[test]
fn after_a_rejection() {
    advises(marked("{}"), &[denied()], "fix what the error says");
    // An earlier attempt may have registered the image, and no later call can say that it did not.
    advises(marked("{}"), &[None, denied(), none()], FIX_AND_TELL);
    let busy = || error(503, "Unavailable", "The service is unavailable.");
    advises(marked("{}"), &[busy(), denied(), none()], FIX_AND_TELL);
    advises(marked("{}").earlier_attempts(), &[denied(), none()], FIX_AND_TELL);
}

#[test]
fn after_a_name_that_is_taken() {
    let another = "choose another name, and a marker of its own";
    advises(marked("{}"), &[taken(), image("arm64", "available", "1", "")], another);
    advises(marked("{}"), &[taken(), image("x86_64", "available", "2", "")], another);
    advises(
        marked("{}"),
        &[taken(), image("x86_64", "available", "1", "<sourceImageId>ami-1</sourceImageId>")],
        another,
    );
    for state in ["failed", "invalid", "error", "disabled"] {
        let said = [taken(), image("x86_64", state, "1", "")];
        advises(marked("{}"), &said, "repair or deregister your image, then start again");
        // Not the caller's own.
        advises(marked("{}"), &[taken(), image("x86_64", state, "2", "")], another);
    }
    let dry_run = marked(r#"{"DryRun": true}"#);
    let said = [taken(), image("x86_64", "available", "1", "")];
    advises(dry_run, &said, "use it, if any image of this request will do");
    advises(marked("{}"), &[taken(), image("x86_64", "available", "", "")], "let a person look at it");
    advises(marked("{}"), &[taken(), image("x86_64", "transient", "1", "")], "let a person look at it");
    let fix = "fix why look-ups fail, then start again with `earlier_attempts` and the same marker";
    advises(marked("{}"), &[taken(), denied()], fix);
    advises(marked("{}"), &[taken(), image("x86_64", "available", "", ""), denied()], fix);
}

#[test]
fn after_the_holder_of_the_name_is_gone() {
    let not_found = error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
    for gone in [image("x86_64", "deregistered", "0", ""), not_found] {
        let said = [taken(), gone.clone(), taken(), gone.clone(), taken(), gone];
        advises(marked("{}"), &said, LATER_AND_TELL);
    }
}

#[test]
fn after_giving_up() {
    let throttled = || error(400, "RequestLimitExceeded", "Request limit exceeded.");
    advises(marked("{}"), &[throttled()], LATER);
    advises(marked("{}"), &[None, None, None, none()], LATER_AND_TELL);
    advises(marked("{}"), &[None, None, None, denied()], LATER_AND_TELL);
    advises(marked(r#"{"DryRun": true}"#), &[registered()], "deregister the image, and find what drops DryRun");

    let permanent = |mut call: Call| {
        loop {
            match call.next(0.0) {
                Step::Send(_) if call.attempts() < 2 => call.failed(Failure::Unclear("reset")),
                Step::Send(_) => call.failed(Failure::Permanent("expired credentials")),
                Step::Wait(_) => {}
                Step::Done(outcome) => return outcome,
            }
        }
    };
    assert_eq!(what_now(&permanent(marked("{}"))), FIX_AND_TELL);
    let mut call = marked("{}");
    let Step::Send(_) = call.next(0.0) else { panic!() };
    call.failed(Failure::Permanent("expired credentials"));
    let Step::Done(outcome) = call.next(0.0) else { panic!() };
    assert_eq!(what_now(&outcome), "fix what the error says");

    let mut call = marked("{}");
    assert_eq!(what_now(&call.clone().stop()), LATER);
    let Step::Send(_) = call.next(0.0) else { panic!() };
    assert_eq!(what_now(&call.stop()), LATER_AND_TELL);
}

/// A caller who follows the advice reaches the image, whatever happened before.
#[test]
fn a_caller_who_follows_the_advice_ends() {
    let own = || image("x86_64", "available", "1", "");
    for said in [
        vec![None, denied(), none()],
        vec![None, None, None, none()],
        vec![taken(), denied()],
        vec![taken(), error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"))],
    ] {
        let (outcome, _, _) = drive(&mut marked("{}"), &said);
        assert!(what_now(&outcome).ends_with("with `earlier_attempts` and the same marker"), "{outcome}");
        let mut later = marked("{}").earlier_attempts();
        let (outcome, _, _) = drive(&mut later, &[taken(), own()]);
        assert!(matches!(outcome, Outcome::Recovered(_)), "{outcome}");
    }
}
