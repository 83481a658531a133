//! `wire::images`: the requests, what is read of an answer, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not see that helpers are tests too"
)]

use ec2_register_image::model::Image;
use ec2_register_image::response::UnreadableReason::*;
use ec2_register_image::response::{UnreadableReason, UnreadableResponse};
use ec2_register_image::types::{BootMode, VirtualizationType, VolumeType};
use ec2_register_image::wire::{images, xml};
use ec2_register_image::{Endpoint, Facts, RegisterImageError};
use http::Response;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::{option, sample};
use serde_json::Value;

use crate::support::text;

/// As EC2 sends it: members of today's model, some of which are none of ours; layout between the elements.
const ANSWER: &str = include_str!("../fixtures/images.xml");

/// The same image as the AWS CLI prints it.
const PRINTED: &str = include_str!("../fixtures/images.json");

fn response(status: u16, body: impl AsRef<[u8]>) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_ref().to_vec()).unwrap()
}

fn decode(body: impl AsRef<[u8]>) -> Result<Vec<Image>, RegisterImageError> {
    images::decode_response(&response(200, body))
}

fn inside(content: &str) -> String {
    format!("<DescribeImagesResponse>{content}</DescribeImagesResponse>")
}

/// In the only image, which has an id already.
fn beside(content: &str) -> String {
    inside(&format!("<imagesSet><item><imageId>ami-1</imageId>{content}</item></imagesSet>"))
}

#[track_caller]
fn unreadable(body: impl AsRef<[u8]>) -> UnreadableResponse {
    let error = decode(&body).unwrap_err();
    let answer = error.as_unreadable().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(answer.body(), body.as_ref());
    answer.clone()
}

/// The body is refused for this reason where `at` stands in it.
#[track_caller]
fn refused(body: &str, reason: UnreadableReason, at: &str) {
    let answer = unreadable(body);
    assert_eq!((answer.reason(), answer.offset()), (reason, body.rfind(at)), "{body}");
}

#[test]
fn bodies() {
    let endpoint = Endpoint::from_region("eu-central-1").unwrap();
    let start = "Action=DescribeImages&Version=2016-11-15";
    for (id, sent) in [("ami-0123456789abcdef0", "ami-0123456789abcdef0"), ("", ""), ("a&b", "a%26b")] {
        let request = images::encode_request_by_id(&id.into(), &endpoint);
        assert_eq!(request.body().as_str(), format!("{start}&ImageId.1={sent}&IncludeDisabled=true"));
    }
    for (name, sent) in [
        ("web-2026", "web-2026"),
        ("web (1)/[a] 'b'@c_d.e", "web%20%281%29%2F%5Ba%5D%20%27b%27%40c_d.e"),
        (r"*a?b\c", "%5C%2Aa%5C%3Fb%5C%5Cc"),
        ("", ""),
        ("ä", "%C3%A4"),
    ] {
        let request = images::encode_request_by_name(&name.into(), &endpoint);
        assert_eq!(
            request.body().as_str(),
            format!("{start}&Owner.1=self&IncludeDisabled=true&Filter.1.Name=name&Filter.1.Value.1={sent}")
        );
        assert_eq!(
            (request.method().as_str(), request.uri().to_string().as_str()),
            ("POST", "https://ec2.eu-central-1.amazonaws.com/")
        );
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    }
}

#[test]
fn an_answer_is_what_the_cli_prints_of_it() {
    let printed: Facts = serde_json::from_str(PRINTED).unwrap();
    let images = decode(ANSWER).unwrap();
    assert_eq!(images, printed.images());
    let [image, other] = images.as_slice() else { panic!("{images:?}") };
    assert_eq!(image.id, "ami-0123456789abcdef0");
    assert_eq!(image.description.as_deref(), Some("web & <db>"));
    assert_eq!((image.ena_support, &image.boot_mode), (Some(true), &Some(BootMode::UEFI)));
    assert_eq!((image.product_codes.as_deref(), other.tags.as_deref()), (None, Some([].as_slice())));
    let mappings = image.block_device_mappings.as_ref().unwrap();
    assert_eq!(mappings.len(), 4);
    assert_eq!(mappings[0].ebs.as_ref().unwrap().volume_type, Some(VolumeType::GP3));
    assert_eq!((other.ena_support, &other.virtualization_type), (None, &Some(VirtualizationType::PARAVIRTUAL)));
}

/// The image of `facts.json`, which has every member: a new one fails this test until both documents have it.
#[test]
fn every_member_is_read() {
    let facts: Facts = serde_json::from_str(include_str!("../fixtures/facts.json")).unwrap();
    let images = decode(include_str!("../fixtures/image.xml")).unwrap();
    assert_eq!(images, facts.images());
    let debug = format!("{images:?}");
    assert!(!debug.contains("None"), "not in the document: {debug}");
}

