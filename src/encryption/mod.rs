//! Predicts how a launched volume is encrypted: AWS's decision table as one function.
//!
//! RegisterImage decides little about encryption. It can set `Encrypted` for an **empty volume**. For a volume **from a
//! snapshot** it can set neither `Encrypted` nor a key. Each launch decides later, by four things: the snapshot, who owns
//! it, whether the launching account encrypts by default in that Region, and what the launch states. So the same image can
//! give an unencrypted volume in one account and an encrypted one in another. A launch can add encryption but never
//! remove it.
//!
//! The location of the launch matters too. On Outposts, in Wavelength Zones and in some Local Zones, EBS encrypts every
//! volume. Predictions are for a launch in the Region unless [`Launch::location`] states another location.
//!
//! # A common mistake
//!
//! To encrypt the volume of an unencrypted snapshot, many requests set `Encrypted`. EC2 rejects that:
//!
//! ```
//! use ec2_register_image::RegisterImageRequest;
//! use ec2_register_image::encryption::{Account, Launch, SourceSnapshot, VolumeSource};
//! use ec2_register_image::encryption::predict;
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": true}}]
//! }"#)?;
//! assert!(request.check().errors().map(|finding| finding.rule().id).eq(["encrypted-with-snapshot"]));
//!
//! // Without `Encrypted` it passes, and the launch decides.
//! let root = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(false));
//! let account = Account::new().encryption_by_default(false);
//! assert_eq!(predict(&root, &account, &Launch::new())?.encrypted(), Some(false));
//!
//! // Three things encrypt the volume: the account encrypts by default,
//! let by_default = Account::new().encryption_by_default(true);
//! assert_eq!(predict(&root, &by_default, &Launch::new())?.encrypted(), Some(true));
//! // the launch asks for it,
//! assert_eq!(predict(&root, &account, &Launch::new().encrypted(true))?.encrypted(), Some(true));
//! // or the image is registered from an encrypted copy of the snapshot.
//! let copy = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(true).owned(true));
//! assert_eq!(predict(&copy, &account, &Launch::new())?.encrypted(), Some(true));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Preview::launch_encryption`](crate::preview::Preview::launch_encryption) makes a prediction for each volume of a
//! request from [`Facts`](crate::Facts), for a launch that states nothing about encryption.
//!
//! The table is AWS's
//! [encryption outcomes](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes),
//! with what [Use encryption with EBS-backed AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html)
//! says about a launch. [`VolumeEncryption::is_documented`] returns `false` for cases that no page states.

use alloc::boxed::Box;
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

mod location;
mod table;

pub use location::LaunchLocation;

use crate::model::BlockDeviceMapping;
use crate::types::{KmsKeyId, SnapshotId};
use table::{Reason, Row, table};

