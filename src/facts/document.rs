//! The documents that facts are read from.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::{format, vec::Vec};
use core::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{self, Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess};
use serde_json::Value;

use super::{Facts, near_miss::near_miss, present};
use crate::endpoint::Region;
use crate::model::{Image, Snapshot};
use crate::schema::{MemberName as _, Structure};
use crate::text::escaped;
use crate::types::{ImageName, KmsKeyId, SnapshotId};

/// The members of documents, by name. A document has at least one of the first group.
mod name {
    pub(super) const REGION: &str = "Region";
    pub(super) const OWNER_ID: &str = "OwnerId";
    pub(super) const ACCOUNT: &str = "Account";
    pub(super) const ACCOUNT_LEVEL: &str = "AccountLevel";
    pub(super) const EBS_ENCRYPTION_BY_DEFAULT: &str = "EbsEncryptionByDefault";
    pub(super) const DEFAULT_KMS_KEY_ID: &str = "DefaultKmsKeyId";
    pub(super) const KMS_KEY_ID: &str = "KmsKeyId";
    pub(super) const PLATFORM: &str = "Platform";
    pub(super) const SNAPSHOTS: &str = "Snapshots";
    pub(super) const SNAPSHOTS_COMPLETE: &str = "SnapshotsComplete";
    pub(super) const MISSING_SNAPSHOTS: &str = "MissingSnapshots";
    pub(super) const IMAGES: &str = "Images";
    pub(super) const IMAGES_COMPLETE: &str = "ImagesComplete";
    pub(super) const COMPLETE_IMAGE_NAMES: &str = "CompleteImageNames";
    pub(super) const SNAPSHOT_ID: &str = "SnapshotId";
    pub(super) const IMAGE_ID: &str = "ImageId";

    pub(super) const NEXT_TOKEN: &str = "NextToken";
    pub(super) const PRODUCT_CODES: &str = "ProductCodes";
    pub(super) const ERROR: &str = "Error";
    pub(super) const STATUS_CODE: &str = "status_code";
    pub(super) const DATA: &str = "data";

    /// Names that are corrected if a document has a similar one.
    pub(super) const KNOWN: &[&str] = &[
        REGION,
        OWNER_ID,
        ACCOUNT,
        ACCOUNT_LEVEL,
        EBS_ENCRYPTION_BY_DEFAULT,
        DEFAULT_KMS_KEY_ID,
        KMS_KEY_ID,
        PLATFORM,
        SNAPSHOTS,
        SNAPSHOTS_COMPLETE,
        MISSING_SNAPSHOTS,
        IMAGES,
        IMAGES_COMPLETE,
        COMPLETE_IMAGE_NAMES,
        SNAPSHOT_ID,
        IMAGE_ID,
        NEXT_TOKEN,
        PRODUCT_CODES,
    ];

    /// Members of snapshots and images that are read from neither.
    pub(super) const OF_ITEM: &[&str] =
        &["VolumeId", "StartTime", "OwnerAlias", "Public", "ImageOwnerAlias", "ImageType", "Hypervisor"];

    /// Members of snapshots and images that a document about the account may have, too.
    pub(super) const OF_ANYTHING: &[&str] = &["Name", "Description", "Tags"];

    /// Members of volumes and instances, which also have the ID of a snapshot or an image.
    pub(super) const OF_OTHERS: &[&str] =
        &["VolumeType", "DeleteOnTermination", "Attachments", "InstanceId", "InstanceType"];
}

const PRINTED: &str = "an object as the AWS CLI prints it";

const NOT_FACTS: &str = "the document has no known member; facts are what the AWS CLI prints for describe-snapshots, \
    create-snapshot, describe-snapshot-attribute, describe-images, get-ebs-encryption-by-default, \
    get-ebs-default-kms-key-id, get-instance-metadata-defaults and sts get-caller-identity";

/// What a document says, before it is clear what the document is.
#[derive(Default)]
struct Document {
    /// What is about the account whatever else the document has.
    facts: Facts,
    /// What is about the account unless the document is a snapshot or an image.
    owner_id: Option<String>,
    region: Option<String>,
    platform: Option<String>,
    kms_key_id: Option<KmsKeyId>,
    /// Whether a member makes the document one of facts.
    is_known: bool,
    snapshot_id: Option<Value>,
    image_id: Option<Value>,
    /// The members that only a snapshot or an image has.
    members: Vec<(String, Value)>,
    /// A member of volumes or instances.
    of_others: Option<&'static str>,
    snapshots: Option<Vec<Snapshot>>,
    images: Option<Vec<Image>>,
    snapshots_complete: Option<Option<bool>>,
    images_complete: Option<Option<bool>>,
    has_next_token: bool,
    error: Option<String>,
    status: Option<Value>,
    data: Option<Data>,
}

