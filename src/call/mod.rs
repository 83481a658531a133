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
//! let mut call = Call::new(valid, Endpoint::of_region("eu-central-1")?).marker("build")?;
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
//! let Outcome::Recovered(image) = outcome else { panic!("{outcome}") };
//! assert_eq!(image.id, "ami-0123456789abcdef0");
//! #
//! # fn lost_answer() -> impl Iterator<Item = Result<http::Response<&'static str>, std::io::Error>> {
//! #     let respond = |status, body| Ok(http::Response::builder().status(status).body(body).unwrap());
//! #     [
//! #         Err(std::io::ErrorKind::ConnectionReset.into()),
//! #         respond(400, "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web-2026-11-23 is \
//! #             already in use by AMI ami-0123456789abcdef0</Message></Error></Errors></Response>"),
//! #         respond(200, "<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><imagesSet><item>\
//! #             <imageId>ami-0123456789abcdef0</imageId><tagSet><item><key>build</key><value>8c1f29d0</value></item></tagSet>\
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
//! - **It sends again** what was throttled, what failed in passing, and what may or may not have had an effect. That is
//!   safe, since EC2 gives a name to one image only.
//! - **A name that is taken is looked into.** EC2 says by which image, DescribeImages shows it. With the tag of
//!   [`marker`](Call::marker) the image is provably [this call's own](Outcome::Recovered). Without, it is
//!   [already there](Outcome::AlreadyThere): the same as the wanted one, a different one, or unclear. Where it may be the
//!   call's own and lacks nothing but tags, which may show later, it is looked at again.
//! - **What is not found proves nothing.** New images take a while to show. Once any attempt may have had an effect, the
//!   call never ends in [`Refused`](Outcome::Refused), nor says that nothing was registered.
//!
//! [`Outcome`] has an example of what to do with each. The call speaks EC2's query protocol, not the gateway's JSON. It
//! needs the permissions `ec2:RegisterImage`, and for the look-ups `ec2:DescribeImages`; without the latter, a taken name
//! is `AlreadyThere` and unclear.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::time::Duration;

use http::{Request, Response};

mod outcome;
mod run;

pub use aws_smithy_types::retry::RetryConfig;
pub use outcome::{AlreadyThere, Cause, Failure, GaveUp, Outcome};

use crate::endpoint::Endpoint;
use crate::facts::Facts;
use crate::model::{Image, ImagePath, Tag};
use crate::preview::{Comparison, preview};
use crate::response::{Accepted, Class, Detail, Effect, RegisterImageError, Retry, ServiceError};
use crate::rules::ValidRequest;
use crate::types::{ImageId, ImageName, ImageState, ResourceType};
use crate::wire::{Body, images, query, xml};

/// A registration under way: a state machine without I/O, clock or randomness.
///
/// Ask [`next`](Self::next) what to do; after [`Step::Send`] report what came of it with [`answered`](Self::answered) or
/// [`failed`](Self::failed). See the [module](self) for the loop.
///
/// A clone is a call of its own: to go on with both registers twice.
#[derive(Clone, Debug)]
pub struct Call {
    request: ValidRequest,
    endpoint: Endpoint,
    facts: Facts,
    retry: RetryConfig,
    marker: Option<Tag>,
    /// What is sent next, or is under way.
    target: Target,
    state: State,
    /// How often the target was sent.
    attempts: u32,
    /// Whether any attempt so far may have registered the image.
    effect: Effect,
    /// What the last attempt to register came to.
    cause: Option<Cause>,
}

#[derive(Clone, Debug)]
enum Target {
    Register,
    /// A look at the image that has the name.
    Image(ImageId),
    /// A search for whichever image has the name.
    Name(ImageName),
}

#[derive(Clone, Debug)]
enum State {
    Ready,
    /// The caller has the request, and has not said yet what came of it.
    Sent,
    /// To wait before the next attempt, at least as long as the service said.
    Waiting(Option<Duration>),
    Done(Box<Outcome>),
}

/// What the caller is to do; there are these three and no others.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a loop that passed over a step would not end")]
pub enum Step {
    /// Sign this request and send it, once, then report what came of it.
    Send(Request<Body>),
    /// Wait this long, then ask again.
    Wait(Duration),
    /// It is over; asked again, the call says the same again.
    Done(Outcome),
}

/// The request has no tag of the key that was to mark it, or one without a value, which marks nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the request gives the image no tag {key:?} with a value, so it cannot be told by that; add one before validation"
)]
#[non_exhaustive]
pub struct NoMarker {
    /// The key.
    pub key: String,
}

/// The call was asked for the next step before it was told what came of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody reported what came of the request, so it may have been sent")]
struct NotReported;

impl Call {
    /// A call that sends this request to this endpoint, with the retries of [`RetryConfig::standard`]: at most 3 attempts,
    /// and waits of up to 1 s, then of up to 2 s, unless the service asks for more.
    #[must_use]
    pub fn new(request: ValidRequest, endpoint: Endpoint) -> Self {
        Self {
            request,
            endpoint,
            facts: Facts::default(),
            retry: RetryConfig::standard(),
            marker: None,
            target: Target::Register,
            state: State::Ready,
            attempts: 0,
            effect: Effect::Nothing,
            cause: None,
        }
    }

