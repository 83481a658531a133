//! Nothing is lost between the types of the library and those of the SDK, and both encode the same body.

mod support;

#[allow(unused_imports, reason = "the library's tests use more of it")]
#[path = "../../tests/support/mod.rs"]
mod requests;

use aws_sdk_ec2::operation::register_image::{RegisterImageInput, RegisterImageOutput};
use aws_sdk_ec2::types as sdk_types;
use ec2_register_image::{RegisterImageRequest, wire::query};
use ec2_register_image_sdk::{from_sdk, response, to_sdk};
use http::Response;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use support::{exchange, runtime};

fn input(request: &RegisterImageRequest) -> RegisterImageInput {
    to_sdk(request).build().expect("the SDK refuses no request")
}

/// Fails unless the SDK sends byte for byte what the library encodes, and the request comes back through JSON and the
/// SDK's input as it was.
#[track_caller]
fn same(requests: impl Iterator<Item = RegisterImageRequest>, at_least: usize) {
    let (runtime, mut compared, mut differing) = (runtime(), 0, Vec::new());
    for request in requests {
        let json = serde_json::to_string(&request).unwrap();
        let read: RegisterImageRequest = serde_json::from_str(&json).unwrap();
        let input = input(&read);
        assert_eq!(from_sdk(&input).unwrap(), request, "{json}");
        assert_eq!(input, self::input(&from_sdk(&input).unwrap()), "{json}");

        let (sent, _) = exchange(&runtime, &request, Response::new(Vec::new()));
        let encoded = query::encode_body_unchecked(&request);
        compared += 1;
        if sent != encoded.as_str() {
            differing.push(format!("{json}\n  SDK     {sent}\n  library {}", encoded.as_str()));
        }
    }
    println!("{compared} bodies compared, {} differ", differing.len());
    assert!(differing.is_empty(), "{} of {compared} bodies differ:\n{}", differing.len(), differing.join("\n"));
    assert!(compared >= at_least, "only {compared} bodies");
}

#[test]
fn every_case() {
    same(requests::cases().into_iter().map(|case| case.request), 58);
}

#[test]
fn every_member() {
    let skeleton = include_str!("../../tests/fixtures/cli-skeleton.json");
    same(std::iter::once(requests::read(skeleton)), 1);
}

#[test]
fn generated_requests() {
    // Those that the example `requests` of the library prints.
    let (mut runner, strategy) = (TestRunner::deterministic(), requests::request());
    same((0..2_000).map(|_| strategy.new_tree(&mut runner).unwrap().current()), 2_000);
}

#[test]
fn absent_empty_false_and_zero_differ() {
    #[track_caller]
    fn is(json: &str, of: impl Fn(&RegisterImageInput) -> bool) {
        let input = input(&requests::read(json));
        assert!(of(&input), "{input:?}");
        assert_eq!(serde_json::to_string(&from_sdk(&input).unwrap()).unwrap(), json);
    }
    is(r#"{}"#, |input| *input == RegisterImageInput::builder().build().unwrap());
    is(r#"{"Name":""}"#, |input| input.name.as_deref() == Some(""));
    is(r#"{"UefiData":""}"#, |input| input.uefi_data.as_deref() == Some(""));
    is(r#"{"DryRun":false}"#, |input| input.dry_run == Some(false) && input.ena_support.is_none());
    is(r#"{"BillingProducts":[]}"#, |input| input.billing_products == Some(vec![]));
    is(r#"{"BlockDeviceMappings":[]}"#, |input| input.block_device_mappings == Some(vec![]));
    is(r#"{"BlockDeviceMappings":[{}]}"#, |input| input.block_device_mappings()[0].ebs.is_none());
    is(r#"{"BlockDeviceMappings":[{"Ebs":{}}]}"#, |input| {
        input.block_device_mappings()[0].ebs == Some(sdk_types::EbsBlockDevice::builder().build())
    });
    is(r#"{"BlockDeviceMappings":[{"Ebs":{"Iops":0}}]}"#, |input| {
        let ebs = input.block_device_mappings()[0].ebs.as_ref().unwrap();
        ebs.iops == Some(0) && ebs.throughput.is_none()
    });
    is(r#"{"TagSpecifications":[{"Tags":[]}]}"#, |input| input.tag_specifications()[0].tags == Some(vec![]));
    is(r#"{"TagSpecifications":[{"Tags":[{"Value":""}]}]}"#, |input| {
        let tag = &input.tag_specifications()[0].tags()[0];
        tag.key.is_none() && tag.value.as_deref() == Some("")
    });
}

#[test]
fn enumerations_go_by_their_spelling() {
    let input = RegisterImageInput::builder()
        .architecture(sdk_types::ArchitectureValues::Arm64Mac)
        .boot_mode("uefi-someday".into())
        .virtualization_type("HVM")
        .build()
        .unwrap();
    let request = from_sdk(&input).unwrap();
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"BootMode":"uefi-someday","Architecture":"arm64_mac","VirtualizationType":"HVM"}"#
    );
    assert_eq!(self::input(&request), input);
}

#[test]
fn an_answer_without_an_image_id_is_none() {
    let output = RegisterImageOutput::builder();
    assert_eq!(response(&output.clone().build()), None);
    assert_eq!(response(&output.clone().image_id("").build()), None);
    let image = response(&output.image_id("ami-0123456789abcdef0").build()).unwrap();
    assert_eq!((image.image_id.as_str(), image.request_id), ("ami-0123456789abcdef0", None));
}
