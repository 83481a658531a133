//! Decodes responses: what their elements mean.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::str;

use http::{Response, StatusCode};

use super::{
    BODY_LIMIT, EC2_NAMESPACE,
    names::is_blank,
    reader::{Element, Reader, Token},
};
use crate::response::{
    Accepted, DecodeFault, DryRunPassed, ErrorCode, ErrorEntry, RegisterImageError, RegisterImageResponse,
    ServiceError, UnreadableReason, header_request_id, retry_after,
};
use crate::types::ImageId;

/// Decodes an XML response.
///
/// The root element decides what it is, regardless of the status:
///
/// - `RegisterImageResponse`, in no namespace or in EC2's of any version, is a success. It must have one `imageId`, in
///   the same namespace or in none, and a status of 2xx.
/// - `Response` (of EC2) and `ErrorResponse` (of query services, some proxies and emulators), in any namespace, are
///   errors. Each `Error`, directly inside or inside `Errors`, must have one `Code`. Its `Message` may be absent. If
///   `DryRunOperation` is the only code, the result is [`Accepted::DryRunPassed`].
///
/// Whitespace around an ID or a code is removed. A message is kept unchanged. The request ID is that of the body
/// (`requestId`, `RequestID` or `RequestId`), otherwise that of the header `x-amzn-requestid`. Unknown elements are ignored,
/// but must be well-formed.
///
/// ```
/// use ec2_register_image::wire::xml;
///
/// let response = http::Response::new(
///     r#"<?xml version="1.0" encoding="UTF-8"?>
///     <RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
///         <requestId>323a0177-beea-4b32-97af-22c784907177</requestId>
///         <imageId>ami-0123456789abcdef0</imageId>
///     </RegisterImageResponse>"#,
/// );
/// let answer = xml::decode_response(&response)?;
/// assert_eq!(answer.image_id().map(|id| id.as_str()), Some("ami-0123456789abcdef0"));
/// assert_eq!(answer.request_id(), Some("323a0177-beea-4b32-97af-22c784907177"));
/// # Ok::<(), ec2_register_image::RegisterImageError>(())
/// ```
///
/// # Errors
/// The error that the service returned, unless the dry run passed. [`UnreadableResponse`](crate::response::UnreadableResponse)
/// if the body is not a well-formed document in UTF-8, is none of the three, contradicts itself or its status, or exceeds a
/// limit of [this module](super).
pub fn decode_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Accepted, RegisterImageError> {
    let body = response.body().as_ref();
    let usual = read_usual(body).filter(|_| response.status().is_success());
    let said = usual.map_or_else(
        || read_answer(body, response.status(), "RegisterImageResponse", read_success),
        |success| Ok(Ok(success)),
    );
    match said {
        Ok(Ok(Success { image_id, request_id })) => {
            let mut registered = RegisterImageResponse::new(image_id);
            registered.request_id = request_id.or_else(|| header_request_id(response.headers()));
            Ok(Accepted::Registered(registered))
        }
        // Together with another error, the dry run did not pass.
        Ok(Err(Failure { first, others, request_id }))
            if first.code == ErrorCode::DRY_RUN_OPERATION && others.is_empty() =>
        {
            let request_id = request_id.or_else(|| header_request_id(response.headers()));
            Ok(Accepted::DryRunPassed(DryRunPassed { request_id }))
        }
        Ok(Err(failure)) => Err(failure.of(response)),
        Err(fault) => Err(fault.of(response).into()),
    }
}

/// Reads the error in the response to any action of EC2.
///
/// All actions report errors in one form, the one that [`decode_response`] reads. Use this for actions that this crate does
/// not know. A response that is not an error is unreadable, because its meaning depends on the action.
///
/// ```
/// use ec2_register_image::response::Class;
/// use ec2_register_image::wire::xml;
///
/// let response = http::Response::builder().status(403).body(
///     "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this \
///      operation.</Message></Error></Errors><RequestID>4e759009</RequestID></Response>",
/// )?;
/// let error = xml::decode_error_response(&response);
/// assert_eq!((error.class(), error.request_id()), (Class::NotPermitted, Some("4e759009")));
///
/// let success = http::Response::new("<CreateTagsResponse><return>true</return></CreateTagsResponse>");
/// assert!(xml::decode_error_response(&success).as_unreadable().is_some());
/// # Ok::<(), http::Error>(())
/// ```
#[must_use]
pub fn decode_error_response<B: AsRef<[u8]>>(response: &Response<B>) -> RegisterImageError {
    // No element has an empty name, so no root is a success.
    let none = |_: &mut Reader<'_>, root: &Element<'_>| Err(DecodeFault::at(root.offset, UnreadableReason::WrongRoot));
    match read_answer::<()>(response.body().as_ref(), response.status(), "", none) {
        Ok(Err(failure)) => failure.of(response),
        Ok(Ok(())) => DecodeFault::from(UnreadableReason::WrongRoot).of(response).into(),
        Err(fault) => fault.of(response).into(),
    }
}

