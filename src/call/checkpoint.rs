//! The progress of a call, to save and to resume.

use alloc::{boxed::Box, string::String, string::ToString as _};
use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::outcome::Earlier;
use super::{Call, Cause, MIN_WAIT, NoMarker, NotReported, Outcome, State, Target};
use crate::endpoint::{Endpoint, Region};
use crate::machine::Failure;
use crate::model::{Fingerprint, Image};
use crate::response::{Effect, RegisterImageResponse};
use crate::rules::ValidRequest;
use crate::types::ImageId;
use crate::wire::query;

const VERSION: u8 = 1;

/// The progress of a [`Call`], as plain data with serde. [`Call::resume`] continues from it.
///
/// It contains neither the request nor the settings of the call, except the key of the marker and the endpoint. A SHA-256
/// digest of the whole form body identifies the request, so tags and dry run count as well. The JSON has a version, and
/// reading another version fails. Its other members may change with the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Checkpoint {
    #[serde(deserialize_with = "version")]
    version: u8,
    /// The URL of the endpoint.
    endpoint: String,
    /// The Region that requests are signed for.
    region: Option<String>,
    /// The digest of the form body.
    body: Fingerprint,
    /// The key of the marker tag.
    marker: Option<String>,
    next: Next,
    wait: Option<Wait>,
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

/// What the call sends next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
enum Next {
    Register,
    LookUpById(ImageId),
    LookUpByName,
    /// The call is over without an image. A resumed call starts again with what is known.
    Over,
    /// The call is over, and registered this image.
    Registered {
        image_id: ImageId,
        request_id: Option<String>,
    },
}

/// What the call waits for before that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
enum Wait {
    /// The backoff after an attempt.
    Backoff { retry_after_millis: Option<u64> },
    /// The interval between look-ups.
    Interval { retry_after_millis: Option<u64> },
    /// The wait that is in progress, all of it: only a clock knows what is left.
    Pause { millis: u64 },
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => {
            Err(de::Error::custom(format_args!("checkpoint version {other} is not supported, expected {VERSION}")))
        }
    }
}

/// A checkpoint cannot be resumed with this request or this endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The checkpoint is that of another request.
    #[error("the checkpoint belongs to another request; resume with the request that it was taken for")]
    OtherRequest,
    /// The checkpoint is that of another endpoint or Region, where the image would be another one.
    #[error("the checkpoint belongs to the endpoint {url}{}; resume with that endpoint", of_region(.region.as_deref()))]
    OtherEndpoint {
        /// The URL of the endpoint that the checkpoint was taken for.
        url: String,
        /// The Region of that endpoint.
        region: Option<String>,
    },
    /// The checkpoint has a marker that the request does not have.
    #[error(transparent)]
    Marker(#[from] NoMarker),
}

