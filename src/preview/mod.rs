//! Previews the image that a request will become, as `describe-images` will show it.
//!
//! A request leaves much to EC2. The preview applies each default and marks it. It marks as unknown what neither the request
//! nor the [`Facts`] state, and never guesses.
//!
//! ```
//! use ec2_register_image::{Facts, RegisterImageRequest};
//! use ec2_register_image::model::ImagePath;
//! use ec2_register_image::preview::preview;
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}]}"#)?;
//! let preview = preview(&request.validate()?, &Facts::default());
//!
//! // Most people who omit these want `x86_64` and `hvm`.
//! assert_eq!(preview.architecture.as_ref().unwrap(), &"i386");
//! assert_eq!(preview.virtualization_type.as_str(), "paravirtual");
//! assert_eq!(preview.defaulted[..2], [ImagePath::Architecture, ImagePath::VirtualizationType]);
//!
//! // The volume has the size of the snapshot, about which nothing is known.
//! let root = preview.block_device_mappings[0].ebs.as_ref().unwrap();
//! assert_eq!(root.volume_size, None);
//! let unknown: Vec<String> = preview.unknown.iter().map(ToString::to_string).collect();
//! assert!(unknown.contains(&"BlockDeviceMappings[0].Ebs.VolumeSize".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Preview::compare`] compares an existing image with the one that a request would register. If the facts list that image,
//! its name is in use. [`Validator::marker`](crate::rules::Validator::marker) makes this a warning for an image of your own.
//!
//! The preview follows AWS's pages. It is wrong if they are wrong or change.

use alloc::collections::BTreeSet;
use alloc::{string::String, vec::Vec};

use serde::Serialize;

mod billing;
mod compare;
mod launch;

use billing::Billing;
pub use compare::{Compared, Comparison, Likeness, Verdict};
pub use launch::LaunchEncryption;

use crate::encryption::{LaunchLocation, VolumeSource};
use crate::facts::Facts;
use crate::launch::Requirements;
use crate::model::{
    BlockDeviceMapping, EbsBlockDevice, EbsBlockDeviceMember, ImageBlockDeviceMapping, ImageEbsBlockDevice, ImagePath,
    ProductCode, RegisterImageRequest, RootDeviceType, Snapshot, Source, Tag, TagSpecification,
};
use crate::rules::ValidRequest;
use crate::schema::Value as _;
use crate::types::{
    Architecture, BootMode, DeviceName, ImageLocation, ImageName, ImdsSupport, KernelId, RamdiskId, ResourceType,
    SriovNetSupport, TpmSupport, VirtualizationType, VolumeType,
};