#[test]
fn no_images() {
    for set in ["<imagesSet/>", "<imagesSet></imagesSet>", "<imagesSet>\n</imagesSet><nextToken/>"] {
        assert_eq!(decode(inside(set)).unwrap(), []);
    }
}

#[test]
fn every_prefix_is_refused() {
    let whole = ANSWER.trim_end();
    for end in 0..whole.len() {
        let reason = unreadable(&whole.as_bytes()[..end]).reason();
        assert!(matches!(reason, CutOff | Empty), "{end}: {reason:?}");
    }
}

#[test]
fn what_is_refused() {
    refused(&inside(""), MissingImages, "<DescribeImagesResponse");
    refused(&inside("<images/>"), MissingImages, "<DescribeImagesResponse");
    refused(&inside("<imagesSet/><imagesSet/>"), DuplicateElement, "<imagesSet/>");
    refused(&inside("<imagesSet><item/></imagesSet>"), MissingImageId, "<item/>");
    refused(&inside("<imagesSet><item><imageId> </imageId></item></imagesSet>"), EmptyImageId, "<imageId>");
    refused(&beside("<imageId>ami-1</imageId>"), DuplicateElement, "<imageId>");
    refused(&inside("<imagesSet/><nextToken>a</nextToken>"), MorePages, "<nextToken>");
    refused(&inside("<imagesSet/><Errors/>"), Contradictory, "<Errors/>");
    refused(
        "<RegisterImageResponse><imageId>a</imageId></RegisterImageResponse>",
        WrongRoot,
        "<RegisterImageResponse>",
    );
    refused("<DescribeImagesResponse xmlns='urn:x'><imagesSet/></DescribeImagesResponse>", WrongRoot, "<Describe");
    refused("<!DOCTYPE a><DescribeImagesResponse/>", Doctype, "<!DOCTYPE");
    assert_eq!(unreadable("<html></html>").reason(), Html);
    refused(&beside("<name>a<b/></name>"), ElementInText, "<b/>");
    for boolean in ["enaSupport", "blockDeviceMapping><item><ebs><encrypted"] {
        let close: String =
            boolean.split("><").collect::<Vec<_>>().into_iter().rev().map(|name| format!("</{name}>")).collect();
        for wrong in ["", "1", "True", "yes"] {
            let body = beside(&format!("<{boolean}>{wrong}{close}"));
            assert_eq!(unreadable(&body).reason(), MalformedValue, "{body}");
        }
    }
    for wrong in ["", "a", "1.5", "+1", "2147483648", "1 2"] {
        let body =
            beside(&format!("<blockDeviceMapping><item><ebs><iops>{wrong}</iops></ebs></item></blockDeviceMapping>"));
        assert_eq!(unreadable(&body).reason(), MalformedValue, "{body}");
    }
    let status = images::decode_response(&response(500, inside("<imagesSet/>"))).unwrap_err();
    assert_eq!(status.as_unreadable().unwrap().reason(), StatusContradicts);
    assert_eq!(
        images::decode_response(&response(200, vec![b' '; xml::BODY_LIMIT + 1]))
            .unwrap_err()
            .as_unreadable()
            .unwrap()
            .reason(),
        Empty
    );
    let long = inside(&format!("<imagesSet/>{}", " ".repeat(xml::BODY_LIMIT)));
    assert_eq!(decode(long).unwrap_err().as_unreadable().unwrap().reason(), TooLong);
}

/// The image of `facts.json`, which has every member.
fn template() -> Value {
    let facts: Value = serde_json::from_str(include_str!("../fixtures/facts.json")).unwrap();
    facts["Images"][0].clone()
}

/// The element of a member.
fn element(member: &str) -> String {
    let name = match member {
        "State" => "imageState",
        "OwnerId" => "imageOwnerId",
        "BlockDeviceMappings" => "blockDeviceMapping",
        "Tags" => "tagSet",
        "ProductCodeId" => "productCode",
        "ProductCodeType" => "type",
        _ => return format!("{}{}", member[..1].to_lowercase(), &member[1..]),
    };
    name.to_owned()
}

/// Checks each member of a structure, which `inside` puts into a body, and of the structures in it.
fn refused_twice(structure: &Value, inside: &dyn Fn(&str) -> String) {
    for (name, value) in structure.as_object().unwrap().iter().filter(|(name, _)| *name != "ImageId") {
        let name = element(name);
        let member = match value {
            Value::Bool(_) => format!("<{name}>true</{name}>"),
            Value::Number(_) => format!("<{name}>1</{name}>"),
            _ => format!("<{name}/>"),
        };
        assert_eq!(decode(inside(&member)).unwrap().len(), 1, "{name}");
        refused(&inside(&member.repeat(2)), DuplicateElement, &member);
        match value {
            Value::Object(_) => refused_twice(value, &|content| inside(&format!("<{name}>{content}</{name}>"))),
            Value::Array(items) => {
                refused_twice(&items[0], &|content| inside(&format!("<{name}><item>{content}</item></{name}>")));
            }
            _ => {}
        }
    }
}

