//! Answers that cannot be read, and why.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::{fmt, time::Duration};

use aws_smithy_types::error::ErrorMetadata;
use http::{HeaderMap, Response, StatusCode};

use crate::response::{Class, Effect, Retry, ServiceError, request_id, retry_after, with_request_id};

/// An answer that no meaning could be taken from; it is kept, so that a person can look at it.
///
/// Neither `Display` nor `Debug` shows the body, which may be long and may hold anything.
///
/// ```
/// use ec2_register_image::response::UnreadableReason;
/// use ec2_register_image::wire::xml;
///
/// // Cut off in transit. The official SDK takes this for a success.
/// let response = http::Response::new("<RegisterImageResponse><imageId>ami-0123456789abcdef0</imageId>");
/// let error = xml::decode_response(&response).unwrap_err();
/// let answer = error.as_unreadable().unwrap();
/// assert_eq!(answer.reason(), UnreadableReason::CutOff);
/// assert_eq!(answer.body().len(), 63);
/// assert_eq!(
///     error.to_string(),
///     "unreadable answer (status 200) at byte 63: the body ends before the answer does, so it was cut off on the way"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadableResponse {
    reason: UnreadableReason,
    offset: Option<usize>,
    status: StatusCode,
    retry_after: Option<Duration>,
    /// The request id alone, where the SDK's trait looks for it.
    pub(crate) metadata: ErrorMetadata,
    body: Vec<u8>,
    body_len: usize,
}

impl UnreadableResponse {
    /// The most bytes of a body that are kept: 64 KiB.
    pub const BODY_CAP: usize = 64 * 1024;

    /// Why the answer cannot be read.
    #[must_use]
    pub fn reason(&self) -> UnreadableReason {
        self.reason
    }

    /// Where in the body, in bytes from 0, unless the reason is about the body as a whole.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The id under which AWS support finds the call, of the header `x-amzn-requestid`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.metadata)
    }

    /// What kind of failure it is, by the status.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::of(None, self.status)
    }

    /// Whether the official SDK would send the request again, by the status.
    #[must_use]
    pub fn retry(&self) -> Retry {
        Retry::of(None, self.status)
    }

    /// Whether an image may have been registered.
    ///
    /// ```
    /// use ec2_register_image::response::Effect;
    /// use ec2_register_image::wire::xml;
    ///
    /// let of = |status, body: &'static str| {
    ///     xml::decode_response(&http::Response::builder().status(status).body(body).unwrap()).unwrap_err().effect()
    /// };
    /// assert_eq!(of(200, "<RegisterImageResponse><imageId>ami-0123"), Effect::Unknown);
    /// // A proxy may have kept back the answer instead of the request.
    /// assert_eq!(of(403, "<html>Forbidden by the proxy</html>"), Effect::Unknown);
    /// assert_eq!(of(407, "<html>Who are you?</html>"), Effect::Nothing);
    /// ```
    #[must_use]
    pub fn effect(&self) -> Effect {
        Effect::of_unreadable(self.reason, self.status, &self.body)
    }

    /// How long the answer asks to wait before the next request, as [`ServiceError::retry_after`].
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The body, at most the first [`BODY_CAP`](Self::BODY_CAP) bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The length of the whole body in bytes.
    #[must_use]
    pub fn body_len(&self) -> usize {
        self.body_len
    }

    /// Whether the body was longer than what [`body`](Self::body) kept of it.
    #[must_use]
    pub fn is_body_cut(&self) -> bool {
        self.body.len() < self.body_len
    }
}

impl core::error::Error for UnreadableResponse {}

impl fmt::Display for UnreadableResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unreadable answer (status {})", self.status.as_u16())?;
        if let Some(offset) = self.offset {
            write!(f, " at byte {offset}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Debug for UnreadableResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableResponse")
            .field("reason", &self.reason)
            .field("offset", &self.offset)
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("body", &format_args!("{} bytes", self.body_len))
            .finish()
    }
}

/// What a decoder found wrong, before the answer is put beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecodeFault {
    pub(crate) reason: UnreadableReason,
    pub(crate) offset: Option<usize>,
}

impl DecodeFault {
    pub(crate) const fn at(offset: usize, reason: UnreadableReason) -> Self {
        Self { reason, offset: Some(offset) }
    }

