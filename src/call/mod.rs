//! A registration over a network that loses responses, as a state machine without I/O.
//!
//! RegisterImage has no client token. A lost response leaves open whether the image exists. A client that sends the request
//! again can get [`InvalidAMIName.Duplicate`](crate::response::ErrorCode::INVALID_AMI_NAME_DUPLICATE), which its own first
//! attempt caused. [`Call`] decides what to send and how long to wait, and interprets the responses. Your code sends and
//! sleeps:
//!
//! ```
//! use ec2_register_image::{Endpoint, builder::*, types::Architecture};
//! use ec2_register_image::call::{Call, Outcome};
//! use ec2_register_image::machine::{Failure, Step};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").volume_type(Gp3::new()))
//!     .ena_support(true)
//!     // A value that no other image has.
//!     .tag("build", "8c1f29d0")
//!     .validate()?;
//! let mut call = Call::new(valid, Endpoint::from_region("eu-central-1")?).marker("build")?;
//!
//! # let mut responses = lost_response();
//! # let mut send = move |_| responses.next().unwrap();
//! # let (sleep, random) = (|_| {}, || 0.5);
//! let outcome = loop {
//!     match call.next(random()) {
//!         Step::Send(request) => match send(request) {
//!             Ok(response) => call.answered(&response),
//!             Err(error) => call.failed(Failure::Unclear(error)),
//!         },
//!         Step::Wait(duration) => sleep(duration),
//!         Step::Done(outcome) => break outcome,
//!     }
//! };
//!
//! // The response was lost, and EC2 rejected the second attempt. The tag proves the origin.
//! let Outcome::Recovered(recovered) = outcome else { panic!("{outcome}") };
//! assert_eq!(recovered.image.id, "ami-0123456789abcdef0");
//! #
//! # fn lost_response() -> impl Iterator<Item = Result<http::Response<&'static str>, std::io::Error>> {
//! #     let respond = |status, body| Ok(http::Response::builder().status(status).body(body).unwrap());
//! #     [
//! #         Err(std::io::ErrorKind::ConnectionReset.into()),
//! #         respond(400, "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web-2026-11-23 is \
//! #             already in use by AMI ami-0123456789abcdef0</Message></Error></Errors></Response>"),
//! #         respond(200, "<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><imagesSet><item>\
//! #             <imageId>ami-0123456789abcdef0</imageId>\
//! #             <imageState>available</imageState><tagSet><item><key>build</key><value>8c1f29d0</value></item></tagSet>\
//! #             </item></imagesSet></DescribeImagesResponse>"),
//! #     ].into_iter()
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`run`](Call::run) is this loop for a function that blocks, [`run_async`](Call::run_async) for one that returns a
//! future.
//!
//! # What it does
//!
//! - **It sends the request again** after throttling, after failures that may pass, and after attempts whose effect is
//!   unknown. EC2 gives a name to only one image, so a second attempt cannot create a second image.
//! - **If the name is taken, it finds out by which image.** [`Recovered`](Outcome::Recovered) requires three things: the
//!   tag of [`marker`](Call::marker) proves the origin, the comparison finds no difference, and the image is usable.
//!   Every other image is [`AlreadyThere`](Outcome::AlreadyThere): the same, a different one, or unclear.
//! - **It keeps looking** while an image of the caller's may exist, because new images and their tags become visible
//!   late. These look-ups have [a time budget of their own](Call::look_up_timeout).
//! - **If the image that holds the name is gone**, the call registers again while attempts are left.
//! - **It survives its process.** [`checkpoint`](Call::checkpoint) saves the progress, and [`resume`](Call::resume)
//!   continues. Without a checkpoint, say [`earlier_attempts`](Call::earlier_attempts).
//! - **Not finding an image proves nothing.** Once an attempt may have had an effect, the call never ends as
//!   [`Refused`](Outcome::Refused) and never says that nothing was registered.
//!
//! # States
//!
//! A request in progress ends with [`answered`](Call::answered) or [`failed`](Call::failed), and a wait ends with
//! [`next`](Call::next).
//!
//! ```text
//! new ──► RegisterImage ──1──► Registered, DryRunPassed, Refused, GaveUp
//!          │  ▲  ▲   │
//!          2  │  │   3
//!          ▼  │  │   ▼
//!          Wait  │ DescribeImages ──4──► Recovered, AlreadyThere, GaveUp
//!                │   │   │  ▲
//!                │   5   6  │
//!                │   ▼   ▼  │
//!                └─ Wait Wait
//! ```
//!
//! 1. EC2 registered the image, passed the dry run, or rejected the request, and no earlier attempt has an unknown effect.
//!    Or the failure is permanent, or no attempts are left and none had an effect. Or the facts of the validation are of
//!    another Region than the endpoint, so the request is not sent.
//! 2. Another attempt may succeed, and attempts are left.
//! 3. The name is taken, the response names an image, or an attempt has an unknown effect and no other attempt follows.
//! 4. The image is settled: it is the requested one, or another one. Or no time is left for look-ups.
//! 5. The image that held the name is gone, and attempts are left.
//! 6. The image may become visible later, and time is left.
//!
//! [`stop`](Call::stop) ends the call in any state.
//!
//! [`Outcome`] has an example of what to do after each. The call speaks EC2's query protocol, not the gateway's JSON. It
//! needs the permissions `ec2:RegisterImage` and, for the look-ups, `ec2:DescribeImages`. Without the latter, a taken name
//! is `AlreadyThere` and unclear, and [`look_up_error`](AlreadyThere::look_up_error) says why.

