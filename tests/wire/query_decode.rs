//! Query decode: what clients send is read, and nothing else is.

use std::collections::BTreeMap;

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::wire::query;
use ec2_register_image::wire::query::MalformedRequestReason::*;
use ec2_register_image::wire::query::{
    BODY_LIMIT, Decoded, LIST_LIMIT, MalformedRequest, MalformedRequestReason, RequestPart, SKIPPED_LIMIT, VALUE_LIMIT,
};
use http::{Request, StatusCode};
use proptest::prelude::*;

use crate::support::{cases, read};

const START: &str = "Action=RegisterImage&Version=2016-11-15";
const FORM: &str = "application/x-www-form-urlencoded";

#[track_caller]
fn decoded(rest: &str) -> Decoded {
    let body = format!("{START}{rest}");
    query::decode_body(body.as_bytes()).unwrap_or_else(|error| panic!("{error} in {body}"))
}

#[track_caller]
fn decodes(rest: &str, json: &str) {
    let Decoded { request, signing_parameters, skipped_items, empty_lists, .. } = decoded(rest);
    assert_eq!(request, read(json), "{rest}");
    assert!(signing_parameters.is_empty() && skipped_items.is_empty() && empty_lists.is_empty(), "{rest}");
}

#[track_caller]
fn refuses_body(body: impl AsRef<[u8]>, reason: MalformedRequestReason, position: Option<usize>, member: Option<&str>) {
    let error = query::decode_body(body.as_ref()).unwrap_err();
    let found = (error.reason(), error.position(), error.member());
    assert_eq!(found, (reason, position, member), "{}", String::from_utf8_lossy(body.as_ref()));
    assert_eq!(error.part(), position.map(|_| RequestPart::Body));
}

/// `position` counts from the end of [`START`]; there is always a `&` at 0.
#[track_caller]
fn refuses(rest: &str, reason: MalformedRequestReason, position: usize, member: &str) {
    refuses_body(format!("{START}{rest}"), reason, Some(START.len() + position), Some(member));
}

/// The same, of what is no parameter yet.
#[track_caller]
fn refuses_form(rest: &str, reason: MalformedRequestReason, position: usize) {
    refuses_body(format!("{START}{rest}"), reason, Some(START.len() + position), None);
}

#[derive(serde::Deserialize)]
struct Bodies {
    id: String,
    request: RegisterImageRequest,
    /// By encoder.
    bodies: BTreeMap<String, String>,
}

