//! What the caller knows about the account, the Region, and the snapshots and images in it.
//!
//! Some problems do not show in a request: a name in use, a snapshot that is still pending. [`Facts`] are the account
//! data that shows them. This crate performs no I/O, so the caller passes the data in, usually as the AWS CLI prints it.
//!
//! ```
//! use ec2_register_image::{Facts, RegisterImageRequest, Validator};
//!
//! // aws ec2 describe-snapshots --owner-ids self
//! let snapshots = r#"{"Snapshots": [
//!     {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 16, "State": "completed"}
//! ]}"#;
//! // aws ec2 get-ebs-encryption-by-default
//! let encryption = r#"{"EbsEncryptionByDefault": true, "SseType": "sse-ebs"}"#;
//! let documents = [snapshots, encryption].map(serde_json::from_str::<Facts>);
//! let facts = documents.into_iter().collect::<Result<Facts, _>>()?;
//! assert_eq!(facts.ebs_encryption_by_default(), Some(true));
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{
//!     "Name": "web",
//!     "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{
//!         "DeviceName": "/dev/xvda",
//!         "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}
//!     }]
//! }"#)?;
//! let report = Validator::new().facts(facts).check(&request);
//! let finding = report.errors().next().unwrap();
//! assert_eq!(finding.rule().id, "volume-smaller-than-snapshot");
//! // Which images exist is unknown, which does not mean that there are none.
//! assert_eq!(report.not_checked().next().unwrap().id, "name-in-use");
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

mod document;
mod index;
mod listed;
mod metadata;
mod near_miss;
mod region;

use listed::{Images, Listed};
pub use metadata::InstanceMetadataDefaults;
pub use region::OtherRegion;

use crate::endpoint::Region;
use crate::model::{Image, Snapshot};
use crate::types::{ImageName, KmsKeyId, SnapshotId};

/// What is known about the account and the Region that register the image.
///
/// Every part may be unknown, and unknown is never read as `false` or as none. Empty text is unknown, too. Facts find
/// snapshots by ID and images by name without a search.
///
/// # As JSON
///
/// Facts are read from what the AWS CLI prints. Collect the facts of several documents, or [merge](Self::merge) them.
///
/// | Document | Facts |
/// | --- | --- |
/// | `describe-snapshots`, `create-snapshots` | the snapshots |
/// | `create-snapshot`, `copy-snapshot`, an item of `Snapshots` | the snapshot |
/// | `describe-snapshot-attribute --attribute productCodes` | the product codes of the snapshot |
/// | `describe-images --owners self --include-disabled` | the images |
/// | an item of `Images` | the image |
/// | a list of such items, as `--query Snapshots` prints it | the snapshots or images |
/// | `get-ebs-encryption-by-default` | encryption by default |
/// | `get-ebs-default-kms-key-id` | the default key: `KmsKeyId` |
/// | `get-instance-metadata-defaults` | whether the account enforces IMDSv2: `AccountLevel` |
/// | `sts get-caller-identity` | the account ID: `Account` |
/// | `{"status_code": 200, "data": …}`, a recording of botocore | what `data` has |
/// | facts as [`Facts`] serializes them | all of it |
///
/// Other members are ignored, and `null` is unknown. `OwnerId`, `KmsKeyId`, `Platform` and `Region` of a single snapshot
/// or image are not about the account.
///
/// These documents are errors, because nothing would be learned from them, or something wrong:
///
/// | Document | Reason |
/// | --- | --- |
/// | `{}`, `{"Reservations": []}`, `[]`, `null` | no known member |
/// | `{"EbsEncryptionByDefualt": true}`, `{"snapshots": []}` | a misspelled member |
/// | `{"Error": {"Code": "UnauthorizedOperation"}}` | an error response, recorded or not |
/// | `{"status_code": 503, "data": …}` | a recorded response without success |
/// | a volume, an instance, or an item without its ID | its members are not the account's |
/// | `{"Snapshots": [{"SnapshotId": ""}]}` | an item without its ID |
/// | a member given twice, or of the wrong type | |
///
/// # What a list proves
///
/// Rules conclude something from the absence of an item only if the list is complete:
///
/// - A page with `NextToken` is not complete, and it never becomes complete by merging.
/// - A list of images without `NextToken` is complete.
/// - A list of snapshots that all belong to one account may be the output of `--owner-ids self`, which omits shared
///   snapshots. Such a list proves nothing about other snapshots, and neither does an empty one. Any other list without
///   `NextToken` is complete.
/// - `SnapshotsComplete` and `ImagesComplete` in a document override this.
///
/// # Serialization
///
/// Serializing writes one document with everything, so that a tool can cache facts and read them back.
///
/// ```
/// use ec2_register_image::Facts;
///
/// let printed = r#"{"Images": [{"ImageId": "ami-1", "Name": "web", "Hypervisor": "xen"}]}"#;
/// let facts: Facts = serde_json::from_str(printed)?;
/// let cached = serde_json::to_string(&facts)?;
/// assert_eq!(serde_json::from_str::<Facts>(&cached)?, facts);
///
/// let error = serde_json::from_str::<Facts>(r#"{"Image": []}"#).unwrap_err();
/// assert!(error.to_string().starts_with("unknown member `Image`; did you mean `Images`?"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    region: Option<Region>,
    owner_id: Option<String>,
    ebs_encryption_by_default: Option<bool>,
    default_kms_key_id: Option<KmsKeyId>,
    platform: Option<String>,
    instance_metadata_defaults: Option<InstanceMetadataDefaults>,
    snapshots: Listed<Snapshot>,
    missing_snapshots: BTreeSet<SnapshotId>,
    images: Images,
    complete_image_names: BTreeSet<ImageName>,
}

