//! From a request to the body that aws-sdk-ec2 sends for it, byte for byte.

use alloc::vec::Vec;

use http::{HeaderValue, Method, header};

use super::{CONTENT_TYPE, VERSION};
use crate::endpoint::Endpoint;
use crate::model::RegisterImageRequest;
use crate::rules::ValidRequest;
use crate::schema::{Item, ItemSink, MemberSink, Sink, Structure, Value, WireName};
use crate::wire::Body;

const ACTION: &[u8] = b"Action=RegisterImage&Version=";

/// What fits into the buffer on the stack; longer bodies are measured with it and then written to the heap.
const STACK: usize = 2_000;

/// The form body of a request that passed the rules.
///
/// The order is the API model's, lists count from 1, and what is empty is sent only if it is a text.
#[must_use]
pub fn encode_body(request: &ValidRequest) -> Body {
    encode_body_unchecked(request.request())
}

/// The form body of any request: for tests and emulators, which need what EC2 would reject.
#[must_use]
pub fn encode_body_unchecked(request: &RegisterImageRequest) -> Body {
    let mut body = Vec::new();
    append(request, &mut body);
    Body::from_ascii(body)
}

/// Appends the form body of a request that passed the rules to `body`, which allocates only if its capacity does not
/// suffice.
///
/// ```
/// use ec2_register_image::{RegisterImageRequest, wire::query};
///
/// let mut request = RegisterImageRequest::default();
/// request.name = Some("web".into());
/// let mut body = Vec::with_capacity(2_000);
/// query::encode_body_into(&request.validate()?, &mut body);
/// assert_eq!(body, b"Action=RegisterImage&Version=2016-11-15&Name=web");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode_body_into(request: &ValidRequest, body: &mut Vec<u8>) {
    append(request.request(), body);
}

fn append(request: &RegisterImageRequest, body: &mut Vec<u8>) {
    let mut stack = [0; STACK];
    let length = write(request, &mut stack);
    body.reserve_exact(length);
    match stack.get(..length) {
        Some(written) => body.extend_from_slice(written),
        None => {
            let start = body.len();
            body.resize(start + length, 0);
            write(request, body.get_mut(start..).unwrap_or_default());
        }
    }
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
/// let request = query::encode_request(&valid, &Endpoint::of_region("eu-west-1")?);
/// assert_eq!(request.method(), "POST");
/// assert_eq!(request.uri(), "https://ec2.eu-west-1.amazonaws.com/");
/// assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn encode_request(request: &ValidRequest, endpoint: &Endpoint) -> http::Request<Body> {
    post(encode_body(request), endpoint)
}

/// The HTTP request with this body.
pub(in crate::wire) fn post(body: Body, endpoint: &Endpoint) -> http::Request<Body> {
    let mut http = http::Request::new(body);
    *http.method_mut() = Method::POST;
    *http.uri_mut() = endpoint.uri().clone();
    http.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    http
}

/// Writes the body of a request, or as much of it as fits, and returns its whole length.
fn write(request: &RegisterImageRequest, body: &mut [u8]) -> usize {
    let mut form = Form { body, length: 0 };
    form.put(ACTION);
    form.put(VERSION.as_bytes());
    request.write_members(&mut Members { form: &mut form, prefix: &Prefix::new() });
    form.length
}

/// A body that is being written; what does not fit is only counted.
struct Form<'b> {
    body: &'b mut [u8],
    length: usize,
}

