//! What a volume is created from.

use alloc::vec::Vec;

use super::LaunchLocation;
use crate::model::{BlockDeviceMapping, Snapshot};
use crate::types::{KmsKeyId, SnapshotId};

/// The source of a volume. An unknown value is `None`, which is never read as `false`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VolumeSource {
    /// No snapshot: a new, empty volume.
    Empty {
        /// `Encrypted` of the mapping. Default: `false`.
        encrypted: Option<bool>,
    },
    /// A snapshot in the Region.
    Snapshot(SourceSnapshot),
    /// A [local snapshot on an Outpost](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html).
    ///
    /// It is always encrypted, it cannot be shared, and its volumes keep its key.
    OutpostSnapshot {
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
    /// A [local snapshot in a Local Zone](https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-localzones.html).
    ///
    /// Its volumes keep its key, if it has one. AWS states no exception for a shared one, so there is no owner.
    LocalZoneSnapshot {
        /// Whether the snapshot is encrypted. If this is unknown but the key is known, it is encrypted.
        encrypted: Option<bool>,
        /// The key of the snapshot.
        kms_key_id: Option<KmsKeyId>,
    },
}

impl VolumeSource {
    /// Returns the source that a mapping states, or `None` if the mapping describes no EBS volume.
    ///
    /// `known` is what you know about its snapshot. A mapping with a snapshot and an `OutpostArn` states a local snapshot.
    /// A mapping cannot state that its snapshot is in a Local Zone; [`from_description`](Self::from_description) reads it from the
    /// snapshot. RegisterImage rejects `Encrypted` next to a snapshot, and any key, so this function ignores both.
    ///
    /// ```
    /// use ec2_register_image::BlockDeviceMapping;
    /// use ec2_register_image::encryption::{SourceSnapshot, VolumeSource};
    ///
    /// let mapping: BlockDeviceMapping = serde_json::from_str(
    ///     r#"{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8, "Encrypted": true}}"#,
    /// )?;
    /// let source = VolumeSource::from_mapping(&mapping, SourceSnapshot::new());
    /// assert_eq!(source, Some(VolumeSource::Empty { encrypted: Some(true) }));
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

    /// Returns the source that a mapping and the description of its snapshot state.
    ///
    /// `account` is the account that launches. Returns `None` if the mapping describes no EBS volume.
    ///
    /// ```
    /// use ec2_register_image::BlockDeviceMapping;
    /// use ec2_register_image::encryption::VolumeSource;
    /// use ec2_register_image::model::Snapshot;
    ///
    /// let mapping: BlockDeviceMapping =
    ///     serde_json::from_str(r#"{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": "snap-1"}}"#)?;
    /// let snapshot: Snapshot = serde_json::from_str(
    ///     r#"{"SnapshotId": "snap-1", "Encrypted": true, "AvailabilityZone": "us-west-2-lax-1a"}"#,
    /// )?;
    /// let source = VolumeSource::from_description(&mapping, Some(&snapshot), None);
    /// let local = VolumeSource::LocalZoneSnapshot { encrypted: Some(true), kms_key_id: None };
    /// assert_eq!(source, Some(local));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn from_description(
        mapping: &BlockDeviceMapping,
        snapshot: Option<&Snapshot>,
        account: Option<&str>,
    ) -> Option<Self> {
        let known = snapshot.map_or_else(SourceSnapshot::new, |snapshot| SourceSnapshot {
            encrypted: snapshot.encrypted,
            owned: snapshot.owner_id.as_deref().zip(account).map(|(owner, account)| owner == account),
            kms_key_id: snapshot.kms_key_id.clone(),
            associated_kms_key_ids: snapshot
                .associated_kms_keys
                .iter()
                .flatten()
                .filter_map(|key| key.kms_key_id.clone())
                .collect(),
        });
        Some(match (Self::from_mapping(mapping, known)?, snapshot.and_then(location)) {
            (Self::Snapshot(known), Some(LaunchLocation::Outpost)) => {
                Self::OutpostSnapshot { kms_key_id: known.kms_key_id }
            }
            (Self::Snapshot(SourceSnapshot { encrypted, kms_key_id, .. }), Some(_)) => {
                Self::LocalZoneSnapshot { encrypted, kms_key_id }
            }
            (source, _) => source,
        })
    }
}

/// The place outside the Region's Availability Zones that stores a snapshot.
fn location(snapshot: &Snapshot) -> Option<LaunchLocation> {
    if snapshot.outpost_arn.as_ref().is_some_and(|arn| !arn.as_str().is_empty()) {
        return Some(LaunchLocation::Outpost);
    }
    LaunchLocation::from_zone(snapshot.availability_zone.clone()?).filter(|zone| *zone != LaunchLocation::Region)
}

impl LaunchLocation {
    /// Returns the only location where this mapping can become a volume, or `None` if there are several.
    ///
    /// EC2 creates volumes from a local snapshot only on the Outpost or in the Local Zone that stores it.
    pub(crate) fn required_by(mapping: &BlockDeviceMapping, snapshot: Option<&Snapshot>) -> Option<Self> {
        match VolumeSource::from_description(mapping, snapshot, None)? {
            VolumeSource::OutpostSnapshot { .. } => Some(Self::Outpost),
            VolumeSource::LocalZoneSnapshot { .. } => snapshot.and_then(location),
            _ => None,
        }
    }
}

/// What is known about a snapshot in the Region. [`new`](Self::new) knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SourceSnapshot {
    /// Whether it is encrypted. If this is unknown but the key is known, it is encrypted.
    pub encrypted: Option<bool>,
    /// Whether the account that **launches** owns it. If not, it is shared with that account, for example by a shared image.
    pub owned: Option<bool>,
    /// The key that encrypts it.
    pub kms_key_id: Option<KmsKeyId>,
    /// The [associated keys](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateKmsKeyId.html), each of
    /// which also gives access to it.
    pub associated_kms_key_ids: Vec<KmsKeyId>,
}

impl SourceSnapshot {
    /// Adds an associated key.
    #[must_use]
    pub fn associated_kms_key_id(mut self, kms_key_id: impl Into<KmsKeyId>) -> Self {
        self.associated_kms_key_ids.push(kms_key_id.into());
        self
    }
}
