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
//! assert_eq!(finding.help().to_string(), "write a `VolumeSize` of 16 or more, or leave it out for the snapshot's size");
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, de};

mod image;

pub use image::{Ebs, Image, Mapping, RootDeviceType};

use crate::types::{KmsKeyId, OutpostArn, SnapshotId};

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The Region, such as `eu-central-1`; it tells the partition. Member `Region`.
    pub region: Option<String>,
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

/// A snapshot, as [`DescribeSnapshots`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html) has it,
/// and its product codes, which that answer lacks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// Member `SnapshotId`.
    #[serde(rename = "SnapshotId")]
    pub id: SnapshotId,
    /// The size in GiB of the volume that it was made from. Member `VolumeSize`.
    pub volume_size: Option<i32>,
    /// `pending`, `completed`, `error`, `recoverable` or `recovering`. Member `State`.
    pub state: Option<String>,
    /// The account that owns it; where this is not [`Facts::owner_id`], the snapshot is a shared one. Member `OwnerId`.
    pub owner_id: Option<String>,
    /// Member `Encrypted`.
    pub encrypted: Option<bool>,
    /// The ARN of the key that it is encrypted with. Member `KmsKeyId`.
    pub kms_key_id: Option<KmsKeyId>,
    /// `standard` or `archive`. Member `StorageTier`.
    pub storage_tier: Option<String>,
    /// Until when a snapshot in the tier `archive` is restored and can be used. Member `RestoreExpiryTime`.
    pub restore_expiry_time: Option<String>,
    /// The Outpost that it is stored on; a described snapshot without one is stored in the Region. Member `OutpostArn`.
    pub outpost_arn: Option<OutpostArn>,
    /// Product codes; an empty list is none. Member `ProductCodes`.
    #[serde(default, deserialize_with = "objects")]
    pub product_codes: Option<Vec<ProductCode>>,
}

/// A product code of a snapshot or an image. See
/// [`ProductCode`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ProductCode.html).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ProductCode {
    /// The code. Member `ProductCodeId`.
    #[serde(rename = "ProductCodeId")]
    pub id: Option<String>,
    /// `devpay` or `marketplace`. Member `ProductCodeType`.
    #[serde(rename = "ProductCodeType")]
    pub product_code_type: Option<String>,
}

impl Facts {
    /// These facts and `later` ones: of two values for a member the later counts; lists are joined, and of two items
    /// with the same id the later counts member by member.
    ///
    /// ```
    /// use ec2_register_image::Facts;
    ///
    /// let described: Facts = serde_json::from_str(r#"{"Snapshots": [{"SnapshotId": "snap-1", "State": "completed"}]}"#)?;
    /// let attribute: Facts = serde_json::from_str(r#"{"SnapshotId": "snap-1", "ProductCodes": []}"#)?;
    /// let facts = described.merge(attribute);
    /// let snapshot = facts.snapshot(&"snap-1".into()).unwrap();
    /// assert_eq!(snapshot.state.as_deref(), Some("completed"));
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

impl Snapshot {
    /// The snapshot of this id, of which nothing else is known.
    #[must_use]
    pub fn new(id: impl Into<SnapshotId>) -> Self {
        Self {
            id: id.into(),
            volume_size: None,
            state: None,
            owner_id: None,
            encrypted: None,
            kms_key_id: None,
            storage_tier: None,
            restore_expiry_time: None,
            outpost_arn: None,
            product_codes: None,
        }
    }

    /// Whether more is known than product codes, so that a member of DescribeSnapshots that is absent is absent there.
    pub(crate) fn is_described(&self) -> bool {
        self.volume_size.is_some() || self.state.is_some() || self.owner_id.is_some()
    }
}

/// An item of a list, told by its id.
trait Item {
    type Id: Clone + Ord;

    fn id(&self) -> &Self::Id;

    /// Takes over what `later` knows.
    fn update(&mut self, later: Self);
}

impl Item for Snapshot {
    type Id = SnapshotId;

    fn id(&self) -> &SnapshotId {
        &self.id
    }

    fn update(&mut self, later: Self) {
        // Taken apart, so that a new member cannot be forgotten.
        let Self {
            id: _,
            volume_size,
            state,
            owner_id,
            encrypted,
            kms_key_id,
            storage_tier,
            restore_expiry_time,
            outpost_arn,
            product_codes,
        } = later;
        update(&mut self.volume_size, volume_size);
        update(&mut self.state, state);
        update(&mut self.owner_id, owner_id);
        update(&mut self.encrypted, encrypted);
        update(&mut self.kms_key_id, kms_key_id);
        update(&mut self.storage_tier, storage_tier);
        update(&mut self.restore_expiry_time, restore_expiry_time);
        update(&mut self.outpost_arn, outpost_arn);
        update(&mut self.product_codes, product_codes);
    }
}

fn update<T>(known: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *known = later;
    }
}

/// Both lists as one in which each id stands once, where it stood first.
fn join<T: Item>(earlier: Option<Vec<T>>, later: Option<Vec<T>>) -> Option<Vec<T>> {
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

/// The members of all documents together.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    region: Option<String>,
    owner_id: Option<String>,
    ebs_encryption_by_default: Option<bool>,
    default_kms_key_id: Option<KmsKeyId>,
    kms_key_id: Option<KmsKeyId>,
    platform: Option<String>,
    #[serde(default, deserialize_with = "objects")]
    snapshots: Option<Vec<Snapshot>>,
    #[serde(default, deserialize_with = "objects")]
    images: Option<Vec<Image>>,
    snapshot_id: Option<SnapshotId>,
    #[serde(default, deserialize_with = "objects")]
    product_codes: Option<Vec<ProductCode>>,
}

impl From<Document> for Facts {
    fn from(document: Document) -> Self {
        let key = document.kms_key_id.filter(|_| document.snapshot_id.is_none());
        let product_codes = document.product_codes;
        let attribute = document.snapshot_id.map(|id| Vec::from([Snapshot { product_codes, ..Snapshot::new(id) }]));
        Self {
            region: document.region,
            owner_id: document.owner_id,
            ebs_encryption_by_default: document.ebs_encryption_by_default,
            default_kms_key_id: document.default_kms_key_id.or(key),
            platform: document.platform,
            snapshots: join(document.snapshots, attribute),
            images: join(document.images, None),
        }
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::<Document>::deserialize(deserializer).map(|Object(document)| document.into())
    }
}

/// A structure read from an object alone; a derived `Deserialize` takes an array as well, so that `[]` would be facts.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object as the AWS CLI prints it")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Visitor(PhantomData))
    }
}

fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    let list = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(list.map(|list| list.into_iter().map(|Object(item)| item).collect()))
}