#[test]
fn every_member_is_refused_twice() {
    refused_twice(&template(), &beside);
}

#[test]
fn what_is_no_member_is_passed_over() {
    let image =
        decode(beside("<hypervisor>xen</hypervisor><later><name>b</name></later><x:name xmlns:x='urn:x'>c</x:name>"))
            .unwrap();
    assert_eq!(image, [Image::new("ami-1")]);
    assert!(decode(beside("<later>&nbsp;</later>")).is_err());
}

#[test]
fn errors_are_those_of_register_image() {
    let body = "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>The image id '[ami-1]' does not exist\
                </Message></Error></Errors><RequestID>r-1</RequestID></Response>";
    let error = images::decode_response(&response(400, body)).unwrap_err();
    assert_eq!(error, xml::decode_response(&response(400, body)).unwrap_err());
    assert_eq!(
        error.to_string(),
        "InvalidAMIID.NotFound: The image id '[ami-1]' does not exist (status 400, request id r-1)"
    );
    // Nothing here asks for a dry run.
    let body = "<Response><Errors><Error><Code>DryRunOperation</Code></Error></Errors></Response>";
    assert_eq!(
        images::decode_response(&response(412, body)).unwrap_err().code().map(|code| code.as_str()),
        Some("DryRunOperation")
    );
}

/// An item takes more room than its text: how much more has a bound.
#[test]
fn memory_is_bounded() {
    let mappings = |count| {
        format!("<item><imageId>a</imageId><blockDeviceMapping>{}</blockDeviceMapping></item>", "<item/>".repeat(count))
    };
    for items in [
        "<item><imageId>a</imageId></item>".repeat(20_000),
        mappings(10_000).repeat(10),
        // The list has just been moved to a place of twice the length.
        mappings((1 << 17) + 1),
    ] {
        let response = response(200, inside(&format!("<imagesSet>{items}</imagesSet>")));
        let length = response.body().len();
        let used = allocation_counter::measure(|| {
            assert!(images::decode_response(&response).is_ok());
        });
        assert!(used.bytes_max < 77 * length as u64, "{} for {length}", used.bytes_max);
    }
}

/// What XML 1.0 has, without the line ends that it makes one of.
fn xml_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| {
        text.chars()
            .filter(|&c| matches!(c, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..))
            .collect()
    })
}

/// A value with some of the members of the template, each with any value of its kind.
fn like(template: &Value) -> BoxedStrategy<Value> {
    match template {
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Number(_) => any::<i32>().prop_map(Value::from).boxed(),
        Value::Array(items) => vec(like(&items[0]), 0..3).prop_map(Value::from).boxed(),
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, template)| {
                    let value = match name.as_str() {
                        "ImageId" => "[!-%'-;=-~]{1,9}".prop_map(|id| Some(Value::from(id))).boxed(),
                        _ => option::of(like(template)).boxed(),
                    };
                    (Just(name.clone()), value)
                })
                .collect();
            let given = |(name, value): (String, Option<Value>)| Some((name, value?));
            members.prop_map(move |members| members.into_iter().filter_map(given).collect()).boxed()
        }
        _ => xml_text().prop_map(Value::from).boxed(),
    }
}

fn image() -> impl Strategy<Value = Image> {
    like(&template()).prop_map(|image| serde_json::from_value(image).unwrap())
}

/// Writes the content of an element, for the law: what is written is read back.
fn write(value: &Value, xml: &mut String) {
    match value {
        Value::Object(members) => {
            // As JSON, some members of a mapping are `null` if they are absent.
            for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                let name = element(name);
                *xml += &format!("<{name}>");
                write(value, xml);
                *xml += &format!("</{name}>");
            }
        }
        Value::Array(items) => {
            for item in items {
                *xml += "\n<item>";
                write(item, xml);
                *xml += "</item>";
            }
        }
        Value::String(text) => *xml += &text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        other => *xml += &other.to_string(),
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(images in vec(image(), 0..3)) {
        let mut xml = String::new();
        write(&serde_json::to_value(&images).unwrap(), &mut xml);
        prop_assert_eq!(decode(inside(&format!("<imagesSet>{xml}</imagesSet>"))).unwrap(), images);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in any::<sample::Index>(), with in "[<>/&;a-z]{0,3}") {
        let at = at.index(ANSWER.len());
        prop_assume!(ANSWER.is_char_boundary(at));
        let _ = decode(format!("{}{with}{}", &ANSWER[..at], &ANSWER[at..]));
    }
}
