//! Values of enumerations: misspelled, or not known as of the model's date.

use super::example::{ebs, hvm, platform};
use crate::model::{EbsBlockDeviceMember, RegisterImageRequest, RequestMember, RequestPath};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::{Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType, VolumeType};

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Values",
    rules: &[
        &BOOT_MODE.misspelled,
        &BOOT_MODE.unknown,
        &TPM_SUPPORT.misspelled,
        &TPM_SUPPORT.unknown,
        &IMDS_SUPPORT.misspelled,
        &IMDS_SUPPORT.unknown,
        &ARCHITECTURE.misspelled,
        &ARCHITECTURE.unknown,
        &VOLUME_TYPE.misspelled,
        &VOLUME_TYPE.unknown,
        &VIRTUALIZATION_TYPE.misspelled,
        &VIRTUALIZATION_TYPE.unknown,
        &SRIOV_NET_SUPPORT,
    ],
    check,
};

/// The two rules of a member that holds an enumeration.
struct Values {
    misspelled: Rule,
    unknown: Rule,
}

/// [`MODEL_DATE`](super::MODEL_DATE) for texts that are put together by the compiler.
macro_rules! model_date {
    () => {
        "2026-11-23"
    };
}

/// A row a member: its rules, and the examples for both.
macro_rules! values {
    ($($name:ident {
        $member:literal, $id:literal, $known:literal, $evidence:ident, $code:expr, $messages:expr, $source:expr,
        right: $right:expr, misspelled: $misspelled:expr, unknown: $unknown:expr,
    })+) => {$(
        static $name: Values = Values {
            misspelled: Rule {
                id: concat!($id, "-misspelled"),
                level: Level::Error,
                evidence: Evidence::$evidence,
                ec2_code: $code,
                ec2_messages: &$messages,
                summary: concat!("`", $member, "` is spelled as EC2 spells it"),
                explanation: concat!(
                    "EC2 takes ", $known, ", in just this spelling. Other tools have other names for the same thing; \
                     nothing here corrects them in silence."
                ),
                source: $source,
                trigger: $misspelled,
                near_miss: $right,
                message: concat!("`", $member, "` is {value}, which EC2 spells {instead}"),
                help: "write {instead}",
                ..Rule::ROW
            },
            unknown: Rule {
                id: concat!($id, "-unknown"),
                level: Level::Error,
                evidence: Evidence::ModelDate,
                ec2_code: $code,
                ec2_messages: &$messages,
                summary: concat!("`", $member, "` is a value that EC2 has"),
                explanation: concat!(
                    "The API's model of ", model_date!(), " has ", $known, ". AWS may have added others since; where you \
                     know that it has, allow this rule."
                ),
                trigger: $unknown,
                near_miss: $right,
                message: concat!("`", $member, "` is {value}; as of ", model_date!(), " EC2 has ", $known),
                help: concat!("write one of these; if AWS has added the value since, allow `", $id, "-unknown`"),
                ..Rule::ROW
            },
        };
    )+};
}

