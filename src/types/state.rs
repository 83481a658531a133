//! What EC2 reports about images and snapshots.

use super::open_enum;

open_enum! {
    /// The state of an image, which EC2 sets. Member `State` of a described image.
    ///
    /// ```
    /// use ec2_register_image::types::ImageState;
    ///
    /// assert_eq!(ImageState::from("available"), ImageState::AVAILABLE);
    /// ```
    ImageState as ImageStateValue {
        /// The image is being created.
        PENDING Pending = "pending" [],
        /// The image can be launched.
        AVAILABLE Available = "available" [],
        /// The registration failed.
        INVALID Invalid = "invalid" [],
        /// The image was deregistered and cannot be launched.
        DEREGISTERED Deregistered = "deregistered" [],
        /// EC2 reports a temporary state.
        TRANSIENT Transient = "transient" [],
        /// The image was not created.
        FAILED Failed = "failed" [],
        /// The image has an error.
        ERROR Error = "error" [],
        /// The image is disabled and cannot be launched.
        DISABLED Disabled = "disabled" [],
    }
}

open_enum! {
    /// The state of a snapshot, which EC2 sets. Member `State` of a described snapshot.
    ///
    /// ```
    /// use ec2_register_image::types::SnapshotState;
    ///
    /// assert_eq!(SnapshotState::from("completed"), SnapshotState::COMPLETED);
    /// ```
    SnapshotState as SnapshotStateValue {
        /// The snapshot is being created.
        PENDING Pending = "pending" [],
        /// The snapshot is complete.
        COMPLETED Completed = "completed" [],
        /// The snapshot was not created.
        ERROR Error = "error" [],
        /// The snapshot is in the Recycle Bin.
        RECOVERABLE Recoverable = "recoverable" [],
        /// The snapshot is being restored from the Recycle Bin.
        RECOVERING Recovering = "recovering" [],
    }
}

open_enum! {
    /// The storage tier of a snapshot. Member `StorageTier` of a described snapshot.
    ///
    /// ```
    /// use ec2_register_image::types::StorageTier;
    ///
    /// assert_eq!(StorageTier::from("archive"), StorageTier::ARCHIVE);
    /// ```
    StorageTier as StorageTierValue {
        /// Archived: it must be restored before use.
        ARCHIVE Archive = "archive" [],
        /// Ready for use.
        STANDARD Standard = "standard" [],
    }
}

open_enum! {
    /// The type of a product code. Member `ProductCodeType`.
    ///
    /// ```
    /// use ec2_register_image::types::ProductCodeType;
    ///
    /// assert_eq!(ProductCodeType::from("marketplace"), ProductCodeType::MARKETPLACE);
    /// ```
    ProductCodeType as ProductCodeTypeValue {
        /// Amazon DevPay, the previous generation.
        DEVPAY Devpay = "devpay" [],
        /// AWS Marketplace.
        MARKETPLACE Marketplace = "marketplace" [],
    }
}
