//! Encodes a request as the body that aws-sdk-ec2 sends, byte for byte.

use alloc::vec::Vec;
use core::mem;

use http::{HeaderValue, Method, header};

use super::{CONTENT_TYPE, VERSION};
use crate::endpoint::Endpoint;
use crate::model::RegisterImageRequest;
use crate::rules::ValidRequest;
use crate::schema::{Item, ItemSink, MemberSink, Sink, Structure, Text, Value, WireName};
use crate::text::is_unreserved_byte;
use crate::wire::Body;

const ACTION: &[u8] = b"Action=RegisterImage&Version=";

/// The size of the buffer on the stack. Longer bodies are measured with it and then written to the heap.
const STACK: usize = 2_000;

/// Encodes the form body of a valid request.
///
/// The order is that of the API model. Lists count from 1. Empty texts are sent, empty lists and structures are not.
#[must_use]
pub fn encode_body(request: &ValidRequest) -> Body {
    encode_body_unchecked(request.request())
}

/// Encodes the form body of any request, for tests and emulators, which need what EC2 would reject.
#[must_use]
pub fn encode_body_unchecked(request: &RegisterImageRequest) -> Body {
    let mut body = Vec::new();
    append(request, &mut body);
    Body::from_ascii(body)
}

/// Appends the form body of a valid request to `body`, which allocates only if its capacity does not suffice.
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

/// Encodes the HTTP request to send. The transport adds `host`, `content-length` and the signature.
///
/// ```
/// use ec2_register_image::{builder::*, endpoint::Endpoint, types::Architecture, wire::query};
///
/// let valid = RegisterImage::named("web")
///     .hvm(Architecture::ARM64)
///     .root("/dev/xvda", SnapshotVolume::new("snap-0123456789abcdef0"))
///     .validate()?;
/// let request = query::encode_request(&valid, &Endpoint::from_region("eu-west-1")?);
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
    let mut form = Form { rest: body, length: 0 };
    form.put(ACTION);
    form.put(VERSION.as_bytes());
    request.write_members(&mut Members { form: &mut form, prefix: &Prefix::new() });
    form.length
}

/// A body that is being written; what comes after the first bytes that do not fit is only counted.
///
/// Bytes are written in arrays of a fixed size, which takes a few moves, into room that is as long as an array and an
/// offset can be, which the compiler sees: one comparison with the length of the rest suffices for a whole parameter.
struct Form<'b> {
    rest: &'b mut [u8],
    length: usize,
}

