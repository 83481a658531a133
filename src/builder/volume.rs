//! The volumes of an image.

use crate::model::EbsBlockDevice;
use crate::types::{OutpostArn, SnapshotId, VirtualName, VolumeType};

/// What a device can be: made from a [`SnapshotVolume`], an [`EmptyVolume`] or an [`InstanceStore`].
#[derive(Clone, Debug)]
pub struct Device {
    pub(super) ebs: Option<EbsBlockDevice>,
    pub(super) virtual_name: Option<VirtualName>,
}

/// An EBS volume with the content of a snapshot, which decides its encryption.
#[derive(Clone, Debug)]
#[must_use]
pub struct SnapshotVolume {
    ebs: EbsBlockDevice,
}

/// An EBS volume with nothing on it.
#[derive(Clone, Debug)]
#[must_use]
pub struct EmptyVolume {
    ebs: EbsBlockDevice,
}

/// A volume of the instance's host, gone with the instance.
#[derive(Clone, Debug)]
#[must_use]
pub struct InstanceStore {
    virtual_name: VirtualName,
}

impl SnapshotVolume {
    /// A volume made from this snapshot, of the snapshot's size.
    pub fn new(snapshot_id: impl Into<SnapshotId>) -> Self {
        Self { ebs: EbsBlockDevice { snapshot_id: Some(snapshot_id.into()), ..EbsBlockDevice::default() } }
    }

    /// The size in GiB, at least the snapshot's. [`gib_from_bytes`](crate::types::gib_from_bytes) rounds up to it.
    pub fn size_gib(mut self, size: i32) -> Self {
        self.ebs.volume_size = Some(size);
        self
    }

    /// The Outpost on which the snapshot is stored.
    pub fn outpost_arn(mut self, arn: impl Into<OutpostArn>) -> Self {
        self.ebs.outpost_arn = Some(arn.into());
        self
    }

    /// MiB per second, 100 to 300, at which blocks are fetched from the snapshot.
    pub fn initialization_rate(mut self, rate: i32) -> Self {
        self.ebs.volume_initialization_rate = Some(rate);
        self
    }
}

impl EmptyVolume {
    /// A volume of this size in GiB.
    pub fn new(size_gib: i32) -> Self {
        Self { ebs: EbsBlockDevice { volume_size: Some(size_gib), ..EbsBlockDevice::default() } }
    }

    /// Whether the volume is encrypted; where the account encrypts by default, it is anyhow.
    pub fn encrypted(mut self, encrypted: bool) -> Self {
        self.ebs.encrypted = Some(encrypted);
        self
    }
}

impl InstanceStore {
    /// The instance store volume of this number, 0 to 23.
    pub fn new(number: u8) -> Self {
        Self { virtual_name: VirtualName::ephemeral(number) }
    }
}

/// What both kinds of EBS volumes have.
macro_rules! ebs_volume {
    ($($volume:ident)+) => {$(
        impl $volume {
            /// The type of the volume, with the numbers that the type takes: [`Gp3`], [`Io2`] and so on.
            pub fn volume_type(mut self, volume_type: impl Into<TypedVolume>) -> Self {
                let TypedVolume { volume_type, iops, throughput } = volume_type.into();
                self.ebs.volume_type = Some(volume_type);
                self.ebs.iops = iops;
                self.ebs.throughput = throughput;
                self
            }

            /// Whether the volume goes with its instance. Default: `true` for the root volume; for others AWS's pages
            /// disagree.
            pub fn delete_on_termination(mut self, delete: bool) -> Self {
                self.ebs.delete_on_termination = Some(delete);
                self
            }

            /// The EBS card that the volume is attached to. Default: 0.
            pub fn ebs_card_index(mut self, index: i32) -> Self {
                self.ebs.ebs_card_index = Some(index);
                self
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

/// A volume type with the numbers that it takes.
#[derive(Clone, Debug)]
pub struct TypedVolume {
    volume_type: VolumeType,
    iops: Option<i32>,
    throughput: Option<i32>,
}

/// General purpose SSD with IOPS and throughput of their own.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Gp3 {
    iops: Option<i32>,
    throughput: Option<i32>,
}

impl Gp3 {
    /// With 3,000 IOPS and 125 MiB per second.
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
        #[derive(Clone, Copy, Debug)]
        #[must_use]
        pub struct $name {
            iops: i32,
        }

        impl $name {
            /// With this many I/O operations per second, which the type requires.
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
        #[derive(Clone, Copy, Debug, Default)]
        #[allow(clippy::exhaustive_structs, reason = "it is a word, and has nothing to grow")]
        pub struct $name;

        impl From<$name> for TypedVolume {
            fn from(_: $name) -> Self {
                Self { volume_type: VolumeType::$constant, iops: None, throughput: None }
            }
        }
    )+};
}

plain! {
    /// General purpose SSD whose IOPS follow its size.
    Gp2 GP2;
    /// Throughput-optimised HDD; cannot boot.
    St1 ST1;
    /// Cold HDD; cannot boot.
    Sc1 SC1;
    /// Magnetic, the previous generation.
    Standard STANDARD;
}
