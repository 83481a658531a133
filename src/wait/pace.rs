//! When a waiter looks again, and when it stops.

use core::time::Duration;

use aws_smithy_types::retry::RetryConfig;

use crate::machine::pace::{Counts, Turn, backoff};
use crate::machine::{Action, Purpose, ReadError};
use crate::response::RegisterImageError;
use crate::wire::Body;

/// The shortest time between two look-ups.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// How a waiter looks, and how often it did.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    pub(super) retry: RetryConfig,
    pub(super) interval: Duration,
    pub(super) timeout: Duration,
    pub(super) not_found_timeout: Duration,
    pub(super) turn: Turn,
    counts: Counts,
    /// The sum of all waits.
    waited: Duration,
    /// The sum of the waits at the first of the last look-ups in a row that did not show what is waited for.
    missing_since: Option<Duration>,
    /// How many look-ups in a row failed, and how many of those for a reason that does not pass.
    failures: u32,
    denials: u32,
}

impl Pace {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            retry: RetryConfig::standard(),
            interval: Duration::from_secs(15),
            timeout,
            not_found_timeout: Duration::from_secs(300),
            turn: Turn::Send,
            counts: Counts::default(),
            waited: Duration::ZERO,
            missing_since: None,
            failures: 0,
            denials: 0,
        }
    }

    /// Hands out a request.
    pub(super) fn send(&mut self, mut request: http::Request<Body>, action: Action) -> http::Request<Body> {
        self.counts.announce(&mut request, action, Purpose::Wait);
        self.turn = Turn::Sent;
        request
    }

    /// Returns the wait that is due, if any. It counts as time that is used.
    pub(super) fn wait(&mut self, jitter: f64) -> Option<Duration> {
        let Turn::Wait(at_least) = self.turn else { return None };
        self.turn = Turn::Send;
        let backoff = match self.failures {
            0 => Duration::ZERO,
            failures => backoff(&self.retry, failures, jitter, at_least),
        };
        let left = self.timeout.saturating_sub(self.waited);
        let wait = backoff.max(self.interval).max(MIN_INTERVAL).min(left);
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }

    /// Looks again later after a look-up that found what is waited for. Returns whether there is time.
    pub(super) fn look_again(&mut self) -> Result<(), ReadError> {
        (self.failures, self.denials, self.missing_since) = (0, 0, None);
        self.wait_at_least(Duration::ZERO, ReadError::OutOfTime)
    }

    /// Looks again later after a response that does not show what is waited for.
    pub(super) fn not_found(&mut self, error: ReadError) -> Result<(), ReadError> {
        (self.failures, self.denials) = (0, 0);
        let since = *self.missing_since.get_or_insert(self.waited);
        if self.waited.saturating_sub(since) >= self.not_found_timeout {
            return Err(error);
        }
        self.wait_at_least(Duration::ZERO, error)
    }

    /// Looks again later after a look-up that failed, unless further ones would fail as well.
    pub(super) fn failed(&mut self, error: ReadError) -> Result<(), ReadError> {
        self.failures = self.failures.saturating_add(1);
        self.missing_since = None;
        self.denials = if error.may_pass() { 0 } else { self.denials.saturating_add(1) };
        if error.is_permanent() || self.denials >= self.retry.max_attempts().max(1) {
            return Err(error);
        }
        let retry_after = error.as_answered().and_then(RegisterImageError::retry_after);
        self.wait_at_least(retry_after.unwrap_or_default(), error)
    }

    fn wait_at_least(&mut self, at_least: Duration, error: ReadError) -> Result<(), ReadError> {
        if self.waited >= self.timeout {
            return Err(error);
        }
        self.turn = Turn::Wait(at_least);
        Ok(())
    }
}