    /// Names the redirect as the reason, unless the body starts like a response of EC2.
    fn or_redirect(self, status: StatusCode) -> Self {
        let is_foreign = matches!(
            self.reason,
            UnreadableReason::Empty
                | UnreadableReason::Html
                | UnreadableReason::Json
                | UnreadableReason::NotJson
                | UnreadableReason::TextBeforeRoot
                | UnreadableReason::WrongRoot
        );
        match status.as_u16() {
            301 | 302 | 303 | 307 | 308 if is_foreign => UnreadableReason::Redirect.into(),
            _ => self,
        }
    }

    pub(crate) fn of<B: AsRef<[u8]>>(self, response: &Response<B>) -> UnreadableResponse {
        let body = response.body().as_ref();
        let Self { reason, offset } = self.or_redirect(response.status());
        UnreadableResponse {
            reason,
            offset,
            status: response.status(),
            retry_after: retry_after(response.headers()).map(|wait| wait.min(ServiceError::RETRY_AFTER_CAP)),
            metadata: with_request_id(ErrorMetadata::builder(), header_request_id(response.headers())).build(),
            body: body.get(..UnreadableResponse::BODY_CAP).unwrap_or(body).to_vec(),
            body_len: body.len(),
        }
    }
}

impl From<UnreadableReason> for DecodeFault {
    fn from(reason: UnreadableReason) -> Self {
        Self { reason, offset: None }
    }
}

