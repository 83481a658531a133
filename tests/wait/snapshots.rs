//! Waits for snapshots.

use std::cell::RefCell;
use std::time::Duration;

use ec2_register_image::model::Snapshot;
use ec2_register_image::wait::{SnapshotsOutcome, UntilCompleted, until_completed};

use crate::script::*;

fn waiter() -> UntilCompleted {
    let waiter = until_completed([SNAPSHOT.into(), OTHER.into(), SNAPSHOT.into()], endpoint());
    waiter.interval(Duration::from_secs(5)).timeout(Duration::from_secs(60))
}

/// The outcome as text, the waits, and the progress that was reported.
fn ends(waiter: UntilCompleted, said: Vec<Sent>) -> (String, Vec<f64>, Vec<String>) {
    let reported = RefCell::new(Vec::new());
    let report = |snapshots: &[Snapshot]| {
        let progress = snapshots.iter().map(|snapshot| snapshot.progress.clone().unwrap_or_default());
        reported.borrow_mut().push(progress.collect::<Vec<_>>().join(" "));
    };
    let (outcome, sent, waits) = run(waiter.on_progress(report), said);
    let body = format!("Action=DescribeSnapshots&Version=2016-11-15&SnapshotId.1={SNAPSHOT}&SnapshotId.2={OTHER}");
    assert!(sent.iter().all(|sent| sent.starts_with(&body)), "{sent:?}");
    (outcome.to_string(), waits, reported.into_inner())
}

#[test]
fn progress_is_reported_until_all_are_completed() {
    let (outcome, waits, reported) = ends(
        waiter(),
        vec![
            snapshots(&[(SNAPSHOT, "pending", "37%"), (OTHER, "pending", "")]),
            snapshots(&[(OTHER, "completed", "100%"), (SNAPSHOT, "pending", "99%")]),
            snapshots(&[(SNAPSHOT, "completed", "100%"), (OTHER, "completed", "100%")]),
        ],
    );
    assert_eq!(outcome, "2 snapshots are completed");
    assert_eq!(waits, [5.0, 5.0]);
    assert_eq!(reported, ["37% ", "99% 100%", "100% 100%"]);
}

#[test]
fn a_failed_one_ends_it_immediately() {
    for failed in ["error", "recoverable"] {
        let said = vec![snapshots(&[(SNAPSHOT, "pending", "1%"), (OTHER, failed, "50%")])];
        let (outcome, _, waits) = run(waiter(), said);
        assert!(waits.is_empty());
        let SnapshotsOutcome::Failed(snapshot) = &outcome else { panic!("{outcome}") };
        assert_eq!(snapshot.id, OTHER);
        assert_eq!(outcome.to_string(), format!("{OTHER} is {failed} (50%)"));
        assert!(outcome.into_result().is_err());
    }
    let message = snapshots(&[(SNAPSHOT, "error", "")]).map(|response| {
        response
            .map(|body| body.replace("</item>", "<statusMessage>Given key ID is not accessible</statusMessage></item>"))
    });
    let (outcome, ..) = ends(waiter(), vec![message]);
    assert_eq!(outcome, format!("{SNAPSHOT} is error: Given key ID is not accessible"));
}

#[test]
fn one_that_is_not_shown_is_not_completed() {
    let one = || snapshots(&[(SNAPSHOT, "completed", "100%")]);
    let (outcome, waits, _) = ends(waiter(), vec![one()]);
    assert!(outcome.starts_with("gave up waiting: no response shows it"), "{outcome}");
    assert_eq!(waits.iter().sum::<f64>(), 60.0);
    let (outcome, waits, _) = ends(waiter().not_found_timeout(Duration::from_secs(10)), vec![one()]);
    assert!(outcome.starts_with("gave up"), "{outcome}");
    assert_eq!(waits, [5.0, 5.0]);
    // Another snapshot is none of those.
    let another = snapshots(&[(SNAPSHOT, "completed", ""), ("snap-0a1b2c3d4e5f6071a", "completed", "")]);
    assert!(ends(waiter(), vec![another]).0.starts_with("gave up"));
    // Nor is the same one twice.
    let twice = snapshots(&[(SNAPSHOT, "completed", ""), (SNAPSHOT, "completed", "")]);
    assert!(ends(waiter(), vec![twice]).0.starts_with("gave up"));
    let contradictory = snapshots(&[(SNAPSHOT, "completed", ""), (SNAPSHOT, "pending", ""), (OTHER, "completed", "")]);
    assert!(ends(waiter(), vec![contradictory]).0.starts_with("gave up"));
    let late = vec![
        error(400, "InvalidSnapshot.NotFound"),
        snapshots(&[(SNAPSHOT, "completed", ""), (OTHER, "completed", "")]),
    ];
    assert_eq!(ends(waiter(), late).0, "2 snapshots are completed");
}

#[test]
fn pages_are_read_at_once() {
    let said = vec![
        snapshot_page(&[(SNAPSHOT, "completed", "100%")], "a"),
        snapshot_page(&[(OTHER, "pending", "3%")], ""),
        snapshot_page(&[(SNAPSHOT, "completed", "100%")], "b"),
        snapshot_page(&[(OTHER, "completed", "100%")], ""),
    ];
    let (outcome, sent, waits) = run(waiter(), said);
    assert!(matches!(outcome, SnapshotsOutcome::Completed(snapshots) if snapshots.len() == 2));
    assert_eq!(waits, [5.0]);
    let tokens: Vec<_> = sent.iter().map(|body| body.split("&NextToken=").nth(1)).collect();
    assert_eq!(tokens, [None, Some("a"), None, Some("b")]);
    // Pages without end are a failure that does not pass.
    let (outcome, sent, _) = run(waiter(), vec![snapshot_page(&[], "again")]);
    assert!(outcome.to_string().starts_with("gave up waiting: the list has too many pages"), "{outcome}");
    assert_eq!(sent.len(), 300);
}

#[test]
fn the_time_is_bounded() {
    let pending = || snapshots(&[(SNAPSHOT, "pending", "37%"), (OTHER, "completed", "100%")]);
    let (outcome, waits, _) = ends(waiter(), vec![pending()]);
    assert_eq!(outcome, format!("gave up waiting: the time for waiting is used up; {SNAPSHOT} is pending (37%)"));
    assert_eq!(waits, [5.0; 12]);
    let (outcome, waits, _) = ends(waiter(), vec![throttled()]);
    assert!(outcome.starts_with("gave up waiting: RequestLimitExceeded"), "{outcome}");
    assert_eq!(waits.iter().sum::<f64>(), 60.0);
    let (_, waits, _) = ends(waiter(), vec![lost(), throttled(), lost(), throttled(), pending(), expired()]);
    assert_eq!(waits, [5.0, 5.0, 5.0, 8.0, 5.0]);
}

#[test]
fn no_snapshots_are_completed() {
    let (outcome, sent, _) = run(until_completed([], endpoint()), vec![throttled()]);
    assert!(matches!(outcome, SnapshotsOutcome::Completed(snapshots) if snapshots.is_empty()));
    assert!(sent.is_empty());
}
