//! Requests that cannot be read, and why.

use alloc::string::{String, ToString as _};
use core::fmt;

use http::StatusCode;

use crate::response::{ErrorCode, ErrorEntry, ServiceError};
use crate::text::escaped;

/// A request in the query protocol that no meaning could be taken from: where, why, and what EC2 calls it.
///
/// No value is ever shown, since it may be UEFI data or a signature. A name that EC2 does not have is escaped and cut.
///
/// ```
/// use ec2_register_image::wire::query;
/// use ec2_register_image::wire::query::MalformedRequestReason;
///
/// let body = b"Action=RegisterImage&Version=2016-11-15&Name=web&BlockDeviceMapping.1.Ebs.Encrypted=True";
/// let error = query::decode_body(body).unwrap_err();
/// assert_eq!(error.reason(), MalformedRequestReason::NotBoolean);
/// assert_eq!(error.position(), Some(84));
/// assert_eq!(error.member(), Some("BlockDeviceMapping.1.Ebs.Encrypted"));
/// assert_eq!(error.code().unwrap(), "InvalidParameterValue");
/// assert_eq!(
///     error.to_string(),
///     "malformed request at byte 84 of the body, `BlockDeviceMapping.1.Ebs.Encrypted`: neither `true` nor `false`, \
///      which are the booleans of the protocol"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedRequest {
    reason: MalformedRequestReason,
    place: Option<Position>,
    member: Option<String>,
}

/// A byte of a request; what comes earlier is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) part: RequestPart,
    pub(crate) offset: usize,
}

impl Position {
    pub(crate) const fn plus(self, bytes: usize) -> Self {
        Self { part: self.part, offset: self.offset + bytes }
    }
}

/// The part of an HTTP request that parameters come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RequestPart {
    /// The URL's query, after the question mark.
    Url,
    /// The body.
    Body,
}

impl MalformedRequest {
    /// A mistake in a parameter of that name.
    pub(crate) fn of(place: Position, reason: MalformedRequestReason, name: &str) -> Self {
        Self { member: Some(escaped(name, 100)), ..Self::at(place, reason) }
    }

    pub(crate) const fn at(place: Position, reason: MalformedRequestReason) -> Self {
        Self { reason, place: Some(place), member: None }
    }

    /// Why the request cannot be read.
    #[must_use]
    pub fn reason(&self) -> MalformedRequestReason {
        self.reason
    }

    /// Where in [`part`](Self::part), in bytes from 0, unless the reason is about the request as a whole.
    ///
    /// It is where the name begins, or the value where that is at fault, or an escape within them.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.place.map(|place| place.offset)
    }

    /// The part of the request that [`position`](Self::position) counts in.
    #[must_use]
    pub fn part(&self) -> Option<RequestPart> {
        self.place.map(|place| place.part)
    }

    /// The parameter, as the wire spells it; of one that EC2 does not have, at most 100 characters, escaped.
    #[must_use]
    pub fn member(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// The HTTP status that a server answers with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.reason {
            MalformedRequestReason::Method => StatusCode::METHOD_NOT_ALLOWED,
            MalformedRequestReason::ContentType | MalformedRequestReason::Charset => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            MalformedRequestReason::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The code of EC2's own error, where it is known; see [`MalformedRequestReason::code`].
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.reason.code()
    }

    /// The error that EC2 would answer with: its own code, or `InvalidRequest` where that is not known, and this text.
    ///
    /// ```
    /// use ec2_register_image::wire::query;
    ///
    /// let error = query::decode_body(b"Action=RegisterImage&Version=2016-11-15&Nmae=web").unwrap_err().refusal();
    /// assert_eq!((error.code().as_str(), error.status().as_u16()), ("UnknownParameter", 400));
    /// ```
    #[must_use]
    pub fn refusal(&self) -> ServiceError {
        let code = self.code().unwrap_or(ErrorCode::INVALID_REQUEST);
        ServiceError::new(self.status(), ErrorEntry::new(code).with_message(self.to_string()))
    }
}

impl From<MalformedRequestReason> for MalformedRequest {
    fn from(reason: MalformedRequestReason) -> Self {
        Self { reason, place: None, member: None }
    }
}

impl core::error::Error for MalformedRequest {}

