//! A snapshot, as DescribeSnapshots returns it.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::schema::{DocumentItem, objects, update};
use crate::types::{KmsKeyId, OutpostArn, ProductCodeType, SnapshotId, SnapshotState, StorageTier};

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
    /// Member `State`.
    pub state: Option<SnapshotState>,
    /// The account that owns it; where this is not [`Facts::owner_id`](crate::Facts::owner_id), the snapshot is a shared one. Member `OwnerId`.
    pub owner_id: Option<String>,
    /// Member `Encrypted`.
    pub encrypted: Option<bool>,
    /// The ARN of the key that it is encrypted with. Member `KmsKeyId`.
    pub kms_key_id: Option<KmsKeyId>,
    /// `standard` or `archive`. Member `StorageTier`.
    pub storage_tier: Option<StorageTier>,
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
    /// Member `ProductCodeType`.
    #[serde(rename = "ProductCodeType")]
    pub product_code_type: Option<ProductCodeType>,
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

impl DocumentItem for Snapshot {
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