/// The source of a volume. `None` is unknown and never read as `false`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VolumeSource {
    /// No source: a new, empty volume.
    Empty {
        /// `Encrypted` of the mapping. Absent is `false`, not unknown.
        encrypted: Option<bool>,
    },
    /// A snapshot in the Region.
    Snapshot(SourceSnapshot),
    /// A [local snapshot on an Outpost](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html):
    /// always encrypted and never shared. Its volumes keep its key.
    OutpostSnapshot {
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
    /// A [local snapshot in a Local Zone](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-localzones.html),
    /// encrypted or not. Its volumes keep its key. AWS names no exception for shared ones, so there is no owner.
    LocalZoneSnapshot {
        /// Whether the snapshot is encrypted. If this is unknown but the key is known, it is encrypted.
        encrypted: Option<bool>,
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
}

impl VolumeSource {
    /// Returns the source of a mapping's volume, with what is `known` about the snapshot. `None` if the mapping has no EBS
    /// volume.
    ///
    /// If the mapping has an `OutpostArn`, the source is a local snapshot on that Outpost. A mapping does not show whether
    /// a snapshot is local to a Local Zone. RegisterImage rejects `Encrypted` for a snapshot and any key, so both are
    /// ignored here.
    ///
    /// ```
    /// use ec2_register_image::BlockDeviceMapping;
    /// use ec2_register_image::encryption::{SourceSnapshot, VolumeSource};
    ///
    /// let mapping: BlockDeviceMapping =
    ///     serde_json::from_str(r#"{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8, "Encrypted": true}}"#)?;
    /// assert_eq!(VolumeSource::from_mapping(&mapping, SourceSnapshot::new()), Some(VolumeSource::Empty { encrypted: Some(true) }));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn from_mapping(mapping: &BlockDeviceMapping, known: SourceSnapshot) -> Option<Self> {
        let ebs = mapping.ebs_volume()?;
        let has_snapshot = ebs.snapshot_id.as_ref().map(SnapshotId::as_str).is_some_and(|id| !id.is_empty());
        Some(match ebs.outpost() {
            _ if !has_snapshot => Self::Empty { encrypted: ebs.encrypted },
            Some(_) => Self::OutpostSnapshot { kms_key_id: known.kms_key_id },
            None => Self::Snapshot(known),
        })
    }
}

/// What is known about a snapshot in the Region. With [`new`](Self::new), everything is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SourceSnapshot {
    /// Whether it is encrypted. If this is unknown but the key is known, it is encrypted.
    pub encrypted: Option<bool>,
    /// Whether the **launching** account owns it. If not, it is shared with that account, for example by a shared image.
    pub owned: Option<bool>,
    /// The key that it is encrypted with.
    pub kms_key_id: Option<KmsKeyId>,
}

/// The launching account, in the Region of the launch. With [`new`](Self::new), everything is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Account {
    /// Whether it [encrypts by default](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html),
    /// as `get-ebs-encryption-by-default` returns.
    pub encryption_by_default: Option<bool>,
    /// Its default key for EBS encryption, as `get-ebs-default-kms-key-id` returns. It only names the key in an outcome.
    pub default_kms_key_id: Option<KmsKeyId>,
}

/// What a launch states about a volume. [`new`](Self::new) is a launch in the Region that states nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Launch {
    /// `Encrypted` of the launch. Default: not stated. `false` does not remove encryption.
    pub encrypted: Option<bool>,
    /// `KmsKeyId` of the launch, only together with `Encrypted` as `true`. Default: not stated.
    pub kms_key_id: Option<KmsKeyId>,
    /// Where the instance is launched. Default: in the Region.
    pub location: LaunchLocation,
}

impl Launch {
    /// Sets [`location`](Self#structfield.location).
    ///
    /// ```
    /// use ec2_register_image::encryption::{Account, Launch, LaunchLocation, VolumeSource, predict};
    ///
    /// let volume = VolumeSource::Empty { encrypted: None };
    /// let account = Account::new().encryption_by_default(false);
    /// let launch = Launch::new();
    /// assert_eq!(predict(&volume, &account, &launch)?.encrypted(), Some(false));
    /// let launch = launch.location(LaunchLocation::Outpost);
    /// assert_eq!(predict(&volume, &account, &launch)?.encrypted(), Some(true));
    /// # Ok::<(), ec2_register_image::encryption::Contradiction>(())
    /// ```
    #[must_use]
    pub fn location(mut self, location: LaunchLocation) -> Self {
        self.location = location;
        self
    }
}

/// `new`, and a method for each field that sets it.
macro_rules! setters {
    ($name:ident: $($field:ident $ty:ty),+) => {
        impl $name {
            /// Returns a value in which nothing is known or stated.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$ty>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )+
        }
    };
}

setters!(SourceSnapshot: encrypted bool, owned bool, kms_key_id KmsKeyId);
setters!(Account: encryption_by_default bool, default_kms_key_id KmsKeyId);
setters!(Launch: encrypted bool, kms_key_id KmsKeyId);

