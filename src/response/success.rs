//! What EC2 answers to a request that it accepts.

use alloc::string::String;

use time::OffsetDateTime;

use crate::types::ImageId;

/// The image that was registered.
///
/// See [Response Elements](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html).
///
/// ```
/// use ec2_register_image::RegisterImageResponse;
///
/// let response = RegisterImageResponse::new("ami-0123456789abcdef0");
/// assert_eq!(response.image_id, "ami-0123456789abcdef0");
/// assert_eq!(response.request_id, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisterImageResponse {
    /// The id of the new image; in XML `imageId`, in the gateway's JSON `id`. Never empty when decoded.
    pub image_id: ImageId,
    /// The id under which AWS support finds the call: `requestId` of the body, else the header `x-amzn-requestid`.
    pub request_id: Option<String>,
    /// When the image was registered, in UTC. Only the gateway says it (`created_at`); EC2's XML does not.
    pub created_at: Option<OffsetDateTime>,
}

impl RegisterImageResponse {
    /// An answer that says the id alone.
    #[must_use]
    pub fn new(image_id: impl Into<ImageId>) -> Self {
        Self { image_id: image_id.into(), request_id: None, created_at: None }
    }
}

/// The request would have been accepted, but it said `DryRun`, so nothing was registered.
///
/// EC2 says so with the error code [`DryRunOperation`](crate::response::ErrorCode::DRY_RUN_OPERATION), which is why most clients
/// take it for a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DryRunPassed {
    /// The id under which AWS support finds the call.
    pub request_id: Option<String>,
}

/// What a decoded answer says when it is not an error.
///
/// ```
/// use ec2_register_image::{Accepted, RegisterImageResponse};
///
/// let answer = Accepted::Registered(RegisterImageResponse::new("ami-0123456789abcdef0"));
/// assert_eq!(answer.image_id().map(|id| id.as_str()), Some("ami-0123456789abcdef0"));
///
/// // The answer to a dry run is no error, and no image either.
/// assert_eq!(Accepted::DryRunPassed(Default::default()).image_id(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// The image exists now.
    Registered(RegisterImageResponse),
    /// The request was a dry run and would have succeeded.
    DryRunPassed(DryRunPassed),
}

impl Accepted {
    /// The id of the image, which the answer to a dry run has not.
    #[must_use]
    pub fn image_id(&self) -> Option<&ImageId> {
        match self {
            Self::Registered(response) => Some(&response.image_id),
            Self::DryRunPassed(_) => None,
        }
    }

    /// The id under which AWS support finds the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Registered(response) => response.request_id.as_deref(),
            Self::DryRunPassed(passed) => passed.request_id.as_deref(),
        }
    }

    /// The image that was registered, unless this answers a dry run.
    #[must_use]
    pub fn into_registered(self) -> Option<RegisterImageResponse> {
        match self {
            Self::Registered(response) => Some(response),
            Self::DryRunPassed(_) => None,
        }
    }
}

impl From<RegisterImageResponse> for Accepted {
    fn from(response: RegisterImageResponse) -> Self {
        Self::Registered(response)
    }
}

impl From<DryRunPassed> for Accepted {
    fn from(passed: DryRunPassed) -> Self {
        Self::DryRunPassed(passed)
    }
}
