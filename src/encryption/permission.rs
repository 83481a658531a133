//! The KMS actions that a launch needs.

use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::types::KmsKeyId;

/// An action of AWS KMS. As JSON and in IAM policies: `kms:CreateGrant` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KmsAction {
    /// `kms:CreateGrant`. The condition `kms:GrantIsForAWSResource` limits it to grants that AWS services create.
    CreateGrant,
    /// `kms:Decrypt`.
    Decrypt,
    /// `kms:DescribeKey`.
    DescribeKey,
    /// `kms:GenerateDataKey`.
    GenerateDataKey,
    /// `kms:GenerateDataKeyWithoutPlaintext`.
    GenerateDataKeyWithoutPlaintext,
    /// `kms:ReEncryptFrom`. The pages on EBS name it and the next one together as `kms:ReEncrypt`.
    ReEncryptFrom,
    /// `kms:ReEncryptTo`.
    ReEncryptTo,
}

impl KmsAction {
    /// Returns the name that IAM policies use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateGrant => "kms:CreateGrant",
            Self::Decrypt => "kms:Decrypt",
            Self::DescribeKey => "kms:DescribeKey",
            Self::GenerateDataKey => "kms:GenerateDataKey",
            Self::GenerateDataKeyWithoutPlaintext => "kms:GenerateDataKeyWithoutPlaintext",
            Self::ReEncryptFrom => "kms:ReEncryptFrom",
            Self::ReEncryptTo => "kms:ReEncryptTo",
        }
    }
}

impl fmt::Display for KmsAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for KmsAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// [Requirements for EBS encryption](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html).
const USE: &[KmsAction] = &[
    KmsAction::CreateGrant,
    KmsAction::Decrypt,
    KmsAction::DescribeKey,
    KmsAction::GenerateDataKeyWithoutPlaintext,
    KmsAction::ReEncryptFrom,
    KmsAction::ReEncryptTo,
];

/// [Share the KMS key](https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html).
const USE_SHARED: &[KmsAction] = &[
    KmsAction::CreateGrant,
    KmsAction::Decrypt,
    KmsAction::DescribeKey,
    KmsAction::GenerateDataKey,
    KmsAction::GenerateDataKeyWithoutPlaintext,
    KmsAction::ReEncryptFrom,
    KmsAction::ReEncryptTo,
];

/// The part that a key plays in a launch. As JSON: `snapshot`, `default` or `specified`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyRole {
    /// It encrypts the snapshot, and the launching account owns the snapshot.
    Snapshot,
    /// It encrypts a snapshot that another account shares. That account must share the key, too.
    #[serde(rename = "snapshot")]
    SharedSnapshot,
    /// It is the default key for EBS encryption of the launching account and Region.
    Default,
    /// The launch specifies it.
    Specified,
}

/// A KMS key that the caller of RunInstances must be allowed to use.
///
/// As JSON: `{"Key": "snapshot"|"default"|"specified", "KmsKeyIds", "Actions"}`. `Display` is a phrase such as
/// `the KMS key of the snapshot`.
///
/// ```
/// use ec2_register_image::encryption::{Account, KmsAction, Launch, Prediction, SourceSnapshot};
/// use ec2_register_image::encryption::{KeyRole, VolumeSource, predict};
///
/// let shared = SourceSnapshot::new().encrypted(true).owned(false).kms_key_id("theirs");
/// let source = VolumeSource::Snapshot(shared.associated_kms_key_id("for-partners"));
/// let Prediction::Certain(outcome) = predict(&source, &Account::new(), &Launch::new())? else {
///     panic!("everything is known")
/// };
/// let [own, theirs] = outcome.permissions() else { panic!("two keys") };
/// assert_eq!(own.role(), KeyRole::Default);
/// assert_eq!(theirs.role(), KeyRole::SharedSnapshot);
/// // Either of the two gives access to the snapshot.
/// assert_eq!(theirs.kms_key_ids(), ["theirs", "for-partners"]);
/// assert!(theirs.actions().contains(&KmsAction::GenerateDataKey));
/// assert!(!own.actions().contains(&KmsAction::GenerateDataKey));
/// # Ok::<(), ec2_register_image::encryption::Contradiction>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    role: KeyRole,
    kms_key_ids: Vec<KmsKeyId>,
    has_associated: bool,
}

impl Permission {
    pub(super) fn new(role: KeyRole, key: Option<&KmsKeyId>, associated: &[KmsKeyId]) -> Self {
        let kms_key_ids = key.into_iter().chain(associated).cloned().collect();
        Self { role, kms_key_ids, has_associated: !associated.is_empty() }
    }

    /// Returns the part that the key plays.
    #[must_use]
    pub fn role(&self) -> KeyRole {
        self.role
    }

    /// Returns the known keys, one of which suffices. Empty if the key is unknown.
    #[must_use]
    pub fn kms_key_ids(&self) -> &[KmsKeyId] {
        &self.kms_key_ids
    }

    /// Returns the actions on the key that AWS documents as required.
    #[must_use]
    pub fn actions(&self) -> &'static [KmsAction] {
        if self.role == KeyRole::SharedSnapshot { USE_SHARED } else { USE }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_associated = if self.has_associated { " or one of its associated keys" } else { "" };
        match self.role {
            KeyRole::Snapshot => write!(f, "the KMS key of the snapshot{or_associated}"),
            KeyRole::SharedSnapshot => {
                write!(f, "the KMS key of the snapshot{or_associated}, which its owner has to share")
            }
            KeyRole::Default => f.write_str("the default KMS key of the launching account and Region"),
            KeyRole::Specified => f.write_str("the KMS key that the launch names"),
        }
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Permission", 3)?;
        object.serialize_field("Key", &self.role)?;
        object.serialize_field("KmsKeyIds", &self.kms_key_ids)?;
        object.serialize_field("Actions", self.actions())?;
        object.end()
    }
}