impl Form<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.body.get_mut(self.length..self.length + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.length += bytes.len();
    }

    /// The next `N` bytes of the body, if it has as many.
    #[inline]
    fn next<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        self.body.get_mut(self.length..)?.first_chunk_mut()
    }

    /// Writes the first `length` of these bytes; a copy of a fixed size is a few moves.
    #[inline]
    fn put_first<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        match self.next() {
            Some(place) => *place = *bytes,
            None => return self.put(bytes.get(..length).unwrap_or(bytes)),
        }
        self.length += length;
    }

    fn put_escaped(&mut self, text: &str) {
        let (chunks, rest) = text.as_bytes().as_chunks();
        for chunk in chunks {
            self.put_chunk(chunk, CHUNK);
        }
        if !rest.is_empty() {
            self.put_chunk(&pad(rest), rest.len());
        }
    }

    #[inline]
    fn put_chunk(&mut self, chunk: &[u8; CHUNK], length: usize) {
        if are_unreserved(chunk) {
            return self.put_first(chunk, length);
        }
        match self.next() {
            Some(place) => self.length += escape_chunk(chunk, length, place),
            None => {
                let mut escaped = [0; ESCAPED_CHUNK];
                let length = escape_chunk(chunk, length, &mut escaped);
                self.put(escaped.get(..length).unwrap_or(&escaped));
            }
        }
    }
}

/// How many bytes of a text are looked at together.
const CHUNK: usize = 16;

/// The room that an escaped chunk needs.
const ESCAPED_CHUNK: usize = 4 * CHUNK;

/// Fewer bytes than a chunk has, followed by letters. They are read as two words that may overlap, since a copy of a
/// variable size is a loop.
#[inline]
fn pad(bytes: &[u8]) -> [u8; CHUNK] {
    const LETTERS: u128 = u128::from_ne_bytes([b'a'; CHUNK]);
    let bits = 8 * bytes.len() as u32;
    let word = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (bits - u64::BITS)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u128::from(u64::from(first) | u64::from(last) << (bits - u32::BITS))
    } else {
        u128::from(bytes.iter().rfold(0_u32, |word, byte| word << 8 | u32::from(*byte)))
    };
    (word | LETTERS << bits).to_le_bytes()
}

/// Writes the first `length` bytes of a text, escaped, and returns how many bytes that makes; without a branch for each
/// byte: four bytes are written, and as many as count are stepped over.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is within a table of 256, and a half of it within 16 digits")]
fn escape_chunk(chunk: &[u8; CHUNK], length: usize, place: &mut [u8; ESCAPED_CHUNK]) -> usize {
    /// What stands for a byte, and how many bytes that is: itself where RFC 3986 leaves it as it is, else `%XX`.
    const ESCAPES: [[u8; 4]; 256] = {
        let digits = b"0123456789ABCDEF";
        let mut table = [[0; 4]; 256];
        let mut at = 0;
        while at < 256 {
            let byte = at as u8;
            table[at] = if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                [byte, 0, 0, 1]
            } else {
                [b'%', digits[at >> 4], digits[at & 15], 3]
            };
            at += 1;
        }
        table
    };
    let mut end = 0_u8;
    for &byte in chunk.iter().take(length) {
        let escape = ESCAPES[usize::from(byte)];
        let start = usize::from(end);
        if let Some(place) = place.get_mut(start..start + escape.len()) {
            place.copy_from_slice(&escape);
        }
        end += escape[3];
    }
    end.into()
}

/// Whether all of these bytes are sent as they are. Without a branch, so that the compiler can compare them all at once.
#[inline]
fn are_unreserved(chunk: &[u8; CHUNK]) -> bool {
    chunk.iter().fold(true, |all, &byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit = byte.wrapping_sub(b'0') < 10;
        all & (is_letter | is_digit | (byte == b'-') | (byte == b'.') | (byte == b'_') | (byte == b'~'))
    })
}

/// What the names of the current members begin with: `&BlockDeviceMapping.1.Ebs.`.
#[derive(Clone, Copy)]
struct Prefix {
    bytes: [u8; Self::LIMIT],
    length: usize,
}

impl Prefix {
    /// More than two names and two numbers have; no structure of the API is deeper.
    const LIMIT: usize = 64;

    fn new() -> Self {
        let mut bytes = [0; Self::LIMIT];
        bytes[0] = b'&';
        Self { bytes, length: 1 }
    }