#[test]
fn every_case_of_the_official_sdk_is_read() {
    for case in cases() {
        let decoded = query::decode_body(case.query.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", case.id));
        assert_eq!(decoded.request, *case.request.as_sent(), "{}", case.id);
        assert!(decoded.signing_parameters.is_empty() && decoded.empty_lists.is_empty(), "{}", case.id);
    }
}

#[test]
fn every_encoder_is_read_the_same() {
    let cases: Vec<Bodies> = serde_json::from_str(include_str!("../fixtures/bodies.json")).unwrap();
    let mut count = 0;
    for Bodies { id, request, bodies } in &cases {
        for (encoder, body) in bodies {
            let decoded =
                query::decode_body(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {id}, {encoder}"));
            assert_eq!(decoded.request, *request.as_sent(), "{id}, {encoder}");
            assert_eq!(
                decoded.skipped_items,
                if id == "unusual" { vec!["BlockDeviceMapping.2"] } else { vec![] },
                "{id}"
            );
            let says_empty = id == "unusual" && encoder == "aws-sdk-go";
            assert_eq!(
                decoded.empty_lists,
                if says_empty { vec!["BillingProduct"] } else { vec![] },
                "{id}, {encoder}"
            );
            count += 1;
        }
    }
    assert_eq!(count, 29);
}

#[test]
fn absent_empty_false_and_zero_are_four_things() {
    decodes("", "{}");
    decodes("&Name=", r#"{"Name": ""}"#);
    decodes("&DryRun=false&EnaSupport=true", r#"{"DryRun": false, "EnaSupport": true}"#);
    decodes("&BlockDeviceMapping.1.Ebs.Iops=0", r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": 0}}]}"#);
    decodes("&BlockDeviceMapping.1.NoDevice=", r#"{"BlockDeviceMappings": [{"NoDevice": ""}]}"#);
}

#[test]
fn escapes_of_any_kind_are_read() {
    decodes("&Name=a+b%20c", r#"{"Name": "a b c"}"#);
    decodes("&Name=%2f%2F%c3%9F", r#"{"Name": "//ß"}"#);
    decodes("&%4eame=%77eb", r#"{"Name": "web"}"#);
    decodes("&BlockDeviceMapping%2E1%2eEbs.VolumeSize=%38", r#"{"BlockDeviceMappings": [{"Ebs": {"VolumeSize": 8}}]}"#);
    decodes("&Name=%00%0a%26%3d%25%2b", "{\"Name\": \"\\u0000\\n&=%+\"}");
    // What need be escaped and is not, as it comes of a shell.
    decodes("&Name=a=b c/ß~", r#"{"Name": "a=b c/ß~"}"#);
    decodes("&UefiData=QQ==", r#"{"UefiData": "QQ=="}"#);
    let shuffled = "Name=web&Version=2016-11-15&%41ction=Register%49mage";
    assert_eq!(query::decode_body(shuffled.as_bytes()).unwrap().request, read(r#"{"Name": "web"}"#));
}

#[test]
fn lists_are_in_the_order_of_their_numbers() {
    let rest: String = (1..=12).rev().map(|number| format!("&BillingProduct.{number}=bp-{number}")).collect();
    let products: Vec<String> = (1..=12).map(|number| format!("bp-{number}")).collect();
    decodes(&rest, &serde_json::json!({ "BillingProducts": products }).to_string());
    decodes(
        "&TagSpecification.1.Tag.2.Key=b&TagSpecification.2.ResourceType=image&TagSpecification.1.Tag.1.Key=a",
        r#"{"TagSpecifications": [{"Tags": [{"Key": "a"}, {"Key": "b"}]}, {"ResourceType": "image"}]}"#,
    );
}

#[test]
fn integers_have_one_spelling() {
    let iops = "&BlockDeviceMapping.1.Ebs.Iops=";
    decodes(&format!("{iops}-2147483648"), r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": -2147483648}}]}"#);
    decodes(&format!("{iops}2147483647"), r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": 2147483647}}]}"#);
    let others = [
        "2147483648",
        "-2147483649",
        "%2B8",
        "+8",
        "08",
        "-0",
        "",
        "8.0",
        "1e3",
        "0x8",
        "8%20",
        "%D9%A8",
        "true",
        "--8",
    ];
    for other in others {
        refuses(&format!("{iops}{other}"), NotInteger, iops.len(), "BlockDeviceMapping.1.Ebs.Iops");
    }
}

#[test]
fn booleans_have_one_spelling() {
    for other in ["True", "FALSE", "1", "0", "yes", "", "true%20", "+true"] {
        refuses(&format!("&EnaSupport={other}"), NotBoolean, 12, "EnaSupport");
    }
}

#[test]
fn holes_are_kept_and_told() {
    let Decoded { request, skipped_items, .. } =
        decoded("&BlockDeviceMapping.4.VirtualName=a&TagSpecification.1.Tag.2.Key=k&BillingProduct.2=bp-1");
    assert_eq!(
        request,
        read(
            r#"{"BlockDeviceMappings": [{}, {}, {}, {"VirtualName": "a"}], "BillingProducts": ["", "bp-1"],
                "TagSpecifications": [{"Tags": [{}, {"Key": "k"}]}]}"#
        ),
    );
    assert_eq!(
        skipped_items,
        [
            "BillingProduct.1",
            "TagSpecification.1.Tag.1",
            "BlockDeviceMapping.1",
            "BlockDeviceMapping.2",
            "BlockDeviceMapping.3"
        ]
    );
}

#[test]
fn holes_and_lists_have_a_limit() {
    assert_eq!(decoded(&format!("&BillingProduct.{}=a", SKIPPED_LIMIT + 1)).skipped_items.len(), SKIPPED_LIMIT);
    refuses(&format!("&BillingProduct.{}=a", SKIPPED_LIMIT + 2), TooManySkipped, 1, "BillingProduct.1002");
    for number in ["2000000000", "18446744073709551615", "99999999999999999999999999"] {
        let name = format!("BlockDeviceMapping.{number}.DeviceName");
        refuses(&format!("&{name}=a"), TooManyItems, 1, &name);
    }
    // The limit is of all lists together: each of these leaves out 100.
    let many: String = (1..=11).map(|number| format!("&TagSpecification.{number}.Tag.101.Key=k")).collect();
    refuses(&many, TooManySkipped, many.rfind('&').unwrap() + 1, "TagSpecification.11.Tag.101.Key");
    let long: String = (1..=LIST_LIMIT).map(|number| format!("&BillingProduct.{number}=bp")).collect();
    assert_eq!((decoded(&long).request.billing_products.unwrap().len(), LIST_LIMIT), (10_000, 10_000));
    refuses(&format!("{long}&BillingProduct.10001=bp"), TooManyItems, long.len() + 1, "BillingProduct.10001");
}

#[test]
fn empty_lists_of_aws_sdk_go_are_absent_and_told() {
    let Decoded { request, empty_lists, .. } = decoded("&BillingProduct=&BlockDeviceMapping=&Name=web");
    assert_eq!(request, read(r#"{"Name": "web"}"#));
    assert_eq!(empty_lists, ["BillingProduct", "BlockDeviceMapping"]);
    // What held nothing else is empty too, and goes.
    let Decoded { request, empty_lists, skipped_items, .. } = decoded("&TagSpecification.1.Tag=");
    assert_eq!(request, read("{}"));
    assert_eq!(empty_lists, ["TagSpecification.1.Tag"]);
    assert!(skipped_items.is_empty());
}

#[test]
fn parameters_of_signing_are_set_aside() {
    let rest = "&AWSAccessKeyId=AKID&Expires=1&SecurityToken=st&Signature=sig%2B&SignatureMethod=HmacSHA256\
                &SignatureVersion=2&Timestamp=2026-11-23T00%3A00%3A00Z&X-Amz-Signature=0123&X-Amz-Date=d&Name=web";
    let decoded = decoded(rest);
    assert_eq!(decoded.request, read(r#"{"Name": "web"}"#));
    assert_eq!(
        decoded.signing_parameters.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "AWSAccessKeyId",
            "Expires",
            "SecurityToken",
            "Signature",
            "SignatureMethod",
            "SignatureVersion",
            "Timestamp",
            "X-Amz-Date",
            "X-Amz-Signature",
        ],
    );
    let shown = format!("{decoded:?}");
    assert!(["AKID", "sig+", "0123"].iter().all(|secret| !shown.contains(secret)), "{shown}");
    refuses("&Signature=a&Name=b&Signature=a", Repeated, 20, "Signature");
    refuses("&X-Amz-a%20b=", UnknownParameter, 1, "X-Amz-a b");
    refuses("&x-amz-date=", UnknownParameter, 1, "x-amz-date");
}

#[test]
fn a_broken_form_is_refused_at_the_byte() {
    refuses_form("&&Name=a", EmptyParameter, 1);
    refuses_form("&", EmptyParameter, 1);
    refuses_body(format!("&{START}"), EmptyParameter, Some(0), None);
    refuses_form("&Name", MissingEquals, 1);
    refuses_form("&Name=a&bc&d=", MissingEquals, 8);
    refuses_form("&=a", EmptyName, 1);
    refuses_form("&Na%6xe=a", BadEscape, 3);
    refuses("&Name=ab%", BadEscape, 8, "Name");
    refuses("&Name=%41%4", BadEscape, 9, "Name");
    refuses("&Name=%%41", BadEscape, 6, "Name");
    refuses("&Name=%+1", BadEscape, 6, "Name");
    refuses_form("&%C3=a", NotUtf8, 1);
    refuses("&Name=%41+a%C3%28", NotUtf8, 11, "Name");
    refuses("&Name=%C3%9F%ED%A0%80", NotUtf8, 12, "Name");
    let raw = [START.as_bytes(), b"&Name=ab\xFF"].concat();
    refuses_body(raw, NotUtf8, Some(START.len() + 8), Some("Name"));
    // Also of what is set aside, and before anything that is wrong with members.
    refuses("&Signature=%zz", BadEscape, 11, "Signature");
    refuses("&Nmae=a&Name=%", BadEscape, 13, "Name");
}

#[test]
fn another_call_is_refused_before_its_members() {
    refuses_body("", MissingAction, None, None);
    refuses_body("Version=2016-11-15&Owner.1=self", MissingAction, None, None);
    refuses_body("Action=DescribeImages&Owner.1=self", WrongAction, Some(7), Some("Action"));
    refuses_body("Action=registerimage&Version=2016-11-15", WrongAction, Some(7), Some("Action"));
    refuses_body("Action=RegisterImage&action=x", MissingVersion, None, None);
    refuses_body("Action=RegisterImage&Version=2014-10-01", WrongVersion, Some(29), Some("Version"));
    refuses("&Action=RegisterImage", Repeated, 1, "Action");
    refuses("&Action=DescribeImages", Repeated, 1, "Action");
    refuses("&Version=2016-11-15", Repeated, 1, "Version");
    refuses("&Action.1=a", UnknownParameter, 1, "Action.1");
}

#[test]
fn unknown_members_are_refused() {
    for name in [
        "Nmae",
        "name",
        "NAME",
        "Name ",
        "Nam",
        "Names",
        "Names.1",
        "ClientToken",
        "BlockDeviceMappings.1.DeviceName",
        "BlockDeviceMapping.1.ebs.Iops",
        "BlockDeviceMapping.1.Ebs.iops",
        "BlockDeviceMapping.1.Ebs.",
        "BlockDeviceMapping.1.",
        "BlockDeviceMapping.1..Iops",
        ".",
        ".Name",
        "TagSpecification.1.Tag.1.Keys",
        "TagSpecification.1.Tags.1.Key",
        "ß",
    ] {
        refuses(&format!("&{}=", name.replace(' ', "+")), UnknownParameter, 1, name);
    }
    // Escaped and cut.
    refuses("&%1B%5B31mred%0A=", UnknownParameter, 1, "\\u{1b}[31mred\\n");
    refuses(&format!("&{}=", "a".repeat(1000)), UnknownParameter, 1, &"a".repeat(100));
}

#[test]
fn repeated_members_are_refused_at_the_second() {
    refuses("&Name=a&Name=a", Repeated, 8, "Name");
    refuses("&Name=a&Description=b&%4eame=c&Name=d", Repeated, 22, "Name");
    refuses("&BillingProduct.1=a&BillingProduct.2=b&BillingProduct.1=a", Repeated, 39, "BillingProduct.1");
    let iops = "&BlockDeviceMapping.1.Ebs.Iops=1";
    refuses(&iops.repeat(2), Repeated, iops.len() + 1, "BlockDeviceMapping.1.Ebs.Iops");
    refuses(
        "&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Key=a",
        Repeated,
        32,
        "TagSpecification.1.Tag.1.Key",
    );
}

#[test]
fn the_first_mistake_counts_whatever_order_the_parameters_come_in() {
    // The items that a number leaves out, and a list that is said to be empty, only show with later parameters.
    let first = "TagSpecification.1.Tag.900.Key";
    refuses(&format!("&{first}=a&Nmae=&BillingProduct.900=b"), TooManySkipped, 1, first);
    refuses("&BillingProduct.2=a&Nmae=&BillingProduct.1=b", UnknownParameter, 20, "Nmae");
    refuses("&BillingProduct=&Nmae=&BillingProduct.1=a", ScalarForList, 1, "BillingProduct");
    refuses("&BillingProduct.0=a&Name=b&BillingProduct=", NumberZero, 1, "BillingProduct.0");
    // More items are missing at first than may be left out, and none in the end.
    let rest: String = (1..=SKIPPED_LIMIT + 2).rev().map(|number| format!("&BillingProduct.{number}=bp")).collect();
    let all = decoded(&rest);
    assert_eq!((all.request.billing_products.unwrap().len(), all.skipped_items.len()), (SKIPPED_LIMIT + 2, 0));
    refuses(&format!("{rest}&BillingProduct.1=bp"), Repeated, rest.len() + 1, "BillingProduct.1");
}

/// After the first mistake, no parameter takes any memory.
#[test]
fn a_hostile_body_takes_no_memory_for_each_mistake() {
    for (parameter, reason) in [
        ("&a=", UnknownParameter),
        ("&%61=%62", UnknownParameter),
        ("&Name=", Repeated),
        ("&BillingProduct.0=", NumberZero),
    ] {
        let body = START.to_owned() + &parameter.repeat((BODY_LIMIT - START.len()) / parameter.len());
        let used = allocation_counter::measure(|| {
            assert_eq!(query::decode_body(body.as_bytes()).unwrap_err().reason(), reason);
        });
        assert!(used.count_total < 10 && used.bytes_max < 2_000, "{parameter}: {used:?}");
    }
}

#[test]
fn a_character_may_be_escaped_in_part() {
    let body = [START.as_bytes(), b"&BillingProduct.2=%C3\x9F&BillingProduct.1=\xC3%9F"].concat();
    assert_eq!(query::decode_body(&body).unwrap().request, read(r#"{"BillingProducts": ["ß", "ß"]}"#));
    let skipped_items = query::decode_body(&body[..body.len() - "&BillingProduct.1=C%9F".len()]).unwrap().skipped_items;
    assert_eq!(skipped_items, ["BillingProduct.1"]);
}

#[test]
fn numbers_are_plain_and_from_one() {
    for (number, reason) in [
        ("0", NumberZero),
        ("00", PaddedNumber),
        ("01", PaddedNumber),
        ("", NotANumber),
        ("a", NotANumber),
        ("1a", NotANumber),
        ("-1", NotANumber),
        ("%2B1", NotANumber),
        ("1%20", NotANumber),
        ("member", NotANumber),
        ("%D9%A1", NotANumber),
    ] {
        let name = |number: &str| format!("BlockDeviceMapping.{number}.DeviceName");
        let spelled = number.replace("%2B", "+").replace("%20", " ").replace("%D9%A1", "\u{661}");
        refuses(&format!("&{}=a", name(number)), reason, 1, &name(&spelled));
    }
    refuses("&BlockDeviceMapping.DeviceName=a", NotANumber, 1, "BlockDeviceMapping.DeviceName");
    refuses("&TagSpecification.1.Tag.0.Key=a", NumberZero, 1, "TagSpecification.1.Tag.0.Key");
    // `1.` is the item 1 with a member that has no name.
    refuses("&BillingProduct.1.=a", MembersOfScalar, 1, "BillingProduct.1.");
}

#[test]
fn values_and_members_stay_where_they_belong() {
    refuses("&Name.1=a", MembersOfScalar, 1, "Name.1");
    refuses("&Name=a&Name.First=a", MembersOfScalar, 8, "Name.First");
    refuses("&BlockDeviceMapping.1.Ebs.Iops.1=8", MembersOfScalar, 1, "BlockDeviceMapping.1.Ebs.Iops.1");
    refuses("&BlockDeviceMapping.1=a", ScalarForStructure, 1, "BlockDeviceMapping.1");
    refuses("&BlockDeviceMapping.1.Ebs=", ScalarForStructure, 1, "BlockDeviceMapping.1.Ebs");
    refuses(
        "&BlockDeviceMapping.1.Ebs.Iops=8&BlockDeviceMapping.1.Ebs=",
        ScalarForStructure,
        33,
        "BlockDeviceMapping.1.Ebs",
    );
    refuses("&BillingProduct=bp-1", ScalarForList, 1, "BillingProduct");
    refuses("&BillingProduct=&BillingProduct.1=a", ScalarForList, 1, "BillingProduct");
    refuses("&BillingProduct=&BillingProduct=", ScalarForList, 1, "BillingProduct");
}

#[test]
fn of_several_mistakes_the_first_in_the_body_is_told() {
    refuses("&Zzz=&Name=a&Name=b&Aaa=", UnknownParameter, 1, "Zzz");
    refuses("&Name=a&Name=b&Aaa=&Zzz=", Repeated, 8, "Name");
    refuses("&EnaSupport=1&BillingProduct.0=a", NotBoolean, 12, "EnaSupport");
    refuses(
        "&BlockDeviceMapping.2.Ebs.Iops=x&BlockDeviceMapping.1.Ebs.Iops=y",
        NotInteger,
        31,
        "BlockDeviceMapping.2.Ebs.Iops",
    );
}

#[test]
fn bodies_and_values_have_a_limit() {
    // A space is three bytes in the body and one in the value.
    let body = |length: usize| format!("{START}&UefiData={}", "%20".repeat(length));
    assert_eq!(decoded(&format!("&UefiData={}", "%20".repeat(VALUE_LIMIT))).request.uefi_data.unwrap().len(), 262_144);
    refuses_body(body(VALUE_LIMIT + 1), ValueTooLong, Some(49), Some("UefiData"));

    let mut long = START.to_owned();
    for member in ["UefiData", "Name", "Description", "KernelId", "RamdiskId"] {
        long += &format!("&{member}={}", "a".repeat(200_000));
    }
    long += &"a".repeat(BODY_LIMIT - long.len());
    assert!(query::decode_body(long.as_bytes()).is_ok_and(|decoded| decoded.request.ramdisk_id.is_some()));
    let error = query::decode_body((long + "a").as_bytes()).unwrap_err();
    assert_eq!((error.reason(), error.position()), (TooLong, None));
}

#[test]
fn texts_of_errors_are_pinned() {
    for (rest, text) in [
        ("", "malformed request: there is no `Version`, which says what the parameters mean"),
        (
            "&Version=1",
            "malformed request at byte 29 of the body, `Version`: the version of the API is not 2016-11-15, so the \
                        parameters may mean something else",
        ),
        (
            "&Version=2016-11-15&BillingProduct.1002=",
            "malformed request at byte 40 of the body, `BillingProduct.1002`: the \
                        number of an item leaves out more than 1000 others before it",
        ),
    ] {
        let error = query::decode_body(format!("Action=RegisterImage{rest}").as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn codes_are_those_of_ec2_where_they_are_known() {
    let known = [
        (EmptyParameter, "MalformedQueryString"),
        (MissingEquals, "MalformedQueryString"),
        (EmptyName, "MalformedQueryString"),
        (BadEscape, "MalformedQueryString"),
        (MissingAction, "MissingAction"),
        (WrongAction, "InvalidAction"),
        (MissingVersion, "MissingParameter"),
        (WrongVersion, "NoSuchVersion"),
        (UnknownParameter, "UnknownParameter"),
        (NotBoolean, "InvalidParameterValue"),
        (NotInteger, "InvalidParameterValue"),
    ];
    for (reason, code) in known {
        assert_eq!(reason.code(), Some(code.into()));
    }
    for reason in [Method, Charset, TooLong, NotUtf8, Split, Repeated, NumberZero, TooManySkipped, ScalarForList] {
        assert_eq!(reason.code(), None);
    }
}

#[test]
fn uefi_data_does_not_show() {
    for rest in
        ["&UefiData=c2VjcmV0%", "&UefiData=c2VjcmV0&UefiData=c2VjcmV0", "&EnaSupport=c2VjcmV0", "&Name=a&c2VjcmV0"]
    {
        let error = query::decode_body(format!("{START}{rest}").as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"), "{error}");
    }
    assert!(!format!("{:?}", decoded("&UefiData=c2VjcmV0")).contains("c2VjcmV0"));
}

fn post(url: &str, content_type: &str, body: &str) -> Result<Decoded, MalformedRequest> {
    query::decode_request(&Request::post(url).header("content-type", content_type).body(body.to_owned()).unwrap())
}

#[track_caller]
fn refuses_request(
    result: Result<Decoded, MalformedRequest>,
    reason: MalformedRequestReason,
    status: u16,
    part: Option<RequestPart>,
) -> MalformedRequest {
    let error = result.unwrap_err();
    assert_eq!((error.reason(), error.status(), error.part()), (reason, StatusCode::from_u16(status).unwrap(), part));
    error
}

#[test]
fn a_post_is_read_by_its_form() {
    let body = format!("{START}&Name=web");
    for content_type in [
        FORM,
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-URLEncoded;charset=\"UTF-8\"",
        "application/x-www-form-urlencoded ; charset=US-ASCII",
        "application/x-www-form-urlencoded; boundary=x",
    ] {
        assert_eq!(post("/", content_type, &body).unwrap().request, read(r#"{"Name": "web"}"#), "{content_type}");
    }
    for content_type in ["", "application/json", "text/plain", "multipart/form-data; boundary=x"] {
        refuses_request(post("/", content_type, &body), ContentType, 415, None);
    }
    refuses_request(post("/", "application/x-www-form-urlencoded; charset=iso-8859-1", &body), Charset, 415, None);
    refuses_request(post("/", FORM, &"a".repeat(BODY_LIMIT + 1)), TooLong, 413, None);
    refuses_request(post("/", FORM, ""), MissingAction, 400, None);
    refuses_request(post("/", FORM, &format!("{START}&Nmae=")), UnknownParameter, 400, Some(RequestPart::Body));
    let without = Request::post("/").body(body).unwrap();
    refuses_request(query::decode_request(&without), ContentType, 415, None);
}

#[test]
fn a_get_is_read_by_its_url() {
    let get = |url: &str, body: &str| query::decode_request(&Request::get(url).body(body.to_owned()).unwrap());
    let url = format!("https://ec2.eu-west-1.amazonaws.com/?{START}&Name=web+1&X-Amz-Signature=ab");
    let decoded = get(&url, "").unwrap();
    assert_eq!(decoded.request, read(r#"{"Name": "web 1"}"#));
    assert_eq!(decoded.signing_parameters.len(), 1);
    let error = refuses_request(get(&format!("/?{START}&Nmae=web"), ""), UnknownParameter, 400, Some(RequestPart::Url));
    assert_eq!(
        error.to_string(),
        "malformed request at byte 40 of the URL's query, `Nmae`: RegisterImage has no such parameter"
    );
    refuses_request(get("/", ""), MissingAction, 400, None);
    refuses_request(get(&format!("/?{START}"), "Name=web"), BodyOfGet, 400, None);
    for method in ["PUT", "HEAD", "OPTIONS"] {
        let request = Request::builder().method(method).uri(format!("/?{START}")).body("").unwrap();
        refuses_request(query::decode_request(&request), Method, 405, None);
    }
}

#[test]
fn a_post_may_have_parameters_in_its_url() {
    let web = read(r#"{"Name": "web"}"#);
    // A presigned URL, a URL alone, and the call in the URL with its members in the body.
    let decoded = post("/?X-Amz-Signature=ab&X-Amz-Date=d", FORM, &format!("{START}&Name=web")).unwrap();
    assert_eq!((&decoded.request, decoded.signing_parameters.len()), (&web, 2));
    let alone = Request::post(format!("/?{START}&Name=web")).body("").unwrap();
    assert_eq!(query::decode_request(&alone).unwrap().request, web);
    assert_eq!(post(&format!("/?{START}"), FORM, "Name=web").unwrap().request, web);
    assert_eq!(post("/?Action=RegisterImage&Name=web", FORM, "Version=2016-11-15").unwrap().request, web);

    let error = refuses_request(
        post("/?EnaSupport=true", FORM, &format!("{START}&Name=web")),
        Split,
        400,
        Some(RequestPart::Url),
    );
    assert_eq!((error.position(), error.member()), (Some(0), Some("EnaSupport")));
    refuses_request(
        post(&format!("/?{START}"), FORM, &format!("{START}&Name=web")),
        Repeated,
        400,
        Some(RequestPart::Body),
    );
    refuses_request(post(&format!("/?{START}&Name=a"), FORM, "Name=b"), Repeated, 400, Some(RequestPart::Body));
    refuses_request(post("/?nonsense", FORM, &format!("{START}&Name=web")), MissingEquals, 400, Some(RequestPart::Url));
}

/// The parameters of a form, sorted, as another reader of forms sees them.
fn parameters(form: &[u8]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url::form_urlencoded::parse(form).into_owned().collect();
    pairs.sort();
    pairs
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(request in crate::support::request()) {
        let body = query::encode_body_unchecked(&request);
        let decoded = query::decode_body(body.as_str().as_bytes());
        prop_assert_eq!(decoded.as_ref().map(|decoded| &decoded.request), Ok(&*request.as_sent()));
        prop_assert!(decoded.unwrap().empty_lists.is_empty());
    }

    #[test]
    fn another_encoder_in_another_order_says_the_same(request in crate::support::request(), seed in any::<u64>()) {
        let mut pairs = parameters(query::encode_body_unchecked(&request).as_str().as_bytes());
        // Any order will do that the seed decides.
        pairs.sort_by_key(|(name, _)| name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        prop_assert_eq!(query::decode_body(body.as_bytes()).map(|decoded| decoded.request), Ok(request.as_sent().into_owned()));
    }

    #[test]
    fn what_is_read_is_what_was_written(body in form()) {
        if let Ok(decoded) = query::decode_body(body.as_bytes()) {
            prop_assert_eq!(&decoded.request, &*decoded.request.as_sent());
            let again = query::encode_body_unchecked(&decoded.request);
            prop_assert_eq!(&query::decode_body(again.as_str().as_bytes()).unwrap().request, &decoded.request);
            let mut theirs = parameters(body.as_bytes());
            theirs.retain(|(name, _)| !decoded.signing_parameters.contains(name) && !decoded.empty_lists.contains(name));
            let mut ours = parameters(again.as_str().as_bytes());
            // A text has no other way to be a hole than to be empty.
            ours.retain(|(name, _)| !decoded.skipped_items.contains(name));
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn whatever_comes_is_a_request_or_a_mistake_within_the_body(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let body = [START.as_bytes(), b"&", &body].concat();
        if let Err(error) = query::decode_body(&body) {
            prop_assert!(error.position().is_none_or(|position| position <= body.len()));
        }
    }
}

/// Forms that are often requests, and often nearly so.
fn form() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("Name".to_owned()),
        Just("EnaSupport".to_owned()),
        Just("Signature".to_owned()),
        "BillingProduct(\\.[0-4])?",
        "BlockDeviceMapping\\.[1-4]\\.(Ebs\\.Iops|Ebs\\.VolumeType|Ebs|NoDevice)",
        "TagSpecification\\.[1-2]\\.(Tag\\.[1-3]\\.(Key|Value)|Tag|ResourceType)",
    ];
    let value = prop_oneof!["", "true", "[0-9]{1,2}", "[a-z+]{0,3}", "%[0-7][0-9a-fA-F]"];
    proptest::collection::vec((name, value), 0..5)
        .prop_map(|pairs| pairs.iter().fold(START.to_owned(), |form, (name, value)| format!("{form}&{name}={value}")))
}
