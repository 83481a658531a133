//! The envelope of an answer, written; for emulators and for gateways themselves.

use http::{Response, StatusCode};
use serde::Serialize;
use time::{UtcOffset, format_description::well_known::Rfc3339};

use super::{CONTENT_TYPE, to_json};
use crate::response::{Accepted, ServiceError};
use crate::wire::Body;
use crate::wire::response::{request_id_value, response, with_wait};

/// An answer that the gateway's envelope cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidGatewayResponse {
    /// The image id is empty or blank.
    #[error("the image id is empty, and a client could not tell which image was registered")]
    EmptyImageId,
    /// There is no `created_at`.
    #[error("`created_at` is absent, and the gateway says when an image was registered: set it")]
    MissingDate,
    /// The year of `created_at` in UTC is not one of 0 to 9999.
    #[error("`created_at` is outside of the years 0 to 9999, which are all that RFC 3339 can write")]
    DateOutOfRange,
    /// The code is empty or blank.
    #[error("the code of the error is empty, and a client tells errors apart by it")]
    EmptyCode,
    /// The request id is empty, or holds other characters than visible ASCII.
    #[error("the request id is empty or not of visible ASCII, which a header needs")]
    InvalidRequestId,
}

/// Makes the gateway's answer to a request that was accepted.
///
/// A registered image has the status 200. A dry run that passed is the error `DryRunOperation` with the status 412, as
/// EC2 has it. The request id goes into the header `x-amzn-requestid`. [`decode_response`](super::decode_response) gives the answer back.
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
/// Where the image id is empty, `created_at` is absent or not of the years 0 to 9999 in UTC, or the request id does not
/// go into a header.
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

/// Makes the gateway's answer to a request that was refused, or that failed.
///
/// The envelope has room for the first error; the others are left out. The status is that of the error. How long to wait
/// goes into the header `x-amz-retry-after`, in milliseconds. [`decode_response`](super::decode_response) gives an error back that has one
/// entry.
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
/// Where the code is empty, or the request id does not go into a header.
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
