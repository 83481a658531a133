//! The same work with the official SDK's own libraries, driven as its generated code drives them: a writer for each
//! member whether or not it is there, a scoped decoder for the answer.

use aws_smithy_query::{QueryValueWriter, QueryWriter};
use aws_smithy_types::Number;
use aws_smithy_xml::decode::{Document, XmlDecodeError, try_data};
use ec2_register_image::{EbsBlockDevice, RegisterImageRequest};

fn text(writer: QueryValueWriter<'_>, value: Option<&str>) {
    if let Some(value) = value {
        writer.string(value);
    }
}

fn boolean(writer: QueryValueWriter<'_>, value: Option<bool>) {
    if let Some(value) = value {
        writer.boolean(value);
    }
}

fn number(writer: QueryValueWriter<'_>, value: Option<i32>) {
    if let Some(value) = value {
        writer.number(Number::NegInt(value.into()));
    }
}

pub fn encode(request: &RegisterImageRequest) -> String {
    let mut out = String::new();
    let mut writer = QueryWriter::new(&mut out, "RegisterImage", "2016-11-15");
    text(writer.prefix("ImageLocation"), request.image_location.as_ref().map(AsRef::as_ref));
    if let Some(products) = request.billing_products.as_ref().filter(|products| !products.is_empty()) {
        let mut list = writer.prefix("BillingProduct").start_list(true, Some("item"));
        for product in products {
            list.entry().string(product.as_str());
        }
        list.finish();
    }
    text(writer.prefix("BootMode"), request.boot_mode.as_ref().map(AsRef::as_ref));
    text(writer.prefix("TpmSupport"), request.tpm_support.as_ref().map(AsRef::as_ref));
    text(writer.prefix("UefiData"), request.uefi_data.as_ref().map(|data| data.as_base64()));
    text(writer.prefix("ImdsSupport"), request.imds_support.as_ref().map(AsRef::as_ref));
    if let Some(specifications) = request.tag_specifications.as_ref().filter(|list| !list.is_empty()) {
        let mut list = writer.prefix("TagSpecification").start_list(true, Some("item"));
        for specification in specifications {
            let mut entry = list.entry();
            text(entry.prefix("ResourceType"), specification.resource_type.as_ref().map(AsRef::as_ref));
            if let Some(tags) = specification.tags.as_ref().filter(|tags| !tags.is_empty()) {
                let mut list = entry.prefix("Tag").start_list(true, Some("item"));
                for tag in tags {
                    let mut entry = list.entry();
                    text(entry.prefix("Key"), tag.key.as_deref());
                    text(entry.prefix("Value"), tag.value.as_deref());
                }
                list.finish();
            }
        }
        list.finish();
    }
    boolean(writer.prefix("DryRun"), request.dry_run);
    text(writer.prefix("Name"), request.name.as_ref().map(AsRef::as_ref));
    text(writer.prefix("Description"), request.description.as_deref());
    text(writer.prefix("Architecture"), request.architecture.as_ref().map(AsRef::as_ref));
    text(writer.prefix("KernelId"), request.kernel_id.as_ref().map(AsRef::as_ref));
    text(writer.prefix("RamdiskId"), request.ramdisk_id.as_ref().map(AsRef::as_ref));
    text(writer.prefix("RootDeviceName"), request.root_device_name.as_ref().map(AsRef::as_ref));
    if let Some(mappings) = request.block_device_mappings.as_ref().filter(|mappings| !mappings.is_empty()) {
        let mut list = writer.prefix("BlockDeviceMapping").start_list(true, Some("BlockDeviceMapping"));
        for mapping in mappings {
            let mut entry = list.entry();
            let scope = entry.prefix("Ebs");
            if let Some(device) = &mapping.ebs {
                ebs(scope, device);
            }
            text(entry.prefix("NoDevice"), mapping.no_device.as_deref());
            text(entry.prefix("DeviceName"), mapping.device_name.as_ref().map(AsRef::as_ref));
            text(entry.prefix("VirtualName"), mapping.virtual_name.as_ref().map(AsRef::as_ref));
        }
        list.finish();
    }
    text(writer.prefix("VirtualizationType"), request.virtualization_type.as_ref().map(AsRef::as_ref));
    text(writer.prefix("SriovNetSupport"), request.sriov_net_support.as_ref().map(AsRef::as_ref));
    boolean(writer.prefix("EnaSupport"), request.ena_support);
    writer.finish();
    out
}

fn ebs(mut writer: QueryValueWriter<'_>, ebs: &EbsBlockDevice) {
    boolean(writer.prefix("DeleteOnTermination"), ebs.delete_on_termination);
    number(writer.prefix("Iops"), ebs.iops);
    text(writer.prefix("SnapshotId"), ebs.snapshot_id.as_ref().map(AsRef::as_ref));
    number(writer.prefix("VolumeSize"), ebs.volume_size);
    text(writer.prefix("VolumeType"), ebs.volume_type.as_ref().map(AsRef::as_ref));
    text(writer.prefix("KmsKeyId"), ebs.kms_key_id.as_ref().map(AsRef::as_ref));
    number(writer.prefix("Throughput"), ebs.throughput);
    text(writer.prefix("OutpostArn"), ebs.outpost_arn.as_ref().map(AsRef::as_ref));
    text(writer.prefix("AvailabilityZone"), ebs.availability_zone.as_ref().map(AsRef::as_ref));
    boolean(writer.prefix("Encrypted"), ebs.encrypted);
    number(writer.prefix("VolumeInitializationRate"), ebs.volume_initialization_rate);
    text(writer.prefix("AvailabilityZoneId"), ebs.availability_zone_id.as_ref().map(AsRef::as_ref));
    number(writer.prefix("EbsCardIndex"), ebs.ebs_card_index);
}

/// The image id and the request id, as far as the SDK reads them: it takes a cut-off answer for a whole one.
pub fn decode(body: &[u8]) -> Result<Option<String>, XmlDecodeError> {
    let mut document = Document::try_from(body)?;
    let mut root = document.root_element()?;
    if !root.start_el().matches("RegisterImageResponse") {
        return Err(XmlDecodeError::custom("invalid root"));
    }
    let mut image_id = None;
    while let Some(mut tag) = root.next_tag() {
        if tag.start_el().matches("imageId") {
            image_id = Some(try_data(&mut tag)?.into_owned());
        }
    }
    Ok(image_id)
}

/// Code and message of an error, of several the last.
pub fn decode_error(body: &[u8]) -> Result<(Option<String>, Option<String>), XmlDecodeError> {
    let mut document = Document::try_from(body)?;
    let mut root = document.root_element()?;
    let (mut code, mut message) = (None, None);
    while let Some(mut tag) = root.next_tag() {
        if tag.start_el().local() == "Errors" {
            while let Some(mut error) = tag.next_tag() {
                while let Some(mut field) = error.next_tag() {
                    match field.start_el().local() {
                        "Code" => code = Some(try_data(&mut field)?.into_owned()),
                        "Message" => message = Some(try_data(&mut field)?.into_owned()),
                        _ => {}
                    }
                }
            }
        }
    }
    Ok((code, message))
}
