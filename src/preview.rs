//! What image a request will become: as `describe-images` will show it, before anything is sent.
//!
//! A request leaves much to EC2. Here each default is applied and marked as one, and what neither the request nor the
//! [`Facts`] tell is marked as unknown, never guessed.
//!
//! ```
//! use ec2_register_image::{Facts, RegisterImageRequest};
//! use ec2_register_image::preview::{Place, preview};
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]}"#)?;
//! let preview = preview(&request.validate()?, &Facts::default());
//!
//! // Most people who left these out wanted `x86_64` and `hvm`.
//! assert_eq!(preview.architecture.as_ref().unwrap(), &"i386");
//! assert_eq!(preview.virtualization_type.as_str(), "paravirtual");
//! assert_eq!(preview.defaulted[..2], [Place::Architecture, Place::VirtualizationType]);
//!
//! // The size is the snapshot's, of which nothing is known.
//! let root = preview.block_device_mappings[0].ebs.as_ref().unwrap();
//! assert_eq!(root.volume_size, None);
//! let unknown: Vec<String> = preview.unknown.iter().map(ToString::to_string).collect();
//! assert!(unknown.contains(&"BlockDeviceMappings[0].Ebs.VolumeSize".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Preview::compare`] tells whether an image that exists is the one that a request would make. Validate the request
//! without the facts of that image: by the rules, its name is in use.
//!
//! EC2 is not asked: where its pages are wrong or change, so is the preview.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer};

mod compare;
mod launch;

pub use compare::{Compared, Comparison, Likeness, Verdict};
pub use launch::{LaunchEncryption, Processor};

pub use crate::facts::{Ebs, Mapping, RootDeviceType};

use crate::encryption::{self, VolumeSource};
use crate::facts::{Facts, ProductCode, Snapshot};
use crate::members::Parameters as _;
use crate::request::{
    BlockDeviceMapping, BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember, RegisterImageRequest,
    RequestMember, Source, Tag,
};
use crate::rules::ValidRequest;
use crate::types::{
    Architecture, BootMode, DeviceName, ImageLocation, ImageName, ImdsSupport, KernelId, RamdiskId, ResourceType,
    SnapshotId, SriovNetSupport, TpmSupport, VirtualizationType, VolumeType,
};

/// The image that a request will become, with its members as
/// [`Image`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html) has them.
///
/// A member that is `None` is absent from the image, unless [`unknown`](Self::unknown) lists it. As JSON it has the names
/// of `describe-images`, and `null` for `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Preview {
    /// The name.
    pub name: Option<ImageName>,
    /// The description.
    pub description: Option<String>,
    /// Default: `i386` for an EBS-backed image; unknown for another, whose manifest has it.
    pub architecture: Option<Architecture>,
    /// Default: `paravirtual`.
    pub virtualization_type: VirtualizationType,
    /// What the root volume is; unknown where the request states both snapshot and manifest, or neither.
    pub root_device_type: Option<RootDeviceType>,
    /// The root device; unknown where it is not stated, since no page has a default.
    pub root_device_name: Option<DeviceName>,
    /// The kernel of a paravirtual image.
    pub kernel_id: Option<KernelId>,
    /// The RAM disk of a paravirtual image.
    pub ramdisk_id: Option<RamdiskId>,
    /// How instances boot, where it is stated. See [`boot_mode_at_launch`](Self::boot_mode_at_launch).
    pub boot_mode: Option<BootMode>,
    /// The version of NitroTPM; absent is none.
    pub tpm_support: Option<TpmSupport>,
    /// Whether instances demand IMDSv2. See [`requires_imdsv2`](Self::requires_imdsv2).
    pub imds_support: Option<ImdsSupport>,
    /// Default: `false`.
    pub ena_support: bool,
    /// Enhanced networking with the Intel 82599 interface; absent is none.
    pub sriov_net_support: Option<SriovNetSupport>,
    /// The volumes, without those that `NoDevice` leaves out.
    pub block_device_mappings: Vec<Mapping>,
    /// The tags of the image.
    pub tags: Vec<Tag>,
    /// The product codes of all snapshots; unknown where those of one are.
    pub product_codes: Option<Vec<ProductCode>>,
    /// The members whose value is a default, in the order of [`Place`].
    pub defaulted: Vec<Place>,
    /// The members of which nobody told the value, in the order of [`Place`].
    pub unknown: Vec<Place>,
    /// For each EBS volume, how it will be encrypted when the account of the facts launches the image and says nothing of
    /// encryption.
    pub launch_encryption: Vec<LaunchEncryption>,
    /// What the request states and no image shows; for the comparison alone.
    #[serde(skip)]
    undescribed: Vec<Place>,
    /// The manifest of an S3-backed image; for the comparison alone.
    #[serde(skip)]
    manifest: Option<ImageLocation>,
}

