//! Requests, both ways.

use aws_sdk_ec2::operation::register_image::RegisterImageInput;
use aws_sdk_ec2::operation::register_image::builders::RegisterImageInputBuilder;
use aws_sdk_ec2::types as sdk;
use aws_sdk_ec2::types::builders::{
    BlockDeviceMappingBuilder, EbsBlockDeviceBuilder, TagBuilder, TagSpecificationBuilder,
};
use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, TagMember, TagSpecificationMember,
};
use ec2_register_image::types::UefiData;
use ec2_register_image::{BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest, Tag, TagSpecification};

use crate::values::{copy, list, same, structure, text};

/// Defines the conversions of a structure: a row is the member, its field, the SDK's setter, and a conversion for each way.
///
/// A member that the rows lack, or have in another order, does not compile.
macro_rules! both_ways {
    (
        $ours:ident, $member:ident, $sdk:ty, $builder:ident, $to:ident, $from:ident, $fields:ident;
        $($variant:ident $field:ident $set:ident: $out:expr, $into:expr;)+
    ) => {
        const _: () = {
            let mut names = [""; $member::ALL.len()];
            let mut at = 0;
            while at < names.len() {
                names[at] = $member::ALL[at].name();
                at += 1;
            }
            assert!(same(&names, &[$(stringify!($variant)),+]), "a member of ec2-register-image has no row");
        };

        fn $to(ours: &$ours) -> $builder {
            $builder::default()$(.$set($out(&ours.$field)))+
        }

        pub(crate) fn $from(theirs: &$sdk) -> $ours {
            let mut ours = $ours::default();
            $(ours.$field = $into(&theirs.$field);)+
            ours
        }

        #[cfg(test)]
        const $fields: &[&str] = &[$(stringify!($field)),+];
    };
}

both_ways! {
    RegisterImageRequest, RequestMember, RegisterImageInput, RegisterImageInputBuilder,
    request_to_sdk, request_from_sdk, REQUEST_FIELDS;
    ImageLocation image_location set_image_location: text, text;
    BillingProducts billing_products set_billing_products: list(ToString::to_string), list(|it: &String| it.as_str().into());
    BootMode boot_mode set_boot_mode: text, text;
    TpmSupport tpm_support set_tpm_support: text, text;
    UefiData uefi_data set_uefi_data: structure(|it: &UefiData| it.as_base64().to_owned()), structure(|it: &String| UefiData::from_base64(it.as_str()));
    ImdsSupport imds_support set_imds_support: text, text;
    TagSpecifications tag_specifications set_tag_specifications:
        list(|it| tag_specification_to_sdk(it).build()), list(tag_specification_from_sdk);
    DryRun dry_run set_dry_run: copy, copy;
    Name name set_name: text, text;
    Description description set_description: text, text;
    Architecture architecture set_architecture: text, text;
    KernelId kernel_id set_kernel_id: text, text;
    RamdiskId ramdisk_id set_ramdisk_id: text, text;
    RootDeviceName root_device_name set_root_device_name: text, text;
    BlockDeviceMappings block_device_mappings set_block_device_mappings:
        list(|it| mapping_to_sdk(it).build()), list(mapping_from_sdk);
    VirtualizationType virtualization_type set_virtualization_type: text, text;
    SriovNetSupport sriov_net_support set_sriov_net_support: text, text;
    EnaSupport ena_support set_ena_support: copy, copy;
}

both_ways! {
    BlockDeviceMapping, BlockDeviceMappingMember, sdk::BlockDeviceMapping, BlockDeviceMappingBuilder,
    mapping_to_sdk, mapping_from_sdk, MAPPING_FIELDS;
    Ebs ebs set_ebs: structure(|it| ebs_to_sdk(it).build()), structure(ebs_from_sdk);
    NoDevice no_device set_no_device: text, text;
    DeviceName device_name set_device_name: text, text;
    VirtualName virtual_name set_virtual_name: text, text;
}

