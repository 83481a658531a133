//! How instances boot.

use crate::types::{BootMode, TpmSupport, UefiData, UnknownValue};

/// A boot mode with its settings: made from [`LegacyBios`], [`Uefi`] or [`UefiPreferred`], or from data with
/// [`new`](Self::new).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Boot {
    pub(super) boot_mode: BootMode,
    pub(super) tpm_support: Option<TpmSupport>,
    pub(super) uefi_data: Option<UefiData>,
}

/// Settings that do not fit the boot mode. See [`Boot::new`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBoot {
    /// The boot mode is not a known one.
    #[error(transparent)]
    Unknown(#[from] UnknownValue),
    /// NitroTPM requires `uefi`.
    #[error("boot mode `{0}` does not support a TPM; use `uefi`, or omit the TPM")]
    TpmUnsupported(BootMode),
    /// Legacy BIOS has no UEFI variables.
    #[error("boot mode `{0}` does not support UEFI data; use `uefi`, or omit the data")]
    UefiDataUnsupported(BootMode),
}

impl Boot {
    /// The boot mode with settings that come from data, such as a configuration file.
    ///
    /// ```
    /// use ec2_register_image::builder::{Boot, InvalidBoot, Uefi};
    /// use ec2_register_image::types::{BootMode, TpmSupport};
    ///
    /// let tpm = Some(TpmSupport::V2_0);
    /// let boot = Boot::new(BootMode::from("uefi"), tpm.clone(), None)?;
    /// assert_eq!(boot, Uefi::new().tpm_support(TpmSupport::V2_0).into());
    ///
    /// let error = Boot::new(BootMode::UEFI_PREFERRED, tpm, None).unwrap_err();
    /// assert_eq!(error, InvalidBoot::TpmUnsupported(BootMode::UEFI_PREFERRED));
    /// # Ok::<(), InvalidBoot>(())
    /// ```
    ///
    /// # Errors
    /// If the boot mode is unknown or does not support a setting that is present.
    pub fn new(
        boot_mode: BootMode,
        tpm_support: Option<TpmSupport>,
        uefi_data: Option<UefiData>,
    ) -> Result<Self, InvalidBoot> {
        let boot_mode = BootMode::parse_known(boot_mode.as_str())?;
        if tpm_support.is_some() && boot_mode != BootMode::UEFI {
            return Err(InvalidBoot::TpmUnsupported(boot_mode));
        }
        if uefi_data.is_some() && boot_mode == BootMode::LEGACY_BIOS {
            return Err(InvalidBoot::UefiDataUnsupported(boot_mode));
        }
        Ok(Self { boot_mode, tpm_support, uefi_data })
    }
}

/// Boot mode `legacy-bios`: no TPM and no UEFI data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[must_use]
pub struct LegacyBios;

/// Boot mode `uefi`, the only one that supports a TPM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Uefi {
    tpm_support: Option<TpmSupport>,
    uefi_data: Option<UefiData>,
}

/// Boot mode `uefi-preferred`: UEFI if the instance type supports it, otherwise legacy BIOS. It does not support a TPM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct UefiPreferred {
    uefi_data: Option<UefiData>,
}

impl LegacyBios {
    /// The boot mode, which has no settings.
    pub fn new() -> Self {
        Self
    }
}

impl Uefi {
    /// The boot mode without TPM and UEFI data.
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
    /// The boot mode without UEFI data.
    pub fn new() -> Self {
        Self::default()
    }

    /// The UEFI variable store. EC2 ignores it if the instance boots with legacy BIOS.
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
