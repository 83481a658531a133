//! How a call ends.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::{error::Error, fmt};

use serde::{Deserialize, Serialize};

use super::evidence::{Seen, lacks_tags};
use super::progress::may_pass;
use crate::facts::OtherRegion;
use crate::model::marker::Marker;
use crate::model::{Image, ImagePath};
use crate::preview::{Compared, Comparison, Likeness};
use crate::response::{Class, DryRunPassed, Effect, RegisterImageError, RegisterImageResponse};
use crate::types::{ImageId, ImageName, ImageState};

/// How a call ended. `Display` is one line.
///
/// What to do after a call:
///
/// ```
#[doc = include_str!("what_now.rs")]
///
/// assert_eq!(
///     what_now(&Outcome::DryRunPassed(Default::default())),
///     "send the request without DryRun",
/// );
/// ```
///
/// As JSON it is one object. `Outcome` is `registered`, `recovered`, `already-there`, `dry-run-passed`, `refused` or
/// `gave-up`; the other members are those of the outcome.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum Outcome {
    /// EC2 confirmed the registration.
    Registered(RegisterImageResponse),
    /// The image that has the name is the requested one: it carries the tag of [`marker`](super::Call::marker), nothing
    /// differs, and it is usable. This call registered it, or an earlier one with the same request.
    Recovered(Box<Recovered>),
    /// An image has the name, and it is not proven to be the requested one, or proven not to be.
    AlreadyThere(Box<AlreadyThere>),
    /// The request was a dry run and would have succeeded. If it has no `DryRun`, something on the way added it.
    DryRunPassed(DryRunPassed),
    /// EC2 rejected the request, and this call registered nothing.
    ///
    /// If the [class](RegisterImageError::class) is [`NotReady`](Class::NotReady), as for a snapshot that is not completed, a
    /// new call may succeed later. The call does not wait for that:
    /// [`until_completed`](crate::wait::until_completed) does.
    Refused(RegisterImageError),
    /// The attempts or the time for look-ups are used up, or the caller ended the call.
    GaveUp(Box<GaveUp>),
}

impl Outcome {
    /// Returns the image ID if the image is proven to be the requested one.
    #[must_use]
    pub fn image_id(&self) -> Option<&ImageId> {
        match self {
            Self::Registered(image) => Some(&image.image_id),
            Self::Recovered(recovered) => Some(&recovered.image.id),
            Self::AlreadyThere(_) | Self::DryRunPassed(_) | Self::Refused(_) | Self::GaveUp(_) => None,
        }
    }

    /// Returns the image ID, or an error that carries the outcome.
    ///
    /// A dry run that passed is such an error, because it has no image.
    ///
    /// # Errors
    /// If the outcome has no [`image_id`](Self::image_id).
    pub fn into_result(self) -> Result<ImageId, NoImage> {
        match self {
            Self::Registered(image) => Ok(image.image_id),
            Self::Recovered(recovered) => Ok(recovered.image.id),
            outcome => Err(NoImage { outcome: Box::new(outcome) }),
        }
    }
}

/// An outcome without an image that is proven to be the requested one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NoImage {
    /// How the call ended.
    pub outcome: Box<Outcome>,
}

impl fmt::Display for NoImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)
    }
}

impl Error for NoImage {}

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
            Self::Recovered(recovered) => recovered.fmt(f),
            Self::AlreadyThere(there) => there.fmt(f),
            Self::DryRunPassed(_) => f.write_str("the dry run passed, nothing was registered"),
            Self::Refused(error) => {
                write!(f, "rejected, and this call registered nothing: {error}")?;
                let is_ready = error.class() != Class::NotReady;
                f.write_str(if is_ready { "" } else { "; `until_completed` waits for snapshots" })
            }
            Self::GaveUp(gave_up) => write!(f, "{gave_up}; the last attempt: {}", chain(&gave_up.cause)),
        }
    }
}

