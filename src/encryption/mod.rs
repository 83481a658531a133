//! What the encryption of a launched volume will be: AWS's decision table, as one function.
//!
//! RegisterImage decides almost nothing here. Of an **empty volume** it can state `Encrypted`; of a volume **from a
//! snapshot** it can state nothing at all, neither `Encrypted` nor a key. What the volume becomes is decided later, at
//! each launch, by four things: the snapshot, who owns it, whether the launching account encrypts by default in that
//! Region, and what the launch itself asks for. One image can therefore give an unencrypted volume in one account and
//! an encrypted one in another. Encryption can be added at launch, and never taken away.
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
//! For each volume of a request, [`Preview::launch_encryption`](crate::preview::Preview::launch_encryption) has the
//! prediction out of [`Facts`](crate::Facts), for a launch that says nothing.
//!
//! The table is AWS's
//! [encryption outcomes](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes),
//! with what [Use encryption with EBS-backed AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html)
//! says of a launch. Where no page states a case, [`VolumeEncryption::is_documented`] says so.

use alloc::boxed::Box;
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

mod location;
mod table;

pub use location::LaunchLocation;

use crate::model::BlockDeviceMapping;
use crate::types::{KmsKeyId, SnapshotId};
use table::{Reason, Row, table};

/// What a volume is made from. What is not known stays `None`, which is never read as `false`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VolumeSource {
    /// Nothing: a new, empty volume, and what its mapping says of `Encrypted`. Absent is `false`, and known to be.
    Empty {
        /// `Encrypted` of the mapping. Default: `false`.
        encrypted: Option<bool>,
    },
    /// A snapshot in the Region.
    Snapshot(SourceSnapshot),
    /// A [local snapshot on an Outpost](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html):
    /// always encrypted, never shared, and its volumes keep its key.
    OutpostSnapshot {
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
    /// A [local snapshot in a Local Zone](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-localzones.html),
    /// encrypted or not; its volumes keep its key. AWS names no exception for one that is shared, so there is no owner.
    LocalZoneSnapshot {
        /// Whether the snapshot is encrypted. Where this is unknown but the key is not, it is.
        encrypted: Option<bool>,
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
}

impl VolumeSource {
    /// The source that a mapping of an image states, with what is `known` of the snapshot; `None` where the mapping is
    /// for no EBS volume.
    ///
    /// A mapping with an `OutpostArn` is taken for one of a local snapshot there. That a snapshot is local to a Local
    /// Zone no mapping says. `Encrypted` beside a snapshot, and any key, are refused by RegisterImage and not read.
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
        Some(match ebs.outpost_arn {
            _ if !has_snapshot => Self::Empty { encrypted: ebs.encrypted },
            Some(_) => Self::OutpostSnapshot { kms_key_id: known.kms_key_id },
            None => Self::Snapshot(known),
        })
    }
}

/// What is known of a snapshot in the Region; [`new`](Self::new) knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SourceSnapshot {
    /// Whether it is encrypted. Where this is unknown but the key is not, it is.
    pub encrypted: Option<bool>,
    /// Whether the account that **launches** owns it; if not, it is shared with that account, as by a shared image.
    pub owned: Option<bool>,
    /// The key that it is encrypted with.
    pub kms_key_id: Option<KmsKeyId>,
}

/// The account that launches, in the Region of the launch; [`new`](Self::new) knows nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Account {
    /// Whether it [encrypts by default](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html),
    /// as `get-ebs-encryption-by-default` says.
    pub encryption_by_default: Option<bool>,
    /// Its default key for EBS encryption, as `get-ebs-default-kms-key-id` says. It only names the key in an outcome.
    pub default_kms_key_id: Option<KmsKeyId>,
}