    /// Retries as this says: `max_attempts` (0 is 1) for RegisterImage, and as many for a look-up by id and one by name;
    /// `initial_backoff` and `max_backoff` between them.
    ///
    /// Its mode, its reconnect mode and the static exponential base are ignored: an adaptive rate needs a clock, a
    /// connection is the transport's, and the jitter is the caller's. The type is that of the official SDK's configuration.
    #[must_use]
    pub fn retry_config(mut self, retry: RetryConfig) -> Self {
        self.retry = retry;
        self
    }

    /// What is known of account and snapshots, for the comparison with an image that has the name already.
    /// Default: nothing, which leaves more of it unclear.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// Takes the request's tag of this key as proof that an image is this call's own.
    ///
    /// EC2 tags an image in the moment it registers it, or does not register it. The value must be one that no other
    /// request has, such as the id of the build. A later process that makes the same request then finds the image of an
    /// earlier one. Default: nothing proves it.
    ///
    /// # Errors
    /// Where the request gives the image no such tag, or one with an empty value.
    pub fn marker(mut self, key: &str) -> Result<Self, NoMarker> {
        let tags = self.request.request().tag_specifications.iter().flatten();
        let mut tags = tags
            .filter(|specification| specification.resource_type == Some(ResourceType::IMAGE))
            .flat_map(|specification| specification.tags.iter().flatten());
        let has_value = |tag: &&Tag| tag.value.as_ref().is_some_and(|value| !value.is_empty());
        match tags.find(|tag| tag.key.as_deref() == Some(key)).filter(has_value).cloned() {
            Some(tag) => self.marker = Some(tag),
            None => return Err(NoMarker { key: key.into() }),
        }
        Ok(self)
    }

    /// What to do now.
    ///
    /// `jitter` is a random number from 0 to 1, by which a wait is multiplied, so that clients that were refused together
    /// do not come back together; it counts where the answer is [`Step::Wait`]. A wait is never longer than `max_backoff`,
    /// and within that no shorter than the service asked for.
    ///
    /// Asked before anything was reported of a request that it gave out, the call takes that request for one that may
    /// have been sent.
    pub fn next(&mut self, jitter: f64) -> Step {
        if let State::Sent = self.state {
            self.failed(Failure::Unclear(NotReported));
        }
        match &self.state {
            State::Waiting(at_least) => {
                let wait = self.backoff(jitter).max(at_least.unwrap_or_default()).min(self.retry.max_backoff());
                self.state = State::Ready;
                Step::Wait(wait)
            }
            State::Done(outcome) => Step::Done(Outcome::clone(outcome)),
            State::Ready | State::Sent => {
                self.state = State::Sent;
                self.attempts += 1;
                Step::Send(match &self.target {
                    Target::Register => query::request(&self.request, &self.endpoint),
                    Target::Image(id) => images::by_id(id, &self.endpoint),
                    Target::Name(name) => images::by_name(name, &self.endpoint),
                })
            }
        }
    }

