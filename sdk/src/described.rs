//! What EC2 describes: images and snapshots.

use aws_sdk_ec2::types as sdk;
use ec2_register_image::model::{
    Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, ProductCode, Snapshot, StateReason,
};

use crate::request::tag_from_sdk;
use crate::values::{copy, list, nothing, same, structure, text, time};

/// Defines the conversion of a structure: a row is the member, its field, the SDK's field, and the conversion.
///
/// A member that the rows lack, or have in another order, does not compile. The list at the end names the
/// fields of the SDK that `ec2-register-image` does not have.
macro_rules! from_sdk {
    (
        $ours:ident, $sdk:ty, $fill:ident, $fields:ident $(, $id:ident)?;
        $($variant:ident $field:ident: $convert:expr, $($theirs:ident)?;)+
        [$($ignored:ident)*]
    ) => {
        const _: () = assert!(
            same($ours::MEMBERS, &[$(stringify!($id),)? $(stringify!($variant)),+]),
            "a member of ec2-register-image has no row",
        );

        fn $fill(ours: &mut $ours, theirs: &$sdk) {
            $(ours.$field = $convert(from_sdk!(@ theirs $($theirs)?));)+
        }

        #[cfg(test)]
        const $fields: &[&str] = &[$($(stringify!($theirs),)?)+ $(stringify!($ignored)),*];
    };
    (@ $from:ident $theirs:ident) => { &$from.$theirs };
    (@ $from:ident) => { () };
}

from_sdk! {
    Snapshot, sdk::Snapshot, fill_snapshot, SNAPSHOT_FIELDS, SnapshotId;
    VolumeSize volume_size: copy, volume_size;
    State state: text, state;
    StateMessage state_message: text, state_message;
    Progress progress: text, progress;
    OwnerId owner_id: text, owner_id;
    Encrypted encrypted: copy, encrypted;
    KmsKeyId kms_key_id: text, kms_key_id;
    StorageTier storage_tier: text, storage_tier;
    RestoreExpiryTime restore_expiry_time: time, restore_expiry_time;
    OutpostArn outpost_arn: text, outpost_arn;
    AvailabilityZone availability_zone: text, availability_zone;
    // The SDK of this version does not have them.
    AssociatedKmsKeys associated_kms_keys: nothing, ;
    // DescribeSnapshotAttribute returns them.
    ProductCodes product_codes: nothing, ;
    [
        completion_duration_minutes completion_time data_encryption_key_id description
        full_snapshot_size_in_bytes owner_alias snapshot_id sse_type start_time tags transfer_type volume_id
    ]
}

from_sdk! {
    Image, sdk::Image, fill_image, IMAGE_FIELDS, ImageId;
    Name name: text, name;
    OwnerId owner_id: text, owner_id;
    State state: text, state;
    StateReason state_reason: structure(state_reason), state_reason;
    SourceImageId source_image_id: text, source_image_id;
    SourceInstanceId source_instance_id: text, source_instance_id;
    Description description: text, description;
    Architecture architecture: text, architecture;
    VirtualizationType virtualization_type: text, virtualization_type;
    RootDeviceType root_device_type: text, root_device_type;
    RootDeviceName root_device_name: text, root_device_name;
    KernelId kernel_id: text, kernel_id;
    RamdiskId ramdisk_id: text, ramdisk_id;
    BootMode boot_mode: text, boot_mode;
    TpmSupport tpm_support: text, tpm_support;
    ImdsSupport imds_support: text, imds_support;
    EnaSupport ena_support: copy, ena_support;
    SriovNetSupport sriov_net_support: text, sriov_net_support;
    BlockDeviceMappings block_device_mappings: list(image_mapping), block_device_mappings;
    Tags tags: list(tag_from_sdk), tags;
    ProductCodes product_codes: list(product_code), product_codes;
    ImageLocation image_location: text, image_location;
    CreationDate creation_date: text, creation_date;
    PlatformDetails platform_details: text, platform_details;
    [
        deprecation_time deregistration_protection free_tier_eligible hypervisor image_allowed image_id image_owner_alias image_type
        image_watermarks instance_type_specification last_launched_time platform public public_ssm_parameter_name scan_results
        source_image_region usage_operation
    ]
}

from_sdk! {
    StateReason, sdk::StateReason, fill_state_reason, STATE_REASON_FIELDS;
    Code code: text, code;
    Message message: text, message;
    []
}