struct Success {
    image_id: ImageId,
    request_id: Option<String>,
}

/// The errors that the service returned.
pub(super) struct Failure {
    first: ErrorEntry,
    others: Vec<ErrorEntry>,
    request_id: Option<String>,
}

impl Failure {
    pub(super) fn of<B>(self, response: &Response<B>) -> RegisterImageError {
        let request_id = self.request_id.or_else(|| header_request_id(response.headers()));
        let error = ServiceError::from_parts(response.status(), self.first, self.others, request_id);
        error.with_retry_after(retry_after(response.headers())).into()
    }
}

/// Reads a whole response, in which a root of this name is a success.
pub(super) fn read_answer<'a, T>(
    body: &'a [u8],
    status: StatusCode,
    name: &str,
    read_success: impl FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, DecodeFault>,
) -> Result<Result<T, Failure>, DecodeFault> {
    let mut reader = Reader::new(body)?;
    let root = reader.root()?;
    match root.name.local {
        local if local == name && root.namespace.is_none_or(|it| reader.uri(it).starts_with(EC2_NAMESPACE)) => {
            let said = read_success(&mut reader, &root)?;
            reader.finish()?;
            if status.is_success() { Ok(Ok(said)) } else { Err(UnreadableReason::StatusContradicts.into()) }
        }
        "Response" | "ErrorResponse" => {
            let said = read_failure(&mut reader, &root)?;
            reader.finish()?;
            Ok(Err(said))
        }
        name if name.eq_ignore_ascii_case("html") => Err(DecodeFault::at(root.offset, UnreadableReason::Html)),
        _ => Err(DecodeFault::at(root.offset, UnreadableReason::WrongRoot)),
    }
}

/// Reads the success that EC2 nearly always sends: these elements and no others, with IDs of plain characters. Everything
/// else is left to the reader, which would read this one the same with more than twice the instructions.
fn read_usual(body: &[u8]) -> Option<Success> {
    fn cut<'a>(body: &'a [u8], start: &str) -> Option<&'a [u8]> {
        let blanks = body.iter().take_while(|&&byte| is_blank(byte.into())).count();
        body.get(blanks..)?.strip_prefix(start.as_bytes())
    }
    fn cut_plain(body: &[u8]) -> Option<(&str, &[u8])> {
        let plain = body.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'-').count();
        let (plain, rest) = body.split_at_checked(plain)?;
        Some((str::from_utf8(plain).ok().filter(|plain| !plain.is_empty())?, rest))
    }

    if body.len() > BODY_LIMIT {
        return None;
    }
    let rest =
        cut(body.strip_prefix(br#"<?xml version="1.0" encoding="UTF-8"?>"#)?, "<RegisterImageResponse xmlns=\"")?;
    let (_version, rest) = cut_plain(rest.strip_prefix(EC2_NAMESPACE.as_bytes())?)?;
    let (request_id, rest) = cut_plain(cut(rest.strip_prefix(b"/\">")?, "<requestId>")?)?;
    let (image_id, rest) = cut_plain(cut(rest.strip_prefix(b"</requestId>")?, "<imageId>")?)?;
    let rest = cut(rest.strip_prefix(b"</imageId>")?, "</RegisterImageResponse>")?;
    let is_over = rest.iter().all(|&byte| is_blank(byte.into()));
    is_over.then(|| Success { image_id: ImageId::new(image_id), request_id: Some(request_id.to_owned()) })
}

fn read_success<'a>(reader: &mut Reader<'a>, root: &Element<'a>) -> Result<Success, DecodeFault> {
    let mut image_id = None;
    let mut capital_image_id = None;
    let mut request_id = None;
    while let Some(element) = next_child(reader, root)? {
        match name_beside(root, &element) {
            "imageId" if image_id.is_some() => {
                return Err(DecodeFault::at(element.offset, UnreadableReason::DuplicateImageId));
            }
            "imageId" => {
                let id = read_trimmed(reader, &element)?;
                let id = id.ok_or_else(|| DecodeFault::at(element.offset, UnreadableReason::EmptyImageId))?;
                image_id = Some(ImageId::new(id));
            }
            name if is_request_id(name) && request_id.is_none() => request_id = read_trimmed(reader, &element)?,
            // A success with an error is neither.
            "Errors" | "Error" => return Err(DecodeFault::at(element.offset, UnreadableReason::Contradictory)),
            name => {
                if name == "ImageId" {
                    capital_image_id = capital_image_id.or(Some(element.offset));
                }
                reader.skip(&element)?;
            }
        }
    }
    let image_id = image_id.ok_or_else(|| match capital_image_id {
        Some(offset) => DecodeFault::at(offset, UnreadableReason::CapitalImageId),
        None => DecodeFault::at(root.offset, UnreadableReason::MissingImageId),
    })?;
    Ok(Success { image_id, request_id })
}

