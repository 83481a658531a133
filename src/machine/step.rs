//! Steps, failures, and what a request is for.

use core::{fmt, time::Duration};

use http::Request;

use crate::wire::Body;

/// What the caller does next. There are no other steps.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a loop that ignored a step would not end")]
#[expect(clippy::large_enum_variant, reason = "a step is used at once, and most are requests")]
pub enum Step<O> {
    /// Sign this request, send it once, and report the result. Its extensions hold a [`RequestInfo`].
    Send(Request<Body>),
    /// Wait this long, then ask again.
    Wait(Duration),
    /// The end. Every later call of `next` returns the same.
    Done(O),
}

/// A request without a response, with the transport's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a request surely did not leave, or it is unclear")]
pub enum Failure<E> {
    /// No byte of the request left, as with an unknown host or a refused connection. The machine tries again.
    NotSent(E),
    /// The request or a part of it may have arrived, as with a timeout or a broken connection.
    Unclear(E),
    /// No byte of the request left, and every further attempt would fail: expired credentials, or a signature that cannot
    /// be made. Ends the machine with what is known.
    Permanent(E),
}

impl<E> Failure<E> {
    /// Returns the transport's error, whatever the kind of failure.
    pub fn into_error(self) -> E {
        match self {
            Self::NotSent(error) | Self::Unclear(error) | Self::Permanent(error) => error,
        }
    }
}

/// The API action of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Action {
    /// `RegisterImage`
    RegisterImage,
    /// `DescribeImages`
    DescribeImages,
    /// `DescribeSnapshots`
    DescribeSnapshots,
    /// `DescribeSnapshotAttribute`
    DescribeSnapshotAttribute,
    /// `GetEbsEncryptionByDefault`
    GetEbsEncryptionByDefault,
    /// `GetEbsDefaultKmsKeyId`
    GetEbsDefaultKmsKeyId,
}

impl Action {
    /// Returns the action's name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RegisterImage => "RegisterImage",
            Self::DescribeImages => "DescribeImages",
            Self::DescribeSnapshots => "DescribeSnapshots",
            Self::DescribeSnapshotAttribute => "DescribeSnapshotAttribute",
            Self::GetEbsEncryptionByDefault => "GetEbsEncryptionByDefault",
            Self::GetEbsDefaultKmsKeyId => "GetEbsDefaultKmsKeyId",
        }
    }
}

impl serde::Serialize for Action {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Purpose {
    /// To register the image.
    Register,
    /// To look at the image that EC2 named.
    LookUpById,
    /// To find the image that has the name.
    LookUpByName,
    /// To find out a fact about the account.
    Gather,
    /// To see whether a snapshot or an image has reached the state that the caller waits for.
    Wait,
}

/// What a request is, in its [`extensions`](Request::extensions).
///
/// ```
/// use ec2_register_image::{Endpoint, RegisterImageRequest};
/// use ec2_register_image::call::Call;
/// use ec2_register_image::machine::{Action, RequestInfo, Step};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
/// let mut call = Call::new(request.validate()?, Endpoint::from_region("eu-central-1")?);
/// let Step::Send(request) = call.next(0.5) else { unreachable!() };
/// let info = request.extensions().get::<RequestInfo>().unwrap();
/// assert_eq!((info.action, info.attempt), (Action::RegisterImage, 1));
/// // For a log:
/// assert_eq!(
///     serde_json::to_string(info)?,
///     r#"{"Action":"RegisterImage","Attempt":1,"Purpose":"register"}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RequestInfo {
    /// The API action.
    pub action: Action,
    /// The number of this request among those of the same action, from 1.
    pub attempt: u32,
    /// What it is for.
    pub purpose: Purpose,
}

impl RequestInfo {
    pub(crate) const fn new(action: Action, attempt: u32, purpose: Purpose) -> Self {
        Self { action, attempt, purpose }
    }
}
