#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod described;
mod facts;
mod outcome;
mod request;
mod values;

pub use described::{image, snapshot};
pub use facts::ToFacts;
pub use outcome::{Failed, outcome, outcome_of_error, response};
pub use request::{UnknownMember, from_sdk, to_sdk};
