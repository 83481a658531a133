//! What each volume type accepts, according to AWS's pages as of [`MODEL_DATE`](super::MODEL_DATE).
//!
//! Sources: [General Purpose SSD](https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html),
//! [Provisioned IOPS SSD](https://docs.aws.amazon.com/ebs/latest/userguide/provisioned-iops.html),
//! [HDD](https://docs.aws.amazon.com/ebs/latest/userguide/hdd-vols.html) and the API model. RegisterImage was seen to store
//! other numbers, and the launch to fail, so the rules are warnings.

use crate::types::VolumeType;

/// The limits of a volume type: sizes in GiB, throughput in MiB per second.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Limits {
    pub(in crate::rules) size: (i32, i32),
    pub(in crate::rules) iops: Option<Iops>,
    pub(in crate::rules) throughput: Option<(i32, i32)>,
    pub(in crate::rules) boots: bool,
}

/// The IOPS that a request can set.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Iops {
    pub(in crate::rules) range: (i32, i32),
    /// The most per GiB.
    pub(in crate::rules) per_gib: i64,
    /// The IOPS if the request sets none. Without a default, the request must set them.
    pub(in crate::rules) default: Option<i32>,
}

/// The range of sizes over all types.
pub(in crate::rules) const ANY_SIZE: (i32, i32) = (1, 65_536);

impl Limits {
    /// Returns the limits of a type in a Region or on an Outpost, or `None` for an unknown type.
    pub(in crate::rules) fn of(volume_type: &VolumeType, on_outpost: bool) -> Option<Self> {
        let hdd = Self { size: (125, 16_384), iops: None, throughput: None, boots: false };
        Some(match *volume_type {
            VolumeType::GP3 => {
                let (size, iops, throughput) =
                    if on_outpost { (16_384, 16_000, 1_000) } else { (65_536, 80_000, 2_000) };
                Self {
                    size: (1, size),
                    iops: Some(Iops { range: (3_000, iops), per_gib: 500, default: Some(3_000) }),
                    throughput: Some((125, throughput)),
                    boots: true,
                }
            }
            VolumeType::GP2 => Self { size: (1, 16_384), boots: true, ..hdd },
            VolumeType::IO1 => Self {
                size: (4, 16_384),
                iops: Some(Iops { range: (100, 64_000), per_gib: 50, default: None }),
                boots: true,
                ..hdd
            },
            VolumeType::IO2 => Self {
                size: (4, 65_536),
                iops: Some(Iops { range: (100, 256_000), per_gib: 1_000, default: None }),
                boots: true,
                ..hdd
            },
            VolumeType::ST1 | VolumeType::SC1 => hdd,
            VolumeType::STANDARD => Self { size: (1, 1_024), boots: true, ..hdd },
            _ => return None,
        })
    }
}