    /// Reports the answer to the request that [`next`](Self::next) gave out last, whatever its status.
    ///
    /// A report that the call does not wait for, as one that comes late, is passed over.
    pub fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        let State::Sent = self.state else { return };
        match &self.target {
            Target::Register => match xml::decode(response) {
                Ok(Accepted::Registered(image)) => self.end(Outcome::Registered(image)),
                Ok(Accepted::DryRunPassed(passed)) if self.effect == Effect::Nothing => {
                    self.end(Outcome::DryRunPassed(passed));
                }
                // An earlier attempt was no dry run, so the request is none; something on the way made it one.
                Ok(Accepted::DryRunPassed(passed)) => self.refused(ServiceError::of_dry_run(&passed).into()),
                Err(error) => self.refused(error),
            },
            Target::Image(_) | Target::Name(_) => match images::decode(response) {
                Ok(images) => match self.pick(images) {
                    Some(image) => match self.judge(image) {
                        Outcome::AlreadyThere(there) if self.may_lack_tags(&there) => self.state = State::Waiting(None),
                        outcome => self.end(outcome),
                    },
                    None => self.not_found(true, None),
                },
                Err(error) => {
                    // A new image takes a while to show, under its id too.
                    let may_pass = error.retry() != Retry::Never
                        || error.as_unreadable().is_some()
                        || error.code().is_some_and(|code| *code == "InvalidAMIID.NotFound");
                    self.not_found(may_pass, error.retry_after());
                }
            },
        }
    }

    /// Reports that there is no answer to the request that [`next`](Self::next) gave out last.
    ///
    /// A report that the call does not wait for is passed over.
    pub fn failed<E: Into<Box<dyn core::error::Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        let State::Sent = self.state else { return };
        let (error, effect) = match failure {
            Failure::NotSent(error) => (error, Effect::Nothing),
            Failure::Unclear(error) => (error, Effect::Unknown),
        };
        match self.target {
            Target::Register => {
                self.note(effect);
                self.try_again(Cause::Transport(error.into().into()), None);
            }
            Target::Image(_) | Target::Name(_) => self.not_found(true, None),
        }
    }

    /// Keeps in mind what an attempt may have done.
    fn note(&mut self, effect: Effect) {
        // A dry run registers nothing, whatever becomes of its answer.
        if effect == Effect::Unknown && self.request.request().dry_run != Some(true) {
            self.effect = Effect::Unknown;
        }
    }

    /// What follows from an answer to RegisterImage that is no success.
    fn refused(&mut self, error: RegisterImageError) {
        let effect = error.effect();
        self.note(effect);
        if error.class() == Class::NameTaken {
            let by = holder(&error).map_or_else(|| self.by_name(), Target::Image);
            self.cause = Some(Cause::Accepted(error));
            self.look_up(by);
        } else if error.retry() != Retry::Never || effect == Effect::Unknown {
            let retry_after = error.retry_after();
            self.try_again(Cause::Accepted(error), retry_after);
        } else if self.effect == Effect::Unknown {
            // Of this attempt nothing came, but of an earlier one perhaps.
            self.cause = Some(Cause::Accepted(error));
            self.look_up(self.by_name());
        } else {
            self.end(Outcome::Refused(error));
        }
    }

    /// What follows from an attempt to register that another may mend.
    fn try_again(&mut self, cause: Cause, retry_after: Option<Duration>) {
        self.cause = Some(cause);
        if self.attempts < self.max_attempts() {
            self.state = State::Waiting(retry_after);
        } else if self.effect == Effect::Unknown {
            self.look_up(self.by_name());
        } else {
            self.give_up();
        }
    }

    fn by_name(&self) -> Target {
        // A policy may let a request without a name pass; no image has an empty one.
        Target::Name(self.request.request().name.clone().unwrap_or_else(|| ImageName::new("")))
    }

    fn look_up(&mut self, by: Target) {
        self.target = by;
        self.attempts = 0;
        self.state = State::Ready;
    }

    /// What follows from a look-up that showed no image.
    fn not_found(&mut self, may_pass: bool, retry_after: Option<Duration>) {
        if may_pass && self.attempts < self.max_attempts() {
            self.state = State::Waiting(retry_after);
        } else if let (Target::Image(_), Effect::Unknown) = (&self.target, self.effect) {
            // That image may be gone, and what an earlier attempt registered may have the name.
            self.look_up(self.by_name());
        } else if let Some(Cause::Accepted(error)) = &self.cause
            && error.class() == Class::NameTaken
        {
            self.end(AlreadyThere::unseen(holder(error)).into());
        } else {
            self.give_up();
        }
    }

    /// The image that was looked for.
    fn pick(&self, images: Vec<Image>) -> Option<Image> {
        let is_looked_for = |image: &Image| match &self.target {
            Target::Image(id) => image.id == *id,
            _ => image.name == self.request.request().name,
        };
        // An image that was deregistered may show for a while, and has the name no more.
        images.into_iter().find(|image| is_looked_for(image) && image.state != Some(ImageState::DEREGISTERED))
    }

    /// Whose image it is that has the name.
    fn judge(&self, image: Image) -> Outcome {
        let is_marker = |tag: &Tag| self.marker.as_ref() == Some(tag);
        if image.tags.iter().flatten().any(is_marker) {
            return Outcome::Recovered(Box::new(image));
        }
        let comparison = preview(&self.request, &self.facts).compare(&image);
        AlreadyThere { image_id: Some(image.id.clone()), comparison: Some(comparison), image: Some(image) }.into()
    }

    /// Whether this may be our own image, whose tags show later than itself, and there is time to wait for them.
    fn may_lack_tags(&self, there: &AlreadyThere) -> bool {
        let differs_in_tags_alone =
            there.comparison.iter().flat_map(Comparison::differences).all(|compared| compared.place == ImagePath::Tags);
        let may_be_own = self.marker.is_some() && self.effect == Effect::Unknown;
        may_be_own && differs_in_tags_alone && self.attempts < self.max_attempts()
    }

    fn give_up(&mut self) {
        if let Some(cause) = self.cause.take() {
            let name = self.request.request().name.clone();
            self.end(GaveUp { effect: self.effect, cause, name }.into());
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.state = State::Done(Box::new(outcome));
    }

    fn max_attempts(&self) -> u32 {
        self.retry.max_attempts().max(1)
    }

    /// How long to wait after this many attempts: twice as long after each, times the jitter.
    fn backoff(&self, jitter: f64) -> Duration {
        let doubled = 1_u32.checked_shl(self.attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let most = self.retry.initial_backoff().saturating_mul(doubled).min(self.retry.max_backoff());
        // What is no number from 0 to 1 makes the wait a whole one.
        let jitter = if (0.0..=1.0).contains(&jitter) { jitter } else { 1.0 };
        Duration::try_from_secs_f64(most.as_secs_f64() * jitter).unwrap_or(most).min(most)
    }
}

/// The image that has the name, where EC2 says which.
fn holder(duplicate: &RegisterImageError) -> Option<ImageId> {
    match duplicate.detail() {
        Some(Detail::NameInUse { image_id, .. }) => Some(image_id),
        _ => None,
    }
}
