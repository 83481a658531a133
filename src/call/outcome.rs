//! How a call ends.

use alloc::{boxed::Box, sync::Arc};
use core::{error::Error, fmt};

use crate::model::Image;
use crate::preview::{Compared, Comparison, Likeness};
use crate::response::{DryRunPassed, Effect, RegisterImageError, RegisterImageResponse};
use crate::types::{ImageId, ImageName, ImageState};

/// A request that got no answer, with the transport's own error.
///
/// Either is tried again, as long as there are attempts. What cannot pass, such as credentials that are missing, is better
/// found out before the call, or ends the caller's loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what is not sure is unclear, so there is no third")]
pub enum Failure<E> {
    /// Surely not a byte of the request left: no address, a refused connection, a signature that could not be made.
    /// Nothing was registered by it. What is not sure is [`Unclear`](Self::Unclear).
    NotSent(E),
    /// The request or a part of it may have arrived: a timeout, a connection that broke. Perhaps there is an image now.
    Unclear(E),
}

/// How a call ended. `Display` is one line.
///
/// ```
/// use ec2_register_image::call::Outcome;
/// use ec2_register_image::preview::Likeness;
/// use ec2_register_image::response::Effect;
///
/// fn what_now(outcome: &Outcome) -> &'static str {
///     match outcome {
///         Outcome::Registered(_) | Outcome::Recovered(_) => "go on with the image",
///         Outcome::AlreadyThere(there) => match there.likeness() {
///             Likeness::Same => "go on with it, if anybody's image of this request will do",
///             Likeness::Different => "choose another name",
///             _ => "let a person look at it",
///         },
///         Outcome::DryRunPassed(_) => "send it for real",
///         Outcome::Refused(_) => "mend what the error says",
///         Outcome::GaveUp(gave_up) if gave_up.effect == Effect::Nothing => "start again later",
///         // Perhaps there is an image. A call with the same marker finds it, once it shows.
///         _ => "start again later, with the same request and marker",
///     }
/// }
///
/// assert_eq!(what_now(&Outcome::DryRunPassed(Default::default())), "send it for real");
/// ```
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum Outcome {
    /// EC2 said that it registered the image.
    Registered(RegisterImageResponse),
    /// The image that has the name carries the tag of [`marker`](super::Call::marker), so it is this call's own, of which
    /// the answer was lost, or that of an earlier process with the same tag.
    Recovered(Box<Image>),
    /// An image has the name, and nothing proves whose it is.
    AlreadyThere(Box<AlreadyThere>),
    /// The request was a dry run and would have succeeded.
    DryRunPassed(DryRunPassed),
    /// The request was refused, and nothing was registered.
    Refused(RegisterImageError),
    /// The attempts are used up.
    GaveUp(Box<GaveUp>),
}

impl Outcome {
    /// The image that was registered: by this call, or provably by one with its marker.
    #[must_use]
    pub fn image_id(&self) -> Option<&ImageId> {
        match self {
            Self::Registered(image) => Some(&image.image_id),
            Self::Recovered(image) => Some(&image.id),
            Self::AlreadyThere(_) | Self::DryRunPassed(_) | Self::Refused(_) | Self::GaveUp(_) => None,
        }
    }
}

impl From<AlreadyThere> for Outcome {
    fn from(there: AlreadyThere) -> Self {
        Self::AlreadyThere(Box::new(there))
    }
}

impl From<GaveUp> for Outcome {
    fn from(gave_up: GaveUp) -> Self {
        Self::GaveUp(Box::new(gave_up))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered(image) => write!(f, "registered {}", image.image_id),
            Self::Recovered(image) => {
                write!(f, "registered {}{}, as its tag proves, though no answer said so", image.id, state(Some(image)))
            }
            Self::AlreadyThere(there) => there.fmt(f),
            Self::DryRunPassed(_) => f.write_str("the dry run passed, nothing was registered"),
            Self::Refused(error) => write!(f, "refused, nothing was registered: {error}"),
            Self::GaveUp(gave_up) => {
                write!(f, "{gave_up}; the last attempt: {}", gave_up.cause)?;
                let mut cause: &dyn Error = &gave_up.cause;
                while let Some(source) = cause.source() {
                    write!(f, ": {source}")?;
                    cause = source;
                }
                Ok(())
            }
        }
    }
}

