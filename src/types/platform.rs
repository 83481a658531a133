//! What an image requires of the instances that it runs on.

use super::open_enum;

open_enum! {
    /// The processor architecture of the image.
    ///
    /// Wire name `Architecture`. **Default when absent: `i386`** for an EBS-backed image, although no current instance type
    /// runs it. For an S3-backed image, the manifest states it.
    ///
    /// ```
    /// use ec2_register_image::types::Architecture;
    ///
    /// // The names that `uname -m`, Docker and Rust use. A request never translates them.
    /// assert_eq!(Architecture::from_alias("aarch64"), Some(Architecture::ARM64));
    /// assert_eq!(Architecture::from_alias("amd64"), Some(Architecture::X86_64));
    /// assert_eq!(Architecture::from_alias("riscv64"), None);
    /// assert!(!Architecture::from("aarch64").is_known());
    /// ```
    Architecture as ArchitectureValue {
        /// 32-bit Intel.
        I386 I386 = "i386" ["i486" "i586" "i686" "x86" "ia32" "386"],
        /// 64-bit Intel and AMD.
        X86_64 X86_64 = "x86_64" ["amd64" "x64" "intel64"],
        /// 64-bit Arm: Graviton.
        ARM64 Arm64 = "arm64" ["aarch64" "arm64v8" "arm64-v8" "armv8"],
        /// Mac instances with Intel processors.
        X86_64_MAC X86_64Mac = "x86_64_mac" ["amd64-mac"],
        /// Mac instances with Apple silicon.
        ARM64_MAC Arm64Mac = "arm64_mac" ["aarch64-mac"],
    }
}

open_enum! {
    /// How instances boot.
    ///
    /// Wire name `BootMode`. Default when absent: that of the instance type, which is UEFI on Graviton and legacy BIOS
    /// on Intel and AMD. See [Boot modes](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html).
    ///
    /// ```
    /// use ec2_register_image::types::BootMode;
    ///
    /// assert_eq!(BootMode::from_alias("BIOS"), Some(BootMode::LEGACY_BIOS));
    /// assert_eq!(BootMode::from_alias("uefi_preferred"), Some(BootMode::UEFI_PREFERRED));
    /// ```
    BootMode as BootModeValue {
        /// Legacy BIOS.
        LEGACY_BIOS LegacyBios = "legacy-bios" ["bios" "legacy" "mbr"],
        /// UEFI only.
        UEFI Uefi = "uefi" ["efi"],
        /// UEFI if the instance type supports it, otherwise legacy BIOS.
        UEFI_PREFERRED UefiPreferred = "uefi-preferred" ["efi-preferred" "prefer-uefi"],
    }
}

open_enum! {
    /// The version of NitroTPM that the image supports.
    ///
    /// Wire name `TpmSupport`. Default when absent: no TPM.
    /// See [NitroTPM](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/nitrotpm.html).
    ///
    /// ```
    /// use ec2_register_image::types::TpmSupport;
    ///
    /// assert_eq!(TpmSupport::from_alias("2.0"), Some(TpmSupport::V2_0));
    /// ```
    TpmSupport as TpmSupportValue {
        /// TPM 2.0.
        V2_0 V2_0 = "v2.0" ["2.0" "2" "v2" "tpm2" "tpm2.0" "tpm-2.0"],
    }
}

open_enum! {
    /// The version of the instance metadata service that instances require.
    ///
    /// Wire name `ImdsSupport`. Default when absent: the account or the launch decides. With `v2.0`, a launch sets
    /// `HttpTokens` to `required` and the hop limit to 2.
    ///
    /// ```
    /// use ec2_register_image::types::ImdsSupport;
    ///
    /// assert_eq!(ImdsSupport::from_alias("imdsv2"), Some(ImdsSupport::V2_0));
    /// ```
    ImdsSupport as ImdsSupportValue {
        /// IMDSv2 only.
        V2_0 V2_0 = "v2.0" ["2.0" "2" "v2" "imdsv2" "imds-v2"],
    }
}

open_enum! {
    /// Hardware virtualization or Xen paravirtualization.
    ///
    /// Wire name `VirtualizationType`. **Default when absent: `paravirtual`**, although no current instance type runs it.
    /// The API model declares it as plain text. These are the values that its documentation names.
    ///
    /// ```
    /// use ec2_register_image::types::VirtualizationType;
    ///
    /// assert_eq!(VirtualizationType::from_alias("pv"), Some(VirtualizationType::PARAVIRTUAL));
    /// ```
    VirtualizationType as VirtualizationTypeValue {
        /// Hardware virtual machine, for every current instance type.
        HVM Hvm = "hvm" ["full" "hardware"],
        /// Xen paravirtual: C1, C3, M1, M2, M3 and T1 only.
        PARAVIRTUAL Paravirtual = "paravirtual" ["pv" "para"],
    }
}

open_enum! {
    /// Enhanced networking with the Intel 82599 Virtual Function interface.
    ///
    /// Wire name `SriovNetSupport`. Default when absent: not enabled. It cannot be disabled later. The API model declares
    /// it as plain text, documented as "set to `simple`".
    ///
    /// ```
    /// use ec2_register_image::types::SriovNetSupport;
    ///
    /// assert_eq!(SriovNetSupport::from("simple"), SriovNetSupport::SIMPLE);
    /// ```
    SriovNetSupport as SriovNetSupportValue {
        /// Enabled.
        SIMPLE Simple = "simple" ["true" "enabled" "on"],
    }
}