/// The image that a request will become, with the members of
/// [`Image`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html).
///
/// A member that is `None` is absent from the image, unless [`unknown`](Self::unknown) lists it. As JSON it has the names
/// of `describe-images`, and `null` for `None`. `Launchable` has the [instance types](Self::launchable).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Preview {
    /// The name.
    pub name: Option<ImageName>,
    /// The description.
    pub description: Option<String>,
    /// The processor architecture. Default: `i386` for an EBS-backed image. Unknown for others, whose manifest states it.
    pub architecture: Option<Architecture>,
    /// Hardware or paravirtual. Default: `paravirtual`.
    pub virtualization_type: VirtualizationType,
    /// What the root volume is. Unknown if the request states both a snapshot and a manifest, or neither.
    pub root_device_type: Option<RootDeviceType>,
    /// The root device. Unknown if it is not stated, because no page has a default.
    pub root_device_name: Option<DeviceName>,
    /// The kernel of a paravirtual image.
    pub kernel_id: Option<KernelId>,
    /// The RAM disk of a paravirtual image.
    pub ramdisk_id: Option<RamdiskId>,
    /// How instances boot, if it is stated. [`launchable`](Self::launchable) has the mode by instance type.
    pub boot_mode: Option<BootMode>,
    /// The version of NitroTPM. Absent if there is none.
    pub tpm_support: Option<TpmSupport>,
    /// Whether instances require IMDSv2. See [`requires_imdsv2`](Self::requires_imdsv2).
    pub imds_support: Option<ImdsSupport>,
    /// Enhanced networking with the Elastic Network Adapter. Default: `false`.
    pub ena_support: bool,
    /// Enhanced networking with the Intel 82599 interface. Absent if it is not enabled.
    pub sriov_net_support: Option<SriovNetSupport>,
    /// The volumes, without those that `NoDevice` omits.
    pub block_device_mappings: Vec<ImageBlockDeviceMapping>,
    /// The tags of the image.
    pub tags: Vec<Tag>,
    /// The product codes of all snapshots. Unknown if those of one snapshot are.
    pub product_codes: Option<Vec<ProductCode>>,
    /// The platform that instances are billed as, such as `Red Hat Enterprise Linux`. Known only if the facts say the
    /// platform, in AWS's words, or have an image whose root volume is from the same snapshot. EC2 derives it from the
    /// snapshot, which may have lost it.
    pub platform_details: Option<String>,
    /// The operation and billing code of instances, such as `RunInstances:0010`. Known under the same conditions.
    pub usage_operation: Option<String>,
    /// The members whose value is a default, in the order of [`ImagePath`].
    pub defaulted: Vec<ImagePath>,
    /// The members whose value is unknown, in the order of [`ImagePath`].
    pub unknown: Vec<ImagePath>,
    /// How each EBS volume is encrypted if the account of the facts launches the image without stating encryption, by
    /// default in the Region.
    pub launch_encryption: Vec<LaunchEncryption>,
    /// What the image requires of an instance type. JSON shows the types as `Launchable`.
    #[serde(rename = "Launchable", serialize_with = "launch::serialize_launchable")]
    requirements: Requirements,
    /// What the request states and no image shows, for the comparison only.
    #[serde(skip)]
    undescribed: Vec<ImagePath>,
    /// A platform that needs billing information, in other words than AWS's, for the comparison only.
    #[serde(skip)]
    billed_platform: Option<String>,
    /// The manifest of an S3-backed image, for the comparison only.
    #[serde(skip)]
    manifest: Option<ImageLocation>,
}

impl ValidRequest {
    /// Returns the image that EC2 will create from this request, as far as the request and the
    /// [facts of the validation](Self::facts) show.
    ///
    /// [`preview`] does the same with other facts.
    #[must_use]
    pub fn preview(&self) -> Preview {
        match self.facts() {
            Some(facts) => preview(self, facts),
            None => preview(self, &Facts::default()),
        }
    }
}

/// Returns the image that this request will become, as far as the request and the facts state it.
///
/// See the [module](self) for an example.
#[must_use]
pub fn preview(request: &ValidRequest, facts: &Facts) -> Preview {
    preview_at(request, facts, &LaunchLocation::Region)
}

