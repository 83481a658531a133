//! Waits for snapshots.

use alloc::{boxed::Box, vec::Vec};
use core::{error::Error, fmt, time::Duration};

use http::Response;

use super::pace::Pace;
use super::{NotReached, UnfinishedWait, settings};
use crate::endpoint::Endpoint;
use crate::machine::pace::{Pages, Turn};
use crate::machine::{Action, Failure, Machine, NotReported, ReadError, Step, sealed::Sealed};
use crate::model::Snapshot;
use crate::text::SingleLine;
use crate::types::{SnapshotId, SnapshotState};
use crate::wire::snapshots;

/// What a waiter without [`on_progress`](UntilCompleted::on_progress) reports to.
type Ignore = fn(&[Snapshot]);

/// Waits until snapshots are completed, as a state machine. [`until_completed`] returns one. See the [module](super).
#[derive(Clone)]
pub struct UntilCompleted<F = Ignore> {
    ids: Vec<SnapshotId>,
    endpoint: Endpoint,
    pace: Pace,
    pages: Pages<Snapshot>,
    seen: Vec<Snapshot>,
    outcome: Option<SnapshotsOutcome>,
    report: F,
}

/// Returns a machine that waits until all snapshots with these IDs are completed.
///
/// It looks every 15 seconds for at most 1 hour. It ends immediately if one of them failed. The permission is
/// `ec2:DescribeSnapshots`.
///
/// ```
/// use ec2_register_image::Endpoint;
/// use ec2_register_image::machine::{Failure, Machine};
/// use ec2_register_image::wait::{SnapshotsOutcome, until_completed};
///
/// # let mut shown = [("pending", "37%"), ("completed", "100%")].into_iter();
/// # let send = |_request: http::Request<ec2_register_image::wire::Body>| {
/// #     let (state, progress) = shown.next().unwrap();
/// #     Ok::<_, Failure<std::io::Error>>(http::Response::new(format!(
/// #         "<DescribeSnapshotsResponse><snapshotSet><item><snapshotId>snap-0123456789abcdef0</snapshotId>\
/// #          <status>{state}</status><progress>{progress}</progress></item></snapshotSet>\
/// #          </DescribeSnapshotsResponse>"
/// #     )))
/// # };
/// # let sleep = |_| {};
/// let ids = ["snap-0123456789abcdef0".into()];
/// let mut shown = Vec::new();
/// let mut waiter = until_completed(ids, Endpoint::from_region("eu-central-1")?)
///     .on_progress(|snapshots| shown.extend(snapshots[0].progress.clone()));
/// let outcome = waiter.run(send, sleep, || 0.5);
/// assert!(matches!(outcome, SnapshotsOutcome::Completed(_)));
/// drop(waiter);
/// assert_eq!(shown, ["37%", "100%"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn until_completed(ids: impl IntoIterator<Item = SnapshotId>, endpoint: Endpoint) -> UntilCompleted {
    let mut ids: Vec<SnapshotId> = ids.into_iter().collect();
    ids.sort();
    ids.dedup();
    let outcome = ids.is_empty().then(|| SnapshotsOutcome::Completed(Vec::new()));
    UntilCompleted {
        pages: Pages::new(snapshots::encode_request(&ids, &endpoint)),
        ids,
        endpoint,
        pace: Pace::new(Duration::from_secs(3_600)),
        seen: Vec::new(),
        outcome,
        report: |_| {},
    }
}

/// How the wait for snapshots ended. `Display` is one line.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum SnapshotsOutcome {
    /// All are completed. They are in the order of their IDs.
    Completed(Vec<Snapshot>),
    /// This one is in a state from which it does not become completed: `error` or `recoverable`.
    Failed(Box<Snapshot>),
    /// The time is used up, or no further look-up would succeed. The snapshots may become completed later.
    GaveUp(Box<UnfinishedWait<Vec<Snapshot>>>),
}

impl SnapshotsOutcome {
    /// Returns the snapshots if all are completed, or an error that carries the outcome.
    ///
    /// # Errors
    /// If a snapshot is not completed.
    pub fn into_result(self) -> Result<Vec<Snapshot>, NotReached<Self>> {
        match self {
            Self::Completed(snapshots) => Ok(snapshots),
            outcome => Err(NotReached { outcome: Box::new(outcome) }),
        }
    }
}

impl fmt::Display for SnapshotsOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = |snapshot: &Snapshot, f: &mut fmt::Formatter<'_>| {
            let state = snapshot.state.as_ref().map_or("in an unknown state", SnapshotState::as_str);
            write!(f, "{} is {}", snapshot.id, SingleLine(state))?;
            match snapshot.progress.as_deref().filter(|progress| !progress.is_empty()) {
                Some(progress) => write!(f, " ({})", SingleLine(progress)),
                None => Ok(()),
            }
        };
        match self {
            Self::Completed(snapshots) => write!(f, "{} snapshots are completed", snapshots.len()),
            Self::Failed(snapshot) => {
                state(snapshot, f)?;
                match snapshot.state_message.as_deref().filter(|message| !message.is_empty()) {
                    Some(message) => write!(f, ": {}", SingleLine(message)),
                    None => Ok(()),
                }
            }
            Self::GaveUp(gave_up) => {
                write!(f, "gave up waiting: {}", gave_up.error)?;
                let mut pending = gave_up.seen.iter().filter(|snapshot| !is_completed(snapshot));
                pending.try_for_each(|snapshot| {
                    f.write_str("; ")?;
                    state(snapshot, f)
                })
            }
        }
    }
}

