//! An image, as DescribeImages returns it.

use alloc::{string::String, vec::Vec};

use super::{ProductCode, Tag};
use crate::schema::described;
use crate::types::{
    Architecture, BootMode, DeviceName, ImageId, ImageLocation, ImageName, ImageState, ImdsSupport, KernelId,
    OutpostArn, RamdiskId, SnapshotId, SriovNetSupport, Timestamp, TpmSupport, VirtualName, VirtualizationType,
    VolumeType, open_enum,
};

described! {
    /// An image in the Region, as
    /// [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html) returns it.
    ///
    /// Every member except the ID may be unknown. As JSON it is what `aws ec2 describe-images` prints. Reading ignores other
    /// members. [`wire::images`](crate::wire::images) reads the XML.
    ///
    /// ```
    /// use ec2_register_image::Facts;
    /// use ec2_register_image::model::RootDeviceType;
    ///
    /// let facts: Facts = serde_json::from_str(r#"{"Images": [{
    ///     "ImageId": "ami-0123456789abcdef0", "Name": "web", "RootDeviceType": "ebs", "Hypervisor": "xen",
    ///     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "Encrypted": false}}]
    /// }]}"#)?;
    /// let image = &facts.images()[0];
    /// assert_eq!(image.root_device_type, Some(RootDeviceType::EBS));
    /// let root = image.block_device_mappings.as_ref().unwrap()[0].ebs.as_ref().unwrap();
    /// assert_eq!((root.volume_size, root.encrypted), (Some(8), Some(false)));
    /// // The boot mode is unknown.
    /// assert_eq!(image.boot_mode, None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Image, ImageMember, id: ImageId = ImageId {
        /// The name.
        name: ImageName = Name,
        /// The account that owns it.
        owner_id: String = OwnerId "imageOwnerId",
        /// The state.
        state: ImageState = State "imageState",
        /// Why the image is in its state.
        state_reason: StateReason = StateReason,
        /// The image that CopyImage copied. RegisterImage never sets it.
        source_image_id: ImageId = SourceImageId,
        /// The instance from which CreateImage created the image. RegisterImage never sets it.
        source_instance_id: String = SourceInstanceId,
        /// The description.
        description: String = Description,
        /// The processor architecture.
        architecture: Architecture = Architecture,
        /// Hardware or paravirtual.
        virtualization_type: VirtualizationType = VirtualizationType,
        /// What the root volume is.
        root_device_type: RootDeviceType = RootDeviceType,
        /// The device of the root volume.
        root_device_name: DeviceName = RootDeviceName,
        /// The kernel of a paravirtual image.
        kernel_id: KernelId = KernelId,
        /// The RAM disk of a paravirtual image.
        ramdisk_id: RamdiskId = RamdiskId,
        /// How instances boot.
        boot_mode: BootMode = BootMode,
        /// The version of NitroTPM.
        tpm_support: TpmSupport = TpmSupport,
        /// Whether instances require IMDSv2.
        imds_support: ImdsSupport = ImdsSupport,
        /// Enhanced networking with the Elastic Network Adapter.
        ena_support: bool = EnaSupport,
        /// Enhanced networking with the Intel 82599 interface.
        sriov_net_support: SriovNetSupport = SriovNetSupport,
        /// The volumes. An empty list means that there are none.
        block_device_mappings: Vec<ImageBlockDeviceMapping> = BlockDeviceMappings "blockDeviceMapping",
        /// The tags. An empty list means that there are none.
        tags: Vec<Tag> = Tags "tagSet",
        /// The product codes. An empty list means that there are none.
        product_codes: Vec<ProductCode> = ProductCodes,
        /// `OWNER/NAME` of an EBS-backed image. For an S3-backed image, the path of the manifest.
        image_location: ImageLocation = ImageLocation,
        /// When it was registered.
        creation_date: Timestamp = CreationDate,
        /// The platform that it is billed as, such as `Linux/UNIX`.
        platform_details: String = PlatformDetails,
        /// The operation and billing code of its instances, such as `RunInstances:0010`. It belongs to
        /// `PlatformDetails`.
        usage_operation: String = UsageOperation,
    }

    /// Why an image is in its state. See
    /// [`StateReason`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html).
    #[derive(Default)]
    pub struct StateReason, StateReasonMember {
        /// The code.
        code: String = Code,
        /// The message.
        message: String = Message,
    }

    /// A volume of an image, described or predicted. See
    /// [`BlockDeviceMapping`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html).
    #[derive(Default)]
    pub struct ImageBlockDeviceMapping, ImageBlockDeviceMappingMember {
        /// The device.
        device_name: DeviceName = DeviceName or null,
        /// The instance store volume.
        virtual_name: VirtualName = VirtualName or null,
        /// The EBS volume.
        ebs: ImageEbsBlockDevice = Ebs or null,
        /// If present, whatever the text, the image has no such device. A preview has no such mapping.
        no_device: String = NoDevice or empty,
    }

    /// An EBS volume of an image, described or predicted. See
    /// [`EbsBlockDevice`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html).
    ///
    /// The defaults are those of a [`Preview`](crate::preview::Preview). A member that a described image lacks is unknown.
    #[derive(Default)]
    pub struct ImageEbsBlockDevice, ImageEbsBlockDeviceMember {
        /// Default: `true` for the root volume, `false` for others, although another page of AWS says `true`. Unknown if
        /// it is not known which volume is the root volume.
        delete_on_termination: bool = DeleteOnTermination or null,
        /// I/O operations per second. Default: 3,000 for `gp3`.
        iops: i32 = Iops or null,
        /// The snapshot. Absent for an empty volume.
        snapshot_id: SnapshotId = SnapshotId or null,
        /// The size in GiB. Default: the size of the snapshot, which is unknown if the facts do not include it.
        volume_size: i32 = VolumeSize or null,
        /// The type. Unknown if it is not stated, because AWS's pages disagree on the default.
        volume_type: VolumeType = VolumeType or null,
        /// MiB per second. Default: 125 for `gp3`.
        throughput: i32 = Throughput or null,
        /// The Outpost of the snapshot: as stated, otherwise from the facts.
        outpost_arn: OutpostArn = OutpostArn or null,
        /// Whether the snapshot is encrypted. Default for an empty volume: `false`.
        /// [`launch_encryption`](crate::preview::Preview::launch_encryption) predicts how a launch encrypts the volume.
        encrypted: bool = Encrypted or null,
    }
}