/// A text, unless it is empty.
fn present<T: AsRef<str>>(text: T) -> Option<T> {
    (!text.as_ref().is_empty()).then_some(text)
}

/// The account and the Region.
impl Facts {
    /// Returns facts without content.
    ///
    /// ```
    /// use ec2_register_image::model::Snapshot;
    /// use ec2_register_image::types::SnapshotState;
    /// use ec2_register_image::{Facts, Region};
    ///
    /// let mut facts = Facts::new();
    /// facts.set_region(Region::new("eu-central-1")?);
    /// facts.set_owner_id("123456789012");
    /// facts.set_ebs_encryption_by_default(true);
    /// facts.set_default_kms_key_id("alias/aws/ebs");
    /// let mut snapshot = Snapshot::new("snap-0123456789abcdef0");
    /// snapshot.state = Some(SnapshotState::COMPLETED);
    /// facts.add_snapshot(snapshot);
    /// // DescribeSnapshots was asked for this one and did not return it.
    /// facts.add_missing_snapshot("snap-0123456789abcdef1");
    /// // DescribeImages returned no image with this name, on any page.
    /// facts.set_image_name_complete("web");
    /// assert_eq!(facts.has_snapshot(&"snap-0123456789abcdef1".into()), Some(false));
    /// assert_eq!(facts.has_snapshot(&"snap-0123456789abcdef2".into()), None);
    /// assert!(facts.has_all_images_named(&"web".into()));
    /// # Ok::<(), ec2_register_image::endpoint::InvalidRegion>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the Region, which determines the partition. Member `Region`.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    /// Sets the Region.
    pub fn set_region(&mut self, region: Region) {
        self.region = Some(region);
    }

    /// Returns the ID of the account that registers the image and launches it, 12 digits. Member `OwnerId` or `Account`.
    #[must_use]
    pub fn owner_id(&self) -> Option<&str> {
        self.owner_id.as_deref()
    }

    /// Sets the ID of the account. Empty text makes it unknown.
    pub fn set_owner_id(&mut self, owner_id: impl Into<String>) {
        self.owner_id = present(owner_id.into());
    }

    /// Returns whether the account encrypts every new volume in the Region. Member `EbsEncryptionByDefault`.
    #[must_use]
    pub fn ebs_encryption_by_default(&self) -> Option<bool> {
        self.ebs_encryption_by_default
    }

    /// Sets whether the account encrypts every new volume in the Region.
    pub fn set_ebs_encryption_by_default(&mut self, is_default: bool) {
        self.ebs_encryption_by_default = Some(is_default);
    }

    /// Returns the key of volumes that are encrypted without a stated key. Member `DefaultKmsKeyId` or `KmsKeyId`.
    #[must_use]
    pub fn default_kms_key_id(&self) -> Option<&KmsKeyId> {
        self.default_kms_key_id.as_ref()
    }

    /// Sets the default key. Empty text makes it unknown.
    pub fn set_default_kms_key_id(&mut self, key: impl Into<KmsKeyId>) {
        self.default_kms_key_id = present(key.into());
    }

