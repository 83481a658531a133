//! What instance types offer and what an image requires, as masks that compare without allocation.

use super::Reason;
use crate::model::{RegisterImageRequest, Source};
use crate::types::{Architecture, BootMode, VirtualizationType};

/// Architectures.
pub(super) const I386: u8 = 1;
pub(super) const X86_64: u8 = 1 << 1;
pub(super) const ARM64: u8 = 1 << 2;
pub(super) const X86_64_MAC: u8 = 1 << 3;
pub(super) const ARM64_MAC: u8 = 1 << 4;

/// Virtualization types.
pub(super) const PARAVIRTUAL: u8 = 1;
pub(super) const HVM: u8 = 1 << 1;

/// Boot modes.
pub(super) const LEGACY_BIOS: u8 = 1;
pub(super) const UEFI: u8 = 1 << 1;

/// Root device types.
pub(super) const EBS: u8 = 1;
pub(super) const INSTANCE_STORE: u8 = 1 << 1;

/// An unknown requirement, which every instance type fulfills.
const ANY: u8 = u8::MAX;

/// The capabilities that several instance types share.
pub(super) struct Signature {
    architectures: u8,
    virtualization_types: u8,
    pub(super) boot_modes: u8,
    nitro_tpm: bool,
    requires_ena: bool,
    root_device_types: u8,
}

pub(super) const fn signature(
    architectures: u8,
    virtualization_types: u8,
    boot_modes: u8,
    nitro_tpm: bool,
    requires_ena: bool,
    root_device_types: u8,
) -> Signature {
    Signature { architectures, virtualization_types, boot_modes, nitro_tpm, requires_ena, root_device_types }
}

/// A family of instance types.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) is_current: bool,
    pub(super) groups: &'static [Group],
}

pub(super) const fn family(name: &'static str, is_current: bool, groups: &'static [Group]) -> Family {
    Family { name, is_current, groups }
}

/// The sizes of a family that have the same capabilities and limits.
pub(super) struct Group {
    pub(super) signature: &'static Signature,
    /// The most EBS volumes, including the root volume.
    volumes: u8,
    /// The number of EBS cards.
    cards: u8,
    sizes: &'static str,
}

pub(super) const fn group(signature: &'static Signature, volumes: u8, cards: u8, sizes: &'static str) -> Group {
    Group { signature, volumes, cards, sizes }
}

impl Group {
    pub(super) fn sizes(&self) -> impl Iterator<Item = &'static str> {
        self.sizes.split(' ')
    }

    /// The first reason why these types cannot launch the image.
    pub(super) fn excludes(&self, image: &Requirements) -> Option<Reason> {
        image.unmet_by(self.signature).or_else(|| {
            if image.volumes > usize::from(self.volumes) {
                Some(Reason::Volumes)
            } else if image.ebs_card >= i32::from(self.cards) {
                Some(Reason::EbsCards)
            } else {
                None
            }
        })
    }
}

/// What an image requires of an instance type. A mask holds the acceptable values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Requirements {
    architecture: u8,
    virtualization_type: u8,
    boot_mode: u8,
    nitro_tpm: bool,
    has_ena: bool,
    root_device_type: u8,
    volumes: usize,
    ebs_card: i32,
}

impl Requirements {
    /// An absent architecture or virtualization type is EC2's default. An unknown value fits no type of the data.
    pub(crate) fn from_request(request: &RegisterImageRequest) -> Self {
        let source = request.source();
        let volumes = || request.sent_mappings().iter().filter_map(|mapping| mapping.ebs_volume());
        Self {
            architecture: match &request.architecture {
                None if matches!(source, Source::Manifest(_)) => ANY,
                None | Some(Architecture::I386) => I386,
                Some(Architecture::X86_64) => X86_64,
                Some(Architecture::ARM64) => ARM64,
                Some(Architecture::X86_64_MAC) => X86_64_MAC,
                Some(Architecture::ARM64_MAC) => ARM64_MAC,
                Some(_) => 0,
            },
            virtualization_type: match &request.virtualization_type {
                None | Some(VirtualizationType::PARAVIRTUAL) => PARAVIRTUAL,
                Some(VirtualizationType::HVM) => HVM,
                Some(_) => 0,
            },
            boot_mode: match &request.boot_mode {
                None => ANY,
                Some(BootMode::UEFI_PREFERRED) => LEGACY_BIOS | UEFI,
                Some(BootMode::LEGACY_BIOS) => LEGACY_BIOS,
                Some(BootMode::UEFI) => UEFI,
                Some(_) => 0,
            },
            nitro_tpm: request.tpm_support.is_some(),
            has_ena: request.ena_support == Some(true),
            root_device_type: match source {
                Source::Ebs => EBS,
                Source::Manifest(_) => INSTANCE_STORE,
                Source::Both(_) | Source::Unstated => ANY,
            },
            volumes: volumes().count(),
            ebs_card: volumes().filter_map(|ebs| ebs.ebs_card_index).max().unwrap_or(0),
        }
    }

    /// The same requirements for an image with ENA support.
    pub(crate) fn with_ena(self) -> Self {
        Self { has_ena: true, ..self }
    }

    /// The first requirement that the capabilities do not fulfill.
    pub(super) fn unmet_by(&self, offered: &Signature) -> Option<Reason> {
        let is_unmet = [
            (Reason::Architecture, self.architecture & offered.architectures == 0),
            (Reason::VirtualizationType, self.virtualization_type & offered.virtualization_types == 0),
            (Reason::BootMode, self.boot_mode & offered.boot_modes == 0),
            (Reason::NitroTpm, self.nitro_tpm && !offered.nitro_tpm),
            (Reason::Ena, offered.requires_ena && !self.has_ena),
            (Reason::RootDeviceType, self.root_device_type & offered.root_device_types == 0),
        ];
        is_unmet.into_iter().find_map(|(reason, is_unmet)| is_unmet.then_some(reason))
    }

    /// How an instance with these capabilities boots. `None` if it starts without firmware, as a paravirtual one does.
    pub(super) fn boot_mode(&self, offered: &Signature) -> Option<BootMode> {
        if self.virtualization_type & HVM == 0 {
            return None;
        }
        let is_stated = self.boot_mode != ANY;
        Some(match self.boot_mode & offered.boot_modes {
            UEFI => BootMode::UEFI,
            LEGACY_BIOS => BootMode::LEGACY_BIOS,
            // `uefi-preferred`.
            _ if is_stated => BootMode::UEFI,
            // The default of the types with both, which are Intel and AMD.
            _ => BootMode::LEGACY_BIOS,
        })
    }
}
