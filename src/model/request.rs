//! The request as plain data: every member of the API, each absent or present.
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
//! // The same, as `aws ec2 register-image --cli-input-json` takes it.
//! let json = r#"{
//!     "Name": "web",
//!     "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]
//! }"#;
//! assert_eq!(serde_json::from_str::<RegisterImageRequest>(json)?, request);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! To write a request by hand, the [`builder`](crate::builder) is shorter and forbids more.

use alloc::{borrow::Cow, string::String, vec::Vec};

use crate::schema::{Value as _, members, sent_items};
use crate::types::{
    Architecture, AvailabilityZone, AvailabilityZoneId, BillingProduct, BootMode, DeviceName, ImageLocation, ImageName,
    ImdsSupport, KernelId, KmsKeyId, OutpostArn, RamdiskId, ResourceType, SnapshotId, SriovNetSupport, TpmSupport,
    UefiData, VirtualName, VirtualizationType, VolumeType,
};

members! {
    /// A request of [`RegisterImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html),
    /// open: it can hold whatever a wire can carry, also what EC2 would refuse.
    ///
    /// Absent (`None`), empty, `false` and `0` are four different things, and each survives every codec that can say it.
    ///
    /// As JSON it has the shape of the AWS CLI's `--cli-input-json`. Reading refuses unknown members, members given
    /// twice, `null`, and numbers that are not 32-bit integers; `serde_json` adds the line and the column.
    pub struct RegisterImageRequest, RequestMember {
        /// The manifest of an S3-backed image. Absent for an EBS-backed one; Terraform sends it empty, which is the same.
        image_location: ImageLocation = ImageLocation,
        /// Billing product codes; the account must be authorised to state them. Default: none.
        billing_products: Vec<BillingProduct> = BillingProducts "BillingProduct",
        /// How instances boot. Default: the instance type's own way.
        boot_mode: BootMode = BootMode,
        /// The version of NitroTPM. Default: no TPM.
        tpm_support: TpmSupport = TpmSupport,
        /// The UEFI variable store in base64, at most 64,000 characters. Default: an empty store.
        uefi_data: UefiData = UefiData,
        /// Whether instances demand IMDSv2. Default: not decided by the image.
        imds_support: ImdsSupport = ImdsSupport,
        /// Tags for the image. Default: none.
        tag_specifications: Vec<TagSpecification> = TagSpecifications "TagSpecification",
        /// Only check permissions; EC2 then answers with the error `DryRunOperation`. Default: `false`.
        dry_run: bool = DryRun,
        /// The name of the image, unique in account and Region. Required.
        name: ImageName = Name,
        /// A description, at most 255 characters. Default: none.
        description: String = Description,
        /// The processor architecture. **Default: `i386`** for an EBS-backed image.
        architecture: Architecture = Architecture,
        /// The kernel of a paravirtual image. Default: none.
        kernel_id: KernelId = KernelId,
        /// The RAM disk of a paravirtual image. Default: none.
        ramdisk_id: RamdiskId = RamdiskId,
        /// The device of the root volume, such as `/dev/xvda`; the mapping of that name carries the root snapshot.
        /// Default: not documented.
        root_device_name: DeviceName = RootDeviceName,
        /// The volumes of the image. Default: none.
        block_device_mappings: Vec<BlockDeviceMapping> = BlockDeviceMappings "BlockDeviceMapping",
        /// Hardware or paravirtual. **Default: `paravirtual`.**
        virtualization_type: VirtualizationType = VirtualizationType,
        /// Enhanced networking with the Intel 82599 interface: `simple`. Default: not enabled.
        sriov_net_support: SriovNetSupport = SriovNetSupport,
        /// Enhanced networking with the Elastic Network Adapter; every current instance type needs it.
        /// Default: `false`.
        ena_support: bool = EnaSupport,
    }

    /// A volume of the image and the device that it appears as: an EBS volume, an instance store volume, or the word
    /// that there is none.
    ///
    /// See [`BlockDeviceMapping`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html);
    /// on the wire `BlockDeviceMapping.N`.
    pub struct BlockDeviceMapping, BlockDeviceMappingMember {
        /// The EBS volume. Default: none.
        ebs: EbsBlockDevice = Ebs,
        /// Present with any text, even `false`: this device is left out of the image. Documented is the empty text.
        no_device: String = NoDevice,
        /// The device, such as `/dev/sdb`.
        device_name: DeviceName = DeviceName,
        /// The instance store volume, such as `ephemeral0`. Default: none.
        virtual_name: VirtualName = VirtualName,
    }

    /// The parameters of an EBS volume.
    ///
    /// See [`EbsBlockDevice`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html);
    /// on the wire `BlockDeviceMapping.N.Ebs`.
    pub struct EbsBlockDevice, EbsBlockDeviceMember {
        /// Whether the volume goes with its instance. Default: `true` for the root volume; for others AWS's pages disagree:
        /// [`false`](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html) and
        /// [`true`](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html).
        delete_on_termination: bool = DeleteOnTermination,
        /// I/O operations per second; required for `io1` and `io2`. Default: 3,000 for `gp3`.
        iops: i32 = Iops,
        /// The snapshot that the volume is made from. Default: an empty volume, which needs a size.
        snapshot_id: SnapshotId = SnapshotId,
        /// The size in GiB. Default: the snapshot's.
        volume_size: i32 = VolumeSize,
        /// The type of the volume. Default: state it, since AWS's pages disagree.
        volume_type: VolumeType = VolumeType,
        /// A KMS key; RegisterImage is not among the actions that support it.
        kms_key_id: KmsKeyId = KmsKeyId,
        /// MiB per second, for `gp3` alone. Default: 125.
        throughput: i32 = Throughput,
        /// The Outpost on which the snapshot is stored. Default: the Region.
        outpost_arn: OutpostArn = OutpostArn,
        /// The zone by name; not together with its id. The effect on an image is not documented.
        availability_zone: AvailabilityZone = AvailabilityZone,
        /// Whether an empty volume is encrypted. Beside a snapshot either value is refused. Default: `false`.
        encrypted: bool = Encrypted,
        /// MiB per second, 100 to 300, at which blocks are fetched from the snapshot. Default: as fast as it comes.
        volume_initialization_rate: i32 = VolumeInitializationRate,
        /// The zone by id; not together with its name. The effect on an image is not documented.
        availability_zone_id: AvailabilityZoneId = AvailabilityZoneId,
        /// The EBS card that the volume is attached to. Default: 0.
        ebs_card_index: i32 = EbsCardIndex,
    }

    /// Tags, and the kind of resource that they are for.
    ///
    /// See [`TagSpecification`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html);
    /// on the wire `TagSpecification.N`.
    pub struct TagSpecification, TagSpecificationMember {
        /// What is tagged: `image`, nothing else. Required.
        resource_type: ResourceType = ResourceType,
        /// The tags. On the wire `Tag.M`.
        tags: Vec<Tag> = Tags "Tag",
    }

    /// A key and its value.
    ///
    /// See [`Tag`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html).
    pub struct Tag, TagMember {
        /// The key, 1 to 128 characters, not starting with `aws:`; case counts.
        key: String = Key,
        /// The value, at most 256 characters; it may be empty.
        value: String = Value,
    }
}

