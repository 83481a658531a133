//! `wire::gateway`: both directions of the requests and of the answers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use ec2_register_image::response::UnreadableReason::*;
use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError, UnreadableReason, UnreadableResponse};
use ec2_register_image::types::UefiData;
use ec2_register_image::wire::gateway::{BODY_LIMIT, InvalidGatewayResponse};
use ec2_register_image::wire::{Body, gateway};
use ec2_register_image::{
    Accepted, BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, RegisterImageResponse, Tag, TagSpecification,
};
use http::{Request, Response, StatusCode};
use proptest::prelude::*;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// The examples of the page that describes the gateway, as they stand there.
const PAGE_SUCCESS: &str =
    "{\n\"success\": true,\n\"data\": {\n\"id\": \"abc123\",\n\"created_at\": \"2025-01-01T00:00:00Z\"\n}\n}";
const PAGE_FAILURE: &str = "{\n\"success\": false,\n\"error\": {\n\"code\": \"VALIDATION_ERROR\",\n\"message\": \"Invalid request parameters\"\n}\n}";

const NEW_YEAR_2025: i64 = 1_735_689_600;

fn moment(unix_seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap()
}

fn image(id: &str, created_at: Option<OffsetDateTime>) -> RegisterImageResponse {
    let mut image = RegisterImageResponse::new(id);
    image.created_at = created_at;
    image
}

#[track_caller]
fn registered(body: &str) -> RegisterImageResponse {
    gateway::decode_response(&Response::new(body)).unwrap().into_registered().unwrap()
}

#[track_caller]
fn service_error(body: &str) -> ServiceError {
    gateway::decode_response(&Response::new(body)).unwrap_err().as_service().unwrap().clone()
}

#[track_caller]
fn unreadable(body: impl AsRef<[u8]>) -> UnreadableResponse {
    let error = gateway::decode_response(&Response::new(body.as_ref())).unwrap_err();
    let answer = error.as_unreadable().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(answer.body(), &body.as_ref()[..body.as_ref().len().min(UnreadableResponse::BODY_CAP)]);
    answer.clone()
}

#[track_caller]
fn refused(body: impl AsRef<[u8]>, reason: UnreadableReason, offset: impl Into<Option<usize>>) {
    let answer = unreadable(body);
    assert_eq!((answer.reason(), answer.offset()), (reason, offset.into()));
}

#[test]
fn the_examples_of_the_page() {
    assert_eq!(registered(PAGE_SUCCESS), image("abc123", Some(moment(NEW_YEAR_2025))));
    let entry = ErrorEntry::new("VALIDATION_ERROR").with_message("Invalid request parameters");
    assert_eq!(service_error(PAGE_FAILURE), ServiceError::new(StatusCode::OK, entry));
}

