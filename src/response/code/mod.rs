//! The codes of errors, and what is known of each.

use http::StatusCode;

use super::messages::Message;
use super::{Class, Effect, Retry};

mod table;

pub use table::ErrorCode;

/// Whose fault an error is, as AWS's list of codes sorts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Fault {
    /// The request, or who sent it.
    Client,
    /// The service.
    Server,
}

/// What is known of a code: one row of [`CodeInfo::ALL`].
///
/// ```
/// use ec2_register_image::response::{Class, Effect, ErrorCode};
///
/// let info = ErrorCode::from("IncorrectState").info().unwrap();
/// assert_eq!((info.class, info.effect()), (Class::NotReady, Effect::Nothing));
/// assert_eq!(info.advice, "wait until the snapshot is completed, then send the request again");
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeInfo {
    /// The code.
    pub code: ErrorCode,
    /// The HTTP status that it comes with, where AWS's pages or a report tell; `None` is some 4xx or 5xx.
    pub status: Option<StatusCode>,
    /// Whose fault it is.
    pub fault: Fault,
    /// What kind of failure it is.
    pub class: Class,
    /// What it says of a RegisterImage call, in one clause.
    pub meaning: &'static str,
    /// What to do about it, in one sentence.
    pub advice: &'static str,
    /// The wordings of EC2 with this code that are known.
    pub messages: &'static [&'static Message],
}

impl CodeInfo {
    /// Whether the official SDK would send the request again, when the code comes with its usual status.
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::of(Some(&self.code), self.usual_status())
    }

    /// Whether an image may have been registered, when the code comes with its usual status.
    #[must_use]
    pub fn effect(&self) -> Effect {
        Effect::of_error(&self.code, self.usual_status())
    }

    fn usual_status(&self) -> StatusCode {
        self.status.unwrap_or(match self.fault {
            Fault::Client => StatusCode::BAD_REQUEST,
            Fault::Server => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }
}

impl ErrorCode {
    /// What is known of the code, the prefix of audit logs aside.
    ///
    /// ```
    /// use ec2_register_image::response::ErrorCode;
    ///
    /// let logged = ErrorCode::from("Client.InvalidAMIName.Duplicate");
    /// assert_eq!(logged.info().unwrap().code, ErrorCode::INVALID_AMI_NAME_DUPLICATE);
    /// assert_eq!(logged.as_str(), "Client.InvalidAMIName.Duplicate");
    /// assert!(ErrorCode::from("InvalidAMIName.Haunted").info().is_none());
    /// ```
    #[must_use]
    pub fn info(&self) -> Option<&'static CodeInfo> {
        CodeInfo::ALL.iter().find(|info| info.code == *self.without_prefix())
    }

    /// The code without the `Client.` or `Server.` that audit logs put before it.
    #[must_use]
    pub fn without_prefix(&self) -> &str {
        let code = self.as_str();
        code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(code)
    }
}