    /// This prefix and a name.
    #[inline]
    fn name(&self, name: &WireName) -> Self {
        let mut prefix = *self;
        if let Some(place) = prefix.bytes.get_mut(self.length..).and_then(|rest| rest.first_chunk_mut()) {
            *place = *name.padded();
            prefix.length += name.as_str().len();
        }
        prefix.dot()
    }

    /// This prefix and the number of an item.
    #[inline]
    fn number(&self, number: usize) -> Self {
        let mut prefix = *self;
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number).as_bytes();
        if let Some(place) = prefix.bytes.get_mut(self.length..self.length + digits.len()) {
            place.copy_from_slice(digits);
            prefix.length += digits.len();
        }
        prefix.dot()
    }

    #[inline]
    fn dot(mut self) -> Self {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = b'.';
            self.length += 1;
        }
        self
    }
}

/// The members of a structure, as parameters.
struct Members<'w, 'b> {
    form: &'w mut Form<'b>,
    prefix: &'w Prefix,
}

impl MemberSink for Members<'_, '_> {
    #[inline]
    fn member<T: Value>(&mut self, name: &'static WireName, value: &T) {
        value.write(Parameter { form: &mut *self.form, prefix: self.prefix, name });
    }
}

/// A parameter, or several that begin with this name.
struct Parameter<'w, 'b> {
    form: &'w mut Form<'b>,
    prefix: &'w Prefix,
    name: &'static WireName,
}

impl Parameter<'_, '_> {
    #[inline]
    fn put_name(&mut self) {
        let Prefix { bytes, length } = self.prefix;
        self.form.put_first(bytes, *length);
        self.form.put_first(self.name.padded(), self.name.as_str().len() + "=".len());
    }
}

impl Sink for Parameter<'_, '_> {
    #[inline]
    fn text(mut self, text: &str) {
        self.put_name();
        self.form.put_escaped(text);
    }

    #[inline]
    fn boolean(mut self, truth: bool) {
        self.put_name();
        self.form.put(if truth { b"true" } else { b"false" });
    }

    #[inline]
    fn integer(mut self, number: i32) {
        self.put_name();
        self.form.put(itoa::Buffer::new().format(number).as_bytes());
    }

    #[inline]
    fn list<T: Item>(self, list: &[T]) {
        let prefix = self.prefix.name(self.name);
        for (index, item) in list.iter().enumerate() {
            item.write_item(ListItem { form: &mut *self.form, list: &prefix, number: index + 1 });
        }
    }

    #[inline]
    fn structure<T: Structure>(self, structure: &T) {
        let prefix = self.prefix.name(self.name);
        structure.write_members(&mut Members { form: self.form, prefix: &prefix });
    }
}

/// An item of a list; a text is a parameter itself, and a structure has members.
struct ListItem<'w, 'b> {
    form: &'w mut Form<'b>,
    list: &'w Prefix,
    /// Counted from 1, as the protocol does.
    number: usize,
}

impl ItemSink for ListItem<'_, '_> {
    #[inline]
    fn text(self, text: &str) {
        let Prefix { bytes, length } = self.list;
        self.form.put_first(bytes, *length);
        self.form.put(itoa::Buffer::new().format(self.number).as_bytes());
        self.form.put(b"=");
        self.form.put_escaped(text);
    }

    #[inline]
    fn structure<T: Structure>(self, structure: &T) {
        let prefix = self.list.number(self.number);
        structure.write_members(&mut Members { form: self.form, prefix: &prefix });
    }
}

/// Appends a text, escaped.
pub(in crate::wire) fn push_escaped(body: &mut Vec<u8>, text: &str) {
    let mut escaped = [0; ESCAPED_CHUNK];
    for bytes in text.as_bytes().chunks(CHUNK) {
        let mut chunk = [0; CHUNK];
        chunk.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        let length = escape_chunk(&chunk, bytes.len(), &mut escaped);
        body.extend_from_slice(escaped.get(..length).unwrap_or_default());
    }
}