fn of_region(region: Option<&str>) -> String {
    region.map(|region| alloc::format!(" in {region}")).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

fn body_of(request: &ValidRequest) -> Fingerprint {
    Fingerprint::of_body(query::encode_body(request).as_str().as_bytes())
}

impl Call {
    /// Returns the progress so far, to save before the next step is carried out.
    ///
    /// Save it after each [`next`](Self::next), before you send or wait. A request in progress counts as possibly sent, and
    /// a wait in progress starts again. A checkpoint from before the first `next` states that nothing was sent, so it is of
    /// no use once a request is sent.
    ///
    /// ```
    /// use ec2_register_image::call::{Call, Checkpoint};
    /// use ec2_register_image::machine::Step;
    /// use ec2_register_image::response::Effect;
    /// use ec2_register_image::{Endpoint, RegisterImageRequest};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let valid = request.validate()?;
    /// let endpoint = Endpoint::from_region("eu-central-1")?;
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
                // Nothing is left to spend, and a crash must not renew it. A look-up is repeated once.
                lost.state = if self.target == Target::Register { State::Ready } else { State::Pause(MIN_WAIT) };
            }
            return lost.checkpoint();
        }
        let mut checkpoint = Checkpoint {
            version: VERSION,
            endpoint: self.endpoint.url().as_str().into(),
            region: self.endpoint.region().map(Region::to_string),
            body: body_of(&self.request),
            marker: self.mark.as_ref().map(|mark| mark.key().into()),
            next: match &self.target {
                Target::Register => Next::Register,
                Target::Image(id) => Next::LookUpById(id.clone()),
                Target::Name(_) => Next::LookUpByName,
            },
            wait: match &self.state {
                State::Ready | State::Sent | State::Done(_) => None,
                State::Backoff(retry_after) => Some(Wait::Backoff { retry_after_millis: retry_after.map(millis) }),
                State::Interval(retry_after) => Some(Wait::Interval { retry_after_millis: retry_after.map(millis) }),
                State::Pause(wait) | State::Waiting(wait) => Some(Wait::Pause { millis: millis(*wait) }),
            },
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
        if let State::Done(outcome) = &self.state {
            checkpoint.end(outcome);
        }
        checkpoint
    }

    /// Returns a call that continues from a checkpoint of the same request.
    ///
    /// It has the marker of the checkpoint and the default of every other setting. Set
    /// [`retry_config`](Self::retry_config), [`look_up_timeout`](Self::look_up_timeout) and [`facts`](Self::facts) as for
    /// the first call. The credentials must be those of the same account.
    ///
    /// Attempts and time for look-ups that are used up stay used up. If the call was over without an image, the resumed
    /// call starts again with new ones, and first looks for an image that may exist.
    ///
    /// # Errors
    /// If the checkpoint was taken for another request (other tags or another dry run make another request), for another
    /// URL or for another Region.
    pub fn resume(request: ValidRequest, endpoint: Endpoint, checkpoint: Checkpoint) -> Result<Self, ResumeError> {
        if checkpoint.body != body_of(&request) {
            return Err(ResumeError::OtherRequest);
        }
        if checkpoint.endpoint != endpoint.url().as_str()
            || checkpoint.region.as_deref() != endpoint.region().map(Region::as_str)
        {
            let Checkpoint { endpoint: url, region, .. } = checkpoint;
            return Err(ResumeError::OtherEndpoint { url, region });
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
        call.enter(checkpoint.next, checkpoint.wait);
        Ok(call)
    }

    fn enter(&mut self, next: Next, wait: Option<Wait>) {
        self.state = match wait {
            None => State::Ready,
            Some(Wait::Backoff { retry_after_millis }) => State::Backoff(retry_after_millis.map(Duration::from_millis)),
            Some(Wait::Interval { retry_after_millis }) => {
                State::Interval(retry_after_millis.map(Duration::from_millis))
            }
            Some(Wait::Pause { millis }) => State::Pause(Duration::from_millis(millis)),
        };
        match next {
            Next::Register => {}
            Next::LookUpById(id) => self.target = Target::Image(id),
            Next::LookUpByName => match self.name().cloned() {
                Some(name) => self.target = Target::Name(name),
                None => self.conclude(),
            },
            Next::Over => {
                if self.effect == Effect::Unknown || self.named.is_some() || self.seen.is_some() {
                    self.look_up();
                }
            }
            Next::Registered { image_id, request_id } => {
                let image = RegisterImageResponse { request_id, ..RegisterImageResponse::new(image_id) };
                self.end(Outcome::Registered(image));
            }
        }
    }
}

impl Checkpoint {
    /// Makes it that of a call that is over.
    fn end(&mut self, outcome: &Outcome) {
        (self.attempts, self.look_ups, self.denials, self.looked_millis) = (0, 0, 0, 0);
        self.next = Next::Over;
        match outcome {
            Outcome::Registered(image) => {
                self.next = Next::Registered { image_id: image.image_id.clone(), request_id: image.request_id.clone() };
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
