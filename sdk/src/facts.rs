//! Outputs of the SDK as facts about the account.

use aws_sdk_ec2::operation::describe_images::DescribeImagesOutput;
use aws_sdk_ec2::operation::describe_snapshot_attribute::DescribeSnapshotAttributeOutput;
use aws_sdk_ec2::operation::describe_snapshots::DescribeSnapshotsOutput;
use aws_sdk_ec2::operation::get_ebs_default_kms_key_id::GetEbsDefaultKmsKeyIdOutput;
use aws_sdk_ec2::operation::get_ebs_encryption_by_default::GetEbsEncryptionByDefaultOutput;
use ec2_register_image::Facts;
use ec2_register_image::model::Snapshot;
use serde_json::{Value, json};

use crate::described::{image, product_code, snapshot};

/// An output of the SDK that says something about the account.
///
/// The facts are those of the same response as the AWS CLI prints it, so a page with a `NextToken` is not a complete list.
/// Merge the facts of all outputs.
///
/// ```
/// use aws_sdk_ec2::operation::get_ebs_default_kms_key_id::GetEbsDefaultKmsKeyIdOutput;
/// use aws_sdk_ec2::operation::get_ebs_encryption_by_default::GetEbsEncryptionByDefaultOutput;
/// use ec2_register_image_sdk::ToFacts;
///
/// let encryption =
///     GetEbsEncryptionByDefaultOutput::builder().ebs_encryption_by_default(true).build();
/// let key = GetEbsDefaultKmsKeyIdOutput::builder().kms_key_id("alias/aws/ebs").build();
/// let facts = encryption.to_facts().merge(key.to_facts());
/// assert_eq!(facts.ebs_encryption_by_default(), Some(true));
/// assert_eq!(facts.default_kms_key_id().unwrap(), "alias/aws/ebs");
/// ```
pub trait ToFacts {
    /// Returns what the output says about the account.
    fn to_facts(&self) -> Facts;
}

/// Snapshots without an ID are left out.
impl ToFacts for DescribeSnapshotsOutput {
    fn to_facts(&self) -> Facts {
        let snapshots: Vec<_> = self.snapshots().iter().filter_map(snapshot).collect();
        of_document(json!({ "Snapshots": snapshots, "NextToken": self.next_token() }))
    }
}

/// Images without an ID are left out. Their tags are part of them.
impl ToFacts for DescribeImagesOutput {
    fn to_facts(&self) -> Facts {
        let images: Vec<_> = self.images().iter().filter_map(image).collect();
        of_document(json!({ "Images": images, "NextToken": self.next_token() }))
    }
}

/// The product codes of the snapshot. The output of another attribute says nothing.
impl ToFacts for DescribeSnapshotAttributeOutput {
    fn to_facts(&self) -> Facts {
        let mut facts = Facts::new();
        if let (Some(id), Some(codes)) = (self.snapshot_id(), &self.product_codes) {
            let mut snapshot = Snapshot::new(id);
            snapshot.product_codes = Some(codes.iter().map(product_code).collect());
            facts.add_snapshot(snapshot);
        }
        facts
    }
}

impl ToFacts for GetEbsEncryptionByDefaultOutput {
    fn to_facts(&self) -> Facts {
        let mut facts = Facts::new();
        if let Some(is_default) = self.ebs_encryption_by_default() {
            facts.set_ebs_encryption_by_default(is_default);
        }
        facts
    }
}

impl ToFacts for GetEbsDefaultKmsKeyIdOutput {
    fn to_facts(&self) -> Facts {
        let mut facts = Facts::new();
        if let Some(key) = self.kms_key_id() {
            facts.set_default_kms_key_id(key);
        }
        facts
    }
}

/// What a list says, read as a document, so that the rules for what a list proves are in one place.
fn of_document(document: Value) -> Facts {
    serde_json::from_value(document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::assert_fields;

    #[test]
    fn every_field_of_an_output_is_known() {
        assert_fields(&format!("{:?}", DescribeSnapshotsOutput::builder().build()), &["snapshots", "next_token"]);
        assert_fields(&format!("{:?}", DescribeImagesOutput::builder().build()), &["images", "next_token"]);
        assert_fields(
            &format!("{:?}", DescribeSnapshotAttributeOutput::builder().build()),
            &["snapshot_id", "product_codes", "create_volume_permissions"],
        );
        assert_fields(
            &format!("{:?}", GetEbsEncryptionByDefaultOutput::builder().build()),
            &["ebs_encryption_by_default", "sse_type"],
        );
        assert_fields(&format!("{:?}", GetEbsDefaultKmsKeyIdOutput::builder().build()), &["kms_key_id"]);
    }
}
