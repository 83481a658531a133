//! The progress of a call, to save and to resume.

use alloc::{boxed::Box, string::String, string::ToString as _};
use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::outcome::{Earlier, Recovered};
use super::{Call, Cause, Failure, NoMarker, NotReported, Outcome, State, Target};
use crate::endpoint::Endpoint;
use crate::model::{Fingerprint, Image};
use crate::response::{Effect, RegisterImageResponse};
use crate::rules::ValidRequest;
use crate::types::ImageId;
use crate::wire::query;

const VERSION: u8 = 1;

/// The progress of a [`Call`], as plain data with serde. [`Call::resume`] continues from it.
///
/// It contains neither the request nor the settings of the call, except the key of the marker. A SHA-256 digest of the
/// whole form body identifies the request, so tags and dry run count as well. The JSON has a version, and reading another
/// version fails. Its other members may change with the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Checkpoint {
    #[serde(deserialize_with = "version")]
    version: u8,
    /// The digest of the form body.
    body: Fingerprint,
    /// The key of the marker tag.
    marker: Option<String>,
    phase: Phase,
    attempts: u32,
    look_ups: u32,
    denials: u32,
    looked_millis: u64,
    /// Whether any attempt so far may have registered the image.
    may_be_registered: bool,
    cause: Option<Earlier>,
    named: Option<ImageId>,
    image: Option<Image>,
    is_assigned: bool,
    is_gone: bool,
    look_up_error: Option<Earlier>,
}

/// What the call does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
enum Phase {
    /// Registers, after a wait if it did so before.
    Register { retry_after_millis: Option<u64> },
    /// Registers after a wait that the time for look-ups pays for.
    RegisterAfterLookUp,
    /// Looks up the image with this ID, or the image that has the name.
    LookUp { image_id: Option<ImageId>, is_after_wait: bool, retry_after_millis: Option<u64> },
    /// The call is over. A resumed call registered this image, or starts again with what is known.
    Over { registered: Option<ImageId>, request_id: Option<String> },
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => {
            Err(de::Error::custom(format_args!("checkpoint version {other} is not supported, expected {VERSION}")))
        }
    }
}

