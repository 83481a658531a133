//! The error that the service reported.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{fmt, iter, time::Duration};

use aws_smithy_types::error::ErrorMetadata;
use http::StatusCode;

use super::messages;
use super::{Class, Detail, DryRunPassed, Effect, ErrorCode, Retry, UnreadableResponse, request_id, with_request_id};
use crate::text::SingleLine;

/// The answer was not a success: EC2 said no, or nobody can read what it said.
///
/// ```
/// use ec2_register_image::response::{Class, Effect, ErrorCode, Retry};
/// use ec2_register_image::wire::xml;
///
/// let response = http::Response::builder().status(400).body(
///     "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by AMI \
///      ami-0ea09a82f221f584a</Message></Error></Errors><RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID>\
///      </Response>",
/// )?;
/// let error = xml::decode_response(&response).unwrap_err();
///
/// assert_eq!((error.class(), error.retry(), error.effect()), (Class::NameTaken, Retry::Never, Effect::Nothing));
/// // What it means and what to do, of a code that is known.
/// let info = error.code().and_then(ErrorCode::info).unwrap();
/// assert_eq!(info.meaning, "another image of the account in this Region has the name");
/// assert!(info.advice.starts_with("find out whether the image that the message names comes from a lost attempt"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterImageError {
    /// The service refused the request, or failed, and said so.
    #[error(transparent)]
    Service(Box<ServiceError>),
    /// The answer could not be read. An image may have been registered nevertheless: [`effect`](Self::effect) tells.
    #[error(transparent)]
    Unreadable(Box<UnreadableResponse>),
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
    pub fn as_unreadable(&self) -> Option<&UnreadableResponse> {
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

    /// What kind of failure it is.
    ///
    /// ```
    /// use ec2_register_image::response::{Class, Effect, Retry};
    /// use ec2_register_image::wire::xml;
    ///
    /// // A proxy on the way answered. EC2 may have registered the image all the same.
    /// let response = http::Response::builder().status(502).body("<html>Bad Gateway</html>")?;
    /// let error = xml::decode_response(&response).unwrap_err();
    /// assert_eq!((error.class(), error.retry(), error.effect()), (Class::Transient, Retry::Transient, Effect::Unknown));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Service(error) => error.class(),
            Self::Unreadable(answer) => answer.class(),
        }
    }

    /// Whether the official SDK would send the request again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Service(error) => error.retry(),
            Self::Unreadable(answer) => answer.retry(),
        }
    }

    /// Whether an image may have been registered.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Service(error) => error.effect(),
            Self::Unreadable(answer) => answer.effect(),
        }
    }

    /// How long the service asks to wait before the next request.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Service(error) => error.retry_after(),
            Self::Unreadable(answer) => answer.retry_after(),
        }
    }

    /// What the text of the first error's message carries.
    #[must_use]
    pub fn detail(&self) -> Option<Detail<'_>> {
        self.as_service().and_then(ServiceError::detail)
    }
}

impl From<ServiceError> for RegisterImageError {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl From<UnreadableResponse> for RegisterImageError {
    fn from(answer: UnreadableResponse) -> Self {
        Self::Unreadable(Box::new(answer))
    }
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

    /// Sets the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// What the text of the message carries.
    #[must_use]
    pub fn detail(&self) -> Option<Detail<'_>> {
        self.message.as_deref().and_then(Detail::of)
    }
}

/// What the service said: at least one code, each with a message.
///
/// `Display` is one line, whatever the service sent: control characters are escaped.
///
/// ```
/// use ec2_register_image::response::{ErrorEntry, ServiceError};
/// use http::StatusCode;
///
/// let error = ServiceError::new(StatusCode::FORBIDDEN, ErrorEntry::new("UnauthorizedOperation").with_message("No."))
///     .with_request_id("4e759009");
/// assert_eq!(error.to_string(), "UnauthorizedOperation: No. (status 403, request id 4e759009)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    first: ErrorEntry,
    others: Vec<ErrorEntry>,
    status: StatusCode,
    retry_after: Option<Duration>,
    /// The first error once more, in the SDK's own form, since its trait hands out a reference; with the request id.
    pub(super) metadata: ErrorMetadata,
}

