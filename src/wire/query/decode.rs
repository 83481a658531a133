//! Decodes what a client sent, strictly.

use alloc::{
    borrow::ToOwned as _,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use http::{HeaderMap, Method, Request, header};

use super::form::{Form, Pair, Scratch, by_segments, letters, position_of};
use super::strictness::{self, Strictness, ZeroLists};
use super::{CONTENT_TYPE, LIST_LIMIT, SKIPPED_LIMIT, VERSION};
use crate::model::{RegisterImageRequest, RequestMember};
use crate::schema::{Item, ItemSource, MemberName as _, Source, Structure, Text, Value as _};
use crate::wire::query::malformed::{MalformedRequest, MalformedRequestReason as Reason, Position, RequestPart};

const ACTION: &str = "RegisterImage";

/// A decoded request, and the parameters that are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded {
    /// The request, in the form of [`as_sent`](RegisterImageRequest::as_sent).
    pub request: RegisterImageRequest,
    /// The names of the parameters that sign a request instead of describing the image: `AWSAccessKeyId`, `Expires`,
    /// `SecurityToken`, `Signature`, `SignatureMethod`, `SignatureVersion`, `Timestamp`, and those that begin with
    /// `X-Amz-`. Their values, which are secrets, are not kept.
    pub signing_parameters: BTreeSet<String>,
    /// The items that stand in a list because a later one has a higher number: `BlockDeviceMapping.1`. In the request
    /// they are empty; the official SDK leaves out an empty structure that way.
    pub skipped_items: Vec<String>,
    /// The lists that were sent as a name without a value, as aws-sdk-go sends an empty one: `BillingProduct`. In the
    /// request they are absent.
    pub empty_lists: Vec<String>,
    /// The lists whose numbers start from 0: `BlockDeviceMapping`. Only [`Strictness::Lenient`] accepts them.
    pub zero_based_lists: Vec<String>,
    /// The version of the API that the request names. Other versions than [`VERSION`] require [`Strictness::Lenient`].
    pub version: &'static str,
}

/// Decodes a request as a server receives it.
///
/// It must be a `POST` with the parameters in a form, whose content type may have a charset, or a `GET` with the parameters
/// in the URL. A `POST` may have some in the URL as well, such as those of a presigned URL. Both then count as one form. It
/// is unknown how EC2 treats a member in the URL when the body is a whole request, so this is an error, because a gate must
/// not see another request than EC2 does. A `GET` with a body is an error for the same reason.
///
/// ```
/// use ec2_register_image::wire::query;
///
/// let request = http::Request::post("/")
///     .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
///     .body("Action=RegisterImage&BlockDeviceMapping.2.NoDevice=&Name=web+1&Version=2016-11-15")?;
/// let decoded = query::decode_request(&request)?;
/// assert_eq!(decoded.request.name.unwrap(), "web 1");
/// assert_eq!(decoded.skipped_items, ["BlockDeviceMapping.1"]);
///
/// let request = http::Request::get("/?Action=RegisterImage&Version=2016-11-15&Name=web&X-Amz-Signature=0123").body("")?;
/// let decoded = query::decode_request(&request)?;
/// assert_eq!(decoded.request.name.unwrap(), "web");
/// assert!(decoded.signing_parameters.contains("X-Amz-Signature"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the method or content type is another one, if EC2 may read the parameters differently, if the body or URL is longer
/// than [`BODY_LIMIT`](super::BODY_LIMIT), or for the reasons of [`decode_body`].
pub fn decode_request<B: AsRef<[u8]>>(request: &Request<B>) -> Result<Decoded, MalformedRequest> {
    decode_request_with(request, Strictness::Strict)
}

/// Decodes a request like [`decode_request`], with this strictness.
///
/// # Errors
/// The errors of [`decode_request`], except for what the strictness accepts.
pub fn decode_request_with<B: AsRef<[u8]>>(
    request: &Request<B>,
    strictness: Strictness,
) -> Result<Decoded, MalformedRequest> {
    let body = request.body().as_ref();
    match *request.method() {
        Method::POST if body.is_empty() => {}
        Method::POST => check_content_type(request.headers())?,
        Method::GET if body.is_empty() => {}
        Method::GET => return Err(Reason::BodyOfGet.into()),
        _ => return Err(Reason::Method.into()),
    }
    read(request.uri().query().unwrap_or_default().as_bytes(), body, strictness)
}

