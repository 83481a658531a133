//! Decodes the envelope of a response.

use alloc::string::String;

use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::error::Category;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::BODY_LIMIT;
use crate::response::{
    Accepted, DecodeFault, DryRunPassed, ErrorCode, ErrorEntry, RegisterImageError, RegisterImageResponse,
    ServiceError, UnreadableReason, header_request_id, retry_after,
};
use crate::schema::{Document, Object};
use crate::wire::text::text_of;

/// Decodes a response of the gateway.
///
/// `success` decides. If it is true, there must be `data` with an `id`, no `error`, and the status must be 2xx.
/// `created_at` may be absent and have any offset, and is converted to UTC. If `success` is false, there must be an `error`
/// with a `code`, and no `data`. The `message` may be absent. The code `DryRunOperation` is [`Accepted::DryRunPassed`].
/// `null` counts as absent, and unknown members are ignored. The request ID is that of the header `x-amzn-requestid`.
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
/// The error that the service returned, unless the dry run passed. [`UnreadableResponse`](crate::response::UnreadableResponse)
/// if the body is not such an envelope, has a member twice, contradicts itself or its status, or exceeds [`BODY_LIMIT`].
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
    let Object(envelope) = serde_json::from_str(body).map_err(|error| fault(body, &error))?;
    Ok(interpret(envelope, status)?)
}

fn interpret(envelope: Envelope, status: StatusCode) -> Result<Said, UnreadableReason> {
    let success = envelope.success.ok_or(UnreadableReason::MissingSuccess)?;
    match (success, envelope.data, envelope.error) {
        (true, Some(Object(data)), None) => {
            let mut registered = RegisterImageResponse::new(data.id.ok_or(UnreadableReason::MissingImageId)?);
            if registered.image_id.as_str().trim().is_empty() {
                return Err(UnreadableReason::EmptyImageId);
            }
            registered.created_at = data.created_at.as_deref().map(read_date).transpose()?;
            if status.is_success() { Ok(Said::Success(registered)) } else { Err(UnreadableReason::StatusContradicts) }
        }
        (false, None, Some(Object(error))) => {
            let code = error.code.filter(|code| !code.trim().is_empty());
            let code = ErrorCode::new(code.ok_or(UnreadableReason::MissingCode)?);
            Ok(Said::Failure(ErrorEntry { code, message: error.message }))
        }
        (true, None, None) => Err(UnreadableReason::MissingData),
        (false, None, None) => Err(UnreadableReason::MissingFailure),
        (true, _, Some(_)) | (false, Some(_), _) => Err(UnreadableReason::Contradictory),
    }
}

fn read_date(text: &str) -> Result<OffsetDateTime, UnreadableReason> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    // This fails only within a day of the first or last year that `time` supports.
    moment.and_then(|moment| moment.checked_to_offset(UtcOffset::UTC)).ok_or(UnreadableReason::UnreadableDate)
}

/// Returns our own fault for an error of `serde_json`, whose messages quote the body.
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

// `null` is absent, unknown members are ignored, and a member that is given twice is an error.

#[derive(Deserialize)]
struct Envelope {
    success: Option<bool>,
    data: Option<Object<Data>>,
    error: Option<Object<Failure>>,
}

#[derive(Deserialize)]
struct Data {
    id: Option<String>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    code: Option<String>,
    message: Option<String>,
}

impl Document for Envelope {}
impl Document for Data {}
impl Document for Failure {}
