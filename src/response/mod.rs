//! What EC2 answers: the success, the error, and the response that cannot be read.

#[macro_use]
pub mod messages;

mod advice;
mod authorization;
mod class;
mod code;
mod detail;
mod error;
mod json;
mod smithy;
mod success;
mod unreadable;
mod wait;

pub use authorization::{Denial, PolicyType, Unauthorized};
pub use class::{Class, Effect, Retry};
pub use code::{CodeInfo, ErrorCode, Fault};
pub use detail::Detail;
pub use error::{ErrorEntry, RegisterImageError, ServiceError};
pub(crate) use smithy::{request_id, with_request_id};
pub use success::{Accepted, DryRunPassed, RegisterImageResponse};
pub(crate) use unreadable::{DecodeFault, header_request_id};
pub use unreadable::{UnreadableReason, UnreadableResponse};
pub(crate) use wait::retry_after;
