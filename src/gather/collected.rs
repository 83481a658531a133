//! What is known so far.

use alloc::{string::String, vec::Vec};

use super::question::{Known, Question};
use super::{Fact, Gathered, Unknown};
use crate::endpoint::Region;
use crate::facts::Facts;
use crate::machine::ReadError;
use crate::model::{Image, Snapshot};
use crate::response::RegisterImageError;
use crate::types::{KmsKeyId, SnapshotId};

#[derive(Clone, Debug)]
pub(super) struct Collected {
    region: Option<Region>,
    /// The snapshots of the request.
    asked: Vec<SnapshotId>,
    /// Those that EC2 described.
    snapshots: Vec<Snapshot>,
    /// Those about which nothing is known, not even whether they exist.
    unseen: Vec<SnapshotId>,
    images: Option<Vec<Image>>,
    /// The owners of what belongs to the account. There is one, unless a response is wrong.
    owners: Vec<String>,
    account_error: Option<ReadError>,
    encryption_by_default: Option<bool>,
    default_kms_key_id: Option<KmsKeyId>,
    unknown: Vec<Unknown>,
}

impl Collected {
    pub(super) fn new(region: Option<Region>, asked: Vec<SnapshotId>) -> Self {
        Self {
            region,
            asked,
            snapshots: Vec::new(),
            unseen: Vec::new(),
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
                    self.unknown.push(Unknown { fact: Fact::Snapshot(id), error: ReadError::NotShown });
                }
                return Some(shown);
            }
            Known::OwnSnapshots { asked, snapshots } => {
                let own = snapshots.into_iter().filter(|snapshot| asked.contains(&snapshot.id));
                own.filter_map(|snapshot| snapshot.owner_id).for_each(|owner| self.add_owner(owner));
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
                self.images = Some(images);
            }
            Known::EncryptionByDefault(is_on) => self.encryption_by_default = Some(is_on),
            Known::DefaultKmsKey(key) => self.default_kms_key_id = Some(key),
        }
        None
    }

    fn add_owner(&mut self, owner: String) {
        if !owner.is_empty() && !self.owners.contains(&owner) {
            self.owners.push(owner);
        }
    }

    /// Adds that a question has no answer.
    pub(super) fn miss(&mut self, question: Question, error: &ReadError) {
        let mut miss = |fact| self.unknown.push(Unknown { fact, error: error.clone() });
        match question {
            Question::Snapshots { ids, .. } => {
                let is_absent = is_absent(error);
                for id in ids {
                    if !is_absent {
                        self.unseen.push(id.clone());
                    }
                    miss(Fact::Snapshot(id));
                }
            }
            Question::OwnSnapshots { .. } => self.account_error = Some(error.clone()),
            Question::ProductCodes(id) => miss(Fact::ProductCodes(id)),
            Question::Images { .. } => miss(Fact::Images),
            Question::EncryptionByDefault => miss(Fact::EncryptionByDefault),
            Question::DefaultKmsKey => miss(Fact::DefaultKmsKey),
        }
    }

    pub(super) fn gathered(&self) -> Gathered {
        let mut unknown = self.unknown.clone();
        let mut facts = Facts::default();
        facts.region.clone_from(&self.region);
        facts.ebs_encryption_by_default = self.encryption_by_default;
        facts.default_kms_key_id.clone_from(&self.default_kms_key_id);
        facts.images.clone_from(&self.images);
        facts.owner_id = match self.owners.as_slice() {
            [owner] => Some(owner.clone()),
            _ => None,
        };
        if facts.owner_id.is_none() && !self.snapshots.is_empty() {
            let error = match (self.owners.as_slice(), &self.account_error) {
                ([], Some(error)) => error.clone(),
                ([], None) => ReadError::NotShown,
                _ => ReadError::OtherSubject,
            };
            unknown.push(Unknown { fact: Fact::Account, error });
        }
        let is_listed = !self.asked.is_empty() && self.unseen.len() < self.asked.len();
        facts.snapshots = is_listed.then(|| {
            // Nothing must follow from the absence of a snapshot that may exist.
            self.snapshots.iter().cloned().chain(self.unseen.iter().cloned().map(Snapshot::new)).collect()
        });
        Gathered { facts, unknown }
    }
}

/// Whether EC2 says that there is no such snapshot.
fn is_absent(error: &ReadError) -> bool {
    let code = error.as_answered().and_then(RegisterImageError::code);
    code.is_some_and(|code| code.without_prefix() == "InvalidSnapshot.NotFound")
}