impl ServiceError {
    /// The most that [`retry_after`](Self::retry_after) says: an hour.
    pub const RETRY_AFTER_CAP: Duration = Duration::from_secs(60 * 60);

    /// An error as a service makes it, for emulators and tests.
    #[must_use]
    pub fn new(status: StatusCode, first: ErrorEntry) -> Self {
        Self::from_parts(status, first, Vec::new(), None)
    }

    /// The error by which EC2 says that a dry run passed.
    pub(crate) fn of_dry_run(passed: &DryRunPassed) -> Self {
        let first = ErrorEntry::new(ErrorCode::DRY_RUN_OPERATION).with_message(messages::DRY_RUN_PASSED.text);
        Self::from_parts(StatusCode::PRECONDITION_FAILED, first, Vec::new(), passed.request_id.clone())
    }

    pub(crate) fn from_parts(
        status: StatusCode,
        first: ErrorEntry,
        others: Vec<ErrorEntry>,
        request_id: Option<String>,
    ) -> Self {
        let mut metadata = ErrorMetadata::builder().code(first.code.as_str());
        if let Some(message) = &first.message {
            metadata = metadata.message(message);
        }
        let metadata = with_request_id(metadata, request_id).build();
        Self { first, others, status, retry_after: None, metadata }
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
        self.metadata = with_request_id(self.metadata.into_builder(), Some(request_id.into())).build();
        self
    }

    /// States how long to wait, at most [`RETRY_AFTER_CAP`](Self::RETRY_AFTER_CAP), or that nothing was said of it.
    #[must_use]
    pub fn with_retry_after(mut self, wait: impl Into<Option<Duration>>) -> Self {
        self.retry_after = wait.into().map(|wait| wait.min(Self::RETRY_AFTER_CAP));
        self
    }

    /// The first error of the response.
    #[must_use]
    pub fn first(&self) -> &ErrorEntry {
        &self.first
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
        request_id(&self.metadata)
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What kind of failure the first error is.
    #[must_use]
    pub fn class(&self) -> Class {
        self.first.class_of_message().unwrap_or_else(|| Class::of(Some(self.code()), self.status))
    }

    /// Whether the official SDK would send the request again, for the first error.
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::of(Some(self.code()), self.status)
    }

    /// Whether an image may have been registered.
    #[must_use]
    pub fn effect(&self) -> Effect {
        Effect::of_error(self.code(), self.status)
    }

    /// What the text of the first error's message carries.
    #[must_use]
    pub fn detail(&self) -> Option<Detail<'_>> {
        self.first.detail()
    }

    /// How long the service asks to wait before the next request, at most [`RETRY_AFTER_CAP`](Self::RETRY_AFTER_CAP).
    ///
    /// It is the header `x-amz-retry-after`, in milliseconds, else `Retry-After`. That one has seconds, or a date, which
    /// is read against the answer's own header `Date`, so no clock is needed; without a `Date` it says nothing.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ec2_register_image::wire::xml;
    ///
    /// let response = http::Response::builder().status(503).header("x-amz-retry-after", "1500").body(
    ///     "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>",
    /// )?;
    /// let error = xml::decode_response(&response).unwrap_err();
    /// assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("first", &self.first)
            .field("others", &self.others)
            .field("request_id", &self.request_id())
            .field("status", &self.status)
            .field("retry_after", &self.retry_after)
            .finish()
    }
}

impl core::error::Error for ServiceError {}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", SingleLine(self.code().as_str()))?;
        if let Some(message) = self.message().filter(|message| !message.is_empty()) {
            write!(f, ": {}", SingleLine(message))?;
        }
        write!(f, " (status {}", self.status.as_u16())?;
        if let Some(request_id) = self.request_id() {
            write!(f, ", request id {}", SingleLine(request_id))?;
        }
        f.write_str(")")
    }
}
