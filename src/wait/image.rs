//! Waits for an image.

use alloc::boxed::Box;
use core::{error::Error, fmt, time::Duration};

use http::Response;

use super::pace::Pace;
use super::{NotReached, UnfinishedWait, settings};
use crate::endpoint::Endpoint;
use crate::machine::pace::Turn;
use crate::machine::{Action, Failure, Machine, NotReported, ReadError, Step, sealed::Sealed};
use crate::model::Image;
use crate::response::RegisterImageError;
use crate::text::SingleLine;
use crate::types::{ImageId, ImageState};
use crate::wire::images;

/// Waits until an image is available, as a state machine. [`until_available`] returns one. See the [module](super).
#[derive(Clone, Debug)]
pub struct UntilAvailable {
    id: ImageId,
    endpoint: Endpoint,
    pace: Pace,
    seen: Option<Image>,
    outcome: Option<ImageOutcome>,
}

/// Returns a machine that waits until the image with this ID is available.
///
/// It looks every 15 seconds for at most 10 minutes, as the official SDK's waiter does. The permission is
/// `ec2:DescribeImages`.
///
/// A response about another image is not a success: it counts as one that does not show the image.
#[must_use]
pub fn until_available(id: impl Into<ImageId>, endpoint: Endpoint) -> UntilAvailable {
    let pace = Pace::new(Duration::from_secs(600));
    UntilAvailable { id: id.into(), endpoint, pace, seen: None, outcome: None }
}

/// How the wait for an image ended. `Display` is one line.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum ImageOutcome {
    /// The image is available.
    Available(Box<Image>),
    /// The image is in a state that it does not leave by itself: `failed`, `invalid`, `error`, `disabled` or
    /// `deregistered`. Its `state_reason` says why.
    Ended(Box<Image>),
    /// The time is used up, or no further look-up would succeed. The image may become available later.
    GaveUp(Box<UnfinishedWait<Option<Image>>>),
}

impl ImageOutcome {
    /// Returns the image as the last look-up that showed it did.
    #[must_use]
    pub fn image(&self) -> Option<&Image> {
        match self {
            Self::Available(image) | Self::Ended(image) => Some(image),
            Self::GaveUp(gave_up) => gave_up.seen.as_ref(),
        }
    }

    /// Returns the image if it is available, or an error that carries the outcome.
    ///
    /// # Errors
    /// If the image is not available.
    pub fn into_result(self) -> Result<Image, NotReached<Self>> {
        match self {
            Self::Available(image) => Ok(*image),
            outcome => Err(NotReached { outcome: Box::new(outcome) }),
        }
    }
}

impl fmt::Display for ImageOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = |image: &Image, f: &mut fmt::Formatter<'_>| {
            write!(f, "{}", SingleLine(image.state.as_ref().map_or("in an unknown state", ImageState::as_str)))?;
            match image.state_reason.as_ref().and_then(|reason| reason.text()).filter(|reason| !reason.is_empty()) {
                Some(reason) => write!(f, ": {}", SingleLine(reason)),
                None => Ok(()),
            }
        };
        match self {
            Self::Available(image) => write!(f, "{} is available", image.id),
            Self::Ended(image) => {
                write!(f, "{} is ", image.id)?;
                state(image, f)
            }
            Self::GaveUp(gave_up) => {
                write!(f, "gave up waiting: {}", gave_up.error)?;
                match &gave_up.seen {
                    None => f.write_str("; no look-up showed the image"),
                    Some(image) => {
                        write!(f, "; the last look-up showed {} as ", image.id)?;
                        state(image, f)
                    }
                }
            }
        }
    }
}

impl UntilAvailable {
    settings!();

    /// Sets how long the machine waits in total. Default: 10 minutes. With zero, it looks once.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pace.timeout = timeout;
        self
    }

    /// Continues after a response that could be read.
    fn look_at(&mut self, images: impl Iterator<Item = Image>) {
        // Of contradictory items, the one that proves least counts.
        let rank = |image: &Image| match image.state.as_ref().map(ImageState::as_str) {
            Some("failed" | "invalid" | "error" | "disabled" | "deregistered") => 0,
            Some("available") => 2,
            _ => 1,
        };
        let image = images.filter(|image| image.id == self.id).min_by_key(rank);
        let result = match image {
            None => self.pace.not_found(ReadError::NotShown),
            Some(image) => match rank(&image) {
                0 => return self.outcome = Some(ImageOutcome::Ended(Box::new(image))),
                2 => return self.outcome = Some(ImageOutcome::Available(Box::new(image))),
                _ => {
                    self.seen = Some(image);
                    self.pace.look_again()
                }
            },
        };
        self.go_on(result);
    }

    /// Continues, or gives up.
    fn go_on(&mut self, result: Result<(), ReadError>) {
        if let Err(error) = result {
            self.outcome = Some(self.given_up(error));
        }
    }

    fn given_up(&self, error: ReadError) -> ImageOutcome {
        ImageOutcome::GaveUp(Box::new(UnfinishedWait { seen: self.seen.clone(), error }))
    }
}

impl Sealed for UntilAvailable {}

impl Machine for UntilAvailable {
    type Outcome = ImageOutcome;

    fn next(&mut self, jitter: f64) -> Step<ImageOutcome> {
        if let Turn::Sent = self.pace.turn {
            self.failed(Failure::Unclear(NotReported));
        }
        if let Some(outcome) = &self.outcome {
            return Step::Done(outcome.clone());
        }
        if let Some(wait) = self.pace.wait(jitter) {
            return Step::Wait(wait);
        }
        let request = images::encode_request_by_id(&self.id, &self.endpoint);
        Step::Send(self.pace.send(request, Action::DescribeImages))
    }

    fn answered<B: AsRef<[u8]>>(&mut self, response: &Response<B>) {
        let Turn::Sent = self.pace.turn else { return };
        self.pace.turn = Turn::Send;
        match images::decode_response(response) {
            Ok(images) => self.look_at(images.into_iter()),
            Err(error) => {
                let is_absent = is_absent(&error);
                let error = ReadError::Answered(error);
                let result = if is_absent { self.pace.not_found(error) } else { self.pace.failed(error) };
                self.go_on(result);
            }
        }
    }

    fn failed<E: Into<Box<dyn Error + Send + Sync>>>(&mut self, failure: Failure<E>) {
        let Turn::Sent = self.pace.turn else { return };
        self.pace.turn = Turn::Send;
        let result = self.pace.failed(ReadError::of(failure));
        self.go_on(result);
    }

    fn stop(&mut self) -> ImageOutcome {
        self.pace.turn = Turn::Send;
        let stopped = self.given_up(ReadError::Stopped);
        self.outcome.get_or_insert(stopped).clone()
    }
}

fn is_absent(error: &RegisterImageError) -> bool {
    let code = error.code().map(|code| code.without_prefix());
    matches!(code, Some("InvalidAMIID.NotFound" | "InvalidAMIID.Unavailable"))
}
