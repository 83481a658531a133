//! Compares a preview with an image that DescribeImages returned.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::Preview;
use crate::model::{
    EbsBlockDeviceMember as Member, Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, ImagePath, RootDeviceType,
};
use crate::text::SingleLine;
use crate::types::{VirtualizationType, VolumeType};

impl Preview {
    /// Compares an image with this preview, member by member.
    ///
    /// Absent, empty and `false` differ in a request, but an image shows them the same. So an empty and an absent text are
    /// the same, and so are `EnaSupport` of `false` and none, and no tags and an empty list. If the image lacks a member
    /// that DescribeImages always shows, that member is not shown. If it lacks one that is omitted unless it is set (a
    /// description, a boot mode, tags), that member is not set, provided that the response is complete: it has an
    /// architecture, the type of the root device, and mappings.
    ///
    /// - Mappings are matched by device, in any order. A mapping on one side only is a difference, unless the manifest of
    ///   an S3-backed image may have added it. `/dev/sda` matches a root device of `/dev/sda1`.
    /// - A `gp3` volume that shows no IOPS or throughput has 3,000 IOPS and 125 MiB per second, as RunInstances sets them.
    ///   For types without such a setting, the value that EC2 shows is not a difference.
    /// - RegisterImage cannot set what a snapshot determines. If both volumes are from one snapshot, their encryption and
    ///   Outpost are the same. If all snapshots match, the product codes are the same. Stated values still count.
    /// - Tags are sets. Tags with a key that starts with `aws:` do not count, because only AWS sets them, later. Any other
    ///   tag counts, even if another party added it.
    /// - A kernel or RAM disk that the request leaves to EC2 or to the manifest is unknown.
    /// - `UefiData`, billing products, and settings of a volume that no image shows are reported as not shown if the
    ///   request states them. If only the image has some, the comparison cannot see it.
    /// - An image that cannot be used (`failed`, `invalid`, `error`, `disabled`, `deregistered`) differs in its state. A
    ///   state that leaves it open, such as `transient`, is reported as not shown.
    /// - An image with a `SourceImageId` or `SourceInstanceId` differs, because RegisterImage sets neither.
    /// - Platform details and usage operation are compared only if the preview knows them and the image shows them. An
    ///   image with other values lost its billing information, and AWS says to discard it.
    /// - The owner, dates, and the location of an EBS-backed image are ignored, because EC2 sets them.
    ///
    /// ```
    /// use ec2_register_image::preview::{Likeness, Verdict, preview};
    /// use ec2_register_image::{Facts, RegisterImageRequest};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "Architecture": "arm64",
    ///     "VirtualizationType": "hvm", "EnaSupport": true, "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
    ///         {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}}
    ///     ]}"#)?;
    /// // aws ec2 describe-images --owners self --filters Name=name,Values=web
    /// let described: Facts = serde_json::from_str(r#"{"Images": [{"ImageId": "ami-0123456789abcdef0", "Name": "web",
    ///     "Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true, "State": "available",
    ///     "RootDeviceType": "ebs", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda",
    ///         "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 8, "Iops": 3000,
    ///             "Throughput": 125, "DeleteOnTermination": true, "Encrypted": false}}]
    /// }]}"#)?;
    ///
    /// let preview = preview(&request.validate()?, &Facts::default());
    /// let comparison = preview.compare(&described.images()[0]);
    /// assert_eq!(comparison.result(), Likeness::Different);
    /// assert_eq!(
    ///     comparison.to_string(),
    ///     "differs    Architecture: the preview has `arm64`, the image has `x86_64`\n\
    ///      not shown  BlockDeviceMappings[0].Ebs.VolumeSize\n\
    ///      different: of 23 members, 1 differs and 1 is not shown"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compare(&self, image: &Image) -> Comparison {
        // The pattern names every member, so that a new one does not compile until it is compared.
        let Self {
            name,
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
            manifest,
            undescribed,
            // The comparer reads these.
            block_device_mappings: _,
            tags: _,
            product_codes: _,
            platform_details: _,
            usage_operation: _,
            billed_platform: _,
            defaulted: _,
            unknown: _,
            // This is about a launch.
            launch_encryption: _,
            requirements: _,
        } = self;
        let mut comparer = Comparer { preview: self, is_whole: image.is_described(), members: Vec::new() };
        comparer.always(ImagePath::Name, text(name), text(&image.name));
        comparer.if_set(ImagePath::Description, text(description), text(&image.description));
        comparer.always(ImagePath::Architecture, text(architecture), text(&image.architecture));
        comparer.always(
            ImagePath::VirtualizationType,
            Some(virtualization_type.as_str()),
            text(&image.virtualization_type),
        );
        comparer.always(ImagePath::RootDeviceType, text(root_device_type), text(&image.root_device_type));
        comparer.always(ImagePath::RootDeviceName, text(root_device_name), text(&image.root_device_name));
        comparer.if_not_derived(ImagePath::KernelId, text(kernel_id), text(&image.kernel_id));
        comparer.if_not_derived(ImagePath::RamdiskId, text(ramdisk_id), text(&image.ramdisk_id));
        comparer.if_set(ImagePath::BootMode, text(boot_mode), text(&image.boot_mode));
        comparer.if_set(ImagePath::TpmSupport, text(tpm_support), text(&image.tpm_support));
        comparer.if_set(ImagePath::ImdsSupport, text(imds_support), text(&image.imds_support));
        let shown_ena_support = image.ena_support.or_else(|| comparer.is_whole.then_some(false));
        comparer.always(ImagePath::EnaSupport, Some(*ena_support), shown_ena_support);
        comparer.if_set(ImagePath::SriovNetSupport, text(sriov_net_support), text(&image.sriov_net_support));
        if manifest.is_some() {
            comparer.always(ImagePath::ImageLocation, text(manifest), text(&image.image_location));
        }
        let has_same_snapshots = comparer.mappings(image.block_device_mappings.as_deref());
        comparer.tags(image);
        comparer.product_codes(image, has_same_snapshots);
        comparer.billing(image);
        comparer.origin(image);
        for &place in undescribed {
            comparer.add(place, Verdict::NotShown);
        }
        let mut members = comparer.members;
        members.sort_unstable_by_key(|compared| compared.place);
        Comparison { members }
    }
}

