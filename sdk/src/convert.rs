//! Requests of `ec2-register-image` as those of `aws-sdk-ec2` and back, and the SDK's answer: a file to copy into a project
//! that checks with the one and sends with the other.
//!
//! It needs both crates and nothing else; no TLS, no client. Written for `aws-sdk-ec2` 1.274.0.
//!
//! ```no_run
//! use ec2_register_image::{RegisterImageResponse, ValidRequest};
//! # use sdk::convert;
//!
//! # async fn register(request: ValidRequest, client: aws_sdk_ec2::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let output = convert::to_sdk(request.request()).send_with(&client).await?;
//! let image: RegisterImageResponse = convert::response(&output).ok_or("no image id: an image may have been registered")?;
//! # Ok(())
//! # }
//! ```
//!
//! An input that the project already makes for the SDK is checked by `from_sdk(&input).check()`.
//!
//! # What survives
//!
//! - Absent, empty, `false` and `0` stay four different things, in both directions.
//! - A value of an enumeration that either side does not know stays as it is spelled.
//! - Empty lists and empty structures stay too; the wire alone has no way to say them, and neither encoder sends one.
//! - UEFI data is a secret to both: the SDK's `Debug` of an input leaves it out, its `uefi_data` does not.
//!
//! # What does not
//!
//! - A member that this crate gains: the assertion below then fails to compile, and the member is to be added here.
//! - A member that a newer SDK has and this crate has not: [`from_sdk`] leaves it out. Where that matters, compare
//!   `to_sdk(&from_sdk(&input)).build()? == input`.
//! - Of an answer, the request id that stands in the body alone: the SDK reads the header `x-amzn-requestid`.

use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::register_image::builders::RegisterImageInputBuilder;
use aws_sdk_ec2::operation::register_image::{RegisterImageInput, RegisterImageOutput};
use aws_sdk_ec2::types as sdk;
use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, TagMember, TagSpecificationMember,
};
use ec2_register_image::types::UefiData;
use ec2_register_image::{
    BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, RegisterImageResponse, Tag, TagSpecification,
};

const _: () = assert!(
    RequestMember::ALL.len() == 18
        && BlockDeviceMappingMember::ALL.len() == 4
        && EbsBlockDeviceMember::ALL.len() == 13
        && TagSpecificationMember::ALL.len() == 2
        && TagMember::ALL.len() == 2,
    "ec2-register-image has a member that these conversions would lose",
);

/// The request as the SDK's builder, whose `send_with` sends it, and whose `build` gives a [`RegisterImageInput`].
#[must_use]
pub fn to_sdk(request: &RegisterImageRequest) -> RegisterImageInputBuilder {
    RegisterImageInput::builder()
        .set_image_location(text(&request.image_location))
        .set_billing_products(list(&request.billing_products, ToString::to_string))
        .set_boot_mode(text(&request.boot_mode))
        .set_tpm_support(text(&request.tpm_support))
        .set_uefi_data(request.uefi_data.as_ref().map(|data| data.as_base64().to_owned()))
        .set_imds_support(text(&request.imds_support))
        .set_tag_specifications(list(&request.tag_specifications, tag_specification_to_sdk))
        .set_dry_run(request.dry_run)
        .set_name(text(&request.name))
        .set_description(text(&request.description))
        .set_architecture(text(&request.architecture))
        .set_kernel_id(text(&request.kernel_id))
        .set_ramdisk_id(text(&request.ramdisk_id))
        .set_root_device_name(text(&request.root_device_name))
        .set_block_device_mappings(list(&request.block_device_mappings, mapping_to_sdk))
        .set_virtualization_type(text(&request.virtualization_type))
        .set_sriov_net_support(text(&request.sriov_net_support))
        .set_ena_support(request.ena_support)
}

/// The SDK's input as a request, to be checked, encoded or shown.
#[must_use]
pub fn from_sdk(input: &RegisterImageInput) -> RegisterImageRequest {
    let mut request = RegisterImageRequest::default();
    request.image_location = text(&input.image_location);
    request.billing_products = list(&input.billing_products, |code| code.as_str().into());
    request.boot_mode = text(&input.boot_mode);
    request.tpm_support = text(&input.tpm_support);
    request.uefi_data = input.uefi_data.as_ref().map(UefiData::from_base64);
    request.imds_support = text(&input.imds_support);
    request.tag_specifications = list(&input.tag_specifications, tag_specification_from_sdk);
    request.dry_run = input.dry_run;
    request.name = text(&input.name);
    request.description = text(&input.description);
    request.architecture = text(&input.architecture);
    request.kernel_id = text(&input.kernel_id);
    request.ramdisk_id = text(&input.ramdisk_id);
    request.root_device_name = text(&input.root_device_name);
    request.block_device_mappings = list(&input.block_device_mappings, mapping_from_sdk);
    request.virtualization_type = text(&input.virtualization_type);
    request.sriov_net_support = text(&input.sriov_net_support);
    request.ena_support = input.ena_support;
    request
}