use alloc::boxed::Box;
use core::{error::Error, time::Duration};

use http::Response;

mod checkpoint;
mod drive;
mod evidence;
mod json;
mod outcome;
mod progress;

use crate::machine::{Action, Failure, Purpose, RequestInfo, Step};
pub use crate::model::marker::{Marker, NoMarker};
pub use aws_smithy_types::retry::RetryConfig;
pub use checkpoint::{Checkpoint, ResumeError};
pub use outcome::{AlreadyThere, Cause, Earlier, GaveUp, NoImage, Outcome, Recovered};

use self::evidence::Seen;
use self::progress::may_pass;
use crate::endpoint::Endpoint;
use crate::facts::{Facts, OtherRegion};
use crate::model::marker::Mark;
use crate::response::{Accepted, Effect, ServiceError};
use crate::rules::ValidRequest;
use crate::types::{ImageId, ImageName};
use crate::wire::{images, query, xml};

/// The shortest wait between two look-ups, and before a request that follows an attempt with an unknown effect.
const MIN_WAIT: Duration = Duration::from_secs(1);

/// The longest first wait between two look-ups; it doubles up to [`MAX_INTERVAL`].
const FIRST_INTERVAL: Duration = Duration::from_secs(2);

/// The longest wait between two look-ups, unless the service asks for more.
const MAX_INTERVAL: Duration = Duration::from_secs(30);

/// What DescribeImages returns for an image that is deregistered, or too new to be visible.
const GONE: [&str; 2] = ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"];

/// A registration in progress: a state machine without I/O, clock or randomness.
///
/// Ask [`next`](Self::next) what to do. After [`Step::Send`], report the result with [`answered`](Self::answered) or
/// [`failed`](Self::failed). See the [module](self) for the loop.
///
/// Clones are independent. Driving both sends the request twice.
#[derive(Clone, Debug)]
pub struct Call {
    request: ValidRequest,
    endpoint: Endpoint,
    /// Facts that replace those of the validation.
    facts: Option<Facts>,
    retry: RetryConfig,
    look_up_timeout: Duration,
    mark: Option<Mark>,
    /// The next request, or the one in progress.
    target: Target,
    state: State,
    /// How many RegisterImage requests were handed out.
    attempts: u32,
    /// How many look-ups were handed out.
    look_ups: u32,
    /// How many look-ups in a row failed for a reason that does not pass.
    denials: u32,
    /// How much of the time for look-ups is used.
    looked: Duration,
    /// Whether any attempt so far may have registered the image.
    effect: Effect,
    /// The result of the last attempt to register.
    cause: Option<Cause>,
    /// The image that EC2 named: as the holder of the name, or as the one that it just assigned.
    named: Option<ImageId>,
    /// The most complete look-up of an image that holds the name.
    seen: Option<Box<Seen>>,
    /// Whether EC2 just assigned the named image, as an error about it proves.
    is_assigned: bool,
    /// Whether look-ups showed the named image as deregistered, or did not find it.
    is_gone: bool,
    /// Why the last look-up failed.
    look_up_error: Option<Cause>,
}

