//! Volume types and sizes.

use super::open_enum;

open_enum! {
    /// The type of an EBS volume.
    ///
    /// Wire name `VolumeType`. Default when absent: AWS's pages disagree (`gp2`, formerly `standard`), so set it.
    /// See [EBS volume types](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html).
    ///
    /// ```
    /// use ec2_register_image::types::VolumeType;
    ///
    /// assert_eq!(VolumeType::from("gp3"), VolumeType::GP3);
    /// assert_eq!(VolumeType::from_alias("magnetic"), Some(VolumeType::STANDARD));
    /// assert_eq!(VolumeType::from("gp4").as_str(), "gp4");
    /// ```
    VolumeType as VolumeTypeValue {
        /// Magnetic, the previous generation.
        STANDARD Standard = "standard" ["magnetic"],
        /// Provisioned IOPS SSD. `Iops` is required.
        IO1 Io1 = "io1" ["io-1"],
        /// Provisioned IOPS SSD, Block Express. `Iops` is required.
        IO2 Io2 = "io2" ["io-2"],
        /// General Purpose SSD whose IOPS depend on its size.
        GP2 Gp2 = "gp2" ["gp-2"],
        /// Cold HDD. It cannot boot.
        SC1 Sc1 = "sc1" ["sc-1"],
        /// Throughput Optimized HDD. It cannot boot.
        ST1 St1 = "st1" ["st-1"],
        /// General Purpose SSD whose IOPS and throughput can be set.
        GP3 Gp3 = "gp3" ["gp-3"],
    }
}

/// Returns the size in GiB of a volume that holds `bytes`, rounded up. `None` if it does not fit 32 bits.
///
/// ```
/// use ec2_register_image::types::gib_from_bytes;
///
/// assert_eq!(gib_from_bytes(1 << 30), Some(1));
/// assert_eq!(gib_from_bytes((1 << 30) + 1), Some(2));
/// assert_eq!(gib_from_bytes(u64::MAX), None);
/// ```
#[doc(alias = "VolumeSize")]
#[must_use]
pub fn gib_from_bytes(bytes: u64) -> Option<i32> {
    i32::try_from(bytes.div_ceil(1 << 30)).ok()
}
