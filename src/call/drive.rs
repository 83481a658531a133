//! A call as a [`Machine`].

use alloc::boxed::Box;
use core::{error::Error, future::Future, time::Duration};

use http::{Request, Response};

use super::{Call, Outcome};
use crate::machine::{Failure, Machine, Step, sealed::Sealed};
use crate::wire::Body;

impl Sealed for Call {}

impl Machine for Call {
    type Outcome = Outcome;

    fn next(&mut self, jitter: f64) -> Step<Outcome> {
        Self::next(self, jitter)
    }

    fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        Self::answered(self, response);
    }

    fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        Self::failed(self, failure);
    }

    fn stop(&mut self) -> Outcome {
        Self::stop(self)
    }
}

impl Call {
    /// Drives the call to its end with a function that sends and blocks.
    ///
    /// `send` signs a request, sends it once, and returns the response, whatever its status. `sleep` waits. `jitter` returns
    /// a random number from 0 to 1 for [`next`](Self::next).
    ///
    /// ```
    /// use ec2_register_image::call::{Call, Outcome};
    /// use ec2_register_image::machine::Failure;
    /// use ec2_register_image::{Endpoint, RegisterImageRequest};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
    /// let send = |request: http::Request<_>| {
    ///     assert_eq!(request.method(), "POST");
    ///     // If your client cannot distinguish the failures, use `Unclear` for all.
    ///     Err::<http::Response<&str>, _>(Failure::NotSent("no route to host"))
    /// };
    /// let mut slept = 0;
    /// let outcome = call.run(send, |_| slept += 1, || 0.5);
    /// assert_eq!(slept, 2);
    /// assert_eq!(
    ///     outcome.to_string(),
    ///     "gave up, and this call registered nothing; the last attempt: no response: \
    ///      no route to host",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<B, E>(
        &mut self,
        send: impl FnMut(Request<Body>) -> Result<Response<B>, Failure<E>>,
        sleep: impl FnMut(Duration),
        jitter: impl FnMut() -> f64,
    ) -> Outcome
    where
        B: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Machine::run(self, send, sleep, jitter)
    }

    /// Drives the call to its end with functions that return futures.
    ///
    /// It is [`run`](Self::run) for any async runtime. The future is `Send` if the functions, their futures and the responses are. After a timeout that drops the future,
    /// [`stop`](Self::stop) returns what is known.
    ///
    /// The functions are `FnMut`, so their futures cannot borrow what they capture. Clone an `Arc` or a client into each
    /// future, as in `let client = client.clone(); async move { … }`.
    ///
    /// ```
    /// use ec2_register_image::call::Call;
    /// use ec2_register_image::machine::Failure;
    /// use ec2_register_image::{Endpoint, RegisterImageRequest};
    ///
    /// # async fn sleep(_: core::time::Duration) {}
    /// # let task = async {
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
    /// let send = async |_request| {
    ///     Err::<http::Response<&str>, _>(Failure::NotSent("no route to host"))
    /// };
    /// // `sleep` is your runtime's, such as `tokio::time::sleep`.
    /// let outcome = call.run_async(send, sleep, || 0.5).await;
    /// assert_eq!(
    ///     outcome.to_string(),
    ///     "gave up, and this call registered nothing; the last attempt: no response: \
    ///      no route to host",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # };
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # match core::pin::pin!(task).poll(&mut context) {
    /// #     std::task::Poll::Ready(result) => result.unwrap(),
    /// #     std::task::Poll::Pending => panic!("nothing here waits"),
    /// # }
    /// ```
    pub async fn run_async<B, E, Sending, Sleeping>(
        &mut self,
        send: impl FnMut(Request<Body>) -> Sending,
        sleep: impl FnMut(Duration) -> Sleeping,
        jitter: impl FnMut() -> f64,
    ) -> Outcome
    where
        B: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
        Sending: Future<Output = Result<Response<B>, Failure<E>>>,
        Sleeping: Future<Output = ()>,
    {
        Machine::run_async(self, send, sleep, jitter).await
    }
}
