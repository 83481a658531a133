//! Waits until snapshots are completed, or until an image is available.
//!
//! Both waiters are [`Machine`](crate::machine::Machine)s. They look, wait, and look again, within a time budget.
//!
//! ```
//! use ec2_register_image::Endpoint;
//! use ec2_register_image::machine::{Failure, Machine};
//! use ec2_register_image::wait::until_available;
//!
//! # let mut states = ["pending", "available"].into_iter();
//! # let send = |_request: http::Request<ec2_register_image::wire::Body>| {
//! #     let state = states.next().unwrap();
//! #     Ok::<_, Failure<std::io::Error>>(http::Response::new(format!(
//! #         "<DescribeImagesResponse><imagesSet><item><imageId>ami-0123456789abcdef0</imageId>\
//! #          <imageState>{state}</imageState></item></imagesSet></DescribeImagesResponse>"
//! #     )))
//! # };
//! # let sleep = |_| {};
//! // `send` is yours: it signs the request, sends it once, and returns the response.
//! let endpoint = Endpoint::from_region("eu-central-1")?;
//! let mut waiter = until_available("ami-0123456789abcdef0", endpoint);
//! let image = waiter.run(send, sleep, || 0.5).into_result()?;
//! assert_eq!(image.id, "ami-0123456789abcdef0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bounds
//!
//! A waiter has no clock. Its time budget is the sum of the waits that it asks for, and the time of requests comes on top.
//! It looks once more when the budget is used up.
//!
//! | a look-up | what the waiter does |
//! | --- | --- |
//! | shows that it is not ready | looks again after [`interval`](UntilAvailable::interval) |
//! | does not show it, or says that it does not exist | the same, for [`not_found_timeout`](UntilAvailable::not_found_timeout) since it was last shown |
//! | is throttled, unreadable, lost, or fails in another way that may pass | the same, with waits that double |
//! | is denied, or fails in a way that does not pass | tries again, but ends after `max_attempts` of these in a row |
//! | cannot be sent, now or later | ends |

mod image;
mod pace;
mod snapshots;

use alloc::boxed::Box;
use core::{error::Error, fmt};

pub use image::{ImageOutcome, UntilAvailable, until_available};
pub use snapshots::{SnapshotsOutcome, UntilCompleted, until_completed};

use crate::machine::ReadError;

/// A waiter that ended without an answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UnfinishedWait<T> {
    /// What the last look-up that showed something showed.
    pub seen: T,
    /// Why the waiter ended.
    pub error: ReadError,
}

/// An outcome that is not what the caller waited for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NotReached<O> {
    /// How the waiter ended.
    pub outcome: Box<O>,
}

impl<O: fmt::Display> fmt::Display for NotReached<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)
    }
}

impl<O: fmt::Debug + fmt::Display> Error for NotReached<O> {}

/// The settings that both waiters have.
macro_rules! settings {
    () => {
        /// Sets the time between two look-ups. Default: 15 seconds, as the official SDK's waiters. At least 1 second.
        #[must_use]
        pub fn interval(mut self, interval: core::time::Duration) -> Self {
            self.pace.interval = interval;
            self
        }

        /// Sets for how long the waiter continues although no look-up shows what it waits for. Default: 5 minutes, because
        /// what is new becomes visible late.
        #[must_use]
        pub fn not_found_timeout(mut self, timeout: core::time::Duration) -> Self {
            self.pace.not_found_timeout = timeout;
            self
        }

        /// Sets the waits after failed look-ups: `initial_backoff` and `max_backoff`, and `max_attempts`, the number of
        /// look-ups in a row that may fail for a reason that does not pass. Default:
        /// [`RetryConfig::standard`](aws_smithy_types::retry::RetryConfig::standard). The other settings are ignored.
        #[must_use]
        pub fn retry_config(mut self, retry: aws_smithy_types::retry::RetryConfig) -> Self {
            self.pace.retry = retry;
            self
        }
    };
}

use settings;