fn read_failure<'a>(reader: &mut Reader<'a>, root: &Element<'a>) -> Result<Failure, DecodeFault> {
    let mut entries = Vec::new();
    let mut request_id = None;
    while let Some(element) = next_child(reader, root)? {
        match name_beside(root, &element) {
            "Error" => entries.push(read_error(reader, root, &element)?),
            "Errors" => {
                while let Some(element) = next_child(reader, &element)? {
                    match name_beside(root, &element) {
                        "Error" => entries.push(read_error(reader, root, &element)?),
                        _ => reader.skip(&element)?,
                    }
                }
            }
            name if is_request_id(name) && request_id.is_none() => request_id = read_trimmed(reader, &element)?,
            _ => reader.skip(&element)?,
        }
    }
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or_else(|| DecodeFault::at(root.offset, UnreadableReason::MissingError))?;
    Ok(Failure { first, others: entries.collect(), request_id })
}

fn read_error<'a>(reader: &mut Reader<'a>, root: &Element<'a>, error: &Element<'a>) -> Result<ErrorEntry, DecodeFault> {
    let mut code = None;
    let mut message = None;
    while let Some(element) = next_child(reader, error)? {
        match name_beside(root, &element) {
            "Code" if code.is_some() => return Err(DecodeFault::at(element.offset, UnreadableReason::DuplicateCode)),
            "Code" => {
                let text = read_trimmed(reader, &element)?;
                let text = text.ok_or_else(|| DecodeFault::at(element.offset, UnreadableReason::MissingCode))?;
                code = Some(ErrorCode::new(text));
            }
            "Message" if message.is_none() => message = Some(reader.text(&element)?.into_owned()),
            _ => reader.skip(&element)?,
        }
    }
    let code = code.ok_or_else(|| DecodeFault::at(error.offset, UnreadableReason::MissingCode))?;
    Ok(ErrorEntry { code, message })
}

pub(super) fn next_child<'a>(
    reader: &mut Reader<'a>,
    parent: &Element<'a>,
) -> Result<Option<Element<'a>>, DecodeFault> {
    loop {
        match reader.next(parent)? {
            Token::Start(element) => return Ok(Some(element)),
            Token::End => return Ok(None),
            // Whitespace between the elements has no meaning.
            Token::Text(_) | Token::Character(_) => {}
        }
    }
}

/// Returns the text of an element without surrounding whitespace, unless nothing is left.
pub(super) fn read_trimmed<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Option<String>, DecodeFault> {
    let text = reader.text(element)?;
    let text = text.trim_matches(is_blank);
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Returns the name of an element in no namespace or in that of the root. Other namespaces have no meaning here.
pub(super) fn name_beside<'a>(root: &Element<'_>, element: &Element<'a>) -> &'a str {
    let is_known = element.namespace.is_none() || element.namespace == root.namespace;
    if is_known { element.name.local } else { "" }
}

/// EC2 spells it differently in a success and in an error, and the query services have a third spelling.
fn is_request_id(name: &str) -> bool {
    matches!(name, "requestId" | "RequestID" | "RequestId")
}
