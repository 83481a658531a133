//! What kind of failure an error is, beside the official SDK's own lists.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeSet;

use ec2_register_image::RegisterImageError;
use ec2_register_image::response::{
    Class, CodeInfo, Effect, ErrorCode, ErrorEntry, Fault, Retry, ServiceError, UnreadableReason,
};
use ec2_register_image::wire::{gateway, xml};
use http::{Response, StatusCode};

/// `THROTTLING_ERRORS` of aws-runtime 1.10.2, `src/retries/classifiers.rs`.
const SDK_THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// `TRANSIENT_ERRORS` of the same file.
const SDK_TRANSIENT: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];

/// `TRANSIENT_ERROR_STATUS_CODES` of aws-smithy-runtime 1.16.2, `src/client/retries/classifiers.rs`.
const SDK_STATUSES: [u16; 4] = [500, 502, 503, 504];

/// What the SDK's classifiers say in the order in which they run: the status, then the code, which overrides it.
fn as_the_sdk(code: &str, status: u16) -> Retry {
    if SDK_THROTTLING.contains(&code) {
        Retry::Throttling
    } else if SDK_TRANSIENT.contains(&code) || SDK_STATUSES.contains(&status) {
        Retry::Transient
    } else {
        Retry::Never
    }
}

fn error(code: &str, status: u16) -> ServiceError {
    ServiceError::new(StatusCode::from_u16(status).unwrap(), ErrorEntry::new(code))
}

#[track_caller]
fn unreadable(status: u16, body: &str) -> RegisterImageError {
    let response = Response::builder().status(status).body(body.to_owned()).unwrap();
    let error =
        if body.starts_with('{') { gateway::decode_response(&response) } else { xml::decode_response(&response) }
            .unwrap_err();
    assert!(error.as_unreadable().is_some(), "{error}");
    error
}

#[derive(serde::Deserialize)]
struct Row {
    code: String,
    status: Option<u16>,
    fault: String,
    retry: String,
}

#[test]
fn the_table_is_the_list_of_facts() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("../fixtures/error-codes.json")).unwrap();
    assert_eq!(rows.len(), CodeInfo::ALL.len());
    for (row, info) in rows.iter().zip(CodeInfo::ALL) {
        assert_eq!(info.code, row.code.as_str());
        assert_eq!(info.status.map(|status| status.as_u16()), row.status, "{}", row.code);
        assert_eq!(serde_json::to_value(info.fault).unwrap(), row.fault, "{}", row.code);
        assert_eq!(info.retry().as_str(), row.retry, "{}", row.code);
    }
}

#[test]
fn every_row_is_whole() {
    let mut codes = BTreeSet::new();
    for (info, known) in CodeInfo::ALL.iter().zip(ErrorCode::KNOWN) {
        let code = &info.code;
        assert_eq!(code, known);
        assert!(codes.insert(code.clone()), "{code} has one row");
        for text in [info.meaning, info.advice] {
            assert!(text.len() > 9 && !text.ends_with('.') && !text.contains("  "), "{code} speaks in clauses: {text}");
            let acronym = text.starts_with("AWS") || text.starts_with("EC2");
            assert!(acronym || text.starts_with(char::is_lowercase), "{code} starts a sentence: {text}");
        }
        for status in info.status.iter() {
            assert_eq!(status.is_client_error(), info.fault == Fault::Client, "{code}");
        }
        let is_about_image = code.as_str().starts_with("InvalidAMIID.");
        assert_eq!(info.effect() == Effect::Unknown, info.fault == Fault::Server || is_about_image, "{code}");
        // The SDK does not know the rate of CreateSnapshot.
        let is_throttled = info.class == Class::Throttled && *code != "SnapshotCreationPerVolumeRateExceeded";
        assert_eq!(info.retry() == Retry::Throttling, is_throttled, "{code}");
        assert!(matches!(info.class, Class::Throttled | Class::Transient) || info.fault == Fault::Client, "{code}");
        assert_ne!(info.class, Class::Unknown, "{code}");
        assert_eq!(code.info(), Some(info));
    }
}

