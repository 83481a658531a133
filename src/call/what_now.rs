use ec2_register_image::call::{AlreadyThere, Cause, GaveUp, Outcome};
use ec2_register_image::preview::Likeness;
use ec2_register_image::response::Effect;

/// Returns what to do after the call.
pub fn what_now(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Registered(_) | Outcome::Recovered(_) => "use the image",
        Outcome::DryRunPassed(_) => "send the request without DryRun",
        Outcome::Refused(_) => "fix what the error says",
        Outcome::AlreadyThere(there) => after_taken_name(there),
        Outcome::GaveUp(gave_up) => after_giving_up(gave_up),
        _ => "let a person look at it",
    }
}

fn after_taken_name(there: &AlreadyThere) -> &'static str {
    let is_unusable = there.image.as_ref().is_some_and(|image| image.is_usable() == Some(false));
    match there.likeness() {
        // Its name may be free soon, unless the image is only too new to be visible.
        _ if there.is_gone => "start again later, with `earlier_attempts` and the same marker",
        Likeness::Same => "use it, if any image of this request will do",
        Likeness::Different if there.marker.is_match() && is_unusable => {
            "repair or deregister your image, then start again"
        }
        Likeness::Different => "choose another name, and a marker of its own",
        // Such as a missing permission for DescribeImages.
        _ if there.look_up_error.is_some() => {
            "fix why look-ups fail, then start again with `earlier_attempts` and the same marker"
        }
        _ => "let a person look at it",
    }
}

fn after_giving_up(gave_up: &GaveUp) -> &'static str {
    match (&gave_up.cause, gave_up.effect, gave_up.cause.may_pass()) {
        (Cause::DryRunRegistered, ..) => "deregister the image, and find what drops DryRun",
        (_, Effect::Nothing, true) => "start again later",
        (_, Effect::Nothing, false) => "fix what the error says",
        (_, _, true) => "start again later, with `earlier_attempts` and the same marker",
        (_, _, false) => "fix what the error says, then start again with `earlier_attempts` and the same marker",
    }
}