impl Form<'_> {
    fn put(&mut self, bytes: &[u8]) {
        match mem::take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            Some((place, rest)) => {
                place.copy_from_slice(bytes);
                self.rest = rest;
            }
            None => self.rest = &mut [],
        }
        self.length += bytes.len();
    }

    /// Lets a function write into the next `N` bytes, or into others if there are not as many; it returns how many count.
    #[inline]
    fn put_in<const N: usize>(&mut self, write: impl Fn(&mut [u8; N]) -> u8) {
        const { assert!(N > u8::MAX as usize) }
        match self.rest.first_chunk_mut() {
            Some(place) => {
                let length = write(place).into();
                self.length += length;
                self.rest = mem::take(&mut self.rest).get_mut(length..).unwrap_or_default();
            }
            None => {
                let mut place = [0; N];
                let length = write(&mut place).into();
                self.put(place.get(..length).unwrap_or_default());
            }
        }
    }

    /// Writes a parameter: its name, and the first bytes of its value.
    fn put_parameter(&mut self, prefix: &Prefix, name: &WireName, value: &[u8; CHUNK], length: u8) {
        self.put_in::<ROOM>(|place| {
            let mut end = 0;
            put_first(place, &mut end, &prefix.bytes, prefix.length);
            put_first(place, &mut end, name.padded(), name.length() + 1);
            put_first(place, &mut end, value, length);
            end
        });
    }

    /// Writes a parameter whose value is shorter than a chunk, and sent as it is.
    fn put_short(&mut self, prefix: &Prefix, name: &WireName, value: &[u8]) {
        let mut chunk = [0; CHUNK];
        pad(value, &mut chunk);
        self.put_parameter(prefix, name, &chunk, value.len() as u8);
    }

    /// Writes a parameter whose value may have to be escaped.
    fn put_text(&mut self, prefix: &Prefix, name: &WireName, text: &[u8]) {
        match text.split_first_chunk() {
            Some((first, after)) if are_unreserved(first) => {
                self.put_parameter(prefix, name, first, CHUNK as u8);
                self.put_escaped(after);
            }
            // For fewer bytes than a chunk has, to see whether all are unreserved takes as long as to escape them.
            _ => {
                let (start, after) = text.split_at_checked(ESCAPED_WITH_NAME).unwrap_or((text, &[]));
                self.put_in(|place| {
                    let mut end = 0;
                    put_first(place, &mut end, &prefix.bytes, prefix.length);
                    put_first(place, &mut end, name.padded(), name.length() + 1);
                    escape(start, place, &mut end);
                    end
                });
                self.put_escaped(after);
            }
        }
    }

    fn put_escaped(&mut self, text: &[u8]) {
        let (chunks, rest) = text.as_chunks();
        for chunk in chunks {
            self.put_chunk(chunk, CHUNK as u8);
        }
        if !rest.is_empty() {
            let mut chunk = [0; CHUNK];
            pad(rest, &mut chunk);
            self.put_chunk(&chunk, rest.len() as u8);
        }
    }

    fn put_chunk(&mut self, chunk: &[u8; CHUNK], length: u8) {
        if are_unreserved(chunk) {
            self.put_in::<ROOM>(|place| {
                let mut end = 0;
                put_first(place, &mut end, chunk, length);
                end
            });
        } else {
            self.put_in(|place| {
                let mut end = 0;
                escape(chunk.get(..length.into()).unwrap_or(chunk), place, &mut end);
                end
            });
        }
    }
}

/// How much of a text is escaped together with the name before it: a prefix, a name and three times as much are less than
/// a `u8` can count.
const ESCAPED_WITH_NAME: usize = 52;

const _: () = assert!(Prefix::LIMIT + WireName::LIMIT + 3 * ESCAPED_WITH_NAME <= u8::MAX as usize);

/// More than a `u8` can count and the longest array has.
const ROOM: usize = 320;

/// Writes the first `length` of these bytes there.
#[inline]
fn put_first<const N: usize>(place: &mut [u8; ROOM], end: &mut u8, bytes: &[u8; N], length: u8) {
    const { assert!(u8::MAX as usize + N <= ROOM) }
    if let Some(place) = place.get_mut(usize::from(*end)..).and_then(|rest| rest.first_chunk_mut()) {
        *place = *bytes;
    }
    *end = end.wrapping_add(length);
}

/// How many bytes of a text are looked at together.
const CHUNK: usize = 16;

/// Fewer bytes than a chunk has, followed by letters. They are copied as two words that may overlap, since a copy of a
/// variable size is a loop. Not inlined: the compiler would take the words apart to look at each byte.
#[inline(never)]
fn pad(bytes: &[u8], chunk: &mut [u8; CHUNK]) {
    *chunk = [b'a'; CHUNK];
    if !put_ends::<8>(bytes, chunk) && !put_ends::<4>(bytes, chunk) && !put_ends::<2>(bytes, chunk) {
        put_ends::<1>(bytes, chunk);
    }
}

/// Copies the first `N` bytes and the last `N` bytes, if there are as many.
#[inline]
fn put_ends<const N: usize>(bytes: &[u8], chunk: &mut [u8; CHUNK]) -> bool {
    let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else { return false };
    if let Some(place) = chunk.first_chunk_mut() {
        *place = *first;
    }
    if let Some(place) = chunk.get_mut(bytes.len() - N..).and_then(|rest| rest.first_chunk_mut()) {
        *place = *last;
    }
    true
}