/// Decodes the body of a request, or the query of a URL.
///
/// Names and values may have unnecessary escapes, in upper or lower case. `+` is a space. The parameters may be in any order.
/// [`encode_body_unchecked`](super::encode_body_unchecked) encodes the request as the same parameters, except for those that
/// [`Decoded`] lists separately.
///
/// ```
/// use ec2_register_image::wire::query;
///
/// let body = b"Version=2016-11-15&Action=RegisterImage&Name=web&BlockDeviceMapping.1.Ebs.VolumeSize=8";
/// let request = query::decode_body(body)?.request;
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"Name":"web","BlockDeviceMappings":[{"Ebs":{"VolumeSize":8}}]}"#,
/// );
///
/// let error = query::decode_body(b"Action=RegisterImage&Version=2016-11-15&name=web").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "malformed request at byte 40 of the body, `name`: RegisterImage has no such parameter",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// At the first byte that breaks the form. Then if `Action` or `Version` is missing, set twice or another one. Then at the
/// first parameter that RegisterImage does not have, that is set twice, whose number is wrong, or whose value is of another
/// type. A number is 8 or -8, not `+8`, `08` or `-0`. Also if a limit is exceeded: [`BODY_LIMIT`](super::BODY_LIMIT) of the
/// whole, [`VALUE_LIMIT`](super::VALUE_LIMIT) of a value, [`LIST_LIMIT`](super::LIST_LIMIT) of a list, or
/// [`SKIPPED_LIMIT`](super::SKIPPED_LIMIT) of the numbers that lists skip.
pub fn decode_body(body: &[u8]) -> Result<Decoded, MalformedRequest> {
    decode_body_with(body, Strictness::Strict)
}

/// Decodes a body like [`decode_body`], with this strictness.
///
/// ```
/// use ec2_register_image::wire::query::{self, Strictness};
///
/// // As Apache jclouds numbers lists.
/// let body = b"Action=RegisterImage&Version=2014-10-01&Name=web\
///     &BlockDeviceMapping.0.DeviceName=/dev/sda1&BlockDeviceMapping.1.DeviceName=/dev/sdb";
/// assert!(query::decode_body(body).is_err());
/// let decoded = query::decode_body_with(body, Strictness::Lenient)?;
/// assert_eq!(decoded.request.block_device_mappings.map(|mappings| mappings.len()), Some(2));
/// assert_eq!(decoded.zero_based_lists, ["BlockDeviceMapping"]);
/// assert_eq!(decoded.version, "2014-10-01");
/// # Ok::<(), query::MalformedRequest>(())
/// ```
///
/// # Errors
/// The errors of [`decode_body`], except for what the strictness accepts.
pub fn decode_body_with(body: &[u8], strictness: Strictness) -> Result<Decoded, MalformedRequest> {
    read(&[], body, strictness)
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Reason> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case(CONTENT_TYPE)) {
        return Err(Reason::ContentType);
    }
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim_matches('"');
        if name.eq_ignore_ascii_case("charset")
            && !["utf-8", "utf8", "us-ascii"].iter().any(|charset| value.eq_ignore_ascii_case(charset))
        {
            return Err(Reason::Charset);
        }
    }
    Ok(())
}

