//! What is known so far.

use alloc::{string::String, vec::Vec};

use super::question::{Known, Question};
use super::{Fact, Gathered, UnknownFact};
use crate::endpoint::Region;
use crate::facts::Facts;
use crate::machine::ReadError;
use crate::model::{Image, Snapshot};
use crate::response::RegisterImageError;
use crate::types::{ImageName, KmsKeyId, SnapshotId};

#[derive(Clone, Debug)]
pub(super) struct Collected {
    region: Option<Region>,
    /// Those that EC2 described.
    snapshots: Vec<Snapshot>,
    /// Those that EC2 does not show.
    missing: Vec<SnapshotId>,
    /// All images with this name.
    images: Option<(ImageName, Vec<Image>)>,
    /// The owners of what belongs to the account. There is one, unless a response is wrong.
    owners: Vec<String>,
    account_error: Option<ReadError>,
    encryption_by_default: Option<bool>,
    default_kms_key_id: Option<KmsKeyId>,
    unknown: Vec<UnknownFact>,
}

impl Collected {
    pub(super) fn new(region: Option<Region>) -> Self {
        Self {
            region,
            snapshots: Vec::new(),
            missing: Vec::new(),
            images: None,
            owners: Vec::new(),
            account_error: None,
            encryption_by_default: None,
            default_kms_key_id: None,
            unknown: Vec::new(),
        }
    }

    /// Adds a whole answer. Returns the snapshots about which more is asked.
    pub(super) fn learn(&mut self, known: Known) -> Option<Vec<SnapshotId>> {
        match known {
            Known::Snapshots { asked, snapshots } => {
                let is_asked = |id: &SnapshotId| asked.contains(id);
                let before = self.snapshots.len();
                self.snapshots.extend(snapshots.into_iter().filter(|snapshot| is_asked(&snapshot.id)));
                let shown = self.snapshots.get(before..).unwrap_or_default();
                let shown: Vec<SnapshotId> = shown.iter().map(|snapshot| snapshot.id.clone()).collect();
                for id in asked.into_iter().filter(|id| !shown.contains(id)) {
                    self.missing.push(id.clone());
                    self.unknown.push(UnknownFact { fact: Fact::Snapshot(id), error: ReadError::NotShown });
                }
                return Some(shown);
            }
            Known::OwnSnapshots { asked, snapshots } => {
                let own = snapshots.into_iter().filter(|snapshot| asked.contains(&snapshot.id));
                own.filter_map(|snapshot| snapshot.owner_id).for_each(|owner| self.add_owner(owner));
            }
            Known::AnyOwnSnapshot(snapshots) => {
                snapshots.into_iter().filter_map(|snapshot| snapshot.owner_id).for_each(|owner| self.add_owner(owner));
            }
            Known::ProductCodes(id, codes) => {
                if let Some(known) = self.snapshots.iter_mut().find(|known| known.id == id) {
                    known.product_codes = Some(codes);
                }
            }
            Known::Images { name, images } => {
                let images: Vec<Image> =
                    images.into_iter().filter(|image| image.name.as_ref() == Some(&name)).collect();
                images.iter().filter_map(|image| image.owner_id.clone()).for_each(|owner| self.add_owner(owner));
                self.images = Some((name, images));
            }
            Known::EncryptionByDefault(is_on) => self.encryption_by_default = Some(is_on),
            Known::DefaultKmsKey(key) => self.default_kms_key_id = Some(key),
        }
        None
    }

    /// Whether no answer named the account, although none failed that could have.
    pub(super) fn lacks_account(&self) -> bool {
        self.owners.is_empty() && self.account_error.is_none() && !self.snapshots.is_empty()
    }

    fn add_owner(&mut self, owner: String) {
        if !owner.is_empty() && !self.owners.contains(&owner) {
            self.owners.push(owner);
        }
    }

    /// Adds that a question has no answer.
    pub(super) fn miss(&mut self, question: Question, error: &ReadError) {
        let mut miss = |fact| self.unknown.push(UnknownFact { fact, error: error.clone() });
        match question {
            Question::Snapshots { ids, .. } => {
                if is_absent(error) {
                    self.missing.extend(ids.iter().cloned());
                }
                ids.into_iter().map(Fact::Snapshot).for_each(miss);
            }
            Question::OwnSnapshots { .. } | Question::AnyOwnSnapshot => self.account_error = Some(error.clone()),
            Question::ProductCodes(id) => miss(Fact::ProductCodes(id)),
            Question::Images { .. } => miss(Fact::Images),
            Question::EncryptionByDefault => miss(Fact::EncryptionByDefault),
            Question::DefaultKmsKey => miss(Fact::DefaultKmsKey),
        }
    }

    pub(super) fn gathered(&self) -> Gathered {
        let mut facts = Facts::new();
        if let Some(region) = &self.region {
            facts.set_region(region.clone());
        }
        if let Some(is_default) = self.encryption_by_default {
            facts.set_ebs_encryption_by_default(is_default);
        }
        if let Some(key) = &self.default_kms_key_id {
            facts.set_default_kms_key_id(key.clone());
        }
        facts.extend(self.snapshots.iter().cloned());
        self.missing.iter().for_each(|id| facts.add_missing_snapshot(id.clone()));
        if let Some((name, images)) = &self.images {
            facts.extend(images.iter().cloned());
            facts.set_image_name_complete(name.clone());
        }
        let mut unknown = self.unknown.clone();
        match (self.owners.as_slice(), &self.account_error) {
            ([owner], _) => facts.set_owner_id(owner.as_str()),
            _ if self.snapshots.is_empty() => {}
            ([], error) => {
                let error = error.clone().unwrap_or(ReadError::NotShown);
                unknown.push(UnknownFact { fact: Fact::Account, error });
            }
            _ => unknown.push(UnknownFact { fact: Fact::Account, error: ReadError::OtherSubject }),
        }
        Gathered { facts, unknown }
    }
}

/// Whether EC2 says that there is no such snapshot.
fn is_absent(error: &ReadError) -> bool {
    let code = error.as_answered().and_then(RegisterImageError::code);
    code.is_some_and(|code| code.without_prefix() == "InvalidSnapshot.NotFound")
}