#[derive(Clone, Debug, PartialEq)]
enum Target {
    Register,
    /// The image with this ID.
    Image(ImageId),
    /// The image that has this name.
    Name(ImageName),
}

#[derive(Clone, Debug)]
enum State {
    Ready,
    /// The caller has the request and did not report the result yet.
    Sent,
    /// A wait before the next attempt, at least as long as the service asked for.
    Backoff(Option<Duration>),
    /// A wait that the time for look-ups pays for.
    Interval(Option<Duration>),
    /// A wait that an earlier process did not complete.
    Pause(Duration),
    /// The caller waits.
    Waiting(Duration),
    Done(Box<Outcome>),
}

/// The caller asked for the next step without a report on the last request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the result of the request was not reported, so it may have been sent")]
struct NotReported;

impl Call {
    /// Returns a call that sends this request to this endpoint.
    ///
    /// It retries like [`RetryConfig::standard`]: at most 3 attempts, with waits of up to 1 s and up to 2 s, unless the
    /// service asks for more. Look-ups have 5 minutes.
    ///
    /// If the request was validated with facts of another Region than the endpoint, the call does not send it. It gives up
    /// with [`Cause::OtherRegion`]. [`ValidRequest::check_region`] reports this earlier.
    #[must_use]
    pub fn new(request: ValidRequest, endpoint: Endpoint) -> Self {
        Self {
            request,
            endpoint,
            facts: None,
            retry: RetryConfig::standard(),
            look_up_timeout: Duration::from_secs(300),
            mark: None,
            target: Target::Register,
            state: State::Ready,
            attempts: 0,
            look_ups: 0,
            denials: 0,
            looked: Duration::ZERO,
            effect: Effect::Nothing,
            cause: None,
            named: None,
            seen: None,
            is_assigned: false,
            is_gone: false,
            look_up_error: None,
        }
    }

    /// Sets the retries of RegisterImage: `max_attempts` (0 counts as 1), `initial_backoff` and `max_backoff`.
    ///
    /// The mode, the reconnect mode and the static exponential base are ignored: an adaptive rate needs a clock, a
    /// connection belongs to the transport, and the jitter comes from the caller. The type is that of the official SDK's
    /// configuration.
    ///
    /// After an attempt whose effect is unknown, a wait is at least 1 s, whatever this says.
    #[must_use]
    pub fn retry_config(mut self, retry: RetryConfig) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how long the call looks for an image of its own; default: 5 minutes, as AWS advises.
    ///
    /// It is the sum of the waits between look-ups, which grow from 2 s to 30 s. The call uses it only while an image of
    /// the caller's may exist. With zero, each taken name is looked up once.
    #[must_use]
    pub fn look_up_timeout(mut self, timeout: Duration) -> Self {
        self.look_up_timeout = timeout;
        self
    }

    /// Sets what is known of account and snapshots, for the comparison with the image that holds the name.
    ///
    /// Default: the [facts of the validation](ValidRequest::facts), unless they are of another Region than the endpoint.
    /// These facts do not replace a validation with facts of the right Region.
    ///
    /// # Errors
    /// If the facts are of another Region than the endpoint.
    pub fn facts(mut self, facts: Facts) -> Result<Self, OtherRegion> {
        facts.check_region(&self.endpoint)?;
        self.facts = Some(facts);
        self.assess_again();
        Ok(self)
    }