/// What the launch's own mapping of the device says; [`new`](Self::new) is a launch that says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Launch {
    /// `Encrypted` of the launch. Default: not stated. `false` takes no encryption away.
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
            /// With nothing known or said.
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
    /// The key of the snapshot, where it is known which.
    Snapshot(Option<KmsKeyId>),
    /// The default key for EBS encryption of the launching account and Region, where it is known which: the AWS managed
    /// `aws/ebs`, unless the account chose another.
    Default(Option<KmsKeyId>),
    /// The key that the launch names.
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

    /// The key, [`Key::Unencrypted`] where the volume is not encrypted.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Why, in one sentence.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.reason.why
    }

    /// Which KMS permissions the launcher needs.
    #[must_use]
    pub fn needs(&self) -> &'static str {
        self.reason.needs
    }

    /// The URL of the page of AWS that this stands on, or that it follows from.
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

/// What will become of a volume, as far as what is known decides it.
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
    /// Nothing that is unknown matters.
    Certain(VolumeEncryption),
    /// It depends on something unknown. Either branch may depend on more.
    #[non_exhaustive]
    #[serde(rename_all = "PascalCase")]
    DependsOn {
        /// What is not known.
        #[serde(rename = "DependsOn")]
        what: Unknown,
        /// What becomes of the volume if so.
        if_true: Box<Self>,
        /// What becomes of the volume if not.
        if_false: Box<Self>,
    },
}

impl Prediction {
    /// Whether the volume is encrypted, where every outcome that is left agrees on it.
    #[must_use]
    pub fn encrypted(&self) -> Option<bool> {
        self.agreed(&VolumeEncryption::encrypted)
    }

    /// The key, where every outcome that is left agrees on it.
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

/// A launch that cannot be: what it says contradicts itself, or its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// A key without `Encrypted` as `true`.
    #[error(
        "the launch names the KMS key `{0}` without `Encrypted` as `true`, and EC2 takes no key for a volume that it is \
         not asked to encrypt; add `Encrypted`, or leave the key out"
    )]
    KeyWithoutEncrypted(KmsKeyId),
    /// A key for the volume of a local snapshot on an Outpost.
    #[error(
        "the launch names the KMS key `{0}`, but a volume keeps the key of its local snapshot on an Outpost; leave the \
         key out"
    )]
    RekeyedOutpostSnapshot(KmsKeyId),
    /// A key for the volume of an encrypted local snapshot in a Local Zone.
    #[error(
        "the launch names the KMS key `{0}`, but a volume keeps the key of its local snapshot in a Local Zone; leave the \
         key out"
    )]
    RekeyedLocalZoneSnapshot(KmsKeyId),
}

/// What becomes of a volume of that source when that account launches the image so.
///
/// What is unknown and makes no difference is not asked for: an unencrypted snapshot gives the same volume whoever
/// owns it.
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
/// [`Contradiction`], if the launch names a key without `Encrypted` as `true`, or one for a local snapshot. A local
/// snapshot's own key is fine, if it is spelled as the source spells it: an alias and an ARN are not compared.
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
            let key = kms_key_id.as_ref();
            branch(Unknown::SnapshotEncrypted, encrypted.or(key.map(|_| true)), |encrypted| {
                branch(Unknown::SnapshotOwned, *owned, |owned| match (encrypted, owned) {
                    (false, _) => cell(Row::Unencrypted),
                    (true, true) => cell(Row::Owned(key)),
                    (true, false) => cell(Row::Shared),
                })
            })
        }
        VolumeSource::OutpostSnapshot { kms_key_id } => cell(Row::Outpost(kms_key_id.as_ref())),
        VolumeSource::LocalZoneSnapshot { encrypted, kms_key_id } => {
            let key = kms_key_id.as_ref();
            branch(Unknown::SnapshotEncrypted, encrypted.or(key.map(|_| true)), |encrypted| {
                cell(if encrypted { Row::LocalZone(key) } else { Row::LocalZoneUnencrypted })
            })
        }
    }
}

/// Both branches of what is unknown, or the one that is known.
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
