//! What the elements of an answer to DescribeImages mean.

use alloc::{string::String, vec::Vec};
use core::str::FromStr;

use http::Response;

use super::decode::{name_beside, next_child, read_answer, read_trimmed};
use super::reader::{Element, Reader};
use crate::model::{Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, ProductCode, Tag};
use crate::response::{DecodeFault, RegisterImageError, UnreadableReason};
use crate::types::ImageId;

/// Reads the images of an answer to DescribeImages, in its order.
///
/// It is as strict as [`xml::decode`](crate::wire::xml::decode), with the same limits and the same errors. The root is
/// `DescribeImagesResponse`, and it has one `imagesSet`; each `item` in it has one `imageId` that is not empty. An element
/// that an image has twice, a boolean that is neither `true` nor `false` and a number of more than 32 bits cannot be read;
/// elements that are no member of [`Image`] are passed over. Texts are kept as they came; absent and empty differ.
///
/// An answer with a `nextToken` cannot be read, since it is not all: what this crate asks for fits one page, and an image
/// on another page must not pass for one that does not exist.
///
/// Time is linear, and memory too: at worst about 75 bytes for a byte of the body, so 75 MiB for one of
/// [`BODY_LIMIT`](crate::wire::xml::BODY_LIMIT).
///
/// # Errors
/// What the service said, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Vec<Image>, RegisterImageError> {
    match read_answer(response.body().as_ref(), response.status(), "DescribeImagesResponse", read_images) {
        Ok(Ok(images)) => Ok(images),
        Ok(Err(failure)) => Err(failure.of(response)),
        Err(fault) => Err(fault.of(response).into()),
    }
}

fn read_images<'a>(reader: &mut Reader<'a>, root: &Element<'a>) -> Result<Vec<Image>, DecodeFault> {
    let mut images = None;
    while let Some(element) = next_child(reader, root)? {
        match name_beside(root, &element) {
            "imagesSet" => once(&mut images, &element, list(reader, root, &element, read_image)?)?,
            "nextToken" if read_trimmed(reader, &element)?.is_some() => {
                return Err(DecodeFault::at(element.offset, UnreadableReason::MorePages));
            }
            // Read above, and empty.
            "nextToken" => {}
            // A success and an error in one is neither.
            "Errors" | "Error" => return Err(DecodeFault::at(element.offset, UnreadableReason::Contradictory)),
            _ => reader.skip(&element)?,
        }
    }
    images.ok_or_else(|| DecodeFault::at(root.offset, UnreadableReason::MissingImages))
}

fn read_image<'a>(reader: &mut Reader<'a>, root: &Element<'a>, item: &Element<'a>) -> Result<Image, DecodeFault> {
    let mut image = Image::new("");
    let mut id = None;
    while let Some(it) = next_child(reader, item)? {
        match name_beside(root, &it) {
            "imageId" => {
                let text = read_trimmed(reader, &it)?;
                let text = text.ok_or_else(|| DecodeFault::at(it.offset, UnreadableReason::EmptyImageId))?;
                once(&mut id, &it, ImageId::new(text))?;
            }
            "name" => text(reader, &it, &mut image.name)?,
            "imageOwnerId" => text(reader, &it, &mut image.owner_id)?,
            "imageState" => text(reader, &it, &mut image.state)?,
            "stateReason" => once(&mut image.state_reason, &it, read_state_reason(reader, root, &it)?)?,
            "sourceImageId" => text(reader, &it, &mut image.source_image_id)?,
            "sourceInstanceId" => text(reader, &it, &mut image.source_instance_id)?,
            "description" => text(reader, &it, &mut image.description)?,
            "architecture" => text(reader, &it, &mut image.architecture)?,
            "virtualizationType" => text(reader, &it, &mut image.virtualization_type)?,
            "rootDeviceType" => text(reader, &it, &mut image.root_device_type)?,
            "rootDeviceName" => text(reader, &it, &mut image.root_device_name)?,
            "kernelId" => text(reader, &it, &mut image.kernel_id)?,
            "ramdiskId" => text(reader, &it, &mut image.ramdisk_id)?,
            "bootMode" => text(reader, &it, &mut image.boot_mode)?,
            "tpmSupport" => text(reader, &it, &mut image.tpm_support)?,
            "imdsSupport" => text(reader, &it, &mut image.imds_support)?,
            "enaSupport" => value(reader, &it, &mut image.ena_support)?,
            "sriovNetSupport" => text(reader, &it, &mut image.sriov_net_support)?,
            "blockDeviceMapping" => {
                once(&mut image.block_device_mappings, &it, list(reader, root, &it, read_mapping)?)?;
            }
            "tagSet" => once(&mut image.tags, &it, list(reader, root, &it, read_tag)?)?,
            "productCodes" => once(&mut image.product_codes, &it, list(reader, root, &it, read_product_code)?)?,
            "imageLocation" => text(reader, &it, &mut image.image_location)?,
            "creationDate" => text(reader, &it, &mut image.creation_date)?,
            "platformDetails" => text(reader, &it, &mut image.platform_details)?,
            _ => reader.skip(&it)?,
        }
    }
    image.id = id.ok_or_else(|| DecodeFault::at(item.offset, UnreadableReason::MissingImageId))?;
    Ok(image)
}

