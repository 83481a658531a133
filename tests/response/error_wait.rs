//! How long the headers of an answer ask to wait: a row a case.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::time::Duration;

use ec2_register_image::RegisterImageError;
use ec2_register_image::response::{ErrorEntry, ServiceError};
use ec2_register_image::wire::{gateway, xml};
use http::{Response, StatusCode};

const ERROR: &str = "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>";
const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");

fn answer(headers: &[(&str, &str)], body: &str) -> Response<String> {
    let builder = Response::builder().status(503);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.to_owned()).unwrap()
}

#[track_caller]
fn asks(headers: &[(&str, &str)], milliseconds: impl Into<Option<u64>>) {
    let expected = milliseconds.into().map(Duration::from_millis);
    let error = xml::decode_response(&answer(headers, ERROR)).unwrap_err();
    assert!(error.as_service().is_some());
    assert_eq!(error.retry_after(), expected);
    let failure = r#"{"success":false,"error":{"code":"A"}}"#;
    assert_eq!(gateway::decode_response(&answer(headers, failure)).unwrap_err().retry_after(), expected);
    let unreadable = xml::decode_response(&answer(headers, "")).unwrap_err();
    assert!(unreadable.as_unreadable().is_some());
    assert_eq!(unreadable.retry_after(), expected);
}

#[test]
fn milliseconds_of_aws() {
    asks(&[], None);
    asks(&[("x-amz-retry-after", "1500")], 1500);
    asks(&[("X-Amz-Retry-After", " 0 ")], 0);
    asks(&[("x-amz-retry-after", "1500"), ("retry-after", "7")], 1500);
    asks(&[("x-amz-retry-after", "soon"), ("retry-after", "7")], 7000);
    for nonsense in ["", "-1", "1.5", "99999999999999999999999"] {
        asks(&[("x-amz-retry-after", nonsense)], None);
    }
}

#[test]
fn seconds_of_http() {
    asks(&[("retry-after", "7")], 7000);
    asks(&[("Retry-After", "0")], 0);
    for nonsense in ["", "-1", "1.5", "soon"] {
        asks(&[("retry-after", nonsense)], None);
    }
}

#[test]
fn a_date_of_http_is_read_against_the_services_own_clock() {
    asks(&[("retry-after", "Sun, 06 Nov 1994 08:49:52 GMT"), DATE], 15_000);
    asks(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), DATE], 0);
    asks(&[("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT"), DATE], 0);
    asks(&[("retry-after", "Sun, 06 Nov 1994 08:49:52 GMT")], None);
    asks(&[("retry-after", "Sun, 06 Nov 1994 08:49:52 GMT"), ("date", "today")], None);
    asks(&[("retry-after", "6 November"), DATE], None);
}

#[test]
fn a_wait_is_capped() {
    let cap = ServiceError::RETRY_AFTER_CAP.as_millis() as u64;
    assert_eq!(cap, 3_600_000);
    asks(&[("x-amz-retry-after", "3600001")], cap);
    asks(&[("x-amz-retry-after", "18446744073709551615")], cap);
    asks(&[("retry-after", "18446744073709551615")], cap);
    asks(&[("retry-after", "Sun, 06 Nov 2044 08:49:52 GMT"), DATE], cap);
    let error = ServiceError::new(StatusCode::SERVICE_UNAVAILABLE, ErrorEntry::new("A"));
    assert_eq!(error.clone().with_retry_after(Duration::MAX).retry_after(), Some(ServiceError::RETRY_AFTER_CAP));
    let error = RegisterImageError::from(error.with_retry_after(Duration::from_secs(2)));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
}

#[test]
fn a_wait_is_written() {
    let error = ServiceError::new(StatusCode::SERVICE_UNAVAILABLE, ErrorEntry::new("A"));
    let written = |wait| {
        let error = error.clone().with_retry_after(wait);
        let [xml, gateway] =
            [xml::encode_error_response(&error).unwrap(), gateway::encode_error_response(&error).unwrap()];
        assert_eq!(xml.headers().get("x-amz-retry-after"), gateway.headers().get("x-amz-retry-after"));
        xml.headers().get("x-amz-retry-after").map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(written(None), None);
    assert_eq!(written(Some(Duration::ZERO)).unwrap(), "0");
    assert_eq!(written(Some(Duration::from_millis(1500))).unwrap(), "1500");
    assert_eq!(written(Some(Duration::from_nanos(1))).unwrap(), "1");
    assert_eq!(written(Some(Duration::MAX)).unwrap(), "3600000");
}
