//! Predicts the encryption of a launched volume: AWS's decision table as one function.
//!
//! RegisterImage decides almost nothing here. For an **empty volume** it can set `Encrypted`. For a volume **from a
//! snapshot** it can set nothing, neither `Encrypted` nor a key. Each launch decides later, by five things: the snapshot,
//! its owner, whether the launching account encrypts by default in that Region, what the launch requests, and its
//! location. One image can therefore give an unencrypted volume in one account and an encrypted one in another. A launch
//! can add encryption but never remove it.
//!
//! # A common mistake
//!
//! Many requests set `Encrypted` to encrypt the volume of an unencrypted snapshot. EC2 rejects that:
//!
//! ```
//! use ec2_register_image::RegisterImageRequest;
//! use ec2_register_image::encryption::{Account, Launch, SourceSnapshot, VolumeSource};
//! use ec2_register_image::encryption::predict;
//!
//! let request: RegisterImageRequest = serde_json::from_str(
//!     r#"{"Name": "web", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{
//!         "DeviceName": "/dev/xvda",
//!         "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": true}
//!     }]}"#,
//! )?;
//! let report = request.check();
//! assert!(report.errors().map(|finding| finding.rule().id).eq(["encrypted-with-snapshot"]));
//!
//! // Without `Encrypted` the request is valid, and the launch decides.
//! let root = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(false));
//! let account = Account::new().encryption_by_default(false);
//! assert_eq!(predict(&root, &account, &Launch::new())?.encrypted(), Some(false));
//!
//! // Three things encrypt the volume: the account encrypts by default,
//! let by_default = Account::new().encryption_by_default(true);
//! assert_eq!(predict(&root, &by_default, &Launch::new())?.encrypted(), Some(true));
//! // the launch requests it,
//! assert_eq!(predict(&root, &account, &Launch::new().encrypted(true))?.encrypted(), Some(true));
//! // or the image is registered from an encrypted copy of the snapshot.
//! let copy = VolumeSource::Snapshot(SourceSnapshot::new().encrypted(true).owned(true));
//! assert_eq!(predict(&copy, &account, &Launch::new())?.encrypted(), Some(true));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Preview::launch_encryption`](crate::preview::Preview::launch_encryption) predicts each volume of a request from
//! [`Facts`](crate::Facts), for a launch that requests nothing.
//!
//! # The table
//!
//! A cell is the kind of [key](Key::kind). Of two values, the first holds if the account does not encrypt by default, the
//! second if it does. No AWS page states the cells with a `?`.
//!
//! | source of the volume | launch requests nothing | `Encrypted`: `false` | `Encrypted`: `true` | `true` and a key |
//! | --- | --- | --- | --- | --- |
//! | empty volume | none, default | none, default | default | specified |
//! | empty volume with `Encrypted` | default | default? | default | specified |
//! | unencrypted snapshot | none, default | none, default | default | specified |
//! | encrypted snapshot of the account | snapshot | snapshot? | snapshot | specified |
//! | encrypted snapshot of another account | default | default? | default | specified |
//! | local snapshot on an Outpost | snapshot | snapshot? | snapshot | contradiction |
//! | encrypted local snapshot in a Local Zone | snapshot | snapshot? | snapshot | snapshot? |
//! | unencrypted local snapshot in a Local Zone | none?, default? | none?, default? | default? | specified? |
//!
//! A key without `Encrypted` as `true` is a [`Contradiction`].
//!
//! On Outposts, in Wavelength Zones and in some Local Zones, EBS encrypts every volume. There, the second value holds,
//! although AWS does not state every case. Predictions are for a launch in the Region unless [`Launch::location`] states another location.
//!
//! The table follows AWS's
//! [encryption outcomes](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes)
//! and [Use encryption with EBS-backed AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html).
//! [`VolumeEncryption::is_documented`] says whether a page states an outcome.

use alloc::boxed::Box;

mod location;
mod outcome;
mod permission;
mod source;
mod table;

