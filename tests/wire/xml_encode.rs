//! `wire::xml::encode_response` and `encode_error`: whole bodies, and what they refuse.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError};
use ec2_register_image::wire::xml::{BODY_LIMIT, InvalidXmlResponse};
use ec2_register_image::wire::{Body, xml};
use ec2_register_image::{Accepted, RegisterImageResponse};
use http::{Response, StatusCode};
use proptest::prelude::*;

use crate::support::{any_answer, any_service_error};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn image(id: &str, request_id: Option<&str>) -> RegisterImageResponse {
    let mut image = RegisterImageResponse::new(id);
    image.request_id = request_id.map(str::to_owned);
    image
}

fn dry_run(request_id: Option<&str>) -> DryRunPassed {
    let mut passed = DryRunPassed::default();
    passed.request_id = request_id.map(str::to_owned);
    passed
}

fn error(status: u16, code: &str, message: &str) -> ServiceError {
    ServiceError::new(StatusCode::from_u16(status).unwrap(), ErrorEntry::new(code).with_message(message))
}

/// The answer has this status, this request id in its header, and this body after the declaration.
#[track_caller]
fn is_written(response: Result<Response<Body>, InvalidXmlResponse>, status: u16, request_id: Option<&str>, body: &str) {
    let response = response.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "text/xml;charset=UTF-8");
    let header = response.headers().get("x-amzn-requestid");
    assert_eq!(header.map(|value| value.to_str().unwrap()), request_id);
    assert_eq!(response.body().as_str().strip_prefix(DECLARATION), Some(body));
}

#[test]
fn answers_as_ec2_writes_them() {
    is_written(
        xml::encode_response(&image("ami-0123456789abcdef0", Some("323a0177-beea-4b32-97af-22c784907177")).into()),
        200,
        Some("323a0177-beea-4b32-97af-22c784907177"),
        r#"<RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>323a0177-beea-4b32-97af-22c784907177</requestId>
    <imageId>ami-0123456789abcdef0</imageId>
</RegisterImageResponse>"#,
    );
    is_written(
        xml::encode_response(&image("ami-1", None).into()),
        200,
        None,
        r#"<RegisterImageResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <imageId>ami-1</imageId>
</RegisterImageResponse>"#,
    );
    is_written(
        xml::encode_response(&dry_run(Some("r-1")).into()),
        412,
        Some("r-1"),
        "<Response><Errors><Error><Code>DryRunOperation</Code><Message>Request would have succeeded, but DryRun flag is \
         set.</Message></Error></Errors><RequestID>r-1</RequestID></Response>",
    );
}

#[test]
fn errors_as_ec2_writes_them() {
    is_written(
        xml::encode_error_response(&error(
            400,
            "InvalidAMIName.Duplicate",
            "AMI name web is already in use by AMI ami-0ea09a82f221f584a",
        )),
        400,
        None,
        "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by AMI \
         ami-0ea09a82f221f584a</Message></Error></Errors></Response>",
    );
    let several =
        error(503, "A", "").with_error(ErrorEntry::new("B")).with_error(ErrorEntry::new("C").with_message("c"));
    is_written(
        xml::encode_error_response(&several.with_request_id("r-1")),
        503,
        Some("r-1"),
        "<Response><Errors><Error><Code>A</Code><Message></Message></Error><Error><Code>B</Code></Error>\
         <Error><Code>C</Code><Message>c</Message></Error></Errors><RequestID>r-1</RequestID></Response>",
    );
}

#[test]
fn texts_survive() {
    is_written(
        xml::encode_error_response(
            &error(400, "A b\r.C", "\r\n\t <&>\"']]>\u{E9}\u{85}\u{FFFD}\u{1F600}\r ").with_request_id("é"),
        ),
        400,
        // A header has no room for it.
        None,
        "<Response><Errors><Error><Code>A b&#13;.C</Code><Message>&#13;\n\t &lt;&amp;&gt;\"']]&gt;\u{E9}\u{85}\u{FFFD}\u{1F600}\
         &#13; </Message></Error></Errors><RequestID>é</RequestID></Response>",
    );
}

