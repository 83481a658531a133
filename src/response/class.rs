//! What kind of failure an error is: for people, for retries, and for the question whether an image exists.

use core::fmt;

use aws_smithy_types::retry::ErrorKind;
use http::StatusCode;

use super::{ErrorCode, Fault};
use crate::response::UnreadableReason;

/// What kind of failure it is, by the code where that is known, else by the status.
///
/// A class says what failed. Whether to send again is [`Retry`]'s to say, and whether that is safe, [`Effect`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// The request is wrong and stays wrong until somebody corrects it.
    InvalidRequest,
    /// Another image has the name; perhaps one that an earlier attempt of the same call registered.
    NameTaken,
    /// The account or the caller may not do it.
    NotPermitted,
    /// What the request needs is not there or not in the right state, such as a snapshot that is not completed.
    /// [`until_completed`](crate::wait::until_completed) waits for snapshots.
    NotReady,
    /// A quota of the account is used up.
    Quota,
    /// Too many requests in a short time.
    Throttled,
    /// The service, or something on the way to it, failed or was busy.
    Transient,
    /// The credentials, the signature or the clock are wrong.
    Credentials,
    /// No failure: a dry run that would have succeeded. As an error it only stands beside others.
    DryRun,
    /// Nothing is known of it.
    Unknown,
}

impl Class {
    /// The word for it in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid-request",
            Self::NameTaken => "name-taken",
            Self::NotPermitted => "not-permitted",
            Self::NotReady => "not-ready",
            Self::Quota => "quota",
            Self::Throttled => "throttled",
            Self::Transient => "transient",
            Self::Credentials => "credentials",
            Self::DryRun => "dry-run",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn of(code: Option<&ErrorCode>, status: StatusCode) -> Self {
        if let Some(code) = code {
            if let Some(info) = code.info() {
                return info.class;
            }
            match Retry::of_code(code) {
                Retry::Throttling => return Self::Throttled,
                Retry::Transient => return Self::Transient,
                Retry::Never => {}
            }
        }
        match status.as_u16() {
            401 => Self::Credentials,
            403 => Self::NotPermitted,
            429 => Self::Throttled,
            500.. => Self::Transient,
            _ => Self::Unknown,
        }
    }
}

/// Whether the official SDK, in its standard mode, would send the request again.
///
/// It is about the error alone. RegisterImage has no client token, so a retry after an error with an
/// [`Effect::Unknown`] can find the name taken by its own image; a [`Call`](crate::call::Call) looks into that.
///
/// The codes and statuses are those of the official Rust SDK. Of an answer that cannot be read it sees the status
/// alone, as we do here: so neither retries an unreadable 2xx. Where we differ is what is unreadable; the SDK takes
/// some answers that were cut off for a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Retry {
    /// No: nothing says that the same request would fare better in a moment.
    Never,
    /// Yes, more slowly: the service said that there were too many requests.
    Throttling,
    /// Yes: the failure may be gone in a moment.
    Transient,
}

/// The codes that the official SDK takes for throttling.
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// The codes that the official SDK takes for a failure that passes.
const TRANSIENT: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];

impl Retry {
    /// The word for it in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Throttling => "throttling",
            Self::Transient => "transient",
        }
    }

    /// What the official SDK calls it.
    #[must_use]
    pub const fn error_kind(self) -> Option<ErrorKind> {
        match self {
            Self::Never => None,
            Self::Throttling => Some(ErrorKind::ThrottlingError),
            Self::Transient => Some(ErrorKind::TransientError),
        }
    }

    /// The code goes before the status, as in the SDK.
    pub(crate) fn of(code: Option<&ErrorCode>, status: StatusCode) -> Self {
        match code.map_or(Self::Never, Self::of_code) {
            Self::Never if matches!(status.as_u16(), 500 | 502..=504) => Self::Transient,
            of_code => of_code,
        }
    }

    fn of_code(code: &ErrorCode) -> Self {
        let code = code.without_prefix();
        if THROTTLING.contains(&code) {
            Self::Throttling
        } else if TRANSIENT.contains(&code) {
            Self::Transient
        } else {
            Self::Never
        }
    }
}

/// Whether an image may have been registered, although the answer is an error.
///
/// | answer | effect |
/// | --- | --- |
/// | an error whose code is about an image ID (`InvalidAMIID`), which a request cannot name | maybe |
/// | any other error with a status of 3xx or 4xx | none |
/// | an error with a status of 5xx, whatever its code says | maybe |
/// | an error with a status of 2xx, which EC2 never sends but a gateway may | none for a code that is known as the client's fault, else maybe |
/// | unreadable, with a status of 3xx, or of 4xx and the start of an error | none, unless the body claims a success |
/// | unreadable, with 407, 411, 413, 414 or 431, by which a proxy lets nothing pass | the same |
/// | unreadable, with any other status | maybe |
///
/// Throttling is no exception: EC2 answers `RequestLimitExceeded` with 503, and no page of AWS promises that nothing was
/// done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// No image was registered by this call.
    #[serde(rename = "none")]
    Nothing,
    /// Nobody can tell from the answer.
    #[serde(rename = "maybe")]
    Unknown,
}

impl Effect {
    /// The word for it in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Unknown => "maybe",
        }
    }

    pub(crate) fn of_error(code: &ErrorCode, status: StatusCode) -> Self {
        let is_refusal = match status.as_u16() {
            // A request names no image, so EC2 can only mean the one that it just assigned.
            _ if code.without_prefix().starts_with("InvalidAMIID.") => false,
            300..=499 => true,
            200..=299 => code.info().is_some_and(|info| info.fault == Fault::Client),
            _ => false,
        };
        if is_refusal { Self::Nothing } else { Self::Unknown }
    }

    pub(crate) fn of_unreadable(reason: UnreadableReason, status: StatusCode, body: &[u8]) -> Self {
        let says = |text: &str| body.windows(text.len()).any(|part| part == text.as_bytes());
        let is_refusal = match status.as_u16() {
            // Redirects, and what a proxy answers before it passes anything on.
            300..=399 | 407 | 411 | 413 | 414 | 431 => true,
            // A page of a proxy may also stand in the place of an answer that it does not let back in.
            400..=499 => says("<Error") || reason == UnreadableReason::MissingFailure,
            _ => false,
        };
        let claims_success = matches!(
            reason,
            UnreadableReason::StatusContradicts
                | UnreadableReason::Contradictory
                | UnreadableReason::MissingData
                | UnreadableReason::UnreadableDate
        );
        if is_refusal && !claims_success && !says("RegisterImageResponse") { Self::Nothing } else { Self::Unknown }
    }
}

impl fmt::Display for Class {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Retry {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Effect {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
