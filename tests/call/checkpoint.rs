//! Calls that are saved and resumed: they end like calls that are not interrupted.

use std::time::Duration;

use ec2_register_image::Endpoint;
use ec2_register_image::call::{Call, Checkpoint, Outcome, ResumeError};
use ec2_register_image::machine::{Failure, Step};
use ec2_register_image::response::Effect;
use http::Response;

use crate::cases::{ID, Said, denied, drive, error, image, marked, none, registered, request, taken};

fn endpoint() -> Endpoint {
    Endpoint::from_region("eu-central-1").unwrap()
}

/// Saves the call as JSON, and resumes it with this request.
fn restarted(call: &Call, members: &str) -> Call {
    let saved = serde_json::to_string(&call.checkpoint()).unwrap();
    let checkpoint: Checkpoint = serde_json::from_str(&saved).unwrap();
    assert_eq!(checkpoint, call.checkpoint());
    Call::resume(request(members).validate().unwrap(), endpoint(), checkpoint).unwrap()
}

fn report(call: &mut Call, said: &Said) {
    match said {
        Some((status, body)) => call.answered(&Response::builder().status(*status).body(body).unwrap()),
        None => call.failed(Failure::Unclear("the result of the request was not reported, so it may have been sent")),
    }
}

fn is_over(call: &Call) -> bool {
    matches!(call.clone().next(0.0), Step::Done(_))
}

/// When the process crashes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Crash {
    /// After this many requests, once the response is reported.
    Reported(usize),
    /// While this request is under way, from 0.
    Sent(usize),
    /// After every request.
    Always,
    Never,
}

/// Drives a call over these responses, the last of which is repeated. Returns the end and the number of requests.
fn crashed(mut call: Call, members: &str, said: &[Said], crash: Crash) -> (Outcome, usize) {
    let (mut sent, mut waited) = (0, false);
    loop {
        if (crash == Crash::Always || crash == Crash::Reported(sent)) && !waited && !is_over(&call) {
            call = restarted(&call, members);
        }
        match call.next(0.0) {
            Step::Send(_) => {
                if crash == Crash::Sent(sent) {
                    call = restarted(&call, members);
                } else {
                    report(&mut call, &said[sent.min(said.len() - 1)]);
                }
                sent += 1;
                waited = false;
            }
            // A process that crashes in each wait gets nowhere, as it must.
            Step::Wait(_) => waited = true,
            Step::Done(outcome) => return (outcome, sent),
        }
    }
}

/// Schedules of responses that reach every outcome.
fn schedules() -> Vec<Vec<Said>> {
    let not_found = || error(400, "InvalidAMIID.NotFound", &format!("The image id '[{ID}]' does not exist"));
    let busy = || error(503, "Unavailable", "The service is unavailable.");
    let own = || image("x86_64", "available", "1", "");
    vec![
        vec![registered()],
        vec![denied()],
        vec![busy()],
        vec![None, denied(), none()],
        vec![None, taken(), own()],
        vec![None, taken(), none(), own()],
        vec![None, taken(), image("x86_64", "available", "", ""), denied()],
        vec![None, None, None, none(), own()],
        vec![None, None, None, denied()],
        vec![taken(), own()],
        vec![taken(), none(), taken(), none(), own()],
        vec![taken(), not_found(), registered()],
        vec![taken(), image("arm64", "available", "1", "")],
        vec![taken(), image("x86_64", "deregistered", "0", "")],
        vec![not_found(), none()],
        vec![not_found(), own()],
    ]
}

#[test]
fn a_resumed_call_ends_like_one_that_was_not_interrupted() {
    for said in schedules() {
        let (expected, sent) = crashed(marked("{}"), "{}", &said, Crash::Never);
        for crash in (0..=sent).map(Crash::Reported).chain([Crash::Always]) {
            let (outcome, resent) = crashed(marked("{}"), "{}", &said, crash);
            assert_eq!((outcome.to_string(), resent), (expected.to_string(), sent), "{said:?} {crash:?}");
            assert_eq!(outcome.image_id(), expected.image_id(), "{said:?} {crash:?}");
            if let (Outcome::GaveUp(one), Outcome::GaveUp(other)) = (outcome, expected.clone()) {
                assert_eq!((one.effect, one.cause.may_pass()), (other.effect, other.cause.may_pass()), "{said:?}");
            }
        }
    }
}