#[test]
fn retries_are_those_of_the_sdk_for_every_code_and_status() {
    let known = CodeInfo::ALL.iter().map(|info| info.code.as_str());
    for code in known.chain(SDK_THROTTLING).chain(SDK_TRANSIENT).chain(["Haunted", "throttling", ""]) {
        for status in 100..1000 {
            assert_eq!(error(code, status).retry(), as_the_sdk(code, status), "{code} with {status}");
        }
    }
    for status in 200..600 {
        assert_eq!(unreadable(status, "").retry(), as_the_sdk("", status), "unreadable, with {status}");
    }
}

#[test]
fn a_5xx_may_have_an_effect_whatever_its_code_says() {
    for code in CodeInfo::ALL.iter().map(|info| info.code.as_str()).chain(["Haunted"]) {
        for status in 500..1000 {
            assert_eq!(error(code, status).effect(), Effect::Unknown, "{code} with {status}");
        }
        // A request names no image, so EC2 can only mean the one that it just assigned.
        let effect = if code.starts_with("InvalidAMIID.") { Effect::Unknown } else { Effect::Nothing };
        for status in 300..500 {
            assert_eq!(error(code, status).effect(), effect, "{code} with {status}");
        }
    }
    // No refusal by its status, so the code has to say it.
    assert_eq!(error("InvalidAMIName.Malformed", 200).effect(), Effect::Nothing);
    assert_eq!(error("InternalError", 200).effect(), Effect::Unknown);
    assert_eq!(error("Haunted", 200).effect(), Effect::Unknown);
}

#[track_caller]
fn has_effect(status: u16, body: &str, reason: UnreadableReason, effect: Effect) {
    let error = unreadable(status, body);
    assert_eq!(error.as_unreadable().unwrap().reason(), reason);
    assert_eq!(error.effect(), effect);
}