values! {
    BOOT_MODE {
        "BootMode", "boot-mode", "`legacy-bios`, `uefi` and `uefi-preferred`", Documented, Some(ErrorCode::INVALID_PARAMETER_VALUE),
        ["Invalid value * for bootMode"], MODEL,
        right: hvm!(r#""BootMode": "legacy-bios","#),
        misspelled: hvm!(r#""BootMode": "bios","#),
        unknown: hvm!(r#""BootMode": "coreboot","#),
    }
    TPM_SUPPORT {
        "TpmSupport", "tpm-support", "`v2.0`", Documented, Some(ErrorCode::INVALID_PARAMETER_VALUE),
        ["Invalid value * for tpmSupport"], MODEL,
        right: hvm!(r#""BootMode": "uefi", "TpmSupport": "v2.0","#),
        misspelled: hvm!(r#""BootMode": "uefi", "TpmSupport": "2.0","#),
        unknown: hvm!(r#""BootMode": "uefi", "TpmSupport": "v1.2","#),
    }
    IMDS_SUPPORT {
        "ImdsSupport", "imds-support", "`v2.0`", Documented, Some(ErrorCode::INVALID_PARAMETER_VALUE),
        ["Invalid value * for imdsSupport"], MODEL,
        right: hvm!(r#""ImdsSupport": "v2.0","#),
        misspelled: hvm!(r#""ImdsSupport": "imdsv2","#),
        unknown: hvm!(r#""ImdsSupport": "v1.0","#),
    }
    ARCHITECTURE {
        "Architecture", "architecture", "`i386`, `x86_64`, `arm64`, `x86_64_mac` and `arm64_mac`", Observed,
        Some(ErrorCode::INVALID_PARAMETER_VALUE), ["Invalid value '{value}' for architecture."],
        "https://github.com/hashicorp/packer/issues/1164",
        right: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "arm64","#),
        misspelled: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "aarch64","#),
        unknown: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "riscv64","#),
    }
    VOLUME_TYPE {
        "VolumeType", "volume-type", "`standard`, `io1`, `io2`, `gp2`, `sc1`, `st1` and `gp3`", Documented,
        Some(ErrorCode::UNKNOWN_VOLUME_TYPE), [], "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
        right: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3""#),
        misspelled: ebs!(r#""VolumeSize": 8, "VolumeType": "GP3""#),
        unknown: ebs!(r#""VolumeSize": 8, "VolumeType": "gp4""#),
    }
    VIRTUALIZATION_TYPE {
        "VirtualizationType", "virtualization-type", "`hvm` and `paravirtual`", Observed, Some(ErrorCode::INVALID_PARAMETER_VALUE),
        ["Invalid value '{value}' for virtualizationType."], "https://github.com/hashicorp/packer/issues/2329",
        right: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "hvm","#),
        misspelled: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "HVM","#),
        unknown: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "","#),
    }
}

static SRIOV_NET_SUPPORT: Rule = Rule {
    id: "sriov-net-support-unknown",
    evidence: Evidence::Documented,
    summary: "`SriovNetSupport` is `simple`",
    explanation: "The API's model has plain text and says to set it to `simple`. What EC2 does with another value is not \
                  known. The support cannot be switched off again.",
    trigger: hvm!(r#""SriovNetSupport": "true","#),
    near_miss: hvm!(r#""SriovNetSupport": "simple","#),
    message: "`SriovNetSupport` is {value}; the one value that AWS documents is `simple`",
    help: "write `simple`, or leave the member out",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    macro_rules! look {
        ($value:expr, $type:ident, $values:ident, $path:expr) => {
            if let Some(value) = $value.as_ref().filter(|value: &&$type| !value.is_known()) {
                let detail = Parameters::default().value(value.as_str());
                match $type::from_alias(value.as_str()) {
                    Some(known) => findings.add(&$values.misspelled, $path, detail.instead(known.as_str())),
                    None => findings.add(&$values.unknown, $path, detail),
                }
            }
        };
    }
    look!(request.boot_mode, BootMode, BOOT_MODE, RequestPath::Request(RequestMember::BootMode));
    look!(request.tpm_support, TpmSupport, TPM_SUPPORT, RequestPath::Request(RequestMember::TpmSupport));
    look!(request.imds_support, ImdsSupport, IMDS_SUPPORT, RequestPath::Request(RequestMember::ImdsSupport));
    look!(request.architecture, Architecture, ARCHITECTURE, RequestPath::Request(RequestMember::Architecture));
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        let Some(ebs) = mapping.ebs_volume() else { continue };
        look!(ebs.volume_type, VolumeType, VOLUME_TYPE, RequestPath::Ebs(at, EbsBlockDeviceMember::VolumeType));
    }
    let path = RequestPath::Request(RequestMember::VirtualizationType);
    look!(request.virtualization_type, VirtualizationType, VIRTUALIZATION_TYPE, path);
    if let Some(support) = request.sriov_net_support.as_ref().filter(|support| **support != SriovNetSupport::SIMPLE) {
        let path = RequestPath::Request(RequestMember::SriovNetSupport);
        findings.add(&SRIOV_NET_SUPPORT, path, Parameters::default().value(support.as_str()));
    }
}