impl StateReason {
    /// Returns the message, otherwise the code.
    ///
    /// ```
    /// use ec2_register_image::model::StateReason;
    ///
    /// let reason: StateReason = serde_json::from_str(r#"{"Code": "Server.InternalError"}"#)?;
    /// assert_eq!(reason.text(), Some("Server.InternalError"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.message.as_deref().or(self.code.as_deref())
    }
}

impl Image {
    /// Whether instances can be launched from it, now or once it is complete: `available` and `pending` images are usable.
    ///
    /// `None` if the state is absent, `transient` (which AWS does not explain) or a later addition of AWS.
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

    /// Whether this has the members that DescribeImages always shows, so that an absent member is not set. A pending image
    /// may show some members later.
    pub(crate) fn is_described(&self) -> bool {
        self.state != Some(ImageState::PENDING)
            && self.architecture.is_some()
            && self.root_device_type.is_some()
            && self.block_device_mappings.is_some()
    }
}

open_enum! {
    /// What the root volume of an image is. EC2 derives it. Member `RootDeviceType` of a described image.
    RootDeviceType as RootDeviceTypeValue {
        /// An EBS volume, created from a snapshot.
        EBS ImageEbsBlockDevice = "ebs" [],
        /// An instance store volume, filled from S3.
        INSTANCE_STORE InstanceStore = "instance-store" [],
    }
}
