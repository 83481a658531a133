//! What a prediction says.

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::Permission;
use super::table::Reason;
use crate::types::KmsKeyId;

/// The key of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// The volume is not encrypted.
    Unencrypted,
    /// The key of the snapshot, if it is known.
    Snapshot(Option<KmsKeyId>),
    /// The default key for EBS encryption of the launching account and Region, if it is known. It is the AWS managed
    /// `aws/ebs` unless the account chose another.
    Default(Option<KmsKeyId>),
    /// The key that the launch specifies.
    Specified(KmsKeyId),
}

impl Key {
    /// Returns the kind of key: `none`, `snapshot`, `default` or `specified`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unencrypted => "none",
            Self::Snapshot(_) => "snapshot",
            Self::Default(_) => "default",
            Self::Specified(_) => "specified",
        }
    }

    /// Returns the KMS key if the volume is encrypted and its key is known.
    #[must_use]
    pub fn kms_key_id(&self) -> Option<&KmsKeyId> {
        match self {
            Self::Snapshot(key) | Self::Default(key) => key.as_ref(),
            Self::Specified(key) => Some(key),
            Self::Unencrypted => None,
        }
    }
}

/// As JSON: `{"Key": "none"|"snapshot"|"default"|"specified", "KmsKeyId"}`.
impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Key", 2)?;
        object.serialize_field("Key", self.kind())?;
        object.serialize_field("KmsKeyId", &self.kms_key_id())?;
        object.end()
    }
}

/// A cell of the table: the key, the reason for it, and the KMS permissions that it requires.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VolumeEncryption {
    pub(super) key: Key,
    pub(super) reason: &'static Reason,
    pub(super) permissions: Vec<Permission>,
    pub(super) documented: bool,
}

/// As JSON: `{"Encrypted", "Key", "KmsKeyId", "Why", "Needs", "Permissions", "Source", "Documented"}`. `Needs` describes
/// the permissions in a phrase.
impl Serialize for VolumeEncryption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("VolumeEncryption", 8)?;
        object.serialize_field("Encrypted", &self.encrypted())?;
        object.serialize_field("Key", self.key.kind())?;
        object.serialize_field("KmsKeyId", &self.key.kms_key_id())?;
        object.serialize_field("Why", self.why())?;
        object.serialize_field("Needs", &format_args!("{}", Needs(&self.permissions)))?;
        object.serialize_field("Permissions", &self.permissions)?;
        object.serialize_field("Source", self.source())?;
        object.serialize_field("Documented", &self.documented)?;
        object.end()
    }
}

/// The permissions in a phrase.
struct Needs<'a>(&'a [Permission]);

impl fmt::Display for Needs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no permission on a KMS key");
        }
        for (at, permission) in self.0.iter().enumerate() {
            let before = if at == 0 { "permission to use " } else { ", and " };
            write!(f, "{before}{permission}")?;
        }
        Ok(())
    }
}

impl VolumeEncryption {
    /// Whether the volume is encrypted.
    #[must_use]
    pub fn encrypted(&self) -> bool {
        self.key != Key::Unencrypted
    }

    /// Returns the key, or [`Key::Unencrypted`] if the volume is not encrypted.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the reason in one sentence.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.reason.why
    }

    /// Returns the keys that the caller of RunInstances must be allowed to use. Empty if no key is involved.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// Returns the URL of the AWS page that states the outcome, or from which it follows.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.reason.source
    }

    /// Whether that page states this case. If not, the outcome is inferred from other cases.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.documented
    }
}
/// The encryption of a volume, as far as the known values decide it.
///
/// ```
/// use ec2_register_image::encryption::{Account, Launch, Prediction, SourceSnapshot, Unknown};
/// use ec2_register_image::encryption::{VolumeSource, predict};
///
/// let source = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(false));
/// let prediction = predict(&source, &Account::new(), &Launch::new())?;
/// assert_eq!(prediction.encrypted(), None);
///
/// let Prediction::DependsOn { what, if_true, if_false, .. } = prediction else {
///     panic!("the account may encrypt by default")
/// };
/// assert_eq!(what, Unknown::EncryptionByDefault);
/// assert_eq!((if_true.encrypted(), if_false.encrypted()), (Some(true), Some(false)));
/// # Ok::<(), ec2_register_image::encryption::Contradiction>(())
/// ```
///
/// As JSON it is the [`VolumeEncryption`], or `{"DependsOn", "IfTrue", "IfFalse"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Prediction {
    /// No unknown value matters. [`VolumeEncryption::is_documented`] says whether AWS states the outcome.
    Certain(VolumeEncryption),
    /// It depends on an unknown value. Either branch may depend on more.
    #[non_exhaustive]
    #[serde(rename_all = "PascalCase")]
    DependsOn {
        /// The unknown value.
        #[serde(rename = "DependsOn")]
        what: Unknown,
        /// The outcome if it is true.
        if_true: Box<Self>,
        /// The outcome if it is false.
        if_false: Box<Self>,
    },
}

impl Prediction {
    /// Whether the volume is encrypted, if every possible outcome agrees on it.
    #[must_use]
    pub fn encrypted(&self) -> Option<bool> {
        self.agreed(&VolumeEncryption::encrypted)
    }

    /// Returns the key if every possible outcome agrees on it.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        self.agreed(&VolumeEncryption::key)
    }

    fn agreed<'a, T: PartialEq>(&'a self, view: &impl Fn(&'a VolumeEncryption) -> T) -> Option<T> {
        match self {
            Self::Certain(outcome) => Some(view(outcome)),
            Self::DependsOn { if_true, if_false, .. } => {
                if_true.agreed(view).filter(|value| if_false.agreed(view).as_ref() == Some(value))
            }
        }
    }
}

/// An unknown value. As JSON: `snapshot-encrypted`, `snapshot-owned` or `encryption-by-default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unknown {
    /// Whether the snapshot is encrypted: `Encrypted` of `describe-snapshots`.
    SnapshotEncrypted,
    /// Whether the launching account owns the snapshot: `OwnerId` of `describe-snapshots`.
    SnapshotOwned,
    /// Whether the launching account encrypts by default: `get-ebs-encryption-by-default`.
    EncryptionByDefault,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SnapshotEncrypted => "whether the snapshot is encrypted",
            Self::SnapshotOwned => "whether the launching account owns the snapshot",
            Self::EncryptionByDefault => "whether the launching account encrypts by default in that Region",
        })
    }
}

/// A launch that cannot happen, because it contradicts itself or its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// The launch specifies a key, but `Encrypted` is not `true`.
    #[error(
        "the launch names the KMS key `{0}` but does not set `Encrypted` to `true`; set `Encrypted`, or remove the key"
    )]
    KeyWithoutEncrypted(KmsKeyId),
    /// The launch specifies another key for the volume of a local snapshot on an Outpost.
    #[error(
        "the launch names the KMS key `{0}`, but a volume keeps the key of its local snapshot on an Outpost; remove \
         the key"
    )]
    RekeyedOutpostSnapshot(KmsKeyId),
    /// The launching account does not own a snapshot that the AWS managed key encrypts. Such snapshots
    /// [cannot be shared](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html).
    #[error(
        "another account owns the snapshot, but the AWS managed key `{0}` encrypts it, and EBS does not share such \
         snapshots; share a copy that a customer managed key encrypts"
    )]
    SharedAwsManagedKey(KmsKeyId),
}