/// Like [`preview()`], with [`launch_encryption`](Preview::launch_encryption) for a launch at this location.
///
/// A local snapshot overrides the location, because EC2 creates volumes from it only on its Outpost or in its Local Zone.
///
/// ```
/// use ec2_register_image::encryption::LaunchLocation;
/// use ec2_register_image::preview::preview_at;
/// use ec2_register_image::{Facts, RegisterImageRequest};
///
/// let request: RegisterImageRequest = serde_json::from_str(
///     r#"{"Name": "web", "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}]}"#,
/// )?;
/// let mut facts = Facts::new();
/// facts.set_ebs_encryption_by_default(false);
/// let location = LaunchLocation::LocalZone("us-west-2-den-1a".into());
/// let preview = preview_at(&request.validate()?, &facts, &location);
/// assert_eq!(preview.launch_encryption[0].encrypted(), Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn preview_at(request: &ValidRequest, facts: &Facts, location: &LaunchLocation) -> Preview {
    let request = request.request();
    let source = request.source();
    let mut unstated = Unstated::new();
    let known = |ebs: &EbsBlockDevice| facts.snapshot(ebs.snapshot_id.as_ref()?);

    let i386 = matches!(source, Source::Ebs).then_some(Architecture::I386);
    let root_device_type = match source {
        Source::Ebs => Some(RootDeviceType::EBS),
        Source::Manifest(_) => Some(RootDeviceType::INSTANCE_STORE),
        Source::Both(_) | Source::Unstated => None,
    };
    let root_device_name = request.root_device_name.clone().filter(|name| !name.as_str().is_empty());
    // An image without an EBS root has no root among its EBS volumes. For others, the name of the root device decides.
    let knows_root = root_device_name.is_some() || root_device_type == Some(RootDeviceType::INSTANCE_STORE);
    let root = request.root().map(|(at, _)| at);

    let required = request
        .sent_mappings()
        .iter()
        .filter_map(|mapping| LaunchLocation::required_by(mapping, known(mapping.ebs_volume()?)))
        .next();
    let location = required.as_ref().unwrap_or(location);

    let mappings = request.sent_mappings().len();
    let (mut block_device_mappings, mut launch_encryption) =
        (Vec::with_capacity(mappings), Vec::with_capacity(mappings));
    let mut undescribed: Vec<ImagePath> = undescribed(request).collect();
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        if mapping.no_device.is_some() || !mapping.is_sent() {
            continue;
        }
        let ebs = mapping.ebs_volume().map(|stated| {
            let known = known(stated);
            let source = VolumeSource::from_description(mapping, known, facts.owner_id());
            launch_encryption
                .extend(source.as_ref().map(|source| LaunchEncryption::of(mapping, source, facts, location)));
            let is_root = knows_root.then_some(root == Some(at));
            let at = block_device_mappings.len();
            undescribed.extend(undescribed_of_mapping(mapping, at));
            ebs(stated, known, source.as_ref(), is_root, at, &mut unstated)
        });
        let virtual_name = mapping.virtual_name.clone().filter(|_| mapping.has_virtual_name());
        let device_name = mapping.device_name.clone();
        block_device_mappings.push(ImageBlockDeviceMapping { device_name, virtual_name, ebs, no_device: None });
    }

    let product_codes = match source {
        Source::Ebs => product_codes(&block_device_mappings, facts),
        _ => None,
    };
    let billing = Billing::of(request, facts);
    let mut preview = Preview {
        name: request.name.clone(),
        description: request.description.clone(),
        architecture: unstated.value(ImagePath::Architecture, request.architecture.clone(), i386),
        virtualization_type: unstated.or_default(
            ImagePath::VirtualizationType,
            request.virtualization_type.clone(),
            VirtualizationType::PARAVIRTUAL,
        ),
        root_device_type: unstated.value(ImagePath::RootDeviceType, root_device_type, None),
        root_device_name: unstated.value(ImagePath::RootDeviceName, root_device_name, None),
        kernel_id: request.kernel_id.clone().filter(|id| !id.as_str().is_empty()),
        ramdisk_id: request.ramdisk_id.clone().filter(|id| !id.as_str().is_empty()),
        boot_mode: request.boot_mode.clone(),
        tpm_support: request.tpm_support.clone(),
        imds_support: request.imds_support.clone(),
        ena_support: unstated.or_default(ImagePath::EnaSupport, request.ena_support, false),
        sriov_net_support: request.sriov_net_support.clone(),
        block_device_mappings,
        tags: tags(request),
        product_codes: unstated.value(ImagePath::ProductCodes, product_codes, None),
        platform_details: unstated.value(ImagePath::PlatformDetails, billing.platform_details, None),
        usage_operation: unstated.value(ImagePath::UsageOperation, billing.usage_operation, None),
        defaulted: unstated.defaulted,
        unknown: unstated.unknown,
        launch_encryption,
        requirements: Requirements::from_request(request),
        undescribed,
        billed_platform: billing.billed_platform,
        manifest: match source {
            Source::Manifest(location) => Some(location.clone()),
            _ => None,
        },
    };
    preview.defaulted.sort_unstable();
    preview.unknown.sort_unstable();
    preview
}