/// A member of an image; `Display` spells it as the AWS CLI does.
///
/// ```
/// use ec2_register_image::{EbsBlockDeviceMember, preview::Place};
///
/// let place = Place::Ebs(1, EbsBlockDeviceMember::Iops);
/// assert_eq!(place.to_string(), "BlockDeviceMappings[1].Ebs.Iops");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Place {
    /// `Name`
    Name,
    /// `Description`
    Description,
    /// `Architecture`
    Architecture,
    /// `VirtualizationType`
    VirtualizationType,
    /// `RootDeviceType`
    RootDeviceType,
    /// `RootDeviceName`
    RootDeviceName,
    /// `KernelId`
    KernelId,
    /// `RamdiskId`
    RamdiskId,
    /// `BootMode`
    BootMode,
    /// `TpmSupport`
    TpmSupport,
    /// `ImdsSupport`
    ImdsSupport,
    /// `EnaSupport`
    EnaSupport,
    /// `SriovNetSupport`
    SriovNetSupport,
    /// `ImageLocation`, of an S3-backed image
    ImageLocation,
    /// A mapping as a whole, counted from 0 in the preview's own list.
    Mapping(usize),
    /// A member of the EBS volume of a mapping, counted from 0 in the preview's own list.
    Ebs(usize, EbsBlockDeviceMember),
    /// `Tags`
    Tags,
    /// `ProductCodes`
    ProductCodes,
    /// `BillingProducts`, which no image shows
    BillingProducts,
    /// `UefiData`, which no image shows
    UefiData,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = RequestMember::BlockDeviceMappings.name();
        f.pad(match self {
            Self::Name => RequestMember::Name.name(),
            Self::Description => RequestMember::Description.name(),
            Self::Architecture => RequestMember::Architecture.name(),
            Self::VirtualizationType => RequestMember::VirtualizationType.name(),
            Self::RootDeviceType => "RootDeviceType",
            Self::RootDeviceName => RequestMember::RootDeviceName.name(),
            Self::KernelId => RequestMember::KernelId.name(),
            Self::RamdiskId => RequestMember::RamdiskId.name(),
            Self::BootMode => RequestMember::BootMode.name(),
            Self::TpmSupport => RequestMember::TpmSupport.name(),
            Self::ImdsSupport => RequestMember::ImdsSupport.name(),
            Self::EnaSupport => RequestMember::EnaSupport.name(),
            Self::SriovNetSupport => RequestMember::SriovNetSupport.name(),
            Self::ImageLocation => RequestMember::ImageLocation.name(),
            Self::Mapping(at) => return write!(f, "{list}[{at}]"),
            Self::Ebs(at, member) => {
                return write!(f, "{list}[{at}].{}.{}", BlockDeviceMappingMember::Ebs.name(), member.name());
            }
            Self::Tags => "Tags",
            Self::ProductCodes => "ProductCodes",
            Self::BillingProducts => RequestMember::BillingProducts.name(),
            Self::UefiData => RequestMember::UefiData.name(),
        })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The image that EC2 will make of this request, as far as the request and the facts tell.