    /// Returns the operating system on the root volume, in the words of `PlatformDetails`, such as `Windows` or
    /// `Red Hat Enterprise Linux`. Member `Platform`.
    #[must_use]
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }

    /// Sets the operating system on the root volume. Empty text makes it unknown.
    pub fn set_platform(&mut self, platform: impl Into<String>) {
        self.platform = present(platform.into());
    }

    /// Returns the account-level settings of the instance metadata service in the Region. Member `AccountLevel`.
    #[must_use]
    pub fn instance_metadata_defaults(&self) -> Option<&InstanceMetadataDefaults> {
        self.instance_metadata_defaults.as_ref()
    }

    /// Sets the account-level settings of the instance metadata service.
    pub fn set_instance_metadata_defaults(&mut self, defaults: InstanceMetadataDefaults) {
        self.instance_metadata_defaults = Some(defaults);
    }
}

/// Snapshots and images.
impl Facts {
    /// Returns the snapshots, each ID once. Member `Snapshots`.
    #[must_use]
    pub fn snapshots(&self) -> &[Snapshot] {
        self.snapshots.items()
    }

    /// Returns what is known about the snapshot with this ID.
    #[must_use]
    pub fn snapshot(&self, id: &SnapshotId) -> Option<&Snapshot> {
        self.snapshots.find(id)
    }

    /// Returns whether the account can use a snapshot with this ID in the Region.
    ///
    /// `false` if the snapshot is [missing](Self::add_missing_snapshot), or not in a complete list. `None` if nothing
    /// proves either.
    #[must_use]
    pub fn has_snapshot(&self, id: &SnapshotId) -> Option<bool> {
        if self.snapshot(id).is_some() {
            return Some(true);
        }
        (self.snapshots.is_complete == Some(true) || self.missing_snapshots.contains(id)).then_some(false)
    }

    /// Adds a snapshot. If its ID is known, each member that it has replaces the earlier one. A snapshot with an empty ID
    /// is ignored.
    pub fn add_snapshot(&mut self, snapshot: Snapshot) {
        self.extend([snapshot]);
    }

    /// Adds the ID of a snapshot that EC2 does not show to the account. It removes what was known about the snapshot.
    /// Member `MissingSnapshots`.
    pub fn add_missing_snapshot(&mut self, id: impl Into<SnapshotId>) {
        self.remove_snapshots(BTreeSet::from([id.into()]));
    }

    /// States whether there are no snapshots but these that the account can use in the Region.
    ///
    /// Default: unknown, so that no rule concludes anything from absence. Member `SnapshotsComplete`.
    pub fn set_snapshots_complete(&mut self, is_complete: bool) {
        self.snapshots.is_complete = Some(is_complete);
    }

    /// Returns the images in the Region, each ID once. Member `Images`.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        self.images.list.items()
    }

    /// Returns the images with this name, in the order in which they were added.
    pub fn images_named(&self, name: &ImageName) -> impl Iterator<Item = &Image> + Clone {
        self.images.named(name)
    }

    /// Returns whether there are no images with this name but those of [`images_named`](Self::images_named).
    #[must_use]
    pub fn has_all_images_named(&self, name: &ImageName) -> bool {
        self.images.list.is_complete == Some(true) || self.complete_image_names.contains(name)
    }

    /// Adds an image. If its ID is known, each member that it has replaces the earlier one. An image with an empty ID is
    /// ignored.
    pub fn add_image(&mut self, image: Image) {
        self.extend([image]);
    }

    /// States that all images of the account with this name are in these facts, or that there are none.
    /// Member `CompleteImageNames`.
    pub fn set_image_name_complete(&mut self, name: impl Into<ImageName>) {
        self.complete_image_names.insert(name.into());
    }

    /// States whether all images of the account in the Region are in these facts.
    ///
    /// Default: unknown, so that no rule concludes anything from absence. Member `ImagesComplete`.
    pub fn set_images_complete(&mut self, is_complete: bool) {
        self.images.list.is_complete = Some(is_complete);
    }

    /// Removes all images, so that nothing is known about images.
    pub fn clear_images(&mut self) {
        self.images = Images::default();
        self.complete_image_names.clear();
    }

    fn remove_snapshots(&mut self, ids: BTreeSet<SnapshotId>) {
        if ids.iter().any(|id| self.snapshot(id).is_some()) {
            self.snapshots.remove_all(|snapshot| ids.contains(&snapshot.id));
        }
        self.missing_snapshots.extend(ids);
    }
}

