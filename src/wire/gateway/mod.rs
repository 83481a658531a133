//! The JSON gateway in front of EC2: a request is the AWS CLI's JSON, a response is an envelope.
//!
//! A request is a `POST` to `http://ec2.{region}.amazonaws.com/#Action=RegisterImage` with `accept` and `content-type`
//! of `application/json`. Clients do not send the fragment, so a server recognizes such a request by its content type.
//! Requests are not signed and use plain `http`, so the gateway must be inside a trusted network. EC2 itself uses
//! [XML](super::xml).
//!
//! The responses, in which `id` is the ID of the image:
//!
//! ```json
//! {"success":true,"data":{"id":"ami-0123456789abcdef0","created_at":"2025-01-01T00:00:00Z"}}
//! {"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request parameters"}}
//! ```
//!
//! A client uses [`encode_request`] and [`decode_response`], a server [`decode_request`], [`encode_response`] and
//! [`encode_error_response`].

mod decode;
mod encode;
mod request;

use serde::Serialize;

use super::Body;

pub use decode::decode_response;
pub use encode::{InvalidGatewayResponse, encode_error_response, encode_response};
pub use request::{InvalidGatewayRequest, decode_request, encode_body_unchecked, encode_request};

/// The `content-type` and the `accept` of a request.
pub const CONTENT_TYPE: &str = "application/json";

/// The longest body that is decoded, in bytes: 1 MiB. A request with all the UEFI data that EC2 accepts has a little more
/// than 64,000.
pub const BODY_LIMIT: usize = 1024 * 1024;

fn to_json<T: Serialize>(value: &T) -> Body {
    // This cannot fail, because the keys are strings and our values always serialize.
    serde_json::to_string(value).unwrap_or_default().into()
}