/// Reads the parameters of both parts as one form.
fn read(url: &[u8], body: &[u8], strictness: Strictness) -> Result<Decoded, MalformedRequest> {
    let url = Form::new(RequestPart::Url, url)?;
    let mut walk = Walk::default();
    if strictness == Strictness::Lenient {
        walk.notes.zero_lists = ZeroLists::of([url, Form::new(RequestPart::Body, body)?]);
        walk.notes.versions = strictness::VERSIONS;
    }
    let zero_lists = walk.notes.zero_lists.clone();
    walk.form(&url)?;
    let body = Form::new(RequestPart::Body, body)?;
    walk.form(&body)?;
    let is_body_whole = walk.notes.check_call()?;
    let version = walk.notes.version_text;
    if walk.notes.depend_on_order() {
        walk = Walk::in_order([url, body], zero_lists.clone());
    }

    let Walk {
        mut request,
        notes: Notes { mut fault, url_member, signing_parameters, skipped_items, empty_lists, .. },
    } = walk;
    if let Some(member) = url_member.filter(|_| is_body_whole)
        && fault.is_none_or(|fault| member <= fault.place)
    {
        fault = Some(Fault { parameter: member, place: member, reason: Reason::Split });
    }
    if let Some(Fault { parameter, place, reason }) = fault {
        let form = if parameter.part == RequestPart::Url { url } else { body };
        let mut scratch = Scratch::default();
        return Err(MalformedRequest::of(place, reason, form.pair(parameter.offset, &mut scratch)?.name));
    }
    if !empty_lists.is_empty() {
        // What held nothing but an empty list is empty itself.
        request.make_as_sent();
    }
    let in_order = |mut names: Vec<String>| {
        names.sort_by(|one, other| by_segments(one.bytes(), other.bytes()));
        names
    };
    let skipped_items = in_order(skipped_items.into_iter().collect());
    let empty_lists = in_order(empty_lists.into_keys().collect());
    let zero_based_lists = zero_lists.into_names();
    Ok(Decoded { request, signing_parameters, skipped_items, empty_lists, zero_based_lists, version })
}

/// `Action` or `Version`, as it was found.
#[derive(Clone, Copy)]
struct Found {
    name_at: Position,
    value_at: Position,
    is_expected: bool,
    second: Option<Position>,
}

/// A mistake in a parameter, without the text of its name.
#[derive(Clone, Copy)]
struct Fault {
    /// Where the parameter begins.
    parameter: Position,
    place: Position,
    reason: Reason,
}

/// One walk over the parameters, each of which goes straight to its place in the request.
///
/// The first mistake ends the reading of members. The rest is only searched for `Action`, for `Version` and for what
/// breaks the form, which come before any mistake in a member.
#[derive(Default)]
struct Walk {
    request: RegisterImageRequest,
    notes: Notes,
}

/// What is known beside the request.
#[derive(Default)]
struct Notes {
    action: Option<Found>,
    version: Option<Found>,
    /// The version of the API, one of those that are accepted.
    version_text: &'static str,
    /// The versions that are accepted besides [`VERSION`].
    versions: &'static [&'static str],
    /// The lists that count from 0, and are accepted.
    zero_lists: ZeroLists,
    signing_parameters: BTreeSet<String>,
    /// The first member in the URL.
    url_member: Option<Position>,
    /// The items that no parameter has named so far, although one has named a later item.
    skipped_items: BTreeSet<String>,
    /// The lists that a parameter without a value stands for, and where it is.
    empty_lists: BTreeMap<String, Position>,
    fault: Option<Fault>,
}

impl Walk {
    fn form(&mut self, form: &Form<'_>) -> Result<(), MalformedRequest> {
        let mut scratch = Scratch::default();
        let mut next = form.start();
        while let Some(offset) = next {
            if self.notes.fault.is_none()
                && form.part() == RequestPart::Body
                && form.is_text()
                && self.notes.zero_lists.is_empty()
                && let Ok(after) = self.plain(Plain::new(form, offset, &mut scratch))
            {
                next = after;
                continue;
            }
            let pair = form.pair(offset, &mut scratch)?;
            next = pair.next;
            if self.notes.fault.is_none() {
                self.parameter(&pair);
            } else {
                self.notes.call(&pair);
            }
        }
        Ok(())
    }

