//! Requests and answers of every shape that a wire can carry, for the laws of the codecs.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::time::Duration;

use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError};
use ec2_register_image::types::{ResourceType, UefiData, VolumeType};
use ec2_register_image::{
    Accepted, BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, RegisterImageResponse, Tag, TagSpecification,
};
use http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;

/// A row of `fixtures/requests.json`.
#[derive(Debug, serde::Deserialize)]
pub struct Case {
    pub id: String,
    pub expect: Expect,
    pub request: RegisterImageRequest,
    /// The body that aws-sdk-ec2 makes of it.
    pub query: String,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// A real caller sends it.
    Accept,
    /// EC2 refuses it.
    Error,
    /// EC2 may refuse it, or its instances disappoint.
    Finding,
}

pub fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../fixtures/requests.json")).unwrap()
}

pub fn read(json: &str) -> RegisterImageRequest {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

/// A request in which the rules find nothing, with these members in the place of its own; `null` takes one out.
pub fn with(members: &str) -> RegisterImageRequest {
    let mut request = serde_json::json!({
        "Name": "web",
        "Architecture": "x86_64",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}],
        "VirtualizationType": "hvm",
        "EnaSupport": true,
    });
    let object = request.as_object_mut().unwrap();
    object.extend(
        serde_json::from_str::<serde_json::Map<_, _>>(members).unwrap_or_else(|error| panic!("{error} in {members}")),
    );
    object.retain(|_, value| !value.is_null());
    serde_json::from_value(request).unwrap_or_else(|error| panic!("{error} in {members}"))
}

/// The root volume of [`with`]'s request.
pub const ROOT: &str = r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}"#;

/// These mappings, as the members of a request.
pub fn mappings(json: &str) -> String {
    format!(r#"{{"BlockDeviceMappings": [{json}]}}"#)
}

/// The members of a request with a second volume, by the members of its `Ebs`.
pub fn ebs(members: &str) -> String {
    mappings(&format!(r#"{ROOT}, {{"DeviceName": "/dev/sdb", "Ebs": {{{members}}}}}"#))
}

/// What the rules find in a spotless request with these members in the place of its own: `rule path`, in order.
pub fn found(members: &str) -> Vec<String> {
    with(members).check().findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect()
}

#[track_caller]
pub fn finds(members: &str, expected: &[&str]) {
    assert_eq!(found(members), expected, "{members}");
}

#[track_caller]
pub fn says(members: &str, message: &str, help: &str) {
    let report = with(members).check();
    let finding = report.findings().next().expect("a finding");
    assert_eq!(finding.message().to_string(), message);
    assert_eq!(finding.help().to_string(), help);
}

/// What the rules find in a second volume with these members, as `rule Member`; `-` is the volume itself.
#[track_caller]
pub fn ebs_finds(members: &str, expected: &[&str]) {
    let expected: Vec<String> = expected
        .iter()
        .map(|finding| {
            let (rule, member) = finding.split_once(' ').unwrap();
            format!(
                "{rule} BlockDeviceMappings[1].Ebs{}",
                if member == "-" { String::new() } else { format!(".{member}") }
            )
        })
        .collect();
    assert_eq!(found(&ebs(members)), expected, "{members}");
}

/// Strategies are boxed, since what they nest to would not fit the stack of a test.
///
/// Text as people write it, as machines write it, and as nobody should.
pub fn text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z0-9/_.~-]{0,20}",
        2 => "[ -~]{0,30}",
        2 => any::<String>(),
        1 => Just(String::new()),
        1 => Just("%2F&=+%zz\0\u{1f600}ß漢".to_owned()),
    ]
    .boxed()
}

fn some<T: std::fmt::Debug + 'static>(value: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Option<T>> {
    proptest::option::weighted(0.4, value).boxed()
}

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![Just(0), Just(-1), Just(i32::MAX), Just(i32::MIN), 1..100_000]
}

fn one_of<T: Clone + std::fmt::Debug + From<String> + 'static>(known: &'static [T]) -> impl Strategy<Value = T> {
    prop_oneof![proptest::sample::select(known), text().prop_map(T::from)]
}

pub fn any_ebs() -> impl Strategy<Value = EbsBlockDevice> {
    let texts = [some(text()), some(text()), some(text()), some(text()), some(text())];
    let numbers = [some(number()), some(number()), some(number()), some(number()), some(number())];
    let truths = [some(any::<bool>()), some(any::<bool>())];
    (texts, numbers, truths, some(one_of(VolumeType::KNOWN))).prop_map(|(texts, numbers, truths, volume_type)| {
        let mut ebs = EbsBlockDevice::default();
        let [snapshot_id, kms_key_id, outpost_arn, zone, zone_id] = texts;
        ebs.snapshot_id = snapshot_id.map(Into::into);
        ebs.kms_key_id = kms_key_id.map(Into::into);
        ebs.outpost_arn = outpost_arn.map(Into::into);
        ebs.availability_zone = zone.map(Into::into);
        ebs.availability_zone_id = zone_id.map(Into::into);
        [ebs.iops, ebs.volume_size, ebs.throughput, ebs.volume_initialization_rate, ebs.ebs_card_index] = numbers;
        [ebs.delete_on_termination, ebs.encrypted] = truths;
        ebs.volume_type = volume_type;
        ebs
    })
}

