//! From a request to the body that aws-sdk-ec2 sends for it, byte for byte.

use alloc::vec::Vec;

use http::{HeaderValue, Method, header};

use super::{CONTENT_TYPE, VERSION};
use crate::endpoint::Endpoint;
use crate::model::RegisterImageRequest;
use crate::rules::ValidRequest;
use crate::schema::{Key, Parameters as _, Scalar, Segment, digits};
use crate::wire::Body;

const ACTION: &str = "Action=RegisterImage&Version=";

/// The form body of a request that passed the rules.
///
/// The order is the API model's, lists count from 1, and what is empty is sent only where it is a text.
#[must_use]
pub fn encode(request: &ValidRequest) -> Body {
    encode_unchecked(request.request())
}

/// The form body of any request: for tests and emulators, which need what EC2 would refuse.
#[must_use]
pub fn encode_unchecked(request: &RegisterImageRequest) -> Body {
    let mut length = ACTION.len() + VERSION.len();
    // One bit for each of the first parameters: its text is sent as it is, so the second pass need not look into it.
    let (mut plain, mut bit) = (0_u64, 1_u64);
    request.each(None, &mut |key, value| {
        let value_length = value_length(value);
        length += "&=".len() + key.length + value_length;
        if matches!(value, Scalar::Text(text) if text.len() == value_length) {
            plain |= bit;
        }
        bit <<= 1;
    });
    let mut body = Vec::with_capacity(length);
    body.extend_from_slice(ACTION.as_bytes());
    body.extend_from_slice(VERSION.as_bytes());
    bit = 1;
    request.each(None, &mut |key, value| {
        push_key(&mut body, key);
        body.push(b'=');
        match value {
            Scalar::Text(text) if plain & bit != 0 => body.extend_from_slice(text.as_bytes()),
            Scalar::Text(text) => push_escaped(&mut body, text),
            Scalar::Boolean(truth) => body.extend_from_slice(if truth { b"true" } else { b"false" }),
            Scalar::Integer(number) => body.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
        }
        bit <<= 1;
    });
    Body::from_ascii(body)
}

/// The HTTP request to send, but for `host`, `content-length` and the signature, which are the transport's to add.
///
/// ```
/// use ec2_register_image::{builder::*, endpoint::Endpoint, types::Architecture, wire::query};
///
/// let valid = RegisterImage::named("web")
///     .hvm(Architecture::ARM64)
///     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0"))
///     .validate()?;
/// let request = query::request(&valid, &Endpoint::of_region("eu-west-1")?);
/// assert_eq!(request.method(), "POST");
/// assert_eq!(request.uri(), "https://ec2.eu-west-1.amazonaws.com/");
/// assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn request(request: &ValidRequest, endpoint: &Endpoint) -> http::Request<Body> {
    post(encode(request), endpoint)
}

/// The HTTP request with this body.
pub(in crate::wire) fn post(body: Body, endpoint: &Endpoint) -> http::Request<Body> {
    let mut http = http::Request::new(body);
    *http.method_mut() = Method::POST;
    *http.uri_mut() = endpoint.uri().clone();
    http.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    http
}

/// Writes `&` and the key; what comes before the key's last segment is copied from where the body has it already.
fn push_key(body: &mut Vec<u8>, key: &Key<'_>) {
    if let Some(holder) = key.holder {
        let start = body.len();
        if let Some((from, to)) = holder.written.get() {
            body.extend_from_within(from..to);
        } else {
            push_key(body, holder);
            body.push(b'.');
        }
        holder.written.set(Some((start, body.len())));
    } else {
        body.push(b'&');
    }
    match key.segment {
        Segment::Name(name) => body.extend_from_slice(name.as_bytes()),
        Segment::Number(number) => body.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
    }
}

fn value_length(value: Scalar<'_>) -> usize {
    match value {
        Scalar::Text(text) => escaped_length(text),
        Scalar::Boolean(truth) => {
            if truth {
                "true".len()
            } else {
                "false".len()
            }
        }
        Scalar::Integer(number) => usize::from(number < 0) + digits(number.unsigned_abs() as usize),
    }
}

/// What stands for a byte, and how many bytes that is: itself where RFC 3986 leaves it as it is, else `%XX`.
#[expect(clippy::indexing_slicing, reason = "a byte is within a table of 256, and a half of it within 16 digits")]
fn escape(byte: u8) -> ([u8; 3], usize) {
    const TABLE: [([u8; 3], u8); 256] = {
        let digits = b"0123456789ABCDEF";
        let mut table = [([0; 3], 0); 256];
        let mut at = 0;
        while at < 256 {
            let byte = at as u8;
            table[at] = if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                ([byte, 0, 0], 1)
            } else {
                ([b'%', digits[at >> 4], digits[at & 15]], 3)
            };
            at += 1;
        }
        table
    };
    let (escape, length) = TABLE[usize::from(byte)];
    (escape, length.into())
}

fn escaped_length(text: &str) -> usize {
    text.bytes().map(|byte| escape(byte).1).sum()
}

/// Writes a text without a branch for each byte: three bytes go down, as many as count are stepped over.
pub(in crate::wire) fn push_escaped(body: &mut Vec<u8>, text: &str) {
    const CHUNK: usize = 16;
    for chunk in text.as_bytes().chunks(CHUNK) {
        let mut escaped = [0; 3 * CHUNK];
        let mut length = 0;
        for &byte in chunk {
            let (escape, count) = escape(byte);
            if let Some(place) = escaped.get_mut(length..length + escape.len()) {
                place.copy_from_slice(&escape);
            }
            length += count;
        }
        body.extend_from_slice(escaped.get(..length).unwrap_or_default());
    }
}