/// The members that the request does not state.
struct Unstated {
    defaulted: Vec<ImagePath>,
    unknown: Vec<ImagePath>,
}

impl Unstated {
    /// With room for what a request with one volume leaves out.
    fn new() -> Self {
        Self { defaulted: Vec::with_capacity(16), unknown: Vec::with_capacity(16) }
    }

    /// Returns the stated value or the default, and records a member that has only a default or neither.
    fn value<T>(&mut self, place: ImagePath, stated: Option<T>, default: Option<T>) -> Option<T> {
        match (&stated, &default) {
            (Some(_), _) => {}
            (None, Some(_)) => self.defaulted.push(place),
            (None, None) => self.unknown.push(place),
        }
        stated.or(default)
    }

    /// Returns the stated value or the default, and records a member that has only a default.
    fn or_default<T>(&mut self, place: ImagePath, stated: Option<T>, default: T) -> T {
        stated.unwrap_or_else(|| {
            self.defaulted.push(place);
            default
        })
    }
}

/// The EBS volume at this index of the preview.
fn ebs(
    stated: &EbsBlockDevice,
    known: Option<&Snapshot>,
    source: Option<&VolumeSource>,
    is_root: Option<bool>,
    at: usize,
    unstated: &mut Unstated,
) -> ImageEbsBlockDevice {
    use EbsBlockDeviceMember as Member;
    let place = |member| ImagePath::Ebs(at, member);
    let is_gp3 = stated.volume_type == Some(VolumeType::GP3);
    // These types have no such setting, so images do not show it.
    let has_no_iops =
        matches!(stated.volume_type, Some(VolumeType::GP2 | VolumeType::STANDARD | VolumeType::ST1 | VolumeType::SC1));
    let has_no_throughput = has_no_iops || matches!(stated.volume_type, Some(VolumeType::IO1 | VolumeType::IO2));
    let (encrypted, encrypted_default) = match source {
        Some(VolumeSource::Empty { encrypted }) => (*encrypted, Some(false)),
        Some(VolumeSource::Snapshot(snapshot)) => {
            (snapshot.encrypted.or_else(|| snapshot.kms_key_id.as_ref().map(|_| true)), None)
        }
        Some(VolumeSource::OutpostSnapshot { .. }) => (Some(true), None),
        Some(VolumeSource::LocalZoneSnapshot { encrypted, kms_key_id }) => {
            (encrypted.or_else(|| kms_key_id.as_ref().map(|_| true)), None)
        }
        None => (None, None),
    };
    let snapshot_size = known.and_then(|known| known.volume_size);
    let outpost_arn = stated.outpost().or_else(|| known.and_then(|known| known.outpost_arn.as_ref()));
    ImageEbsBlockDevice {
        delete_on_termination: unstated.value(
            place(Member::DeleteOnTermination),
            stated.delete_on_termination,
            is_root,
        ),
        iops: match stated.iops {
            None if has_no_iops => None,
            iops => unstated.value(place(Member::Iops), iops, is_gp3.then_some(3_000)),
        },
        snapshot_id: stated.snapshot_id.clone().filter(|id| !id.as_str().is_empty()),
        volume_size: unstated.value(place(Member::VolumeSize), stated.volume_size, snapshot_size),
        volume_type: unstated.value(place(Member::VolumeType), stated.volume_type.clone(), None),
        throughput: match stated.throughput {
            None if has_no_throughput => None,
            throughput => unstated.value(place(Member::Throughput), throughput, is_gp3.then_some(125)),
        },
        outpost_arn: outpost_arn.cloned(),
        encrypted: unstated.value(place(Member::Encrypted), encrypted, encrypted_default),
    }
}