    /// States that an earlier call, in this process or another, may have sent this request.
    ///
    /// The call then waits at least 1 s before it sends the request, never says that nothing was registered, and looks for
    /// the image after a rejection. A dry run ignores it. Only the name prevents a second image, so do not call this for a
    /// request without one.
    #[must_use]
    pub fn earlier_attempts(mut self) -> Self {
        self.note(Effect::Unknown);
        if self.effect == Effect::Unknown && self.attempts == 0 && matches!(self.state, State::Ready) {
            self.state = State::Backoff(None);
        }
        self
    }

    /// Uses the request's tag with this key as proof that an image was registered for this request.
    ///
    /// EC2 tags an image when it registers it, or does not register it. A later process that makes the same request then
    /// finds the image of an earlier one. Default: nothing proves the origin.
    ///
    /// A plain value must be unique per image, not per build: a build that makes two images, or that runs again with a new
    /// snapshot, needs a new value for each. A plain value proves the origin only, so fields that DescribeImages never
    /// returns, such as UEFI data, stay unproven.
    ///
    /// A value from [`content_marker`](crate::builder::RegisterImage::content_marker) contains the
    /// [fingerprint](crate::RegisterImageRequest::fingerprint) of the request. It proves these fields as well, and can be
    /// that of a whole build. An image with the same value and another fingerprint is a different image.
    ///
    /// # Errors
    /// If the request gives the image no such tag, or one with an empty value. If the value contains the fingerprint of
    /// another request. If EC2 copies tags with such a key.
    pub fn marker(mut self, key: &str) -> Result<Self, NoMarker> {
        self.mark = Some(Mark::of_request(self.request.request(), key)?);
        self.assess_again();
        Ok(self)
    }

