//! The volumes of an image.

use crate::model::EbsBlockDevice;
use crate::types::{OutpostArn, SnapshotId, UnknownValue, VirtualName, VolumeType};

/// The target of a device: made from a [`SnapshotVolume`], an [`EmptyVolume`] or an [`InstanceStore`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub(super) ebs: Option<EbsBlockDevice>,
    pub(super) virtual_name: Option<VirtualName>,
}

/// An EBS volume created from a snapshot, which determines its encryption.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SnapshotVolume {
    ebs: EbsBlockDevice,
}

/// An empty EBS volume.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct EmptyVolume {
    ebs: EbsBlockDevice,
}

/// An instance store volume. It is lost when the instance stops.
#[doc(alias = "VirtualName")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct InstanceStore {
    virtual_name: VirtualName,
}

impl SnapshotVolume {
    /// A volume created from this snapshot, with the size of the snapshot.
    #[doc(alias = "SnapshotId")]
    pub fn new(snapshot_id: impl Into<SnapshotId>) -> Self {
        Self { ebs: EbsBlockDevice { snapshot_id: Some(snapshot_id.into()), ..EbsBlockDevice::default() } }
    }

    /// The size in GiB, at least that of the snapshot. [`gib_from_bytes`](crate::types::gib_from_bytes) converts bytes.
    #[doc(alias = "VolumeSize")]
    pub fn size_gib(mut self, size: i32) -> Self {
        self.ebs.volume_size = Some(size);
        self
    }

    /// The Outpost on which the snapshot is stored.
    pub fn outpost_arn(mut self, arn: impl Into<OutpostArn>) -> Self {
        self.ebs.outpost_arn = Some(arn.into());
        self
    }

    /// The rate in MiB per second, 100 to 300, at which EBS downloads blocks from the snapshot.
    #[doc(alias = "VolumeInitializationRate")]
    pub fn initialization_rate(mut self, rate: i32) -> Self {
        self.ebs.volume_initialization_rate = Some(rate);
        self
    }
}

impl EmptyVolume {
    /// An empty volume of this size in GiB.
    #[doc(alias = "VolumeSize")]
    pub fn new(size_gib: i32) -> Self {
        Self { ebs: EbsBlockDevice { volume_size: Some(size_gib), ..EbsBlockDevice::default() } }
    }

    /// Whether the volume is encrypted. An account with encryption by default encrypts it in any case.
    pub fn encrypted(mut self, encrypted: bool) -> Self {
        self.ebs.encrypted = Some(encrypted);
        self
    }
}

impl InstanceStore {
    /// The instance store volume with this number, 0 to 23.
    pub fn new(number: u8) -> Self {
        Self { virtual_name: VirtualName::ephemeral(number) }
    }
}

/// The settings that both kinds of EBS volumes have.
macro_rules! ebs_volume {
    ($($volume:ident)+) => {$(
        impl $volume {
            /// The volume type with its settings: [`Gp3`], [`Io2`] and so on, or a [`TypedVolume`] from data.
            #[doc(alias("Iops", "Throughput"))]
            pub fn volume_type(mut self, volume_type: impl Into<TypedVolume>) -> Self {
                let TypedVolume { volume_type, iops, throughput } = volume_type.into();
                self.ebs.volume_type = Some(volume_type);
                self.ebs.iops = iops;
                self.ebs.throughput = throughput;
                self
            }

            /// Whether the volume is deleted with its instance. Default: `true` for the root volume. For other volumes
            /// the AWS pages disagree.
            pub fn delete_on_termination(mut self, delete: bool) -> Self {
                self.ebs.delete_on_termination = Some(delete);
                self
            }

            /// The EBS card that the volume is attached to. Default: 0.
            pub fn ebs_card_index(mut self, index: i32) -> Self {
                self.ebs.ebs_card_index = Some(index);
                self
            }

            /// Calls a setter with a value that data may lack.
            ///
            /// ```
            #[doc = concat!("use ec2_register_image::builder::", stringify!($volume), ";")]
            ///
            #[doc = concat!("fn keep(volume: ", stringify!($volume), ", delete: Option<bool>) -> ", stringify!($volume), " {")]
            #[doc = concat!("    volume.optional(delete, ", stringify!($volume), "::delete_on_termination)")]
            /// }
            /// ```
            pub fn optional<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
                match value {
                    Some(value) => set(self, value),
                    None => self,
                }
            }
        }

        impl From<$volume> for Device {
            fn from(volume: $volume) -> Self {
                Self { ebs: Some(volume.ebs), virtual_name: None }
            }
        }
    )+};
}

ebs_volume! { SnapshotVolume EmptyVolume }

impl From<InstanceStore> for Device {
    fn from(store: InstanceStore) -> Self {
        Self { ebs: None, virtual_name: Some(store.virtual_name) }
    }
}