/// The SDK's answer to a request that was accepted.
///
/// `None` where it has no image id: the SDK takes an answer that was cut off for a whole one, so an image may have been
/// registered nevertheless. Cut off within the id, it gives a part of it.
#[must_use]
pub fn response(output: &RegisterImageOutput) -> Option<RegisterImageResponse> {
    let image_id = output.image_id().filter(|id| !id.is_empty())?;
    let mut response = RegisterImageResponse::new(image_id);
    response.request_id = output.request_id().map(str::to_owned);
    Some(response)
}

fn mapping_to_sdk(mapping: &BlockDeviceMapping) -> sdk::BlockDeviceMapping {
    sdk::BlockDeviceMapping::builder()
        .set_ebs(mapping.ebs.as_ref().map(ebs_to_sdk))
        .set_no_device(text(&mapping.no_device))
        .set_device_name(text(&mapping.device_name))
        .set_virtual_name(text(&mapping.virtual_name))
        .build()
}

fn mapping_from_sdk(mapping: &sdk::BlockDeviceMapping) -> BlockDeviceMapping {
    let mut ours = BlockDeviceMapping::default();
    ours.ebs = mapping.ebs.as_ref().map(ebs_from_sdk);
    ours.no_device = text(&mapping.no_device);
    ours.device_name = text(&mapping.device_name);
    ours.virtual_name = text(&mapping.virtual_name);
    ours
}

fn ebs_to_sdk(ebs: &EbsBlockDevice) -> sdk::EbsBlockDevice {
    sdk::EbsBlockDevice::builder()
        .set_delete_on_termination(ebs.delete_on_termination)
        .set_iops(ebs.iops)
        .set_snapshot_id(text(&ebs.snapshot_id))
        .set_volume_size(ebs.volume_size)
        .set_volume_type(text(&ebs.volume_type))
        .set_kms_key_id(text(&ebs.kms_key_id))
        .set_throughput(ebs.throughput)
        .set_outpost_arn(text(&ebs.outpost_arn))
        .set_availability_zone(text(&ebs.availability_zone))
        .set_encrypted(ebs.encrypted)
        .set_volume_initialization_rate(ebs.volume_initialization_rate)
        .set_availability_zone_id(text(&ebs.availability_zone_id))
        .set_ebs_card_index(ebs.ebs_card_index)
        .build()
}

fn ebs_from_sdk(ebs: &sdk::EbsBlockDevice) -> EbsBlockDevice {
    let mut ours = EbsBlockDevice::default();
    ours.delete_on_termination = ebs.delete_on_termination;
    ours.iops = ebs.iops;
    ours.snapshot_id = text(&ebs.snapshot_id);
    ours.volume_size = ebs.volume_size;
    ours.volume_type = text(&ebs.volume_type);
    ours.kms_key_id = text(&ebs.kms_key_id);
    ours.throughput = ebs.throughput;
    ours.outpost_arn = text(&ebs.outpost_arn);
    ours.availability_zone = text(&ebs.availability_zone);
    ours.encrypted = ebs.encrypted;
    ours.volume_initialization_rate = ebs.volume_initialization_rate;
    ours.availability_zone_id = text(&ebs.availability_zone_id);
    ours.ebs_card_index = ebs.ebs_card_index;
    ours
}

fn tag_specification_to_sdk(specification: &TagSpecification) -> sdk::TagSpecification {
    sdk::TagSpecification::builder()
        .set_resource_type(text(&specification.resource_type))
        .set_tags(list(&specification.tags, |tag| {
            sdk::Tag::builder().set_key(tag.key.clone()).set_value(tag.value.clone()).build()
        }))
        .build()
}

fn tag_specification_from_sdk(specification: &sdk::TagSpecification) -> TagSpecification {
    let mut ours = TagSpecification::default();
    ours.resource_type = text(&specification.resource_type);
    ours.tags = list(&specification.tags, |tag| {
        let mut ours = Tag::default();
        ours.key = tag.key.clone();
        ours.value = tag.value.clone();
        ours
    });
    ours
}

/// A text or an enumeration as that of the other side, by its spelling.
fn text<T: for<'a> From<&'a str>>(value: &Option<impl AsRef<str>>) -> Option<T> {
    value.as_ref().map(|value| T::from(value.as_ref()))
}

fn list<T, U>(items: &Option<Vec<T>>, convert: impl Fn(&T) -> U) -> Option<Vec<U>> {
    items.as_ref().map(|items| items.iter().map(convert).collect())
}
