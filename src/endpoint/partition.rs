//! Groups of Regions that share accounts and DNS names.

use core::fmt;

/// A group of Regions that share accounts, ARNs and DNS suffixes, such as `aws`, `aws-cn` or `aws-us-gov`.
///
/// ```
/// use ec2_register_image::endpoint::Partition;
///
/// let china = Partition::from_region("cn-northwest-1").ok_or("no partition")?;
/// assert_eq!(china.id(), "aws-cn");
/// assert_eq!(china.dns_suffix(), "amazonaws.com.cn");
/// assert_eq!(Partition::from_region("mars-north-1"), None);
/// # Ok::<(), &str>(())
/// ```
///
/// See [partitions](https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Partition {
    id: &'static str,
    /// The prefixes of its Regions. A word, a hyphen and a number follow.
    region_prefixes: &'static [&'static str],
    /// The pseudo-Region of its global services, the only one without such a prefix.
    global_region: Option<&'static str>,
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
    supports_fips: bool,
    supports_dual_stack: bool,
}

/// Defines the partitions, one per row.
macro_rules! partitions {
    ($($id:literal $prefixes:expr, $global:expr => $dns:literal, $dual_stack_dns:literal;)+) => {
        &[$(Partition {
            id: $id,
            region_prefixes: &$prefixes,
            global_region: $global,
            dns_suffix: $dns,
            dual_stack_dns_suffix: $dual_stack_dns,
            // Today every partition has both kinds of endpoints.
            supports_fips: true,
            supports_dual_stack: true,
        },)+]
    };
}

impl Partition {
    /// All partitions that this version knows: `aws`, then the others by ID.
    pub const ALL: &'static [Self] = partitions! {
        "aws" ["us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-"], Some("aws-global")
            => "amazonaws.com", "api.aws";
        "aws-cn" ["cn-"], Some("aws-cn-global") => "amazonaws.com.cn", "api.amazonwebservices.com.cn";
        "aws-eusc" ["eusc-de-"], None => "amazonaws.eu", "api.amazonwebservices.eu";
        "aws-iso" ["us-iso-"], Some("aws-iso-global") => "c2s.ic.gov", "api.aws.ic.gov";
        "aws-iso-b" ["us-isob-"], Some("aws-iso-b-global") => "sc2s.sgov.gov", "api.aws.scloud";
        "aws-iso-e" ["eu-isoe-"], Some("aws-iso-e-global") => "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk";
        "aws-iso-f" ["us-isof-"], Some("aws-iso-f-global") => "csp.hci.ic.gov", "api.aws.hci.ic.gov";
        "aws-us-gov" ["us-gov-"], Some("aws-us-gov-global") => "amazonaws.com", "api.aws";
    };

    /// Returns the partition of the Region with this name, even if AWS opened the Region after this version.
    #[must_use]
    pub fn from_region(region: &str) -> Option<&'static Self> {
        // No name matches the patterns of two partitions.
        Self::ALL.iter().find(|partition| partition.has_region(region))
    }

    fn has_region(&self, region: &str) -> bool {
        // AWS publishes a regular expression for each partition: its prefixes, then `\w+\-\d+$`.
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        self.global_region == Some(region)
            || self.region_prefixes.iter().any(|prefix| {
                region.strip_prefix(prefix).and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| {
                    !word.is_empty()
                        && word.bytes().all(is_word)
                        && !number.is_empty()
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                })
            })
    }

    /// The ID, which is also the second part of an ARN: `aws` in `arn:aws:…`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The suffix of its host names, such as `amazonaws.com`.
    #[must_use]
    pub fn dns_suffix(&self) -> &'static str {
        self.dns_suffix
    }

    /// The suffix of its host names with IPv6 addresses, such as `api.aws`.
    #[must_use]
    pub fn dual_stack_dns_suffix(&self) -> &'static str {
        self.dual_stack_dns_suffix
    }

    /// Whether it has endpoints with cryptography validated for FIPS 140.
    #[must_use]
    pub fn supports_fips(&self) -> bool {
        self.supports_fips
    }

    /// Whether it has endpoints with IPv6 addresses.
    #[must_use]
    pub fn supports_dual_stack(&self) -> bool {
        self.supports_dual_stack
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::{Endpoint, Region};
    use alloc::string::ToString as _;

    // Every partition has both kinds today, so only an invented one shows the errors.
    #[test]
    fn a_partition_may_lack_fips_or_dual_stack() {
        let region = Region::new("us-east-1").unwrap();
        let neither = Partition { supports_fips: false, supports_dual_stack: false, ..Partition::ALL[0] };
        let host = |builder: crate::endpoint::EndpointBuilder| {
            builder.regional_host(&region, &neither).map_err(|error| error.to_string())
        };

        assert_eq!(host(Endpoint::builder()).as_deref(), Ok("ec2.us-east-1.amazonaws.com"));
        assert_eq!(
            host(Endpoint::builder().use_fips(true)).unwrap_err(),
            "partition `aws` has no FIPS endpoints: disable FIPS, or choose a Region of another partition"
        );
        assert_eq!(
            host(Endpoint::builder().use_dual_stack(true)).unwrap_err(),
            "partition `aws` has no dual-stack endpoints: disable dual-stack, or choose a Region of another partition"
        );
    }
}
