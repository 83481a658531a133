//! The EC2 query protocol: a form body of `Name=value` pairs, the members of lists and structures joined by dots.
//!
//! ```
//! use ec2_register_image::{RegisterImageRequest, wire::query};
//!
//! let request: RegisterImageRequest = serde_json::from_str(
//!     r#"{"Name": "a b", "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}]}"#,
//! )?;
//! assert_eq!(
//!     query::encode_body_unchecked(&request).as_str(),
//!     "Action=RegisterImage&Version=2016-11-15&Name=a%20b\
//!      &BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fsdb",
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! A client uses [`encode_request`]; a server, a proxy or an auditor [`decode_request`] or [`decode_body`], which refuse what is not
//! plainly a request. For a server's answer there is [`MalformedRequest::code`](MalformedRequest::code).

mod decode;
mod encode;
mod form;
pub(crate) mod malformed;
mod strictness;

pub use decode::{Decoded, decode_body, decode_body_with, decode_request, decode_request_with};
pub use encode::{encode_body, encode_body_into, encode_body_unchecked, encode_request};
pub(super) use encode::{post, push_escaped};
pub use malformed::{MalformedRequest, MalformedRequestReason, RequestPart};
pub use strictness::Strictness;

/// The version of the API, which is `Version` in every body.
pub const VERSION: &str = "2016-11-15";

/// The `content-type` of a body.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The longest body that is decoded, in bytes, and the longest query of a URL: 1 MiB. A request with all the UEFI data
/// that EC2 accepts has a little more than 64,000.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The longest value that is decoded, in bytes once it is unescaped: 256 KiB. The longest that EC2 accepts is UEFI
/// data of 64,000.
pub const VALUE_LIMIT: usize = 256 * 1024;

/// The most items of one list that are decoded: 10,000. EC2 documents no limit, but an image has at most 50
/// tags, and an instance a few dozen volumes.
pub const LIST_LIMIT: usize = 10_000;

/// The most items that the numbers of a request may skip, in all its lists together: 1,000.
pub const SKIPPED_LIMIT: usize = 1_000;
