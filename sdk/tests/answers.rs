//! Answers that the library writes, read by the SDK and by the library.

mod support;

use ec2_register_image::response::{DryRunPassed, ErrorCode, ErrorEntry, ServiceError};
use ec2_register_image::wire::{Body, xml};
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageRequest, RegisterImageResponse};
use http::{Response, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{exchange, runtime};

/// What the library's decoder makes of an answer, in the JSON of [`support::json`].
fn decoded(response: &Response<Body>) -> Value {
    let error = |code: &str, message: Option<&str>, request_id: Option<&str>| {
        json!({ "Error": {
            "Code": code,
            "Message": message,
            "RequestId": request_id,
            "Status": response.status().as_u16(),
        }})
    };
    match xml::decode_response(response) {
        Ok(Accepted::Registered(image)) => json!({ "ImageId": image.image_id, "RequestId": image.request_id }),
        // The SDK does not know it from an error.
        Ok(answer) => {
            let message = "Request would have succeeded, but DryRun flag is set.";
            error(ErrorCode::DRY_RUN_OPERATION.as_str(), Some(message), answer.request_id())
        }
        Err(RegisterImageError::Service(refused)) => {
            error(refused.code().as_str(), refused.message(), refused.request_id())
        }
        Err(unreadable) => panic!("{unreadable}"),
    }
}

/// What the SDK makes of an answer.
fn sdk(response: &Response<Body>) -> Value {
    let response = response.clone().map(Body::into_bytes);
    let (_, outcome) = exchange(&runtime(), &RegisterImageRequest::default(), response);
    support::json(&outcome).unwrap_or_else(|| panic!("{outcome:?}"))
}

#[track_caller]
fn same(response: Result<Response<Body>, xml::InvalidXmlResponse>, expected: Value) {
    let response = response.unwrap();
    assert_eq!(sdk(&response), expected, "{}", response.body().as_str());
    assert_eq!(decoded(&response), expected, "{}", response.body().as_str());
}

fn refused(status: StatusCode, code: &str, message: Option<&str>) -> ServiceError {
    ServiceError::new(
        status,
        message.map_or_else(|| ErrorEntry::new(code), |text| ErrorEntry::new(code).with_message(text)),
    )
}

#[test]
fn successes() {
    let mut image = RegisterImageResponse::new("ami-0123456789abcdef0");
    same(xml::encode_response(&image.clone().into()), json!({ "ImageId": "ami-0123456789abcdef0", "RequestId": null }));
    image.request_id = Some("323a0177-beea-4b32-97af-22c784907177".into());
    same(
        xml::encode_response(&image.into()),
        json!({ "ImageId": "ami-0123456789abcdef0", "RequestId": "323a0177-beea-4b32-97af-22c784907177" }),
    );
}

#[test]
fn a_dry_run_that_passed_is_an_error_to_the_sdk() {
    let mut passed = DryRunPassed::default();
    passed.request_id = Some("r-1".into());
    same(
        xml::encode_response(&passed.into()),
        json!({ "Error": {
            "Code": "DryRunOperation",
            "Message": "Request would have succeeded, but DryRun flag is set.",
            "RequestId": "r-1",
            "Status": 412,
        }}),
    );
}

#[test]
fn errors() {
    #[track_caller]
    fn is(status: u16, code: &str, message: Option<&str>) {
        let error = refused(StatusCode::from_u16(status).unwrap(), code, message).with_request_id("r-1");
        let expected = json!({ "Code": code, "Message": message, "RequestId": "r-1", "Status": status });
        same(xml::encode_error_response(&error), json!({ "Error": expected }));
    }
    is(400, "InvalidAMIName.Duplicate", Some("AMI name web is already in use by AMI ami-0ea09a82f221f584a"));
    is(400, "InvalidSnapshot.NotFound", Some("The snapshot 'snap-ef2791a9' does not exist."));
    is(400, "MissingParameter", Some("<a> & \"b\" ]]> ü 漢 \u{1f600}\r\n\tend"));
    is(403, "UnauthorizedOperation", Some("You are not authorized. Encoded authorization failure message: aGVsbG8"));
    is(500, "InternalError", None);
    is(503, "RequestLimitExceeded", Some("Request limit exceeded."));
}

#[test]
fn of_several_errors_the_sdk_takes_the_last() {
    let error =
        refused(StatusCode::BAD_REQUEST, "First", Some("1")).with_error(ErrorEntry::new("Last").with_message("2"));
    let response = xml::encode_error_response(&error).unwrap();
    assert_eq!(sdk(&response)["Error"]["Code"], "Last");
    assert_eq!(decoded(&response)["Error"]["Code"], "First");
}

#[test]
fn the_sdk_reads_the_request_id_in_the_header_alone() {
    let mut image = RegisterImageResponse::new("ami-0123456789abcdef0");
    image.request_id = Some("r-1".into());
    let mut response = xml::encode_response(&image.into()).unwrap();
    response.headers_mut().remove("x-amzn-requestid");
    assert_eq!(sdk(&response)["RequestId"], Value::Null);
    assert_eq!(decoded(&response)["RequestId"], "r-1");
}

#[test]
fn the_sdk_takes_an_answer_that_was_cut_off_for_a_success() {
    #[track_caller]
    fn cut(body: &str, image_id: Option<&str>) {
        assert!(xml::decode_response(&Response::new(body)).is_err(), "{body}");
        let (_, outcome) = exchange(&runtime(), &RegisterImageRequest::default(), Response::new(body.into()));
        let image = ec2_register_image_sdk::response(&outcome.unwrap());
        assert_eq!(image.as_ref().map(|image| image.image_id.as_str()), image_id, "{body}");
    }
    cut("<RegisterImageResponse><requestId>r-1</requestId>", None);
    cut("<RegisterImageResponse><requestId>r-1</requestId><imageId>", None);
    cut("<RegisterImageResponse><requestId>r-1</requestId><imageId>ami-0123", Some("ami-0123"));
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{1,40}", "[a-z][ -~]{0,30}[a-z]"]
}

fn message() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~\r\n\t]{0,60}", any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_success(image_id in token(), request_id in proptest::option::of(token())) {
        let mut image = RegisterImageResponse::new(image_id);
        image.request_id = request_id;
        let response = xml::encode_response(&image.into()).unwrap();
        prop_assert_eq!(sdk(&response), decoded(&response));
    }

    #[test]
    fn any_error(
        status in 400_u16..600,
        code in token(),
        message in proptest::option::of(message()),
        request_id in proptest::option::of(token()),
    ) {
        let mut error = refused(StatusCode::from_u16(status).unwrap(), &code, message.as_deref());
        if let Some(request_id) = request_id {
            error = error.with_request_id(request_id);
        }
        let encoded = xml::encode_error_response(&error);
        // What XML cannot carry is refused.
        prop_assume!(encoded.is_ok());
        let response = encoded.unwrap();
        prop_assert_eq!(sdk(&response), decoded(&response));
    }
}