    /// Reads the parameters in the order of their names, all of them, and keeps the first mistake in the request.
    fn in_order(forms: [Form<'_>; 2], zero_lists: ZeroLists) -> Self {
        let mut scratch = Scratch::default();
        let mut offsets: Vec<(RequestPart, u32)> = Vec::new();
        for form in &forms {
            let mut next = form.start();
            while let Some(offset) = next {
                offsets.extend(u32::try_from(offset).map(|offset| (form.part(), offset)));
                next = form.pair(offset, &mut scratch).ok().and_then(|pair| pair.next);
            }
        }
        let [url, body] = &forms;
        let form = |part| if part == RequestPart::Url { url } else { body };
        offsets.sort_by(|&(part, offset), &(its_part, its_offset)| {
            form(part).by_segments(offset as usize, form(its_part), its_offset as usize)
        });
        let mut walk = Self::default();
        walk.notes.zero_lists = zero_lists;
        for (part, offset) in offsets {
            if let Ok(pair) = form(part).pair(offset as usize, &mut scratch) {
                walk.parameter(&pair);
            }
        }
        walk
    }

    /// Reads a parameter whose name has no escape, and returns where the next one begins.
    #[inline]
    fn plain(&mut self, mut parameter: Plain<'_>) -> Result<Option<usize>, Unusual> {
        let member = RequestMember::of_wire_name(parameter.segment()?).ok_or(Unusual)?;
        self.request.read_member(member, Step { notes: &mut self.notes, parameter: &mut parameter, is_new: false })?;
        Ok(parameter.next())
    }

    fn parameter(&mut self, pair: &Pair<'_>) {
        let zero_list = self.notes.zero_lists.of_parameter(pair.name);
        let mut parameter = Unescaped { pair, start: 0, end: segment_end(pair.name, 0), zero_list };
        let result = match RequestMember::of_wire_name(parameter.current()) {
            Some(member) => {
                self.notes.member(pair);
                let step = Step { notes: &mut self.notes, parameter: &mut parameter, is_new: false };
                self.request.read_member(member, step)
            }
            None => self.notes.other(pair),
        };
        if let Err(fault) = result {
            self.notes.fault(fault);
        }
    }
}

impl Notes {
    fn fault(&mut self, fault: Fault) {
        if self.fault.is_none_or(|first| fault.place < first.place) {
            self.fault = Some(fault);
        }
    }

    /// Notes a parameter that is, or should be, a member.
    fn member(&mut self, pair: &Pair<'_>) {
        if pair.name_at.part == RequestPart::Url && self.url_member.is_none_or(|first| pair.name_at < first) {
            self.url_member = Some(pair.name_at);
        }
    }

    /// Notes `Action` and `Version`, and returns whether it is one of them.
    fn call(&mut self, pair: &Pair<'_>) -> bool {
        let (found, is_expected) = match pair.name {
            "Action" => (&mut self.action, pair.value == ACTION),
            "Version" => {
                let mut versions = [VERSION].iter().chain(self.versions);
                let version = versions.find(|version| **version == pair.value);
                self.version_text = version.copied().unwrap_or_default();
                (&mut self.version, version.is_some())
            }
            _ => return false,
        };
        match found {
            Some(Found { second, .. }) => *second = second.or(Some(pair.name_at)),
            None => {
                let (name_at, value_at) = (pair.name_at, pair.value_at);
                *found = Some(Found { name_at, value_at, is_expected, second: None });
            }
        }
        true
    }

    /// Checks `Action` and `Version`, and returns whether both are in the body.
    fn check_call(&self) -> Result<bool, MalformedRequest> {
        let check = |found: Option<Found>, name, missing: Reason, wrong| {
            let found = found.ok_or(missing)?;
            if let Some(second) = found.second {
                return Err(MalformedRequest::of(second, Reason::Repeated, name));
            }
            if !found.is_expected {
                return Err(MalformedRequest::of(found.value_at, wrong, name));
            }
            Ok(found.name_at.part == RequestPart::Body)
        };
        let action = check(self.action, "Action", Reason::MissingAction, Reason::WrongAction)?;
        let version = check(self.version, "Version", Reason::MissingVersion, Reason::WrongVersion)?;
        Ok(action && version)
    }

    /// Reads a parameter that is no member.
    fn other(&mut self, pair: &Pair<'_>) -> Result<(), Fault> {
        if self.call(pair) {
            return Ok(());
        }
        if !is_of_signing(pair.name) {
            self.member(pair);
            return Err(pair.fault(Reason::UnknownParameter));
        }
        if !self.signing_parameters.insert(pair.name.to_owned()) {
            return Err(pair.fault(Reason::Repeated));
        }
        Ok(())
    }

    /// Whether a walk in the order of names may find another first mistake: one that only shows with the parameters
    /// after the one that ended this walk.
    fn depend_on_order(&self) -> bool {
        self.fault.is_some_and(|fault| {
            fault.reason == Reason::TooManySkipped || !self.skipped_items.is_empty() || !self.empty_lists.is_empty()
        })
    }
}

impl Pair<'_> {
    fn fault(&self, reason: Reason) -> Fault {
        Fault { parameter: self.name_at, place: self.name_at, reason }
    }
}

