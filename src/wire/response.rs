//! What the encoders of answers share.

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

/// Says how long to wait, where the error does; rounded up, so that no client comes too early.
pub(super) fn with_wait(mut response: Response<Body>, wait: Option<Duration>) -> Response<Body> {
    let milliseconds = wait.and_then(|wait| u64::try_from(wait.as_nanos().div_ceil(1_000_000)).ok());
    if let Some(milliseconds) = milliseconds {
        response.headers_mut().insert("x-amz-retry-after", milliseconds.into());
    }
    response
}

/// The value of the header that says the request id, where a client would read the id back from it.
pub(super) fn request_id_value(request_id: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(request_id).ok().filter(|value| !value.is_empty() && value.to_str().is_ok())
}