/// The result of comparing one member.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "Verdict", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
#[non_exhaustive]
pub enum Verdict {
    /// Both have the same value.
    Same,
    /// The values differ. For lists, each value is what only that side has, and absent if there is nothing.
    Differs {
        /// The preview's value.
        preview: Option<String>,
        /// The image's.
        image: Option<String>,
    },
    /// One value is unknown: DescribeImages does not show it, this response lacks it, or the preview does not know it.
    NotShown,
}

/// A compared member. `Display` is one line, whatever the values are.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Compared {
    /// The member. Mappings are counted in the preview's list. Those that only the image has follow.
    #[serde(rename = "Member")]
    pub place: ImagePath,
    /// The result for this member.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Same => write!(f, "same       {}", self.place),
            Verdict::NotShown => write!(f, "not shown  {}", self.place),
            Verdict::Differs { preview, image } => {
                let [preview, image] = [Has(preview.as_deref()), Has(image.as_deref())];
                write!(f, "differs    {}: the preview has {preview}, the image has {image}", self.place)
            }
        }
    }
}

struct Has<'a>(Option<&'a str>);

impl fmt::Display for Has<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => write!(f, "`{}`", SingleLine(value)),
            None => f.write_str("none"),
        }
    }
}

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Likeness {
    /// Every compared member is shown and the same. UEFI data and billing products that only the image has are never
    /// shown.
    Same,
    /// A member differs.
    Different,
    /// No member differs, but at least one is not shown.
    Unclear,
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Unclear => "unclear",
        })
    }
}

/// The comparison of a preview with an image. See [`Preview::compare`].
///
/// `Display` is a line for each member that is not the same, then a summary. As JSON: `{"Result":
/// "same"|"different"|"unclear", "Members": [{"Member", "Verdict": "same"|"differs"|"not-shown", "Preview", "Image"}]}`,
/// where `Preview` and `Image` are present only for `differs`, and `null` is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Comparison {
    members: Vec<Compared>,
}

impl Comparison {
    /// Every member that was compared, in the order of [`ImagePath`].
    pub fn members(&self) -> impl Iterator<Item = &Compared> + Clone {
        self.members.iter()
    }

    /// The members that differ.
    pub fn differences(&self) -> impl Iterator<Item = &Compared> + Clone {
        self.members().filter(|compared| matches!(compared.verdict, Verdict::Differs { .. }))
    }

    /// The members that are unknown on one side.
    pub fn not_shown(&self) -> impl Iterator<Item = &Compared> + Clone {
        self.members().filter(|compared| compared.verdict == Verdict::NotShown)
    }

