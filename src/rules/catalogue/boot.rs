//! Platform, boot mode, TPM and networking, alone and together.

use super::example::{hvm, platform};
use crate::model::{RegisterImageRequest, RequestMember as Member, RequestPath, Source};
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::{Architecture, BootMode, SriovNetSupport, TpmSupport, UefiData, VirtualizationType};

const BOOT_MODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html";
const SET_BOOT_MODE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-ami-boot-mode.html";
const TPM: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/enable-nitrotpm-prerequisites.html";
const COMPONENTS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Platform and boot",
    rules: &[
        &ARCHITECTURE_MISSING,
        &VIRTUALIZATION_MISSING,
        &ARM_PARAVIRTUAL,
        &ARM_LEGACY_BIOS,
        &UEFI_I386,
        &UEFI_PARAVIRTUAL,
        &UEFI_OUTPOST,
        &TPM_BOOT_MODE,
        &TPM_WITHOUT_BOOT_MODE,
        &TPM_OUTPOST,
        &MAC,
        &ENA,
        &PARAVIRTUAL_NETWORK,
        &HVM_KERNEL,
        &PARAVIRTUAL_KERNEL,
    ],
    check,
};

static ARCHITECTURE_MISSING: Rule = Rule {
    id: "architecture-missing",
    evidence: Evidence::BrokenAtLaunch,
    summary: "the architecture of an EBS-backed image is stated",
    explanation: "EC2's default is i386, whatever the snapshot holds, and no current instance type runs an i386 image. The \
                  image registers without complaint.",
    trigger: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true,"#),
    near_miss: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "x86_64","#),
    message: "the architecture is not stated, and EC2's default is `i386`, which no current instance type runs",
    help: "write `x86_64` or `arm64`",
    ..Rule::ROW
};

static VIRTUALIZATION_MISSING: Rule = Rule {
    id: "virtualization-type-missing",
    evidence: Evidence::BrokenAtLaunch,
    summary: "the virtualization type is stated",
    explanation: "EC2's default is paravirtual, which only C1, C3, M1, M2, M3 and T1 instances run. The image registers \
                  without complaint. An example of AWS's own, for NitroTPM, leaves it out.",
    source: COMPONENTS,
    trigger: platform!(r#""Architecture": "x86_64", "EnaSupport": true,"#),
    near_miss: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "hvm","#),
    message: "the virtualization type is not stated, and EC2's default is `paravirtual`, which no current instance type runs",
    help: "write `hvm`",
    ..Rule::ROW
};

static ARM_PARAVIRTUAL: Rule = Rule {
    id: "arm64-paravirtual",
    evidence: Evidence::ThirdParty,
    summary: "an arm64 image is for hardware virtual machines",
    explanation: "Graviton instances know no other kind. A maintainer of upload tools reports that such an image must be \
                  HVM; the answer of EC2 was not seen.",
    source: "https://github.com/SUSE-Enceladus/ec2imgutils/pull/19",
    trigger: platform!(
        r#""Architecture": "arm64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
    ),
    near_miss: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
    ),
    message: "arm64 instances are never paravirtual",
    help: "write `hvm`",
    ..Rule::ROW
};

static ARM_LEGACY_BIOS: Rule = Rule {
    id: "arm64-legacy-bios",
    evidence: Evidence::BrokenAtLaunch,
    summary: "an arm64 image boots by UEFI",
    explanation: "Graviton instances have UEFI only, so no instance can start from such an image.",
    source: BOOT_MODES,
    trigger: platform!(
        r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
    ),
    near_miss: platform!(
        r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
    ),
    message: "arm64 instances have no legacy BIOS to boot by",
    help: "write `uefi`, or leave the boot mode out",
    ..Rule::ROW
};

static UEFI_I386: Rule = Rule {
    id: "uefi-i386",
    evidence: Evidence::Inferred,
    summary: "UEFI does not go with i386",
    explanation: "The instance types with UEFI are of 64 bits. What EC2 answers was not seen.",
    source: BOOT_MODES,
    trigger: platform!(
        r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
    ),
    near_miss: platform!(
        r#""Architecture": "i386", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "legacy-bios","#
    ),
    message: "the boot mode is {value} for an i386 image, and the instance types with UEFI are of 64 bits",
    help: "write `x86_64` if the image is, or `legacy-bios`",
    ..Rule::ROW
};

