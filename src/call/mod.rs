//! The call that registers an image over a network that loses answers, and knows what a lost one may have done.
//!
//! RegisterImage has no client token. An answer that is lost on the way leaves open whether there is an image now, and a
//! client that simply tries again is told [`InvalidAMIName.Duplicate`](crate::response::ErrorCode::INVALID_AMI_NAME_DUPLICATE), by its own image. [`Call`] knows
//! this. It says what to do next, and is told what came of it; sending and sleeping are yours:
//!
//! ```
//! use ec2_register_image::{Endpoint, builder::*, types::Architecture};
//! use ec2_register_image::call::{Call, Failure, Outcome, Step};
//!
//! let valid = RegisterImage::named("web-2026-11-23")
//!     .hvm(Architecture::ARM64)
//!     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0").volume_type(Gp3::new()))
//!     .ena_support(true)
//!     .tag("build", "8c1f29d0")
//!     .validate()?;
//! let mut call = Call::new(valid, Endpoint::from_region("eu-central-1")?).marker("build")?;
//!
//! # let mut answers = lost_answer();
//! # let mut send = move |_| answers.next().unwrap();
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
//! // The answer was lost, and EC2 refused the second attempt. The tag proves whose image has the name.
//! let Outcome::Recovered(recovered) = outcome else { panic!("{outcome}") };
//! assert_eq!(recovered.image.id, "ami-0123456789abcdef0");
//! #
//! # fn lost_answer() -> impl Iterator<Item = Result<http::Response<&'static str>, std::io::Error>> {
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
//!    Or the failure is permanent, or no attempts are left and none had an effect.
//! 2. Another attempt may succeed, and attempts are left.
//! 3. The name is taken, the response names an image, or an attempt has an unknown effect and no other attempt follows.
//! 4. The image is settled: it is the requested one, or another one. Or no time is left for look-ups.
//! 5. The image that held the name is gone, and attempts are left.
//! 6. The image may become visible later, and time is left.
//!
//! [`stop`](Call::stop) ends the call in any state.
//!
//! [`Outcome`] has an example of what to do with each. The call speaks EC2's query protocol, not the gateway's JSON. It
//! needs the permissions `ec2:RegisterImage` and, for the look-ups, `ec2:DescribeImages`. Without the latter, a taken name
//! is `AlreadyThere` and unclear, and [`look_up_error`](AlreadyThere::look_up_error) says why.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{error::Error, time::Duration};

use http::Response;

mod checkpoint;
mod drive;
mod evidence;
mod outcome;

pub use crate::machine::{Action, Failure, Machine, Purpose, RequestInfo, Step};
pub use aws_smithy_types::retry::RetryConfig;
pub use checkpoint::{Checkpoint, ResumeError};
pub use evidence::Marker;
pub use outcome::{AlreadyThere, Cause, Earlier, GaveUp, NoImage, Outcome, Recovered};

use self::evidence::{Mark, Seen};
use crate::endpoint::Endpoint;
use crate::facts::{Facts, OtherRegion};
use crate::model::Image;
use crate::preview::preview;
use crate::response::{Accepted, Class, Detail, Effect, RegisterImageError, Retry, ServiceError};
use crate::rules::ValidRequest;
use crate::types::{ImageId, ImageName, ImageState};
use crate::wire::{images, query, xml};

/// The shortest wait between two look-ups, and before a request that follows an attempt with an unknown effect.
const MIN_WAIT: Duration = Duration::from_secs(1);

/// The longest first wait between two look-ups; it doubles up to [`MAX_INTERVAL`].
const FIRST_INTERVAL: Duration = Duration::from_secs(2);

/// The longest wait between two look-ups, unless the service asks for more.
const MAX_INTERVAL: Duration = Duration::from_secs(30);

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
    facts: Facts,
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
    /// Whichever image has this name.
    Name(ImageName),
}

#[derive(Clone, Debug)]
enum State {
    Ready,
    /// The caller has the request, and has not reported the result.
    Sent,
    /// A wait before the next attempt, at least as long as the service asked for.
    Backoff(Option<Duration>),
    /// A wait that the time for look-ups pays for.
    Interval(Option<Duration>),
    Done(Box<Outcome>),
}

