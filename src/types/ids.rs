//! Identifiers and other texts that a request only passes on.

use super::text_types;

text_types! {
    /// The id of a registered image: `ami-` and 17 (in old accounts 8) hexadecimal digits.
    ///
    /// ```
    /// use ec2_register_image::types::ImageId;
    ///
    /// assert_eq!(ImageId::from("ami-0123456789abcdef0").as_str(), "ami-0123456789abcdef0");
    /// ```
    ImageId;

    /// The id of an EBS snapshot: `snap-` and 17 (in old accounts 8) hexadecimal digits.
    ///
    /// It is a type of its own, so no other id passes for it:
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

    /// The id of an AKI, the kernel of a paravirtual image: `aki-` and hexadecimal digits.
    KernelId;

    /// The id of an ARI, the RAM disk of a paravirtual image: `ari-` and hexadecimal digits.
    RamdiskId;

    /// A KMS key: its id, an alias, or the ARN of either.
    ///
    /// The member exists in the API's model, but RegisterImage is not among the actions that support it.
    KmsKeyId;

    /// The ARN of an AWS Outpost, `arn:aws:outposts:REGION:ACCOUNT:outpost/op-…`.
    OutpostArn;

    /// The name of an Availability Zone, such as `us-east-1a`, which two accounts may map to different places.
    AvailabilityZone;

    /// The id of an Availability Zone, such as `use1-az1`, the same place for every account.
    AvailabilityZoneId;

    /// A billing product code, such as `bp-6fa54006`; the account must be authorised to state one.
    BillingProduct;

    /// Where the manifest of an S3-backed image lies: `bucket/prefix/image.manifest.xml`, with no scheme and no leading
    /// slash.
    ImageLocation;
}

/// Whether an id has the prefix and as many digits as EC2 gives.
pub(crate) fn is_resource_id(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix)
        .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && matches!(digits.len(), 8 | 17))
}