/// The request id that AWS repeats in a header.
pub(crate) fn header_request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("x-amzn-requestid")?.to_str().ok().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableReason {
    // Of any body.
    /// Nothing, or nothing but blanks.
    #[error("the body is empty, so the answer was lost on the way")]
    Empty,
    /// More than a decoder takes; its page says how much.
    #[error("the body is longer than any answer to a request of this crate")]
    TooLong,
    /// A page for a browser.
    #[error("the body is an HTML page, so a proxy on the way answered in place of EC2")]
    Html,
    /// A redirect, with a body that is not a response of EC2.
    #[error("the status is a redirect, so a proxy or a server at the wrong URL responded in place of EC2")]
    Redirect,
    /// The end of the body comes first.
    #[error("the body ends before the answer does, so it was cut off on the way")]
    CutOff,
    /// Bytes that are no text.
    #[error("the body is not UTF-8, the only encoding that an answer has")]
    NotUtf8,
    /// A success with a status that is not 2xx.
    #[error("the body says success and the status does not, so neither can be trusted")]
    StatusContradicts,
    /// A success without an image id.
    #[error("the answer says success and names no image")]
    MissingImageId,
    /// A success with `ImageId` in place of `imageId`.
    #[error("the response has `ImageId`, but EC2 writes `imageId`, so another service or a mock sent it")]
    CapitalImageId,
    /// An image id without a character.
    #[error("the image id is empty, and every image has one")]
    EmptyImageId,
    /// An error without a code, or with an empty one.
    #[error("the error has no code, which is what tells errors apart")]
    MissingCode,

    // Of the meaning of XML.
    /// JSON in place of XML.
    #[error("the body is JSON, but EC2 responds in XML, so another service or a proxy sent it")]
    Json,
    /// A root that is none of the three that are known, or in a namespace that is not EC2's.
    #[error("the root element is not that of an answer to the request")]
    WrongRoot,
    /// A second `imageId`.
    #[error("a second `imageId`, and one call registers one image")]
    DuplicateImageId,
    /// A second `Code` in one `Error`.
    #[error("a second `Code` in one `Error`, so it is unclear which one holds")]
    DuplicateCode,
    /// An error answer that names no error.
    #[error("the answer says that there were errors and has no `Error`")]
    MissingError,
    /// An answer to DescribeImages without `imagesSet`.
    #[error("the answer has no `imagesSet`, and without images it is empty")]
    MissingImages,
    /// A member of an image, or `imagesSet`, given twice.
    #[error("an element that its parent already has, so it is unclear which one holds")]
    DuplicateElement,
    /// Text where the API's model has a number or a boolean.
    #[error("neither `true` nor `false`, or no number of 32 bits, where the API's model has one")]
    MalformedValue,
    /// An answer to DescribeImages with a `nextToken`.
    #[error("a `nextToken`, so these are not all images")]
    MorePages,
    /// A response without a member that every response of its action has, or with an empty one where an ID belongs.
    #[error("an element that every such response has is missing or empty")]
    MissingElement,
    /// An element where only text has a meaning.
    #[error("an element inside an element that holds text alone")]
    ElementInText,

    // Of the form of XML.
    /// An end tag that is not the innermost open element's.
    #[error("an end tag that does not match the open element")]
    MismatchedTag,
    /// Text, CDATA or a reference before the root.
    #[error("text before the root element, where XML allows none")]
    TextBeforeRoot,
    /// Text or an element after the root.
    #[error("text or an element after the root element, where XML allows none")]
    JunkAfterRoot,
    /// A document type declaration.
    #[error("a DOCTYPE, which no answer has and which could redefine what follows")]
    Doctype,
    /// A character that XML 1.0 has not, raw or as a reference.
    #[error("a character that XML 1.0 does not allow")]
    IllegalCharacter,
    /// An XML declaration elsewhere than at the start, or a processing instruction of its name.
    #[error("an XML declaration that is not at the start of the body")]
    MisplacedDeclaration,
    /// An XML declaration that is not of the form that XML 1.0 prescribes.
    #[error("a malformed XML declaration")]
    MalformedDeclaration,
    /// An encoding other than UTF-8 and US-ASCII.
    #[error("the XML declaration names an encoding that is not UTF-8")]
    WrongEncoding,
    /// A character that is not ASCII, although the XML declaration names US-ASCII.
    #[error("a character that is not ASCII, although the XML declaration names US-ASCII as the encoding")]
    NotAscii,
    /// A name that is empty, has an illegal character, or a colon out of place.
    #[error("a malformed name")]
    MalformedName,
    /// A tag whose attributes are not `name="value"` with blanks between.
    #[error("a malformed tag; attributes are written as name=\"value\" with a blank before each")]
    MalformedTag,
    /// `<!` without a comment or CDATA after it.
    #[error("`<!` starts neither a comment nor a CDATA section here")]
    MalformedMarkup,
    /// `--` inside a comment.
    #[error("`--` inside a comment, which only its end may have")]
    MalformedComment,
    /// A processing instruction without a name and a blank after it.
    #[error("a malformed processing instruction")]
    MalformedInstruction,
    /// The end of a CDATA section that never began.
    #[error("`]]>` in text, where it must be written as `]]&gt;`")]
    CdataEndInText,
    /// `<` in the value of an attribute.
    #[error("`<` in the value of an attribute, where it must be written as `&lt;`")]
    LessThanInAttribute,
    /// `&` that starts no reference.
    #[error("`&` that starts no reference; by itself it is written as `&amp;`")]
    BareAmpersand,
    /// A reference to something other than the five entities of XML.
    #[error("an unknown entity, since only a DOCTYPE could define it")]
    UnknownEntity,
    /// A character reference that has no number.
    #[error("a malformed character reference")]
    MalformedReference,
    /// One attribute twice, by its name or by namespace and local name.
    #[error("an attribute that the element already has")]
    DuplicateAttribute,
    /// A prefix without a declaration.
    #[error("a namespace prefix that is not declared")]
    UnboundPrefix,
    /// A declaration of a prefix as nothing, or of what belongs to `xml` and `xmlns`.
    #[error("a namespace declaration that XML does not allow")]
    IllegalNamespace,
    /// More levels of elements than a decoder takes.
    #[error("elements nested deeper than in any answer to a request of this crate")]
    TooDeep,
    /// More attributes of one element than a decoder takes.
    #[error("more attributes on one element than in any answer to a request of this crate")]
    TooManyAttributes,
    /// More namespace declarations in force than a decoder takes.
    #[error("more namespace declarations in force than in any answer to a request of this crate")]
    TooManyNamespaces,

    // Of the gateway's JSON.
    /// Not JSON at all.
    #[error("the body is not JSON")]
    NotJson,
    /// A member of the wrong type, or given twice.
    #[error("a member is given twice or is not of the type that the gateway's envelope has there")]
    MalformedMember,
    /// No `success`.
    #[error("the envelope has no member `success`, which says how to read the rest")]
    MissingSuccess,
    /// `success` is true and there is an `error`, or it is false and there are `data`.
    #[error("the answer says success beside an error, or failure beside data")]
    Contradictory,
    /// `success` is true and there are no `data`.
    #[error("the envelope says success and has no data")]
    MissingData,
    /// `success` is false and there is no `error`.
    #[error("the envelope says failure and has no error")]
    MissingFailure,
    /// `created_at` is not a moment.
    #[error("`created_at` is not a date of RFC 3339")]
    UnreadableDate,
}