/// A parameter that is read segment by segment of its name, and then by its value.
trait Parameter {
    type Fault: From<Fault>;

    /// Whether the current segment is the last one.
    fn is_last(&self) -> bool;

    /// Goes on to the next segment.
    fn segment(&mut self) -> Result<&[u8], Self::Fault>;

    /// Goes on to the next segment, which is the number of an item, and counts it from 1.
    fn number(&mut self) -> Result<usize, Self::Fault>;

    /// The number of the first item in the list of the current segment, which is the number of an item.
    fn first_number(&self) -> usize {
        1
    }

    /// The name up to the current segment, and the length of what comes before that.
    fn path(&self) -> (&str, usize);

    fn value(&mut self) -> Result<&str, Self::Fault>;

    fn fault(&self, reason: Reason) -> Self::Fault;

    fn value_fault(&self, reason: Reason) -> Self::Fault;

    fn name_at(&self) -> Position;
}

/// A parameter has an escape in its name, or a mistake: it is read again with its name unescaped.
struct Unusual;

impl From<Fault> for Unusual {
    fn from(_: Fault) -> Self {
        Self
    }
}

/// A parameter as it is in the form.
struct Plain<'p> {
    form: &'p Form<'p>,
    scratch: &'p mut Scratch,
    offset: usize,
    /// Where the current segment begins.
    start: usize,
    /// What comes after it: the next segment, or the value.
    after: usize,
    is_last: bool,
    /// Where the value ends.
    end: usize,
}

impl<'p> Plain<'p> {
    #[inline]
    fn new(form: &'p Form<'p>, offset: usize, scratch: &'p mut Scratch) -> Self {
        Self { form, scratch, offset, start: offset, after: offset, is_last: false, end: offset }
    }

    /// Where the next parameter begins, if there is one.
    #[inline]
    fn next(&self) -> Option<usize> {
        if self.end < self.form.bytes().len() { Some(self.end + "&".len()) } else { None }
    }

    /// Goes past what ends the current segment.
    #[inline]
    fn end_segment(&mut self, end: usize) -> Result<(), Unusual> {
        self.is_last = match self.form.bytes().get(end) {
            Some(b'.') => false,
            Some(b'=') => true,
            _ => return Err(Unusual),
        };
        (self.start, self.after) = (self.after, end + 1);
        Ok(())
    }
}

impl Parameter for Plain<'_> {
    type Fault = Unusual;

    #[inline]
    fn is_last(&self) -> bool {
        self.is_last
    }

    #[inline]
    fn segment(&mut self) -> Result<&[u8], Unusual> {
        let rest = self.form.bytes().get(self.after..).ok_or(Unusual)?;
        let length = letters(rest);
        self.end_segment(self.after + length)?;
        rest.get(..length).ok_or(Unusual)
    }

    #[inline]
    fn number(&mut self) -> Result<usize, Unusual> {
        let mut number = 0;
        let mut end = self.after;
        while let Some(digit @ b'0'..=b'9') = self.form.bytes().get(end) {
            number = number * 10 + usize::from(digit - b'0');
            // Neither zero nor a number that begins with it.
            if number == 0 || number > LIST_LIMIT {
                return Err(Unusual);
            }
            end += 1;
        }
        self.end_segment(end)?;
        if number == 0 { Err(Unusual) } else { Ok(number) }
    }

    fn path(&self) -> (&str, usize) {
        (self.form.text(self.offset, self.after - 1).unwrap_or_default(), self.start - self.offset)
    }

    #[inline]
    fn value(&mut self) -> Result<&str, Unusual> {
        let (value, end) = self.form.value(self.after, self.scratch).ok_or(Unusual)?;
        self.end = end;
        Ok(value)
    }

    #[inline]
    fn fault(&self, _: Reason) -> Unusual {
        Unusual
    }

    #[inline]
    fn value_fault(&self, _: Reason) -> Unusual {
        Unusual
    }

    fn name_at(&self) -> Position {
        Position { part: self.form.part(), offset: self.offset }
    }
}

/// A parameter with its name unescaped.
struct Unescaped<'w, 'p> {
    pair: &'w Pair<'p>,
    /// Where the current segment begins and ends.
    start: usize,
    end: usize,
    /// Whether the first and the second list of the name count from 0.
    zero_list: [bool; 2],
}