impl Tag {
    /// A tag with this key and value.
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
    /// The request as the query wire can carry it: without empty lists and empty structures, which it has no way to say.
    ///
    /// An empty item before others keeps its place in the numbering. The rules judge this form, and decoding what was
    /// encoded gives it back.
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

    /// The mappings that the wire shows, in their places.
    pub(crate) fn sent_mappings(&self) -> &[BlockDeviceMapping] {
        sent_items(self.block_device_mappings.as_deref().unwrap_or_default())
    }

    /// The tag specifications that the wire shows, in their places.
    pub(crate) fn sent_tag_specifications(&self) -> &[TagSpecification] {
        sent_items(self.tag_specifications.as_deref().unwrap_or_default())
    }
}

/// What an image is made of, by what its request states.
///
/// ```
/// use ec2_register_image::RegisterImageRequest;
/// use ec2_register_image::model::Source;
///
/// let request: RegisterImageRequest = serde_json::from_str(
///     r#"{"Name": "web", "ImageLocation": "", "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}]}"#,
/// )?;
/// // An empty location is none: Terraform always sends one.
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
    /// A manifest and at least one snapshot; which of them EC2 goes by is not known.
    Both(&'a ImageLocation),
    /// Neither.
    Unstated,
}

/// Views of what the request states; each has an answer for any request.
impl RegisterImageRequest {
    /// What the image is made of.
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
    /// It is the first whose device is the root device and that is not left out by `NoDevice`. Where there is none,
    /// `/dev/sda` stands for a root device of `/dev/sda1`, as EC2 has it.
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
    /// The EBS volume, unless it says nothing.
    pub(crate) fn sent_ebs(&self) -> Option<&EbsBlockDevice> {
        self.ebs.as_ref().filter(|ebs| ebs.is_sent())
    }

    /// The EBS volume that this maps: not where the device is left out, nor beside a virtual name, where tools leave all
    /// sorts of things in `Ebs` that EC2 overlooks.
    pub(crate) fn ebs_volume(&self) -> Option<&EbsBlockDevice> {
        self.sent_ebs().filter(|_| self.no_device.is_none() && !self.has_virtual_name())
    }

    /// Whether a virtual name is stated; an empty one names nothing.
    pub(crate) fn has_virtual_name(&self) -> bool {
        self.virtual_name.as_ref().is_some_and(|name| !name.as_str().is_empty())
    }

    /// Whether this maps an EBS volume that has neither snapshot nor size.
    pub(crate) fn lacks_source(&self) -> bool {
        self.ebs_volume().is_some_and(|ebs| ebs.snapshot_id.is_none() && ebs.volume_size.is_none())
    }

    /// Whether this is for the device of that name.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.device_name.as_ref().is_some_and(|device| *device == name)
    }
}
