//! The errors in the terms of the official SDK, for code that is written against its traits.

use alloc::string::String;

use aws_smithy_types::error::metadata::{Builder, ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind};

use super::{RegisterImageError, ServiceError};
use crate::response::UnreadableResponse;

/// Where the SDK keeps the request id among the extras: `RequestId` of aws-types reads it there.
const REQUEST_ID: &str = "aws_request_id";

pub(crate) fn request_id(metadata: &ErrorMetadata) -> Option<&str> {
    metadata.extra(REQUEST_ID)
}

pub(crate) fn with_request_id(metadata: Builder, request_id: Option<String>) -> Builder {
    match request_id {
        Some(request_id) => metadata.custom(REQUEST_ID, request_id),
        None => metadata,
    }
}

/// Code, message and, as `aws_request_id`, the request id.
///
/// ```
/// use aws_smithy_types::{error::metadata::ProvideErrorMetadata, retry::{ErrorKind, ProvideErrorKind}};
/// use ec2_register_image::RegisterImageError;
/// use ec2_register_image::response::{ErrorEntry, ServiceError};
/// use http::StatusCode;
///
/// fn log(error: &(impl ProvideErrorMetadata + ProvideErrorKind)) -> String {
///     let meta = error.meta();
///     format!("{:?} {:?} {:?}", meta.code(), meta.extra("aws_request_id"), error.retryable_error_kind())
/// }
///
/// let error = ServiceError::new(StatusCode::SERVICE_UNAVAILABLE, ErrorEntry::new("RequestLimitExceeded"));
/// let error = RegisterImageError::from(error.with_request_id("4e759009"));
/// assert_eq!(log(&error), r#"Some("RequestLimitExceeded") Some("4e759009") Some(ThrottlingError)"#);
/// ```
impl ProvideErrorMetadata for RegisterImageError {
    fn meta(&self) -> &ErrorMetadata {
        match self {
            Self::Service(error) => error.meta(),
            Self::Unreadable(answer) => answer.meta(),
        }
    }
}

impl ProvideErrorMetadata for ServiceError {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

/// Neither code nor message; the request id of the header.
impl ProvideErrorMetadata for UnreadableResponse {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

/// What [`retry`](Self::retry) says. Of EC2's unmodelled errors the SDK's own type says nothing here and leaves it to
/// classifiers of code and status; the outcome is the same.
impl ProvideErrorKind for RegisterImageError {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        self.retry().error_kind()
    }

    fn code(&self) -> Option<&str> {
        self.meta().code()
    }
}

/// What [`retry`](Self::retry) says.
impl ProvideErrorKind for ServiceError {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        self.retry().error_kind()
    }

    fn code(&self) -> Option<&str> {
        self.metadata.code()
    }
}

/// What [`retry`](Self::retry) says.
impl ProvideErrorKind for UnreadableResponse {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        self.retry().error_kind()
    }

    fn code(&self) -> Option<&str> {
        None
    }
}