    /// The result.
    #[must_use]
    pub fn result(&self) -> Likeness {
        if self.differences().next().is_some() {
            Likeness::Different
        } else if self.not_shown().next().is_some() {
            Likeness::Unclear
        } else {
            Likeness::Same
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for compared in self.members().filter(|compared| compared.verdict != Verdict::Same) {
            writeln!(f, "{compared}")?;
        }
        let (differ, hidden) = (self.differences().count(), self.not_shown().count());
        write!(f, "{}: of {} members, {differ} ", self.result(), self.members.len())?;
        f.write_str(if differ == 1 { "differs" } else { "differ" })?;
        write!(f, " and {hidden} {} not shown", if hidden == 1 { "is" } else { "are" })
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Comparison", 2)?;
        object.serialize_field("Result", &self.result())?;
        object.serialize_field("Members", &self.members)?;
        object.end()
    }
}

/// What is known of a member on one side of the comparison.
#[derive(Clone, Copy, PartialEq)]
enum MemberValue<T> {
    Unknown,
    Absent,
    Value(T),
}

impl<T: PartialEq + ToString> MemberValue<T> {
    fn text(self) -> Option<String> {
        match self {
            Self::Value(value) => Some(value.to_string()),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Compares this value, of the preview, with the value of the image.
    fn verdict(self, image: Self) -> Verdict {
        if self == Self::Unknown || image == Self::Unknown {
            Verdict::NotShown
        } else if self == image {
            Verdict::Same
        } else {
            Verdict::Differs { preview: self.text(), image: image.text() }
        }
    }
}

/// Returns the text, unless it is empty.
fn text(value: &Option<impl AsRef<str>>) -> Option<&str> {
    value.as_ref().map(AsRef::as_ref).filter(|text| !text.is_empty())
}

/// Compares a preview with an image and collects the members.
struct Comparer<'a> {
    preview: &'a Preview,
    /// Whether the response is complete, so that a member that it lacks is not set.
    is_whole: bool,
    members: Vec<Compared>,
}

impl<'a> Comparer<'a> {
    fn add(&mut self, place: ImagePath, verdict: Verdict) {
        self.members.push(Compared { place, verdict });
    }

    /// Adds a member that DescribeImages always shows.
    fn always<T: PartialEq + ToString>(&mut self, place: ImagePath, preview: Option<T>, image: Option<T>) {
        let image = image.map_or(MemberValue::Unknown, MemberValue::Value);
        self.add(place, self.preview_value(place, preview).verdict(image));
    }

    /// Adds a member that DescribeImages omits unless it is set.
    fn if_set<T: PartialEq + ToString>(&mut self, place: ImagePath, preview: Option<T>, image: Option<T>) {
        self.add(place, self.preview_value(place, preview).verdict(self.image_value(image)));
    }

    /// Adds a member of that kind which EC2 or the manifest may have set if the request does not.
    fn if_not_derived(&mut self, place: ImagePath, preview: Option<&str>, image: Option<&str>) {
        let may_be_derived =
            self.preview.virtualization_type == VirtualizationType::PARAVIRTUAL || self.may_have_manifest();
        if preview.is_none() && image.is_some() && may_be_derived {
            self.add(place, Verdict::NotShown);
        } else {
            self.if_set(place, preview, image);
        }
    }

    /// The value in the preview: unknown if the preview lists it as such.
    fn preview_value<T>(&self, place: ImagePath, value: Option<T>) -> MemberValue<T> {
        match value {
            Some(value) => MemberValue::Value(value),
            None if self.preview.unknown.binary_search(&place).is_ok() => MemberValue::Unknown,
            None => MemberValue::Absent,
        }
    }

    /// The value in the image, for a member that DescribeImages omits unless it is set.
    fn image_value<T>(&self, value: Option<T>) -> MemberValue<T> {
        value.map_or(if self.is_whole { MemberValue::Absent } else { MemberValue::Unknown }, MemberValue::Value)
    }

    fn may_have_manifest(&self) -> bool {
        self.preview.root_device_type != Some(RootDeviceType::EBS)
    }