impl Unescaped<'_, '_> {
    fn current(&self) -> &[u8] {
        self.pair.name.as_bytes().get(self.start..self.end).unwrap_or_default()
    }
}

/// Where the segment ends that begins there.
fn segment_end(name: &str, start: usize) -> usize {
    start + position_of(name.as_bytes().get(start..).unwrap_or_default(), [b'.'])
}

impl Parameter for Unescaped<'_, '_> {
    type Fault = Fault;

    fn is_last(&self) -> bool {
        self.end == self.pair.name.len()
    }

    fn segment(&mut self) -> Result<&[u8], Fault> {
        self.start = self.end + ".".len();
        self.end = segment_end(self.pair.name, self.start);
        Ok(self.current())
    }

    fn number(&mut self) -> Result<usize, Fault> {
        let number = number_of(self.segment()?);
        match (number, self.first_number()) {
            (Err(Reason::NumberZero), 0) => Ok(1),
            (Ok(number), 0) if number < LIST_LIMIT => Ok(number + 1),
            (Ok(_), 0) => Err(self.fault(Reason::TooManyItems)),
            (number, _) => number.map_err(|reason| self.fault(reason)),
        }
    }

    fn first_number(&self) -> usize {
        let dots_before = self.pair.name.get(..self.start).unwrap_or_default().matches('.').count();
        let is_zero = match dots_before {
            1 => self.zero_list[0],
            3 => self.zero_list[1],
            _ => false,
        };
        usize::from(!is_zero)
    }

    fn path(&self) -> (&str, usize) {
        (self.pair.name.get(..self.end).unwrap_or_default(), self.start)
    }

    fn value(&mut self) -> Result<&str, Fault> {
        Ok(self.pair.value)
    }

    fn fault(&self, reason: Reason) -> Fault {
        self.pair.fault(reason)
    }

    fn value_fault(&self, reason: Reason) -> Fault {
        Fault { place: self.pair.value_at, ..self.pair.fault(reason) }
    }

    fn name_at(&self) -> Position {
        self.pair.name_at
    }
}

/// A parameter on the way to its place: the segments of its name so far have led to a value.
struct Step<'w, P> {
    notes: &'w mut Notes,
    parameter: &'w mut P,
    /// Whether the item that they have led to was made for it, or left out so far.
    is_new: bool,
}

impl<P: Parameter> Step<'_, P> {
    /// Checks that this is the one parameter of a single value.
    #[inline]
    fn check_scalar(&self, is_set: bool) -> Result<(), P::Fault> {
        if !self.parameter.is_last() {
            return Err(self.parameter.fault(Reason::MembersOfScalar));
        }
        if is_set { Err(self.parameter.fault(Reason::Repeated)) } else { Ok(()) }
    }

    /// Reads the parameter that stands for a list as a whole.
    fn list_itself<T>(self, place: &mut Option<Vec<T>>) -> Result<(), P::Fault> {
        let is_empty = self.parameter.value()?.is_empty();
        let (path, _) = self.parameter.path();
        if let Some(&first) = self.notes.empty_lists.get(path) {
            return Err(Fault { parameter: first, place: first, reason: Reason::ScalarForList }.into());
        }
        if place.is_some() || !is_empty {
            return Err(self.parameter.fault(Reason::ScalarForList));
        }
        *place = Some(Vec::new());
        self.notes.empty_lists.insert(path.to_owned(), self.parameter.name_at());
        Ok(())
    }

    /// Notes the mistake if the list was said to be empty.
    #[cold]
    fn check_not_empty(&mut self) {
        let (path, _) = self.parameter.path();
        if let Some(&first) = self.notes.empty_lists.get(path) {
            self.notes.fault(Fault { parameter: first, place: first, reason: Reason::ScalarForList });
        }
    }

    /// Makes the items before `number` that are still missing.
    #[cold]
    fn skip<T: Item>(&mut self, list: &mut Vec<T>, number: usize) -> Result<(), P::Fault> {
        let missing = list.len() + 1..number;
        if missing.len() > SKIPPED_LIMIT.saturating_sub(self.notes.skipped_items.len()) {
            return Err(self.parameter.fault(Reason::TooManySkipped));
        }
        let (path, start) = self.parameter.path();
        let path = path.get(..start).unwrap_or_default();
        let first = self.parameter.first_number();
        for hole in missing {
            self.notes.skipped_items.insert(format!("{path}{}", hole - 1 + first));
            list.push(T::empty());
        }
        Ok(())
    }
}