impl Facts {
    /// Returns these facts and `later` ones.
    ///
    /// Of two values for a member, the later one counts. Lists are joined, and of two items with the same ID the later one
    /// counts member by member. A merge takes time in proportion to the later facts. To merge many, collect them.
    ///
    /// Do not merge facts of different [Regions](Self::region): the result has the later Region and the items of both.
    ///
    /// ```
    /// use ec2_register_image::{Facts, types::SnapshotState};
    ///
    /// let described: Facts =
    ///     serde_json::from_str(r#"{"Snapshots": [{"SnapshotId": "snap-1", "State": "completed"}]}"#)?;
    /// let attribute: Facts = serde_json::from_str(r#"{"SnapshotId": "snap-1", "ProductCodes": []}"#)?;
    /// let facts = described.merge(attribute);
    /// let snapshot = facts.snapshot(&"snap-1".into()).unwrap();
    /// assert_eq!(snapshot.state, Some(SnapshotState::COMPLETED));
    /// assert_eq!(snapshot.product_codes, Some(vec![]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn merge(mut self, later: Self) -> Self {
        self.absorb(later);
        self
    }

    fn absorb(&mut self, later: Self) {
        let replace = |earlier: &mut Option<String>, later: Option<String>| *earlier = later.or_else(|| earlier.take());
        self.region = later.region.or_else(|| self.region.take());
        replace(&mut self.owner_id, later.owner_id);
        replace(&mut self.platform, later.platform);
        self.ebs_encryption_by_default = later.ebs_encryption_by_default.or(self.ebs_encryption_by_default);
        self.default_kms_key_id = later.default_kms_key_id.or_else(|| self.default_kms_key_id.take());
        self.instance_metadata_defaults =
            later.instance_metadata_defaults.or_else(|| self.instance_metadata_defaults.take());
        if !later.missing_snapshots.is_empty() {
            self.remove_snapshots(later.missing_snapshots);
        }
        self.snapshots.add_completeness(later.snapshots.is_complete);
        self.extend(later.snapshots.into_items());
        self.images.list.add_completeness(later.images.list.is_complete);
        self.extend(later.images.list.into_items());
        self.complete_image_names.extend(later.complete_image_names);
    }
}

/// Merges the facts in their order.
impl Extend<Self> for Facts {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, facts: I) {
        facts.into_iter().for_each(|later| self.absorb(later));
    }
}

/// Merges the facts in their order.
impl FromIterator<Self> for Facts {
    fn from_iter<I: IntoIterator<Item = Self>>(facts: I) -> Self {
        let mut facts = facts.into_iter();
        let mut all = facts.next().unwrap_or_default();
        all.extend(facts);
        all
    }
}

/// Adds snapshots, each as [`add_snapshot`](Facts::add_snapshot) does.
impl Extend<Snapshot> for Facts {
    fn extend<I: IntoIterator<Item = Snapshot>>(&mut self, snapshots: I) {
        for snapshot in snapshots {
            if !self.missing_snapshots.is_empty() {
                self.missing_snapshots.remove(&snapshot.id);
            }
            self.snapshots.add(snapshot);
        }
    }
}

/// Adds images, each as [`add_image`](Facts::add_image) does.
impl Extend<Image> for Facts {
    fn extend<I: IntoIterator<Item = Image>>(&mut self, images: I) {
        self.images.extend(images);
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (snapshots, images) = (&self.snapshots, &self.images.list);
        let mut object = serializer.serialize_struct("Facts", 12)?;
        object.serialize_field("Region", &self.region)?;
        object.serialize_field("OwnerId", &self.owner_id)?;
        object.serialize_field("EbsEncryptionByDefault", &self.ebs_encryption_by_default)?;
        object.serialize_field("DefaultKmsKeyId", &self.default_kms_key_id)?;
        object.serialize_field("Platform", &self.platform)?;
        object.serialize_field("AccountLevel", &self.instance_metadata_defaults)?;
        object.serialize_field("Snapshots", &snapshots.known_items())?;
        object.serialize_field("SnapshotsComplete", &snapshots.is_complete)?;
        object.serialize_field("MissingSnapshots", &self.missing_snapshots)?;
        object.serialize_field("Images", &images.known_items())?;
        object.serialize_field("ImagesComplete", &images.is_complete)?;
        object.serialize_field("CompleteImageNames", &self.complete_image_names)?;
        object.end()
    }
}
