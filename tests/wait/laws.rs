//! What holds whatever the network and the service do.

use std::time::Duration;

use ec2_register_image::machine::{Machine, Step};
use ec2_register_image::wait::{ImageOutcome, SnapshotsOutcome, until_available, until_completed};
use http::Response;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::script::*;

/// What comes of a look-up; `None` is a report that the caller forgets.
fn said() -> impl Strategy<Value = Option<(u16, String, bool)>> {
    let states = vec!["pending", "available", "transient", "failed", "completed", "error", "", "x"];
    let items =
        (proptest::sample::select(vec![IMAGE, "ami-1", "ami-0a1b2c3d4e5f60719"]), proptest::sample::select(states));
    let image = vec(items, 0..3).prop_map(|items| {
        let items: String = items.iter().map(|(id, state)| item(id, state)).collect();
        images(&items).unwrap().into_body()
    });
    let items = (
        proptest::sample::select(vec![SNAPSHOT, OTHER, "snap-1"]),
        proptest::sample::select(vec!["pending", "completed", "error", "recovering", ""]),
        Just("5%"),
    );
    let snapshot = (vec(items, 0..3), proptest::sample::select(vec!["", "", "", "t"]))
        .prop_map(|(items, token)| snapshot_page(&items, token).unwrap().into_body());
    let fault = proptest::sample::select(vec![
        "UnauthorizedOperation",
        "RequestLimitExceeded",
        "InvalidAMIID.NotFound",
        "InvalidSnapshot.NotFound",
    ]);
    let fault = fault.prop_map(|code| error(400, code).unwrap().into_body());
    prop_oneof![
        4 => image.prop_map(|body| Some((200, body, true))),
        4 => snapshot.prop_map(|body| Some((200, body, true))),
        2 => (proptest::sample::select(vec![400, 403, 429, 500, 503]), fault).prop_map(|(status, body)| Some((status, body, true))),
        1 => Just(Some((200, "<a".to_owned(), true))),
        1 => Just(Some((0, String::new(), false))),
        1 => Just(None),
    ]
}

type Said = Option<(u16, String, bool)>;

/// Drives a waiter over these, and again over the last one: its outcome, what it saw last, and the sum of its waits.
fn drive<M: Machine>(mut waiter: M, all: &[Said], jitter: f64) -> (M::Outcome, Said, Duration) {
    let (mut sent, mut waited, mut last) = (0_usize, Duration::ZERO, None);
    loop {
        match waiter.next(jitter) {
            Step::Done(outcome) => return (outcome, last, waited),
            Step::Wait(wait) => waited += wait,
            Step::Send(_) => {
                let said = all[sent.min(all.len() - 1)].clone();
                sent += 1;
                assert!(sent < 20_000, "no end");
                match &said {
                    Some((status, body, true)) => {
                        waiter.answered(&Response::builder().status(*status).body(body.clone()).unwrap());
                    }
                    Some(_) => waiter.failed(ec2_register_image::machine::Failure::NotSent("refused")),
                    None => {}
                }
                last = said;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_wait_for_an_image_ends_in_time_and_never_with_another_image(
        all in vec(said(), 1..12), jitter in any::<f64>(), timeout in 0_u64..90,
    ) {
        let timeout = Duration::from_secs(timeout);
        let waiter = until_available(IMAGE, endpoint()).timeout(timeout).interval(Duration::from_secs(2));
        let (outcome, last, waited) = drive(waiter, &all, jitter);
        prop_assert!(waited <= timeout, "{:?} of {:?}", waited, timeout);
        match outcome {
            ImageOutcome::Available(image) => {
                prop_assert_eq!(image.id, IMAGE);
                prop_assert!(last.unwrap().1.contains(&item(IMAGE, "available")));
            }
            ImageOutcome::Ended(image) => {
                prop_assert_eq!(image.id, IMAGE);
                let body = last.unwrap().1;
                prop_assert!(body.contains(&item(IMAGE, "failed")) || body.contains(&item(IMAGE, "error")));
            }
            ImageOutcome::GaveUp(gave_up) => {
                prop_assert!(gave_up.seen.is_none_or(|image| image.id == IMAGE));
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_wait_for_snapshots_ends_in_time_and_never_without_one(
        all in vec(said(), 1..12), jitter in any::<f64>(), timeout in 0_u64..90,
    ) {
        let timeout = Duration::from_secs(timeout);
        let waiter = until_completed([SNAPSHOT.into(), OTHER.into()], endpoint());
        let (outcome, last, waited) = drive(waiter.timeout(timeout).interval(Duration::from_secs(2)), &all, jitter);
        prop_assert!(waited <= timeout, "{:?} of {:?}", waited, timeout);
        match outcome {
            SnapshotsOutcome::Completed(snapshots) => {
                let ids: Vec<_> = snapshots.iter().map(|snapshot| snapshot.id.as_str()).collect();
                prop_assert_eq!(ids, [SNAPSHOT, OTHER]);
                prop_assert!(snapshots.iter().all(|snapshot| snapshot.state.as_ref().unwrap().as_str() == "completed"));
            }
            SnapshotsOutcome::Failed(snapshot) => {
                prop_assert_eq!(snapshot.state.as_ref().unwrap().as_str(), "error");
                prop_assert!([SNAPSHOT, OTHER].contains(&snapshot.id.as_str()));
                prop_assert!(last.is_some());
            }
            SnapshotsOutcome::GaveUp(gave_up) => {
                prop_assert!(gave_up.seen.iter().all(|it| [SNAPSHOT, OTHER].contains(&it.id.as_str())));
            }
            other => panic!("{other}"),
        }
    }
}