from_sdk! {
    ImageBlockDeviceMapping, sdk::BlockDeviceMapping, fill_image_mapping, IMAGE_MAPPING_FIELDS;
    DeviceName device_name: text, device_name;
    VirtualName virtual_name: text, virtual_name;
    Ebs ebs: structure(image_ebs), ebs;
    NoDevice no_device: text, no_device;
    []
}

from_sdk! {
    ImageEbsBlockDevice, sdk::EbsBlockDevice, fill_image_ebs, IMAGE_EBS_FIELDS;
    DeleteOnTermination delete_on_termination: copy, delete_on_termination;
    Iops iops: copy, iops;
    SnapshotId snapshot_id: text, snapshot_id;
    VolumeSize volume_size: copy, volume_size;
    VolumeType volume_type: text, volume_type;
    Throughput throughput: copy, throughput;
    OutpostArn outpost_arn: text, outpost_arn;
    Encrypted encrypted: copy, encrypted;
    [
        availability_zone availability_zone_id ebs_card_index kms_key_id volume_initialization_rate
    ]
}

from_sdk! {
    ProductCode, sdk::ProductCode, fill_product_code, PRODUCT_CODE_FIELDS;
    ProductCodeId id: text, product_code_id;
    ProductCodeType product_code_type: text, product_code_type;
    []
}

/// Converts a structure that has no ID.
macro_rules! without_id {
    ($($function:ident: $sdk:ty => $ours:ident, $fill:ident;)+) => {$(
        pub(crate) fn $function(theirs: &$sdk) -> $ours {
            let mut ours = $ours::default();
            $fill(&mut ours, theirs);
            ours
        }
    )+};
}

without_id! {
    state_reason: sdk::StateReason => StateReason, fill_state_reason;
    image_mapping: sdk::BlockDeviceMapping => ImageBlockDeviceMapping, fill_image_mapping;
    image_ebs: sdk::EbsBlockDevice => ImageEbsBlockDevice, fill_image_ebs;
    product_code: sdk::ProductCode => ProductCode, fill_product_code;
}

/// Returns a snapshot that the SDK describes, or `None` if it has no ID.
///
/// Its product codes are unknown, because only DescribeSnapshotAttribute returns them.
///
/// ```
/// use aws_sdk_ec2::types::Snapshot;
///
/// let described = Snapshot::builder().snapshot_id("snap-0123456789abcdef0").volume_size(8);
/// let snapshot = ec2_register_image_sdk::snapshot(&described.build()).unwrap();
/// assert_eq!(snapshot.volume_size, Some(8));
/// ```
#[must_use]
pub fn snapshot(snapshot: &sdk::Snapshot) -> Option<Snapshot> {
    let mut ours = Snapshot::new(snapshot.snapshot_id().filter(|id| !id.is_empty())?);
    fill_snapshot(&mut ours, snapshot);
    Some(ours)
}

/// Returns an image that the SDK describes, or `None` if it has no ID.
///
/// ```
/// use aws_sdk_ec2::types::Image;
///
/// let described = Image::builder().image_id("ami-0123456789abcdef0").name("web").build();
/// let image = ec2_register_image_sdk::image(&described).unwrap();
/// assert_eq!(image.name.unwrap(), "web");
/// ```
#[must_use]
pub fn image(image: &sdk::Image) -> Option<Image> {
    let mut ours = Image::new(image.image_id().filter(|id| !id.is_empty())?);
    fill_image(&mut ours, image);
    Some(ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::assert_fields;

    #[test]
    fn every_field_of_the_sdk_has_a_row_or_is_ignored() {
        assert_fields(&format!("{:?}", sdk::Snapshot::builder().build()), SNAPSHOT_FIELDS);
        assert_fields(&format!("{:?}", sdk::Image::builder().build()), IMAGE_FIELDS);
        assert_fields(&format!("{:?}", sdk::StateReason::builder().build()), STATE_REASON_FIELDS);
        assert_fields(&format!("{:?}", sdk::BlockDeviceMapping::builder().build()), IMAGE_MAPPING_FIELDS);
        assert_fields(&format!("{:?}", sdk::EbsBlockDevice::builder().build()), IMAGE_EBS_FIELDS);
        assert_fields(&format!("{:?}", sdk::ProductCode::builder().build()), PRODUCT_CODE_FIELDS);
    }
}
