//! Encodes the envelope of a response, for emulators and gateways.

use http::{Response, StatusCode};
use serde::Serialize;
use time::{UtcOffset, format_description::well_known::Rfc3339};

use super::{CONTENT_TYPE, to_json};
use crate::response::{Accepted, ServiceError};
use crate::wire::Body;
use crate::wire::response::{request_id_value, response, with_wait};

/// A response that the gateway's envelope cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidGatewayResponse {
    /// The image ID is empty or blank.
    #[error("the image ID is empty, so a client would not know which image was registered")]
    EmptyImageId,
    /// There is no `created_at`.
    #[error("`created_at` is absent, but the gateway requires it")]
    MissingDate,
    /// The year of `created_at` in UTC is not in 0 to 9999.
    #[error("`created_at` is outside of the years 0 to 9999, which are the limits of RFC 3339")]
    DateOutOfRange,
    /// The code is empty or blank.
    #[error("the code of the error is empty, but clients need it")]
    EmptyCode,
    /// The request ID is empty, or contains characters other than visible ASCII.
    #[error("the request ID is empty or not visible ASCII, which a header requires")]
    InvalidRequestId,
}

/// Encodes the gateway's response to a request that was accepted.
///
/// A registered image has the status 200. A dry run that passed is the error `DryRunOperation` with the status 412, as in
/// EC2. The request ID is in the header `x-amzn-requestid`. [`decode_response`](super::decode_response) returns the same
/// response.
///
/// ```
/// use ec2_register_image::{RegisterImageResponse, wire::gateway};
/// use time::OffsetDateTime;
///
/// let mut image = RegisterImageResponse::new("abc123");
/// image.created_at = OffsetDateTime::from_unix_timestamp(1_735_689_600).ok();
/// let response = gateway::encode_response(&image.into())?;
/// assert_eq!(
///     response.body().as_str(),
///     r#"{"success":true,"data":{"id":"abc123","created_at":"2025-01-01T00:00:00Z"}}"#,
/// );
/// # Ok::<(), gateway::InvalidGatewayResponse>(())
/// ```
///
/// # Errors
/// If the image ID is empty, if `created_at` is absent or outside of the years 0 to 9999 in UTC, or if the request ID does
/// not fit a header.
pub fn encode_response(answer: &Accepted) -> Result<Response<Body>, InvalidGatewayResponse> {
    let image = match answer {
        Accepted::Registered(image) => image,
        Accepted::DryRunPassed(passed) => return encode_error_response(&ServiceError::of_dry_run(passed)),
    };
    if image.image_id.as_str().trim().is_empty() {
        return Err(InvalidGatewayResponse::EmptyImageId);
    }
    let created_at = image.created_at.ok_or(InvalidGatewayResponse::MissingDate)?;
    let created_at = created_at.checked_to_offset(UtcOffset::UTC).and_then(|utc| utc.format(&Rfc3339).ok());
    let created_at = created_at.ok_or(InvalidGatewayResponse::DateOutOfRange)?;
    let data = Data { id: image.image_id.as_str(), created_at: &created_at };
    respond(StatusCode::OK, &Success { success: true, data }, image.request_id.as_deref())
}

/// Encodes the gateway's response to a request that was rejected, or that failed.
///
/// The envelope has the first error only. The status is that of the error. The wait is in the header `x-amz-retry-after`,
/// in milliseconds. [`decode_response`](super::decode_response) returns the same error if it has one entry.
///
/// ```
/// use ec2_register_image::response::{ErrorEntry, ServiceError};
/// use ec2_register_image::wire::gateway;
/// use http::StatusCode;
///
/// let entry = ErrorEntry::new("VALIDATION_ERROR").with_message("Invalid request parameters");
/// let response = gateway::encode_error_response(&ServiceError::new(StatusCode::BAD_REQUEST, entry))?;
/// assert_eq!(
///     response.body().as_str(),
///     r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request parameters"}}"#,
/// );
/// # Ok::<(), gateway::InvalidGatewayResponse>(())
/// ```
///
/// # Errors
/// If the code is empty, or the request ID does not fit a header.
pub fn encode_error_response(error: &ServiceError) -> Result<Response<Body>, InvalidGatewayResponse> {
    let code = error.code().as_str();
    if code.trim().is_empty() {
        return Err(InvalidGatewayResponse::EmptyCode);
    }
    let failure = Failure { success: false, error: Error { code, message: error.message() } };
    Ok(with_wait(respond(error.status(), &failure, error.request_id())?, error.retry_after()))
}

fn respond<T: Serialize>(
    status: StatusCode,
    envelope: &T,
    request_id: Option<&str>,
) -> Result<Response<Body>, InvalidGatewayResponse> {
    let to_value = |request_id| request_id_value(request_id).ok_or(InvalidGatewayResponse::InvalidRequestId);
    let request_id = request_id.map(to_value).transpose()?;
    Ok(response(status, CONTENT_TYPE, request_id, to_json(envelope)))
}

#[derive(Serialize)]
struct Success<'a> {
    success: bool,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    created_at: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    success: bool,
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}