/// An image that is proven to be the requested one, although no response confirmed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// The image as it was looked up.
    pub image: Image,
    /// The comparison with what the request asks for; nothing in it differs.
    pub comparison: Comparison,
    /// What its marker tag proves: [`Marker::Matches`] or [`Marker::MatchesContent`].
    pub marker: Marker,
}

impl Recovered {
    pub(super) fn of(seen: Seen) -> Self {
        let Seen { image, comparison, marker } = seen;
        Self { image, comparison, marker }
    }
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.image.id;
        let proven = if self.marker == Marker::MatchesContent { "origin and content" } else { "origin" };
        write!(f, "recovered {id}{}: its tag proves its {proven}, and nothing differs", state(Some(&self.image)))?;
        if self.comparison.not_shown().next().is_some() {
            f.write_str("; not shown:")?;
            list(f, self.comparison.not_shown())?;
        }
        Ok(())
    }
}

/// An image that has the name of the request, or had it a moment ago.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AlreadyThere {
    /// Its ID; absent if EC2 did not name it and no look-up showed it.
    pub image_id: Option<ImageId>,
    /// The most complete look-up of it; absent if no look-up showed it.
    pub image: Option<Image>,
    /// How it compares with what the request asks for; absent if no look-up showed it, or showed it as deregistered.
    pub comparison: Option<Comparison>,
    /// Whether it carries the marker tag.
    pub marker: Marker,
    /// Whether a look-up showed it as deregistered, or the last one did not find it.
    pub is_gone: bool,
    /// Whether this call, or an earlier one that the caller reported, may have registered an image.
    pub effect: Effect,
    /// Why the last look-up failed, if it did.
    pub look_up_error: Option<Cause>,
    /// Whether the call has a marker.
    is_marked: bool,
}

impl AlreadyThere {
    pub(super) fn of(
        seen: Option<Box<Seen>>,
        named: Option<ImageId>,
        is_gone: bool,
        effect: Effect,
        is_marked: bool,
        look_up_error: Option<Cause>,
    ) -> Self {
        let unseen = Self {
            image_id: named,
            image: None,
            comparison: None,
            marker: Marker::Unknown,
            is_gone,
            effect,
            look_up_error,
            is_marked,
        };
        match seen {
            None => unseen,
            Some(seen) => Self {
                image_id: Some(seen.image.id.clone()),
                comparison: (!seen.is_deregistered()).then_some(seen.comparison),
                image: Some(seen.image),
                marker: seen.marker,
                ..unseen
            },
        }
    }

    /// Returns whether it is what the request asks for: the same, different or unclear.
    ///
    /// An image that lacks nothing but tags is unclear while it may be the caller's own, because tags become visible late.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let Some(comparison) = &self.comparison else { return Likeness::Unclear };
        match comparison.result() {
            Likeness::Different if self.may_lack_tags(comparison) => Likeness::Unclear,
            Likeness::Same if !self.is_usable() => Likeness::Unclear,
            Likeness::Same if self.is_marked && self.marker == Marker::Unknown => Likeness::Unclear,
            // The fingerprint covers the fields that are not shown.
            Likeness::Unclear if self.marker == Marker::MatchesContent && self.is_usable() => Likeness::Same,
            result => result,
        }
    }

    fn is_usable(&self) -> bool {
        self.image.as_ref().is_some_and(|image| image.is_usable() == Some(true))
    }

    /// Whether it may be the caller's own, and differs in nothing but tags that it does not show.
    fn may_lack_tags(&self, comparison: &Comparison) -> bool {
        let may_be_own = self.is_marked || self.effect == Effect::Unknown;
        may_be_own
            && self.marker == Marker::Unknown
            && lacks_tags(comparison)
            && comparison.differences().all(|compared| compared.place == ImagePath::Tags)
    }
}

