//! What an answer says when it is not a success.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    fmt::{self, Write as _},
    iter,
};

use http::StatusCode;

use crate::response::DryRunPassed;
use crate::types::text_types;
use crate::unreadable::Unreadable;

/// The answer was not a success: EC2 said no, or nobody can read what it said.
///
/// ```
/// use ec2_register_image::{RegisterImageError, wire::xml};
///
/// let response = http::Response::builder().status(400).body(
///     "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by AMI \
///      ami-0ea09a82f221f584a</Message></Error></Errors><RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID>\
///      </Response>",
/// )?;
/// match xml::decode(&response) {
///     Err(RegisterImageError::Service(error)) => assert_eq!(*error.code(), "InvalidAMIName.Duplicate"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterImageError {
    /// The service refused the request, or failed, and said so.
    #[error(transparent)]
    Service(Box<ServiceError>),
    /// The answer could not be read. With a 2xx or 5xx status an image may have been registered nevertheless.
    #[error(transparent)]
    Unreadable(Box<Unreadable>),
}

impl RegisterImageError {
    /// What the service said, where it could be read.
    #[must_use]
    pub fn as_service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::Unreadable(_) => None,
        }
    }

    /// The answer that could not be read.
    #[must_use]
    pub fn as_unreadable(&self) -> Option<&Unreadable> {
        match self {
            Self::Service(_) => None,
            Self::Unreadable(answer) => Some(answer),
        }
    }

    /// The code of the service's first error.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        self.as_service().map(ServiceError::code)
    }

    /// The message of the service's first error.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.as_service().and_then(ServiceError::message)
    }

    /// The id under which AWS support finds the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Service(error) => error.request_id(),
            Self::Unreadable(answer) => answer.request_id(),
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Service(error) => error.status(),
            Self::Unreadable(answer) => answer.status(),
        }
    }
}

impl From<ServiceError> for RegisterImageError {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl From<Unreadable> for RegisterImageError {
    fn from(answer: Unreadable) -> Self {
        Self::Unreadable(Box::new(answer))
    }
}

text_types! {
    /// The code of an error, such as `InvalidAMIName.Duplicate`: any text, since RegisterImage models none.
    ///
    /// See [Error codes](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
    ///
    /// ```
    /// use ec2_register_image::ErrorCode;
    ///
    /// assert_eq!(ErrorCode::new("DryRunOperation"), ErrorCode::DRY_RUN_OPERATION);
    /// ```
    ErrorCode;
}

impl ErrorCode {
    /// The request said `DryRun` and would have succeeded; decoded as [`DryRunPassed`](crate::DryRunPassed).
    pub const DRY_RUN_OPERATION: &'static str = "DryRunOperation";
}

/// One error of an answer: an `<Error>` of the XML, or the gateway's `error`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorEntry {
    /// The code. Never empty when decoded.
    pub code: ErrorCode,
    /// The message, untrimmed; absent and empty differ, and EC2 has sent both.
    pub message: Option<String>,
}

impl ErrorEntry {
    /// A code without a message.
    #[must_use]
    pub fn new(code: impl Into<ErrorCode>) -> Self {
        Self { code: code.into(), message: None }
    }

    /// A code and what it means here.
    #[must_use]
    pub fn with_message(code: impl Into<ErrorCode>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: Some(message.into()) }
    }
}

/// What the service said: at least one code, each with a message.
///
/// `Display` is one line, whatever the service sent: control characters are escaped.
///
/// ```
/// use ec2_register_image::{ErrorEntry, ServiceError};
/// use http::StatusCode;
///
/// let error = ServiceError::new(StatusCode::FORBIDDEN, ErrorEntry::with_message("UnauthorizedOperation", "No."))
///     .with_request_id("4e759009");
/// assert_eq!(error.to_string(), "UnauthorizedOperation: No. (status 403, request id 4e759009)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    first: ErrorEntry,
    others: Vec<ErrorEntry>,
    request_id: Option<String>,
    status: StatusCode,
}

impl ServiceError {
    /// An error as a service makes it, for emulators and tests.
    #[must_use]
    pub fn new(status: StatusCode, first: ErrorEntry) -> Self {
        Self { first, others: Vec::new(), request_id: None, status }
    }

    /// The error by which EC2 says that a dry run passed.
    pub(crate) fn of_dry_run(passed: &DryRunPassed) -> Self {
        let message = "Request would have succeeded, but DryRun flag is set.";
        let first = ErrorEntry::with_message(ErrorCode::DRY_RUN_OPERATION, message);
        Self::from_parts(StatusCode::PRECONDITION_FAILED, first, Vec::new(), passed.request_id.clone())
    }

    pub(crate) fn from_parts(
        status: StatusCode,
        first: ErrorEntry,
        others: Vec<ErrorEntry>,
        request_id: Option<String>,
    ) -> Self {
        Self { first, others, request_id, status }
    }

    /// Says that there was one more error.
    #[must_use]
    pub fn with_error(mut self, error: ErrorEntry) -> Self {
        self.others.push(error);
        self
    }

    /// States the id of the request.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// The code of the first error.
    #[must_use]
    pub fn code(&self) -> &ErrorCode {
        &self.first.code
    }

    /// The message of the first error.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.first.message.as_deref()
    }

    /// Every error, in the order of the answer; the official SDK keeps the last one only.
    pub fn errors(&self) -> impl Iterator<Item = &ErrorEntry> + Clone {
        iter::once(&self.first).chain(&self.others)
    }

    /// The id under which AWS support finds the call: of the body, else of the header `x-amzn-requestid`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl core::error::Error for ServiceError {}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(self.code().as_str()))?;
        if let Some(message) = self.message().filter(|message| !message.is_empty()) {
            write!(f, ": {}", OneLine(message))?;
        }
        write!(f, " (status {}", self.status.as_u16())?;
        if let Some(request_id) = self.request_id() {
            write!(f, ", request id {}", OneLine(request_id))?;
        }
        f.write_str(")")
    }
}

/// Text of a stranger, fit for one line of a log.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}
