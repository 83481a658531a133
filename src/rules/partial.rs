//! Checks of requests from which members may be missing.
//!
//! A rule cannot know whether an absent member was never set or was lost on the way. So the request is checked again with
//! values in the place of absent members, one at a time and then together, and only what holds in all these checks is
//! reported. No rule has to declare what it concludes from absence, and a new rule is covered as soon as it exists.

use alloc::vec;
use core::ops::ControlFlow;

use super::{Report, Validator};
use crate::model::{
    BlockDeviceMapping, BlockDeviceMappingMember as Mapping, EbsBlockDevice, EbsBlockDeviceMember as Ebs,
    RegisterImageRequest, RequestMember as Request, Tag, TagMember, TagSpecification,
    TagSpecificationMember as Specification,
};
use crate::schema::Text;
use crate::types::{Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType, VolumeType};

/// How many completions set all absent members at once.
const JOINT_COMPLETIONS: usize = 8;

impl Validator {
    /// Checks a request from which members may be missing, such as one that an audit log recorded.
    ///
    /// Reports only what is certain: the findings that do not depend on the values of absent members. `NoDevice` is the
    /// exception, because it would void its mapping: if it is absent, it counts as not set. So does `VirtualName` of a
    /// mapping that has `Ebs`.
    ///
    /// A request without findings takes one check. Any other takes one for each value that an absent member may have, which
    /// is about a hundred.
    ///
    /// ```
    /// use ec2_register_image::{RegisterImageRequest, Validator};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(
    ///     r#"{"Name": "db", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
    ///         {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}
    ///     ]}"#,
    /// )?;
    /// let report = Validator::new().check_partial(&request);
    /// let found: Vec<_> = report.findings().map(|finding| finding.rule().id).collect();
    /// // Architecture and virtualization type may have been set.
    /// assert_eq!(found, ["name-length"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn check_partial(&self, request: &RegisterImageRequest) -> Report {
        let mut report = self.check(request);
        let _ = each_completion(request, |completion| {
            if report.has_findings() {
                report.retain_common(&self.check(completion));
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        report
    }
}

/// Calls `visit` with completions of the request, until it breaks: first with each absent member set to each of its
/// values, then with all of them set.
fn each_completion(
    request: &RegisterImageRequest,
    mut visit: impl FnMut(&RegisterImageRequest) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for slot in slots() {
        for round in 0.. {
            let mut completion = request.clone();
            match slot.fill(&mut completion, round) {
                Filled::Nothing => break,
                Filled::Some => visit(&completion)?,
            }
        }
    }
    for round in 0..JOINT_COMPLETIONS {
        let mut completion = request.clone();
        for slot in slots() {
            // Slots have different numbers of values.
            for round in (0..=round).rev() {
                if slot.fill(&mut completion, round) == Filled::Some {
                    break;
                }
            }
        }
        visit(&completion)?;
    }
    ControlFlow::Continue(())
}

/// A member of a structure, in all places of the request where the structure is.
#[derive(Clone, Copy)]
enum Slot {
    Request(Request),
    Specification(Specification),
    Tag(TagMember),
    Mapping(Mapping),
    Ebs(Ebs),
}

/// Outer structures come first, so that inner ones exist when all are filled.
fn slots() -> impl Iterator<Item = Slot> {
    let request = Request::ALL.iter().copied().map(Slot::Request);
    let specification = Specification::ALL.iter().copied().map(Slot::Specification);
    let tag = TagMember::ALL.iter().copied().map(Slot::Tag);
    let mapping = Mapping::ALL.iter().copied().map(Slot::Mapping);
    let ebs = Ebs::ALL.iter().copied().map(Slot::Ebs);
    request.chain(specification).chain(tag).chain(mapping).chain(ebs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    /// The member is set everywhere, or it has fewer values.
    Nothing,
    Some,
}

impl Slot {
    /// Sets the member to the value of this round, wherever it is absent.
    fn fill(self, request: &mut RegisterImageRequest, round: usize) -> Filled {
        let mut filler = Filler { round, filled: Filled::Nothing };
        let root = request.root_device_name.clone();
        match self {
            Self::Request(member) => filler.request(request, member),
            Self::Specification(member) => {
                for specification in request.tag_specifications.iter_mut().flatten() {
                    match member {
                        Specification::ResourceType => {
                            filler.text(&mut specification.resource_type, &["image", "snapshot"]);
                        }
                        Specification::Tags => filler.value(&mut specification.tags, || vec![tag()]),
                    }
                }
            }
            Self::Tag(member) => {
                for tag in request.tag_specifications.iter_mut().flatten().filter_map(|it| it.tags.as_mut()).flatten() {
                    match member {
                        TagMember::Key => filler.text(&mut tag.key, &["team"]),
                        TagMember::Value => filler.text(&mut tag.value, &["web"]),
                    }
                }
            }
            Self::Mapping(member) => {
                for mapping in request.block_device_mappings.iter_mut().flatten() {
                    filler.mapping(mapping, member, root.as_ref().map_or("/dev/sdf", |root| root.as_str()));
                }
            }
            Self::Ebs(member) => {
                for ebs in request.block_device_mappings.iter_mut().flatten().filter_map(|it| it.ebs.as_mut()) {
                    filler.ebs(ebs, member);
                }
            }
        }
        filler.filled
    }
}

/// Sets absent members to the value of one round.
struct Filler {
    round: usize,
    filled: Filled,
}

impl Filler {
    fn set<T>(&mut self, place: &mut Option<T>, value: Option<T>) {
        if place.is_none() && value.is_some() {
            *place = value;
            self.filled = Filled::Some;
        }
    }

    /// The last value is the empty text.
    fn text<T: Text>(&mut self, place: &mut Option<T>, values: &[&str]) {
        let value = if self.round == values.len() { Some("") } else { values.get(self.round).copied() };
        self.set(place, value.map(T::from_text));
    }

    fn integer(&mut self, place: &mut Option<i32>, values: &[i32]) {
        self.set(place, values.get(self.round).copied());
    }

    fn boolean(&mut self, place: &mut Option<bool>) {
        self.set(place, [true, false].get(self.round).copied());
    }

    fn value<T>(&mut self, place: &mut Option<T>, value: impl FnOnce() -> T) {
        if self.round == 0 && place.is_none() {
            self.set(place, Some(value()));
        }
    }

    fn request(&mut self, request: &mut RegisterImageRequest, member: Request) {
        match member {
            Request::ImageLocation => self.text(&mut request.image_location, &["bucket/image.manifest.xml"]),
            Request::BillingProducts => self.value(&mut request.billing_products, || vec!["bp-0123abcd".into()]),
            Request::BootMode => self.text(&mut request.boot_mode, BootMode::NAMES),
            Request::TpmSupport => self.text(&mut request.tpm_support, TpmSupport::NAMES),
            Request::UefiData => self.text(&mut request.uefi_data, &["QU1aTlVFRkk="]),
            Request::ImdsSupport => self.text(&mut request.imds_support, ImdsSupport::NAMES),
            Request::TagSpecifications => self.value(&mut request.tag_specifications, || {
                vec![TagSpecification { resource_type: Some("image".into()), tags: Some(vec![tag()]) }]
            }),
            Request::DryRun => self.boolean(&mut request.dry_run),
            Request::Name => self.text(&mut request.name, &["web"]),
            Request::Description => self.text(&mut request.description, &["web"]),
            Request::Architecture => self.text(&mut request.architecture, Architecture::NAMES),
            Request::KernelId => self.text(&mut request.kernel_id, &["aki-919dcaf8"]),
            Request::RamdiskId => self.text(&mut request.ramdisk_id, &["ari-919dcaf8"]),
            Request::RootDeviceName => {
                let mapped = request.block_device_mappings.iter().flatten().find_map(|it| it.device_name.clone());
                let mapped = mapped.as_ref().map_or("/dev/sda1", |device| device.as_str());
                self.text(&mut request.root_device_name, &[mapped, "/dev/sda1"]);
            }
            Request::BlockDeviceMappings => {
                let device_name = request.root_device_name.clone().or_else(|| Some("/dev/sda1".into()));
                self.value(&mut request.block_device_mappings, || {
                    vec![BlockDeviceMapping { ebs: Some(ebs()), device_name, ..BlockDeviceMapping::default() }]
                });
            }
            Request::VirtualizationType => self.text(&mut request.virtualization_type, VirtualizationType::NAMES),
            Request::SriovNetSupport => self.text(&mut request.sriov_net_support, SriovNetSupport::NAMES),
            Request::EnaSupport => self.boolean(&mut request.ena_support),
        }
    }

    fn mapping(&mut self, mapping: &mut BlockDeviceMapping, member: Mapping, root: &str) {
        match member {
            Mapping::Ebs => self.value(&mut mapping.ebs, ebs),
            // Would void everything else that the mapping says.
            Mapping::NoDevice => {}
            Mapping::DeviceName => self.text(&mut mapping.device_name, &[root, "/dev/sdf"]),
            Mapping::VirtualName if mapping.ebs.is_some() => self.text(&mut mapping.virtual_name, &[]),
            Mapping::VirtualName => self.text(&mut mapping.virtual_name, &["ephemeral0"]),
        }
    }

    fn ebs(&mut self, ebs: &mut EbsBlockDevice, member: Ebs) {
        match member {
            Ebs::DeleteOnTermination => self.boolean(&mut ebs.delete_on_termination),
            Ebs::Iops => self.integer(&mut ebs.iops, &[3000, 100, 500, 16_000, 64_000, 256_000]),
            Ebs::SnapshotId => self.text(&mut ebs.snapshot_id, &["snap-0123456789abcdef0"]),
            Ebs::VolumeSize => self.integer(&mut ebs.volume_size, &[8, 1, 125, 1000, 3000, 16_384, 65_536]),
            Ebs::VolumeType => self.text(&mut ebs.volume_type, VolumeType::NAMES),
            Ebs::KmsKeyId => self.text(&mut ebs.kms_key_id, &["alias/aws/ebs"]),
            Ebs::Throughput => self.integer(&mut ebs.throughput, &[125, 1000, 2000]),
            Ebs::OutpostArn => self
                .text(&mut ebs.outpost_arn, &["arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"]),
            Ebs::AvailabilityZone => self.text(&mut ebs.availability_zone, &["us-east-1a"]),
            Ebs::Encrypted => self.boolean(&mut ebs.encrypted),
            Ebs::VolumeInitializationRate => self.integer(&mut ebs.volume_initialization_rate, &[100, 300]),
            Ebs::AvailabilityZoneId => self.text(&mut ebs.availability_zone_id, &["use1-az1"]),
            Ebs::EbsCardIndex => self.integer(&mut ebs.ebs_card_index, &[0, 1]),
        }
    }
}

fn tag() -> Tag {
    Tag { key: Some("team".into()), value: Some("web".into()) }
}

fn ebs() -> EbsBlockDevice {
    EbsBlockDevice { snapshot_id: Some("snap-0123456789abcdef0".into()), ..EbsBlockDevice::default() }
}
