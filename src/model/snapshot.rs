//! A snapshot, as DescribeSnapshots returns it.

use alloc::{string::String, vec::Vec};

use crate::schema::described;
use crate::types::{
    AvailabilityZone, KmsKeyId, OutpostArn, ProductCodeType, SnapshotId, SnapshotState, StorageTier, Timestamp,
};

described! {
    /// A snapshot, as
    /// [`DescribeSnapshots`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html) returns it, and
    /// its product codes, which that response does not include.
    ///
    /// As JSON it is what `aws ec2 describe-snapshots` prints. Reading ignores other members.
    ///
    /// ```
    /// use ec2_register_image::model::Snapshot;
    ///
    /// let printed = r#"{"SnapshotId": "snap-1", "VolumeSize": 8, "OwnerAlias": "amazon", "KmsKeyId": null}"#;
    /// let snapshot: Snapshot = serde_json::from_str(printed)?;
    /// assert_eq!(snapshot.volume_size, Some(8));
    /// assert_eq!(serde_json::to_string(&snapshot)?, r#"{"SnapshotId":"snap-1","VolumeSize":8}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Snapshot, SnapshotMember, id: SnapshotId = SnapshotId {
        /// The size in GiB of the volume from which it was created.
        volume_size: i32 = VolumeSize,
        /// The state.
        state: SnapshotState = State "status",
        /// Why it is in its state, such as the cause of a failure.
        state_message: String = StateMessage "statusMessage",
        /// How much of it is complete, such as `37%`.
        progress: String = Progress,
        /// The account that owns it. If this is not [`Facts::owner_id`](crate::Facts::owner_id), the snapshot is shared.
        owner_id: String = OwnerId,
        /// Whether it is encrypted.
        encrypted: bool = Encrypted,
        /// The ARN of the key that encrypts it.
        kms_key_id: KmsKeyId = KmsKeyId,
        /// The storage tier: `standard` or `archive`.
        storage_tier: StorageTier = StorageTier,
        /// When a snapshot that was restored from the tier `archive` expires.
        restore_expiry_time: Timestamp = RestoreExpiryTime,
        /// The Outpost that stores it. A described snapshot without an Outpost is stored in the Region.
        outpost_arn: OutpostArn = OutpostArn,
        /// The Availability Zone or Local Zone that stores it, such as `us-west-2-lax-1a`.
        availability_zone: AvailabilityZone = AvailabilityZone,
        /// The keys that give access to it in addition to its own.
        associated_kms_keys: Vec<AssociatedKmsKey> = AssociatedKmsKeys "associatedKmsKeySet",
        /// The product codes. An empty list means that there are none.
        product_codes: Vec<ProductCode> = ProductCodes,
    }

    /// A key that gives access to a snapshot in addition to its own. See
    /// [`AssociatedKmsKey`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociatedKmsKey.html).
    #[derive(Default)]
    pub struct AssociatedKmsKey, AssociatedKmsKeyMember {
        /// The ARN of the key.
        kms_key_id: KmsKeyId = KmsKeyId or null,
    }

    /// A product code of a snapshot or an image. See
    /// [`ProductCode`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ProductCode.html).
    #[derive(Default)]
    pub struct ProductCode, ProductCodeMember {
        /// The code.
        #[doc(alias = "ProductCodeId")]
        id: String = ProductCodeId "productCode" or null,
        /// The type of the code.
        product_code_type: ProductCodeType = ProductCodeType "type" or null,
    }
}

impl Snapshot {
    /// Whether DescribeSnapshots described it, so that an absent member is not set. Product codes come from another action.
    pub(crate) fn is_described(&self) -> bool {
        self.volume_size.is_some() || self.state.is_some() || self.owner_id.is_some()
    }
}
