//! How the machines that read send: one request at a time, page by page, and again after a wait.

use alloc::vec::Vec;
use core::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use http::Request;

use super::{Action, Purpose, ReadError, RequestInfo};
use crate::response::{RegisterImageError, Retry};
use crate::wire::{Body, Page};

/// The most pages of one list that are read. One response of EC2 lists hundreds of items.
pub(crate) const PAGE_LIMIT: usize = 100;

/// What the machine does next.
#[derive(Clone, Debug, Default)]
pub(crate) enum Turn {
    #[default]
    Send,
    /// The caller has the request, and did not report the result.
    Sent,
    /// A wait that is at least this long.
    Wait(Duration),
}

/// How many requests of each action were handed out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Vec<(Action, u32)>);

impl Counts {
    /// Counts a request and puts its information into its extensions.
    pub(crate) fn announce(&mut self, request: &mut Request<Body>, action: Action, purpose: Purpose) {
        let attempt = match self.0.iter_mut().find(|(counted, _)| *counted == action) {
            Some((_, count)) => {
                *count = count.saturating_add(1);
                *count
            }
            None => {
                self.0.push((action, 1));
                1
            }
        };
        request.extensions_mut().insert(RequestInfo::new(action, attempt, purpose));
    }
}

/// A list that is read page by page.
#[derive(Clone, Debug)]
pub(crate) struct Pages<T> {
    request: Request<Body>,
    items: Vec<T>,
    read: usize,
}

impl<T> Pages<T> {
    pub(crate) fn new(first: Request<Body>) -> Self {
        Self { request: first, items: Vec::new(), read: 0 }
    }

    /// Returns the request for the page that is read next.
    pub(crate) fn request(&self) -> Request<Body> {
        self.request.clone()
    }

    /// Adds a page. Returns all items after the last one, and `None` before.
    pub(crate) fn add(&mut self, page: Page<T>) -> Result<Option<Vec<T>>, ReadError> {
        let next = page.next_request(&self.request);
        self.items.extend(page.items);
        self.read = self.read.saturating_add(1);
        match next {
            None => Ok(Some(core::mem::take(&mut self.items))),
            Some(_) if self.read >= PAGE_LIMIT => Err(ReadError::TooManyPages),
            Some(next) => {
                self.request = next;
                Ok(None)
            }
        }
    }
}

/// Returns the wait after this many attempts: twice as long after each, times the jitter, and at least what the service
/// asked for, but never longer than `max_backoff`.
pub(crate) fn backoff(retry: &RetryConfig, attempts: u32, jitter: f64, at_least: Duration) -> Duration {
    let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let most = retry.initial_backoff().saturating_mul(doubled).min(retry.max_backoff());
    part(most, fraction(jitter)).max(at_least).min(retry.max_backoff())
}

/// Returns the jitter. What is no number from 0 to 1 makes the wait a whole one.
pub(crate) fn fraction(jitter: f64) -> f64 {
    if (0.0..=1.0).contains(&jitter) { jitter } else { 1.0 }
}

/// Returns this fraction of a wait.
pub(crate) fn part(most: Duration, fraction: f64) -> Duration {
    Duration::try_from_secs_f64(most.as_secs_f64() * fraction).unwrap_or(most).min(most)
}

/// Returns whether the same request may fare better in a moment.
///
/// An unreadable response may hide any other, unless it is a redirect. The status 429 is throttling, whatever the code.
pub(crate) fn may_pass(error: &RegisterImageError) -> bool {
    let may_hide_another = error.as_unreadable().is_some() && !error.status().is_redirection();
    error.retry() != Retry::Never || may_hide_another || error.status().as_u16() == 429
}
