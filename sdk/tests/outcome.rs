//! The SDK's results, in the types of the library.

mod support;

#[allow(unused_imports, reason = "the library's tests use more of it")]
#[path = "../../tests/support/mod.rs"]
mod requests;

use std::error::Error as _;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ConnectorError, ErrorMetadata, SdkError};
use aws_sdk_ec2::operation::describe_snapshots::DescribeSnapshotsError;
use aws_sdk_ec2::operation::register_image::{RegisterImageError as SdkRegisterImageError, RegisterImageOutput};
use ec2_register_image::machine::Failure;
use ec2_register_image::response::{Class, Detail, Effect};
use ec2_register_image::wire::{Body, xml};
use ec2_register_image::{Accepted, RegisterImageError, RegisterImageRequest};
use ec2_register_image_sdk::{Failed, outcome, outcome_of_error};
use http::Response;
use proptest::prelude::*;
use support::{exchange, runtime, stub};

/// What the SDK and the conversion make of a response.
fn through_the_sdk(response: Response<Vec<u8>>) -> Result<Accepted, Failed> {
    let (_, result) = exchange(&runtime(), &RegisterImageRequest::default(), response);
    outcome(result)
}

fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn errors_are_those_that_the_library_reads(error in requests::any_service_error()) {
        let encoded = xml::encode_error_response(&error);
        // XML cannot carry some texts.
        prop_assume!(encoded.is_ok());
        let response = encoded.unwrap().map(Body::into_bytes);
        // A success with an error in it is a success to the SDK.
        prop_assume!(!response.status().is_success());
        match (through_the_sdk(response.clone()), xml::decode_response(&response)) {
            (Ok(converted), Ok(read)) => prop_assert_eq!(converted, read),
            (Err(Failed::Response(converted)), Err(read)) => prop_assert_eq!(converted, read),
            (converted, read) => prop_assert!(false, "{converted:?}, {read:?}"),
        }
    }

    #[test]
    fn successes_are_those_that_the_library_reads(answer in requests::any_answer()) {
        let encoded = xml::encode_response(&answer);
        prop_assume!(encoded.is_ok());
        let response = encoded.unwrap().map(Body::into_bytes);
        prop_assume!(answer.request_id().is_none() || response.headers().contains_key("x-amzn-requestid"));
        let read = xml::decode_response(&response).unwrap();
        prop_assert_eq!(through_the_sdk(response).unwrap(), read);
    }
}

#[test]
fn an_error_has_its_details() {
    let body = "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI name web is already in use by \
                AMI ami-0ea09a82f221f584a</Message></Error></Errors><RequestID>r-1</RequestID></Response>";
    let Err(Failed::Response(error)) = through_the_sdk(response(400, body)) else { panic!("not an error") };
    assert_eq!((error.class(), error.effect()), (Class::NameTaken, Effect::Nothing));
    assert!(matches!(error.as_service().unwrap().detail(), Some(Detail::NameInUse { .. })), "{error:?}");
}

#[test]
fn a_dry_run_that_passed_is_a_success() {
    let body = "<Response><Errors><Error><Code>DryRunOperation</Code><Message>Request would have succeeded, but DryRun flag \
                is set.</Message></Error></Errors><RequestID>r-1</RequestID></Response>";
    let Ok(Accepted::DryRunPassed(passed)) = through_the_sdk(response(412, body)) else { panic!("not passed") };
    assert_eq!(passed.request_id.as_deref(), Some("r-1"));
}

#[test]
fn an_error_that_was_cut_off_is_unreadable() {
    let body = "<Response><Errors><Error><Code>InvalidAMIName.Duplicate</Code><Message>AMI na";
    let Err(Failed::Response(error)) = through_the_sdk(response(400, body)) else { panic!("not an error") };
    assert_eq!(error.as_unreadable().unwrap().body(), body.as_bytes());
}

#[test]
fn a_success_without_an_image_id_may_have_registered_an_image() {
    let failed = through_the_sdk(response(200, "<RegisterImageResponse><requestId>r-1</requestId>")).unwrap_err();
    assert!(matches!(failed, Failed::NoImageId { .. }), "{failed:?}");
    assert_eq!(failed.effect(), Effect::Unknown);
    assert_eq!(failed.to_string(), "the response has no image ID; an image may have been registered");
}

#[test]
fn without_a_response_it_depends_on_whether_the_sdk_sent_anything() {
    type Sdk = SdkError<SdkRegisterImageError, HttpResponse>;
    let failed = |error: Sdk| outcome(Err::<RegisterImageOutput, _>(error)).unwrap_err();
    let never = failed(Sdk::construction_failure("no Region"));
    assert!(matches!(never, Failed::NoResponse(Failure::Permanent(_))), "{never:?}");
    assert_eq!((never.effect(), never.to_string()), (Effect::Nothing, "not sent: failed to construct request".into()));
    assert!(never.source().unwrap().source().unwrap().to_string().contains("no Region"));
    for error in [
        Sdk::timeout_error("10 s"),
        Sdk::dispatch_failure(ConnectorError::io("connection reset".into())),
        Sdk::dispatch_failure(ConnectorError::other("no credentials".into(), None)),
    ] {
        let unclear = failed(error);
        assert!(matches!(unclear, Failed::NoResponse(Failure::Unclear(_))), "{unclear:?}");
        assert_eq!(unclear.effect(), Effect::Unknown);
    }
}

#[test]
fn a_test_double_needs_no_body() {
    let metadata =
        ErrorMetadata::builder().code("InvalidSnapshot.NotFound").message("The snapshot does not exist.").build();
    let raw = HttpResponse::try_from(response(400, "").map(Into::into)).unwrap();
    let error = SdkError::service_error(SdkRegisterImageError::generic(metadata), raw);
    let Err(Failed::Response(RegisterImageError::Service(error))) = outcome(Err(error)) else { panic!("no error") };
    assert_eq!((error.status().as_u16(), error.code().as_str()), (400, "InvalidSnapshot.NotFound"));
    assert_eq!(error.message(), Some("The snapshot does not exist."));
}

#[test]
fn errors_of_other_actions_are_read_too() {
    let body = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this \
                operation.</Message></Error></Errors><RequestID>r-1</RequestID></Response>";
    let (client, _) = stub(response(403, body));
    let error: SdkError<DescribeSnapshotsError, _> =
        runtime().block_on(client.describe_snapshots().send()).unwrap_err();
    let Err(Failed::Response(error)) = outcome_of_error(error) else { panic!("no error") };
    assert_eq!((error.status().as_u16(), error.class()), (403, Class::NotPermitted));
    assert_eq!(error.request_id(), Some("r-1"));
}
