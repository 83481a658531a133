//! Platform, boot mode, TPM and networking, alone and together.

use super::REGISTER_IMAGE;
use super::example::{hvm, platform};
use super::launch::is_never_launchable;
use crate::model::{RegisterImageRequest, RequestMember as Member, RequestPath, Source};
use crate::rules::declare::subject;
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
        explanation: "EC2's default is i386, whatever the snapshot holds, and no current instance type runs an i386 image. The \
                      image registers without complaint.",
        source: REGISTER_IMAGE,
        message: "`Architecture` is missing; EC2 defaults to `i386`, which no current instance type runs",
        help: "set `x86_64` or `arm64`",
        trigger: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true,"#),
        near_miss: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "x86_64","#),
        says: "`Architecture` is missing; EC2 defaults to `i386`, which no current instance type runs",
    }
    check request(request, _findings) {
        if request.architecture.is_none() && !is_manifest(request) {
            architecture_missing(RequestPath::Request(Member::Architecture));
        }
    }

    rule virtualization_type_missing() {
        id: "virtualization-type-missing",
        level: Warning,
        evidence: BrokenAtLaunch,
        wordings: [HVM_ONLY(context: "*", advice: "*")],
        summary: "an image specifies its virtualization type",
        explanation: "EC2's default is paravirtual, which only C1, C3, M1, M2, M3 and T1 instances run. The image registers \
                      without complaint. An example of AWS's own, for NitroTPM, leaves it out.",
        source: COMPONENTS,
        message: "`VirtualizationType` is missing; EC2 defaults to `paravirtual`, which no current instance type runs",
        help: "set `hvm`",
        trigger: platform!(r#""Architecture": "x86_64", "EnaSupport": true,"#),
        near_miss: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "hvm","#),
        says: "`VirtualizationType` is missing; EC2 defaults to `paravirtual`, which no current instance type runs",
    }
    check request(request, _findings) {
        if request.virtualization_type.is_none() {
            virtualization_type_missing(RequestPath::Request(Member::VirtualizationType));
        }
    }

    rule arm64_paravirtual() {
        id: "arm64-paravirtual",
        level: Warning,
        evidence: ThirdParty,
        wordings: [HVM_ONLY(context: "*", advice: "*")],
        summary: "an arm64 image is for hardware virtual machines",
        explanation: "Graviton instances know no other kind. A maintainer of upload tools reports that such an image must be \
                      HVM; the answer of EC2 was not seen.",
        source: "https://github.com/SUSE-Enceladus/ec2imgutils/pull/19",
        message: "arm64 instances are never paravirtual",
        help: "write `hvm`",
        trigger: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        says: "arm64 instances are never paravirtual",
    }
    check request(request, _findings) {
        if request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL) && request.architecture == Some(Architecture::ARM64) {
            arm64_paravirtual(RequestPath::Request(Member::VirtualizationType));
        }
    }

    rule arm64_legacy_bios() {
        id: "arm64-legacy-bios",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "an arm64 image boots by UEFI",
        explanation: "Graviton instances have UEFI only, so no instance can start from such an image.",
        source: BOOT_MODES,
        message: "arm64 instances have no legacy BIOS to boot by",
        help: "write `uefi`, or leave the boot mode out",
        trigger: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
        ),
        near_miss: platform!(
            r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        says: "arm64 instances have no legacy BIOS to boot by",
    }
    check request(request, _findings) {
        if request.boot_mode == Some(BootMode::LEGACY_BIOS) && request.architecture == Some(Architecture::ARM64) {
            arm64_legacy_bios(RequestPath::Request(Member::BootMode));
        }
    }

    rule uefi_i386(mode: &str) {
        id: "uefi-i386",
        level: Warning,
        evidence: Inferred,
        summary: "UEFI does not go with i386",
        explanation: "The instance types with UEFI are of 64 bits. What EC2 answers was not seen.",
        source: BOOT_MODES,
        message: "the boot mode is {mode} for an i386 image, and the instance types with UEFI are of 64 bits",
        help: "write `x86_64` if the image is, or `legacy-bios`",
        trigger: platform!(
            r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        near_miss: platform!(
            r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
        ),
        says: "the boot mode is \"uefi\" for an i386 image, and the instance types with UEFI are of 64 bits",
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
        evidence: Inferred,
        summary: "UEFI goes with hardware virtual machines",
        explanation: "A paravirtual instance starts a kernel without firmware. What EC2 answers was not seen.",
        source: BOOT_MODES,
        message: "the boot mode is {mode} for a paravirtual image, which starts without firmware",
        help: "write `hvm`, or leave the boot mode out",
        trigger: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "BootMode": "uefi","#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
        ),
        says: "the boot mode is \"uefi\" for a paravirtual image, which starts without firmware",
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

    rule uefi_outpost(mode: &str) {
        id: "uefi-outpost",
        level: Warning,
        evidence: Documented,
        summary: "UEFI may not be there on Outposts",
        explanation: "A page of 2023 said that UEFI boot is not supported on Outposts, in Local Zones and in Wavelength Zones. \
                      The sentence is gone from today's page.",
        source: BOOT_MODES,
        message: "the boot mode is {mode} for an image with a snapshot on an Outpost, where UEFI may not be supported",
        help: "try a launch on the Outpost before you rely on it",
        trigger: hvm!(
            r#""BootMode": "uefi","#,
            r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
        ),
        near_miss: hvm!(r#""BootMode": "uefi","#),
        says: "the boot mode is \"uefi\" for an image with a snapshot on an Outpost, where UEFI may not be supported",
    }
    check request(request, _findings) {
        // An image with a TPM has a weightier finding.
        if let Some(mode) = uefi_mode(request)
            && request.tpm_support.is_none()
            && has_outpost(request)
        {
            uefi_outpost(RequestPath::Request(Member::BootMode), mode);
        }
    }

    rule tpm_boot_mode(mode: &str) {
        id: "tpm-boot-mode",
        level: Error,
        evidence: Documented,
        summary: "NitroTPM requires boot mode `uefi`",
        explanation: "The user guide says that an image cannot have both NitroTPM and `uefi-preferred`, and that it must be \
                      configured for UEFI. It was tried, too: the flag requires `uefi`.",
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
        summary: "an image with NitroTPM sets boot mode `uefi`",
        explanation: "The flag was seen to require it; the request without any boot mode was not tried.",
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
        explanation: "The user guide excludes Outposts, Local Zones and Wavelength Zones.",
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
        evidence: Inferred,
        summary: "images for Mac instances state no boot mode, TPM or UEFI data, and are `hvm`",
        explanation: "Mac instances boot in a way of their own and are not on the list of types with NitroTPM. What EC2 \
                      answers was not seen.",
        source: TPM,
        message: "this does not belong in an image for Mac instances ({architecture}), which boot in a way of their own",
        help: "take the member out; as virtualization type write `hvm`",
        trigger: platform!(r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "BootMode": "uefi","#),
        near_miss: platform!(r#""Architecture": "arm64_mac", "VirtualizationType": "hvm","#),
        says: "this does not belong in an image for Mac instances (\"arm64_mac\"), which boot in a way of their own",
    }
    check request(request, _findings) {
        let Some(architecture) = request.architecture.as_ref().filter(|_| is_mac(request)) else { return };
        let stated = [
            (Member::BootMode, request.boot_mode.is_some()),
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
        summary: "a 64-bit image for current instance types has ENA support",
        explanation: "All arm64 types and all on the Nitro system need the Elastic Network Adapter; the launch is refused with \
                      `Enhanced networking with the Elastic Network Adapter (ENA) is required`. The default is `false`. The \
                      image registers without complaint.",
        source: "https://github.com/SUSE-Enceladus/ec2imgutils/issues/33",
        message: "`EnaSupport` is not enabled, but current instance types require it",
        help: "write `\"EnaSupport\": true` if the system has the driver, as every current one does",
        trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm","#),
        near_miss: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,"#),
        says: "`EnaSupport` is not enabled, but current instance types require it",
    }
    check request(request, _findings) {
        let is_64_bit = match request.architecture {
            Some(Architecture::ARM64) => request.virtualization_type != Some(VirtualizationType::PARAVIRTUAL),
            Some(Architecture::X86_64) => request.virtualization_type == Some(VirtualizationType::HVM),
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
        summary: "enhanced networking is for hardware virtual machines",
        explanation: "The API's model warns that ENA or SR-IOV support on a paravirtual image can make its instances \
                      unreachable. Terraform sends `simple` by default.",
        source: REGISTER_IMAGE,
        message: "enhanced networking is switched on for a paravirtual image, whose instances may become unreachable",
        help: "leave it out, or write `hvm`",
        trigger: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": true,"#
        ),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
        ),
        says: "enhanced networking is switched on for a paravirtual image, whose instances may become unreachable",
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
        explanation: "A hardware virtual machine boots its own disk. For an S3-backed image a tool's maintainers report that \
                      they cannot be stated; for an EBS-backed one nothing is known.",
        source: "https://github.com/Netflix/aminator/pull/173",
        message: "{id} is stated for an image of type `hvm`, which boots its own disk",
        help: "leave kernel and RAM disk out",
        trigger: hvm!(r#""KernelId": "aki-919dcaf8","#),
        near_miss: hvm!(""),
        says: "\"aki-919dcaf8\" is stated for an image of type `hvm`, which boots its own disk",
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
        summary: "a paravirtual image names its kernel",
        explanation: "Without one, a kernel must be named at every launch.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-ebs.html",
        message: "a paravirtual image names no kernel, so every launch has to",
        help: "write `KernelId`, such as that of a PV-GRUB kernel of the Region; better, write `hvm`",
        trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "paravirtual","#),
        near_miss: platform!(
            r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8","#
        ),
        says: "a paravirtual image names no kernel, so every launch has to",
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

/// The boot mode if it is one of those with UEFI.
fn uefi_mode(request: &RegisterImageRequest) -> Option<&str> {
    let mode = request.boot_mode.as_ref()?;
    matches!(*mode, BootMode::UEFI | BootMode::UEFI_PREFERRED).then(|| mode.as_str())
}

fn has_outpost(request: &RegisterImageRequest) -> bool {
    request.sent_mappings().iter().any(|mapping| mapping.ebs_volume().is_some_and(|ebs| ebs.outpost_arn.is_some()))
}

fn is_mac(request: &RegisterImageRequest) -> bool {
    matches!(request.architecture, Some(Architecture::X86_64_MAC | Architecture::ARM64_MAC))
}