#[test]
fn a_request_under_way_counts_as_possibly_sent() {
    for said in schedules() {
        let (_, sent) = crashed(marked("{}"), "{}", &said, Crash::Never);
        for at in 0..sent {
            // Like a response that was lost.
            let mut lost: Vec<Said> = said.clone();
            lost.resize(lost.len().max(at + 2), said.last().unwrap().clone());
            lost[at] = None;
            let (expected, sent) = crashed(marked("{}"), "{}", &lost, Crash::Never);
            let (outcome, resent) = crashed(marked("{}"), "{}", &lost, Crash::Sent(at));
            if at + 1 < sent {
                assert_eq!((outcome.to_string(), resent), (expected.to_string(), sent), "{said:?} {at}");
            } else {
                // The last one allowed, which the resumed call repeats if it is a look-up.
                assert_eq!(resent, sent + 1, "{said:?} {at}");
                assert!(!matches!(outcome, Outcome::Refused(_)), "{said:?} {at}: {outcome}");
                assert!(expected.image_id().is_none() || outcome.image_id() == expected.image_id(), "{said:?} {at}");
            }
        }
    }
    let mut call = marked("{}");
    assert!(matches!(call.next(0.0), Step::Send(_)));
    let (outcome, _) = crashed(restarted(&call, "{}"), "{}", &[denied(), none()], Crash::Never);
    assert!(matches!(outcome, Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Unknown));
    // Before the first step, nothing was sent.
    let (outcome, _) = crashed(restarted(&marked("{}"), "{}"), "{}", &[denied()], Crash::Never);
    assert!(matches!(outcome, Outcome::Refused(_)));
}

#[test]
fn the_next_process_waits_before_it_sends_the_request_again() {
    let mut call = marked("{}");
    assert!(matches!(call.next(0.0), Step::Send(_)));
    call.failed(Failure::Unclear("reset"));
    let Step::Wait(_) = call.next(0.0) else { panic!() };
    // It crashes while it waits.
    let Step::Wait(wait) = restarted(&call, "{}").next(0.0) else { panic!() };
    assert!(wait >= Duration::from_secs(1), "{wait:?}");
}

#[test]
fn time_and_attempts_that_are_used_up_stay_used_up() {
    let mut call = marked("{}");
    let mut waits = Duration::ZERO;
    let outcome = loop {
        match call.next(0.0) {
            Step::Send(request) => {
                let is_look_up = request.body().as_str().starts_with("Action=DescribeImages");
                report(&mut call, &if is_look_up { none() } else { None });
                if !is_over(&call) {
                    call = restarted(&call, "{}");
                }
            }
            Step::Wait(wait) => waits += wait,
            Step::Done(outcome) => break outcome,
        }
        assert!(call.attempts() <= 3 && waits < Duration::from_secs(310), "{waits:?}");
    };
    assert!(matches!(outcome, Outcome::GaveUp(_)), "{outcome}");
}

#[test]
fn a_call_that_is_over_stays_so_if_it_has_an_image_and_else_starts_again() {
    let ended = |said: &[Said]| {
        let mut call = marked("{}");
        let _ = drive(&mut call, said);
        restarted(&call, "{}")
    };
    for said in [vec![registered()], vec![taken(), image("x86_64", "available", "1", "")]] {
        let Step::Done(outcome) = ended(&said).next(0.0) else { panic!("{said:?}") };
        assert_eq!(outcome.image_id().unwrap(), ID);
    }
    // An image may exist, so it looks first, and knows that it must not reject.
    let Step::Send(request) = ended(&[None, None, None, none()]).next(0.0) else { panic!() };
    assert!(request.body().as_str().starts_with("Action=DescribeImages&"), "{request:?}");
    let (outcome, _, _) = drive(&mut ended(&[None, None, None, none()]), &[image("x86_64", "available", "1", "")]);
    assert!(matches!(outcome, Outcome::Recovered(_)), "{outcome}");
    let (outcome, _, _) = drive(&mut ended(&[None, None, None, none()]), &[none(), denied(), none()]);
    assert!(matches!(&outcome, Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Unknown), "{outcome}");
    let mut call = ended(&[denied()]);
    assert_eq!((call.attempts(), call.effect()), (0, Effect::Nothing));
    assert!(matches!(drive(&mut call, &[registered()]).0, Outcome::Registered(_)));
}

