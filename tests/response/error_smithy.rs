//! The errors as code sees them that is written against the official SDK's traits.

use aws_smithy_types::{
    error::metadata::ProvideErrorMetadata,
    retry::{ErrorKind, ProvideErrorKind},
};
use ec2_register_image::RegisterImageError;
use ec2_register_image::response::{ErrorEntry, ServiceError};
use ec2_register_image::wire::xml;
use http::{Response, StatusCode};

struct Seen<'a> {
    code: Option<&'a str>,
    message: Option<&'a str>,
    request_id: Option<&'a str>,
    kind: Option<ErrorKind>,
}

#[track_caller]
fn shows<E: ProvideErrorMetadata + ProvideErrorKind>(error: &E, expected: &Seen<'_>) {
    let meta = error.meta();
    assert_eq!(meta.code(), expected.code);
    assert_eq!(ProvideErrorMetadata::code(error), expected.code);
    assert_eq!(ProvideErrorKind::code(error), expected.code);
    assert_eq!(meta.message(), expected.message);
    assert_eq!(meta.extra("aws_request_id"), expected.request_id);
    assert_eq!(error.retryable_error_kind(), expected.kind);
}

#[test]
fn of_a_service_error() {
    let seen = Seen {
        code: Some("RequestLimitExceeded"),
        message: Some("Request limit exceeded."),
        request_id: Some("r"),
        kind: Some(ErrorKind::ThrottlingError),
    };
    let entry = ErrorEntry::new("RequestLimitExceeded").with_message("Request limit exceeded.");
    let error = ServiceError::new(StatusCode::SERVICE_UNAVAILABLE, entry).with_request_id("r");
    shows(&error, &seen);
    shows(&RegisterImageError::from(error.with_error(ErrorEntry::new("B"))), &seen);

    let seen = Seen { code: Some("Blocked"), message: None, request_id: None, kind: None };
    shows(&ServiceError::new(StatusCode::BAD_REQUEST, ErrorEntry::new("Blocked")), &seen);

    let seen =
        Seen { code: Some("Haunted"), message: Some(""), request_id: None, kind: Some(ErrorKind::TransientError) };
    let error = ServiceError::new(StatusCode::BAD_GATEWAY, ErrorEntry::new("Haunted").with_message(""));
    assert_eq!(error.request_id(), None);
    shows(&error, &seen);
}

#[test]
fn of_an_unreadable_answer() {
    let response = Response::builder().status(502).header("x-amzn-requestid", "r").body("<html>").unwrap();
    let error = xml::decode_response(&response).unwrap_err();
    let seen = Seen { code: None, message: None, request_id: Some("r"), kind: Some(ErrorKind::TransientError) };
    shows(&error, &seen);
    shows(error.as_unreadable().unwrap(), &seen);

    let seen = Seen { code: None, message: None, request_id: None, kind: None };
    shows(&xml::decode_response(&Response::new("")).unwrap_err(), &seen);
}
