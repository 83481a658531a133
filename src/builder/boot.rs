//! How instances boot.

use crate::types::{BootMode, TpmSupport, UefiData};

/// A boot mode with what belongs to it.
#[derive(Clone, Debug)]
pub struct Boot {
    pub(super) boot_mode: BootMode,
    pub(super) tpm_support: Option<TpmSupport>,
    pub(super) uefi_data: Option<UefiData>,
}

/// Boot mode `legacy-bios`: no TPM and no UEFI data.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "it is a word, and has nothing to grow")]
pub struct LegacyBios;

/// Boot mode `uefi`, the only one with a TPM.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Uefi {
    tpm_support: Option<TpmSupport>,
    uefi_data: Option<UefiData>,
}

/// Boot mode `uefi-preferred`: UEFI where the instance type has it, else legacy BIOS. It cannot go with a TPM.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UefiPreferred {
    uefi_data: Option<UefiData>,
}

impl Uefi {
    /// UEFI alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version of NitroTPM.
    pub fn tpm_support(mut self, version: TpmSupport) -> Self {
        self.tpm_support = Some(version);
        self
    }

    /// The UEFI variable store.
    pub fn uefi_data(mut self, data: UefiData) -> Self {
        self.uefi_data = Some(data);
        self
    }
}

impl UefiPreferred {
    /// UEFI where there is UEFI.
    pub fn new() -> Self {
        Self::default()
    }

    /// The UEFI variable store; unused where the instance falls back to BIOS.
    pub fn uefi_data(mut self, data: UefiData) -> Self {
        self.uefi_data = Some(data);
        self
    }
}

impl From<LegacyBios> for Boot {
    fn from(_: LegacyBios) -> Self {
        Self { boot_mode: BootMode::LEGACY_BIOS, tpm_support: None, uefi_data: None }
    }
}

impl From<Uefi> for Boot {
    fn from(Uefi { tpm_support, uefi_data }: Uefi) -> Self {
        Self { boot_mode: BootMode::UEFI, tpm_support, uefi_data }
    }
}

impl From<UefiPreferred> for Boot {
    fn from(UefiPreferred { uefi_data }: UefiPreferred) -> Self {
        Self { boot_mode: BootMode::UEFI_PREFERRED, tpm_support: None, uefi_data }
    }
}