    /// Adds the mappings. Returns whether both sides have the same snapshots.
    fn mappings(&mut self, image: Option<&'a [ImageBlockDeviceMapping]>) -> bool {
        let preview = self.preview;
        let ours = &preview.block_device_mappings;
        let Some(theirs) = image else {
            for at in 0..ours.len() {
                self.add(ImagePath::Mapping(at), Verdict::NotShown);
            }
            return false;
        };
        let theirs: Vec<&ImageBlockDeviceMapping> =
            theirs.iter().filter(|mapping| mapping.no_device.is_none()).collect();
        // The first of several with one name is last, because matches are popped.
        let mut by_device: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, mapping) in theirs.iter().enumerate().rev() {
            by_device.entry(text(&mapping.device_name)).or_default().push(at);
        }
        let mut is_matched = alloc::vec![false; theirs.len()];
        let mut has_same_snapshots = true;
        for (at, our) in ours.iter().enumerate() {
            let mut take = |name: Option<&'a str>| by_device.get_mut(&name).and_then(Vec::pop);
            let name = text(&our.device_name);
            let is_root = name == Some("/dev/sda") && text(&preview.root_device_name) == Some("/dev/sda1");
            let matched = take(name).or_else(|| if is_root { take(Some("/dev/sda1")) } else { None });
            let their = matched.and_then(|at| theirs.get(at).copied());
            if let Some(is_matched) = matched.and_then(|at| is_matched.get_mut(at)) {
                *is_matched = true;
            }
            has_same_snapshots &= snapshot(our) == their.and_then(snapshot);
            match (our, their) {
                (_, None) => {
                    self.add(ImagePath::Mapping(at), Verdict::Differs { preview: Some(describe(our)), image: None });
                }
                (
                    ImageBlockDeviceMapping { ebs: Some(our), .. },
                    Some(ImageBlockDeviceMapping { ebs: Some(their), .. }),
                ) => self.ebs(at, our, their),
                (_, Some(their)) => {
                    self.add(
                        ImagePath::Mapping(at),
                        MemberValue::Value(target(our)).verdict(MemberValue::Value(target(their))),
                    );
                }
            }
        }
        let unmatched =
            theirs.iter().zip(is_matched).filter(|(_, is_matched)| !is_matched).map(|(mapping, _)| *mapping);
        for (at, their) in (ours.len()..).zip(unmatched) {
            has_same_snapshots &= snapshot(their).is_none();
            let differs = Verdict::Differs { preview: None, image: Some(describe(their)) };
            self.add(ImagePath::Mapping(at), if self.may_have_manifest() { Verdict::NotShown } else { differs });
        }
        has_same_snapshots
    }

    fn ebs(&mut self, at: usize, our: &ImageEbsBlockDevice, their: &ImageEbsBlockDevice) {
        let place = |member| ImagePath::Ebs(at, member);
        let (our_snapshot, their_snapshot) = (text(&our.snapshot_id), text(&their.snapshot_id));
        let has_same_snapshot = our_snapshot.is_some() && our_snapshot == their_snapshot;
        let deletes = place(Member::DeleteOnTermination);
        if our.delete_on_termination == Some(false) && self.preview.defaulted.binary_search(&deletes).is_ok() {
            // Another page of AWS has the other default.
            self.add(deletes, Verdict::NotShown);
        } else {
            self.always(deletes, our.delete_on_termination, their.delete_on_termination);
        }
        self.performance(place(Member::Iops), (our, our.iops), (their, their.iops), 3_000);
        self.if_set(place(Member::SnapshotId), our_snapshot, their_snapshot);
        self.always(place(Member::VolumeSize), our.volume_size, their.volume_size);
        self.always(place(Member::VolumeType), text(&our.volume_type), text(&their.volume_type));
        self.performance(place(Member::Throughput), (our, our.throughput), (their, their.throughput), 125);
        // A snapshot may be on an Outpost that neither the request nor the facts name.
        let unnamed = if our_snapshot.is_some() { MemberValue::Unknown } else { MemberValue::Absent };
        let outposts =
            (text(&our.outpost_arn).map_or(unnamed, MemberValue::Value), self.image_value(text(&their.outpost_arn)));
        self.add(place(Member::OutpostArn), determined(outposts.0, outposts.1, has_same_snapshot));
        let ours = self.preview_value(place(Member::Encrypted), our.encrypted);
        let theirs = their.encrypted.map_or(MemberValue::Unknown, MemberValue::Value);
        self.add(place(Member::Encrypted), determined(ours, theirs, has_same_snapshot));
    }

    /// Adds IOPS or throughput, whose default is that of `gp3`.
    fn performance(
        &mut self,
        place: ImagePath,
        (our, our_value): (&ImageEbsBlockDevice, Option<i32>),
        (their, their_value): (&ImageEbsBlockDevice, Option<i32>),
        default: i32,
    ) {
        let ours = self.preview_value(place, our_value);
        if ours == MemberValue::Absent {
            // A request cannot set it.
            let is_same_type = our.volume_type == their.volume_type;
            return self.add(place, if is_same_type { Verdict::Same } else { Verdict::NotShown });
        }
        let is_default = self.is_whole && their.volume_type == Some(VolumeType::GP3);
        let theirs = their_value.or_else(|| is_default.then_some(default));
        self.add(place, ours.verdict(theirs.map_or(MemberValue::Unknown, MemberValue::Value)));
    }