impl<F> UntilCompleted<F> {
    settings!();

    /// Sets how long the machine waits in total. Default: 1 hour. With zero, it looks once.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pace.timeout = timeout;
        self
    }

    /// Calls this function after each look-up with the snapshots that it showed.
    ///
    /// A pending snapshot has its [`progress`](Snapshot::progress), such as `37%`. Default: progress is not reported.
    #[must_use]
    pub fn on_progress<G: FnMut(&[Snapshot])>(self, report: G) -> UntilCompleted<G> {
        let Self { ids, endpoint, pace, pages, seen, outcome, .. } = self;
        UntilCompleted { ids, endpoint, pace, pages, seen, outcome, report }
    }

    /// Returns the snapshots as the last look-up showed them.
    #[must_use]
    pub fn snapshots(&self) -> &[Snapshot] {
        &self.seen
    }

    /// Continues, or gives up.
    fn go_on(&mut self, result: Result<(), ReadError>) {
        if let Err(error) = result {
            self.outcome = Some(self.given_up(error));
        }
    }

    fn given_up(&self, error: ReadError) -> SnapshotsOutcome {
        SnapshotsOutcome::GaveUp(Box::new(UnfinishedWait { seen: self.seen.clone(), error }))
    }

    /// Starts the next look-up at the first page.
    fn restart(&mut self) {
        self.pages = Pages::new(snapshots::encode_request(&self.ids, &self.endpoint));
    }
}

impl<F: FnMut(&[Snapshot])> UntilCompleted<F> {
    /// Continues after a look-up that could be read.
    fn look_at(&mut self, shown: Vec<Snapshot>) {
        let mut shown: Vec<Snapshot> = shown.into_iter().filter(|snapshot| self.ids.contains(&snapshot.id)).collect();
        // Of contradictory items, the one that proves least counts.
        shown.sort_by(|one, other| one.id.cmp(&other.id).then(is_completed(one).cmp(&is_completed(other))));
        shown.dedup_by(|later, earlier| later.id == earlier.id);
        self.seen = shown;
        (self.report)(&self.seen);
        let failed = |snapshot: &&Snapshot| {
            matches!(snapshot.state.as_ref().map(SnapshotState::as_str), Some("error" | "recoverable"))
        };
        if let Some(failed) = self.seen.iter().find(failed) {
            self.outcome = Some(SnapshotsOutcome::Failed(Box::new(failed.clone())));
            return;
        }
        let is_whole = self.seen.len() == self.ids.len();
        if is_whole && self.seen.iter().all(is_completed) {
            self.outcome = Some(SnapshotsOutcome::Completed(core::mem::take(&mut self.seen)));
            return;
        }
        let result = if is_whole { self.pace.look_again() } else { self.pace.not_found(ReadError::NotShown) };
        self.go_on(result);
    }
}

impl<F> Sealed for UntilCompleted<F> {}

impl<F: FnMut(&[Snapshot])> Machine for UntilCompleted<F> {
    type Outcome = SnapshotsOutcome;

    fn next(&mut self, jitter: f64) -> Step<SnapshotsOutcome> {
        if let Turn::Sent = self.pace.turn {
            self.failed(Failure::Unclear(NotReported));
        }
        if let Some(outcome) = &self.outcome {
            return Step::Done(outcome.clone());
        }
        if let Some(wait) = self.pace.wait(jitter) {
            return Step::Wait(wait);
        }
        Step::Send(self.pace.send(self.pages.request(), Action::DescribeSnapshots))
    }

    fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        let Turn::Sent = self.pace.turn else { return };
        self.pace.turn = Turn::Send;
        let read = match snapshots::decode_response(response) {
            Ok(page) => self.pages.add(page),
            Err(error) => Err(ReadError::Answered(error)),
        };
        match read {
            // The next page is asked for at once.
            Ok(None) => {}
            Ok(Some(shown)) => {
                self.restart();
                self.look_at(shown);
            }
            Err(error) => {
                self.restart();
                let result = if is_absent(&error) { self.pace.not_found(error) } else { self.pace.failed(error) };
                self.go_on(result);
            }
        }
    }

    fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        let Turn::Sent = self.pace.turn else { return };
        self.pace.turn = Turn::Send;
        self.restart();
        let result = self.pace.failed(ReadError::of(failure));
        self.go_on(result);
    }

    fn stop(&mut self) -> SnapshotsOutcome {
        self.pace.turn = Turn::Send;
        let stopped = self.given_up(ReadError::Stopped);
        self.outcome.get_or_insert(stopped).clone()
    }
}

impl<F> fmt::Debug for UntilCompleted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntilCompleted")
            .field("ids", &self.ids)
            .field("endpoint", &self.endpoint)
            .field("pace", &self.pace)
            .field("seen", &self.seen)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

fn is_completed(snapshot: &Snapshot) -> bool {
    snapshot.state == Some(SnapshotState::COMPLETED)
}

fn is_absent(error: &ReadError) -> bool {
    let code = error.as_answered().and_then(|error| error.code());
    code.is_some_and(|code| code.without_prefix() == "InvalidSnapshot.NotFound")
}