#[test]
fn answers_that_xml_cannot_say() {
    use InvalidXmlResponse::*;

    for (text, expected) in [
        ("", None),
        (" \r\n\t", None),
        (" a", Some(EdgeBlanks)),
        ("a\t", Some(EdgeBlanks)),
        ("a\r", Some(EdgeBlanks)),
        ("\na", Some(EdgeBlanks)),
        ("a\0", Some(IllegalCharacter)),
        ("a\u{8}b", Some(IllegalCharacter)),
        ("\u{1B}[0m", Some(IllegalCharacter)),
        ("\u{FFFE}", Some(IllegalCharacter)),
        ("\u{FFFF}", Some(IllegalCharacter)),
    ] {
        let refused = |response: Result<Response<Body>, _>, if_empty| {
            assert_eq!(response.unwrap_err(), expected.unwrap_or(if_empty), "{text:?}");
        };
        refused(xml::encode_response(&image(text, None).into()), EmptyImageId);
        refused(xml::encode_response(&image("ami-1", Some(text)).into()), EmptyRequestId);
        refused(xml::encode_response(&dry_run(Some(text)).into()), EmptyRequestId);
        refused(xml::encode_error_response(&error(400, text, "")), EmptyCode);
        refused(xml::encode_error_response(&error(400, "A", "").with_error(ErrorEntry::new(text))), EmptyCode);
        refused(xml::encode_error_response(&error(400, "A", "").with_request_id(text)), EmptyRequestId);
        // Blanks belong to a message.
        let message = xml::encode_error_response(&error(400, "A", text));
        assert_eq!(message.err(), expected.filter(|&expected| expected != EdgeBlanks), "{text:?}");
    }
    assert_eq!(EdgeBlanks.to_string(), "an ID or a code starts or ends with whitespace, which clients remove");
}

#[test]
fn no_body_is_longer_than_decode_takes() {
    let around = xml::encode_error_response(&error(400, "A", "")).unwrap().body().len();
    let longest = error(400, "A", &"m".repeat(BODY_LIMIT - around));
    let response = xml::encode_error_response(&longest).unwrap();
    assert_eq!(response.body().len(), BODY_LIMIT);
    assert_eq!(xml::decode_response(&response).unwrap_err(), longest.into());
    let longer = error(400, "A", &"m".repeat(BODY_LIMIT - around + 1));
    assert_eq!(xml::encode_error_response(&longer).unwrap_err(), InvalidXmlResponse::TooLong);
}

proptest! {
    #[test]
    fn decode_gives_back_what_encode_was_given(answer in any_answer()) {
        prop_assert_eq!(xml::decode_response(&xml::encode_response(&answer).unwrap()).unwrap(), answer);
    }

    #[test]
    fn decode_gives_back_the_error_that_encode_was_given(error in any_service_error()) {
        prop_assert_eq!(xml::decode_response(&xml::encode_error_response(&error).unwrap()).unwrap_err(), error.into());
    }

    /// What is not refused survives, whatever it holds.
    #[test]
    fn no_text_is_changed(text in any::<String>(), message in any::<Option<String>>()) {
        if let Ok(response) = xml::encode_response(&image(&text, Some(&text)).into()) {
            prop_assert_eq!(xml::decode_response(&response).unwrap(), Accepted::from(image(&text, Some(&text))));
        }
        let mut entry = ErrorEntry::new(text.as_str());
        entry.message = message;
        let error = ServiceError::new(StatusCode::BAD_REQUEST, entry).with_request_id(text);
        if let Ok(response) = xml::encode_error_response(&error) {
            prop_assert_eq!(xml::decode_response(&response).unwrap_err(), error.into());
        }
    }
}
