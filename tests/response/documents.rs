//! Responses as documents: whole, and read back.

use std::time::Duration;

use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError};
use ec2_register_image::wire::xml;
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageResponse};
use http::StatusCode;
use serde_json::json;
use time::OffsetDateTime;

fn service_error() -> ServiceError {
    let first = ErrorEntry::new("RequestLimitExceeded").with_message("Slow down.");
    ServiceError::new(StatusCode::SERVICE_UNAVAILABLE, first)
        .with_error(ErrorEntry::new("InternalError"))
        .with_request_id("r-1")
        .with_retry_after(Duration::from_millis(1500))
}

#[test]
fn a_success() {
    let mut response = RegisterImageResponse::new("ami-1");
    response.request_id = Some("r-1".into());
    response.created_at = OffsetDateTime::from_unix_timestamp(1_735_689_600).ok();
    let document = json!({"ImageId": "ami-1", "RequestId": "r-1", "CreatedAt": "2025-01-01T00:00:00Z"});
    assert_eq!(serde_json::to_value(&response).unwrap(), document);
    assert_eq!(serde_json::to_value(Accepted::from(response.clone())).unwrap(), document);
    assert_eq!(serde_json::from_value::<RegisterImageResponse>(document).unwrap(), response);
}

#[test]
fn a_dry_run() {
    let passed = Accepted::from(DryRunPassed::default());
    assert_eq!(serde_json::to_value(passed).unwrap(), json!({"DryRun": true, "RequestId": null}));
}

#[test]
fn a_service_error() {
    let error = service_error();
    let document = json!({
        "Code": "RequestLimitExceeded", "Message": "Slow down.", "RequestId": "r-1", "Status": 503,
        "Class": "throttled", "Retry": "throttling", "Effect": "maybe", "Detail": null,
        "Advice": error.code().info().unwrap().advice,
        "OtherErrors": [{"Code": "InternalError", "Message": null}], "RetryAfterMilliseconds": 1500,
    });
    assert_eq!(serde_json::to_value(&error).unwrap(), document);
    assert_eq!(serde_json::from_value::<ServiceError>(document).unwrap(), error);
}

#[test]
fn an_unreadable_response() {
    let response = http::Response::builder().status(502).body("<html>secret</html>").unwrap();
    let error: RegisterImageError = xml::decode_response(&response).unwrap_err();
    let document = serde_json::to_value(&error).unwrap();
    assert_eq!(
        document,
        json!({
            "Code": null, "Message": error.to_string(), "RequestId": null, "Status": 502, "Class": "transient",
            "Retry": "transient", "Effect": "maybe", "BodyLength": 19,
        })
    );
    assert!(!document.to_string().contains("secret"));
}

#[test]
fn what_is_not_such_a_document_is_rejected() {
    for document in
        [json!({"ImageId": " "}), json!({}), json!(["ami-1"]), json!({"ImageId": "ami-1", "CreatedAt": "?"})]
    {
        assert!(serde_json::from_value::<RegisterImageResponse>(document.clone()).is_err(), "{document}");
    }
    for document in [json!({"Code": "A", "Status": 99}), json!({"Status": 400}), json!([])] {
        assert!(serde_json::from_value::<ServiceError>(document.clone()).is_err(), "{document}");
    }
}
