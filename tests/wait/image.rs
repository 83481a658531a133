//! Waits for an image.

use std::time::Duration;

use ec2_register_image::machine::{Machine, ReadError, Step};
use ec2_register_image::wait::{ImageOutcome, UntilAvailable, until_available};
use http::Response;

use crate::script::*;

fn waiter() -> UntilAvailable {
    until_available(IMAGE, endpoint()).interval(Duration::from_secs(1)).timeout(Duration::from_secs(20))
}

/// The outcome as text, and the waits.
fn ends(waiter: UntilAvailable, said: Vec<Sent>) -> (String, Vec<f64>) {
    let (outcome, sent, waits) = run(waiter, said);
    let body = format!("Action=DescribeImages&Version=2016-11-15&ImageId.1={IMAGE}&IncludeDisabled=true");
    assert!(sent.iter().all(|sent| *sent == body), "{sent:?}");
    (outcome.to_string(), waits)
}

#[test]
fn an_available_image_is_the_success() {
    let (outcome, _, waits) = run(waiter(), vec![state("available")]);
    assert_eq!(outcome.image().unwrap().id, IMAGE);
    assert_eq!(outcome.into_result().unwrap().id, IMAGE);
    assert!(waits.is_empty());
}

#[test]
fn pending_and_transient_and_absent_continue() {
    let not_found = error(400, "InvalidAMIID.NotFound");
    let said = vec![not_found, images(""), state("pending"), state("transient"), state("available")];
    let (outcome, waits) = ends(waiter(), said);
    assert_eq!(outcome, format!("{IMAGE} is available"));
    assert_eq!(waits, [1.0; 4]);
    // A state that AWS adds later says nothing.
    assert_eq!(ends(waiter(), vec![state("cooking"), state("available")]).1, [1.0]);
    let without_state = images(&format!("<item><imageId>{IMAGE}</imageId></item>"));
    assert_eq!(ends(waiter(), vec![without_state, state("available")]).1, [1.0]);
}

#[test]
fn a_state_that_does_not_change_ends_it_with_the_reason() {
    for ended in ["failed", "invalid", "error", "disabled", "deregistered"] {
        let (outcome, _, waits) = run(waiter(), vec![state("pending"), state(ended), state("available")]);
        assert_eq!(waits, [1.0]);
        let ImageOutcome::Ended(image) = &outcome else { panic!("{outcome}") };
        assert_eq!(image.state.as_ref().unwrap().as_str(), ended);
        assert_eq!(outcome.to_string(), format!("{IMAGE} is {ended}"));
        let error = outcome.into_result().unwrap_err();
        assert_eq!(error.to_string(), format!("{IMAGE} is {ended}"));
    }
    let reason =
        "<stateReason><code>Client.InvalidSnapshot</code><message>the snapshot is gone</message></stateReason>";
    let said = images(&item(IMAGE, "failed").replace("</item>", &format!("{reason}</item>")));
    assert_eq!(ends(waiter(), vec![said]).0, format!("{IMAGE} is failed: the snapshot is gone"));
}

#[test]
fn another_image_is_never_a_success() {
    let other = images(&item("ami-0a1b2c3d4e5f60719", "available"));
    let (outcome, waits) = ends(waiter(), vec![other]);
    assert_eq!(outcome, "gave up waiting: no response shows it; no look-up showed the image");
    assert_eq!(waits.iter().sum::<f64>(), 20.0);
    // Nor is one of two contradictory items.
    let both = images(&(item(IMAGE, "available") + &item(IMAGE, "failed")));
    assert_eq!(ends(waiter(), vec![both]).0, format!("{IMAGE} is failed"));
    let both = images(&(item("ami-1", "available") + &item(IMAGE, "pending")));
    assert!(ends(waiter(), vec![both]).0.starts_with("gave up"));
}

#[test]
fn the_time_is_bounded() {
    let (outcome, waits) = ends(waiter(), vec![state("pending")]);
    assert_eq!(
        outcome,
        format!("gave up waiting: the time for waiting is used up; the last look-up showed {IMAGE} as pending")
    );
    assert_eq!(waits, [1.0; 20]);
    // It looks once more at the end.
    let late = |at: usize| (0..at).map(|_| state("pending")).chain([state("available")]).collect::<Vec<_>>();
    assert!(ends(waiter(), late(20)).0.ends_with("is available"));
    assert!(ends(waiter(), late(21)).0.starts_with("gave up"));
    let (_, waits) = ends(waiter().interval(Duration::from_secs(15)), vec![state("pending")]);
    assert_eq!(waits, [15.0, 5.0]);
    let (_, waits) = ends(waiter().interval(Duration::ZERO), vec![state("pending")]);
    assert_eq!(waits, [1.0; 20]);
    let (_, waits) = ends(waiter().timeout(Duration::ZERO), vec![state("pending")]);
    assert!(waits.is_empty());
}