both_ways! {
    EbsBlockDevice, EbsBlockDeviceMember, sdk::EbsBlockDevice, EbsBlockDeviceBuilder,
    ebs_to_sdk, ebs_from_sdk, EBS_FIELDS;
    DeleteOnTermination delete_on_termination set_delete_on_termination: copy, copy;
    Iops iops set_iops: copy, copy;
    SnapshotId snapshot_id set_snapshot_id: text, text;
    VolumeSize volume_size set_volume_size: copy, copy;
    VolumeType volume_type set_volume_type: text, text;
    KmsKeyId kms_key_id set_kms_key_id: text, text;
    Throughput throughput set_throughput: copy, copy;
    OutpostArn outpost_arn set_outpost_arn: text, text;
    AvailabilityZone availability_zone set_availability_zone: text, text;
    Encrypted encrypted set_encrypted: copy, copy;
    VolumeInitializationRate volume_initialization_rate set_volume_initialization_rate: copy, copy;
    AvailabilityZoneId availability_zone_id set_availability_zone_id: text, text;
    EbsCardIndex ebs_card_index set_ebs_card_index: copy, copy;
}

both_ways! {
    TagSpecification, TagSpecificationMember, sdk::TagSpecification, TagSpecificationBuilder,
    tag_specification_to_sdk, tag_specification_from_sdk, TAG_SPECIFICATION_FIELDS;
    ResourceType resource_type set_resource_type: text, text;
    Tags tags set_tags: list(|it| tag_to_sdk(it).build()), list(tag_from_sdk);
}

both_ways! {
    Tag, TagMember, sdk::Tag, TagBuilder, tag_to_sdk, tag_from_sdk, TAG_FIELDS;
    Key key set_key: text, text;
    Value value set_value: text, text;
}

/// Returns the request as the SDK's builder, whose `send_with` sends it and whose `build` returns the input.
///
/// It loses nothing: absent, empty, `false` and `0` stay different, and so do empty lists and empty structures, which
/// neither encoder sends. Enum values keep their spelling.
///
/// ```
/// use aws_sdk_ec2::types::BootModeValues;
/// use ec2_register_image::RegisterImageRequest;
///
/// let request: RegisterImageRequest =
///     serde_json::from_str(r#"{"Name": "web", "BootMode": "uefi"}"#)?;
/// let input = ec2_register_image_sdk::to_sdk(&request).build()?;
/// assert_eq!(input.boot_mode(), Some(&BootModeValues::Uefi));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn to_sdk(request: &RegisterImageRequest) -> RegisterImageInputBuilder {
    request_to_sdk(request)
}

/// Returns the SDK's input as a request, to check, encode or preview it.
///
/// ```
/// use aws_sdk_ec2::operation::register_image::RegisterImageInput;
///
/// let input = RegisterImageInput::builder().name("ab").build()?;
/// let report = ec2_register_image_sdk::from_sdk(&input)?.check();
/// assert_eq!(report.errors().next().unwrap().rule().id, "name-length");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the input has a member that this version does not know, because the SDK is newer.
pub fn from_sdk(input: &RegisterImageInput) -> Result<RegisterImageRequest, UnknownMember> {
    let request = request_from_sdk(input);
    match to_sdk(&request).build() {
        Ok(back) if back == *input => Ok(request),
        _ => Err(UnknownMember),
    }
}

/// The SDK's input has a member that this version of the conversions does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownMember;

impl std::fmt::Display for UnknownMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the input has a member that ec2-register-image does not know; update ec2-register-image-sdk")
    }
}

impl std::error::Error for UnknownMember {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::assert_fields;

    #[test]
    fn every_field_of_the_sdk_has_a_row() {
        assert_fields(&format!("{:?}", RegisterImageInput::builder().build().unwrap()), REQUEST_FIELDS);
        assert_fields(&format!("{:?}", sdk::BlockDeviceMapping::builder().build()), MAPPING_FIELDS);
        assert_fields(&format!("{:?}", sdk::EbsBlockDevice::builder().build()), EBS_FIELDS);
        assert_fields(&format!("{:?}", sdk::TagSpecification::builder().build()), TAG_SPECIFICATION_FIELDS);
        assert_fields(&format!("{:?}", sdk::Tag::builder().build()), TAG_FIELDS);
    }
}