    /// Returns whether an image may have been registered so far.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect_now()
    }

    /// Returns how many RegisterImage requests were handed out so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns what to do now.
    ///
    /// `jitter` is a random number from 0 to 1 that shortens a wait, so that clients that were throttled together do not
    /// come back together. It counts where the result is [`Step::Wait`]. A wait between attempts is never longer than
    /// `max_backoff`, and within that no shorter than the service asked for; after an attempt with an unknown effect it is
    /// at least 1 s. A wait between look-ups is at least 1 s.
    ///
    /// If the caller asks without a report on the last request, the call assumes that it may have been sent.
    pub fn next(&mut self, jitter: f64) -> Step<Outcome> {
        if let State::Sent = self.state {
            self.failed(Failure::Unclear(NotReported));
        }
        self.recover();
        let wait = match &self.state {
            State::Backoff(at_least) => self.backoff(jitter, at_least.unwrap_or_default()),
            State::Interval(at_least) => {
                let wait = self.interval(jitter, at_least.unwrap_or_default());
                self.looked += wait;
                wait
            }
            State::Pause(wait) => *wait,
            State::Ready | State::Sent | State::Waiting(_) | State::Done(_) => return self.send(),
        };
        self.state = State::Waiting(wait);
        Step::Wait(wait)
    }

    /// Ends with the image that was seen, if it is the requested one by what it is compared with now.
    fn recover(&mut self) {
        if !self.is_dry_run()
            && !matches!(self.state, State::Done(_) | State::Sent)
            && let Some(seen) = self.seen.take_if(|seen| seen.is_the_wanted_one())
        {
            self.end(Outcome::Recovered(Box::new(Recovered::of(*seen))));
        }
    }

    fn send(&mut self) -> Step<Outcome> {
        let is_over = matches!(self.state, State::Done(_));
        if !is_over && self.target == Target::Register && self.attempts > 0 && !self.may_register_again() {
            // An earlier process sent the last one.
            self.conclude();
        } else if !is_over
            && self.target == Target::Register
            && let Err(error) = self.request.check_region(&self.endpoint)
        {
            self.cause = Some(Cause::OtherRegion(error));
            self.conclude();
        }
        if let State::Done(outcome) = &self.state {
            return Step::Done(Outcome::clone(outcome));
        }
        self.state = State::Sent;
        let (mut request, info) = match &self.target {
            Target::Register => {
                self.attempts += 1;
                let info = RequestInfo::new(Action::RegisterImage, self.attempts, Purpose::Register);
                (query::encode_request(&self.request, &self.endpoint), info)
            }
            Target::Image(id) => {
                self.look_ups += 1;
                let info = RequestInfo::new(Action::DescribeImages, self.look_ups, Purpose::LookUpById);
                (images::encode_request_by_id(id, &self.endpoint), info)
            }
            Target::Name(name) => {
                self.look_ups += 1;
                let info = RequestInfo::new(Action::DescribeImages, self.look_ups, Purpose::LookUpByName);
                (images::encode_request_by_name(name, &self.endpoint), info)
            }
        };
        request.extensions_mut().insert(info);
        Step::Send(request)
    }

    /// Reports the response to the last request, whatever its status.
    ///
    /// Ignored unless the call is waiting for a response.
    pub fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        let State::Sent = self.state else { return };
        match self.target {
            Target::Register => match xml::decode_response(response) {
                Ok(Accepted::Registered(image)) if self.is_dry_run() => {
                    // Something on the way lost the flag. The image exists, and was not wanted.
                    self.effect = Effect::Unknown;
                    self.named = Some(image.image_id);
                    self.is_assigned = true;
                    self.cause = Some(Cause::DryRunRegistered);
                    self.conclude();
                }
                Ok(Accepted::Registered(image)) => self.end(Outcome::Registered(image)),
                Ok(Accepted::DryRunPassed(passed)) if self.effect == Effect::Nothing => {
                    self.end(Outcome::DryRunPassed(passed));
                }
                // An earlier attempt was no dry run, so the request is none; something on the way made it one.
                Ok(Accepted::DryRunPassed(passed)) => self.refused(ServiceError::of_dry_run(&passed).into()),
                Err(error) => self.refused(error),
            },
            Target::Image(_) | Target::Name(_) => match images::decode_response(response) {
                Ok(images) => self.looked_up(images),
                Err(error) if error.code().is_some_and(|code| GONE.contains(&code.without_prefix())) => {
                    self.denials = 0;
                    self.look_up_error = Some(Cause::Answered(error));
                    self.not_there();
                }
                Err(error) => {
                    let retry_after = error.retry_after();
                    self.denials = if may_pass(&error) { 0 } else { self.denials + 1 };
                    self.look_up_error = Some(Cause::Answered(error));
                    self.look_again(retry_after);
                }
            },
        }
    }

    /// Reports that there is no response to the last request.
    ///
    /// Ignored unless the call is waiting for a response.
    pub fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        let State::Sent = self.state else { return };
        let (error, effect, is_permanent) = match failure {
            Failure::NotSent(error) => (error, Effect::Nothing, false),
            Failure::Unclear(error) => (error, Effect::Unknown, false),
            Failure::Permanent(error) => (error, Effect::Nothing, true),
        };
        let cause = Cause::Transport { error: error.into().into(), is_permanent };
        if let Target::Register = self.target {
            self.note(effect);
            self.cause = Some(cause);
            if is_permanent { self.conclude() } else { self.try_again(None) }
        } else {
            self.look_up_error = Some(cause);
            if is_permanent { self.conclude() } else { self.look_again(None) }
        }
    }

    /// Ends the call now, with what is known.
    ///
    /// A request in progress counts as one that may have been sent. If the call is over, this returns its outcome.
    ///
    /// ```
    /// use ec2_register_image::{Endpoint, RegisterImageRequest, call::{Call, Outcome}, machine::Step};
    /// use ec2_register_image::response::Effect;
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
    /// let Step::Send(_) = call.next(0.5) else { unreachable!() };
    /// // Ctrl-C.
    /// let Outcome::GaveUp(gave_up) = call.stop() else { unreachable!() };
    /// assert_eq!(gave_up.effect, Effect::Unknown);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stop(&mut self) -> Outcome {
        self.recover();
        if !matches!(self.state, State::Done(_)) {
            self.effect = self.effect_now();
            if self.cause.is_none() || matches!((&self.state, &self.target), (State::Sent, Target::Register)) {
                self.cause = Some(Cause::Stopped);
            }
            self.conclude();
        }
        match &self.state {
            State::Done(outcome) => Outcome::clone(outcome),
            _ => GaveUp::of(self.effect, Cause::Stopped).into(),
        }
    }
}