impl fmt::Display for AlreadyThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_gone { "the name was held by " } else { "the name is taken by " })?;
        match &self.image_id {
            Some(id) => write!(f, "{id}{}, ", state(self.image.as_ref()))?,
            None => f.write_str("an image that EC2 did not name, ")?,
        }
        match &self.comparison {
            None if self.image.is_some() => f.write_str("which is being deregistered")?,
            None if self.is_gone => f.write_str("which is being deregistered, or is too new to be visible")?,
            None => f.write_str("which no look-up showed, so it is unclear whether it is what was asked for")?,
            Some(comparison) => {
                self.compared(f, comparison)?;
                if self.is_gone {
                    f.write_str("; a later look-up did not find it")?;
                }
            }
        }
        if self.is_gone && self.effect == Effect::Unknown {
            f.write_str("; this request may have registered another")?;
        }
        match &self.look_up_error {
            Some(error) => write!(f, "; the last look-up: {}", chain(error)),
            None => Ok(()),
        }
    }
}

impl AlreadyThere {
    fn compared(&self, f: &mut fmt::Formatter<'_>, comparison: &Comparison) -> fmt::Result {
        match self.likeness() {
            Likeness::Same => f.write_str("which is just what was asked for")?,
            Likeness::Different => {
                f.write_str("which differs in")?;
                list(f, comparison.differences())?;
            }
            Likeness::Unclear if self.may_lack_tags(comparison) => {
                f.write_str("which may be what was asked for, and does not show the tags of the request")?;
            }
            Likeness::Unclear => {
                f.write_str("which may be what was asked for; not shown:")?;
                list(f, comparison.not_shown())?;
            }
        }
        match self.marker {
            Marker::Matches => f.write_str("; its marker tag is that of this request"),
            Marker::MatchesContent => f.write_str("; its marker tag proves that it was registered for this content"),
            Marker::OtherContent => f.write_str(
                "; its marker tag has the same value and another fingerprint, so it was registered for other content",
            ),
            Marker::Differs => {
                f.write_str("; its marker tag has another value, so it was registered for another request")
            }
            Marker::Unknown => Ok(()),
        }
    }
}

/// Displays the state of an image that is not `available`, with its reason.
fn state(image: Option<&Image>) -> impl fmt::Display {
    let state =
        image.and_then(|image| image.state.as_ref().map(ImageState::as_str)).filter(|state| *state != "available");
    let reason = image.and_then(|image| image.state_reason.as_ref()?.text()).filter(|reason| !reason.is_empty());
    fmt::from_fn(move |f| match (state, reason) {
        (None, _) => Ok(()),
        (Some(state), None) => write!(f, " ({})", crate::text::SingleLine(state)),
        (Some(state), Some(reason)) => {
            write!(f, " ({}: {})", crate::text::SingleLine(state), crate::text::SingleLine(reason))
        }
    })
}

fn list<'a>(f: &mut fmt::Formatter<'_>, members: impl Iterator<Item = &'a Compared>) -> fmt::Result {
    for (at, member) in members.enumerate() {
        write!(f, "{} {}", if at == 0 { "" } else { "," }, member.place)?;
    }
    Ok(())
}

/// Displays an error and its sources in one line.
pub(super) fn chain(error: &(dyn Error + 'static)) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        write!(f, "{error}")?;
        let mut last = error;
        while let Some(source) = last.source() {
            write!(f, ": {source}")?;
            last = source;
        }
        Ok(())
    })
}

/// A call that ended without knowing whether the image exists, or after failures that may pass.
///
/// ```
/// use ec2_register_image::{Endpoint, RegisterImageRequest};
/// use ec2_register_image::response::Effect;
/// use ec2_register_image::call::{Call, Outcome};
/// use ec2_register_image::machine::Failure;
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
/// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
/// let send = |_| Err::<http::Response<&str>, _>(Failure::Unclear("timed out"));
/// let Outcome::GaveUp(gave_up) = call.run(send, |_| {}, || 0.5) else { unreachable!() };
/// assert_eq!(gave_up.effect, Effect::Unknown);
/// assert_eq!(
///     gave_up.to_string(),
///     "gave up, and an image may have been registered: search for one named \"web\"; \
///      finding it proves that it exists, not finding it proves nothing yet; \
///      the last look-up: no response: timed out",
/// );
/// assert_eq!(gave_up.cause.to_string(), "no response");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GaveUp {
    /// Whether this call, or an earlier one that the caller reported, may have registered an image.
    pub effect: Effect,
    /// The result of the last attempt to register.
    pub cause: Cause,
    /// The name to search for; absent if the request has none.
    pub name: Option<ImageName>,
    /// The image that EC2 assigned, if a response named it.
    pub image_id: Option<ImageId>,
    /// Why the last look-up failed, if it did.
    pub look_up_error: Option<Cause>,
}