impl fmt::Display for MalformedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed request")?;
        if let Some(Position { part, offset }) = self.place {
            let part = match part {
                RequestPart::Url => "URL's query",
                RequestPart::Body => "body",
            };
            write!(f, " at byte {offset} of the {part}")?;
        }
        if let Some(member) = &self.member {
            write!(f, ", `{member}`")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why a request in the query protocol cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedRequestReason {
    // Of the HTTP request.
    /// A method other than `POST` and `GET`.
    #[error("the method is neither POST nor GET, the two that the query protocol has")]
    Method,
    /// A body whose content type is not that of a form.
    #[error("the content type of the body is not `application/x-www-form-urlencoded`")]
    ContentType,
    /// A charset that says something else than UTF-8.
    #[error("the charset of the body is not UTF-8, the only one that the query protocol has")]
    Charset,
    /// A `GET` with a body.
    #[error("a GET with a body, which one server reads and another does not")]
    BodyOfGet,
    /// More than the decoder takes, in body or URL.
    #[error("longer than any request for an image needs to be")]
    TooLong,

    // Of a form.
    /// Nothing between two `&`, before the first or after the last.
    #[error("an empty parameter: nothing stands between one `&` and the next")]
    EmptyParameter,
    /// A parameter without `=`.
    #[error("a parameter without `=`, so it is unclear where its name ends")]
    MissingEquals,
    /// A parameter that begins with `=`.
    #[error("a parameter without a name")]
    EmptyName,
    /// `%` without two hexadecimal digits.
    #[error("`%` without two hexadecimal digits after it; by itself it is written as `%25`")]
    BadEscape,
    /// Bytes that are no text once they are unescaped.
    #[error("not UTF-8 once it is unescaped")]
    NotUtf8,
    /// A value that is longer than the decoder takes.
    #[error("a value of more than {} bytes, several times the longest that EC2 takes", crate::wire::query::VALUE_LIMIT)]
    ValueTooLong,

    // Of the call.
    /// No `Action`.
    #[error("there is no `Action`, which says what the request is for")]
    MissingAction,
    /// An action that is not RegisterImage.
    #[error("the action is not RegisterImage")]
    WrongAction,
    /// No `Version`.
    #[error("there is no `Version`, which says what the parameters mean")]
    MissingVersion,
    /// A version of the API that is not this crate's, [`query::VERSION`](crate::wire::query::VERSION).
    #[error("the version of the API is not 2016-11-15, so the parameters may mean something else")]
    WrongVersion,
    /// A member in the URL of a `POST` whose body is a whole request.
    #[error("a member in the URL beside a body that is a whole request, which one server counts and another does not")]
    Split,

    // Of the members.
    /// A name that RegisterImage does not have; upper and lower case differ.
    #[error("RegisterImage has no such parameter")]
    UnknownParameter,
    /// A parameter that is there already.
    #[error("given twice, so it is unclear which one holds")]
    Repeated,
    /// The number of an item is 0.
    #[error("an item has the number 0, and lists count from 1")]
    NumberZero,
    /// The number of an item begins with 0.
    #[error("the number of an item begins with 0, so that one item could have two names")]
    PaddedNumber,
    /// Something else than digits in the place of a number.
    #[error("the items of a list have numbers, and this is none")]
    NotANumber,
    /// A number past the longest list that the decoder takes.
    #[error("the number of an item is past {}, and no list of an image is that long", crate::wire::query::LIST_LIMIT)]
    TooManyItems,
    /// A number that leaves more out than the decoder takes.
    #[error("the number of an item leaves out more than {} others before it", crate::wire::query::SKIPPED_LIMIT)]
    TooManySkipped,
    /// A list that has a value.
    #[error("a value in the place of a list, whose items are named by number")]
    ScalarForList,
    /// A structure that has a value.
    #[error("a value in the place of a structure, whose members have values")]
    ScalarForStructure,
    /// A member of what is a single value.
    #[error("a member of something that is a single value")]
    MembersOfScalar,
    /// A boolean that is neither `true` nor `false`.
    #[error("neither `true` nor `false`, which are the booleans of the protocol")]
    NotBoolean,
    /// An integer that does not fit 32 bits, or that has another spelling than the plain decimal one.
    #[error("not an integer of 32 bits in plain decimal digits, without `+` and leading zeros")]
    NotInteger,
}

impl MalformedRequestReason {
    /// The code of EC2's own error, where it is known.
    ///
    /// `InvalidAction`, `NoSuchVersion` and `UnknownParameter` were seen in answers of EC2. `MissingAction`,
    /// `MissingParameter`, `InvalidParameterValue` and `MalformedQueryString` are what EC2's
    /// [list of errors](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html) has for it. What EC2
    /// makes of the rest is not known; it may take some of it.
    ///
    /// ```
    /// use ec2_register_image::wire::query::MalformedRequestReason;
    ///
    /// assert_eq!(MalformedRequestReason::UnknownParameter.code().unwrap(), "UnknownParameter");
    /// assert_eq!(MalformedRequestReason::PaddedNumber.code(), None);
    /// ```
    #[must_use]
    pub fn code(self) -> Option<ErrorCode> {
        Some(ErrorCode::from(match self {
            Self::EmptyParameter | Self::MissingEquals | Self::EmptyName | Self::BadEscape => "MalformedQueryString",
            Self::MissingAction => "MissingAction",
            Self::WrongAction => "InvalidAction",
            Self::MissingVersion => "MissingParameter",
            Self::WrongVersion => "NoSuchVersion",
            Self::UnknownParameter => "UnknownParameter",
            Self::NotBoolean | Self::NotInteger => "InvalidParameterValue",
            Self::Method
            | Self::ContentType
            | Self::Charset
            | Self::BodyOfGet
            | Self::TooLong
            | Self::ValueTooLong
            | Self::NotUtf8
            | Self::Split
            | Self::Repeated
            | Self::NumberZero
            | Self::PaddedNumber
            | Self::NotANumber
            | Self::TooManyItems
            | Self::TooManySkipped
            | Self::ScalarForList
            | Self::ScalarForStructure
            | Self::MembersOfScalar => return None,
        }))
    }
}