/// An image that has the name of the request, and perhaps is what was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlreadyThere {
    /// Its id; absent where EC2 did not name it and no look-up showed it.
    pub image_id: Option<ImageId>,
    /// The image as it was looked up; absent where no look-up showed it.
    pub image: Option<Image>,
    /// How it differs from what the request asks for; absent where no look-up showed it, so that this is unclear.
    pub comparison: Option<Comparison>,
}

impl AlreadyThere {
    /// An image that no look-up showed.
    pub(super) fn unseen(image_id: Option<ImageId>) -> Self {
        Self { image_id, image: None, comparison: None }
    }

    /// Whether it is what the request asks for: the same, a different one, or unclear.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        self.comparison.as_ref().map_or(Likeness::Unclear, Comparison::result)
    }
}

impl fmt::Display for AlreadyThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name is taken by ")?;
        match &self.image_id {
            Some(id) => write!(f, "{id}{}, ", state(self.image.as_ref()))?,
            None => f.write_str("an image that EC2 did not name, ")?,
        }
        let Some(comparison) = &self.comparison else {
            return f.write_str("which no look-up showed, so it is unclear whether it is what was asked for");
        };
        match comparison.result() {
            Likeness::Same => f.write_str("which is just what was asked for"),
            Likeness::Different => {
                f.write_str("which differs in")?;
                list(f, comparison.differences())
            }
            Likeness::Unclear => {
                f.write_str("which may be what was asked for; not shown:")?;
                list(f, comparison.not_shown())
            }
        }
    }
}

/// The state of an image that is not there to be used.
fn state(image: Option<&Image>) -> impl fmt::Display {
    let state = image.and_then(|image| image.state.as_ref()).filter(|state| **state != ImageState::AVAILABLE);
    fmt::from_fn(move |f| state.map_or(Ok(()), |state| write!(f, " ({state})")))
}

fn list<'a>(f: &mut fmt::Formatter<'_>, members: impl Iterator<Item = &'a Compared>) -> fmt::Result {
    for (at, member) in members.enumerate() {
        write!(f, "{} {}", if at == 0 { "" } else { "," }, member.place)?;
    }
    Ok(())
}

/// A call whose attempts are used up.
///
/// ```
/// use ec2_register_image::{Endpoint, RegisterImageRequest};
/// use ec2_register_image::response::Effect;
/// use ec2_register_image::call::{Call, Failure, Outcome};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
/// let call = Call::new(request.validate()?, Endpoint::of_region("eu-central-1")?);
/// let send = |_| Err::<http::Response<&str>, _>(Failure::Unclear("timed out"));
/// let Outcome::GaveUp(gave_up) = call.run(send, |_| {}, || 0.5) else { unreachable!() };
/// assert_eq!(gave_up.effect, Effect::Unknown);
/// assert_eq!(
///     gave_up.to_string(),
///     "gave up, and an image may have been registered: look for an image of your own by the name \"web\" for a while, where \
///      one that shows proves it and none proves nothing",
/// );
/// assert_eq!(gave_up.cause.to_string(), "no answer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GaveUp {
    /// Whether an image may have been registered.
    pub effect: Effect,
    /// What the last attempt to register came to.
    pub cause: Cause,
    /// The name to look for.
    pub name: Option<ImageName>,
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            Effect::Nothing => f.write_str("gave up, and nothing was registered"),
            Effect::Unknown => {
                let name = self.name.as_ref().map(ImageName::as_str).unwrap_or_default();
                write!(
                    f,
                    "gave up, and an image may have been registered: look for an image of your own by the name {name:?} \
                     for a while, where one that shows proves it and none proves nothing"
                )
            }
        }
    }
}

impl Error for GaveUp {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// What an attempt to register came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cause {
    /// An answer that is no success.
    Accepted(RegisterImageError),
    /// No answer; the transport's own error, which is the [`source`](Error::source).
    Transport(Arc<dyn Error + Send + Sync>),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(error) => error.fmt(f),
            Self::Transport(_) => f.write_str("no answer"),
        }
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Accepted(error) => error.source(),
            // What is in the `Arc`, so that it can be told by its type.
            Self::Transport(error) => Some(&**error),
        }
    }
}