pub fn mapping() -> impl Strategy<Value = BlockDeviceMapping> {
    (some(any_ebs()), some(text()), some(text()), some(text())).prop_map(
        |(ebs, no_device, device_name, virtual_name)| {
            let mut mapping = BlockDeviceMapping::default();
            mapping.ebs = ebs;
            mapping.no_device = no_device;
            mapping.device_name = device_name.map(Into::into);
            mapping.virtual_name = virtual_name.map(Into::into);
            mapping
        },
    )
}

fn tag() -> impl Strategy<Value = Tag> {
    (some(text()), some(text())).prop_map(|(key, value)| {
        let mut tag = Tag::default();
        tag.key = key;
        tag.value = value;
        tag
    })
}

fn tag_specification() -> impl Strategy<Value = TagSpecification> {
    (some(one_of(ResourceType::KNOWN)), some(vec(tag(), 0..4))).prop_map(|(resource_type, tags)| {
        let mut specification = TagSpecification::default();
        specification.resource_type = resource_type;
        specification.tags = tags;
        specification
    })
}

/// Any request: members absent, empty, `false`, `0`, illegal; lists with holes; empty structures.
pub fn request() -> impl Strategy<Value = RegisterImageRequest> {
    use ec2_register_image::types::{
        Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType,
    };
    let texts = [some(text()), some(text()), some(text()), some(text()), some(text()), some(text())];
    let truths = [some(any::<bool>()), some(any::<bool>())];
    let platform = (
        some(one_of(Architecture::KNOWN)),
        some(one_of(BootMode::KNOWN)),
        some(one_of(TpmSupport::KNOWN)),
        some(one_of(ImdsSupport::KNOWN)),
        some(one_of(VirtualizationType::KNOWN)),
        some(one_of(SriovNetSupport::KNOWN)),
    );
    let uefi_data = some(prop_oneof![
        text().prop_map(UefiData::from_base64),
        vec(any::<u8>(), 0..40).prop_map(|bytes| UefiData::from_bytes(&bytes)),
    ]);
    let lists = (some(vec(text(), 0..4)), some(vec(tag_specification(), 0..4)), some(vec(mapping(), 0..5)));
    (texts, truths, platform, uefi_data, lists).prop_map(|(texts, truths, platform, uefi_data, lists)| {
        let mut request = RegisterImageRequest::default();
        let [image_location, name, description, kernel_id, ramdisk_id, root_device_name] = texts;
        request.image_location = image_location.map(Into::into);
        request.name = name.map(Into::into);
        request.description = description;
        request.kernel_id = kernel_id.map(Into::into);
        request.ramdisk_id = ramdisk_id.map(Into::into);
        request.root_device_name = root_device_name.map(Into::into);
        [request.dry_run, request.ena_support] = truths;
        (
            request.architecture,
            request.boot_mode,
            request.tpm_support,
            request.imds_support,
            request.virtualization_type,
            request.sriov_net_support,
        ) = platform;
        request.uefi_data = uefi_data;
        let (billing_products, tag_specifications, block_device_mappings) = lists;
        request.billing_products = billing_products.map(|codes| codes.into_iter().map(Into::into).collect());
        request.tag_specifications = tag_specifications;
        request.block_device_mappings = block_device_mappings;
        request
    })
}

/// What XML can carry, as an id or a code: something visible at both ends.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-zA-Z0-9.-]{1,40}", 1 => "[!-~é漢]([ -~\r\n\t\u{85}é]{0,20}[!-~é])?"]
}

/// Any answer that the XML can say.
pub fn any_answer() -> impl Strategy<Value = Accepted> {
    (token(), some(token()), any::<bool>()).prop_map(|(id, request_id, is_dry_run)| {
        if is_dry_run {
            let mut passed = DryRunPassed::default();
            passed.request_id = request_id;
            return passed.into();
        }
        let mut image = RegisterImageResponse::new(id);
        image.request_id = request_id;
        image.into()
    })
}

/// Any error that the XML can say.
pub fn any_service_error() -> impl Strategy<Value = ServiceError> {
    let message = some(prop_oneof!["[ -~\r\n\t\u{85}é漢]{0,40}", Just("]]></Message>&#x0; \r\n\r".to_owned())]);
    let entry = (token(), message).prop_map(|(code, message)| {
        let mut entry = ErrorEntry::new(code);
        entry.message = message;
        entry
    });
    let wait = some((0..=3_600_000_u64).prop_map(Duration::from_millis));
    (100u16..1000, vec(entry, 1..4), some(token()), wait).prop_map(|(status, entries, request_id, wait)| {
        let mut entries = entries.into_iter();
        let mut error = ServiceError::new(StatusCode::from_u16(status).unwrap(), entries.next().unwrap());
        error = entries.fold(error, ServiceError::with_error).with_retry_after(wait);
        match request_id {
            Some(request_id) => error.with_request_id(request_id),
            None => error,
        }
    })
}
