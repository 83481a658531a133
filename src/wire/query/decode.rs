//! From what a client sent to a request, strictly.

use alloc::{borrow::Cow, collections::BTreeSet, string::String, vec::Vec};
use core::{cell::Cell, str};

use http::{HeaderMap, Method, Request, header};

use super::{BODY_LIMIT, CONTENT_TYPE, VALUE_LIMIT, VERSION};
use crate::model::RegisterImageRequest;
use crate::schema::{Group, Parameter, Parameters as _, Reader};
use crate::wire::query::malformed::{MalformedRequest, MalformedRequestReason, Position, RequestPart};

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
        Method::GET => return Err(MalformedRequestReason::BodyOfGet.into()),
        _ => return Err(MalformedRequestReason::Method.into()),
    }
    let mut parameters = Vec::new();
    read_form(RequestPart::Url, request.uri().query().unwrap_or_default().as_bytes(), &mut parameters)?;
    read_form(RequestPart::Body, body, &mut parameters)?;
    read(parameters)
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
    let mut parameters = Vec::new();
    read_form(RequestPart::Body, body, &mut parameters)?;
    read(parameters)
}

fn check_content_type(headers: &HeaderMap) -> Result<(), MalformedRequestReason> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case(CONTENT_TYPE)) {
        return Err(MalformedRequestReason::ContentType);
    }
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim_matches('"');
        if name.eq_ignore_ascii_case("charset")
            && !["utf-8", "utf8", "us-ascii"].iter().any(|charset| value.eq_ignore_ascii_case(charset))
        {
            return Err(MalformedRequestReason::Charset);
        }
    }
    Ok(())
}

/// Reads `name=value&name=value`; of no byte come no parameters.
fn read_form<'a>(
    part: RequestPart,
    form: &'a [u8],
    parameters: &mut Vec<Parameter<'a>>,
) -> Result<(), MalformedRequest> {
    if form.len() > BODY_LIMIT {
        return Err(MalformedRequestReason::TooLong.into());
    }
    if form.is_empty() {
        return Ok(());
    }
    parameters.reserve(form.iter().filter(|&&byte| byte == b'&').count() + 1);
    let mut offset = 0;
    for pair in form.split(|&byte| byte == b'&') {
        let name_at = Position { part, offset };
        if pair.is_empty() {
            return Err(MalformedRequest::at(name_at, MalformedRequestReason::EmptyParameter));
        }
        // Its text is not shown: it may be the rest of a value.
        let equals = pair.iter().position(|&byte| byte == b'=');
        let equals = equals.ok_or_else(|| MalformedRequest::at(name_at, MalformedRequestReason::MissingEquals))?;
        let (name, value) = pair.split_at_checked(equals).unwrap_or_default();
        let value = value.get("=".len()..).unwrap_or_default();
        if name.is_empty() {
            return Err(MalformedRequest::at(name_at, MalformedRequestReason::EmptyName));
        }
        let name = unescape(name).map_err(|(at, reason)| MalformedRequest::at(name_at.plus(at), reason))?;
        let value_at = name_at.plus(equals + "=".len());
        let value = unescape(value).map_err(|(at, reason)| MalformedRequest::of(value_at.plus(at), reason, &name))?;
        if value.len() > VALUE_LIMIT {
            return Err(MalformedRequest::of(value_at, MalformedRequestReason::ValueTooLong, &name));
        }
        parameters.push(Parameter { name, value: Cell::new(value), name_at, value_at });
        offset += pair.len() + "&".len();
    }
    Ok(())
}

/// The text that stands in a form, or where in it there is none.
fn unescape(raw: &[u8]) -> Result<Cow<'_, str>, (usize, MalformedRequestReason)> {
    if !raw.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        let text = str::from_utf8(raw).map_err(|error| (error.valid_up_to(), MalformedRequestReason::NotUtf8))?;
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let escaped =
                    unescaped(after).ok_or((raw.len() - after.len() - 1, MalformedRequestReason::BadEscape))?;
                rest = after.get(2..).unwrap_or_default();
                escaped
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
        // Each byte that is text came of one byte or of an escape; the next one is at fault.
        let mut at = 0;
        for _ in 0..error.utf8_error().valid_up_to() {
            at += if raw.get(at) == Some(&b'%') { "%XX".len() } else { 1 };
        }
        (at, MalformedRequestReason::NotUtf8)
    })
}

/// The byte that the two hexadecimal digits after a `%` stand for.
fn unescaped(after: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

fn read(mut parameters: Vec<Parameter<'_>>) -> Result<Decoded, MalformedRequest> {
    let action = expect(
        &parameters,
        "Action",
        "RegisterImage",
        MalformedRequestReason::MissingAction,
        MalformedRequestReason::WrongAction,
    )?;
    let version = expect(
        &parameters,
        "Version",
        VERSION,
        MalformedRequestReason::MissingVersion,
        MalformedRequestReason::WrongVersion,
    )?;
    let is_body_whole = action == RequestPart::Body && version == RequestPart::Body;

    let mut reader = Reader::default();
    let mut set_aside = BTreeSet::new();
    parameters.retain(|parameter| {
        if matches!(&*parameter.name, "Action" | "Version") {
            return false;
        }
        if is_of_signing(&parameter.name) {
            if !set_aside.insert(String::from(&*parameter.name)) {
                reader.refuse(parameter, parameter.name_at, MalformedRequestReason::Repeated);
            }
            return false;
        }
        if is_body_whole && parameter.name_at.part == RequestPart::Url {
            reader.refuse(parameter, parameter.name_at, MalformedRequestReason::Split);
        }
        true
    });

    let mut request = RegisterImageRequest::read(Group::sorted(&mut parameters), &mut reader).unwrap_or_default();
    let Reader { fault, holes, empty_lists } = reader;
    if let Some(fault) = fault {
        return Err(fault);
    }
    if !empty_lists.is_empty() {
        // What held nothing but an empty list is empty itself.
        request.make_as_sent();
    }
    Ok(Decoded { request, set_aside, holes, empty_lists })
}

/// Finds the one parameter of that name and value, and tells the part that it came in.
fn expect(
    parameters: &[Parameter<'_>],
    name: &str,
    value: &str,
    missing: MalformedRequestReason,
    wrong: MalformedRequestReason,
) -> Result<RequestPart, MalformedRequest> {
    let mut found = parameters.iter().filter(|parameter| parameter.name == name);
    let first = found.next().ok_or(missing)?;
    if let Some(second) = found.next() {
        return Err(MalformedRequest::of(second.name_at, MalformedRequestReason::Repeated, name));
    }
    if first.value.take() != value {
        return Err(MalformedRequest::of(first.value_at, wrong, name));
    }
    Ok(first.name_at.part)
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