/// The message of the reason, or else its code.
fn read_state_reason<'a>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    parent: &Element<'a>,
) -> Result<String, DecodeFault> {
    let (mut code, mut message) = (None, None);
    while let Some(it) = next_child(reader, parent)? {
        match name_beside(root, &it) {
            "code" => text(reader, &it, &mut code)?,
            "message" => text(reader, &it, &mut message)?,
            _ => reader.skip(&it)?,
        }
    }
    Ok(message.or(code).unwrap_or_default())
}

fn read_mapping<'a>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    item: &Element<'a>,
) -> Result<ImageBlockDeviceMapping, DecodeFault> {
    let mut mapping = ImageBlockDeviceMapping::default();
    while let Some(it) = next_child(reader, item)? {
        match name_beside(root, &it) {
            "deviceName" => text(reader, &it, &mut mapping.device_name)?,
            "virtualName" => text(reader, &it, &mut mapping.virtual_name)?,
            "ebs" => once(&mut mapping.ebs, &it, read_ebs(reader, root, &it)?)?,
            "noDevice" => text(reader, &it, &mut mapping.no_device)?,
            _ => reader.skip(&it)?,
        }
    }
    Ok(mapping)
}

fn read_ebs<'a>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    parent: &Element<'a>,
) -> Result<ImageEbsBlockDevice, DecodeFault> {
    let mut ebs = ImageEbsBlockDevice::default();
    while let Some(it) = next_child(reader, parent)? {
        match name_beside(root, &it) {
            "deleteOnTermination" => value(reader, &it, &mut ebs.delete_on_termination)?,
            "iops" => value(reader, &it, &mut ebs.iops)?,
            "snapshotId" => text(reader, &it, &mut ebs.snapshot_id)?,
            "volumeSize" => value(reader, &it, &mut ebs.volume_size)?,
            "volumeType" => text(reader, &it, &mut ebs.volume_type)?,
            "throughput" => value(reader, &it, &mut ebs.throughput)?,
            "outpostArn" => text(reader, &it, &mut ebs.outpost_arn)?,
            "encrypted" => value(reader, &it, &mut ebs.encrypted)?,
            _ => reader.skip(&it)?,
        }
    }
    Ok(ebs)
}

fn read_tag<'a>(reader: &mut Reader<'a>, root: &Element<'a>, item: &Element<'a>) -> Result<Tag, DecodeFault> {
    let mut tag = Tag::default();
    while let Some(it) = next_child(reader, item)? {
        match name_beside(root, &it) {
            "key" => text(reader, &it, &mut tag.key)?,
            "value" => text(reader, &it, &mut tag.value)?,
            _ => reader.skip(&it)?,
        }
    }
    Ok(tag)
}

fn read_product_code<'a>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    item: &Element<'a>,
) -> Result<ProductCode, DecodeFault> {
    let mut code = ProductCode::default();
    while let Some(it) = next_child(reader, item)? {
        match name_beside(root, &it) {
            "productCode" => text(reader, &it, &mut code.id)?,
            "type" => text(reader, &it, &mut code.product_code_type)?,
            _ => reader.skip(&it)?,
        }
    }
    Ok(code)
}

/// The items of a list.
fn list<'a, T>(
    reader: &mut Reader<'a>,
    root: &Element<'a>,
    parent: &Element<'a>,
    read_item: impl Fn(&mut Reader<'a>, &Element<'a>, &Element<'a>) -> Result<T, DecodeFault>,
) -> Result<Vec<T>, DecodeFault> {
    let mut items = Vec::new();
    while let Some(element) = next_child(reader, parent)? {
        match name_beside(root, &element) {
            "item" => items.push(read_item(reader, root, &element)?),
            _ => reader.skip(&element)?,
        }
    }
    Ok(items)
}

fn text<'a, T: From<String>>(
    reader: &mut Reader<'a>,
    it: &Element<'a>,
    member: &mut Option<T>,
) -> Result<(), DecodeFault> {
    let text = reader.text(it)?.into_owned();
    once(member, it, text.into())
}

/// A number or a boolean.
fn value<'a, T: FromStr>(reader: &mut Reader<'a>, it: &Element<'a>, member: &mut Option<T>) -> Result<(), DecodeFault> {
    let text = read_trimmed(reader, it)?.unwrap_or_default();
    // The standard library would take a plus sign.
    let value = if text.starts_with('+') { None } else { text.parse().ok() };
    once(member, it, value.ok_or_else(|| DecodeFault::at(it.offset, UnreadableReason::MalformedValue))?)
}

/// Sets a member that was not there yet.
fn once<T>(member: &mut Option<T>, it: &Element<'_>, value: T) -> Result<(), DecodeFault> {
    match member.replace(value) {
        None => Ok(()),
        Some(_) => Err(DecodeFault::at(it.offset, UnreadableReason::DuplicateElement)),
    }
}
