//! Which instance types can launch an image, and why the others cannot.
//!
//! RegisterImage accepts images that few or no instance types can launch. This module compares an image with EC2's
//! description of its instance types:
//!
//! ```
//! use ec2_register_image::RegisterImageRequest;
//! use ec2_register_image::launch::{Answer, Reason, launchable};
//! use ec2_register_image::types::BootMode;
//!
//! let request: RegisterImageRequest = serde_json::from_str(
//!     r#"{"Name": "web", "Architecture": "x86_64", "VirtualizationType": "hvm",
//!         "EnaSupport": true, "BootMode": "uefi", "RootDeviceName": "/dev/xvda",
//!         "BlockDeviceMappings": [
//!             {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}
//!         ]}"#,
//! )?;
//! let launchable = launchable(&request);
//! assert_eq!((launchable.types(), launchable.as_of()), (790, "2026-10-27"));
//!
//! assert_eq!(launchable.answer("m7i.large"), Answer::Yes(Some(BootMode::UEFI)));
//! assert_eq!(launchable.answer("t2.micro"), Answer::No(Reason::BootMode));
//! // A type that is newer than the data may launch it.
//! assert_eq!(launchable.answer("m9i.large"), Answer::Unknown);
//!
//! // Bare metal instances of this family have no UEFI.
//! let family = launchable.families().iter().find(|family| family.name() == "m7i").unwrap();
//! assert!(!family.is_complete() && !family.sizes().contains(&"metal-24xl"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What counts
//!
//! | requirement of the image | capability of the instance type |
//! | --- | --- |
//! | `Architecture`; default `i386`, unknown for an S3-backed image | supported architectures |
//! | `VirtualizationType`; default `paravirtual` | supported virtualization types |
//! | `BootMode`; if absent, any | supported boot modes |
//! | `TpmSupport` | NitroTPM |
//! | no `EnaSupport` | does not require ENA |
//! | root volume from a snapshot or from S3 | supported root device types |
//! | number of EBS volumes | EBS volumes that can be attached |
//! | highest `EbsCardIndex` | number of EBS cards |
//!
//! # The data
//!
//! The table was derived from the instance type data of [moto](https://pypi.org/project/moto) 5.2.5, which records what
//! EC2's DescribeInstanceTypes returned on [`AS_OF`]. It has 1,395 types in 189 families. The data does not say which
//! types a Region offers, and a launch can still change the volumes. Only programs that call [`launchable`] or serialize a
//! [`Preview`](crate::preview::Preview) contain the names of the families.

use alloc::vec::Vec;
use core::fmt;

use serde::ser::{SerializeMap as _, SerializeStruct as _};
use serde::{Serialize, Serializer};

mod capability;
mod table;

pub(crate) use capability::Requirements;
pub(crate) use table::as_of;

use crate::model::RegisterImageRequest;
use crate::types::BootMode;
use capability::Group;
use table::{FAMILIES, SIGNATURES};

/// The day of the instance type data.
pub const AS_OF: &str = as_of!();

/// Returns the instance types that can launch the image of this request, whether or not the request is valid.
///
/// See the [module](self) for an example.
#[must_use]
pub fn launchable(request: &RegisterImageRequest) -> Launchable {
    Launchable::from_requirements(Requirements::from_request(request))
}

/// Whether at least one combination of capabilities fulfills the requirements, apart from the number of volumes and the
/// EBS cards. Does not allocate.
pub(crate) fn is_launchable(image: &Requirements) -> bool {
    SIGNATURES.iter().any(|signature| image.unmet_by(signature).is_none())
}

/// The instance types that can launch an image, and the reasons for which the others cannot.
///
/// As JSON: `{"Types", "CurrentTypes", "Families", "Sizes", "Reasons": [{"Reason", "Types"}], "AsOf"}`. `Families` are
/// names. `Sizes` has the sizes of those families of which only some sizes can launch the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launchable {
    image: Requirements,
    families: Vec<LaunchableFamily>,
    reasons: Vec<(Reason, usize)>,
}

impl Launchable {
    pub(crate) fn from_requirements(image: Requirements) -> Self {
        let mut families = Vec::new();
        let mut reasons: Vec<_> = Reason::ALL.iter().map(|reason| (*reason, 0)).collect();
        for family in FAMILIES {
            let (mut sizes, mut is_complete) = (Vec::new(), true);
            for group in family.groups {
                match group.excludes(&image) {
                    None => sizes.extend(group.sizes()),
                    Some(reason) => {
                        is_complete = false;
                        let count = reasons.iter_mut().filter(|(other, _)| *other == reason);
                        count.for_each(|(_, types)| *types += group.sizes().count());
                    }
                }
            }
            if !sizes.is_empty() {
                let (name, is_current) = (family.name, family.is_current);
                families.push(LaunchableFamily { name, is_current, sizes, is_complete });
            }
        }
        reasons.retain(|(_, types)| *types > 0);
        Self { image, families, reasons }
    }