static UEFI_PARAVIRTUAL: Rule = Rule {
    id: "uefi-paravirtual",
    evidence: Evidence::Inferred,
    summary: "UEFI goes with hardware virtual machines",
    explanation: "A paravirtual instance starts a kernel without firmware. What EC2 answers was not seen.",
    source: BOOT_MODES,
    trigger: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "BootMode": "uefi","#
    ),
    near_miss: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true, "BootMode": "uefi","#
    ),
    message: "the boot mode is {value} for a paravirtual image, which starts without firmware",
    help: "write `hvm`, or leave the boot mode out",
    ..Rule::ROW
};

static UEFI_OUTPOST: Rule = Rule {
    id: "uefi-outpost",
    evidence: Evidence::Documented,
    summary: "UEFI may not be there on Outposts",
    explanation: "A page of 2023 said that UEFI boot is not supported on Outposts, in Local Zones and in Wavelength Zones. \
                  The sentence is gone from today's page.",
    source: BOOT_MODES,
    trigger: hvm!(
        r#""BootMode": "uefi","#,
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
    ),
    near_miss: hvm!(r#""BootMode": "uefi","#),
    message: "the boot mode is {value} for an image with a snapshot on an Outpost, where UEFI may not be supported",
    help: "try a launch on the Outpost before you rely on it",
    ..Rule::ROW
};

static TPM_BOOT_MODE: Rule = Rule {
    id: "tpm-boot-mode",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "NitroTPM needs boot mode `uefi`",
    explanation: "The user guide says that an image cannot have both NitroTPM and `uefi-preferred`, and that it must be \
                  configured for UEFI. It was tried, too: the flag requires `uefi`.",
    source: SET_BOOT_MODE,
    trigger: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi-preferred","#),
    near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
    message: "the image is to have a TPM with boot mode {value}; EC2 gives one with `uefi` alone",
    help: "write `uefi`, or leave `TpmSupport` out",
    ..Rule::ROW
};

static TPM_WITHOUT_BOOT_MODE: Rule = Rule {
    id: "tpm-without-boot-mode",
    evidence: Evidence::Inferred,
    summary: "an image with NitroTPM states boot mode `uefi`",
    explanation: "The flag was seen to require it; the request without any boot mode was not tried.",
    source: "https://github.com/flatcar/mantle/pull/582",
    trigger: hvm!(r#""TpmSupport": "v2.0","#),
    near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
    message: "the image is to have a TPM and states no boot mode, where EC2 wants `uefi`",
    help: "write `\"BootMode\": \"uefi\"`",
    ..Rule::ROW
};

static TPM_OUTPOST: Rule = Rule {
    id: "tpm-outpost",
    evidence: Evidence::BrokenAtLaunch,
    summary: "NitroTPM is not there on Outposts",
    explanation: "The user guide excludes Outposts, Local Zones and Wavelength Zones.",
    source: TPM,
    trigger: hvm!(
        r#""TpmSupport": "v2.0", "BootMode": "uefi","#,
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
    ),
    near_miss: hvm!(r#""TpmSupport": "v2.0", "BootMode": "uefi","#),
    message: "the image is to have a TPM and has a snapshot on an Outpost, where there is none",
    help: "leave `TpmSupport` out of images for Outposts",
    ..Rule::ROW
};

static MAC: Rule = Rule {
    id: "mac-platform",
    evidence: Evidence::Inferred,
    summary: "images for Mac instances state no boot mode, TPM or UEFI data, and are `hvm`",
    explanation: "Mac instances boot in a way of their own and are not on the list of types with NitroTPM. What EC2 \
                  answers was not seen.",
    source: TPM,
    trigger: platform!(r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "BootMode": "uefi","#),
    near_miss: platform!(r#""Architecture": "arm64_mac", "VirtualizationType": "hvm","#),
    message: "this does not belong in an image for Mac instances ({value}), which boot in a way of their own",
    help: "take the member out; as virtualization type write `hvm`",
    ..Rule::ROW
};

static ENA: Rule = Rule {
    id: "ena-support-off",
    evidence: Evidence::BrokenAtLaunch,
    summary: "a 64-bit image for current instance types has ENA support",
    explanation: "All arm64 types and all on the Nitro system need the Elastic Network Adapter; the launch is refused with \
                  `Enhanced networking with the Elastic Network Adapter (ENA) is required`. The default is `false`. The \
                  image registers without complaint.",
    source: "https://github.com/SUSE-Enceladus/ec2imgutils/issues/33",
    trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm","#),
    near_miss: platform!(r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,"#),
    message: "ENA support is not switched on, and current instance types need it",
    help: "write `\"EnaSupport\": true` if the system has the driver, as every current one does",
    ..Rule::ROW
};

static PARAVIRTUAL_NETWORK: Rule = Rule {
    id: "paravirtual-network",
    evidence: Evidence::BrokenAtLaunch,
    summary: "enhanced networking is for hardware virtual machines",
    explanation: "The API's model warns that ENA or SR-IOV support on a paravirtual image can make its instances \
                  unreachable. Terraform sends `simple` by default.",
    trigger: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": true,"#
    ),
    near_miss: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8", "EnaSupport": false,"#
    ),
    message: "enhanced networking is switched on for a paravirtual image, whose instances may become unreachable",
    help: "leave it out, or write `hvm`",
    ..Rule::ROW
};

static HVM_KERNEL: Rule = Rule {
    id: "hvm-kernel",
    evidence: Evidence::ThirdParty,
    summary: "kernel and RAM disk are for paravirtual images",
    explanation: "A hardware virtual machine boots its own disk. For an S3-backed image a tool's maintainers report that \
                  they cannot be stated; for an EBS-backed one nothing is known.",
    source: "https://github.com/Netflix/aminator/pull/173",
    trigger: hvm!(r#""KernelId": "aki-919dcaf8","#),
    near_miss: hvm!(""),
    message: "{value} is stated for an image of type `hvm`, which boots its own disk",
    help: "leave kernel and RAM disk out",
    ..Rule::ROW
};

static PARAVIRTUAL_KERNEL: Rule = Rule {
    id: "paravirtual-without-kernel",
    evidence: Evidence::BrokenAtLaunch,
    summary: "a paravirtual image names its kernel",
    explanation: "Without one, a kernel must be named at every launch.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-ebs.html",
    trigger: platform!(r#""Architecture": "x86_64", "VirtualizationType": "paravirtual","#),
    near_miss: platform!(
        r#""Architecture": "x86_64", "VirtualizationType": "paravirtual", "KernelId": "aki-919dcaf8","#
    ),
    message: "a paravirtual image names no kernel, so every launch has to",
    help: "write `KernelId`, such as that of a PV-GRUB kernel of the Region; better, write `hvm`",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let is_manifest = matches!(request.source(), Source::Manifest(_));
    if request.architecture.is_none() && !is_manifest {
        findings.add(&ARCHITECTURE_MISSING, RequestPath::Request(Member::Architecture), Parameters::default());
    }
    if request.virtualization_type.is_none() {
        findings.add(&VIRTUALIZATION_MISSING, RequestPath::Request(Member::VirtualizationType), Parameters::default());
    }
    check_boot_mode(request, findings);
    check_tpm(request, findings);
    if is_mac(request) {
        check_mac(request, findings);
    }
    match request.virtualization_type {
        Some(VirtualizationType::PARAVIRTUAL) => check_paravirtual(request, is_manifest, findings),
        Some(VirtualizationType::HVM) => check_hvm(request, findings),
        _ => {}
    }
    let is_64_bit = match request.architecture {
        Some(Architecture::ARM64) => request.virtualization_type != Some(VirtualizationType::PARAVIRTUAL),
        Some(Architecture::X86_64) => request.virtualization_type == Some(VirtualizationType::HVM),
        _ => false,
    };
    if is_64_bit && !is_manifest && request.ena_support != Some(true) {
        findings.add(&ENA, RequestPath::Request(Member::EnaSupport), Parameters::default());
    }
}

fn check_boot_mode(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let path = RequestPath::Request(Member::BootMode);
    match &request.boot_mode {
        Some(BootMode::LEGACY_BIOS) if request.architecture == Some(Architecture::ARM64) => {
            findings.add(&ARM_LEGACY_BIOS, path, Parameters::default());
        }
        Some(mode @ (BootMode::UEFI | BootMode::UEFI_PREFERRED)) => {
            let detail = || Parameters::default().value(mode.as_str());
            if request.architecture == Some(Architecture::I386) {
                findings.add(&UEFI_I386, path, detail());
            }
            // Of a Mac image the boot mode is doubtful anyway.
            if request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL) && !is_mac(request) {
                findings.add(&UEFI_PARAVIRTUAL, path, detail());
            }
            // An image with a TPM has a weightier finding.
            if has_outpost(request) && request.tpm_support.is_none() {
                findings.add(&UEFI_OUTPOST, path, detail());
            }
        }
        _ => {}
    }
}

fn check_tpm(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    // An unknown version is a mistake of its own.
    if request.tpm_support != Some(TpmSupport::V2_0) {
        return;
    }
    let path = RequestPath::Request(Member::TpmSupport);
    match &request.boot_mode {
        None => findings.add(&TPM_WITHOUT_BOOT_MODE, path, Parameters::default()),
        Some(mode @ (BootMode::LEGACY_BIOS | BootMode::UEFI_PREFERRED)) => {
            findings.add(&TPM_BOOT_MODE, path, Parameters::default().value(mode.as_str()));
        }
        Some(_) => {}
    }
    if has_outpost(request) {
        findings.add(&TPM_OUTPOST, path, Parameters::default());
    }
}

fn has_outpost(request: &RegisterImageRequest) -> bool {
    request.sent_mappings().iter().any(|mapping| mapping.ebs_volume().is_some_and(|ebs| ebs.outpost_arn.is_some()))
}

fn is_mac(request: &RegisterImageRequest) -> bool {
    matches!(request.architecture, Some(Architecture::X86_64_MAC | Architecture::ARM64_MAC))
}

fn check_mac(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let architecture = request.architecture.as_ref().map_or("", Architecture::as_str);
    let is_paravirtual = request.virtualization_type == Some(VirtualizationType::PARAVIRTUAL);
    let stated = [
        (Member::BootMode, request.boot_mode.is_some()),
        (Member::TpmSupport, request.tpm_support.is_some()),
        (Member::UefiData, request.uefi_data.as_ref().is_some_and(|data: &UefiData| !data.is_empty())),
        (Member::VirtualizationType, is_paravirtual),
    ];
    for (member, _) in stated.into_iter().filter(|&(_, stated)| stated) {
        findings.add(&MAC, RequestPath::Request(member), Parameters::default().value(architecture));
    }
}

fn check_paravirtual(request: &RegisterImageRequest, is_manifest: bool, findings: &mut Findings<'_>) {
    if request.architecture == Some(Architecture::ARM64) {
        findings.add(&ARM_PARAVIRTUAL, RequestPath::Request(Member::VirtualizationType), Parameters::default());
    }
    if request.sriov_net_support == Some(SriovNetSupport::SIMPLE) {
        findings.add(&PARAVIRTUAL_NETWORK, RequestPath::Request(Member::SriovNetSupport), Parameters::default());
    }
    if request.ena_support == Some(true) {
        findings.add(&PARAVIRTUAL_NETWORK, RequestPath::Request(Member::EnaSupport), Parameters::default());
    }
    // A manifest may name the kernel; an arm64 image has none.
    if request.kernel_id.is_none() && !is_manifest && request.architecture != Some(Architecture::ARM64) {
        findings.add(&PARAVIRTUAL_KERNEL, RequestPath::Request(Member::KernelId), Parameters::default());
    }
}

fn check_hvm(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    if let Some(id) = request.kernel_id.as_ref().filter(|id| !id.as_str().is_empty()) {
        let detail = Parameters::default().value(id.as_str());
        findings.add(&HVM_KERNEL, RequestPath::Request(Member::KernelId), detail);
    } else if let Some(id) = request.ramdisk_id.as_ref().filter(|id| !id.as_str().is_empty()) {
        let detail = Parameters::default().value(id.as_str());
        findings.add(&HVM_KERNEL, RequestPath::Request(Member::RamdiskId), detail);
    }
}
