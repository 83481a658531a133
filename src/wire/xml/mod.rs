//! EC2's XML answers.
//!
//! [`decode_response`] takes nothing for a success that is not one: a body that is cut off at any byte, that is not well-formed,
//! or that means two things is an error, and the error keeps the body. [`encode_response`] and [`encode_error_response`] write answers
//! as EC2 does; `decode_response`, botocore and the official SDK read them back.

mod decode;
pub(super) mod described;
mod encode;
mod markup;
mod names;
mod reader;

pub use decode::{decode_error_response, decode_response};
pub use encode::{InvalidXmlResponse, encode_error_response, encode_response};

/// How the namespace of EC2 starts; what follows is the version of the API.
const EC2_NAMESPACE: &str = "http://ec2.amazonaws.com/doc/";

/// The longest body that is decoded, in bytes: 1 MiB. EC2's answers have a few hundred.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The deepest nesting of elements that is decoded. EC2's answers have 4 levels.
pub const DEPTH_LIMIT: usize = 64;

/// The most attributes on one element that are decoded, which keeps the search for duplicates short.
pub const ATTRIBUTE_LIMIT: usize = 32;

/// The most namespace declarations in force at one place that are decoded, which keeps look-ups short.
pub const NAMESPACE_LIMIT: usize = 64;
