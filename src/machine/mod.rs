//! The shape that all state machines of this crate share: steps, failures and drivers.
//!
//! A [`Machine`] says what to do next, and you report the result. It has no I/O, clock or randomness, so sending, sleeping
//! and random numbers are yours. [`run`](Machine::run) is the loop for functions that block, and
//! [`run_async`](Machine::run_async) the loop for functions that return futures. One sending function serves all machines.
//!
//! ```
//! use ec2_register_image::machine::{Failure, Machine, Step};
//! use ec2_register_image::wire::Body;
//!
//! type Sent = Result<http::Response<Vec<u8>>, Failure<std::io::Error>>;
//!
//! /// What `run` does, written out.
//! fn drive<M: Machine>(machine: &mut M, send: fn(http::Request<Body>) -> Sent) -> M::Outcome {
//!     loop {
//!         match machine.next(0.5) {
//!             Step::Send(request) => match send(request) {
//!                 Ok(response) => machine.answered(&response),
//!                 Err(failure) => machine.failed(failure),
//!             },
//!             Step::Wait(duration) => std::thread::sleep(duration),
//!             Step::Done(outcome) => break outcome,
//!         }
//!     }
//! }
//! ```

use alloc::boxed::Box;
use core::{error::Error, future::Future, time::Duration};

use http::{Request, Response};

use crate::wire::Body;

pub(crate) mod pace;
mod read_error;
mod step;

pub(crate) use read_error::NotReported;
pub use read_error::ReadError;
pub use step::{Action, Failure, Purpose, RequestInfo, Step};

pub(crate) mod sealed {
    /// Keeps other crates from implementing [`Machine`](super::Machine), so that it may grow.
    pub trait Sealed {}
}

/// A state machine that sends requests and waits, without I/O of its own.
///
/// Import this trait to drive a machine. Only a `Call` has these functions as its own, too. Other crates cannot implement
/// it.
pub trait Machine: sealed::Sealed {
    /// How the machine ends.
    type Outcome;

    /// Returns what to do now.
    ///
    /// `jitter` is a random number from 0 to 1 that shortens a wait, so that clients that were throttled together do not
    /// come back together.
    ///
    /// If the caller asks without a report on the last request, the machine assumes that it may have been sent.
    fn next(&mut self, jitter: f64) -> Step<Self::Outcome>;

    /// Reports the response to the last request, whatever its status.
    ///
    /// Ignored unless the machine is waiting for a response.
    fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>);

    /// Reports that there is no response to the last request.
    ///
    /// Ignored unless the machine is waiting for a response.
    fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>);

    /// Ends the machine now, with what is known. If it is over, this returns its outcome.
    fn stop(&mut self) -> Self::Outcome;

    /// Drives the machine to its end with functions that block.
    ///
    /// `send` signs a request, sends it once, and returns the response whatever its status. `sleep` waits. `jitter`
    /// returns a random number from 0 to 1. A `send` that cannot tell failures apart reports [`Failure::Unclear`].
    fn run<B, E>(
        &mut self,
        mut send: impl FnMut(Request<Body>) -> Result<Response<B>, Failure<E>>,
        mut sleep: impl FnMut(Duration),
        mut jitter: impl FnMut() -> f64,
    ) -> Self::Outcome
    where
        B: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        loop {
            match self.next(jitter()) {
                Step::Send(request) => match send(request) {
                    Ok(response) => self.answered(&response),
                    Err(failure) => self.failed(failure),
                },
                Step::Wait(duration) => sleep(duration),
                Step::Done(outcome) => return outcome,
            }
        }
    }

    /// Drives the machine to its end with functions that return futures: [`run`](Self::run) for any async runtime.
    ///
    /// The future is `Send` if the machine, the functions, their futures and the responses are. After a timeout that drops
    /// the future, [`stop`](Self::stop) returns what is known.
    ///
    /// The functions are `FnMut`, so their futures cannot borrow what they capture. Clone an `Arc` or a client into each
    /// future, as in `let client = client.clone(); async move { … }`.
    fn run_async<B, E, Sending, Sleeping>(
        &mut self,
        mut send: impl FnMut(Request<Body>) -> Sending,
        mut sleep: impl FnMut(Duration) -> Sleeping,
        mut jitter: impl FnMut() -> f64,
    ) -> impl Future<Output = Self::Outcome>
    where
        B: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
        Sending: Future<Output = Result<Response<B>, Failure<E>>>,
        Sleeping: Future<Output = ()>,
    {
        async move {
            loop {
                match self.next(jitter()) {
                    Step::Send(request) => match send(request).await {
                        Ok(response) => self.answered(&response),
                        Err(failure) => self.failed(failure),
                    },
                    Step::Wait(duration) => sleep(duration).await,
                    Step::Done(outcome) => return outcome,
                }
            }
        }
    }
}