/// Writes a text, escaped, without a branch for each byte: four bytes are written, and as many as count are stepped over.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is within a table of 256, and a half of it within 16 digits")]
fn escape(text: &[u8], place: &mut [u8; ROOM], end: &mut u8) {
    /// What stands for a byte, and how many bytes that is: itself where RFC 3986 leaves it as it is, else `%XX`.
    const ESCAPES: [[u8; 4]; 256] = {
        let digits = b"0123456789ABCDEF";
        let mut table = [[0; 4]; 256];
        let mut at = 0;
        while at < 256 {
            let byte = at as u8;
            table[at] =
                if is_unreserved_byte(byte) { [byte, 0, 0, 1] } else { [b'%', digits[at >> 4], digits[at & 15], 3] };
            at += 1;
        }
        table
    };
    for &byte in text {
        let escaped = &ESCAPES[usize::from(byte)];
        put_first(place, end, escaped, escaped[3]);
    }
}

/// Whether all of these bytes are sent as they are. Without a branch, so that the compiler can compare them all at once.
#[inline(never)]
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
    length: u8,
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
    fn name(&self, name: &WireName) -> Self {
        self.then(name.padded(), name.length())
    }

    /// This prefix and the number of an item.
    fn number(&self, number: usize) -> Self {
        let mut digits = [0; CHUNK];
        let mut buffer = itoa::Buffer::new();
        let text = buffer.format(number).as_bytes();
        pad(text, &mut digits);
        self.then(&digits, text.len() as u8)
    }

    #[inline]
    fn then<const N: usize>(&self, bytes: &[u8; N], length: u8) -> Self {
        let mut prefix = *self;
        if let Some(place) = prefix.bytes.get_mut(usize::from(self.length)..).and_then(|rest| rest.first_chunk_mut()) {
            *place = *bytes;
            prefix.length += length;
        }
        if let Some(place) = prefix.bytes.get_mut(usize::from(prefix.length)) {
            *place = b'.';
            prefix.length += 1;
        }
        prefix
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

impl Sink for Parameter<'_, '_> {
    #[inline]
    fn text<T: Text>(self, text: &T) {
        let bytes = text.text().as_bytes();
        if text.is_unreserved() && bytes.len() < CHUNK {
            self.form.put_short(self.prefix, self.name, bytes);
        } else {
            self.form.put_text(self.prefix, self.name, bytes);
        }
    }

    #[inline]
    fn boolean(self, truth: bool) {
        let (text, length) = if truth { (b"true............", 4) } else { (b"false...........", 5) };
        self.form.put_parameter(self.prefix, self.name, text, length);
    }

    #[inline]
    fn integer(self, number: i32) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number).as_bytes();
        self.form.put_short(self.prefix, self.name, digits);
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
    fn text<T: Text>(self, text: &T) {
        let Prefix { bytes, length } = self.list;
        self.form.put(bytes.get(..(*length).into()).unwrap_or(bytes));
        self.form.put(itoa::Buffer::new().format(self.number).as_bytes());
        self.form.put(b"=");
        self.form.put_escaped(text.text().as_bytes());
    }

    #[inline]
    fn structure<T: Structure>(self, structure: &T) {
        let prefix = self.list.number(self.number);
        structure.write_members(&mut Members { form: self.form, prefix: &prefix });
    }
}

/// Appends a text, escaped.
pub(in crate::wire) fn push_escaped(body: &mut Vec<u8>, text: &str) {
    let mut escaped = [0; ROOM];
    for bytes in text.as_bytes().chunks(CHUNK) {
        let mut length = 0;
        escape(bytes, &mut escaped, &mut length);
        body.extend_from_slice(escaped.get(..length.into()).unwrap_or_default());
    }
}
