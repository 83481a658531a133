//! A request from an image that exists.

use alloc::vec::Vec;

use super::RegisterImage;
use crate::model::{
    BlockDeviceMapping, EbsBlockDevice, Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, RegisterImageRequest,
    RootDeviceType, Tag, split_marker,
};
use crate::types::{ImageName, SnapshotId, VolumeType};

impl RegisterImage {
    /// Continues with a request that registers an image like this one under another name.
    ///
    /// The mappings of a described image cannot be sent as they are: each states `Encrypted`, which EC2 rejects next to a
    /// snapshot. This function omits it there, and settings that the volume type does not have. The other settings of
    /// the builder apply on top.
    ///
    /// ```
    /// use ec2_register_image::builder::RegisterImage;
    /// use ec2_register_image::model::Image;
    /// use ec2_register_image::types::ImdsSupport;
    ///
    /// let image: Image = serde_json::from_str(
    ///     r#"{"ImageId": "ami-0123456789abcdef0", "Name": "web-1", "RootDeviceType": "ebs",
    ///         "Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true,
    ///         "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{
    ///             "DeviceName": "/dev/xvda",
    ///             "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8,
    ///                 "VolumeType": "gp3", "Iops": 3000, "Throughput": 125, "Encrypted": true}
    ///         }]}"#,
    /// )?;
    /// // The same image, which requires IMDSv2.
    /// let valid = RegisterImage::from_image("web-1-imdsv2", &image)
    ///     .imds_support(ImdsSupport::V2_0)
    ///     .validate()?;
    /// assert_eq!(valid.warnings().count(), 0);
    /// let mappings = valid.request().block_device_mappings.as_ref().unwrap();
    /// assert_eq!(mappings[0].ebs.as_ref().unwrap().encrypted, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # What is lost
    ///
    /// - What DescribeImages does not return: UEFI data, billing product codes, and of a mapping `KmsKeyId`,
    ///   `AvailabilityZone`, `AvailabilityZoneId`, `VolumeInitializationRate` and `EbsCardIndex`.
    /// - What no request can set: launch permissions, deprecation, deregistration protection, and the source of the image.
    ///   EC2 derives product codes and billing details from the snapshots. If they lack the details, an image of Windows,
    ///   Red Hat, SUSE or SQL Server loses them; copy such an image with CopyImage.
    /// - Tags that the request cannot have, whose keys start with `aws:`, and
    ///   [content-bound markers](Self::content_marker), which are about the old request. Replace other marker tags
    ///   yourself.
    ///
    /// A member that is unknown is absent from the request, so EC2's default applies. The request is not validated: an
    /// image of another account, for example, has snapshots that only that account can use.
    pub fn from_image(name: impl Into<ImageName>, image: &Image) -> Self {
        let is_s3_backed = image.root_device_type == Some(RootDeviceType::INSTANCE_STORE);
        let mut request = RegisterImageRequest {
            name: Some(name.into()),
            description: image.description.clone().filter(|text| !text.is_empty()),
            architecture: image.architecture.clone(),
            virtualization_type: image.virtualization_type.clone(),
            // For an EBS-backed image this is the owner and the name.
            image_location: image.image_location.clone().filter(|_| is_s3_backed),
            root_device_name: image.root_device_name.clone().filter(|name| !name.as_str().is_empty()),
            kernel_id: image.kernel_id.clone(),
            ramdisk_id: image.ramdisk_id.clone(),
            boot_mode: image.boot_mode.clone(),
            tpm_support: image.tpm_support.clone(),
            imds_support: image.imds_support.clone(),
            ena_support: image.ena_support,
            sriov_net_support: image.sriov_net_support.clone(),
            ..RegisterImageRequest::default()
        };
        let mappings: Vec<_> = image.block_device_mappings.iter().flatten().map(mapping).collect();
        request.block_device_mappings = (!mappings.is_empty()).then_some(mappings);
        let tags = image.tags.iter().flatten().filter(|tag| can_be_set(tag));
        let pairs = tags.map(|tag| (tag.key.clone().unwrap_or_default(), tag.value.clone().unwrap_or_default()));
        Self { request, content_marker: None }.tags(pairs)
    }
}

/// Whether a tag is the caller's own and independent of the request.
fn can_be_set(tag: &Tag) -> bool {
    let is_reserved = tag.key.as_deref().is_some_and(|key| key.starts_with("aws:"));
    !is_reserved && tag.value.as_deref().and_then(split_marker).is_none()
}

fn mapping(described: &ImageBlockDeviceMapping) -> BlockDeviceMapping {
    let ImageBlockDeviceMapping { device_name, virtual_name, ebs, no_device } = described;
    BlockDeviceMapping {
        device_name: device_name.clone(),
        virtual_name: virtual_name.clone(),
        ebs: ebs.as_ref().map(volume),
        no_device: no_device.clone(),
    }
}

fn volume(described: &ImageEbsBlockDevice) -> EbsBlockDevice {
    let ImageEbsBlockDevice {
        delete_on_termination,
        iops,
        snapshot_id,
        volume_size,
        volume_type,
        throughput,
        outpost_arn,
        encrypted,
    } = described;
    let snapshot_id = snapshot_id.clone().filter(|id: &SnapshotId| !id.as_str().is_empty());
    // For these types DescribeImages may show what the volume has, which a request cannot set.
    let has_no_throughput = volume_type.as_ref().is_some_and(|it| it.is_known() && *it != VolumeType::GP3);
    let has_no_iops = has_no_throughput && !matches!(volume_type, Some(VolumeType::IO1 | VolumeType::IO2));
    EbsBlockDevice {
        delete_on_termination: *delete_on_termination,
        iops: iops.filter(|_| !has_no_iops),
        volume_size: *volume_size,
        volume_type: volume_type.clone(),
        throughput: throughput.filter(|_| !has_no_throughput),
        outpost_arn: outpost_arn.clone().filter(|_| snapshot_id.is_some()),
        encrypted: encrypted.filter(|_| snapshot_id.is_none()),
        snapshot_id,
        ..EbsBlockDevice::default()
    }
}
