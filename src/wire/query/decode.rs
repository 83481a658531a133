//! From what a client sent to a request, strictly.

use alloc::{
    borrow::ToOwned as _,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use http::{HeaderMap, Method, Request, header};

use super::form::{Form, Pair, Scratch, by_segments, position_of};
use super::{CONTENT_TYPE, HOLE_LIMIT, LIST_LIMIT, VERSION};
use crate::model::{RegisterImageRequest, RequestMember};
use crate::schema::{Item, ItemSource, MemberName as _, Source, Structure, Text, Value as _};
use crate::wire::query::malformed::{MalformedRequest, MalformedRequestReason as Reason, Position, RequestPart};

const ACTION: &str = "RegisterImage";

/// A request as it was read, and what it had beside that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decoded {
    /// The request, in the form of [`as_sent`](RegisterImageRequest::as_sent).
    pub request: RegisterImageRequest,
    /// The names of the parameters that sign a request instead of describing the image: `AWSAccessKeyId`, `Expires`,
    /// `SecurityToken`, `Signature`, `SignatureMethod`, `SignatureVersion`, `Timestamp`, and those that begin with
    /// `X-Amz-`. Their values, which are secrets, are not kept.
    pub set_aside: BTreeSet<String>,
    /// The items that stand in a list because a later one has a higher number: `BlockDeviceMapping.1`. In the request
    /// they are empty; the official SDK leaves out an empty structure that way.
    pub holes: Vec<String>,
    /// The lists that were sent as a name without a value, as aws-sdk-go sends an empty one: `BillingProduct`. In the
    /// request they are absent.
    pub empty_lists: Vec<String>,
}

/// Reads a request as a server receives it.
///
/// It is a `POST` with the parameters in a form, whose content type may have a charset, or a `GET` with the parameters in
/// the URL. A `POST` may have some in the URL as well, such as those of a presigned URL; then both count, as in one
/// form. Nobody says what EC2 makes of a member in the URL when the body is a whole request, so that is refused: who
/// decides by what is read here must not see anything else than EC2 does. So is a `GET` with a body.
///
/// ```
/// use ec2_register_image::wire::query;
///
/// let request = http::Request::post("/")
///     .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
///     .body("Action=RegisterImage&BlockDeviceMapping.2.NoDevice=&Name=web+1&Version=2016-11-15")?;
/// let decoded = query::decode(&request)?;
/// assert_eq!(decoded.request.name.unwrap(), "web 1");
/// assert_eq!(decoded.holes, ["BlockDeviceMapping.1"]);
///
/// let request = http::Request::get("/?Action=RegisterImage&Version=2016-11-15&Name=web&X-Amz-Signature=0123").body("")?;
/// let decoded = query::decode(&request)?;
/// assert_eq!(decoded.request.name.unwrap(), "web");
/// assert!(decoded.set_aside.contains("X-Amz-Signature"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where method or content type is another one, parameters come in a way that EC2 may read otherwise, body or URL is
/// longer than [`BODY_LIMIT`], or for what [`decode_body`] refuses.
pub fn decode<B: AsRef<[u8]>>(request: &Request<B>) -> Result<Decoded, MalformedRequest> {
    let body = request.body().as_ref();
    match *request.method() {
        Method::POST if body.is_empty() => {}
        Method::POST => check_content_type(request.headers())?,
        Method::GET if body.is_empty() => {}
        Method::GET => return Err(Reason::BodyOfGet.into()),
        _ => return Err(Reason::Method.into()),
    }
    read(request.uri().query().unwrap_or_default().as_bytes(), body)
}