///
/// See the [module](self) for an example.
#[must_use]
pub fn preview(request: &ValidRequest, facts: &Facts) -> Preview {
    let request = request.request();
    let source = request.source();
    let mut marks = Marks::default();
    let mut snapshots = BTreeMap::new();
    for snapshot in facts.snapshots.iter().flatten() {
        snapshots.entry(&snapshot.id).or_insert(snapshot);
    }

    let i386 = matches!(source, Source::Ebs).then_some(Architecture::I386);
    let root_device_type = match source {
        Source::Ebs => Some(RootDeviceType::EBS),
        Source::Manifest(_) => Some(RootDeviceType::INSTANCE_STORE),
        Source::Both(_) | Source::Unstated => None,
    };
    let root_device_name = request.root_device_name.clone().filter(|name| !name.as_str().is_empty());
    // An image without EBS root has no root among its EBS volumes; otherwise it takes the name to tell.
    let knows_root = root_device_name.is_some() || root_device_type == Some(RootDeviceType::INSTANCE_STORE);
    let root = request.root().map(|(at, _)| at);

    let (mut block_device_mappings, mut launch_encryption) = (Vec::new(), Vec::new());
    let mut undescribed = undescribed(request);
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        if mapping.no_device.is_some() || !mapping.is_sent() {
            continue;
        }
        let ebs = mapping.ebs_volume().map(|stated| {
            let known = stated.snapshot_id.as_ref().and_then(|id| snapshots.get(id).copied());
            let source = volume_source(mapping, known, facts);
            launch_encryption.extend(source.as_ref().and_then(|source| LaunchEncryption::of(mapping, source, facts)));
            let is_root = knows_root.then_some(root == Some(at));
            let at = block_device_mappings.len();
            undescribed.extend(undescribed_of_ebs(stated).map(|member| Place::Ebs(at, member)));
            ebs(stated, known, source.as_ref(), is_root, at, &mut marks)
        });
        let virtual_name = mapping.virtual_name.clone().filter(|_| mapping.has_virtual_name());
        let device_name = mapping.device_name.clone();
        block_device_mappings.push(Mapping { device_name, virtual_name, ebs, no_device: None });
    }

    let product_codes = match source {
        Source::Ebs => product_codes(&block_device_mappings, &snapshots),
        _ => None,
    };
    let mut preview = Preview {
        name: request.name.clone(),
        description: request.description.clone(),
        architecture: marks.value(Place::Architecture, request.architecture.clone(), i386),
        virtualization_type: marks.or_default(
            Place::VirtualizationType,
            request.virtualization_type.clone(),
            VirtualizationType::PARAVIRTUAL,
        ),
        root_device_type: marks.value(Place::RootDeviceType, root_device_type, None),
        root_device_name: marks.value(Place::RootDeviceName, root_device_name, None),
        kernel_id: request.kernel_id.clone(),
        ramdisk_id: request.ramdisk_id.clone(),
        boot_mode: request.boot_mode.clone(),
        tpm_support: request.tpm_support.clone(),
        imds_support: request.imds_support.clone(),
        ena_support: marks.or_default(Place::EnaSupport, request.ena_support, false),
        sriov_net_support: request.sriov_net_support.clone(),
        block_device_mappings,
        tags: tags(request),
        product_codes: marks.value(Place::ProductCodes, product_codes, None),
        defaulted: marks.defaulted,
        unknown: marks.unknown,
        launch_encryption,
        undescribed,
        manifest: match source {
            Source::Manifest(location) => Some(location.clone()),
            _ => None,
        },
    };
    preview.defaulted.sort_unstable();
    preview.unknown.sort_unstable();
    preview
}

/// The members that were not stated.
#[derive(Default)]
struct Marks {
    defaulted: Vec<Place>,
    unknown: Vec<Place>,
}

impl Marks {
    /// The stated value, else the default, else nothing; notes which.
    fn value<T>(&mut self, place: Place, stated: Option<T>, default: Option<T>) -> Option<T> {
        match (&stated, &default) {
            (Some(_), _) => {}
            (None, Some(_)) => self.defaulted.push(place),
            (None, None) => self.unknown.push(place),
        }
        stated.or(default)
    }

    /// The stated value, else the default; notes which.
    fn or_default<T>(&mut self, place: Place, stated: Option<T>, default: T) -> T {
        stated.unwrap_or_else(|| {
            self.defaulted.push(place);
            default
        })
    }
}

/// What the volume is made from, by the request and what is known of its snapshot.
fn volume_source(mapping: &BlockDeviceMapping, known: Option<&Snapshot>, facts: &Facts) -> Option<VolumeSource> {
    let mut snapshot = encryption::Snapshot::new();
    if let Some(known) = known {
        snapshot.encrypted = known.encrypted;
        snapshot.kms_key_id.clone_from(&known.kms_key_id);
        snapshot.owned = known.owner_id.as_ref().zip(facts.owner_id.as_ref()).map(|(owner, own)| owner == own);
    }
    let source = VolumeSource::of(mapping, snapshot)?;
    Some(match source {
        // The request does not say that the snapshot is a local one, but the facts do.
        VolumeSource::Snapshot(snapshot) if known.is_some_and(|known| known.outpost_arn.is_some()) => {
            VolumeSource::OutpostSnapshot { kms_key_id: snapshot.kms_key_id }
        }
        source => source,
    })
}

