//! The request as plain data: every member of the API.
//!
//! ```
//! use ec2_register_image::{BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest};
//!
//! let mut ebs = EbsBlockDevice::default();
//! ebs.snapshot_id = Some("snap-0123456789abcdef0".into());
//! let mut root = BlockDeviceMapping::default();
//! root.device_name = Some("/dev/xvda".into());
//! root.ebs = Some(ebs);
//! let mut request = RegisterImageRequest::default();
//! request.name = Some("web".into());
//! request.root_device_name = root.device_name.clone();
//! request.block_device_mappings = Some(vec![root]);
//!
//! // The same in the form of `aws ec2 register-image --cli-input-json`.
//! let json = r#"{
//!     "Name": "web",
//!     "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]
//! }"#;
//! assert_eq!(serde_json::from_str::<RegisterImageRequest>(json)?, request);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! The [`builder`](crate::builder) is shorter for requests in code, and prevents more mistakes.

use alloc::{borrow::Cow, string::String, vec::Vec};

use crate::schema::{Value as _, members, sent_items};
use crate::types::{
    Architecture, AvailabilityZone, AvailabilityZoneId, BillingProduct, BootMode, DeviceName, ImageLocation, ImageName,
    ImdsSupport, KernelId, KmsKeyId, OutpostArn, RamdiskId, ResourceType, SnapshotId, SriovNetSupport, TpmSupport,
    UefiData, VirtualName, VirtualizationType, VolumeType,
};

