//! The envelope of an answer, read.

use alloc::string::String;
use core::{fmt, marker::PhantomData};

use http::{Response, StatusCode};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::error::Category;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::BODY_LIMIT;
use crate::response::{
    Accepted, DecodeFault, DryRunPassed, ErrorCode, ErrorEntry, RegisterImageError, RegisterImageResponse,
    ServiceError, UnreadableReason, header_request_id, retry_after,
};
use crate::wire::text::text_of;

/// Reads an answer of the gateway.
///
/// `success` decides. When true there are `data` with an `id`, no `error`, and the status is 2xx; `created_at` may be
/// absent, has any offset, and is kept in UTC. When false there is an `error` with a `code`, whose `message` may be
/// absent, and there are no `data`; the code `DryRunOperation` is [`Accepted::DryRunPassed`]. A member that is `null`
/// counts as absent, and members that are not known are passed over. The request id is that of the header
/// `x-amzn-requestid`.
///
/// ```
/// use ec2_register_image::Accepted;
/// use ec2_register_image::wire::gateway;
/// use time::OffsetDateTime;
///
/// let response = http::Response::new(r#"{"success":true,"data":{"id":"abc123","created_at":"2025-01-01T00:00:00Z"}}"#);
/// let Accepted::Registered(image) = gateway::decode_response(&response)? else { unreachable!() };
/// assert_eq!(image.image_id, "abc123");
/// assert_eq!(image.created_at, OffsetDateTime::from_unix_timestamp(1_735_689_600).ok());
///
/// let response = http::Response::new(
///     r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request parameters"}}"#,
/// );
/// let error = gateway::decode_response(&response).unwrap_err();
/// assert_eq!(error.to_string(), "VALIDATION_ERROR: Invalid request parameters (status 200)");
/// # Ok::<(), ec2_register_image::RegisterImageError>(())
/// ```
///
/// # Errors
/// What the service said, unless the dry run passed; or [`UnreadableResponse`](crate::response::UnreadableResponse) where the body is not such an
/// envelope, gives one of its members twice, contradicts itself or its status, or exceeds [`BODY_LIMIT`].
pub fn decode_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Accepted, RegisterImageError> {
    let said = read(response.body().as_ref(), response.status()).map_err(|fault| fault.of(response))?;
    let request_id = header_request_id(response.headers());
    match said {
        Said::Success(mut registered) => {
            registered.request_id = request_id;
            Ok(Accepted::Registered(registered))
        }
        Said::Failure(error) if error.code == ErrorCode::DRY_RUN_OPERATION => {
            Ok(Accepted::DryRunPassed(DryRunPassed { request_id }))
        }
        Said::Failure(error) => {
            let error = ServiceError::from_parts(response.status(), error, Default::default(), request_id);
            Err(error.with_retry_after(retry_after(response.headers())).into())
        }
    }
}

enum Said {
    Success(RegisterImageResponse),
    Failure(ErrorEntry),
}

fn read(body: &[u8], status: StatusCode) -> Result<Said, DecodeFault> {
    let body = text_of(body, BODY_LIMIT)?;
    let Read(envelope) = serde_json::from_str(body).map_err(|error| fault(body, &error))?;
    Ok(interpret(envelope, status)?)
}

fn interpret(envelope: Envelope, status: StatusCode) -> Result<Said, UnreadableReason> {
    let success = envelope.success.value().ok_or(UnreadableReason::MissingSuccess)?;
    match (success, envelope.data.value(), envelope.error.value()) {
        (true, Some(Read(data)), None) => {
            let mut registered = RegisterImageResponse::new(data.id.value().ok_or(UnreadableReason::MissingImageId)?);
            if registered.image_id.as_str().trim().is_empty() {
                return Err(UnreadableReason::EmptyImageId);
            }
            registered.created_at = data.created_at.value().as_deref().map(read_date).transpose()?;
            if status.is_success() { Ok(Said::Success(registered)) } else { Err(UnreadableReason::StatusContradicts) }
        }
        (false, None, Some(Read(error))) => {
            let code = error.code.value().filter(|code| !code.trim().is_empty());
            let code = ErrorCode::new(code.ok_or(UnreadableReason::MissingCode)?);
            Ok(Said::Failure(ErrorEntry { code, message: error.message.value() }))
        }
        (true, None, None) => Err(UnreadableReason::MissingData),
        (false, None, None) => Err(UnreadableReason::MissingFailure),
        (true, _, Some(_)) | (false, Some(_), _) => Err(UnreadableReason::Contradictory),
    }
}

fn read_date(text: &str) -> Result<OffsetDateTime, UnreadableReason> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    // Out of range only within a day of the first or last year that `time` knows.
    moment.and_then(|moment| moment.checked_to_offset(UtcOffset::UTC)).ok_or(UnreadableReason::UnreadableDate)
}

/// Says in our words what `serde_json` found, since its own quote the body.
fn fault(body: &str, error: &serde_json::Error) -> DecodeFault {
    let reason = match error.classify() {
        Category::Eof => return DecodeFault::at(body.len(), UnreadableReason::CutOff),
        Category::Data => UnreadableReason::MalformedMember,
        Category::Syntax | Category::Io => UnreadableReason::NotJson,
    };
    let lines_before = body.split_inclusive('\n').take(error.line().saturating_sub(1));
    let consumed = lines_before.map(str::len).sum::<usize>() + error.column();
    DecodeFault::at(consumed.saturating_sub(1).min(body.len()), reason)
}

#[derive(Default)]
struct Envelope {
    success: Member<bool>,
    data: Member<Read<Data>>,
    error: Member<Read<Failure>>,
}

#[derive(Default)]
struct Data {
    id: Member<String>,
    created_at: Member<String>,
}

#[derive(Default)]
struct Failure {
    code: Member<String>,
    message: Member<String>,
}

/// An object of the envelope.
trait Object: Default {
    /// Reads the value of a member, or passes over it.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

impl Object for Envelope {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "success" => self.success.read(map),
            "data" => self.data.read(map),
            "error" => self.error.read(map),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl Object for Data {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id.read(map),
            "created_at" => self.created_at.read(map),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl Object for Failure {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "code" => self.code.read(map),
            "message" => self.message.read(map),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

/// A member that was not seen yet, was `null`, or has a value.
struct Member<T>(Option<Option<T>>);

impl<T> Member<T> {
    fn read<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>
    where
        T: Deserialize<'de>,
    {
        if self.0.is_some() {
            return Err(A::Error::custom("given twice"));
        }
        self.0 = Some(map.next_value()?);
        Ok(())
    }

    fn value(self) -> Option<T> {
        self.0.flatten()
    }
}

impl<T> Default for Member<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// Reads a JSON object, and an object only: what `serde` derives would take an array for a struct.
struct Read<T>(T);

impl<'de, T: Object> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Object> Visitor<'de> for Members<T> {
            type Value = Read<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<T>, A::Error> {
                let mut object = T::default();
                while let Some(name) = map.next_key::<String>()? {
                    object.read(&name, &mut map)?;
                }
                Ok(Read(object))
            }
        }

        deserializer.deserialize_map(Members(PhantomData))
    }
}
