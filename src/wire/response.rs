//! What the encoders of responses share.

use core::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};

use super::Body;

pub(super) fn response(
    status: StatusCode,
    content_type: &'static str,
    request_id: Option<HeaderValue>,
    body: Body,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(request_id) = request_id {
        response.headers_mut().insert("x-amzn-requestid", request_id);
    }
    response
}

/// Sets the header for the wait of an error, rounded up, so that clients do not retry too early.
pub(super) fn with_wait(mut response: Response<Body>, wait: Option<Duration>) -> Response<Body> {
    let milliseconds = wait.and_then(|wait| u64::try_from(wait.as_nanos().div_ceil(1_000_000)).ok());
    if let Some(milliseconds) = milliseconds {
        response.headers_mut().insert("x-amz-retry-after", milliseconds.into());
    }
    response
}

/// Returns the value of the header with the request ID, if a client would read the same ID from it.
pub(super) fn request_id_value(request_id: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(request_id).ok().filter(|value| !value.is_empty() && value.to_str().is_ok())
}
