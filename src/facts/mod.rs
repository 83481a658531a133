//! What the caller knows of account, Region and snapshots, for the rules that a request alone cannot answer.
//!
//! [`Facts`] is plain data: this crate asks nobody. It deserializes from what the AWS CLI prints, and answers of several
//! commands are merged:
//!
//! ```
//! use ec2_register_image::{Facts, RegisterImageRequest, Validator};
//!
//! // aws ec2 describe-snapshots --owner-ids self
//! let snapshots = r#"{"Snapshots": [
//!     {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 16, "State": "completed", "Progress": "100%"}
//! ]}"#;
//! // aws ec2 get-ebs-encryption-by-default
//! let encryption = r#"{"EbsEncryptionByDefault": true, "SseType": "sse-ebs"}"#;
//! let facts = serde_json::from_str::<Facts>(snapshots)?.merge(serde_json::from_str(encryption)?);
//! assert_eq!(facts.ebs_encryption_by_default, Some(true));
//! // Nobody said anything of images, which is not to say that there are none.
//! assert_eq!(facts.images, None);
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [
//!         {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8}}
//!     ]}"#)?;
//! let report = Validator::new().facts(facts).check(&request);
//! let finding = report.errors().next().unwrap();
//! assert_eq!(finding.rule().id, "volume-smaller-than-snapshot");
//! assert_eq!(finding.help().to_string(), "set `VolumeSize` to 16 or more, or remove it to use the size of the snapshot");
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::endpoint::{InvalidRegion, Region};
use crate::model::{Image, ProductCode, Snapshot};
use crate::schema::{Identified, described};
use crate::types::{KmsKeyId, SnapshotId};

/// What is known of the account and the Region that register the image; every part may be unknown, and unknown is never
/// read as `false` or as none.
///
/// As JSON it is any of these documents; other members in them are ignored, `null` is unknown:
///
/// - what `aws ec2 describe-snapshots` prints: `{"Snapshots": […]}`
/// - `describe-snapshot-attribute --attribute productCodes`: `{"SnapshotId": …, "ProductCodes": […]}`
/// - `describe-images --owners self`: `{"Images": […]}`
/// - `get-ebs-encryption-by-default`: `{"EbsEncryptionByDefault": …}`
/// - `get-ebs-default-kms-key-id`: `{"KmsKeyId": …}`
/// - all in one: `{"Region", "OwnerId", "EbsEncryptionByDefault", "DefaultKmsKeyId", "Platform", "Snapshots", "Images"}`
///
/// Reading refuses a member given twice, and whatever is not an object. Two items of a list with the same id are merged.
///
/// Serializing writes the document with all of them, so that a tool can cache facts and read them back.
///
/// ```
/// use ec2_register_image::Facts;
///
/// let facts: Facts = serde_json::from_str(r#"{"Images": [{"ImageId": "ami-1", "Name": "web", "Hypervisor": "xen"}]}"#)?;
/// let cached = serde_json::to_string(&facts)?;
/// assert_eq!(serde_json::from_str::<Facts>(&cached)?, facts);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Facts {
    /// The Region, such as `eu-central-1`, which determines the partition. Member `Region`.
    pub region: Option<Region>,
    /// The account that registers the image and launches it, 12 digits. Member `OwnerId`.
    pub owner_id: Option<String>,
    /// Whether the account encrypts every new volume in the Region. Member `EbsEncryptionByDefault`.
    pub ebs_encryption_by_default: Option<bool>,
    /// The key of volumes that are encrypted without naming one. Member `DefaultKmsKeyId`, or `KmsKeyId` in a document
    /// without `SnapshotId`.
    pub default_kms_key_id: Option<KmsKeyId>,
    /// The operating system on the root volume, in the words of `PlatformDetails`, such as `Windows` or
    /// `Red Hat Enterprise Linux`. Member `Platform`.
    pub platform: Option<String>,
    /// Snapshots, each id once. Member `Snapshots`.
    pub snapshots: Option<Vec<Snapshot>>,
    /// Images in the Region, each id once. Member `Images`.
    pub images: Option<Vec<Image>>,
}