    /// Returns the number of instance types that can launch the image.
    #[must_use]
    pub fn types(&self) -> usize {
        self.families.iter().map(|family| family.sizes.len()).sum()
    }

    /// Returns the number of these types that are of the current generation.
    #[must_use]
    pub fn current_types(&self) -> usize {
        self.families.iter().filter(|family| family.is_current).map(|family| family.sizes.len()).sum()
    }

    /// Returns the families with at least one such type, by name.
    #[must_use]
    pub fn families(&self) -> &[LaunchableFamily] {
        &self.families
    }

    /// Returns each reason with the number of types that it excludes.
    ///
    /// A type counts once, for the first reason in the order of [`Reason`].
    #[must_use]
    pub fn reasons(&self) -> &[(Reason, usize)] {
        &self.reasons
    }

    /// Returns [`AS_OF`], the day of the data.
    #[must_use]
    pub fn as_of(&self) -> &'static str {
        AS_OF
    }

    /// Returns whether an instance type, such as `m7i.large`, can launch the image.
    #[must_use]
    pub fn answer(&self, instance_type: &str) -> Answer {
        let Some(group) = group(instance_type) else { return Answer::Unknown };
        match group.excludes(&self.image) {
            None => Answer::Yes(self.image.boot_mode(group.signature)),
            Some(reason) => Answer::No(reason),
        }
    }
}

/// The group of the table with this instance type.
fn group(instance_type: &str) -> Option<&'static Group> {
    let (name, size) = instance_type.split_once('.')?;
    let family = FAMILIES.iter().find(|family| family.name == name)?;
    family.groups.iter().find(|group| group.sizes().any(|other| other == size))
}

impl Serialize for Launchable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The sizes by family.
        struct Sizes<'a>(&'a [LaunchableFamily]);

        impl Serialize for Sizes<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for family in self.0.iter().filter(|family| !family.is_complete) {
                    map.serialize_entry(family.name, &family.sizes)?;
                }
                map.end()
            }
        }

        /// A reason and the number of types that it excludes.
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Excluded {
            reason: Reason,
            types: usize,
        }

        let names: Vec<_> = self.families.iter().map(LaunchableFamily::name).collect();
        let reasons: Vec<_> = self.reasons.iter().map(|&(reason, types)| Excluded { reason, types }).collect();
        let mut object = serializer.serialize_struct("Launchable", 6)?;
        object.serialize_field("Types", &self.types())?;
        object.serialize_field("CurrentTypes", &self.current_types())?;
        object.serialize_field("Families", &names)?;
        object.serialize_field("Sizes", &Sizes(&self.families))?;
        object.serialize_field("Reasons", &reasons)?;
        object.serialize_field("AsOf", AS_OF)?;
        object.end()
    }
}

/// A family of which at least one size can launch the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchableFamily {
    name: &'static str,
    is_current: bool,
    sizes: Vec<&'static str>,
    is_complete: bool,
}

impl LaunchableFamily {
    /// Returns the name, such as `m7i`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether EC2 describes the family as the current generation.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// Returns the sizes that can launch the image, such as `large`.
    #[must_use]
    pub fn sizes(&self) -> &[&'static str] {
        &self.sizes
    }

    /// Whether every size can launch the image.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

/// Whether an instance type can launch an image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// Yes, and it boots in this mode. `None` if it starts without firmware, as a paravirtual instance does.
    Yes(Option<BootMode>),
    /// No, for this reason. Other reasons may apply, too.
    No(Reason),
    /// The data does not have the type.
    Unknown,
}

/// The reason why an instance type cannot launch an image.
///
/// As JSON: `architecture`, `virtualization-type`, `boot-mode`, `nitro-tpm`, `ena`, `root-device-type`, `volumes` or
/// `ebs-cards`. `Display` writes the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The type has another architecture.
    Architecture,
    /// The type does not support the virtualization type.
    VirtualizationType,
    /// The type does not support the boot mode.
    BootMode,
    /// The image requires NitroTPM, which the type does not have.
    NitroTpm,
    /// The type requires ENA support, which the image does not have.
    Ena,
    /// The type does not support the root device type.
    RootDeviceType,
    /// The image has more EBS volumes than the type can attach.
    Volumes,
    /// A mapping names an EBS card that the type does not have.
    EbsCards,
}

impl Reason {
    const ALL: &[Self] = &[
        Self::Architecture,
        Self::VirtualizationType,
        Self::BootMode,
        Self::NitroTpm,
        Self::Ena,
        Self::RootDeviceType,
        Self::Volumes,
        Self::EbsCards,
    ];

    /// Returns the name, as in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Architecture => "architecture",
            Self::VirtualizationType => "virtualization-type",
            Self::BootMode => "boot-mode",
            Self::NitroTpm => "nitro-tpm",
            Self::Ena => "ena",
            Self::RootDeviceType => "root-device-type",
            Self::Volumes => "volumes",
            Self::EbsCards => "ebs-cards",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
