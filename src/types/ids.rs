//! Identifiers and other texts.

use super::text_types;

text_types! {
    /// The ID of an AMI: `ami-` and 17 hexadecimal digits, or 8 for an old one.
    ///
    /// ```
    /// use ec2_register_image::types::ImageId;
    ///
    /// assert_eq!(ImageId::from("ami-0123456789abcdef0").as_str(), "ami-0123456789abcdef0");
    /// ```
    ImageId;

    /// The ID of an EBS snapshot: `snap-` and 17 hexadecimal digits, or 8 for an old one.
    ///
    /// An ID of another kind cannot be used in its place:
    ///
    /// ```compile_fail,E0277
    /// use ec2_register_image::types::{ImageId, SnapshotId};
    ///
    /// let id = SnapshotId::from(ImageId::from("snap-0123456789abcdef0"));
    /// ```
    ///
    /// ```
    /// use ec2_register_image::types::{ImageId, SnapshotId};
    ///
    /// let id = SnapshotId::from(String::from("snap-0123456789abcdef0"));
    /// ```
    SnapshotId;

    /// The ID of an AKI, the kernel of a paravirtual image: `aki-` and hexadecimal digits.
    KernelId;

    /// The ID of an ARI, the RAM disk of a paravirtual image: `ari-` and hexadecimal digits.
    RamdiskId;

    /// A KMS key: its ID, an alias, or the ARN of either.
    ///
    /// The API model has this member, but RegisterImage does not support it.
    KmsKeyId;

    /// The ARN of an AWS Outpost, `arn:aws:outposts:REGION:ACCOUNT:outpost/op-…`.
    OutpostArn;

    /// The name of an Availability Zone, such as `us-east-1a`. Two accounts may use one name for different zones.
    AvailabilityZone;

    /// The ID of an Availability Zone, such as `use1-az1`. It means the same zone in every account.
    AvailabilityZoneId;

    /// A billing product code, such as `bp-6fa54006`. Only authorized accounts may set one.
    BillingProduct;

    /// The location of the manifest of an S3-backed image: `bucket/prefix/image.manifest.xml`, without a scheme or a
    /// leading slash.
    ImageLocation;
}

/// Whether an ID has the prefix and the number of digits that EC2 uses.
pub(crate) fn is_resource_id(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && matches!(digits.len(), 8 | 17))
}