impl<P: Parameter> Source for Step<'_, P> {
    type Output = Result<(), P::Fault>;

    #[inline]
    fn text<T: Text>(self, place: &mut Option<T>) -> Result<(), P::Fault> {
        self.check_scalar(place.is_some())?;
        *place = Some(T::from_text(self.parameter.value()?));
        Ok(())
    }

    #[inline]
    fn boolean(self, place: &mut Option<bool>) -> Result<(), P::Fault> {
        self.check_scalar(place.is_some())?;
        *place = Some(match self.parameter.value()? {
            "true" => true,
            "false" => false,
            _ => return Err(self.parameter.value_fault(Reason::NotBoolean)),
        });
        Ok(())
    }

    #[inline]
    fn integer(self, place: &mut Option<i32>) -> Result<(), P::Fault> {
        self.check_scalar(place.is_some())?;
        let Some(number) = integer(self.parameter.value()?) else {
            return Err(self.parameter.value_fault(Reason::NotInteger));
        };
        *place = Some(number);
        Ok(())
    }

    #[inline]
    fn list<T: Item>(mut self, place: &mut Option<Vec<T>>) -> Result<(), P::Fault> {
        if self.parameter.is_last() {
            return self.list_itself(place);
        }
        if !self.notes.empty_lists.is_empty() {
            self.check_not_empty();
        }
        let number = self.parameter.number()?;
        let list = place.get_or_insert_default();
        if number > list.len() {
            if number > list.len() + 1 {
                self.skip(list, number)?;
            }
            list.push(T::empty());
            self.is_new = true;
        } else {
            self.is_new =
                !self.notes.skipped_items.is_empty() && self.notes.skipped_items.remove(self.parameter.path().0);
        }
        // It is there: if it was not, it was made above.
        list.get_mut(number - 1).map_or(Ok(()), |item| item.read_item(self))
    }

    #[inline]
    fn structure<T: Structure>(self, place: &mut Option<T>) -> Result<(), P::Fault> {
        ItemSource::structure(self, place.get_or_insert_with(T::empty))
    }
}

impl<P: Parameter> ItemSource for Step<'_, P> {
    type Output = Result<(), P::Fault>;

    #[inline]
    fn text<T: Text>(self, item: &mut T) -> Result<(), P::Fault> {
        self.check_scalar(!self.is_new)?;
        *item = T::from_text(self.parameter.value()?);
        Ok(())
    }

    #[inline]
    fn structure<T: Structure>(self, structure: &mut T) -> Result<(), P::Fault> {
        if self.parameter.is_last() {
            return Err(self.parameter.fault(Reason::ScalarForStructure));
        }
        match T::Member::of_wire_name(self.parameter.segment()?) {
            Some(member) => structure.read_member(member, self),
            None => Err(self.parameter.fault(Reason::UnknownParameter)),
        }
    }
}

/// An integer has one spelling, so that no reader after this one can see another number in it.
fn integer(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.as_bytes() {
        [b'0'] if digits.len() == text.len() => Some(0),
        [b'1'..=b'9', ..] => text.parse().ok(),
        _ => None,
    }
}

/// The number of an item, from 1 to [`LIST_LIMIT`].
fn number_of(segment: &[u8]) -> Result<usize, Reason> {
    match segment {
        [b'0'] => Err(Reason::NumberZero),
        digits if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) => Err(Reason::NotANumber),
        [b'0', ..] => Err(Reason::PaddedNumber),
        digits => {
            let number = digits
                .iter()
                .fold(0_usize, |number, digit| number.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
            if number > LIST_LIMIT { Err(Reason::TooManyItems) } else { Ok(number) }
        }
    }
}

fn is_of_signing(name: &str) -> bool {
    match name.strip_prefix("X-Amz-") {
        Some(rest) => rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        None => matches!(
            name,
            "AWSAccessKeyId"
                | "Expires"
                | "SecurityToken"
                | "Signature"
                | "SignatureMethod"
                | "SignatureVersion"
                | "Timestamp"
        ),
    }
}