    fn tags(&mut self, image: &Image) {
        let Some(theirs) = image.tags.as_deref().or_else(|| self.is_whole.then_some(&[])) else {
            return self.add(ImagePath::Tags, Verdict::NotShown);
        };
        let [ours, theirs] = [&*self.preview.tags, theirs].map(|tags| {
            tags.iter()
                .map(|tag| (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default()))
                .filter(|(key, _)| !key.starts_with("aws:"))
                .collect()
        });
        self.add(ImagePath::Tags, sets(&ours, &theirs, |(key, value)| alloc::format!("{key}={value}")));
    }

    /// Adds what no request sets but makes another image: how it was created, and whether it can be used.
    fn origin(&mut self, image: &Image) {
        for (place, source) in [
            (ImagePath::SourceImageId, text(&image.source_image_id)),
            (ImagePath::SourceInstanceId, text(&image.source_instance_id)),
        ] {
            if let Some(source) = source {
                self.add(place, Verdict::Differs { preview: None, image: Some(source.into()) });
            }
        }
        if let (Some(state), usable) = (&image.state, image.is_usable())
            && usable != Some(true)
        {
            let differs = Verdict::Differs { preview: Some("available".into()), image: Some(state.to_string()) };
            self.add(ImagePath::State, if usable.is_some() { differs } else { Verdict::NotShown });
        }
    }

    fn billing(&mut self, image: &Image) {
        let preview = self.preview;
        let members = [
            (ImagePath::PlatformDetails, &preview.platform_details, &image.platform_details),
            (ImagePath::UsageOperation, &preview.usage_operation, &image.usage_operation),
        ];
        // Other words than AWS's are compared only with the platform that needs no billing information.
        if let (Some(ours), Some("Linux/UNIX" | "")) = (&preview.billed_platform, image.platform_details.as_deref()) {
            let (preview, image) = (Some(ours.clone()), image.platform_details.clone());
            self.add(ImagePath::PlatformDetails, Verdict::Differs { preview, image });
        }
        for (place, ours, theirs) in members {
            if let (Some(ours), Some(theirs)) = (ours.as_deref(), theirs.as_deref()) {
                self.add(place, MemberValue::Value(ours).verdict(MemberValue::Value(theirs)));
            }
        }
    }

    fn product_codes(&mut self, image: &Image, has_same_snapshots: bool) {
        let theirs = image.product_codes.as_deref().or_else(|| self.is_whole.then_some(&[]));
        let verdict = match (&self.preview.product_codes, theirs) {
            (Some(ours), Some(theirs)) => {
                let [ours, theirs] =
                    [ours, theirs].map(|codes| codes.iter().filter_map(|code| text(&code.id)).collect());
                sets(&ours, &theirs, |code| String::from(*code))
            }
            // An image without snapshots has the product codes of its manifest.
            _ if has_same_snapshots && !self.may_have_manifest() => Verdict::Same,
            _ => Verdict::NotShown,
        };
        self.add(ImagePath::ProductCodes, verdict);
    }
}

/// Compares what a snapshot determines.
fn determined<T: PartialEq + ToString + Copy>(
    ours: MemberValue<T>,
    theirs: MemberValue<T>,
    has_same_snapshot: bool,
) -> Verdict {
    match (ours, theirs) {
        (MemberValue::Value(_), MemberValue::Value(_)) => ours.verdict(theirs),
        _ if has_same_snapshot => Verdict::Same,
        _ => ours.verdict(theirs),
    }
}

/// Compares sets. The values are what only one side has.
fn sets<T: Ord>(ours: &BTreeSet<T>, theirs: &BTreeSet<T>, show: impl Fn(&T) -> String) -> Verdict {
    let beyond = |some: &BTreeSet<T>, others| {
        let own: Vec<String> = some.difference(others).map(&show).collect();
        (!own.is_empty()).then(|| own.join(", "))
    };
    match (beyond(ours, theirs), beyond(theirs, ours)) {
        (None, None) => Verdict::Same,
        (preview, image) => Verdict::Differs { preview, image },
    }
}

fn snapshot(mapping: &ImageBlockDeviceMapping) -> Option<&str> {
    text(&mapping.ebs.as_ref()?.snapshot_id)
}

/// What a device is mapped to.
fn target(mapping: &ImageBlockDeviceMapping) -> &str {
    match mapping.ebs {
        Some(_) => "an EBS volume",
        None => text(&mapping.virtual_name).unwrap_or("nothing"),
    }
}

fn describe(mapping: &ImageBlockDeviceMapping) -> String {
    alloc::format!("{}: {}", text(&mapping.device_name).unwrap_or_default(), target(mapping))
}