/// The members that the request states and no image shows.
///
/// The patterns here and in [`undescribed_of_mapping`] name every member of a request, so that a new member does not
/// compile until it is in one of the three groups.
fn undescribed(request: &RegisterImageRequest) -> impl Iterator<Item = ImagePath> {
    let RegisterImageRequest {
        // The preview shows these; the location of the manifest only in the comparison.
        name: _,
        description: _,
        architecture: _,
        virtualization_type: _,
        root_device_name: _,
        kernel_id: _,
        ramdisk_id: _,
        boot_mode: _,
        tpm_support: _,
        imds_support: _,
        ena_support: _,
        sriov_net_support: _,
        block_device_mappings: _,
        tag_specifications: _,
        image_location: _,
        // No image shows these.
        billing_products,
        uefi_data,
        // This does not change the image.
        dry_run: _,
    } = request;
    let has_billing_products = billing_products.as_ref().is_some_and(|codes| !codes.is_empty());
    stated([
        (ImagePath::BillingProducts, has_billing_products),
        (ImagePath::UefiData, uefi_data.as_ref().is_some_and(|data| !data.is_empty())),
    ])
}

/// The same for a mapping of an EBS volume, at this index of the preview.
fn undescribed_of_mapping(mapping: &BlockDeviceMapping, at: usize) -> impl Iterator<Item = ImagePath> {
    use EbsBlockDeviceMember as Member;
    // The preview shows the volume and its names, and omits a mapping with `NoDevice`.
    let BlockDeviceMapping { ebs, no_device: _, device_name: _, virtual_name: _ } = mapping;
    ebs.iter().flat_map(move |ebs| {
        let EbsBlockDevice {
            // The preview shows these.
            delete_on_termination: _,
            iops: _,
            snapshot_id: _,
            volume_size: _,
            volume_type: _,
            throughput: _,
            outpost_arn: _,
            encrypted: _,
            // No image shows these.
            kms_key_id,
            availability_zone,
            volume_initialization_rate,
            availability_zone_id,
            ebs_card_index,
        } = ebs;
        stated([
            (ImagePath::Ebs(at, Member::KmsKeyId), is_text(kms_key_id)),
            (ImagePath::Ebs(at, Member::AvailabilityZone), is_text(availability_zone)),
            (ImagePath::Ebs(at, Member::VolumeInitializationRate), volume_initialization_rate.is_some()),
            (ImagePath::Ebs(at, Member::AvailabilityZoneId), is_text(availability_zone_id)),
            (ImagePath::Ebs(at, Member::EbsCardIndex), ebs_card_index.is_some()),
        ])
    })
}

/// Whether text is stated that is not empty.
fn is_text(text: &Option<impl AsRef<str>>) -> bool {
    text.as_ref().is_some_and(|text| !text.as_ref().is_empty())
}

/// The members that are stated.
fn stated<const N: usize>(members: [(ImagePath, bool); N]) -> impl Iterator<Item = ImagePath> {
    members.into_iter().filter_map(|(member, is_stated)| is_stated.then_some(member))
}

/// Returns the tags of the image. A tag without a value has an empty one. The patterns name every member here too.
fn tags(request: &RegisterImageRequest) -> Vec<Tag> {
    request
        .sent_tag_specifications()
        .iter()
        .filter_map(|TagSpecification { resource_type, tags }| {
            tags.as_ref().filter(|_| *resource_type == Some(ResourceType::IMAGE))
        })
        .flatten()
        .filter(|tag| tag.is_sent())
        .map(|Tag { key, value }| Tag { key: key.clone(), value: Some(value.clone().unwrap_or_default()) })
        .collect()
}

/// Returns the product codes of all snapshots, each once. `None` if those of one are unknown.
fn product_codes(mappings: &[ImageBlockDeviceMapping], facts: &Facts) -> Option<Vec<ProductCode>> {
    let (mut codes, mut seen) = (Vec::new(), BTreeSet::new());
    for id in mappings.iter().filter_map(|mapping| mapping.ebs.as_ref()?.snapshot_id.as_ref()) {
        for code in facts.snapshot(id)?.product_codes.as_ref()? {
            if seen.insert((&code.id, &code.product_code_type)) {
                codes.push(code.clone());
            }
        }
    }
    Some(codes)
}