/// Reads the body of a request, or the query of a URL, by itself.
///
/// Names and values may be escaped where they need not be, in upper or lower case; `+` is a space. Parameters come in any
/// order. What is read is what was written: [`encode_unchecked`](super::encode_unchecked) makes the same parameters of
/// the request again, but for what [`Decoded`] lists beside it.
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
/// At the first byte that breaks the form; then where `Action` or `Version` is missing, given twice or another one; then
/// at the first parameter that RegisterImage does not have, that is given twice, whose list has no such number, or whose
/// value is of another type. A number is written as 8 or -8, not as `+8`, `08` or `-0`. And where a limit is passed:
/// [`BODY_LIMIT`] of the whole, [`VALUE_LIMIT`] of a value, [`LIST_LIMIT`](super::LIST_LIMIT) of a list, and
/// [`HOLE_LIMIT`](super::HOLE_LIMIT) of the numbers that lists leave out.
pub fn decode_body(body: &[u8]) -> Result<Decoded, MalformedRequest> {
    read(&[], body)
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
fn read(url: &[u8], body: &[u8]) -> Result<Decoded, MalformedRequest> {
    let mut walk = Walk::default();
    let url = Form::new(RequestPart::Url, url)?;
    walk.form(&url)?;
    let body = Form::new(RequestPart::Body, body)?;
    walk.form(&body)?;
    let is_body_whole = walk.notes.check_call()?;
    if walk.notes.depend_on_order() {
        walk = Walk::in_order([url, body]);
    }

    let Walk { mut request, notes: Notes { mut fault, url_member, set_aside, holes, empty_lists, .. } } = walk;
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
    let holes = in_order(holes.into_iter().collect());
    let empty_lists = in_order(empty_lists.into_keys().collect());
    Ok(Decoded { request, set_aside, holes, empty_lists })
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
    set_aside: BTreeSet<String>,
    /// The first member in the URL.
    url_member: Option<Position>,
    /// The items that no parameter has named so far, although one has named a later item.
    holes: BTreeSet<String>,
    /// The lists that a parameter without a value stands for, and where it is.
    empty_lists: BTreeMap<String, Position>,
    fault: Option<Fault>,
}

impl Walk {
    fn form(&mut self, form: &Form<'_>) -> Result<(), MalformedRequest> {
        let mut scratch = Scratch::default();
        let mut next = form.start();
        while let Some(offset) = next {
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
    fn in_order(forms: [Form<'_>; 2]) -> Self {
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
        for (part, offset) in offsets {
            if let Ok(pair) = form(part).pair(offset as usize, &mut scratch) {
                walk.parameter(&pair);
            }
        }
        walk
    }

    fn parameter(&mut self, pair: &Pair<'_>) {
        let end = segment_end(pair.name, 0);
        let member = pair.name.get(..end).and_then(RequestMember::of_wire_name);
        let result = match member {
            Some(member) => {
                self.notes.member(pair);
                self.request.read_member(member, Step { notes: &mut self.notes, pair, end, is_new: false })
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
        let (found, expected) = match pair.name {
            "Action" => (&mut self.action, ACTION),
            "Version" => (&mut self.version, VERSION),
            _ => return false,
        };
        match found {
            Some(Found { second, .. }) => *second = second.or(Some(pair.name_at)),
            None => {
                let (name_at, value_at) = (pair.name_at, pair.value_at);
                *found = Some(Found { name_at, value_at, is_expected: pair.value == expected, second: None });
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
        if !self.set_aside.insert(pair.name.to_owned()) {
            return Err(pair.fault(Reason::Repeated));
        }
        Ok(())
    }

    /// Whether a walk in the order of names may find another first mistake: one that only shows with the parameters
    /// after the one that ended this walk.
    fn depend_on_order(&self) -> bool {
        self.fault.is_some_and(|fault| {
            fault.reason == Reason::TooManyHoles || !self.holes.is_empty() || !self.empty_lists.is_empty()
        })
    }
}

impl Pair<'_> {
    fn fault(&self, reason: Reason) -> Fault {
        Fault { parameter: self.name_at, place: self.name_at, reason }
    }

    fn value_fault(&self, reason: Reason) -> Fault {
        Fault { parameter: self.name_at, place: self.value_at, reason }
    }
}

/// Where the segment ends that begins there.
#[inline]
fn segment_end(name: &str, start: usize) -> usize {
    start + position_of(name.as_bytes().get(start..).unwrap_or_default(), [b'.'])
}

/// A parameter on the way to its place: the segments of its name up to `end` have led to a value.
struct Step<'w, 'p> {
    notes: &'w mut Notes,
    pair: &'w Pair<'p>,
    end: usize,
    /// Whether the item that it has led to was made for it, or left out so far.
    is_new: bool,
}

impl Step<'_, '_> {
    fn is_last(&self) -> bool {
        self.end == self.pair.name.len()
    }

    /// Goes on to the next segment.
    fn next(&mut self) -> &str {
        let start = self.end + ".".len();
        self.end = segment_end(self.pair.name, start);
        self.pair.name.get(start..self.end).unwrap_or_default()
    }

    /// Checks that this is the one parameter of a single value.
    fn check_scalar(&self, is_set: bool) -> Result<(), Fault> {
        if !self.is_last() {
            return Err(self.pair.fault(Reason::MembersOfScalar));
        }
        if is_set { Err(self.pair.fault(Reason::Repeated)) } else { Ok(()) }
    }

    fn list_itself<T>(self, place: &mut Option<Vec<T>>) -> Result<(), Fault> {
        if let Some(&first) = self.notes.empty_lists.get(self.pair.name) {
            return Err(Fault { parameter: first, place: first, reason: Reason::ScalarForList });
        }
        if place.is_some() || !self.pair.value.is_empty() {
            return Err(self.pair.fault(Reason::ScalarForList));
        }
        *place = Some(Vec::new());
        self.notes.empty_lists.insert(self.pair.name.to_owned(), self.pair.name_at);
        Ok(())
    }

    /// Makes the items before `number` that are still missing.
    fn skip<T: Item>(&mut self, list: &mut Vec<T>, number: usize) -> Result<(), Fault> {
        let missing = list.len() + 1..number;
        if missing.len() > HOLE_LIMIT.saturating_sub(self.notes.holes.len()) {
            return Err(self.pair.fault(Reason::TooManyHoles));
        }
        let start = self.pair.name.get(..self.end).and_then(|name| name.rfind('.')).map_or(0, |dot| dot + 1);
        let name = self.pair.name.get(..start).unwrap_or_default();
        for hole in missing {
            self.notes.holes.insert(format!("{name}{hole}"));
            list.push(T::empty());
        }
        Ok(())
    }
}

impl Source for Step<'_, '_> {
    type Output = Result<(), Fault>;

    #[inline]
    fn text<T: Text>(self, place: &mut Option<T>) -> Result<(), Fault> {
        self.check_scalar(place.is_some())?;
        *place = Some(T::from_text(self.pair.value));
        Ok(())
    }

    fn boolean(self, place: &mut Option<bool>) -> Result<(), Fault> {
        self.check_scalar(place.is_some())?;
        *place = Some(match self.pair.value {
            "true" => true,
            "false" => false,
            _ => return Err(self.pair.value_fault(Reason::NotBoolean)),
        });
        Ok(())
    }

    fn integer(self, place: &mut Option<i32>) -> Result<(), Fault> {
        self.check_scalar(place.is_some())?;
        *place = Some(integer(self.pair.value).ok_or_else(|| self.pair.value_fault(Reason::NotInteger))?);
        Ok(())
    }

    fn list<T: Item>(mut self, place: &mut Option<Vec<T>>) -> Result<(), Fault> {
        if self.is_last() {
            return self.list_itself(place);
        }
        if !self.notes.empty_lists.is_empty()
            && let Some(&first) = self.pair.name.get(..self.end).and_then(|name| self.notes.empty_lists.get(name))
        {
            self.notes.fault(Fault { parameter: first, place: first, reason: Reason::ScalarForList });
        }
        let segment = self.next();
        let number = number_of(segment).map_err(|reason| self.pair.fault(reason))?;
        let list = place.get_or_insert_default();
        if number > list.len() {
            if number > list.len() + 1 {
                self.skip(list, number)?;
            }
            list.push(T::empty());
            self.is_new = true;
        } else {
            let holes = &mut self.notes.holes;
            self.is_new = !holes.is_empty() && self.pair.name.get(..self.end).is_some_and(|name| holes.remove(name));
        }
        // It is there: it was made above where it was not.
        list.get_mut(number - 1).map_or(Ok(()), |item| item.read_item(self))
    }

    #[inline]
    fn structure<T: Structure>(self, place: &mut Option<T>) -> Result<(), Fault> {
        ItemSource::structure(self, place.get_or_insert_default())
    }
}

impl ItemSource for Step<'_, '_> {
    type Output = Result<(), Fault>;

    fn text<T: Text>(self, item: &mut T) -> Result<(), Fault> {
        self.check_scalar(!self.is_new)?;
        *item = T::from_text(self.pair.value);
        Ok(())
    }

    #[inline]
    fn structure<T: Structure>(mut self, structure: &mut T) -> Result<(), Fault> {
        if self.is_last() {
            return Err(self.pair.fault(Reason::ScalarForStructure));
        }
        match T::Member::of_wire_name(self.next()) {
            Some(member) => structure.read_member(member, self),
            None => Err(self.pair.fault(Reason::UnknownParameter)),
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
fn number_of(segment: &str) -> Result<usize, Reason> {
    match segment.as_bytes() {
        [b'0'] => Err(Reason::NumberZero),
        digits if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) => Err(Reason::NotANumber),
        [b'0', ..] => Err(Reason::PaddedNumber),
        // A number that does not fit is too large for any list.
        _ => segment.parse().ok().filter(|&number| number <= LIST_LIMIT).ok_or(Reason::TooManyItems),
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