/// The marker cannot prove the origin of an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoMarker {
    /// The request gives the image no tag with this key, or one with an empty value.
    #[error("the request gives the image no tag {key:?} with a value; add one before validation")]
    Missing {
        /// The key.
        key: String,
    },
    /// The value contains the fingerprint of another request, so the request changed after the marker was added.
    #[error("the tag {key:?} contains the fingerprint of another request; add the marker after all other settings")]
    OtherContent {
        /// The key.
        key: String,
    },
    /// EC2 copies tags with this prefix to copies of the image, so they do not prove its origin.
    #[error(
        "the tag {key:?} cannot be a marker: EC2 copies tags whose key starts with `ec2:SharedTag/`; use another key"
    )]
    Shared {
        /// The key.
        key: String,
    },
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
    #[must_use]
    pub fn new(request: ValidRequest, endpoint: Endpoint) -> Self {
        Self {
            request,
            endpoint,
            facts: Facts::default(),
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
    /// Default: nothing, so more of the comparison is unclear.
    ///
    /// # Errors
    /// If the facts are of another Region than the endpoint.
    pub fn facts(mut self, facts: Facts) -> Result<Self, OtherRegion> {
        facts.check_region(&self.endpoint)?;
        self.facts = facts;
        // An image of a checkpoint was compared without them.
        let seen = self.seen.take();
        self.seen = seen.map(|seen| Box::new(self.assess(seen.image)));
        Ok(self)
    }

    /// States that an earlier call, in this process or another, may have sent this request.
    ///
    /// The call then never says that nothing was registered, and looks for the image after a rejection. A dry run ignores it.
    #[must_use]
    pub fn earlier_attempts(mut self) -> Self {
        self.note(Effect::Unknown);
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
        if key.starts_with("ec2:SharedTag/") {
            return Err(NoMarker::Shared { key: key.into() });
        }
        let request = self.request.request();
        let tag = request.image_tag(key).filter(|tag| tag.value.as_ref().is_some_and(|value| !value.is_empty()));
        let tag = tag.cloned().ok_or_else(|| NoMarker::Missing { key: key.into() })?;
        let mark = Mark::new(tag, request.fingerprint()).ok_or_else(|| NoMarker::OtherContent { key: key.into() })?;
        self.mark = Some(mark);
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
        match &self.state {
            State::Backoff(at_least) => {
                let wait = self.backoff(jitter, at_least.unwrap_or_default());
                self.state = State::Ready;
                Step::Wait(wait)
            }
            State::Interval(at_least) => {
                let wait = self.interval(jitter, at_least.unwrap_or_default());
                self.looked += wait;
                self.state = State::Ready;
                Step::Wait(wait)
            }
            State::Done(outcome) => Step::Done(Outcome::clone(outcome)),
            State::Ready | State::Sent => {
                self.state = State::Sent;
                self.send()
            }
        }
    }

    fn send(&mut self) -> Step<Outcome> {
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
                Err(error) if error.code().is_some_and(|code| code.without_prefix() == "InvalidAMIID.NotFound") => {
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
    /// use ec2_register_image::{Endpoint, RegisterImageRequest, call::{Call, Outcome, Step}};
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

    /// Remembers what an attempt may have done.
    fn note(&mut self, effect: Effect) {
        // A dry run registers nothing, whatever becomes of its response.
        if effect == Effect::Unknown && !self.is_dry_run() {
            self.effect = Effect::Unknown;
        }
    }

    fn effect_now(&self) -> Effect {
        let is_sent = matches!((&self.state, &self.target), (State::Sent, Target::Register)) && !self.is_dry_run();
        if is_sent { Effect::Unknown } else { self.effect }
    }

    fn is_dry_run(&self) -> bool {
        self.request.request().dry_run == Some(true)
    }

    /// Continues after a response to RegisterImage that is no success.
    fn refused(&mut self, error: RegisterImageError) {
        self.note(error.effect());
        let retry_after = error.retry_after();
        let (is_taken, may_pass) = (error.class() == Class::NameTaken, may_pass(&error));
        let named = named(&error);
        let effect = error.effect();
        self.cause = Some(Cause::Answered(error));
        if named.is_some() && named != self.named {
            self.is_assigned = !is_taken;
            self.named.clone_from(&named);
            self.is_gone = false;
            self.seen = self.seen.take().filter(|seen| named.as_ref() == Some(&seen.image.id));
        }
        if is_taken || named.is_some() {
            self.look_up();
        } else if may_pass || effect == Effect::Unknown {
            self.try_again(retry_after);
        } else if self.effect == Effect::Unknown {
            // This attempt registered nothing, but an earlier one may have.
            self.look_up();
        } else if let Some(Cause::Answered(error)) = self.cause.take() {
            self.end(Outcome::Refused(error));
        }
    }

    /// Continues after an attempt to register that another attempt may make good.
    fn try_again(&mut self, retry_after: Option<Duration>) {
        self.target = Target::Register;
        if self.attempts < self.max_attempts() {
            self.state = State::Backoff(retry_after);
        } else if self.effect == Effect::Unknown || self.named.is_some() {
            self.look_up();
        } else {
            self.conclude();
        }
    }

    /// Looks for the named image, or else for the image that has the name.
    fn look_up(&mut self) {
        self.denials = 0;
        if self.is_gone && !self.is_assigned && !self.is_name_taken() {
            // It had the name before the last attempt, which another image may have now.
            self.named = None;
            self.is_gone = false;
        }
        let by_name = || self.request.request().name.clone().filter(|name| !name.as_str().is_empty()).map(Target::Name);
        match self.named.clone().map(Target::Image).or_else(by_name) {
            Some(target) => {
                self.target = target;
                self.state = State::Ready;
            }
            None => self.conclude(),
        }
    }

    /// Continues after a look-up that could be read.
    fn looked_up(&mut self, images: Vec<Image>) {
        self.denials = 0;
        self.look_up_error = None;
        let name = &self.request.request().name;
        let is_wanted = |image: &Image| match &self.target {
            Target::Image(id) => image.id == *id,
            Target::Register | Target::Name(_) => name.is_some() && image.name == *name,
        };
        let image = images.into_iter().find(is_wanted);
        match image {
            Some(image) if image.state.as_ref().map(ImageState::as_str) == Some("deregistered") => {
                self.is_gone = true;
                self.named.get_or_insert(image.id);
                self.seen = None;
                self.not_there();
            }
            Some(image) => self.judge(image),
            None => self.not_there(),
        }
    }

    fn assess(&self, image: Image) -> Seen {
        let comparison = preview(&self.request, &self.facts).compare(&image);
        Seen::new(image, comparison, self.mark.as_ref())
    }

    /// Continues after a look-up that showed the image that has the name.
    fn judge(&mut self, image: Image) {
        let seen = self.assess(image);
        self.is_gone = false;
        if !self.is_dry_run() && seen.is_the_wanted_one() {
            return self.end(Outcome::Recovered(Box::new(Recovered::of(seen))));
        }
        let is_settled = self.is_dry_run() || seen.is_settled(self.mark.is_some(), self.effect);
        let is_better =
            self.seen.as_ref().is_none_or(|last| last.image.id != seen.image.id || last.rank() <= seen.rank());
        if is_better {
            self.seen = Some(Box::new(seen));
        }
        if is_settled { self.conclude() } else { self.look_again(None) }
    }

    /// Continues after a look-up that showed no image, or one that has the name no more.
    fn not_there(&mut self) {
        if let (Target::Image(_), None) = (&self.target, &self.seen) {
            self.is_gone = true;
        }
        let may_be_free = self.seen.is_none() && self.cause.as_ref().is_none_or(Cause::may_pass);
        if may_be_free && self.attempts < self.max_attempts() {
            self.target = Target::Register;
            self.state = if self.has_time() { State::Interval(None) } else { State::Backoff(None) };
            return;
        }
        // The named image may be gone, and the call's own may have the name; or the other way around.
        let name = self.request.request().name.clone().filter(|name| !name.as_str().is_empty());
        self.target = match (&self.target, &self.named, name) {
            (Target::Image(_), _, Some(name)) if self.effect == Effect::Unknown => Target::Name(name),
            (Target::Name(_), Some(id), _) => Target::Image(id.clone()),
            (target, ..) => target.clone(),
        };
        self.look_again(None);
    }

    /// Looks again while there is time and an image of the caller's may exist.
    fn look_again(&mut self, retry_after: Option<Duration>) {
        let may_be_own = self.effect == Effect::Unknown || (self.mark.is_some() && !self.is_dry_run());
        let is_worth_it = (may_be_own || self.look_ups < self.max_attempts()) && self.denials < self.max_attempts();
        if is_worth_it && self.has_time() {
            self.state = State::Interval(retry_after);
        } else {
            self.conclude();
        }
    }

    fn has_time(&self) -> bool {
        self.look_up_timeout.saturating_sub(self.looked) >= MIN_WAIT
    }

    fn is_name_taken(&self) -> bool {
        self.cause.as_ref().is_some_and(Cause::is_name_taken)
    }

    /// Ends with what is known.
    fn conclude(&mut self) {
        let look_up_error = self.look_up_error.clone();
        let named = self.named.clone();
        let is_marked = self.mark.is_some();
        let seen = self.seen.clone();
        if seen.is_some() || self.is_name_taken() {
            let there = AlreadyThere::of(seen, named, self.is_gone, self.effect, is_marked, look_up_error);
            return self.end(there.into());
        }
        let gave_up = GaveUp {
            name: self.request.request().name.clone(),
            image_id: named.filter(|_| self.is_assigned),
            look_up_error,
            ..GaveUp::of(self.effect, self.cause.clone().unwrap_or(Cause::Stopped))
        };
        self.end(gave_up.into());
    }

    fn end(&mut self, outcome: Outcome) {
        self.state = State::Done(Box::new(outcome));
    }

    fn max_attempts(&self) -> u32 {
        self.retry.max_attempts().max(1)
    }

    /// Returns the wait after this many attempts: twice as long after each, times the jitter.
    fn backoff(&self, jitter: f64, at_least: Duration) -> Duration {
        let doubled = 1_u32.checked_shl(self.attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let most = self.retry.initial_backoff().saturating_mul(doubled).min(self.retry.max_backoff());
        let wait = part(most, fraction(jitter)).max(at_least).min(self.retry.max_backoff());
        if self.effect == Effect::Unknown { wait.max(MIN_WAIT) } else { wait }
    }

    /// Returns the wait between look-ups: twice as long after each, of which the jitter can take half.
    fn interval(&self, jitter: f64, at_least: Duration) -> Duration {
        let doubled = 1_u32.checked_shl(self.look_ups.saturating_sub(1)).unwrap_or(u32::MAX);
        let most = FIRST_INTERVAL.saturating_mul(doubled).min(MAX_INTERVAL);
        let wait = part(most, f64::midpoint(1.0, fraction(jitter)));
        let left = self.look_up_timeout.saturating_sub(self.looked);
        wait.max(at_least.min(self.retry.max_backoff())).max(MIN_WAIT).min(left)
    }
}

/// Returns the jitter; what is no number from 0 to 1 makes the wait a whole one.
fn fraction(jitter: f64) -> f64 {
    if (0.0..=1.0).contains(&jitter) { jitter } else { 1.0 }
}

fn part(most: Duration, fraction: f64) -> Duration {
    Duration::try_from_secs_f64(most.as_secs_f64() * fraction).unwrap_or(most).min(most)
}

/// Whether the same request may fare better in a moment.
///
/// An unreadable response may hide any other, unless it is a redirect. The status 429 is throttling, whatever the code.
fn may_pass(error: &RegisterImageError) -> bool {
    let may_hide_another = error.as_unreadable().is_some() && !error.status().is_redirection();
    error.retry() != Retry::Never || may_hide_another || error.status().as_u16() == 429
}

/// Returns the image that EC2 names: the one that holds the name, or the one that it just assigned.
fn named(error: &RegisterImageError) -> Option<ImageId> {
    match error.detail() {
        Some(Detail::NameInUse { image_id, .. }) => Some(image_id),
        Some(Detail::Image { image_id }) if error.code()?.without_prefix().starts_with("InvalidAMIID.") => {
            Some(image_id)
        }
        _ => None,
    }
}
