//! Platform, boot mode, TPM and networking, each alone and in combination.

use super::REGISTER_IMAGE;
use super::example::{hvm, platform};
use super::launch::is_never_launchable;
use crate::model::{RegisterImageRequest, RequestMember as Member, RequestPath, Source};
use crate::rules::declare::subject;
use crate::rules::finding::Words;
use crate::types::{Architecture, BootMode, SriovNetSupport, TpmSupport, VirtualizationType};

const BOOT_MODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html";

const SET_BOOT_MODE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-ami-boot-mode.html";

const TPM: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/enable-nitrotpm-prerequisites.html";

const COMPONENTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";

subject! {
    "Platform and boot",
    passes: [request],
    rules: {
    rule architecture_missing() {
        id: "architecture-missing",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: INVALID_PARAMETER_VALUE,
        wordings: [
            ARCHITECTURE_MISMATCH(instance: "*", image: "i386", advice: "*"),
            ARCHITECTURE_MISMATCH_OF_IMAGE(instance: "*", image_id: "*", image: "i386"),
        ],
        summary: "an EBS-backed image specifies its architecture",
        explanation: "EC2 defaults to i386, whatever the snapshot holds, and registers the image. Of the current \
                      instance types, only T2 nano, micro, small and medium run i386 images. With the default \
                      virtualization type as well, no current type does.",
        source: REGISTER_IMAGE,
        message: "`Architecture` is missing; EC2 defaults to `i386`, which few instance types run",
        help: "set `x86_64` or `arm64`",
        trigger: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true,"#),
        near_miss: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "x86_64","#),
        says: "`Architecture` is missing; EC2 defaults to `i386`, which few instance types run",
    }
    check request(request, _findings) {
        if request.architecture.is_none() && !is_manifest(request) {
            architecture_missing(RequestPath::Request(Member::Architecture));
        }
    }

    rule virtualization_type_missing(wanted: Words<&str>) {
        id: "virtualization-type-missing",
        level: Warning,
        evidence: BrokenAtLaunch,
        wordings: [HVM_ONLY(context: "*", advice: "*")],
        summary: "an image specifies its virtualization type",
        explanation: "EC2 defaults to paravirtual, which only C1, C3, M1, M2, M3 and T1 instances run. EC2 registers \
                      an x86_64 or i386 image all the same. AWS's own example for NitroTPM omits the virtualization \
                      type.",
        source: COMPONENTS,
        message: "`VirtualizationType` is missing; EC2 defaults to `paravirtual`, which no current instance type \
                  runs",
        help: "set {wanted}",
        trigger: platform!(r#""Architecture": "x86_64", "EnaSupport": true,"#),
        near_miss: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "hvm","#),
        says: "`VirtualizationType` is missing; EC2 defaults to `paravirtual`, which no current instance type runs",
    }
    check request(request, _findings) {
        // EC2 rejects an arm64 image, for which another rule exists.
        if request.virtualization_type.is_none() && !is_paravirtual_arm64(request) {
            let has_kernel = request.kernel_id.as_ref().is_some_and(|id| !id.as_str().is_empty());
            let wanted = if has_kernel { "`paravirtual`, which the kernel is for" } else { "`hvm`" };
            virtualization_type_missing(RequestPath::Request(Member::VirtualizationType), Words(wanted));
        }
    }

    rule arm64_paravirtual(stated: Words<&str>) {
        id: "arm64-paravirtual",
        level: Error,
        evidence: Reported,
        wordings: [HVM_ONLY(context: "*", advice: "*")],
        summary: "an arm64 image has virtualization type `hvm`",
        explanation: "EC2 defaults to paravirtual, which no arm64 instance type runs. The authors of two programs \
                      report, independently of each other, that RegisterImage rejects an arm64 image without a \
                      virtualization type, and quote `architecture supports HVM AMIs only`. The code was not \
                      reported.",
        source: "https://github.com/tailscale/tailscale/blob/main/gokrazy/build.go",
        message: "{stated}, but EC2 accepts only `hvm` for arm64",
        help: "set `hvm`",
        trigger: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        says: "`VirtualizationType` is `paravirtual`, but EC2 accepts only `hvm` for arm64",
    }
    check request(request, _findings) {
        if is_paravirtual_arm64(request) {
            let stated = match request.virtualization_type {
                Some(_) => "`VirtualizationType` is `paravirtual`",
                None => "`VirtualizationType` is missing and defaults to `paravirtual`",
            };
            arm64_paravirtual(RequestPath::Request(Member::VirtualizationType), Words(stated));
        }
    }

    rule arm64_legacy_bios() {
        id: "arm64-legacy-bios",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an arm64 image boots by UEFI",
        explanation: "Graviton instances support only UEFI, so no instance can boot the image.",
        source: BOOT_MODES,
        message: "the boot mode is legacy BIOS, but arm64 instances support only UEFI",
        help: "set `uefi`, or remove `BootMode`",
        trigger: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
        ),
        near_miss: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        says: "the boot mode is legacy BIOS, but arm64 instances support only UEFI",
    }
    check request(request, _findings) {
        if request.boot_mode == Some(BootMode::LEGACY_BIOS) && request.architecture == Some(Architecture::ARM64) {
            arm64_legacy_bios(RequestPath::Request(Member::BootMode));
        }
    }

    rule arm64_uefi_preferred() {
        id: "arm64-uefi-preferred",
        level: Warning,
        evidence: ThirdParty,
        summary: "an arm64 image should have boot mode `uefi`",
        explanation: "The evidence conflicts. The author of a program of 2026 reports that EC2 rejects \
                      `uefi-preferred` for arm64, perhaps only at launch. Other projects publish arm64 images with \
                      it. Arm64 instances support only UEFI, so `uefi` has the same effect.",
        source: "https://github.com/tailscale/tailscale/blob/main/gokrazy/build.go",
        message: "the boot mode is `uefi-preferred`; for arm64, EC2 was reported to reject it",
        help: "set `uefi`, or remove `BootMode`",
        trigger: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi-preferred","#
        ),
        near_miss: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        says: "the boot mode is `uefi-preferred`; for arm64, EC2 was reported to reject it",
    }
    check request(request, _findings) {
        // With a TPM, EC2 rejects the boot mode, for which another rule exists.
        if request.boot_mode == Some(BootMode::UEFI_PREFERRED)
            && request.architecture == Some(Architecture::ARM64)
            && request.tpm_support.is_none()
        {
            arm64_uefi_preferred(RequestPath::Request(Member::BootMode));
        }
    }

    rule uefi_i386(mode: &str) {
        id: "uefi-i386",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an i386 image does not boot by UEFI",
        explanation: "Every instance type that runs i386 images supports only legacy BIOS, so no instance can boot \
                      the image. It is not known whether RegisterImage rejects it.",
        source: BOOT_MODES,
        message: "the boot mode is {mode}, but i386 instances support only legacy BIOS",
        help: "set `Architecture` to `x86_64` if the system is, or use `legacy-bios`",
        trigger: platform!(
            r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        near_miss: platform!(
            r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
        ),
        says: "the boot mode is \"uefi\", but i386 instances support only legacy BIOS",
    }
    check request(request, _findings) {
        if let Some(mode) = uefi_mode(request)
            && request.architecture == Some(Architecture::I386)
        {
            uefi_i386(RequestPath::Request(Member::BootMode), mode);
        }
    }

    rule uefi_paravirtual(mode: &str) {
        id: "uefi-paravirtual",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a paravirtual image does not boot by UEFI",
        explanation: "A paravirtual instance boots a kernel without firmware, and every instance type that runs one \
                      supports only legacy BIOS. It is not known whether RegisterImage rejects the image.",
        source: BOOT_MODES,
        message: "the boot mode is {mode}, but paravirtual instances boot without firmware",
        help: "set `hvm`, or remove `BootMode`",
        trigger: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "BootMode": "uefi","#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        says: "the boot mode is \"uefi\", but paravirtual instances boot without firmware",
    }
    check request(request, _findings) {
        // The boot mode of a Mac image is doubtful anyway.
        if let Some(mode) = uefi_mode(request)
            && request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL)
            && !is_mac(request)
        {
            uefi_paravirtual(RequestPath::Request(Member::BootMode), mode);
        }
    }

    rule uefi_outpost() {
        id: "uefi-outpost",
        status: Status::Removed {
            since: "0.1.0",
            reason: "AWS now excludes only Wavelength Zones, and the sentence about Outposts is gone",
        },
        level: Warning,
        evidence: Documented,
        summary: "an image with a snapshot on an Outpost should not boot by UEFI",
        explanation: "The user guide of 2023 said that UEFI boot is not supported on Outposts, in Local Zones and in \
                      Wavelength Zones. Today it excludes only Wavelength Zones.",
        source: BOOT_MODES,
        message: "",
        help: "",
        trigger: hvm!(
            r#""BootMode": "uefi","#,
            r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
        ),
        near_miss: hvm!(r#""BootMode": "uefi","#),
        says: "",
    }
    check request(_request, _findings) {
        let _ = uefi_outpost;
    }

    rule tpm_boot_mode(mode: &str) {
        id: "tpm-boot-mode",
        level: Error,
        evidence: Documented,
        summary: "NitroTPM requires boot mode `uefi`",
        explanation: "The user guide says that an image cannot have both NitroTPM and `uefi-preferred`, and that it \
                      must be configured for UEFI. A project that tried it reports that the flag requires `uefi`.",
        source: SET_BOOT_MODE,
        message: "`TpmSupport` is set with boot mode {mode}; NitroTPM requires `uefi`",
        help: "use `uefi`, or remove `TpmSupport`",
        trigger: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi-preferred","#),
        near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
        says: "`TpmSupport` is set with boot mode \"uefi-preferred\"; NitroTPM requires `uefi`",
    }
    rule tpm_without_boot_mode() {
        id: "tpm-without-boot-mode",
        level: Warning,
        evidence: Inferred,
        summary: "an image with NitroTPM has boot mode `uefi`",
        explanation: "A project that tried the flag reports that it requires `uefi`. It did not try a request \
                      without a boot mode.",
        source: "https://github.com/flatcar/mantle/pull/582",
        message: "`TpmSupport` is set without `BootMode`; NitroTPM requires `uefi`",
        help: "set `\"BootMode\": \"uefi\"`",
        trigger: hvm!(r#""TpmSupport": "v2.0","#),
        near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
        says: "`TpmSupport` is set without `BootMode`; NitroTPM requires `uefi`",
    }
    check request(request, _findings) {
        if request.tpm_support != Some(TpmSupport::V2_0) {
            return;
        }
        match &request.boot_mode {
            None => tpm_without_boot_mode(RequestPath::Request(Member::TpmSupport)),
            Some(mode @ (BootMode::LEGACY_BIOS | BootMode::UEFI_PREFERRED)) => {
                tpm_boot_mode(RequestPath::Request(Member::TpmSupport), mode.as_str());
            }
            Some(_) => {}
        }
    }

    rule tpm_outpost() {
        id: "tpm-outpost",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "NitroTPM is not available on Outposts",
        explanation: "The user guide says that NitroTPM is not supported on Outposts, in Local Zones and in \
                      Wavelength Zones.",
        source: TPM,
        message: "`TpmSupport` is set, but a snapshot is on an Outpost, where NitroTPM is not available",
        help: "remove `TpmSupport` from images for Outposts",
        trigger: hvm!(
            r#""TpmSupport": "v2.0", "BootMode": "uefi","#,
            r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
        ),
        near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
        says: "`TpmSupport` is set, but a snapshot is on an Outpost, where NitroTPM is not available",
    }
    check request(request, _findings) {
        if request.tpm_support == Some(TpmSupport::V2_0) && has_outpost(request) {
            tpm_outpost(RequestPath::Request(Member::TpmSupport));
        }
    }

    rule mac_platform(architecture: &str) {
        id: "mac-platform",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an image for Mac instances is `hvm` and has no UEFI boot mode, TPM or UEFI data",
        explanation: "Every Mac instance type has legacy BIOS as its only boot mode and does not support NitroTPM. \
                      Stating `legacy-bios` is consistent. It is not known whether RegisterImage rejects the others.",
        source: TPM,
        message: "an image for Mac instances ({architecture}) cannot use this",
        help: "remove it; as virtualization type, set `hvm`",
        trigger: platform!(
            r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        near_miss: platform!(
            r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
        ),
        says: "an image for Mac instances (\"arm64_mac\") cannot use this",
    }
    check request(request, _findings) {
        let Some(architecture) = request.architecture.as_ref().filter(|_| is_mac(request)) else { return };
        let stated = [
            (Member::BootMode, uefi_mode(request).is_some()),
            (Member::TpmSupport, request.tpm_support.is_some()),
            (Member::UefiData, request.uefi_data.as_ref().is_some_and(|data| !data.is_empty())),
            (Member::VirtualizationType, request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL)),
        ];
        for (member, _) in stated.into_iter().filter(|&(_, stated)| stated) {
            mac_platform(RequestPath::Request(member), architecture.as_str());
        }
    }

    rule ena_support_off() {
        id: "ena-support-off",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: INVALID_PARAMETER_COMBINATION,
        wordings: [ENA_REQUIRED(instance_type: "*")],
        summary: "a 64-bit image has ENA support",
        explanation: "All arm64 and Mac instance types and all types on the Nitro System require the Elastic Network \
                      Adapter. They reject a launch with `Enhanced networking with the Elastic Network Adapter (ENA) \
                      is required`. EC2 defaults to `false` and registers the image. `SriovNetSupport` is for an \
                      older adapter and does not replace it.",
        source: "https://github.com/SUSE-Enceladus/ec2imgutils/issues/33",
        message: "`EnaSupport` is not enabled, but current instance types require it",
        help: "set `\"EnaSupport\": true` if the system has the driver, as every current one does",
        trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm","#),
        near_miss: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,"#),
        says: "`EnaSupport` is not enabled, but current instance types require it",
    }
    check request(request, _findings) {
        let is_64_bit = match request.architecture {
            Some(Architecture::ARM64) => request.virtualization_type != Some(VirtualizationType::PARAVIRTUAL),
            Some(Architecture::X86_64 | Architecture::X86_64_MAC | Architecture::ARM64_MAC) => {
                request.virtualization_type == Some(VirtualizationType::HVM)
            }
            _ => false,
        };
        // If not even an older type can launch the image, `no-instance-type` reports it.
        if is_64_bit && request.ena_support != Some(true) && !is_manifest(request) && !is_never_launchable(request) {
            ena_support_off(RequestPath::Request(Member::EnaSupport));
        }
    }

    rule paravirtual_network() {
        id: "paravirtual-network",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "enhanced networking is for `hvm` images",
        explanation: "The API model warns that ENA or SR-IOV support can make instances of a paravirtual image \
                      unreachable. Terraform sends `simple` by default, so EC2 accepts it.",
        source: REGISTER_IMAGE,
        message: "enhanced networking is enabled for a paravirtual image, whose instances can become unreachable",
        help: "remove it, or set `hvm`",
        trigger: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": true,"#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        says: "enhanced networking is enabled for a paravirtual image, whose instances can become unreachable",
    }
    check request(request, _findings) {
        if request.virtualization_type != Some(VirtualizationType::PARAVIRTUAL) {
            return;
        }
        if request.sriov_net_support == Some(SriovNetSupport::SIMPLE) {
            paravirtual_network(RequestPath::Request(Member::SriovNetSupport));
        }
        if request.ena_support == Some(true) {
            paravirtual_network(RequestPath::Request(Member::EnaSupport));
        }
    }

    rule hvm_kernel(id: &str) {
        id: "hvm-kernel",
        level: Warning,
        evidence: ThirdParty,
        summary: "kernel and RAM disk are for paravirtual images",
        explanation: "An `hvm` instance boots from its own disk. For S3-backed images, the maintainers of a tool \
                      report that EC2 accepts no kernel. For EBS-backed images, nothing is known.",
        source: "https://github.com/Netflix/aminator/pull/173",
        message: "{id} is set for an `hvm` image, which boots from its own disk",
        help: "remove kernel and RAM disk, or set `paravirtual` if the system needs them",
        trigger: hvm!(r#""KernelId": "aki-919dcaf8","#),
        near_miss: hvm!(""),
        says: "\"aki-919dcaf8\" is set for an `hvm` image, which boots from its own disk",
    }
    check request(request, _findings) {
        if request.virtualization_type != Some(VirtualizationType::HVM) {
            return;
        }
        let kernel = request.kernel_id.as_ref().map(|id| (id.as_str(), RequestPath::Request(Member::KernelId)));
        let ramdisk = request.ramdisk_id.as_ref().map(|id| (id.as_str(), RequestPath::Request(Member::RamdiskId)));
        if let Some((id, path)) = [kernel, ramdisk].into_iter().flatten().find(|(id, _)| !id.is_empty()) {
            hvm_kernel(path, id);
        }
    }

    rule paravirtual_without_kernel() {
        id: "paravirtual-without-kernel",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a paravirtual image has a kernel",
        explanation: "The user guide of 2023 said that without a kernel, you must specify one at every launch. \
                      Today's page says to use the default kernel if in doubt, and names none.",
        source: "https://github.com/awsdocs/amazon-ec2-user-guide/blob/e3707c4/doc_source/creating-an-ami-ebs.md",
        message: "the paravirtual image has no kernel, so every launch may have to specify one",
        help: "set `KernelId`, such as a PV-GRUB kernel of the Region; if the system allows it, set `hvm` instead",
        trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "paravirtual","#),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8","#
        ),
        says: "the paravirtual image has no kernel, so every launch may have to specify one",
    }
    check request(request, _findings) {
        // A manifest may name the kernel; an arm64 image has none.
        if request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL)
            && request.kernel_id.is_none()
            && request.architecture != Some(Architecture::ARM64)
            && !is_manifest(request)
        {
            paravirtual_without_kernel(RequestPath::Request(Member::KernelId));
        }
    }
    }
}

fn is_manifest(request: &RegisterImageRequest) -> bool {
    matches!(request.source(), Source::Manifest(_))
}

/// Whether the image is arm64 and paravirtual, stated or by default.
fn is_paravirtual_arm64(request: &RegisterImageRequest) -> bool {
    let is_paravirtual = match &request.virtualization_type {
        Some(virtualization_type) => *virtualization_type == VirtualizationType::PARAVIRTUAL,
        None => !is_manifest(request),
    };
    is_paravirtual && request.architecture == Some(Architecture::ARM64)
}

/// The boot mode if it uses UEFI.
fn uefi_mode(request: &RegisterImageRequest) -> Option<&str> {
    let mode = request.boot_mode.as_ref()?;
    matches!(*mode, BootMode::UEFI | BootMode::UEFI_PREFERRED).then(|| mode.as_str())
}

fn has_outpost(request: &RegisterImageRequest) -> bool {
    request.sent_mappings().iter().any(|mapping| mapping.ebs_volume().is_some_and(|ebs| ebs.outpost().is_some()))
}

fn is_mac(request: &RegisterImageRequest) -> bool {
    matches!(request.architecture, Some(Architecture::X86_64_MAC | Architecture::ARM64_MAC))
}