/// The EBS volume at this index of the preview.
fn ebs(
    stated: &EbsBlockDevice,
    known: Option<&Snapshot>,
    source: Option<&VolumeSource>,
    is_root: Option<bool>,
    at: usize,
    marks: &mut Marks,
) -> Ebs {
    use EbsBlockDeviceMember as Member;
    let place = |member| Place::Ebs(at, member);
    let is_gp3 = stated.volume_type == Some(VolumeType::GP3);
    // Of these types no such number can be set, so none is shown.
    let has_no_iops =
        matches!(stated.volume_type, Some(VolumeType::GP2 | VolumeType::STANDARD | VolumeType::ST1 | VolumeType::SC1));
    let has_no_throughput = has_no_iops || matches!(stated.volume_type, Some(VolumeType::IO1 | VolumeType::IO2));
    let (encrypted, encrypted_default) = match source {
        Some(VolumeSource::Empty { encrypted }) => (*encrypted, Some(false)),
        Some(VolumeSource::Snapshot(snapshot)) => {
            (snapshot.encrypted.or_else(|| snapshot.kms_key_id.as_ref().map(|_| true)), None)
        }
        Some(VolumeSource::OutpostSnapshot { .. }) => (Some(true), None),
        _ => (None, None),
    };
    let snapshot_size = known.and_then(|known| known.volume_size);
    let outpost_arn = stated.outpost_arn.as_ref().or_else(|| known.and_then(|known| known.outpost_arn.as_ref()));
    Ebs {
        delete_on_termination: marks.value(place(Member::DeleteOnTermination), stated.delete_on_termination, is_root),
        iops: match stated.iops {
            None if has_no_iops => None,
            iops => marks.value(place(Member::Iops), iops, is_gp3.then_some(3_000)),
        },
        snapshot_id: stated.snapshot_id.clone().filter(|id| !id.as_str().is_empty()),
        volume_size: marks.value(place(Member::VolumeSize), stated.volume_size, snapshot_size),
        volume_type: marks.value(place(Member::VolumeType), stated.volume_type.clone(), None),
        throughput: match stated.throughput {
            None if has_no_throughput => None,
            throughput => marks.value(place(Member::Throughput), throughput, is_gp3.then_some(125)),
        },
        outpost_arn: outpost_arn.cloned(),
        encrypted: marks.value(place(Member::Encrypted), encrypted, encrypted_default),
    }
}

/// What the request states and no image shows.
fn undescribed(request: &RegisterImageRequest) -> Vec<Place> {
    let has_billing_products = request.billing_products.as_ref().is_some_and(|codes| !codes.is_empty());
    [(Place::BillingProducts, has_billing_products), (Place::UefiData, request.uefi_data.is_some())]
        .into_iter()
        .filter_map(|(place, is_stated)| is_stated.then_some(place))
        .collect()
}

/// The same of an EBS volume.
fn undescribed_of_ebs(stated: &EbsBlockDevice) -> impl Iterator<Item = EbsBlockDeviceMember> {
    use EbsBlockDeviceMember as Member;
    [
        (Member::KmsKeyId, stated.kms_key_id.is_some()),
        (Member::AvailabilityZone, stated.availability_zone.is_some()),
        (Member::VolumeInitializationRate, stated.volume_initialization_rate.is_some()),
        (Member::AvailabilityZoneId, stated.availability_zone_id.is_some()),
        (Member::EbsCardIndex, stated.ebs_card_index.is_some()),
    ]
    .into_iter()
    .filter_map(|(member, is_stated)| is_stated.then_some(member))
}

/// The tags of the image; one without a value has an empty one.
fn tags(request: &RegisterImageRequest) -> Vec<Tag> {
    request
        .sent_tag_specifications()
        .iter()
        .filter(|specification| specification.resource_type == Some(ResourceType::IMAGE))
        .flat_map(|specification| specification.tags.iter().flatten())
        .filter(|tag| tag.is_sent())
        .map(|tag| Tag { key: tag.key.clone(), value: Some(tag.value.clone().unwrap_or_default()) })
        .collect()
}

/// The product codes of all snapshots, each once; nothing where those of one are not known.
fn product_codes(mappings: &[Mapping], snapshots: &BTreeMap<&SnapshotId, &Snapshot>) -> Option<Vec<ProductCode>> {
    let (mut codes, mut seen) = (Vec::new(), BTreeSet::new());
    for id in mappings.iter().filter_map(|mapping| mapping.ebs.as_ref()?.snapshot_id.as_ref()) {
        for code in snapshots.get(id)?.product_codes.as_ref()? {
            if seen.insert((&code.id, &code.product_code_type)) {
                codes.push(code.clone());
            }
        }
    }
    Some(codes)
}