#[test]
fn shapes_of_a_success() {
    for (body, expected) in [
        (r#"{"success":true,"data":{"id":"ami-1"}}"#, image("ami-1", None)),
        (r#"{"data":{"created_at":null,"id":"ami-1"},"error":null,"success":true}"#, image("ami-1", None)),
        (r#" {"success":true,"data":{"id":" \u0061\n","more":[{"id":1}]},"id":2} "#, image(" a\n", None)),
        (r#"{"success":true,"data":{"id":"ami-1"},"more":{"success":false},"more":[]}"#, image("ami-1", None)),
    ] {
        assert_eq!(registered(body), expected, "{body}");
    }
}

#[test]
fn dates() {
    let dated = |date: &str| format!(r#"{{"success":true,"data":{{"id":"ami-1","created_at":"{date}"}}}}"#);
    for (date, expected) in [
        ("2025-01-01T00:00:00Z", moment(NEW_YEAR_2025)),
        ("2025-01-01T00:00:00z", moment(NEW_YEAR_2025)),
        ("2025-01-01T05:30:00+05:30", moment(NEW_YEAR_2025)),
        ("2024-12-31T16:00:00-08:00", moment(NEW_YEAR_2025)),
        ("2025-01-01T00:00:00.25-00:00", moment(NEW_YEAR_2025) + time::Duration::milliseconds(250)),
        ("0000-01-01T00:00:00Z", moment(-62_167_219_200)),
    ] {
        let created_at = registered(&dated(date)).created_at.unwrap();
        assert_eq!((created_at, created_at.offset()), (expected, UtcOffset::UTC), "{date}");
    }
    for date in [
        "",
        "2025-01-01",
        "2025-01-01T00:00:00",
        "2025-02-30T00:00:00Z",
        "2025-01-01T24:00:00Z",
        "1735689600",
        " 2025-01-01T00:00:00Z",
    ] {
        refused(dated(date), UnreadableDate, None);
    }
    refused(r#"{"success":true,"data":{"id":"ami-1","created_at":1735689600}}"#, MalformedMember, 59);
}

#[test]
fn shapes_of_a_failure() {
    assert_eq!(service_error(r#"{"success":false,"error":{"code":"A"}}"#).message(), None);
    assert_eq!(service_error(r#"{"success":false,"error":{"code":"A","message":null},"data":null}"#).message(), None);
    assert_eq!(service_error(r#"{"error":{"message":"","code":"A","x":{}},"success":false}"#).message(), Some(""));

    let response = Response::builder().status(403).header("X-Amzn-RequestId", "r").body(PAGE_FAILURE).unwrap();
    let error = gateway::decode_response(&response).unwrap_err();
    assert_eq!(error.to_string(), "VALIDATION_ERROR: Invalid request parameters (status 403, request id r)");

    let response = Response::builder().status(412).header("X-Amzn-RequestId", "r");
    let response = response.body(PAGE_FAILURE.replace("VALIDATION_ERROR", "DryRunOperation")).unwrap();
    let mut passed = DryRunPassed::default();
    passed.request_id = Some("r".into());
    assert_eq!(gateway::decode_response(&response).unwrap(), Accepted::DryRunPassed(passed));
}

#[test]
fn statuses_of_a_success() {
    for (status, is_read) in [(200, true), (201, true), (302, false), (404, false), (500, false)] {
        let response = Response::builder().status(status).header("x-amzn-requestid", "r").body(PAGE_SUCCESS).unwrap();
        match gateway::decode_response(&response) {
            Ok(answer) => assert!(is_read && answer.request_id() == Some("r")),
            Err(error) => {
                assert!(!is_read && error.request_id() == Some("r"));
                assert_eq!(error.as_unreadable().unwrap().reason(), StatusContradicts);
            }
        }
    }
}

#[test]
fn contradictions_and_omissions() {
    for (body, reason) in [
        (r#"{"success":true,"data":{"id":"a"},"error":{"code":"A"}}"#, Contradictory),
        (r#"{"success":true,"error":{"code":"A"}}"#, Contradictory),
        (r#"{"success":true,"data":{"id":"a"},"error":{}}"#, Contradictory),
        (r#"{"success":false,"data":{"id":"a"},"error":{"code":"A"}}"#, Contradictory),
        (r#"{"success":false,"data":{}}"#, Contradictory),
        (r#"{"success":true}"#, MissingData),
        (r#"{"success":true,"data":null}"#, MissingData),
        (r#"{"success":false}"#, MissingFailure),
        (r#"{"success":false,"error":null}"#, MissingFailure),
        (r#"{"data":{"id":"a"}}"#, MissingSuccess),
        (r#"{"success":null,"data":{"id":"a"}}"#, MissingSuccess),
        (r#"{"Success":true,"data":{"id":"a"}}"#, MissingSuccess),
        ("{}", MissingSuccess),
        (r#"{"success":true,"data":{}}"#, MissingImageId),
        (r#"{"success":true,"data":{"id":null}}"#, MissingImageId),
        (r#"{"success":true,"data":{"id":""}}"#, EmptyImageId),
        (r#"{"success":true,"data":{"id":" \t"}}"#, EmptyImageId),
        (r#"{"success":false,"error":{}}"#, MissingCode),
        (r#"{"success":false,"error":{"code":" "}}"#, MissingCode),
        (r#"{"success":false,"error":{"code":null,"message":"m"}}"#, MissingCode),
        ("", Empty),
        (" \n", Empty),
        ("<html>502 Bad Gateway</html>", Html),
    ] {
        refused(body, reason, None);
    }
}

#[test]
fn malformed_members() {
    // The offset is that of the last byte that the parser took.
    for (body, offset) in [
        (r#"{"success":"true"}"#, 16),
        (r#"{"success":1,"data":{"id":"a"}}"#, 11),
        (r#"{"success":true,"success":true}"#, 24),
        (r#"{"success":true,"data":[]}"#, 22),
        (r#"{"success":true,"data":["a","2025-01-01T00:00:00Z"]}"#, 22),
        (r#"{"success":true,"data":"a"}"#, 25),
        (r#"{"success":true,"data":{"id":5}}"#, 29),
        (r#"{"success":true,"data":{"id":["a"]}}"#, 28),
        ("{\"success\":true,\n\"data\":{\"id\":\"a\",\n\"id\":\"b\"}}", 38),
        (r#"{"error":null,"error":null,"success":true}"#, 20),
        (r#"{"success":false,"error":{"code":{}}}"#, 32),
        (r#"{"success":false,"error":{"code":"A","code":"A"}}"#, 42),
        (r#"{"success":false,"error":{"message":true,"code":"A"}}"#, 39),
        ("[true]", 0),
        ("\"success\"", 8),
        ("null", 3),
    ] {
        refused(body, MalformedMember, offset);
    }
}

#[test]
fn not_json() {
    for (body, offset) in [
        ("<Response/>", 0),
        ("{success:true}", 1),
        ("{'success':true}", 1),
        (r#"{"success":true,}"#, 16),
        (r#"{"success":True}"#, 11),
        (r#"{"success":true}}"#, 16),
        ("{\n\n\"success\":true\n}\n\nx", 21),
        (r#"{"success":true}{"success":true}"#, 16),
        ("{\"success\":true,\"data\":{\"id\":\"a\nb\"}}", 31),
        (r#"{"success":true,"data":{"id":"\ud800"}}"#, 36),
        ("\u{FEFF}{}", 0),
    ] {
        refused(body, NotJson, offset);
    }
    refused(b"{\"a\":\"\xFF\"}", NotUtf8, 6);
    refused("[".repeat(BODY_LIMIT), MalformedMember, 0);
    refused(format!("{{\"a\":{}", "[".repeat(100_000)), CutOff, 100_005);
    assert_eq!(unreadable(" ".repeat(BODY_LIMIT) + "{").reason(), TooLong);
}

#[test]
fn every_strict_prefix_is_cut_off() {
    for whole in [PAGE_SUCCESS, PAGE_FAILURE] {
        for len in 1..whole.len() {
            refused(&whole[..len], CutOff, len);
        }
    }
}

#[test]
fn answers_as_the_page_has_them() {
    let mut answer = image("abc123", Some(moment(NEW_YEAR_2025).to_offset(UtcOffset::from_hms(-8, 0, 0).unwrap())));
    answer.request_id = Some("r".into());
    let response = gateway::encode_response(&answer.into()).unwrap();
    let compact = |page: &str| page.replace('\n', "").replace("\": ", "\":");
    assert_eq!(response.body().as_str(), compact(PAGE_SUCCESS));
    assert_eq!(
        (response.status(), &response.headers()["content-type"]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    assert_eq!(response.headers()["x-amzn-requestid"], "r");

    let entry = ErrorEntry::new("VALIDATION_ERROR").with_message("Invalid request parameters");
    let error = ServiceError::new(StatusCode::BAD_REQUEST, entry);
    let response = gateway::encode_error_response(&error.clone().with_error(ErrorEntry::new("B"))).unwrap();
    assert_eq!((response.body().as_str(), response.status()), (&*compact(PAGE_FAILURE), StatusCode::BAD_REQUEST));
    assert_eq!(response.headers().get("x-amzn-requestid"), None);
    assert_eq!(gateway::decode_response(&response).unwrap_err(), error.into());

    let response = gateway::encode_response(&DryRunPassed::default().into()).unwrap();
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(gateway::decode_response(&response).unwrap(), DryRunPassed::default().into());
}

#[test]
fn answers_that_the_envelope_cannot_say() {
    use InvalidGatewayResponse::*;

    let year = |year: i32| Date::from_calendar_date(year, Month::January, 1).unwrap().with_time(Time::MIDNIGHT);
    let east = UtcOffset::from_hms(1, 0, 0).unwrap();
    for (id, created_at, request_id, expected) in [
        ("", Some(moment(0)), None, EmptyImageId),
        (" ", Some(moment(0)), None, EmptyImageId),
        ("a", None, None, MissingDate),
        ("a", Some(year(-1).assume_utc()), None, DateOutOfRange),
        // In UTC that is the year before.
        ("a", Some(year(0).assume_offset(east)), None, DateOutOfRange),
        ("a", Some(moment(0)), Some(""), InvalidRequestId),
        ("a", Some(moment(0)), Some("a\r\nb"), InvalidRequestId),
        ("a", Some(moment(0)), Some("\u{E9}"), InvalidRequestId),
    ] {
        let mut image = image(id, created_at);
        image.request_id = request_id.map(str::to_owned);
        assert_eq!(gateway::encode_response(&image.into()).unwrap_err(), expected);
    }
    let error = ServiceError::new(StatusCode::BAD_REQUEST, ErrorEntry::new(" "));
    assert_eq!(gateway::encode_error_response(&error).unwrap_err(), EmptyCode);
    assert_eq!(MissingDate.to_string(), "`created_at` is absent, but the gateway requires it",);
}

fn post(content_type: &str, body: &str) -> Request<String> {
    Request::post("/").header("content-type", content_type).body(body.to_owned()).unwrap()
}

#[test]
fn requests_that_are_for_the_gateway() {
    let mut expected = RegisterImageRequest::default();
    expected.name = Some("web".into());
    for content_type in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        " application/json ;",
    ] {
        assert_eq!(gateway::decode_request(&post(content_type, " {\"Name\": \"web\"}\n")).unwrap(), expected);
    }
    // The fragment never arrives, and the URL is not looked at.
    let request = Request::post("http://ec2.us-east-1.amazonaws.com/").header("content-type", "application/json");
    assert_eq!(gateway::decode_request(&request.body("{}").unwrap()).unwrap(), RegisterImageRequest::default());
}

#[test]
fn requests_that_are_not() {
    let message = |request: Request<String>| {
        let error = gateway::decode_request(&request).unwrap_err();
        (error.to_string(), error.status().as_u16(), error.line(), error.column())
    };
    for method in ["GET", "PUT", "post", "HEAD"] {
        let mut request = post("application/json", "{}");
        *request.method_mut() = method.parse().unwrap();
        let expected = format!("the method is `{method}`, and only a POST has the body that describes the image");
        assert_eq!(message(request), (expected, 405, None, None));
    }
    for content_type in
        ["", "text/json", "application/jsonx", "application/x-www-form-urlencoded", "application/json, text/html"]
    {
        let expected =
            "the content type is not `application/json`, the only thing that tells a request for the gateway";
        assert_eq!(message(post(content_type, "{}")), (expected.into(), 415, None, None));
    }
    assert_eq!(gateway::decode_request(&Request::post("/").body("{}").unwrap()).unwrap_err().status().as_u16(), 415);
    let long = " ".repeat(BODY_LIMIT - 1) + "{}";
    let expected = "the body has 1048577 bytes, more than the 1048576 that any request for an image needs";
    assert_eq!(message(post("application/json", &long)), (expected.into(), 413, None, None));
    assert!(gateway::decode_request(&post("application/json", &long[1..])).is_ok());

    for (body, at, expected) in [
        ("", (1, 0), "EOF while parsing a value"),
        ("{\"Name\":\"web\"", (1, 13), "EOF while parsing an object"),
        ("{}\n{}", (2, 1), "trailing characters"),
        ("{\"Name\":null}", (1, 12), "invalid type: null, expected a string"),
        ("{\"Name\":\"a\",\n\"Name\":\"a\"}", (2, 6), "duplicate field `Name`"),
        ("{\"DryRun\":1}", (1, 11), "invalid type: integer `1`, expected a boolean"),
        ("[]", (1, 2), "invalid type: sequence, expected an object with the members of RegisterImageRequest"),
    ] {
        let (text, status, line, column) = message(post("application/json", body));
        let prefix = "the body is not the AWS CLI's JSON of a RegisterImage request: ";
        assert_eq!(text, format!("{prefix}{expected} at line {} column {}", at.0, at.1));
        assert_eq!((status, line, column), (400, Some(at.0), Some(at.1)));
    }
}

#[test]
fn uefi_data_never_shows() {
    let mut request = RegisterImageRequest::default();
    request.uefi_data = Some(UefiData::from_bytes(b"AMZNUEFI"));
    let body = gateway::encode_body_unchecked(&request);
    assert_eq!(format!("{body:?}"), "Body(27 bytes)");
    let spoilt = body.as_str().replace('}', ",\"Name\":1}");
    let error = gateway::decode_request(&post("application/json", &spoilt)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("QU1a"), "{error:?}");
}

fn any_request() -> impl Strategy<Value = RegisterImageRequest> {
    let text = || proptest::option::of(".{0,8}");
    let mapping = (text(), text(), proptest::option::of((any::<Option<i32>>(), any::<Option<bool>>(), text())));
    let mappings = proptest::option::of(proptest::collection::vec(mapping, 0..3));
    let tags = proptest::option::of(proptest::collection::vec((text(), text()), 0..3));
    (text(), text(), any::<Option<bool>>(), text(), mappings, tags).prop_map(
        |(name, architecture, ena_support, uefi_data, mappings, tags)| {
            let mut request = RegisterImageRequest::default();
            request.name = name.map(Into::into);
            request.architecture = architecture.map(Into::into);
            request.ena_support = ena_support;
            request.uefi_data = uefi_data.map(UefiData::from_base64);
            request.block_device_mappings = mappings.map(|mappings| {
                let to_mapping =
                    |(device_name, no_device, ebs): (Option<String>, _, Option<(_, _, Option<String>)>)| {
                        let mut mapping = BlockDeviceMapping::default();
                        mapping.device_name = device_name.map(Into::into);
                        mapping.no_device = no_device;
                        mapping.ebs = ebs.map(|(size, encrypted, volume_type)| {
                            let mut ebs = EbsBlockDevice::default();
                            ebs.volume_size = size;
                            ebs.encrypted = encrypted;
                            ebs.volume_type = volume_type.map(Into::into);
                            ebs
                        });
                        mapping
                    };
                mappings.into_iter().map(to_mapping).collect()
            });
            request.tag_specifications = tags.map(|tags| {
                let mut specification = TagSpecification::default();
                let to_tag = |(key, value)| {
                    let mut tag = Tag::default();
                    (tag.key, tag.value) = (key, value);
                    tag
                };
                specification.tags = Some(tags.into_iter().map(to_tag).collect());
                vec![specification]
            });
            request
        },
    )
}

proptest! {
    #[test]
    fn decode_gives_back_what_encode_was_given(
        id in "\\PC{0,3}[!-~]\\PC{0,3}",
        request_id in proptest::option::of("[!-~]{1,40}"),
        seconds in -62_167_219_200i64..=253_402_300_799,
        nanoseconds in 0i64..1_000_000_000,
        offset in -50_000i32..50_000,
        is_dry_run in any::<bool>(),
    ) {
        let moment = moment(seconds) + time::Duration::nanoseconds(nanoseconds);
        let offset = UtcOffset::from_whole_seconds(offset).unwrap();
        let mut registered = image(&id, Some(moment.checked_to_offset(offset).unwrap_or(moment)));
        registered.request_id = request_id.clone();
        let mut passed = DryRunPassed::default();
        passed.request_id = request_id;
        let answer = if is_dry_run { Accepted::from(passed) } else { Accepted::from(registered) };
        prop_assert_eq!(gateway::decode_response(&gateway::encode_response(&answer).unwrap()).unwrap(), answer);
    }

    #[test]
    fn decode_gives_back_the_error_that_encode_was_given(
        code in "\\PC{0,3}[!-~]\\PC{0,3}",
        message in proptest::option::of(".{0,20}"),
        request_id in proptest::option::of("[!-~]{1,40}"),
        status in 100u16..1000,
    ) {
        let mut entry = ErrorEntry::new(code);
        entry.message = message;
        let mut error = ServiceError::new(StatusCode::from_u16(status).unwrap(), entry);
        if let Some(request_id) = request_id {
            error = error.with_request_id(request_id);
        }
        prop_assert_eq!(gateway::decode_response(&gateway::encode_error_response(&error).unwrap()).unwrap_err(), error.into());
    }

    #[test]
    fn decode_request_gives_back_what_was_encoded(request in any_request()) {
        let body: Body = gateway::encode_body_unchecked(&request);
        let http = Request::post("/").header("content-type", "application/json").body(body).unwrap();
        prop_assert_eq!(gateway::decode_request(&http).unwrap(), request);
    }

    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = gateway::decode_response(&Response::new(&body));
        let _ = gateway::decode_request(&post("application/json", &String::from_utf8_lossy(&body)));
    }

    #[test]
    fn no_mutation_makes_it_panic(
        whole in prop_oneof![Just(PAGE_SUCCESS), Just(PAGE_FAILURE)],
        at in any::<proptest::sample::Index>(),
        with in "[{}\\[\\]\",:\\\\0-9a-z]{0,3}",
    ) {
        let at = at.index(whole.len());
        let _ = gateway::decode_response(&Response::new(format!("{}{with}{}", &whole[..at], &whole[at + 1..])));
    }
}
