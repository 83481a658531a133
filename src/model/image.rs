//! An image as DescribeImages tells it.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ProductCode, Tag};
use crate::schema::{DocumentItem, object, objects, update};
use crate::types::{
    Architecture, BootMode, DeviceName, ImageId, ImageLocation, ImageName, ImageState, ImdsSupport, KernelId,
    OutpostArn, RamdiskId, SnapshotId, SriovNetSupport, TpmSupport, VirtualName, VirtualizationType, VolumeType,
    open_enum,
};

/// An image in the Region, as
/// [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html) has it.
///
/// Every member but the id may be unknown. As JSON it is what `aws ec2 describe-images` prints; members that are not
/// listed here are ignored. [`wire::images`](crate::wire::images) reads the XML.
///
/// ```
/// use ec2_register_image::Facts;
/// use ec2_register_image::model::RootDeviceType;
///
/// let facts: Facts = serde_json::from_str(r#"{"Images": [{
///     "ImageId": "ami-0123456789abcdef0", "Name": "web", "RootDeviceType": "ebs", "Hypervisor": "xen",
///     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": false}}]
/// }]}"#)?;
/// let image = &facts.images.unwrap()[0];
/// assert_eq!(image.root_device_type, Some(RootDeviceType::EBS));
/// let root = image.block_device_mappings.as_ref().unwrap()[0].ebs.as_ref().unwrap();
/// assert_eq!((root.volume_size, root.encrypted), (Some(8), Some(false)));
/// // Nobody said anything of its boot mode.
/// assert_eq!(image.boot_mode, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Image {
    /// Member `ImageId`.
    #[serde(rename = "ImageId")]
    pub id: ImageId,
    /// Member `Name`.
    pub name: Option<ImageName>,
    /// The account that owns it. Member `OwnerId`.
    pub owner_id: Option<String>,
    /// Member `State`.
    pub state: Option<ImageState>,
    /// Why the image is in its state. Member `StateReason`; its text, or else its code.
    #[serde(default, serialize_with = "write_state_reason", deserialize_with = "state_reason")]
    pub state_reason: Option<String>,
    /// The image that CopyImage copied; RegisterImage never sets it. Member `SourceImageId`.
    pub source_image_id: Option<ImageId>,
    /// The instance from which CreateImage made the image; RegisterImage never sets it. Member `SourceInstanceId`.
    pub source_instance_id: Option<String>,
    /// Member `Description`.
    pub description: Option<String>,
    /// Member `Architecture`.
    pub architecture: Option<Architecture>,
    /// Member `VirtualizationType`.
    pub virtualization_type: Option<VirtualizationType>,
    /// What the root volume is. Member `RootDeviceType`.
    pub root_device_type: Option<RootDeviceType>,
    /// Member `RootDeviceName`.
    pub root_device_name: Option<DeviceName>,
    /// Member `KernelId`.
    pub kernel_id: Option<KernelId>,
    /// Member `RamdiskId`.
    pub ramdisk_id: Option<RamdiskId>,
    /// Member `BootMode`.
    pub boot_mode: Option<BootMode>,
    /// Member `TpmSupport`.
    pub tpm_support: Option<TpmSupport>,
    /// Member `ImdsSupport`.
    pub imds_support: Option<ImdsSupport>,
    /// Member `EnaSupport`.
    pub ena_support: Option<bool>,
    /// Member `SriovNetSupport`.
    pub sriov_net_support: Option<SriovNetSupport>,
    /// The volumes; an empty list is none. Member `BlockDeviceMappings`.
    #[serde(default, deserialize_with = "objects")]
    pub block_device_mappings: Option<Vec<ImageBlockDeviceMapping>>,
    /// Tags; an empty list is none. Member `Tags`.
    #[serde(default, deserialize_with = "tags")]
    pub tags: Option<Vec<Tag>>,
    /// Product codes; an empty list is none. Member `ProductCodes`.
    #[serde(default, deserialize_with = "objects")]
    pub product_codes: Option<Vec<ProductCode>>,
    /// `OWNER/NAME` of an EBS-backed image, the path of the manifest of another. Member `ImageLocation`.
    pub image_location: Option<ImageLocation>,
    /// When it was registered, such as `2026-11-23T10:00:00.000Z`. Member `CreationDate`.
    pub creation_date: Option<String>,
    /// What its licences are billed as, such as `Linux/UNIX`. Member `PlatformDetails`.
    pub platform_details: Option<String>,
}

impl Image {
    /// The image of this id, of which nothing else is known.
    #[must_use]
    pub fn new(id: impl Into<ImageId>) -> Self {
        Self {
            id: id.into(),
            name: None,
            owner_id: None,
            state: None,
            state_reason: None,
            source_image_id: None,
            source_instance_id: None,
            description: None,
            architecture: None,
            virtualization_type: None,
            root_device_type: None,
            root_device_name: None,
            kernel_id: None,
            ramdisk_id: None,
            boot_mode: None,
            tpm_support: None,
            imds_support: None,
            ena_support: None,
            sriov_net_support: None,
            block_device_mappings: None,
            tags: None,
            product_codes: None,
            image_location: None,
            creation_date: None,
            platform_details: None,
        }
    }

    /// Whether instances can be launched from it, now or once it is complete: `available` and `pending` images are usable.
    ///
    /// Unknown where the state is absent, `transient` (which AWS does not explain) or one that AWS added later.
    #[must_use]
    pub fn is_usable(&self) -> Option<bool> {
        match self.state.as_ref()?.as_str() {
            "available" | "pending" => Some(true),
            "failed" | "invalid" | "error" | "disabled" | "deregistered" => Some(false),
            _ => None,
        }
    }