#[test]
fn it_is_not_found_for_a_while_only() {
    let waiter = || waiter().not_found_timeout(Duration::from_secs(3));
    for absent in [images(""), error(400, "InvalidAMIID.NotFound"), error(400, "InvalidAMIID.Unavailable")] {
        let (outcome, waits) = ends(waiter(), vec![absent]);
        assert!(outcome.starts_with("gave up waiting: "), "{outcome}");
        assert_eq!(waits, [1.0; 3]);
    }
    // Each time that it is shown, the while starts again.
    let said = (0..9).map(|at| if at % 3 == 0 { state("pending") } else { images("") });
    let (outcome, _) = ends(waiter(), said.chain([state("available")]).collect());
    assert_eq!(outcome, format!("{IMAGE} is available"));
}

#[test]
fn what_may_pass_continues_with_longer_waits() {
    let garbage = || Ok(Response::new("<DescribeImagesResponse>".to_owned()));
    let refused = || error(502, "InternalError");
    for fault in [throttled, lost, garbage, refused] {
        let said = vec![fault(), fault(), fault(), state("pending"), fault(), state("available")];
        let (outcome, waits) = ends(waiter(), said);
        assert_eq!(outcome, format!("{IMAGE} is available"));
        assert_eq!(waits, [1.0, 2.0, 4.0, 1.0, 1.0]);
        let (outcome, waits) = ends(waiter(), vec![fault()]);
        assert!(outcome.starts_with("gave up waiting: "), "{outcome}");
        assert_eq!(waits, [1.0, 2.0, 4.0, 8.0, 5.0]);
    }
    let slow = throttled().map(|mut response| {
        response.headers_mut().insert("retry-after", 9.into());
        response
    });
    assert_eq!(ends(waiter(), vec![slow, state("available")]).1, [9.0]);
}

#[test]
fn what_does_not_pass_ends_it_soon() {
    let denied = || error(403, "UnauthorizedOperation");
    let (outcome, _, waits) = run(waiter(), vec![state("pending"), denied()]);
    assert_eq!(waits, [1.0, 1.0, 2.0]);
    let ImageOutcome::GaveUp(gave_up) = outcome else { panic!("{outcome}") };
    assert!(gave_up.error.is_denied());
    assert_eq!(gave_up.seen.unwrap().state.unwrap().as_str(), "pending");
    // A denial that passes does no harm.
    let said = vec![denied(), denied(), state("pending"), denied(), denied(), state("available")];
    assert_eq!(ends(waiter(), said).0, format!("{IMAGE} is available"));
    let (outcome, waits) = ends(waiter(), vec![state("pending"), expired()]);
    assert_eq!(waits, [1.0]);
    assert!(outcome.starts_with("gave up waiting: no response: the credentials are expired"), "{outcome}");
}

#[test]
fn a_stop_returns_the_last_state() {
    let mut stopped = waiter();
    let Step::Send(_) = stopped.next(0.5) else { panic!() };
    stopped.answered(&state("pending").unwrap());
    let Step::Wait(_) = stopped.next(0.5) else { panic!() };
    let Step::Send(_) = stopped.next(0.5) else { panic!() };
    let ImageOutcome::GaveUp(gave_up) = stopped.stop() else { panic!() };
    assert!(matches!(gave_up.error, ReadError::Stopped));
    assert!(gave_up.seen.is_some());
    // A late response does not count.
    stopped.answered(&state("available").unwrap());
    assert!(matches!(stopped.next(0.5), Step::Done(ImageOutcome::GaveUp(_))));
    assert!(matches!(stopped.stop(), ImageOutcome::GaveUp(_)));

    let mut over = waiter();
    let Step::Send(_) = over.next(0.5) else { panic!() };
    over.answered(&state("available").unwrap());
    assert!(matches!(over.stop(), ImageOutcome::Available(_)));
    assert!(matches!(over.next(0.5), Step::Done(ImageOutcome::Available(_))));
}
