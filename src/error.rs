//! What an answer says when it is not a success.

mod class;
mod code;
mod detail;
mod smithy;
mod wait;

pub use class::{Class, Effect, Retry};
pub use code::{CodeInfo, ErrorCode, Fault};
pub use detail::Detail;
pub(crate) use smithy::{request_id, with_request_id};
pub(crate) use wait::retry_after;

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{
    fmt::{self, Write as _},
    iter,
    time::Duration,
};

use aws_smithy_types::error::ErrorMetadata;
use http::StatusCode;

use crate::{
    response::DryRunPassed,
    rules::{self, Rule},
    unreadable::Unreadable,
};

/// The answer was not a success: EC2 said no, or nobody can read what it said.
///
/// ```
/// use ec2_register_image::{Class, Effect, ErrorCode, Retry, wire::xml};
///
/// let response = http::Response::builder().status(400).body(
///     "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by AMI \
///      ami-0ea09a82f221f584a</Message></Error></Errors><RequestID>4e759009-7884-46eb-bcf9-0a238087d593</RequestID>\
///      </Response>",
/// )?;
/// let error = xml::decode(&response).unwrap_err();
///
/// assert_eq!((error.class(), error.retry(), error.effect()), (Class::NameTaken, Retry::Never, Effect::None));
/// // What it means and what to do, of a code that is known; and what would have told of it before.
/// let info = error.code().and_then(ErrorCode::info).unwrap();
/// assert_eq!(info.meaning, "another image of the account in this Region has the name");
/// assert!(info.advice.starts_with("find out whether the image that the message names is the work of a lost attempt"));
/// assert!(error.rules().map(|rule| rule.id).eq(["name-in-use"]));
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

    /// What kind of failure it is.
    ///
    /// ```
    /// use ec2_register_image::{Class, Effect, Retry, wire::xml};
    ///
    /// // A proxy on the way answered. EC2 may have registered the image all the same.
    /// let response = http::Response::builder().status(502).body("<html>Bad Gateway</html>")?;
    /// let error = xml::decode(&response).unwrap_err();
    /// assert_eq!((error.class(), error.retry(), error.effect()), (Class::Transient, Retry::Transient, Effect::Maybe));
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

    /// The rules that would have told of the service's first error before the request was sent; none for an answer that
    /// cannot be read.
    ///
    /// ```
    /// use ec2_register_image::wire::xml;
    ///
    /// let response = http::Response::builder().status(400).body(
    ///     "<Response><Errors><Error><Code>InvalidBlockDeviceMapping</Code><Message>/dev/xvda is being assigned to \
    ///      multiple times.</Message></Error></Errors></Response>",
    /// )?;
    /// let error = xml::decode(&response).unwrap_err();
    /// assert!(error.rules().map(|rule| rule.id).eq(["device-duplicate"]));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.as_service().into_iter().flat_map(ServiceError::rules)
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

    /// What the text of the message carries.
    #[must_use]
    pub fn detail(&self) -> Option<Detail<'_>> {
        self.message.as_deref().and_then(Detail::of)
    }

    /// The rules that look for what the error complains of, in the order of [`rules::all`].
    ///
    /// They are those that have the [wording](Rule::ec2_messages) of the message. Where none has, and all rules of the
    /// [code](Rule::ec2_code) have one wording or none, it is these; where there is no message, all that have the code.
    /// None means that no rule would have told of it: either it is nothing that a request shows, or a rule is missing.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rules::of_answer(self.code.bare(), self.message.as_deref())
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
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceError {
    first: ErrorEntry,
    others: Vec<ErrorEntry>,
    status: StatusCode,
    retry_after: Option<Duration>,
    /// The first error once more, in the SDK's own form, since its trait hands out a reference; with the request id.
    metadata: ErrorMetadata,
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
        Class::of(Some(self.code()), self.status)
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

    /// The rules that look for what the [first error](ErrorEntry::rules) complains of.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.first.rules()
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
    /// let error = xml::decode(&response).unwrap_err();
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