    /// Whether CopyImage or CreateImage created it, so RegisterImage did not.
    #[must_use]
    pub fn has_source(&self) -> bool {
        let is_set = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        is_set(self.source_image_id.as_ref().map(ImageId::as_str)) || is_set(self.source_instance_id.as_deref())
    }

    /// Whether this has the members that DescribeImages always shows, so that others that it lacks are not set. Of an image
    /// that is pending, some may show later.
    pub(crate) fn is_described(&self) -> bool {
        self.state != Some(ImageState::PENDING)
            && self.architecture.is_some()
            && self.root_device_type.is_some()
            && self.block_device_mappings.is_some()
    }
}

impl DocumentItem for Image {
    type Id = ImageId;

    fn id(&self) -> &ImageId {
        &self.id
    }

    fn update(&mut self, later: Self) {
        // Taken apart, so that a new member cannot be forgotten.
        let Self {
            id: _,
            name,
            owner_id,
            state,
            state_reason,
            source_image_id,
            source_instance_id,
            description,
            architecture,
            virtualization_type,
            root_device_type,
            root_device_name,
            kernel_id,
            ramdisk_id,
            boot_mode,
            tpm_support,
            imds_support,
            ena_support,
            sriov_net_support,
            block_device_mappings,
            tags,
            product_codes,
            image_location,
            creation_date,
            platform_details,
        } = later;
        update(&mut self.name, name);
        update(&mut self.owner_id, owner_id);
        update(&mut self.state, state);
        update(&mut self.state_reason, state_reason);
        update(&mut self.source_image_id, source_image_id);
        update(&mut self.source_instance_id, source_instance_id);
        update(&mut self.description, description);
        update(&mut self.architecture, architecture);
        update(&mut self.virtualization_type, virtualization_type);
        update(&mut self.root_device_type, root_device_type);
        update(&mut self.root_device_name, root_device_name);
        update(&mut self.kernel_id, kernel_id);
        update(&mut self.ramdisk_id, ramdisk_id);
        update(&mut self.boot_mode, boot_mode);
        update(&mut self.tpm_support, tpm_support);
        update(&mut self.imds_support, imds_support);
        update(&mut self.ena_support, ena_support);
        update(&mut self.sriov_net_support, sriov_net_support);
        update(&mut self.block_device_mappings, block_device_mappings);
        update(&mut self.tags, tags);
        update(&mut self.product_codes, product_codes);
        update(&mut self.image_location, image_location);
        update(&mut self.creation_date, creation_date);
        update(&mut self.platform_details, platform_details);
    }
}

open_enum! {
    /// What the root volume of an image is; EC2 derives it. Name in the answer: `RootDeviceType`.
    RootDeviceType as RootDeviceTypeValue {
        /// An EBS volume, made from a snapshot.
        EBS ImageEbsBlockDevice = "ebs" [],
        /// The instance's own disk, filled from S3.
        INSTANCE_STORE InstanceStore = "instance-store" [],
    }
}

/// A volume of an image, described or to be. See
/// [`BlockDeviceMapping`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImageBlockDeviceMapping {
    /// The device.
    pub device_name: Option<DeviceName>,
    /// The instance store volume.
    pub virtual_name: Option<VirtualName>,
    /// The EBS volume.
    #[serde(default, deserialize_with = "object")]
    pub ebs: Option<ImageEbsBlockDevice>,
    /// If present, whatever it says, the image has no such device. A preview has no such mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_device: Option<String>,
}

/// An EBS volume of an image, described or to be. See
/// [`EbsBlockDevice`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html).
///
/// The defaults are those of a [`Preview`](crate::preview::Preview); of a described image, what is absent is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ImageEbsBlockDevice {
    /// Default: `true` for the root volume, `false` for others, of which another page of AWS says `true`; unknown where it is
    /// not known which is the root.
    pub delete_on_termination: Option<bool>,
    /// I/O operations per second. Default: 3,000 for `gp3`.
    pub iops: Option<i32>,
    /// The snapshot; absent for an empty volume.
    pub snapshot_id: Option<SnapshotId>,
    /// The size in GiB. Default: the snapshot's, which is unknown where the facts lack it.
    pub volume_size: Option<i32>,
    /// The type; unknown where it is not stated, since AWS's pages disagree on the default.
    pub volume_type: Option<VolumeType>,
    /// MiB per second. Default: 125 for `gp3`.
    pub throughput: Option<i32>,
    /// The Outpost of the snapshot: as stated, else by the facts.
    pub outpost_arn: Option<OutpostArn>,
    /// Whether the snapshot is encrypted. Default for an empty volume: `false`. What a launch makes of it stands in
    /// [`launch_encryption`](crate::preview::Preview::launch_encryption).
    pub encrypted: Option<bool>,
}

fn write_state_reason<S: Serializer>(reason: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    reason.as_ref().map(|message| BTreeMap::from([("Message", message)])).serialize(serializer)
}

/// The message of the reason, or else its code.
fn state_reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Reason {
        code: Option<String>,
        message: Option<String>,
    }

    let reason: Option<Reason> = Option::deserialize(deserializer)?;
    Ok(reason.and_then(|Reason { code, message }| message.or(code)))
}

/// Tags as an answer has them; a request's own would refuse members that it does not know.
fn tags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Tag>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Described {
        key: Option<String>,
        value: Option<String>,
    }

    let list: Option<Vec<Described>> = objects(deserializer)?;
    Ok(list.map(|list| list.into_iter().map(|Described { key, value }| Tag { key, value }).collect()))
}
