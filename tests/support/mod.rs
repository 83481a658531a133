//! Requests and answers of every shape that a wire can carry, for the laws of the codecs.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::time::Duration;

use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, TagMember, TagSpecificationMember,
};
use ec2_register_image::response::{DryRunPassed, ErrorEntry, ServiceError};
use ec2_register_image::types::{
    Architecture, BootMode, ImdsSupport, ResourceType, SriovNetSupport, TpmSupport, VirtualizationType, VolumeType,
};
use ec2_register_image::{
    Accepted, BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, RegisterImageResponse, Tag, TagSpecification,
};
use http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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

/// A value for the text member of this name: often one that EC2 knows.
fn text_of(name: &str) -> BoxedStrategy<String> {
    let known = match name {
        "Architecture" => Architecture::NAMES,
        "BootMode" => BootMode::NAMES,
        "ImdsSupport" => ImdsSupport::NAMES,
        "ResourceType" => ResourceType::NAMES,
        "SriovNetSupport" => SriovNetSupport::NAMES,
        "TpmSupport" => TpmSupport::NAMES,
        "VirtualizationType" => VirtualizationType::NAMES,
        "VolumeType" => VolumeType::NAMES,
        "UefiData" => return prop_oneof![text(), "([A-Za-z0-9+/]{4}){0,13}"].boxed(),
        _ => return text(),
    };
    prop_oneof![proptest::sample::select(known).prop_map(str::to_owned), text()].boxed()
}

/// A structure with these members, each absent or with a value of its kind.
///
/// The kind is found by reading: a new row of the model is generated without a change here, unless it is a structure.
fn structure<T>(members: &[&'static str]) -> BoxedStrategy<T>
where
    T: DeserializeOwned + std::fmt::Debug + 'static,
{
    let values = |name: &'static str| -> BoxedStrategy<(&'static str, Option<Value>)> {
        let accepts = |value: Value| serde_json::from_value::<T>(json!({name: value})).is_ok();
        let value = if accepts(json!("")) {
            text_of(name).prop_map(Value::from).boxed()
        } else if accepts(json!(true)) {
            any::<bool>().prop_map(Value::from).boxed()
        } else if accepts(json!(0)) {
            number().prop_map(Value::from).boxed()
        } else if accepts(json!([""])) {
            vec(text_of(name), 0..4).prop_map(Value::from).boxed()
        } else {
            match name {
                "BlockDeviceMappings" => vec(mapping(), 0..5).prop_map(|list| json!(list)).boxed(),
                "Ebs" => any_ebs().prop_map(|ebs| json!(ebs)).boxed(),
                "TagSpecifications" => vec(tag_specification(), 0..4).prop_map(|list| json!(list)).boxed(),
                "Tags" => vec(tag(), 0..4).prop_map(|list| json!(list)).boxed(),
                _ => panic!("no strategy for the structure {name}"),
            }
        };
        some(value).prop_map(move |value| (name, value)).boxed()
    };
    let members: Vec<_> = members.iter().map(|name| values(name)).collect();
    members
        .prop_map(|members| {
            let set = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            serde_json::from_value(Value::Object(set.collect())).unwrap()
        })
        .boxed()
}

/// A strategy for a structure, from the rows of the model.
macro_rules! strategies {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident = $ty:ident, $member:ident;)+) => {$(
        $(#[$doc])*
        $vis fn $name() -> BoxedStrategy<$ty> {
            let members: Vec<_> = $member::ALL.iter().map(|member| member.name()).collect();
            structure(&members)
        }
    )+};
}

strategies! {
    pub fn any_ebs = EbsBlockDevice, EbsBlockDeviceMember;
    pub fn mapping = BlockDeviceMapping, BlockDeviceMappingMember;
    fn tag = Tag, TagMember;
    fn tag_specification = TagSpecification, TagSpecificationMember;
    /// Any request: members absent, empty, `false`, `0`, illegal; lists with skipped_items; empty structures.
    pub fn request = RegisterImageRequest, RequestMember;
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