/// The key of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// The volume is not encrypted.
    Unencrypted,
    /// The key of the snapshot. `None` if it is unknown which.
    Snapshot(Option<KmsKeyId>),
    /// The default key for EBS encryption of the launching account and Region: the AWS managed `aws/ebs`, unless the
    /// account chose another. `None` if it is unknown which.
    Default(Option<KmsKeyId>),
    /// The key that the launch specifies.
    Specified(KmsKeyId),
}

impl Key {
    /// The kind of key: `none`, `snapshot`, `default` or `specified`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unencrypted => "none",
            Self::Snapshot(_) => "snapshot",
            Self::Default(_) => "default",
            Self::Specified(_) => "specified",
        }
    }

    /// The KMS key, if the volume is encrypted and its key is known.
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

/// A cell of the table: the key and the reason for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VolumeEncryption {
    key: Key,
    reason: &'static Reason,
    documented: bool,
}

/// As JSON: `{"Encrypted", "Key", "KmsKeyId", "Why", "Needs", "Source", "Documented"}`.
impl Serialize for VolumeEncryption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("VolumeEncryption", 7)?;
        object.serialize_field("Encrypted", &self.encrypted())?;
        object.serialize_field("Key", self.key.kind())?;
        object.serialize_field("KmsKeyId", &self.key.kms_key_id())?;
        object.serialize_field("Why", self.why())?;
        object.serialize_field("Needs", self.needs())?;
        object.serialize_field("Source", self.source())?;
        object.serialize_field("Documented", &self.documented)?;
        object.end()
    }
}

impl VolumeEncryption {
    /// Whether the volume is encrypted.
    #[must_use]
    pub fn encrypted(&self) -> bool {
        self.key != Key::Unencrypted
    }

    /// The key, or [`Key::Unencrypted`].
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The reason, in one clause.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.reason.why
    }

    /// The KMS permissions that the launching principal needs.
    #[must_use]
    pub fn needs(&self) -> &'static str {
        self.reason.needs
    }

    /// The URL of the AWS page that states this, or from which it follows.
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

/// How a volume will be encrypted, as far as it is known.
///
/// ```
/// use ec2_register_image::encryption::{Account, Launch, Prediction, SourceSnapshot, Unknown};
/// use ec2_register_image::encryption::{VolumeSource, predict};
///
/// let source = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(false));
/// let prediction = predict(&source, &Account::new(), &Launch::new())?;
/// assert_eq!(prediction.encrypted(), None);
///
/// let Prediction::DependsOn { what, if_true, if_false, .. } = prediction else { panic!("{prediction:?}") };
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
    /// The outcome depends on nothing unknown.
    Certain(VolumeEncryption),
    /// The outcome depends on something unknown. Either branch may depend on more.
    #[non_exhaustive]
    #[serde(rename_all = "PascalCase")]
    DependsOn {
        /// What is unknown.
        #[serde(rename = "DependsOn")]
        what: Unknown,
        /// The outcome if it is true.
        if_true: Box<Self>,
        /// The outcome if it is false.
        if_false: Box<Self>,
    },
}

impl Prediction {
    /// Whether the volume is encrypted, if all possible outcomes agree.
    #[must_use]
    pub fn encrypted(&self) -> Option<bool> {
        self.agreed(&VolumeEncryption::encrypted)
    }

    /// The key, if all possible outcomes agree.
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

/// What a prediction depends on. As JSON: `snapshot-encrypted`, `snapshot-owned` or `encryption-by-default`.
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

/// A launch that is impossible, because it contradicts itself or the source of the volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// The launch names a key but does not set `Encrypted` to `true`.
    #[error(
        "the launch names the KMS key `{0}` but does not set `Encrypted` to `true`; set `Encrypted`, or remove the key"
    )]
    KeyWithoutEncrypted(KmsKeyId),
    /// The launch names a key for the volume of a local snapshot on an Outpost.
    #[error(
        "the launch names the KMS key `{0}`, but a volume keeps the key of its local snapshot on an Outpost; remove \
         the key"
    )]
    RekeyedOutpostSnapshot(KmsKeyId),
    /// The launch names a key for the volume of an encrypted local snapshot in a Local Zone.
    #[error(
        "the launch names the KMS key `{0}`, but a volume keeps the key of its local snapshot in a Local Zone; remove \
         the key"
    )]
    RekeyedLocalZoneSnapshot(KmsKeyId),
}