members! {
    /// A request of [`RegisterImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html),
    /// **unvalidated**: it can hold anything the wire format can express, even what EC2 would reject.
    ///
    /// Absent (`None`), empty, `false` and `0` are four different things. Every codec that can express them keeps them.
    ///
    /// As JSON it has the shape of the AWS CLI's `--cli-input-json`. Reading rejects unknown members, members that are set
    /// twice, `null`, and numbers that are not 32-bit integers. `serde_json` adds the line and the column.
    pub struct RegisterImageRequest, RequestMember {
        /// The manifest of an S3-backed image. Absent for an EBS-backed one, or empty, as Terraform sends it.
        image_location: ImageLocation = ImageLocation,
        /// Billing product codes. Only authorized accounts may set them. Default: none.
        billing_products: Vec<BillingProduct> = BillingProducts "BillingProduct",
        /// How instances boot. Default: the instance type decides.
        boot_mode: BootMode = BootMode,
        /// The version of NitroTPM. Default: no TPM.
        tpm_support: TpmSupport = TpmSupport,
        /// The UEFI variable store in base64, at most 64,000 characters. Default: an empty store.
        uefi_data: UefiData = UefiData,
        /// Whether instances require IMDSv2. Default: the account or the launch decides.
        imds_support: ImdsSupport = ImdsSupport,
        /// Tags for the image. Default: none.
        tag_specifications: Vec<TagSpecification> = TagSpecifications "TagSpecification",
        /// Whether EC2 only checks permissions. It then returns the error `DryRunOperation`. Default: `false`.
        dry_run: bool = DryRun,
        /// The name of the image, unique in its account and Region. Required.
        name: ImageName = Name,
        /// A description, at most 255 characters. Default: none.
        description: String = Description,
        /// The processor architecture. **Default: `i386`** for an EBS-backed image.
        architecture: Architecture = Architecture,
        /// The kernel of a paravirtual image. Default: none.
        kernel_id: KernelId = KernelId,
        /// The RAM disk of a paravirtual image. Default: none.
        ramdisk_id: RamdiskId = RamdiskId,
        /// The device of the root volume, such as `/dev/xvda`. The mapping with this name has the root snapshot.
        /// Default: not documented.
        root_device_name: DeviceName = RootDeviceName,
        /// The volumes of the image. Default: none.
        block_device_mappings: Vec<BlockDeviceMapping> = BlockDeviceMappings "BlockDeviceMapping",
        /// Hardware or paravirtual. **Default: `paravirtual`.**
        virtualization_type: VirtualizationType = VirtualizationType,
        /// Enhanced networking with the Intel 82599 interface: `simple`. Default: not enabled.
        sriov_net_support: SriovNetSupport = SriovNetSupport,
        /// Enhanced networking with the Elastic Network Adapter, which every current instance type requires.
        /// Default: `false`.
        ena_support: bool = EnaSupport,
    }

    /// A device of the image and its volume: an EBS volume, an instance store volume, or none.
    ///
    /// See [`BlockDeviceMapping`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html).
    /// On the wire it is `BlockDeviceMapping.N`.
    pub struct BlockDeviceMapping, BlockDeviceMappingMember {
        /// The EBS volume. Default: none.
        ebs: EbsBlockDevice = Ebs,
        /// If present, even as `false`, the image omits this device. The documented text is the empty one.
        no_device: String = NoDevice,
        /// The device, such as `/dev/sdb`.
        device_name: DeviceName = DeviceName,
        /// The instance store volume, such as `ephemeral0`. Default: none.
        virtual_name: VirtualName = VirtualName,
    }

    /// The parameters of an EBS volume.
    ///
    /// See [`EbsBlockDevice`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html).
    /// On the wire it is `BlockDeviceMapping.N.Ebs`.
    pub struct EbsBlockDevice, EbsBlockDeviceMember {
        /// Whether the volume is deleted with its instance. Default: `true` for the root volume. For others AWS's pages disagree:
        /// [`false`](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html) and
        /// [`true`](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html).
        delete_on_termination: bool = DeleteOnTermination,
        /// I/O operations per second. Required for `io1` and `io2`. Default: 3,000 for `gp3`.
        iops: i32 = Iops,
        /// The snapshot from which the volume is created. Default: an empty volume, which requires a size.
        snapshot_id: SnapshotId = SnapshotId,
        /// The size in GiB. Default: that of the snapshot.
        volume_size: i32 = VolumeSize,
        /// The type of the volume. Set it, because AWS's pages disagree about the default.
        volume_type: VolumeType = VolumeType,
        /// A KMS key. RegisterImage does not support it.
        kms_key_id: KmsKeyId = KmsKeyId,
        /// Throughput in MiB per second, only for `gp3`. Default: 125.
        throughput: i32 = Throughput,
        /// The Outpost on which the snapshot is stored. Default: the Region.
        outpost_arn: OutpostArn = OutpostArn,
        /// The name of a zone. It excludes the ID. The effect on an image is not documented.
        availability_zone: AvailabilityZone = AvailabilityZone,
        /// Whether an empty volume is encrypted. EC2 rejects both values for a snapshot. Default: `false`.
        encrypted: bool = Encrypted,
        /// The rate in MiB per second, 100 to 300, at which EBS downloads blocks from the snapshot. Default: no fixed rate.
        volume_initialization_rate: i32 = VolumeInitializationRate,
        /// The ID of a zone. It excludes the name. The effect on an image is not documented.
        availability_zone_id: AvailabilityZoneId = AvailabilityZoneId,
        /// The EBS card that the volume is attached to. Default: 0.
        ebs_card_index: i32 = EbsCardIndex,
    }

    /// Tags, and the type of resource that they are for.
    ///
    /// See [`TagSpecification`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html).
    /// On the wire it is `TagSpecification.N`.
    pub struct TagSpecification, TagSpecificationMember {
        /// The resource type. Required, and RegisterImage accepts only `image`.
        resource_type: ResourceType = ResourceType,
        /// The tags. On the wire `Tag.M`.
        tags: Vec<Tag> = Tags "Tag",
    }

    /// A key and its value.
    ///
    /// See [`Tag`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html).
    pub struct Tag, TagMember {
        /// The key, 1 to 128 characters, case-sensitive. It must not start with `aws:`.
        key: String = Key,
        /// The value, at most 256 characters. It may be empty.
        value: String = Value,
    }
}

impl Tag {
    /// Returns a tag with this key and value.
    ///
    /// ```
    /// use ec2_register_image::Tag;
    ///
    /// assert_eq!(serde_json::to_string(&Tag::new("team", "infra"))?, r#"{"Key":"team","Value":"infra"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: Some(key.into()), value: Some(value.into()) }
    }
}

impl RegisterImageRequest {
    /// Returns the request as the query protocol can carry it: without empty lists and empty structures.
    ///
    /// An empty item before others keeps its number. The rules judge this form, and decoding an encoded request returns it.
    ///
    /// ```
    /// use ec2_register_image::RegisterImageRequest;
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(
    ///     r#"{"Name": "web", "Description": "", "BillingProducts": [], "BlockDeviceMappings": [{"Ebs": {}}]}"#,
    /// )?;
    /// assert_eq!(serde_json::to_string(&request.as_sent())?, r#"{"Name":"web","Description":""}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn as_sent(&self) -> Cow<'_, Self> {
        if self.is_as_sent() {
            return Cow::Borrowed(self);
        }
        let mut sent = self.clone();
        sent.make_as_sent();
        Cow::Owned(sent)
    }

    /// The mappings that are sent, with their positions.
    pub(crate) fn sent_mappings(&self) -> &[BlockDeviceMapping] {
        sent_items(self.block_device_mappings.as_deref().unwrap_or_default())
    }

