//! Query encode: the bytes of aws-sdk-ec2, in one allocation.

use ec2_register_image::{Endpoint, RegisterImageRequest, wire::query};
use proptest::prelude::*;

use crate::support::{cases, read};

const START: &str = "Action=RegisterImage&Version=2016-11-15";

#[track_caller]
fn encodes(json: &str, rest: &str) {
    assert_eq!(query::encode_body_unchecked(&read(json)).as_str(), format!("{START}{rest}"));
}

#[test]
fn every_case_is_the_body_of_the_official_sdk() {
    let cases = cases();
    assert_eq!(cases.len(), 58);
    for case in cases {
        assert_eq!(query::encode_body_unchecked(&case.request).as_str(), case.query, "{}", case.id);
    }
}

#[test]
fn absent_empty_false_and_zero_are_four_things() {
    encodes("{}", "");
    encodes(r#"{"Name": ""}"#, "&Name=");
    encodes(r#"{"DryRun": false, "EnaSupport": true}"#, "&DryRun=false&EnaSupport=true");
    encodes(r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": 0}}]}"#, "&BlockDeviceMapping.1.Ebs.Iops=0");
    encodes(r#"{"BlockDeviceMappings": [{"NoDevice": ""}]}"#, "&BlockDeviceMapping.1.NoDevice=");
}

#[test]
fn empty_lists_and_structures_are_not_sent_and_keep_their_number() {
    encodes(r#"{"BillingProducts": [], "TagSpecifications": [], "BlockDeviceMappings": []}"#, "");
    encodes(
        r#"{"BlockDeviceMappings": [{}, {"Ebs": {}}, {"VirtualName": "a"}, {}]}"#,
        "&BlockDeviceMapping.3.VirtualName=a",
    );
    encodes(r#"{"TagSpecifications": [{"Tags": [{}, {"Key": "k"}]}]}"#, "&TagSpecification.1.Tag.2.Key=k");
    encodes(r#"{"BillingProducts": ["", "bp-1"]}"#, "&BillingProduct.1=&BillingProduct.2=bp-1");
}

#[test]
fn all_but_the_unreserved_is_escaped_byte_by_byte() {
    encodes(r#"{"Name": "AZaz09-_.~"}"#, "&Name=AZaz09-_.~");
    encodes(r#"{"Name": " +&=%/"}"#, "&Name=%20%2B%26%3D%25%2F");
    encodes(r#"{"Name": "ß漢😀"}"#, "&Name=%C3%9F%E6%BC%A2%F0%9F%98%80");
    encodes(r#"{"Name": "\u0000\n"}"#, "&Name=%00%0A");
    // Longer than the stack buffer of the escaping.
    encodes(&format!(r#"{{"Name": "{}"}}"#, "a/".repeat(40)), &format!("&Name={}", "a%2F".repeat(40)));
}

#[test]
fn bodies_of_any_length_are_whole_and_one_allocation() {
    for length in (1_900..2_100).chain([64_000]) {
        let text = "a/".repeat(length / 4) + &"b".repeat(length % 4);
        let request = read(&format!(r#"{{"Name": "{text}", "EnaSupport": true}}"#));
        let expected = format!("{START}&Name={}&EnaSupport=true", text.replace('/', "%2F"));
        let mut body = None;
        let used = allocation_counter::measure(|| body = Some(query::encode_body_unchecked(&request)));
        assert_eq!(body.unwrap().as_str(), expected);
        assert_eq!((used.count_total, used.bytes_max), (1, expected.len() as u64));
    }
}

#[test]
fn a_body_is_appended_to_a_buffer_without_allocation() {
    for name in ["web".to_owned(), "w".repeat(128)] {
        let valid = read(&format!(
            r#"{{"Name": "{name}", "Architecture": "arm64", "VirtualizationType": "hvm", "RootDeviceName": "/dev/xvda",
                "BlockDeviceMappings": [{{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-0123456789abcdef0"}}}}]}}"#
        ))
        .validate()
        .unwrap();
        let mut body = Vec::with_capacity(2_000);
        body.push(b'?');
        let used = allocation_counter::measure(|| query::encode_body_into(&valid, &mut body));
        assert_eq!(used.count_total, 0);
        assert_eq!(body, [b"?", query::encode_body(&valid).as_ref()].concat());
    }
}

#[test]
fn numbers_are_plain_decimal() {
    encodes(
        r#"{"BlockDeviceMappings": [{"Ebs": {"Iops": -2147483648, "VolumeSize": 2147483647}}]}"#,
        "&BlockDeviceMapping.1.Ebs.Iops=-2147483648&BlockDeviceMapping.1.Ebs.VolumeSize=2147483647",
    );
}

#[test]
fn lists_count_past_nine() {
    let mappings: Vec<&str> = (0..11).map(|_| r#"{"DeviceName": "x"}"#).collect();
    let expected: String = (1..=11).map(|number| format!("&BlockDeviceMapping.{number}.DeviceName=x")).collect();
    encodes(&format!(r#"{{"BlockDeviceMappings": [{}]}}"#, mappings.join(",")), &expected);
}

#[test]
fn the_http_request_is_a_form_post_to_the_endpoint() {
    let valid = read(r#"{"Name": "web"}"#).validate().unwrap();
    let endpoint = Endpoint::builder().url("http://127.0.0.1:5000/ec2").resolve().unwrap();
    let request = query::encode_request(&valid, &endpoint);
    assert_eq!(request.method(), http::Method::POST);
    assert_eq!(request.uri(), "http://127.0.0.1:5000/ec2");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers().len(), 1);
    assert_eq!(request.body().as_str(), format!("{START}&Name=web"));
}

#[test]
fn uefi_data_does_not_show_in_the_debug_of_a_request() {
    let valid = read(r#"{"Name": "web", "UefiData": "c2VjcmV0"}"#).validate().unwrap();
    assert!(!format!("{valid:?}").contains("c2VjcmV0"));
    let request = query::encode_request(&valid, &Endpoint::from_region("us-east-1").unwrap());
    assert!(request.body().as_str().contains("c2VjcmV0"));
    assert!(!format!("{request:?}").contains("c2VjcmV0"));
}

fn decoded_pairs(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

proptest! {
    #[test]
    fn a_body_is_allocated_once(request in crate::support::request()) {
        let allocations = allocation_counter::measure(|| drop(query::encode_body_unchecked(&request)));
        prop_assert_eq!(allocations.count_total, 1);
        let body = query::encode_body_unchecked(&request);
        // And not a byte more than the body needs.
        prop_assert_eq!(allocations.bytes_total, body.len() as u64);
    }

    #[test]
    fn what_is_not_sent_does_not_change_the_body(request in crate::support::request()) {
        prop_assert_eq!(query::encode_body_unchecked(&request.as_sent()), query::encode_body_unchecked(&request));
    }

    #[test]
    fn an_independent_parser_reads_the_values_back(request in crate::support::request()) {
        let body = query::encode_body_unchecked(&request);
        let pairs = decoded_pairs(body.as_str());
        prop_assert_eq!(&pairs[0], &("Action".to_owned(), "RegisterImage".to_owned()));
        let value = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        prop_assert_eq!(value("Name"), request.name.as_ref().map(AsRef::as_ref));
        prop_assert_eq!(value("Description"), request.description.as_deref());
        for (at, mapping) in request.block_device_mappings.iter().flatten().enumerate() {
            let ebs = mapping.ebs.as_ref();
            let name = format!("BlockDeviceMapping.{}.Ebs.SnapshotId", at + 1);
            prop_assert_eq!(value(&name), ebs.and_then(|ebs| ebs.snapshot_id.as_ref()).map(AsRef::as_ref));
        }
        prop_assert!(body.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%&=".contains(&byte)));
    }
}

#[test]
fn the_default_request_says_nothing_but_its_action() {
    assert_eq!(query::encode_body_unchecked(&RegisterImageRequest::default()).as_str(), START);
}
