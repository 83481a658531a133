//! EC2's XML responses.
//!
//! [`decode_response`] never mistakes another response for success. A body that is truncated at any byte, is not
//! well-formed, or has two meanings is an error, and the error keeps the body. [`encode_response`] and
//! [`encode_error_response`] write responses as EC2 does. `decode_response`, botocore and the official SDK read them.

mod decode;
pub(super) mod described;
mod encode;
mod markup;
mod names;
mod reader;

pub use decode::{decode_error_response, decode_response};
pub use encode::{InvalidXmlResponse, encode_error_response, encode_response};

/// The start of EC2's namespace. The version of the API follows.
const EC2_NAMESPACE: &str = "http://ec2.amazonaws.com/doc/";

/// The longest body that is decoded, in bytes: 1 MiB. EC2's responses have a few hundred.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The deepest nesting of elements that is decoded. EC2's responses have 4 levels.
pub const DEPTH_LIMIT: usize = 64;

/// The most attributes on one element that are decoded, which keeps the search for duplicates short.
pub const ATTRIBUTE_LIMIT: usize = 32;

/// The most namespace declarations in force at one place that are decoded, which keeps look-ups short.
pub const NAMESPACE_LIMIT: usize = 64;