/// The document in a recording, or another value.
enum Data {
    Document(Box<Document>),
    Other,
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Result<Facts, String>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(PRINTED)
            }

            // Without the text, which may be a whole document with secrets in it.
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
                Err(E::invalid_type(de::Unexpected::Other("string"), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Document::read(map).map(Document::into_facts)
            }

            /// A list of items, as `--query Snapshots` prints it. It may be a page or a part.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut facts = Vec::new();
                while let Some(Item(document)) = list.next_element()? {
                    facts.push(document.into_facts());
                }
                if facts.is_empty() {
                    return Ok(Err(format!("invalid type: sequence, expected {PRINTED}")));
                }
                Ok(facts.into_iter().collect())
            }
        }

        // What is wrong with the document as a whole has no place in it.
        deserializer.deserialize_any(Visitor)?.map_err(D::Error::custom)
    }
}

/// A snapshot or an image in a list.
struct Item(Document);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(PRINTED)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                let document = Document::read(map)?;
                if document.snapshot_id.is_none() && document.image_id.is_none() {
                    return Err(A::Error::custom("an item has neither `SnapshotId` nor `ImageId`"));
                }
                Ok(Item(document))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Data, A::Error> {
                Document::read(map).map(|document| Data::Document(document.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Data, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Data::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_str<E>(self, _: &str) -> Result<Data, E> {
                Ok(Data::Other)
            }

            fn visit_unit<E>(self) -> Result<Data, E> {
                Ok(Data::Other)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl Document {
    fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut document = Self::default();
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(known) = name::KNOWN.iter().find(|known| **known == key)
                && !seen.insert(*known)
            {
                return Err(A::Error::duplicate_field(known));
            }
            let is_known = document.read_member(key, &mut map)?;
            document.is_known |= is_known;
        }
        Ok(document)
    }

    /// Reads a member. Returns whether it makes the document one of facts.
    fn read_member<'de, A: MapAccess<'de>>(&mut self, key: String, map: &mut A) -> Result<bool, A::Error> {
        let facts = &mut self.facts;
        match key.as_str() {
            name::REGION => self.region = map.next_value()?,
            name::OWNER_ID => self.owner_id = map.next_value()?,
            name::PLATFORM => self.platform = map.next_value()?,
            name::KMS_KEY_ID => self.kms_key_id = map.next_value()?,
            name::ACCOUNT => facts.owner_id = map.next_value::<Option<_>>()?.and_then(present),
            name::ACCOUNT_LEVEL => facts.instance_metadata_defaults = map.next_value()?,
            name::EBS_ENCRYPTION_BY_DEFAULT => facts.ebs_encryption_by_default = map.next_value()?,
            name::DEFAULT_KMS_KEY_ID => facts.default_kms_key_id = map.next_value::<Option<_>>()?.and_then(present),
            name::SNAPSHOTS => self.snapshots = map.next_value()?,
            name::IMAGES => self.images = map.next_value()?,
            name::SNAPSHOTS_COMPLETE => self.snapshots_complete = Some(map.next_value()?),
            name::IMAGES_COMPLETE => self.images_complete = Some(map.next_value()?),
            name::MISSING_SNAPSHOTS => {
                let missing = map.next_value::<Option<Vec<SnapshotId>>>()?;
                missing.into_iter().flatten().for_each(|id| facts.add_missing_snapshot(id));
            }
            name::COMPLETE_IMAGE_NAMES => {
                let names = map.next_value::<Option<Vec<ImageName>>>()?;
                names.into_iter().flatten().for_each(|name| facts.set_image_name_complete(name));
            }
            name::SNAPSHOT_ID => self.snapshot_id = Some(map.next_value()?),
            name::IMAGE_ID => self.image_id = Some(map.next_value()?),
            _ => return self.read_other(key, map).map(|()| false),
        }
        Ok(true)
    }

    /// Reads a member that does not make the document one of facts.
    fn read_other<'de, A: MapAccess<'de>>(&mut self, key: String, map: &mut A) -> Result<(), A::Error> {
        match key.as_str() {
            name::NEXT_TOKEN => {
                let token = map.next_value::<Value>()?;
                self.has_next_token = !matches!(token, Value::Null) && token != "";
            }
            name::ERROR => {
                let error = map.next_value::<Value>()?;
                let code = error.get("Code").and_then(Value::as_str).unwrap_or("without a code");
                self.error = (!error.is_null()).then(|| escaped(code, 80));
            }
            name::STATUS_CODE => self.status = Some(map.next_value()?),
            name::DATA => self.data = Some(map.next_value()?),
            _ => {
                // A guard with `if let` needs a later Rust than the oldest that is supported.
                if let Some(known) = near_miss(&key, name::KNOWN) {
                    let message = format!("unknown member `{}`; did you mean `{known}`?", escaped(&key, 40));
                    return Err(A::Error::custom(message));
                }
                self.of_others = self.of_others.or_else(|| name::OF_OTHERS.iter().copied().find(|name| **name == key));
                if is_member::<Snapshot>(&key) || is_member::<Image>(&key) || name::OF_ITEM.contains(&key.as_str()) {
                    let value = map.next_value()?;
                    self.members.push((key, value));
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn into_facts(mut self) -> Result<Facts, String> {
        if let Some(code) = self.error {
            return Err(format!("the document is an error response: {code}"));
        }
        if let (Some(status), Some(Data::Document(document))) = (&self.status, self.data.take()) {
            let recorded = document.into_facts()?;
            if !status.as_u64().is_some_and(|status| (200..300).contains(&status)) {
                return Err(format!("the recorded response has status {status}"));
            }
            return if self.is_known { Ok(self.into_facts()?.merge(recorded)) } else { Ok(recorded) };
        }
        if !self.is_known {
            return Err(NOT_FACTS.into());
        }
        let is_item = self.snapshot_id.is_some() || self.image_id.is_some();
        let is_list = self.snapshots.is_some() || self.images.is_some();
        let has_account_member =
            self.owner_id.is_some() || self.region.is_some() || self.platform.is_some() || self.kms_key_id.is_some();
        if !is_list && (is_item || has_account_member) {
            let of_item = self.members.iter().find(|(name, _)| !is_item && !name::OF_ANYTHING.contains(&name.as_str()));
            if let Some(name) = self.of_others.or_else(|| of_item.map(|(name, _)| name.as_str())) {
                let message = "the document is not about the account, nor a snapshot or image with its ID";
                return Err(format!("{message}: it has `{name}`"));
            }
        }
        let mut facts = self.facts;
        let snapshots_complete = match (&self.snapshots, self.has_next_token) {
            (Some(_), true) => Some(false),
            (Some(list), false) if !may_be_own(list) => Some(true),
            _ => None,
        };
        facts.snapshots.add_completeness(self.snapshots_complete.unwrap_or(snapshots_complete));
        let images_complete = self.images.as_ref().map(|_| !self.has_next_token);
        facts.images.list.add_completeness(self.images_complete.unwrap_or(images_complete));
        let (snapshots, images) = (self.snapshots.unwrap_or_default(), self.images.unwrap_or_default());
        if snapshots.iter().any(|snapshot| snapshot.id.as_str().is_empty()) {
            return Err("a snapshot has an empty `SnapshotId`".into());
        }
        if images.iter().any(|image| image.id.as_str().is_empty()) {
            return Err("an image has an empty `ImageId`".into());
        }
        facts.extend(snapshots);
        facts.extend(images);

        let value = |name, text: Option<&str>| (name, text.map_or(Value::Null, Value::from));
        let owner_id = value(name::OWNER_ID, self.owner_id.as_deref());
        match (self.snapshot_id, self.image_id) {
            (Some(_), Some(_)) => return Err("the document has both `SnapshotId` and `ImageId`".into()),
            (Some(id), None) => {
                let kms_key_id = value(name::KMS_KEY_ID, self.kms_key_id.as_ref().map(KmsKeyId::as_str));
                facts.add_snapshot(item([(name::SNAPSHOT_ID, id), owner_id, kms_key_id], self.members)?);
            }
            (None, Some(id)) => {
                let platform = value(name::PLATFORM, self.platform.as_deref());
                facts.add_image(item([(name::IMAGE_ID, id), owner_id, platform], self.members)?);
            }
            (None, None) => {
                let region = self.region.and_then(present);
                facts.region = region.map(Region::new).transpose().map_err(|error| error.to_string())?;
                facts.owner_id = self.owner_id.and_then(present).or_else(|| facts.owner_id.take());
                facts.default_kms_key_id = facts.default_kms_key_id.or_else(|| self.kms_key_id.and_then(present));
                facts.platform = self.platform.and_then(present);
            }
        }
        Ok(facts)
    }
}

/// Whether these may be what `describe-snapshots --owner-ids self` prints, which omits shared snapshots.
fn may_be_own(snapshots: &[Snapshot]) -> bool {
    let owner = snapshots.first().and_then(|snapshot| snapshot.owner_id.as_ref());
    snapshots.is_empty() || (owner.is_some() && snapshots.iter().all(|snapshot| snapshot.owner_id.as_ref() == owner))
}

/// A snapshot or an image from the members of a document. An empty ID is missing.
fn item<T: Structure + for<'de> Deserialize<'de>>(
    [(name, id), others @ ..]: [(&'static str, Value); 3],
    members: Vec<(String, Value)>,
) -> Result<T, String> {
    let id = if id == "" { Value::Null } else { id };
    let named = [(name, id)].into_iter().chain(others).map(|(name, value)| (name.to_owned(), value));
    T::deserialize(MapDeserializer::new(named.chain(members))).map_err(|error: serde_json::Error| error.to_string())
}

fn is_member<T: Structure>(name: &str) -> bool {
    T::Member::NAMES.contains(&name)
}