#[test]
fn an_unreadable_answer_has_no_effect_only_where_its_status_and_body_agree() {
    let cut_off = "<RegisterImageResponse><imageId>ami-0123";
    let cut_off_error = "<Response><Errors><Error><Code>Inv";
    for (status, of_a_page, of_an_error) in [
        (200, Effect::Unknown, Effect::Unknown),
        (302, Effect::Nothing, Effect::Nothing),
        (400, Effect::Unknown, Effect::Nothing),
        (403, Effect::Unknown, Effect::Nothing),
        (407, Effect::Nothing, Effect::Nothing),
        (413, Effect::Nothing, Effect::Nothing),
        (503, Effect::Unknown, Effect::Unknown),
    ] {
        let of_body = |reason| if status == 302 { UnreadableReason::Redirect } else { reason };
        has_effect(status, "", of_body(UnreadableReason::Empty), of_a_page);
        has_effect(status, "<html></html>", of_body(UnreadableReason::Html), of_a_page);
        has_effect(status, "<Proxy/>", of_body(UnreadableReason::WrongRoot), of_a_page);
        has_effect(status, cut_off_error, UnreadableReason::CutOff, of_an_error);
        has_effect(status, "<Response><Error/></Response>", UnreadableReason::MissingCode, of_an_error);
        has_effect(status, r#"{"success":false}"#, UnreadableReason::MissingFailure, of_an_error);
        has_effect(status, cut_off, UnreadableReason::CutOff, Effect::Unknown);
    }
    let whole = "<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>";
    let nameless = "<RegisterImageResponse></RegisterImageResponse>";
    for status in [302, 400, 503] {
        has_effect(status, whole, UnreadableReason::StatusContradicts, Effect::Unknown);
        has_effect(status, nameless, UnreadableReason::MissingImageId, Effect::Unknown);
        has_effect(status, r#"{"success":true}"#, UnreadableReason::MissingData, Effect::Unknown);
        has_effect(status, r#"{"success":true,"error":{}}"#, UnreadableReason::Contradictory, Effect::Unknown);
    }
}

#[track_caller]
fn is(code: &str, status: u16, class: Class) {
    assert_eq!(error(code, status).class(), class);
    assert_eq!(RegisterImageError::from(error(code, status)).class(), class);
}

#[test]
fn the_class_is_the_codes_and_else_the_statuses() {
    is("InvalidAMIName.Duplicate", 400, Class::NameTaken);
    is("InvalidAMIName.Duplicate", 500, Class::NameTaken);
    is("Client.InvalidAMIName.Duplicate", 400, Class::NameTaken);
    is("Server.InternalError", 500, Class::Transient);
    is("UnauthorizedOperation", 403, Class::NotPermitted);
    is("InvalidSnapshot.NotFound", 400, Class::NotReady);
    is("ResourceLimitExceeded", 400, Class::Quota);
    is("RequestLimitExceeded", 503, Class::Throttled);
    is("SlowDown", 400, Class::Throttled);
    is("RequestTimeout", 400, Class::Transient);
    is("SignatureDoesNotMatch", 403, Class::Credentials);
    is("DryRunOperation", 412, Class::DryRun);
    is("InvalidAMIID.NotFound", 400, Class::NotReady);
    is("InvalidAction", 400, Class::InvalidRequest);
    is("MissingAction", 400, Class::InvalidRequest);
    is("MalformedQueryString", 400, Class::InvalidRequest);
    is("InvalidQueryParameter", 400, Class::InvalidRequest);
    is("NoSuchVersion", 400, Class::InvalidRequest);
    is("SnapshotCreationPerVolumeRateExceeded", 400, Class::Throttled);
    is("RetryableError", 400, Class::Transient);
    is("AuthFailure", 401, Class::Credentials);
    for (message, class) in [
        ("You do not have permission to access the storage of this ami", Class::NotPermitted),
        ("Not authorized for images: [ami-0123456789abcdef0]", Class::NotPermitted),
        ("AWS was not able to validate the provided access credentials", Class::Credentials),
    ] {
        let entry = ErrorEntry::new("AuthFailure").with_message(message);
        assert_eq!(ServiceError::new(StatusCode::BAD_REQUEST, entry).class(), class, "{message}");
    }
    is("Haunted", 400, Class::Unknown);
    is("Haunted", 200, Class::Unknown);
    is("Haunted", 401, Class::Credentials);
    is("Haunted", 403, Class::NotPermitted);
    is("Haunted", 429, Class::Throttled);
    is("Haunted", 501, Class::Transient);
    assert_eq!(unreadable(200, "").class(), Class::Unknown);
    assert_eq!(unreadable(403, "").class(), Class::NotPermitted);
    assert_eq!(unreadable(502, "").class(), Class::Transient);
}

#[test]
fn the_prefix_of_audit_logs_is_read_and_kept() {
    let logged = ErrorCode::from("Client.InvalidAMIName.Duplicate");
    assert_eq!(logged.info(), ErrorCode::INVALID_AMI_NAME_DUPLICATE.info());
    assert_eq!(logged.as_str(), "Client.InvalidAMIName.Duplicate");
    assert_ne!(logged, ErrorCode::INVALID_AMI_NAME_DUPLICATE);
    for unknown in ["Client.", "client.InternalError", "Client.Client.InternalError", "InternalErrors", ""] {
        assert!(ErrorCode::from(unknown).info().is_none(), "{unknown}");
    }
    assert_eq!(error("Client.RequestLimitExceeded", 400).retry(), Retry::Throttling);
}

#[test]
fn words_and_json_agree() {
    fn json(value: impl serde::Serialize) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }
    for info in CodeInfo::ALL {
        assert_eq!(json(info.class), info.class.as_str());
        assert_eq!(json(info.retry()), info.retry().as_str());
        assert_eq!(json(info.effect()), info.effect().as_str());
        assert_eq!(json(&info.code), info.code.as_str());
    }
    assert_eq!(json(Class::Unknown), Class::Unknown.as_str());
    assert_eq!(serde_json::from_str::<ErrorCode>(r#""Blocked""#).unwrap(), ErrorCode::BLOCKED);
}

#[test]
fn a_redirect_is_named_unless_the_body_is_a_response_of_ec2() {
    use UnreadableReason::{CutOff, Empty, Redirect};
    for status in [301, 302, 303, 307, 308] {
        for body in ["", "<html>Moved</html>", "<Proxy/>", "Moved", "<!-- --> {\"a\": 1}", "{error}"] {
            has_effect(status, body, Redirect, Effect::Nothing);
        }
        has_effect(status, "<RegisterImageResponse><imageId>ami-0123", CutOff, Effect::Unknown);
    }
    for status in [300, 304, 400] {
        has_effect(status, "", Empty, if status == 400 { Effect::Unknown } else { Effect::Nothing });
    }
    let error = unreadable(307, "");
    assert_eq!(
        error.to_string(),
        "unreadable answer (status 307): the status is a redirect, so a proxy or a server at the wrong URL responded in \
         place of EC2"
    );
}