pub use location::{LaunchLocation, UnknownLaunchLocation};
pub use outcome::{Contradiction, Key, Prediction, Unknown, VolumeEncryption};
pub use permission::{KeyRole, KmsAction, Permission};
pub use source::{SourceSnapshot, VolumeSource};

use crate::types::KmsKeyId;
use table::{Row, table};

/// The account that launches, in the Region of the launch. [`new`](Self::new) knows nothing about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Account {
    /// Whether it [encrypts by default](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html),
    /// as `get-ebs-encryption-by-default` prints.
    pub encryption_by_default: Option<bool>,
    /// Its default key for EBS encryption, as `get-ebs-default-kms-key-id` prints. It only names the key in an outcome.
    pub default_kms_key_id: Option<KmsKeyId>,
}

/// What the launch requests for the device. [`new`](Self::new) is a launch that requests nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Launch {
    /// `Encrypted` of the launch. Default: not stated. `false` removes no encryption.
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
            /// Returns a value with every field unset.
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

/// Predicts the encryption of a volume from this source when this account launches the image.
///
/// An unknown value that makes no difference does not show: an unencrypted snapshot gives the same volume whether or not
/// the account owns it.
///
/// ```
/// use ec2_register_image::encryption::{Account, Key, Launch, SourceSnapshot, VolumeSource};
/// use ec2_register_image::encryption::predict;
///
/// // A shared image: the launching account does not own the encrypted snapshot.
/// let snapshot = SourceSnapshot::new().encrypted(true).owned(false).kms_key_id("alias/theirs");
/// let account = Account::new().default_kms_key_id("alias/ours");
/// let prediction = predict(&VolumeSource::Snapshot(snapshot), &account, &Launch::new())?;
/// assert_eq!(prediction.key(), Some(&Key::Default(Some("alias/ours".into()))));
/// # Ok::<(), ec2_register_image::encryption::Contradiction>(())
/// ```
///
/// # Errors
///
/// [`Contradiction`], if the launch specifies a key without `Encrypted` as `true` or another key for a local snapshot on
/// an Outpost, or if the snapshot cannot be shared. Keys are compared as text: an alias differs from the ARN of its key.
pub fn predict(source: &VolumeSource, account: &Account, launch: &Launch) -> Result<Prediction, Contradiction> {
    let cell = |row: Row<'_>| {
        let by_default = launch.location.encrypts_always().then_some(true).or(account.encryption_by_default);
        branch(Unknown::EncryptionByDefault, by_default, |by_default| {
            table(row, by_default, launch, account).map(Prediction::Certain)
        })
    };
    match source {
        VolumeSource::Empty { encrypted } => cell(if *encrypted == Some(true) { Row::NewEncrypted } else { Row::New }),
        VolumeSource::Snapshot(SourceSnapshot { encrypted, owned, kms_key_id, associated_kms_key_ids }) => {
            let key = named(kms_key_id);
            let managed = key.filter(|key| is_aws_managed(key));
            // Snapshots under the AWS managed key cannot be shared, so the account that uses one owns it.
            let owned = owned.or(managed.map(|_| true));
            branch(Unknown::SnapshotEncrypted, encrypted.or(key.map(|_| true)), |encrypted| {
                branch(Unknown::SnapshotOwned, owned, |owned| match (encrypted, owned, managed) {
                    (false, _, _) => cell(Row::Unencrypted),
                    (true, true, _) => cell(Row::Owned((key, associated_kms_key_ids))),
                    (true, false, Some(key)) => Err(Contradiction::SharedAwsManagedKey(key.clone())),
                    (true, false, None) => cell(Row::Shared((key, associated_kms_key_ids))),
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

/// Whether this is an alias of the AWS managed key for EBS. The ARN of a key does not say.
fn is_aws_managed(key: &KmsKeyId) -> bool {
    let key = key.as_str();
    key == "alias/aws/ebs" || key.starts_with("arn:") && key.ends_with(":alias/aws/ebs")
}

/// Returns the key, unless its name is empty.
fn named(key: &Option<KmsKeyId>) -> Option<&KmsKeyId> {
    key.as_ref().filter(|key| !key.as_str().is_empty())
}

/// Both branches of an unknown value, or the one that is known.
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