#[test]
fn a_checkpoint_belongs_to_its_request_and_does_not_contain_it() {
    let checkpoint = marked("{}").checkpoint();
    for members in [r#"{"Description": "other"}"#, r#"{"DryRun": true}"#, r#"{"TagSpecifications": []}"#] {
        let other = request(members).validate().unwrap();
        let error = Call::resume(other, endpoint(), checkpoint.clone()).unwrap_err();
        assert_eq!(error, ResumeError::OtherRequest, "{members}");
    }
    let json = serde_json::to_string(&checkpoint).unwrap();
    assert!(!json.contains("web") && !json.contains("snap-"), "{json}");
    for (from, to) in [(r#""Version":1"#, r#""Version":2"#), (r#""Version":1"#, r#""Version":1,"More":1"#)] {
        assert!(json.contains(from));
        assert!(serde_json::from_str::<Checkpoint>(&json.replace(from, to)).is_err(), "{to}");
    }
    let error = serde_json::from_str::<Checkpoint>(&json.replace(r#""Version":1"#, r#""Version":2"#)).unwrap_err();
    assert!(error.to_string().contains("checkpoint version 2 is not supported, expected 1"), "{error}");
}

#[test]
fn an_image_that_was_seen_survives_with_its_reason() {
    let mut call = marked("{}").look_up_timeout(Duration::from_secs(1));
    assert!(matches!(call.next(0.0), Step::Send(_)));
    report(&mut call, &taken());
    assert!(matches!(call.next(0.0), Step::Send(_)));
    let reason = "<stateReason><code>Client.Failed</code><message>It broke.</message></stateReason>";
    report(&mut call, &image("x86_64", "transient", "1", reason));
    let outcome = restarted(&call, "{}").stop();
    assert_eq!(outcome.to_string(), call.stop().to_string());
    assert!(outcome.to_string().contains("(transient: It broke.)"), "{outcome}");
}

#[test]
fn a_checkpoint_belongs_to_its_endpoint() {
    let call = marked("{}");
    let of = |endpoint| Call::resume(request("{}").validate().unwrap(), endpoint, call.checkpoint());
    assert!(of(endpoint()).is_ok());
    let error = of(Endpoint::from_region("eu-central-2").unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the checkpoint belongs to the endpoint https://ec2.eu-central-1.amazonaws.com/ in eu-central-1; resume with that \
         endpoint"
    );
    // The same URL, signed for another Region; and another URL of the same Region.
    let url = "https://ec2.eu-central-1.amazonaws.com/";
    for other in [
        Endpoint::builder().url(url).region("eu-central-2"),
        Endpoint::builder().url(url),
        Endpoint::builder().url("http://127.0.0.1:5000").region("eu-central-1"),
    ] {
        let error = of(other.resolve().unwrap()).unwrap_err();
        assert!(matches!(error, ResumeError::OtherEndpoint { .. }), "{error}");
    }
}

#[test]
fn what_the_service_asked_for_survives_a_crash() {
    let busy = Response::builder().status(503).header("retry-after", "15");
    let busy = busy.body("<Response><Errors><Error><Code>Unavailable</Code></Error></Errors></Response>").unwrap();
    for crashes in 0..4 {
        // An attempt, and a look-up.
        for said in [None, Some(taken())] {
            let mut call = marked("{}");
            let Step::Send(_) = call.next(0.0) else { panic!() };
            if let Some(said) = &said {
                report(&mut call, &Some(said.clone().unwrap()));
                let Step::Send(_) = call.next(0.0) else { panic!() };
            }
            call.answered(&busy);
            for at in 0..crashes {
                call = restarted(&call, "{}");
                // The next crash is in the wait.
                if at > 0 {
                    let Step::Wait(_) = call.next(0.0) else { panic!() };
                }
            }
            if crashes > 1 {
                call = restarted(&call, "{}");
            }
            let Step::Wait(wait) = call.next(0.0) else { panic!() };
            assert_eq!(wait, Duration::from_secs(15), "{crashes} {said:?}");
            let Step::Send(_) = call.next(0.0) else { panic!() };
        }
    }
}

#[test]
fn a_wait_that_a_crash_interrupts_is_paid_for_once() {
    let mut call = marked("{}").look_up_timeout(Duration::from_secs(3));
    let Step::Send(_) = call.next(0.0) else { panic!() };
    report(&mut call, &taken());
    let untagged = image("x86_64", "available", "", "");
    let mut waits = Vec::new();
    let outcome = loop {
        match call.next(0.0) {
            Step::Send(_) => report(&mut call, &untagged),
            Step::Wait(wait) => {
                waits.push(wait);
                call = restarted(&call, "{}").look_up_timeout(Duration::from_secs(3));
                // The whole wait again.
                let Step::Wait(again) = call.next(0.0) else { panic!() };
                assert_eq!(again, wait);
            }
            Step::Done(outcome) => break outcome,
        }
    };
    assert!(matches!(outcome, Outcome::AlreadyThere(_)), "{outcome}");
    assert_eq!(waits.iter().sum::<Duration>(), Duration::from_secs(3));
}

#[test]
fn a_crash_renews_no_attempt() {
    // The last attempt of a dry run is under way.
    let members = r#"{"DryRun": true}"#;
    let mut call = marked(members);
    for attempt in 1..=3 {
        while let Step::Wait(_) = call.next(0.0) {}
        assert_eq!(call.attempts(), attempt);
        call = restarted(&call, members);
    }
    let Step::Done(Outcome::GaveUp(gave_up)) = call.next(0.0) else { panic!("{call:?}") };
    assert_eq!(gave_up.effect, Effect::Nothing);
    // A look-up that a crash interrupts is repeated after a wait.
    let mut call = marked("{}").look_up_timeout(Duration::ZERO);
    let Step::Send(_) = call.next(0.0) else { panic!() };
    report(&mut call, &taken());
    let Step::Send(_) = call.next(0.0) else { panic!() };
    let mut call = restarted(&call, "{}").look_up_timeout(Duration::ZERO);
    let Step::Wait(wait) = call.next(0.0) else { panic!() };
    assert_eq!(wait, Duration::from_secs(1));
    let (outcome, sent, _) = drive(&mut call, &[image("x86_64", "available", "1", "")]);
    assert!(matches!(outcome, Outcome::Recovered(_)), "{outcome}");
    assert_eq!(sent, 1);
}