impl Facts {
    /// These facts and `later` ones: of two values for a member the later counts; lists are joined, and of two items
    /// with the same id the later counts member by member.
    ///
    /// ```
    /// use ec2_register_image::{Facts, types::SnapshotState};
    ///
    /// let described: Facts = serde_json::from_str(r#"{"Snapshots": [{"SnapshotId": "snap-1", "State": "completed"}]}"#)?;
    /// let attribute: Facts = serde_json::from_str(r#"{"SnapshotId": "snap-1", "ProductCodes": []}"#)?;
    /// let facts = described.merge(attribute);
    /// let snapshot = facts.snapshot(&"snap-1".into()).unwrap();
    /// assert_eq!(snapshot.state, Some(SnapshotState::COMPLETED));
    /// assert_eq!(snapshot.product_codes, Some(vec![]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn merge(self, later: Self) -> Self {
        Self {
            region: later.region.or(self.region),
            owner_id: later.owner_id.or(self.owner_id),
            ebs_encryption_by_default: later.ebs_encryption_by_default.or(self.ebs_encryption_by_default),
            default_kms_key_id: later.default_kms_key_id.or(self.default_kms_key_id),
            platform: later.platform.or(self.platform),
            snapshots: join(self.snapshots, later.snapshots),
            images: join(self.images, later.images),
        }
    }

    /// What is known of the snapshot of this id.
    #[must_use]
    pub fn snapshot(&self, id: &SnapshotId) -> Option<&Snapshot> {
        self.snapshots.iter().flatten().find(|snapshot| snapshot.id == *id)
    }

    /// Whether there is a list of snapshots, be it an empty one. Product codes of single snapshots are none.
    pub(crate) fn lists_snapshots(&self) -> bool {
        self.snapshots.as_ref().is_some_and(|list| list.is_empty() || list.iter().any(Snapshot::is_described))
    }
}

/// Both lists as one in which each id stands once, where it stood first.
fn join<T: Identified>(earlier: Option<Vec<T>>, later: Option<Vec<T>>) -> Option<Vec<T>> {
    if earlier.is_none() && later.is_none() {
        return None;
    }
    let mut joined: Vec<T> = Vec::new();
    let mut places = BTreeMap::new();
    for item in [earlier, later].into_iter().flatten().flatten() {
        let place = *places.entry(item.id().clone()).or_insert(joined.len());
        match joined.get_mut(place) {
            Some(known) => known.update(item),
            None => joined.push(item),
        }
    }
    Some(joined)
}

described! {
    /// The members of all documents together.
    struct Document, DocumentMember {
        region: String = Region,
        owner_id: String = OwnerId,
        ebs_encryption_by_default: bool = EbsEncryptionByDefault,
        default_kms_key_id: KmsKeyId = DefaultKmsKeyId,
        kms_key_id: KmsKeyId = KmsKeyId,
        platform: String = Platform,
        snapshots: Vec<Snapshot> = Snapshots,
        images: Vec<Image> = Images,
        snapshot_id: SnapshotId = SnapshotId,
        product_codes: Vec<ProductCode> = ProductCodes,
    }
}

impl TryFrom<Document> for Facts {
    type Error = InvalidRegion;

    fn try_from(document: Document) -> Result<Self, InvalidRegion> {
        let key = document.kms_key_id.filter(|_| document.snapshot_id.is_none());
        let product_codes = document.product_codes;
        let attribute = document.snapshot_id.map(|id| Vec::from([Snapshot { product_codes, ..Snapshot::new(id) }]));
        Ok(Self {
            region: document.region.map(Region::new).transpose()?,
            owner_id: document.owner_id,
            ebs_encryption_by_default: document.ebs_encryption_by_default,
            default_kms_key_id: document.default_kms_key_id.or(key),
            platform: document.platform,
            snapshots: join(document.snapshots, attribute),
            images: join(document.images, None),
        })
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Document::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
