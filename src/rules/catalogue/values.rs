//! Values of enumerations: misspelled, or unknown as of the date of the model.

use super::REGISTER_IMAGE;
use super::example::{ebs, hvm, platform};
use crate::model::{EbsBlockDeviceMember, RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::types::{Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType, VolumeType};

/// [`MODEL_DATE`](super::MODEL_DATE) for texts that the compiler concatenates.
macro_rules! model_date {
    () => {
        "2026-11-23"
    };
}

/// Declares two rules for each member with an enumeration, then the other rules.
macro_rules! values {
    ($($misspelled_rule:ident $unknown_rule:ident {
        $type:ident, $id:literal, $known:literal, $evidence:ident, $code:ident, $wordings:tt, $source:expr,
        right: $right:expr,
        misspelled: $misspelled:expr, says: $misspelled_says:expr,
        unknown: $unknown:expr, says: $unknown_says:expr,
        check $scope:ident($($argument:ident),+) $value:expr, $path:expr,
    })+; others: { $($others:tt)* }) => {
        subject! {
            "Values",
            passes: [request ebs],
            rules: {
                $(
                    rule $misspelled_rule(value: &str, known: &str) {
                        id: concat!($id, "-misspelled"),
                        level: Error,
                        evidence: $evidence,
                        code: $code,
                        wordings: $wordings,
                        summary: concat!("`", stringify!($type), "` is spelled as EC2 spells it"),
                        explanation: concat!(
                            "EC2 accepts ", $known, ", in exactly this spelling. Other tools have other names for them. \
                             This crate never corrects a value silently."
                        ),
                        source: $source,
                        message: concat!("`", stringify!($type), "` is {value}, which EC2 spells {known}"),
                        help: "use {known}",
                        trigger: $misspelled,
                        near_miss: $right,
                        says: $misspelled_says,
                    }
                    rule $unknown_rule(value: &str) {
                        id: concat!($id, "-unknown"),
                        level: Error,
                        evidence: ModelDate,
                        code: $code,
                        wordings: $wordings,
                        summary: concat!("`", stringify!($type), "` has a value that EC2 knows"),
                        explanation: concat!(
                            "The API model of ", model_date!(), " has ", $known, ". AWS may have added others since \
                             then. If it has, allow this rule."
                        ),
                        source: REGISTER_IMAGE,
                        message: concat!(
                            "`", stringify!($type), "` is {value}; as of ", model_date!(), " EC2 has ", $known
                        ),
                        help: concat!("use one of these; if AWS has added the value since then, allow `", $id, "-unknown`"),
                        trigger: $unknown,
                        near_miss: $right,
                        says: $unknown_says,
                    }
                    check $scope($($argument),+) {
                        if let Some(value) = $value.as_ref().filter(|value| !value.is_known()) {
                            match $type::from_alias(value.as_str()) {
                                Some(known) => $misspelled_rule($path, value.as_str(), known.as_str()),
                                None => $unknown_rule($path, value.as_str()),
                            }
                        }
                    }
                )+
                $($others)*
            }
        }
    };
}

values! {
    boot_mode_misspelled boot_mode_unknown {
        BootMode, "boot-mode", "`legacy-bios`, `uefi` and `uefi-preferred`", Documented, INVALID_PARAMETER_VALUE, [VALUE_INVALID(value: "*", parameter: "bootMode")],
        REGISTER_IMAGE,
        right: hvm!(r#""BootMode": "legacy-bios","#),
        misspelled: hvm!(r#""BootMode": "bios","#), says: "`BootMode` is \"bios\", which EC2 spells \"legacy-bios\"",
        unknown: hvm!(r#""BootMode": "coreboot","#), says: "`BootMode` is \"coreboot\"; as of 2026-11-23 EC2 has `legacy-bios`, `uefi` and `uefi-preferred`",
        check request(request, _findings) request.boot_mode, RequestPath::Request(RequestMember::BootMode),
    }
    tpm_support_misspelled tpm_support_unknown {
        TpmSupport, "tpm-support", "`v2.0`", Documented, INVALID_PARAMETER_VALUE, [VALUE_INVALID(value: "*", parameter: "tpmSupport")],
        REGISTER_IMAGE,
        right: hvm!(r#""BootMode": "uefi", "TpmSupport": "v2.0","#),
        misspelled: hvm!(r#""BootMode": "uefi", "TpmSupport": "2.0","#), says: "`TpmSupport` is \"2.0\", which EC2 spells \"v2.0\"",
        unknown: hvm!(r#""BootMode": "uefi", "TpmSupport": "v1.2","#), says: "`TpmSupport` is \"v1.2\"; as of 2026-11-23 EC2 has `v2.0`",
        check request(request, _findings) request.tpm_support, RequestPath::Request(RequestMember::TpmSupport),
    }
    imds_support_misspelled imds_support_unknown {
        ImdsSupport, "imds-support", "`v2.0`", Documented, INVALID_PARAMETER_VALUE, [VALUE_INVALID(value: "*", parameter: "imdsSupport")],
        REGISTER_IMAGE,
        right: hvm!(r#""ImdsSupport": "v2.0","#),
        misspelled: hvm!(r#""ImdsSupport": "imdsv2","#), says: "`ImdsSupport` is \"imdsv2\", which EC2 spells \"v2.0\"",
        unknown: hvm!(r#""ImdsSupport": "v1.0","#), says: "`ImdsSupport` is \"v1.0\"; as of 2026-11-23 EC2 has `v2.0`",
        check request(request, _findings) request.imds_support, RequestPath::Request(RequestMember::ImdsSupport),
    }
    architecture_misspelled architecture_unknown {
        Architecture, "architecture", "`i386`, `x86_64`, `arm64`, `x86_64_mac` and `arm64_mac`", Documented, INVALID_PARAMETER_VALUE, [VALUE_INVALID(parameter: "architecture")],
        "https://github.com/hashicorp/packer/issues/1164",
        right: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "arm64","#),
        misspelled: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "aarch64","#), says: "`Architecture` is \"aarch64\", which EC2 spells \"arm64\"",
        unknown: platform!(r#""VirtualizationType": "hvm", "EnaSupport": true, "Architecture": "riscv64","#), says: "`Architecture` is \"riscv64\"; as of 2026-11-23 EC2 has `i386`, `x86_64`, `arm64`, `x86_64_mac` and \
               `arm64_mac`",
        check request(request, _findings) request.architecture, RequestPath::Request(RequestMember::Architecture),
    }
    volume_type_misspelled volume_type_unknown {
        VolumeType, "volume-type", "`standard`, `io1`, `io2`, `gp2`, `sc1`, `st1` and `gp3`", Documented, UNKNOWN_VOLUME_TYPE, [],
        "https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html",
        right: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3""#),
        misspelled: ebs!(r#""VolumeSize": 8, "VolumeType": "GP3""#), says: "`VolumeType` is \"GP3\", which EC2 spells \"gp3\"",
        unknown: ebs!(r#""VolumeSize": 8, "VolumeType": "gp4""#), says: "`VolumeType` is \"gp4\"; as of 2026-11-23 EC2 has `standard`, `io1`, `io2`, `gp2`, `sc1`, `st1` and \
               `gp3`",
        check ebs(_request, at, ebs) ebs.volume_type, RequestPath::Ebs(at, EbsBlockDeviceMember::VolumeType),
    }
    virtualization_type_misspelled virtualization_type_unknown {
        VirtualizationType, "virtualization-type", "`hvm` and `paravirtual`", Observed, INVALID_PARAMETER_VALUE, [VALUE_INVALID(parameter: "virtualizationType")],
        "https://github.com/hashicorp/packer/issues/2329",
        right: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "hvm","#),
        misspelled: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "HVM","#), says: "`VirtualizationType` is \"HVM\", which EC2 spells \"hvm\"",
        unknown: platform!(r#""Architecture": "x86_64", "EnaSupport": true, "VirtualizationType": "","#), says: "`VirtualizationType` is \"\"; as of 2026-11-23 EC2 has `hvm` and `paravirtual`",
        check request(request, _findings) request.virtualization_type, RequestPath::Request(RequestMember::VirtualizationType),
    }
    ;
    others: {
        rule sriov_net_support_unknown(value: &str) {
            id: "sriov-net-support-unknown",
            level: Warning,
            evidence: Documented,
            summary: "`SriovNetSupport` is `simple`",
            explanation: "The API model allows any text and says to set `simple`. It is not known how EC2 responds to \
                          another value. The support cannot be disabled again.",
            source: REGISTER_IMAGE,
            message: "`SriovNetSupport` is {value}; the only value that AWS documents is `simple`",
            help: "use `simple`, or remove `SriovNetSupport`",
            trigger: hvm!(r#""SriovNetSupport": "true","#),
            near_miss: hvm!(r#""SriovNetSupport": "simple","#),
            says: "`SriovNetSupport` is \"true\"; the only value that AWS documents is `simple`",
        }
        check request(request, _findings) {
            let value = request.sriov_net_support.as_ref().filter(|value| **value != SriovNetSupport::SIMPLE);
            if let Some(value) = value {
                sriov_net_support_unknown(RequestPath::Request(RequestMember::SriovNetSupport), value.as_str());
            }
        }
    }
}