/// Predicts how a volume from this source is encrypted when this account launches the image.
///
/// The prediction depends only on unknowns that make a difference. For example, the owner of an unencrypted snapshot does
/// not matter.
///
/// ```
/// use ec2_register_image::encryption::{Account, Key, Launch, SourceSnapshot, VolumeSource};
/// use ec2_register_image::encryption::predict;
///
/// // A shared image: the launching account does not own the encrypted snapshot.
/// let source = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(true).owned(false).kms_key_id("alias/theirs"));
/// let account = Account::new().default_kms_key_id("alias/ours");
/// let prediction = predict(&source, &account, &Launch::new())?;
/// assert_eq!(prediction.key(), Some(&Key::Default(Some("alias/ours".into()))));
/// # Ok::<(), ec2_register_image::encryption::Contradiction>(())
/// ```
///
/// # Errors
///
/// [`Contradiction`], if the launch names a key without `Encrypted` as `true`, or a key for a local snapshot. A local
/// snapshot's own key is accepted if both are spelled the same. An alias and an ARN never match.
pub fn predict(source: &VolumeSource, account: &Account, launch: &Launch) -> Result<Prediction, Contradiction> {
    let cell = |row: Row<'_>| {
        let by_default = launch.location.encrypts_always().then_some(true).or(account.encryption_by_default);
        branch(Unknown::EncryptionByDefault, by_default, |by_default| {
            table(row, by_default, launch, account).map(Prediction::Certain)
        })
    };
    match source {
        VolumeSource::Empty { encrypted } => cell(if *encrypted == Some(true) { Row::NewEncrypted } else { Row::New }),
        VolumeSource::Snapshot(SourceSnapshot { encrypted, owned, kms_key_id }) => {
            let key = named(kms_key_id);
            branch(Unknown::SnapshotEncrypted, encrypted.or(key.map(|_| true)), |encrypted| {
                branch(Unknown::SnapshotOwned, *owned, |owned| match (encrypted, owned) {
                    (false, _) => cell(Row::Unencrypted),
                    (true, true) => cell(Row::Owned(key)),
                    (true, false) => cell(Row::Shared),
                })
            })
        }
        VolumeSource::OutpostSnapshot { kms_key_id } => cell(Row::Outpost(named(kms_key_id))),
        VolumeSource::LocalZoneSnapshot { encrypted, kms_key_id } => {
            let key = named(kms_key_id);
            branch(Unknown::SnapshotEncrypted, encrypted.or(key.map(|_| true)), |encrypted| {
                cell(if encrypted { Row::LocalZone(key) } else { Row::LocalZoneUnencrypted })
            })
        }
    }
}

/// Returns the key, unless its name is empty.
fn named(key: &Option<KmsKeyId>) -> Option<&KmsKeyId> {
    key.as_ref().filter(|key| !key.as_str().is_empty())
}

/// Returns the branch that is known, or both.
fn branch(
    what: Unknown,
    known: Option<bool>,
    prediction: impl Fn(bool) -> Result<Prediction, Contradiction>,
) -> Result<Prediction, Contradiction> {
    if let Some(known) = known {
        return prediction(known);
    }
    let (if_true, if_false) = (prediction(true)?, prediction(false)?);
    if if_true == if_false {
        return Ok(if_true);
    }
    Ok(Prediction::DependsOn { what, if_true: Box::new(if_true), if_false: Box::new(if_false) })
}
