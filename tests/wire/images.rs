//! `wire::images`: the requests, what is read of an answer, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy does not see that helpers are tests too"
)]

use ec2_register_image::model::{Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, ProductCode};
use ec2_register_image::response::UnreadableReason::*;
use ec2_register_image::response::{UnreadableReason, UnreadableResponse};
use ec2_register_image::types::{BootMode, ProductCodeType, VirtualizationType, VolumeType};
use ec2_register_image::wire::{images, xml};
use ec2_register_image::{Endpoint, Facts, RegisterImageError, Tag};
use http::Response;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::{option, sample};

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
    assert_eq!(Some(&images), printed.images.as_ref());
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
    assert_eq!(Some(&images), facts.images.as_ref());
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

#[test]
fn every_member_is_refused_twice() {
    for member in [
        "name",
        "imageOwnerId",
        "imageState",
        "stateReason",
        "sourceImageId",
        "sourceInstanceId",
        "description",
        "architecture",
        "virtualizationType",
        "rootDeviceType",
        "rootDeviceName",
        "kernelId",
        "ramdiskId",
        "bootMode",
        "tpmSupport",
        "imdsSupport",
        "sriovNetSupport",
        "blockDeviceMapping",
        "tagSet",
        "productCodes",
        "imageLocation",
        "creationDate",
        "platformDetails",
    ] {
        let element = format!("<{member}/>");
        assert_eq!(decode(beside(&element)).unwrap().len(), 1);
        refused(&beside(&element.repeat(2)), DuplicateElement, &element);
    }
    for member in ["code", "message"] {
        let element = format!("<{member}/>");
        refused(&beside(&format!("<stateReason>{element}{element}</stateReason>")), DuplicateElement, &element);
    }
    for (list, member) in [
        ("tagSet", "key"),
        ("tagSet", "value"),
        ("productCodes", "productCode"),
        ("productCodes", "type"),
        ("blockDeviceMapping", "deviceName"),
        ("blockDeviceMapping", "virtualName"),
        ("blockDeviceMapping", "ebs"),
        ("blockDeviceMapping", "noDevice"),
    ] {
        let element = format!("<{member}/>");
        refused(&beside(&format!("<{list}><item>{element}{element}</item></{list}>")), DuplicateElement, &element);
    }
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

fn member<T: From<String> + std::fmt::Debug>() -> impl Strategy<Value = Option<T>> {
    option::of(xml_text().prop_map(T::from))
}

fn ebs() -> impl Strategy<Value = ImageEbsBlockDevice> {
    let numbers = [option::of(any::<i32>()), option::of(any::<i32>()), option::of(any::<i32>())];
    (numbers, option::of(any::<bool>()), option::of(any::<bool>()), member(), member(), member()).prop_map(
        |(numbers, deletes, encrypted, snapshot_id, volume_type, outpost_arn)| {
            let mut ebs = ImageEbsBlockDevice::default();
            [ebs.iops, ebs.volume_size, ebs.throughput] = numbers;
            (ebs.delete_on_termination, ebs.encrypted) = (deletes, encrypted);
            (ebs.snapshot_id, ebs.volume_type, ebs.outpost_arn) = (snapshot_id, volume_type, outpost_arn);
            ebs
        },
    )
}

fn mapping() -> impl Strategy<Value = ImageBlockDeviceMapping> {
    (member(), member(), option::of(ebs()), member()).prop_map(|(device_name, virtual_name, ebs, no_device)| {
        let mut mapping = ImageBlockDeviceMapping::default();
        (mapping.device_name, mapping.virtual_name, mapping.ebs, mapping.no_device) =
            (device_name, virtual_name, ebs, no_device);
        mapping
    })
}

fn pair<T>(make: fn(Option<String>, Option<String>) -> T) -> impl Strategy<Value = Option<Vec<T>>>
where
    T: std::fmt::Debug,
{
    option::of(vec((member(), member()).prop_map(move |(a, b)| make(a, b)), 0..3))
}

fn image() -> impl Strategy<Value = Image> {
    let names = (member(), member(), member(), member(), member(), member());
    let enums = (member(), member(), member(), member(), member(), member(), member());
    let others = (member(), member(), member(), member(), member(), option::of(any::<bool>()));
    let lists = (
        option::of(vec(mapping(), 0..3)),
        pair(|key, value| {
            let mut tag = Tag::default();
            (tag.key, tag.value) = (key, value);
            tag
        }),
        pair(|id, kind| {
            let mut code = ProductCode::default();
            (code.id, code.product_code_type) = (id, kind.map(ProductCodeType::from));
            code
        }),
    );
    ("[!-;=-~]{1,9}", names, enums, others, lists).prop_map(|(id, names, enums, others, lists)| {
        let mut image = Image::new(id.replace('&', ""));
        if image.id.as_str().is_empty() {
            image.id = "ami-1".into();
        }
        (image.name, image.owner_id, image.state, image.description, image.image_location, image.creation_date) = names;
        (
            image.architecture,
            image.virtualization_type,
            image.root_device_type,
            image.boot_mode,
            image.tpm_support,
            image.imds_support,
            image.sriov_net_support,
        ) = enums;
        (image.root_device_name, image.kernel_id, image.ramdisk_id, image.platform_details, _, image.ena_support) =
            (others.0, others.1, others.2, others.3, others.4 as Option<String>, others.5);
        (image.block_device_mappings, image.tags, image.product_codes) = lists;
        image
    })
}

/// An encoder for the law: what it writes is read back.
#[derive(Default)]
struct Writer(String);

impl Writer {
    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.0 += &format!("<{name}>{value}</{name}>");
        }
    }

    fn value(&mut self, name: &str, value: Option<impl ToString>) {
        self.text(name, value.map(|value| value.to_string()).as_deref());
    }

    fn list<T>(&mut self, name: &str, items: Option<&Vec<T>>, write: impl Fn(&mut Self, &T)) {
        let Some(items) = items else { return };
        self.0 += &format!("<{name}>");
        for item in items {
            self.0 += "\n<item>";
            write(self, item);
            self.0 += "</item>";
        }
        self.0 += &format!("</{name}>");
    }

    fn image(&mut self, image: &Image) {
        fn text<T: AsRef<str>>(value: &Option<T>) -> Option<&str> {
            value.as_ref().map(AsRef::as_ref)
        }

        self.text("platformDetails", text(&image.platform_details));
        self.list("blockDeviceMapping", image.block_device_mappings.as_ref(), |it, mapping| {
            if let Some(ebs) = &mapping.ebs {
                it.0 += "<ebs>";
                it.value("deleteOnTermination", ebs.delete_on_termination);
                it.value("iops", ebs.iops);
                it.text("snapshotId", text(&ebs.snapshot_id));
                it.value("volumeSize", ebs.volume_size);
                it.text("volumeType", text(&ebs.volume_type));
                it.value("throughput", ebs.throughput);
                it.text("outpostArn", text(&ebs.outpost_arn));
                it.value("encrypted", ebs.encrypted);
                it.0 += "</ebs>";
            }
            it.text("noDevice", text(&mapping.no_device));
            it.text("deviceName", text(&mapping.device_name));
            it.text("virtualName", text(&mapping.virtual_name));
        });
        self.text("description", text(&image.description));
        self.value("enaSupport", image.ena_support);
        self.text("name", text(&image.name));
        self.text("rootDeviceName", text(&image.root_device_name));
        self.text("rootDeviceType", text(&image.root_device_type));
        self.text("sriovNetSupport", text(&image.sriov_net_support));
        self.list("tagSet", image.tags.as_ref(), |it, tag| {
            it.text("key", text(&tag.key));
            it.text("value", text(&tag.value));
        });
        self.text("virtualizationType", text(&image.virtualization_type));
        self.text("bootMode", text(&image.boot_mode));
        self.text("tpmSupport", text(&image.tpm_support));
        self.text("imdsSupport", text(&image.imds_support));
        self.text("imageId", Some(image.id.as_str()));
        self.text("imageLocation", text(&image.image_location));
        self.text("imageState", text(&image.state));
        self.text("imageOwnerId", text(&image.owner_id));
        self.text("creationDate", text(&image.creation_date));
        self.list("productCodes", image.product_codes.as_ref(), |it, code| {
            it.text("productCode", text(&code.id));
            it.text("type", text(&code.product_code_type));
        });
        self.text("architecture", text(&image.architecture));
        self.text("kernelId", text(&image.kernel_id));
        self.text("ramdiskId", text(&image.ramdisk_id));
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(images in vec(image(), 0..3)) {
        let mut writer = Writer::default();
        writer.list("imagesSet", Some(&images), Writer::image);
        prop_assert_eq!(decode(inside(&writer.0)).unwrap(), images);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in any::<sample::Index>(), with in "[<>/&;a-z]{0,3}") {
        let at = at.index(ANSWER.len());
        prop_assume!(ANSWER.is_char_boundary(at));
        let _ = decode(format!("{}{with}{}", &ANSWER[..at], &ANSWER[at..]));
    }
}
