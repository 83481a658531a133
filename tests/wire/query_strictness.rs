//! What the lenient decoder accepts, and that it accepts nothing else.

use ec2_register_image::wire::query::{self, MalformedRequestReason as Reason, Strictness};
use proptest::prelude::*;

use crate::support::{cases, request};

const CALL: &str = "Action=RegisterImage&Version=2016-11-15";

fn lenient(body: &str) -> Result<query::Decoded, query::MalformedRequest> {
    query::decode_body_with(body.as_bytes(), Strictness::Lenient)
}

/// Both decoders reject the body, for this reason at this text.
#[track_caller]
fn rejects(parameters: &str, reason: Reason, at: &str) {
    let body = format!("{CALL}&{parameters}");
    let error = lenient(&body).unwrap_err();
    assert_eq!((error.reason(), error.position()), (reason, body.find(at)), "{body}");
    assert!(query::decode_body(body.as_bytes()).is_err());
}

/// The lenient decoder reads the first body as the strict one reads the second.
#[track_caller]
fn reads(zero: &str, one: &str, zero_based_lists: &[&str], skipped_items: &[&str]) {
    let zero = format!("{CALL}&{zero}");
    let strict = query::decode_body(zero.as_bytes()).unwrap_err();
    assert_eq!(strict.reason(), Reason::NumberZero, "{zero}");
    let decoded = lenient(&zero).unwrap_or_else(|error| panic!("{error} in {zero}"));
    assert_eq!(decoded.request, query::decode_body(format!("{CALL}&{one}").as_bytes()).unwrap().request);
    assert_eq!((decoded.zero_based_lists, decoded.skipped_items), (texts(zero_based_lists), texts(skipped_items)));
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn lists_may_count_from_zero() {
    let mappings = "BlockDeviceMapping";
    reads("BlockDeviceMapping.0.DeviceName=disk1", "BlockDeviceMapping.1.DeviceName=disk1", &[mappings], &[]);
    // In any order, each list for itself, and in a list inside of a list.
    reads(
        "BlockDeviceMapping.1.DeviceName=b&BillingProduct.1=bp-1&BlockDeviceMapping.0.Ebs.VolumeSize=8&\
         BlockDeviceMapping.0.DeviceName=a&TagSpecification.1.Tag.1.Key=y&TagSpecification.1.Tag.0.Key=x",
        "BlockDeviceMapping.2.DeviceName=b&BillingProduct.1=bp-1&BlockDeviceMapping.1.Ebs.VolumeSize=8&\
         BlockDeviceMapping.1.DeviceName=a&TagSpecification.1.Tag.2.Key=y&TagSpecification.1.Tag.1.Key=x",
        &[mappings, "TagSpecification.1.Tag"],
        &[],
    );
    reads(
        "TagSpecification.0.Tag.0.Key=x&TagSpecification.0.ResourceType=image&TagSpecification.1.Tag.1.Key=y",
        "TagSpecification.1.Tag.1.Key=x&TagSpecification.1.ResourceType=image&TagSpecification.2.Tag.1.Key=y",
        &["TagSpecification", "TagSpecification.0.Tag"],
        &[],
    );
    reads(
        "BillingProduct.0=bp-0&BillingProduct.1=bp-1",
        "BillingProduct.1=bp-0&BillingProduct.2=bp-1",
        &["BillingProduct"],
        &[],
    );
    // A hole keeps the number that the request would have given it.
    reads(
        "BlockDeviceMapping.2.NoDevice=&BlockDeviceMapping.0.NoDevice=",
        "BlockDeviceMapping.1.NoDevice=&BlockDeviceMapping.3.NoDevice=",
        &[mappings],
        &["BlockDeviceMapping.1"],
    );
    // With escapes in the name.
    reads("BlockDeviceMapping.%30.NoDevice=", "BlockDeviceMapping.1.NoDevice=", &[mappings], &[]);
}

#[test]
fn other_versions_are_read_and_reported() {
    for version in ["2014-06-15", "2014-09-01", "2014-10-01", "2015-10-01", "2016-04-01", "2016-09-15"] {
        let body = format!("Action=RegisterImage&Name=web&Version={version}");
        assert_eq!(query::decode_body(body.as_bytes()).unwrap_err().reason(), Reason::WrongVersion);
        let decoded = lenient(&body).unwrap();
        assert_eq!((decoded.version, decoded.request.name.unwrap().as_str()), (version, "web"));
    }
    for version in ["2014-05-01", "2010-08-31", "2016-11-16", "2017-01-01", "2015-13-01", "2016-09-15 ", ""] {
        let body = format!("Action=RegisterImage&Name=web&Version={version}");
        assert_eq!(lenient(&body).unwrap_err().reason(), Reason::WrongVersion, "{version}");
    }
    assert_eq!(query::decode_body(CALL.as_bytes()).unwrap().version, query::VERSION);

    let request =
        http::Request::get("/?Action=RegisterImage&Version=2014-10-01&BillingProduct.0=bp-1").body("").unwrap();
    assert!(query::decode_request(&request).is_err());
    let decoded = query::decode_request_with(&request, Strictness::Lenient).unwrap();
    assert_eq!((decoded.version, decoded.zero_based_lists), ("2014-10-01", texts(&["BillingProduct"])));
}

#[test]
fn nothing_else_is_accepted() {
    rejects("BlockDeviceMapping.00.DeviceName=a", Reason::PaddedNumber, "BlockD");
    rejects(
        "BlockDeviceMapping.0.DeviceName=a&BlockDeviceMapping.01.DeviceName=b",
        Reason::PaddedNumber,
        "BlockDeviceMapping.01",
    );
    rejects(
        "BlockDeviceMapping.0.DeviceName=a&BlockDeviceMapping.0.DeviceName=b",
        Reason::Repeated,
        "BlockDeviceMapping.0.DeviceName=b",
    );
    rejects("BlockDeviceMapping.x.DeviceName=a", Reason::NotANumber, "BlockD");
    rejects(
        "BlockDeviceMapping.-1.DeviceName=a&BlockDeviceMapping.0.DeviceName=a",
        Reason::NotANumber,
        "BlockDeviceMapping.-1",
    );
    rejects("Name.0=web", Reason::MembersOfScalar, "Name");
    rejects("Tag.0.Key=a", Reason::UnknownParameter, "Tag");
    rejects("BlockDeviceMapping.0.Ebs.0.VolumeSize=8", Reason::UnknownParameter, "BlockD");
    rejects("BillingProduct.0=a&BillingProduct=", Reason::ScalarForList, "BillingProduct=");
    rejects("BillingProduct.0=a&BillingProduct.10000=a", Reason::TooManyItems, "BillingProduct.10000");
    rejects("BillingProduct.0=a&BillingProduct.1002=a", Reason::TooManySkipped, "BillingProduct.1002");
    let most = "BillingProduct.0=a&BillingProduct.1001=a";
    assert_eq!(lenient(&format!("{CALL}&{most}")).unwrap().skipped_items.len(), query::SKIPPED_LIMIT);
}

proptest! {
    #[test]
    fn what_is_strict_is_read_the_same(request in request()) {
        let body = query::encode_body_unchecked(&request);
        let strict = query::decode_body(body.as_ref()).unwrap();
        prop_assert_eq!(query::decode_body_with(body.as_ref(), Strictness::Lenient), Ok(strict));
    }

    #[test]
    fn no_body_panics_and_lenient_accepts_more(parameters in "((BlockDeviceMapping|BillingProduct|TagSpecification)\\.[0-3](\\.(Tag|Ebs))?(\\.[0-2])?(\\.(Key|VolumeSize|DeviceName))?=[0-9]?&?){0,6}") {
        let body = format!("{CALL}&{parameters}");
        if let Ok(strict) = query::decode_body(body.as_bytes()) {
            prop_assert_eq!(lenient(&body), Ok(strict));
        } else {
            let _ = lenient(&body);
        }
    }
}

/// Real requests, numbered as jclouds would, are read the same.
#[test]
fn real_requests_are_read_the_same_from_zero() {
    let mut renumbered = 0;
    for case in cases() {
        let strict = query::decode_body(case.query.as_bytes()).unwrap();
        let zero: Vec<String> = case
            .query
            .split('&')
            .map(|parameter| {
                let (name, value) = parameter.split_once('=').unwrap();
                let segments = name.split('.').map(|segment| match segment.parse::<usize>() {
                    Ok(number) => (number - 1).to_string(),
                    Err(_) => segment.to_owned(),
                });
                format!("{}={value}", segments.collect::<Vec<_>>().join("."))
            })
            .collect();
        let decoded = lenient(&zero.join("&")).unwrap();
        assert_eq!(decoded.request, strict.request, "{}", case.id);
        renumbered += usize::from(!decoded.zero_based_lists.is_empty());
    }
    assert!(renumbered > 10, "{renumbered}");
}
