//! What the machines of this module have in common: steps, failures, and what a request is for.

use core::{fmt, time::Duration};

use http::Request;

use super::Outcome;
use crate::wire::Body;

/// What the caller does next; there are these three and no others.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a loop that ignored a step would not end")]
#[expect(clippy::large_enum_variant, reason = "a step is used at once, and most are requests")]
pub enum Step<O = Outcome> {
    /// Sign this request and send it, once, then report the result. Its extensions hold a [`RequestInfo`].
    Send(Request<Body>),
    /// Wait this long, then ask again.
    Wait(Duration),
    /// The end; every later call of `next` returns the same.
    Done(O),
}

/// A request without a response, with the transport's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a request surely did not leave, or it is unclear")]
pub enum Failure<E> {
    /// Not a byte of the request left, such as no address or a refused connection. The call tries again.
    NotSent(E),
    /// The request or a part of it may have arrived: a timeout, a connection that broke. Perhaps an image exists now.
    Unclear(E),
    /// Not a byte of the request left, and every further attempt would fail: expired credentials, a signature that cannot
    /// be made. Ends the call with what is known.
    Permanent(E),
}

/// The API action of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// `RegisterImage`
    RegisterImage,
    /// `DescribeImages`
    DescribeImages,
}

impl Action {
    /// Returns the action's name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RegisterImage => "RegisterImage",
            Self::DescribeImages => "DescribeImages",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// To register the image.
    Register,
    /// To look at the image that EC2 named.
    LookUpById,
    /// To find the image that has the name.
    LookUpByName,
}

/// What a request is, in its [`extensions`](Request::extensions).
///
/// ```
/// use ec2_register_image::{Endpoint, RegisterImageRequest};
/// use ec2_register_image::call::{Action, Call, RequestInfo, Step};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
/// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
/// let Step::Send(request) = call.next(0.5) else { unreachable!() };
/// let info = request.extensions().get::<RequestInfo>().unwrap();
/// assert_eq!((info.action, info.attempt), (Action::RegisterImage, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The API action.
    pub action: Action,
    /// The how many-th request of this action it is, from 1.
    pub attempt: u32,
    /// What it is for.
    pub purpose: Purpose,
}

impl RequestInfo {
    pub(super) const fn new(action: Action, attempt: u32, purpose: Purpose) -> Self {
        Self { action, attempt, purpose }
    }
}