impl GaveUp {
    pub(super) fn of(effect: Effect, cause: Cause) -> Self {
        Self { effect, cause, name: None, image_id: None, look_up_error: None }
    }
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.effect, &self.image_id, &self.name) {
            (Effect::Nothing, ..) => f.write_str("gave up, and this call registered nothing")?,
            (Effect::Unknown, Some(id), _) => {
                write!(f, "gave up, and an image may have been registered: {id}, which a response named")?;
            }
            (Effect::Unknown, None, Some(name)) => write!(
                f,
                "gave up, and an image may have been registered: search for one named {:?}; finding it proves that it \
                 exists, not finding it proves nothing yet",
                name.as_str()
            )?,
            (Effect::Unknown, None, None) => {
                f.write_str("gave up, and an image may have been registered, without a name to search for")?;
            }
        }
        match &self.look_up_error {
            Some(error) => write!(f, "; the last look-up: {}", chain(error)),
            None => Ok(()),
        }
    }
}

impl Error for GaveUp {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

/// The result of an attempt or of a look-up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A response that is no success.
    Answered(RegisterImageError),
    /// No response; the transport's own error is the [`source`](Error::source).
    #[non_exhaustive]
    Transport {
        /// The transport's own error.
        error: Arc<dyn Error + Send + Sync>,
        /// Whether every further attempt would fail, as the transport said.
        is_permanent: bool,
    },
    /// EC2 registered an image in response to a dry run: something on the way lost the flag.
    DryRunRegistered,
    /// The request was validated with facts of another Region than the endpoint, so the call does not send it.
    OtherRegion(OtherRegion),
    /// The caller stopped the call.
    Stopped,
    /// The result that a [`Checkpoint`](super::Checkpoint) remembers.
    Earlier(Earlier),
}

/// The result of an attempt or a look-up before a checkpoint, as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Earlier {
    /// The error and its sources.
    pub message: String,
    /// Whether the same request may fare better later, without a change.
    pub may_pass: bool,
    pub(super) is_name_taken: bool,
}

impl Cause {
    /// Returns whether the same request may fare better later, without a change.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Answered(error) => {
                may_pass(error) || error.class() == Class::NameTaken || error.effect() == Effect::Unknown
            }
            Self::Transport { is_permanent, .. } => !is_permanent,
            Self::DryRunRegistered | Self::OtherRegion(_) => false,
            Self::Stopped => true,
            Self::Earlier(earlier) => earlier.may_pass,
        }
    }

    pub(super) fn is_name_taken(&self) -> bool {
        match self {
            Self::Answered(error) => error.class() == Class::NameTaken,
            Self::Earlier(earlier) => earlier.is_name_taken,
            Self::Transport { .. } | Self::DryRunRegistered | Self::OtherRegion(_) | Self::Stopped => false,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(error) => error.fmt(f),
            Self::Transport { .. } => f.write_str("no response"),
            Self::DryRunRegistered => f.write_str("the response to a dry run says that it registered an image"),
            Self::OtherRegion(error) => error.fmt(f),
            Self::Stopped => f.write_str("the caller stopped the call"),
            Self::Earlier(earlier) => f.write_str(&earlier.message),
        }
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Answered(error) => error.source(),
            // The content of the `Arc`, so that callers can match it by type.
            Self::Transport { error, .. } => Some(&**error),
            Self::DryRunRegistered | Self::OtherRegion(_) | Self::Stopped | Self::Earlier(_) => None,
        }
    }
}
