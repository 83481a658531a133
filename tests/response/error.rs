//! What an error tells: its texts, its parts, its size.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use core::{error::Error, panic::UnwindSafe, time::Duration};

use ec2_register_image::RegisterImageError;
use ec2_register_image::response::{
    Class, CodeInfo, Detail, Effect, ErrorCode, ErrorEntry, Fault, Retry, ServiceError, UnreadableReason,
    UnreadableResponse,
};
use ec2_register_image::wire::{gateway, xml};
use http::{Response, StatusCode};

fn duplicate() -> ServiceError {
    let entry = ErrorEntry::new("InvalidAMIName.Duplicate").with_message("AMI name web is already in use by AMI ami-1");
    ServiceError::new(StatusCode::BAD_REQUEST, entry)
}

#[track_caller]
fn unreadable(status: u16, body: &str) -> RegisterImageError {
    let response = Response::builder().status(status).header("x-amzn-requestid", "r").body(body.to_owned()).unwrap();
    xml::decode_response(&response).unwrap_err()
}

#[track_caller]
fn displays(error: impl Error, expected: &str) {
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_service_error_is_one_line() {
    let whole = "InvalidAMIName.Duplicate: AMI name web is already in use by AMI ami-1 (status 400, request id r)";
    displays(duplicate().with_request_id("r"), whole);
    displays(RegisterImageError::from(duplicate().with_request_id("r")), whole);
    displays(ServiceError::new(StatusCode::FORBIDDEN, ErrorEntry::new("A")), "A (status 403)");
    displays(ServiceError::new(StatusCode::FORBIDDEN, ErrorEntry::new("A").with_message("")), "A (status 403)");
    let hostile = ServiceError::new(StatusCode::OK, ErrorEntry::new("A\r").with_message("b\n\tERROR \u{1B}[31m\u{E9}"));
    displays(hostile.with_request_id("r\0"), r"A\r: b\n\tERROR \u{1b}[31mé (status 200, request id r\u{0})");
}

#[test]
fn parts_of_a_service_error() {
    let error = duplicate().with_error(ErrorEntry::new("B")).with_error(ErrorEntry::new("C")).with_request_id("r");
    assert_eq!(
        error.errors().map(|entry| entry.code.as_str()).collect::<Vec<_>>(),
        ["InvalidAMIName.Duplicate", "B", "C"]
    );

    let error = RegisterImageError::from(error);
    assert_eq!(error.code(), Some(&ErrorCode::new("InvalidAMIName.Duplicate")));
    assert_eq!(error.message(), Some("AMI name web is already in use by AMI ami-1"));
    assert_eq!((error.request_id(), error.status()), (Some("r"), StatusCode::BAD_REQUEST));
    assert!(error.as_service().is_some() && error.as_unreadable().is_none());
}

#[test]
fn debug_shows_each_part_once() {
    let error = duplicate().with_request_id("r").with_retry_after(Duration::from_secs(1));
    assert_eq!(
        format!("{error:?}"),
        "ServiceError { first: ErrorEntry { code: ErrorCode(\"InvalidAMIName.Duplicate\"), message: Some(\"AMI name web \
         is already in use by AMI ami-1\") }, others: [], request_id: Some(\"r\"), status: 400, retry_after: Some(1s) }"
    );
    assert_eq!(error, duplicate().with_request_id("q").with_request_id("r").with_retry_after(Duration::from_secs(1)));
    assert_ne!(error, duplicate().with_request_id("r"));
}

#[test]
fn codes_are_ordered_by_their_text() {
    let mut codes = [ErrorCode::new("Z"), ErrorCode::BLOCKED, ErrorCode::new("A"), ErrorCode::AUTH_FAILURE];
    codes.sort();
    assert_eq!(codes.map(|code| code.to_string()), ["A", "AuthFailure", "Blocked", "Z"]);
}

#[test]
fn an_unreadable_answer_says_why_and_where_but_never_what() {
    displays(
        unreadable(200, "<RegisterImageResponse>secret"),
        "unreadable answer (status 200) at byte 29: the body ends before the answer does, so it was cut off on the way",
    );
    displays(
        unreadable(502, "<html>secret</html>"),
        "unreadable answer (status 502): the body is an HTML page, so a proxy on the way answered in place of EC2",
    );
    displays(
        unreadable(500, "<RegisterImageResponse><imageId>secret</imageId></RegisterImageResponse>"),
        "unreadable answer (status 500): the body says success and the status does not, so neither can be trusted",
    );
    displays(
        gateway::decode_response(&Response::new(r#"{"success":"secret"}"#)).unwrap_err(),
        "unreadable answer (status 200) at byte 18: a member is given twice or is not of the type that the gateway's \
         envelope has there",
    );

    let error = unreadable(502, "<html>secret</html>");
    let debug = format!("{error:?}");
    assert!(!debug.contains("secret"), "{debug}");
    assert!(debug.contains("body: 19 bytes"), "{debug}");
}

#[test]
fn parts_of_an_unreadable_answer() {
    let error = unreadable(502, "<html>");
    assert_eq!((error.code(), error.message(), error.request_id()), (None, None, Some("r")));
    assert!(error.as_service().is_none());
    let answer = error.as_unreadable().unwrap();
    assert_eq!(
        (answer.reason(), answer.offset(), answer.status()),
        (UnreadableReason::Html, None, StatusCode::BAD_GATEWAY)
    );
    assert_eq!((answer.body(), answer.body_len(), answer.is_body_cut()), (&b"<html>"[..], 6, false));
}

#[test]
fn no_error_has_a_source_that_repeats_it() {
    assert!(RegisterImageError::from(duplicate()).source().is_none());
    assert!(unreadable(200, "").source().is_none());
}

#[test]
fn errors_are_small_and_go_anywhere() {
    fn goes_anywhere<T: Error + Send + Sync + 'static>() {}
    fn is_plain<T: Send + Sync + Unpin + UnwindSafe + 'static>() {}
    goes_anywhere::<RegisterImageError>();
    goes_anywhere::<ServiceError>();
    goes_anywhere::<UnreadableResponse>();
    goes_anywhere::<UnreadableReason>();
    is_plain::<(Class, Retry, Effect, Fault, ErrorCode, ErrorEntry, CodeInfo, Detail<'static>)>();
    goes_anywhere::<gateway::InvalidGatewayRequest>();
    goes_anywhere::<gateway::InvalidGatewayResponse>();
    assert!(size_of::<RegisterImageError>() <= 2 * size_of::<usize>());
    assert!(size_of::<gateway::InvalidGatewayRequest>() <= 4 * size_of::<usize>());
}