/// A checkpoint cannot be resumed with this request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The checkpoint is that of another request.
    #[error("the checkpoint belongs to another request; resume with the request that it was taken for")]
    OtherRequest,
    /// The checkpoint has a marker that the request does not have.
    #[error(transparent)]
    Marker(#[from] NoMarker),
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn body_of(request: &ValidRequest) -> Fingerprint {
    Fingerprint::of_body(query::encode_body(request).as_str().as_bytes())
}

impl Call {
    /// Returns the progress so far, to save before the next step is carried out.
    ///
    /// Save it after each [`next`](Self::next), before you send or wait. A request in progress counts as possibly sent. A
    /// checkpoint from before the first `next` states that nothing was sent, so it is of no use once a request is sent.
    ///
    /// ```
    /// use ec2_register_image::{Endpoint, RegisterImageRequest, call::{Call, Checkpoint, Step}};
    /// use ec2_register_image::response::Effect;
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let (valid, endpoint) = (request.validate()?, Endpoint::from_region("eu-central-1")?);
    /// let mut call = Call::new(valid.clone(), endpoint.clone());
    /// let Step::Send(_) = call.next(0.5) else { unreachable!() };
    /// let saved = serde_json::to_string(&call.checkpoint())?;
    /// // The process crashes here, and another one continues.
    /// let checkpoint: Checkpoint = serde_json::from_str(&saved)?;
    /// let call = Call::resume(valid, endpoint, checkpoint)?;
    /// assert_eq!((call.attempts(), call.effect()), (1, Effect::Unknown));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        if let State::Sent = self.state {
            let mut lost = self.clone();
            lost.failed(Failure::Unclear(NotReported));
            if let State::Done(_) = lost.state {
                // Nothing is left to spend, and a crash must not renew it. The resumed call looks once more.
                lost.state = State::Ready;
                return Checkpoint { phase: Phase::Over { registered: None, request_id: None }, ..lost.checkpoint() };
            }
            return lost.checkpoint();
        }
        let mut checkpoint = Checkpoint {
            version: VERSION,
            body: body_of(&self.request),
            marker: self.mark.as_ref().map(|mark| mark.key().into()),
            phase: Phase::Over { registered: None, request_id: None },
            attempts: self.attempts,
            look_ups: self.look_ups,
            denials: self.denials,
            looked_millis: millis(self.looked),
            may_be_registered: self.effect == Effect::Unknown,
            cause: self.cause.as_ref().map(Earlier::of),
            named: self.named.clone(),
            image: self.seen.as_ref().map(|seen| seen.image.clone()),
            is_assigned: self.is_assigned,
            is_gone: self.is_gone,
            look_up_error: self.look_up_error.as_ref().map(Earlier::of),
        };
        let (retry_after, is_interval) = match &self.state {
            State::Ready | State::Sent => (None, false),
            State::Backoff(retry_after) => (*retry_after, false),
            State::Interval(retry_after) => (*retry_after, true),
            State::Done(outcome) => {
                checkpoint.end(outcome);
                return checkpoint;
            }
        };
        let retry_after_millis = retry_after.map(millis);
        checkpoint.phase = match &self.target {
            Target::Register if is_interval => Phase::RegisterAfterLookUp,
            Target::Register => Phase::Register { retry_after_millis },
            Target::Image(id) => {
                Phase::LookUp { image_id: Some(id.clone()), is_after_wait: is_interval, retry_after_millis }
            }
            Target::Name(_) => Phase::LookUp { image_id: None, is_after_wait: is_interval, retry_after_millis },
        };
        checkpoint
    }

    /// Returns a call that continues from a checkpoint of the same request.
    ///
    /// It has the marker of the checkpoint and the default of every other setting. Set
    /// [`retry_config`](Self::retry_config), [`look_up_timeout`](Self::look_up_timeout) and [`facts`](Self::facts) as for
    /// the first call. The endpoint must be that of the same account and Region.
    ///
    /// Attempts and time for look-ups that are used up stay used up. If the call was over without an image, the resumed
    /// call starts again with new ones, and first looks for an image that may exist.
    ///
    /// # Errors
    /// If the checkpoint was taken for another request; other tags or another dry run make another request.
    pub fn resume(request: ValidRequest, endpoint: Endpoint, checkpoint: Checkpoint) -> Result<Self, ResumeError> {
        if checkpoint.body != body_of(&request) {
            return Err(ResumeError::OtherRequest);
        }
        let mut call = Self::new(request, endpoint);
        if let Some(key) = &checkpoint.marker {
            call = call.marker(key)?;
        }
        call.attempts = checkpoint.attempts;
        call.look_ups = checkpoint.look_ups;
        call.denials = checkpoint.denials;
        call.looked = Duration::from_millis(checkpoint.looked_millis);
        call.effect = if checkpoint.may_be_registered { Effect::Unknown } else { Effect::Nothing };
        call.cause = checkpoint.cause.map(Cause::Earlier);
        call.named = checkpoint.named;
        call.is_assigned = checkpoint.is_assigned;
        call.is_gone = checkpoint.is_gone;
        call.look_up_error = checkpoint.look_up_error.map(Cause::Earlier);
        call.seen = checkpoint.image.map(|image| Box::new(call.assess(image)));
        call.enter(checkpoint.phase);
        Ok(call)
    }

    fn enter(&mut self, phase: Phase) {
        if !self.is_dry_run()
            && let Some(seen) = self.seen.take_if(|seen| seen.is_the_wanted_one())
        {
            return self.end(Outcome::Recovered(Box::new(Recovered::of(*seen))));
        }
        match phase {
            Phase::Over { registered: Some(image_id), request_id } => {
                let image = RegisterImageResponse { request_id, ..RegisterImageResponse::new(image_id) };
                self.end(Outcome::Registered(image));
            }
            Phase::Over { registered: None, .. } => {
                if self.effect == Effect::Unknown || self.named.is_some() || self.seen.is_some() {
                    self.look_up();
                }
            }
            // The crash may have cut a wait short.
            Phase::Register { retry_after_millis } if self.attempts > 0 => {
                self.state = State::Backoff(retry_after_millis.map(Duration::from_millis));
            }
            Phase::Register { .. } => {}
            Phase::RegisterAfterLookUp => self.state = State::Interval(None),
            Phase::LookUp { image_id, is_after_wait, retry_after_millis } => {
                let name = || self.request.request().name.clone();
                match image_id.map(Target::Image).or_else(|| name().map(Target::Name)) {
                    Some(target) => self.target = target,
                    None => return self.conclude(),
                }
                if is_after_wait {
                    self.state = State::Interval(retry_after_millis.map(Duration::from_millis));
                }
            }
        }
    }
}

impl Checkpoint {
    /// Makes it that of a call that is over.
    fn end(&mut self, outcome: &Outcome) {
        (self.attempts, self.look_ups, self.denials, self.looked_millis) = (0, 0, 0, 0);
        match outcome {
            Outcome::Registered(image) => {
                let registered = Some(image.image_id.clone());
                self.phase = Phase::Over { registered, request_id: image.request_id.clone() };
            }
            Outcome::Recovered(recovered) => self.image = Some(recovered.image.clone()),
            Outcome::AlreadyThere(_) | Outcome::DryRunPassed(_) | Outcome::Refused(_) | Outcome::GaveUp(_) => {}
        }
    }
}

impl Earlier {
    fn of(cause: &Cause) -> Self {
        match cause {
            Cause::Earlier(earlier) => earlier.clone(),
            cause => Self {
                message: super::outcome::chain(cause).to_string(),
                may_pass: cause.may_pass(),
                is_name_taken: cause.is_name_taken(),
            },
        }
    }
}
