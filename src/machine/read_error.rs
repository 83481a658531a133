//! Why a machine that reads does not know something.

use alloc::{boxed::Box, sync::Arc};
use core::{error::Error, fmt};

use super::Failure;
use super::pace::may_pass;
use crate::response::{Class, RegisterImageError};

/// Why something that a machine looked up is not known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The service returned an error, or a response that cannot be read.
    Answered(RegisterImageError),
    /// There is no response. The transport's own error is the [`source`](Error::source).
    #[non_exhaustive]
    Transport {
        /// The transport's own error.
        error: Arc<dyn Error + Send + Sync>,
        /// Whether every further attempt would fail, as the transport said.
        is_permanent: bool,
    },
    /// The responses are complete and do not show it.
    NotShown,
    /// The response is about something else.
    OtherSubject,
    /// The list has more pages than the machine reads.
    TooManyPages,
    /// The time for waiting is used up.
    OutOfTime,
    /// The caller stopped the machine.
    Stopped,
}

impl ReadError {
    /// Returns the error that the service returned, or the response that cannot be read.
    #[must_use]
    pub fn as_answered(&self) -> Option<&RegisterImageError> {
        match self {
            Self::Answered(error) => Some(error),
            _ => None,
        }
    }

    /// Returns whether the caller lacks a permission.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.as_answered().is_some_and(|error| error.class() == Class::NotPermitted)
    }

    pub(crate) fn of<E: Into<Box<dyn Error + Send + Sync>>>(failure: Failure<E>) -> Self {
        let is_permanent = matches!(failure, Failure::Permanent(_));
        Self::Transport { error: failure.into_error().into().into(), is_permanent }
    }

    pub(crate) fn is_permanent(&self) -> bool {
        matches!(self, Self::Transport { is_permanent: true, .. })
    }

    /// Whether the same request may fare better in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Answered(error) => may_pass(error),
            Self::Transport { is_permanent, .. } => !is_permanent,
            Self::OtherSubject => true,
            Self::NotShown | Self::TooManyPages | Self::OutOfTime | Self::Stopped => false,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered(error) => return error.fmt(f),
            Self::Transport { error, .. } => {
                f.write_str("no response: ")?;
                return error.fmt(f);
            }
            Self::NotShown => "no response shows it",
            Self::OtherSubject => "the response is about something else",
            Self::TooManyPages => "the list has too many pages",
            Self::OutOfTime => "the time for waiting is used up",
            Self::Stopped => "the caller stopped the machine",
        })
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Answered(error) => error.source(),
            Self::Transport { error, .. } => error.source(),
            _ => None,
        }
    }
}

/// The caller asked for the next step without a report on the last request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the result of the request was not reported")]
pub(crate) struct NotReported;
