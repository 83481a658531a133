//! Encodes responses, for emulators.

use alloc::string::String;

use http::{Response, StatusCode};

use super::{
    BODY_LIMIT, EC2_NAMESPACE,
    names::{is_blank, is_xml_char},
};
use crate::response::{Accepted, ServiceError};
use crate::wire::response::{request_id_value, response, with_wait};
use crate::wire::{Body, query};

/// The content type of EC2's responses.
const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";

/// A response that XML 1.0 cannot express, or that no client could read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidXmlResponse {
    /// The image ID is empty or blank.
    #[error("the image ID is empty, so a client would not know which image was registered")]
    EmptyImageId,
    /// The code of an error is empty or blank.
    #[error("the code of an error is empty, but clients need it")]
    EmptyCode,
    /// The request ID is empty or blank.
    #[error("the request ID is empty, which clients read as absent: remove it")]
    EmptyRequestId,
    /// An ID or a code has a space, a tab or a line end at its start or end.
    #[error("an ID or a code starts or ends with whitespace, which clients remove")]
    EdgeBlanks,
    /// A control character other than tab and line ends, U+FFFE or U+FFFF.
    #[error("a text contains a character that XML 1.0 cannot express")]
    IllegalCharacter,
    /// The body would be longer than [`BODY_LIMIT`].
    #[error("the body would be longer than the {BODY_LIMIT} bytes that `decode_response` accepts")]
    TooLong,
}

/// Encodes EC2's response to a request that was accepted.
///
/// A registered image has the status 200. A dry run that passed is the error `DryRunOperation` with the status 412.
/// The request ID is in the body, and in the header `x-amzn-requestid` if it is visible ASCII, as EC2's are. Without one,
/// its element is omitted. [`decode_response`](super::decode_response) returns the same response, except for
/// [`created_at`](crate::RegisterImageResponse::created_at), which EC2's XML does not have.
///
/// ```
/// use ec2_register_image::{RegisterImageResponse, wire::xml};
///
/// let mut image = RegisterImageResponse::new("ami-0123456789abcdef0");
/// image.request_id = Some("323a0177-beea-4b32-97af-22c784907177".into());
/// let response = xml::encode_response(&image.into())?;
/// assert_eq!(
///     response.body().as_str(),
///     r#"<?xml version="1.0" encoding="UTF-8"?>
/// <RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
///     <requestId>323a0177-beea-4b32-97af-22c784907177</requestId>
///     <imageId>ami-0123456789abcdef0</imageId>
/// </RegisterImageResponse>"#,
/// );
/// # Ok::<(), xml::InvalidXmlResponse>(())
/// ```
///
/// # Errors
/// If an ID is empty, starts or ends with whitespace, or contains a character that XML 1.0 does not have.
pub fn encode_response(answer: &Accepted) -> Result<Response<Body>, InvalidXmlResponse> {
    let image = match answer {
        Accepted::Registered(image) => image,
        Accepted::DryRunPassed(passed) => return encode_error_response(&ServiceError::of_dry_run(passed)),
    };
    let mut body = Writer::new();
    body.0.push_str("<RegisterImageResponse xmlns=\"");
    body.0.extend([EC2_NAMESPACE, query::VERSION, "/\">"]);
    if let Some(request_id) = &image.request_id {
        body.0.push_str("\n    ");
        body.token("requestId", request_id, InvalidXmlResponse::EmptyRequestId)?;
    }
    body.0.push_str("\n    ");
    body.token("imageId", image.image_id.as_str(), InvalidXmlResponse::EmptyImageId)?;
    body.0.push_str("\n</RegisterImageResponse>");
    body.respond(StatusCode::OK, image.request_id.as_deref())
}

/// Encodes EC2's response to a request that was rejected, or that failed.
///
/// It has every error, in order, and the status of the error. The request ID is written as by [`encode_response`], and the
/// wait is in the header `x-amz-retry-after`, in milliseconds. [`decode_response`](super::decode_response) returns the same
/// error, or [`Accepted::DryRunPassed`] if `DryRunOperation` is its only code.
///
/// ```
/// use ec2_register_image::response::{ErrorEntry, ServiceError};
/// use ec2_register_image::wire::xml;
/// use http::StatusCode;
///
/// let entry = ErrorEntry::new("InvalidSnapshot.NotFound").with_message("The snapshot 'snap-ef2791a9' does not exist.");
/// let response = xml::encode_error_response(&ServiceError::new(StatusCode::BAD_REQUEST, entry).with_request_id("4e759009"))?;
/// assert_eq!(
///     response.body().as_str(),
///     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
///      <Response><Errors><Error><Code>InvalidSnapshot.NotFound</Code>\
///      <Message>The snapshot 'snap-ef2791a9' does not exist.</Message></Error></Errors>\
///      <RequestID>4e759009</RequestID></Response>",
/// );
/// # Ok::<(), xml::InvalidXmlResponse>(())
/// ```
///
/// # Errors
/// If a code or the request ID is empty or starts or ends with whitespace, if a text contains a character that XML 1.0 does
/// not have, or if the body is too long for [`decode_response`](super::decode_response).
pub fn encode_error_response(error: &ServiceError) -> Result<Response<Body>, InvalidXmlResponse> {
    let mut body = Writer::new();
    body.0.push_str("<Response><Errors>");
    for entry in error.errors() {
        body.0.push_str("<Error>");
        body.token("Code", entry.code.as_str(), InvalidXmlResponse::EmptyCode)?;
        if let Some(message) = &entry.message {
            body.element("Message", message)?;
        }
        body.0.push_str("</Error>");
    }
    body.0.push_str("</Errors>");
    if let Some(request_id) = error.request_id() {
        body.token("RequestID", request_id, InvalidXmlResponse::EmptyRequestId)?;
    }
    body.0.push_str("</Response>");
    Ok(with_wait(body.respond(error.status(), error.request_id())?, error.retry_after()))
}

/// A document that grows.
struct Writer(String);

impl Writer {
    fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".into())
    }

    /// Writes an element whose text clients trim.
    fn token(&mut self, name: &str, text: &str, if_empty: InvalidXmlResponse) -> Result<(), InvalidXmlResponse> {
        let trimmed = text.trim_matches(is_blank);
        if trimmed.is_empty() {
            return Err(if_empty);
        }
        if trimmed.len() < text.len() {
            return Err(InvalidXmlResponse::EdgeBlanks);
        }
        self.element(name, text)
    }

    fn element(&mut self, name: &str, text: &str) -> Result<(), InvalidXmlResponse> {
        self.0.extend(["<", name, ">"]);
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                // Only required in `]]>`.
                '>' => self.0.push_str("&gt;"),
                // Readers turn an unescaped one into a line feed.
                '\r' => self.0.push_str("&#13;"),
                character if is_xml_char(character) => self.0.push(character),
                _ => return Err(InvalidXmlResponse::IllegalCharacter),
            }
        }
        self.0.extend(["</", name, ">"]);
        Ok(())
    }

    fn respond(self, status: StatusCode, request_id: Option<&str>) -> Result<Response<Body>, InvalidXmlResponse> {
        if self.0.len() > BODY_LIMIT {
            return Err(InvalidXmlResponse::TooLong);
        }
        Ok(response(status, CONTENT_TYPE, request_id.and_then(request_id_value), self.0.into()))
    }
}