/// A volume type with its settings: made from [`Gp3`], [`Io2`] and so on, or from data with [`new`](Self::new).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypedVolume {
    volume_type: VolumeType,
    iops: Option<i32>,
    throughput: Option<i32>,
}

/// Settings that do not fit the volume type. See [`TypedVolume::new`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidVolumeType {
    /// The volume type is not a known one.
    #[error(transparent)]
    Unknown(#[from] UnknownValue),
    /// `io1` and `io2` require IOPS.
    #[error("volume type `{0}` requires IOPS")]
    IopsMissing(VolumeType),
    /// Only `gp3`, `io1` and `io2` have IOPS.
    #[error("IOPS cannot be set for volume type `{0}`; omit them, or use `gp3`")]
    IopsUnsupported(VolumeType),
    /// Only `gp3` has throughput.
    #[error("throughput cannot be set for volume type `{0}`; omit it, or use `gp3`")]
    ThroughputUnsupported(VolumeType),
}

impl TypedVolume {
    /// The volume type with settings that come from data, such as a configuration file.
    ///
    /// ```
    /// use ec2_register_image::builder::{Gp3, InvalidVolumeType, TypedVolume};
    /// use ec2_register_image::types::VolumeType;
    ///
    /// let (volume_type, iops) = (VolumeType::from("gp3"), Some(4000));
    /// assert_eq!(TypedVolume::new(volume_type, iops, None)?, Gp3::new().iops(4000).into());
    ///
    /// let error = TypedVolume::new(VolumeType::IO2, None, None).unwrap_err();
    /// assert_eq!(error, InvalidVolumeType::IopsMissing(VolumeType::IO2));
    /// # Ok::<(), InvalidVolumeType>(())
    /// ```
    ///
    /// # Errors
    /// If the type is unknown, lacks IOPS that it requires, or does not have a setting that is present.
    pub fn new(volume_type: VolumeType, iops: Option<i32>, throughput: Option<i32>) -> Result<Self, InvalidVolumeType> {
        let volume_type = VolumeType::parse_known(volume_type.as_str())?;
        let requires_iops = matches!(volume_type, VolumeType::IO1 | VolumeType::IO2);
        if iops.is_none() && requires_iops {
            return Err(InvalidVolumeType::IopsMissing(volume_type));
        }
        if iops.is_some() && !requires_iops && volume_type != VolumeType::GP3 {
            return Err(InvalidVolumeType::IopsUnsupported(volume_type));
        }
        if throughput.is_some() && volume_type != VolumeType::GP3 {
            return Err(InvalidVolumeType::ThroughputUnsupported(volume_type));
        }
        Ok(Self { volume_type, iops, throughput })
    }
}

/// General Purpose SSD whose IOPS and throughput are set independently of its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Gp3 {
    iops: Option<i32>,
    throughput: Option<i32>,
}

impl Gp3 {
    /// The volume type with its defaults: 3,000 IOPS and 125 MiB per second.
    pub fn new() -> Self {
        Self::default()
    }

    /// I/O operations per second.
    pub fn iops(mut self, iops: i32) -> Self {
        self.iops = Some(iops);
        self
    }

    /// MiB per second.
    pub fn throughput(mut self, mib_per_second: i32) -> Self {
        self.throughput = Some(mib_per_second);
        self
    }
}

impl From<Gp3> for TypedVolume {
    fn from(Gp3 { iops, throughput }: Gp3) -> Self {
        Self { volume_type: VolumeType::GP3, iops, throughput }
    }
}

macro_rules! provisioned {
    ($($(#[$doc:meta])* $name:ident $constant:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[must_use]
        pub struct $name {
            iops: i32,
        }

        impl $name {
            /// The volume type with its I/O operations per second, which it requires.
            pub fn new(iops: i32) -> Self {
                Self { iops }
            }
        }

        impl From<$name> for TypedVolume {
            fn from($name { iops }: $name) -> Self {
                Self { volume_type: VolumeType::$constant, iops: Some(iops), throughput: None }
            }
        }
    )+};
}

provisioned! {
    /// Provisioned IOPS SSD.
    Io1 IO1;
    /// Provisioned IOPS SSD, Block Express.
    Io2 IO2;
}

macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident $constant:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        #[must_use]
        pub struct $name;

        impl $name {
            /// The volume type, which has no settings.
            pub fn new() -> Self {
                Self
            }
        }

        impl From<$name> for TypedVolume {
            fn from(_: $name) -> Self {
                Self { volume_type: VolumeType::$constant, iops: None, throughput: None }
            }
        }
    )+};
}

plain! {
    /// General Purpose SSD whose IOPS depend on its size.
    Gp2 GP2;
    /// Throughput Optimized HDD, which cannot be a boot volume.
    St1 ST1;
    /// Cold HDD, which cannot be a boot volume.
    Sc1 SC1;
    /// Magnetic, the previous generation.
    Standard STANDARD;
}
