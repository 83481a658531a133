//! The settings of the instance metadata service (IMDS) that an account has in a Region.

use alloc::string::String;

use crate::schema::described;

described! {
    /// The account-level settings of the instance metadata service, as `aws ec2 get-instance-metadata-defaults` prints
    /// them. Absent members are not set.
    ///
    /// ```
    /// use ec2_register_image::Facts;
    ///
    /// let printed = r#"{"AccountLevel": {"HttpTokens": "optional", "HttpTokensEnforced": "enabled"}}"#;
    /// let facts: Facts = serde_json::from_str(printed)?;
    /// assert!(facts.instance_metadata_defaults().unwrap().rejects_imdsv1());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct InstanceMetadataDefaults, InstanceMetadataDefaultsMember {
        /// Whether instances require IMDSv2: `optional` or `required`. Default: the launch and the image decide.
        http_tokens: String = HttpTokens,
        /// Whether EC2 rejects launches of instances that do not require IMDSv2: `enabled` or `disabled`.
        http_tokens_enforced: String = HttpTokensEnforced,
    }
}

impl InstanceMetadataDefaults {
    /// Returns whether EC2 rejects a launch unless the launch or the image requires IMDSv2.
    #[must_use]
    pub fn rejects_imdsv1(&self) -> bool {
        self.http_tokens_enforced.as_deref() == Some("enabled") && self.http_tokens.as_deref() != Some("required")
    }
}