    /// The tag specifications that are sent, with their positions.
    pub(crate) fn sent_tag_specifications(&self) -> &[TagSpecification] {
        sent_items(self.tag_specifications.as_deref().unwrap_or_default())
    }
}

/// The source of an image, by what its request states.
///
/// ```
/// use ec2_register_image::RegisterImageRequest;
/// use ec2_register_image::model::Source;
///
/// let request: RegisterImageRequest = serde_json::from_str(
///     r#"{"Name": "web", "ImageLocation": "", "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}]}"#,
/// )?;
/// // An empty location counts as absent: Terraform always sends one.
/// assert_eq!(request.source(), Source::Ebs);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source<'a> {
    /// At least one snapshot.
    Ebs,
    /// A manifest in S3.
    Manifest(&'a ImageLocation),
    /// A manifest and at least one snapshot. It is unknown which of them EC2 uses.
    Both(&'a ImageLocation),
    /// Neither.
    Unstated,
}

/// Views of a request, defined for every request.
impl RegisterImageRequest {
    /// The source of the image.
    #[must_use]
    pub fn source(&self) -> Source<'_> {
        let has_snapshot = self.sent_mappings().iter().any(|mapping| {
            let snapshot = mapping.ebs.as_ref().and_then(|ebs| ebs.snapshot_id.as_ref());
            mapping.no_device.is_none() && snapshot.is_some_and(|id| !id.as_str().is_empty())
        });
        match self.image_location.as_ref().filter(|location| !location.as_str().is_empty()) {
            Some(location) if has_snapshot => Source::Both(location),
            Some(location) => Source::Manifest(location),
            None if has_snapshot => Source::Ebs,
            None => Source::Unstated,
        }
    }

    /// The mapping of the root device, with its index in [`block_device_mappings`](Self::block_device_mappings).
    ///
    /// It is the first mapping of the root device without `NoDevice`. If there is none and the root device is `/dev/sda1`,
    /// it is the mapping of `/dev/sda`, as in EC2.
    ///
    /// ```
    /// use ec2_register_image::RegisterImageRequest;
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "RootDeviceName": "/dev/sda1",
    ///     "BlockDeviceMappings": [{"DeviceName": "/dev/sdb"}, {"DeviceName": "/dev/sda"}]}"#)?;
    /// assert_eq!(request.root().map(|(index, _)| index), Some(1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn root(&self) -> Option<(usize, &BlockDeviceMapping)> {
        let root = self.root_device_name.as_ref().map(DeviceName::as_str).filter(|name| !name.is_empty())?;
        let mapped = |name: &str| {
            self.sent_mappings()
                .iter()
                .enumerate()
                .find(|(_, mapping)| mapping.no_device.is_none() && mapping.is_for(name))
        };
        mapped(root).or_else(|| if root == "/dev/sda1" { mapped("/dev/sda") } else { None })
    }
}

impl EbsBlockDevice {
    /// The Outpost of the snapshot. An empty ARN is sent, but it names no Outpost.
    pub(crate) fn outpost(&self) -> Option<&OutpostArn> {
        self.outpost_arn.as_ref().filter(|arn| !arn.as_str().is_empty())
    }
}

impl BlockDeviceMapping {
    /// The EBS volume, unless it is empty.
    pub(crate) fn sent_ebs(&self) -> Option<&EbsBlockDevice> {
        self.ebs.as_ref().filter(|ebs| ebs.is_sent())
    }

    /// The EBS volume that this maps. `None` with `NoDevice`, and with a virtual name, because tools then leave settings in
    /// `Ebs` that EC2 ignores.
    pub(crate) fn ebs_volume(&self) -> Option<&EbsBlockDevice> {
        self.sent_ebs().filter(|_| self.no_device.is_none() && !self.has_virtual_name())
    }

    /// Whether a virtual name is set. An empty one does not count.
    pub(crate) fn has_virtual_name(&self) -> bool {
        self.virtual_name.as_ref().is_some_and(|name| !name.as_str().is_empty())
    }

    /// Whether this maps an EBS volume that has neither snapshot nor size. To EC2, a size of 0 is none.
    pub(crate) fn lacks_source(&self) -> bool {
        let has_no_size = |ebs: &EbsBlockDevice| matches!(ebs.volume_size, None | Some(0));
        self.ebs_volume().is_some_and(|ebs| ebs.snapshot_id.is_none() && has_no_size(ebs))
    }

    /// Whether this maps the device with that name.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.device_name.as_ref().is_some_and(|device| *device == name)
    }
}
