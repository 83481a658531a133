//! The instance types that can launch an image, next to counts that were taken from the data by other code.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy does not see that helpers are tests too")]

use std::collections::BTreeSet;

use ec2_register_image::launch::{AS_OF, Answer, Launchable, Reason, launchable};
use ec2_register_image::rules;
use ec2_register_image::types::BootMode;
use ec2_register_image::{RegisterImageRequest, Validator};
use proptest::prelude::*;

/// The number of types in the data.
const ALL: usize = 1_395;

fn request(members: &str, volumes: usize, more: &str) -> RegisterImageRequest {
    let mappings: Vec<_> = (0..volumes)
        .map(|at| match at {
            0 => r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-00112233445566778"}}"#.to_owned(),
            at => format!(r#"{{"DeviceName": "/dev/disk{at}", "Ebs": {{"VolumeSize": 4{more}}}}}"#),
        })
        .collect();
    let json = format!(
        r#"{{"Name": "any", "RootDeviceName": "/dev/xvda", {members} "BlockDeviceMappings": [{}]}}"#,
        mappings.join(", ")
    );
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

fn of(members: &str) -> Launchable {
    launchable(&request(members, 1, ""))
}

const X86_64: &str = r#""Architecture": "x86_64", "VirtualizationType": "hvm", "EnaSupport": true,"#;
const ARM64: &str = r#""Architecture": "arm64", "VirtualizationType": "hvm", "EnaSupport": true,"#;

/// Counted in moto's JSON by a script that shares no code with the table: types, current types, families, and the types
/// that each reason excludes.
#[test]
fn typical_requests() {
    #[track_caller]
    fn assert_counts(request: &RegisterImageRequest, expected: (usize, usize, usize), reasons: &[(Reason, usize)]) {
        let found = launchable(request);
        assert_eq!((found.types(), found.current_types(), found.families().len()), expected);
        assert_eq!(found.reasons(), reasons);
        let excluded: usize = found.reasons().iter().map(|(_, types)| types).sum();
        assert_eq!(found.types() + excluded, ALL);
    }
    use Reason::{Architecture, EbsCards, Ena, NitroTpm, RootDeviceType, VirtualizationType, Volumes};
    let not_x86_64 = (Architecture, 427);
    let boot = |types| (Reason::BootMode, types);
    let with = |members: &str, more: &str| request(&format!("{members} {more}"), 1, "");

    assert_counts(&with(X86_64, ""), (968, 864, 137), &[not_x86_64]);
    let without_ena = r#""Architecture": "x86_64", "VirtualizationType": "hvm","#;
    assert_counts(&with(without_ena, ""), (74, 25, 17), &[not_x86_64, (Ena, 894)]);
    assert_counts(&with(X86_64, r#""BootMode": "uefi","#), (790, 740, 113), &[not_x86_64, boot(178)]);
    assert_counts(&with(X86_64, r#""BootMode": "uefi-preferred","#), (968, 864, 137), &[not_x86_64]);
    let tpm = r#""BootMode": "uefi", "TpmSupport": "v2.0","#;
    assert_counts(&with(X86_64, tpm), (783, 733, 110), &[not_x86_64, boot(178), (NitroTpm, 7)]);
    assert_counts(&with(ARM64, ""), (418, 386, 43), &[(Architecture, 977)]);
    let without_ena = r#""Architecture": "arm64", "VirtualizationType": "hvm","#;
    assert_counts(&with(without_ena, ""), (0, 0, 0), &[(Architecture, 977), (Ena, 418)]);
    assert_counts(&with(ARM64, r#""BootMode": "legacy-bios","#), (0, 0, 0), &[(Architecture, 977), boot(418)]);
    // All defaults: i386, paravirtual, no ENA.
    assert_counts(&with("", ""), (5, 0, 4), &[(Architecture, 1_386), (VirtualizationType, 4)]);
    let i386 = r#""Architecture": "i386", "VirtualizationType": "hvm","#;
    assert_counts(&with(i386, ""), (9, 4, 5), &[(Architecture, 1_386)]);
    let mac = r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "EnaSupport": true,"#;
    assert_counts(&with(mac, ""), (8, 8, 8), &[(Architecture, 1_387)]);
    let s3 = r#""ImageLocation": "bucket/manifest.xml", "Architecture": "x86_64","#;
    assert_counts(&request(s3, 0, ""), (18, 0, 5), &[not_x86_64, (VirtualizationType, 949), (RootDeviceType, 1)]);
    assert_counts(&request(X86_64, 30, ""), (588, 534, 111), &[not_x86_64, (Volumes, 380)]);
    assert_counts(&request(X86_64, 129, ""), (0, 0, 0), &[not_x86_64, (Volumes, 968)]);
    assert_counts(&request(X86_64, 2, r#", "EbsCardIndex": 1"#), (21, 21, 11), &[not_x86_64, (EbsCards, 947)]);
    assert_counts(&request(X86_64, 2, r#", "EbsCardIndex": 2"#), (0, 0, 0), &[not_x86_64, (EbsCards, 968)]);
    // AWS's own example for NitroTPM states neither the virtualization type nor ENA.
    let example = r#""Architecture": "x86_64", "BootMode": "uefi", "TpmSupport": "v2.0","#;
    assert_counts(&with(example, ""), (0, 0, 0), &[not_x86_64, (VirtualizationType, 949), boot(19)]);
}

#[test]
fn what_is_unknown_excludes_nothing() {
    // The manifest has the architecture, and a request without a source may be of either kind.
    let found = launchable(&request(r#""ImageLocation": "bucket/manifest.xml", "VirtualizationType": "hvm","#, 0, ""));
    assert!(found.reasons().iter().all(|(reason, _)| *reason != Reason::Architecture), "{:?}", found.reasons());
    let found = launchable(&request(r#""VirtualizationType": "hvm", "Architecture": "i386","#, 0, ""));
    assert!(found.reasons().iter().all(|(reason, _)| *reason != Reason::RootDeviceType), "{:?}", found.reasons());
    // A value that the data does not know fits no type of the data.
    assert_eq!(of(r#""Architecture": "riscv64", "VirtualizationType": "hvm", "EnaSupport": true,"#).types(), 0);
    assert_eq!(of(&format!(r#"{X86_64} "BootMode": "coreboot","#)).types(), 0);
    // An empty device, a device that is left out, and an instance store volume are no EBS volumes.
    let json = format!(
        r#"{{{X86_64} "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [
            {{"DeviceName": "/dev/xvda", "Ebs": {{"SnapshotId": "snap-00112233445566778"}}}},
            {}, {{"DeviceName": "/dev/sdz", "VirtualName": "ephemeral0"}}]}}"#,
        vec![r#"{"DeviceName": "/dev/sdy", "NoDevice": "", "Ebs": {"VolumeSize": 1, "EbsCardIndex": 5}}"#; 200]
            .join(", ")
    );
    assert_eq!(launchable(&serde_json::from_str(&json).unwrap()).types(), 968);
}

/// How an instance type answers to an image.
#[track_caller]
fn assert_answer(members: &str, instance_type: &str, expected: Answer) {
    assert_eq!(of(members).answer(instance_type), expected, "{members} {instance_type}");
}

#[test]
fn answers_by_instance_type() {
    let (uefi, bios) = (Answer::Yes(Some(BootMode::UEFI)), Answer::Yes(Some(BootMode::LEGACY_BIOS)));
    assert_answer(X86_64, "t3.large", bios.clone());
    assert_answer(X86_64, "c7g.large", Answer::No(Reason::Architecture));
    let mode = |mode: &str| format!(r#"{X86_64} "BootMode": "{mode}","#);
    assert_answer(&mode("uefi"), "t3.large", uefi.clone());
    assert_answer(&mode("uefi"), "t2.large", Answer::No(Reason::BootMode));
    assert_answer(&mode("legacy-bios"), "t3.large", bios.clone());
    // The mode that is preferred where the type has it.
    assert_answer(&mode("uefi-preferred"), "t3.large", uefi.clone());
    assert_answer(&mode("uefi-preferred"), "t2.large", bios.clone());
    assert_answer(ARM64, "c7g.large", uefi.clone());
    assert_answer(ARM64, "t3.large", Answer::No(Reason::Architecture));
    let mode = |mode: &str| format!(r#"{ARM64} "BootMode": "{mode}","#);
    assert_answer(&mode("uefi-preferred"), "c7g.large", uefi);
    assert_answer(&mode("legacy-bios"), "c7g.large", Answer::No(Reason::BootMode));
    // A paravirtual instance starts without firmware.
    let paravirtual = r#""Architecture": "x86_64", "VirtualizationType": "paravirtual","#;
    assert_answer(paravirtual, "m3.large", Answer::Yes(None));
    assert_answer(paravirtual, "t3.large", Answer::No(Reason::VirtualizationType));
    let mac = r#""Architecture": "arm64_mac", "VirtualizationType": "hvm", "EnaSupport": true,"#;
    assert_answer(mac, "mac2.metal", bios);
    // By size: no bare metal instance of the family has UEFI or NitroTPM.
    let tpm = format!(r#"{X86_64} "BootMode": "uefi", "TpmSupport": "v2.0","#);
    assert_answer(&tpm, "c5.xlarge", Answer::Yes(Some(BootMode::UEFI)));
    assert_answer(&tpm, "c5.metal", Answer::No(Reason::BootMode));
    for unknown in ["", "c5", "c5.", "c5.13xlarge", "c55.large", "C5.large", "c5.xlarge 2xlarge", "c5.large."] {
        assert_answer(X86_64, unknown, Answer::Unknown);
    }
}

#[test]
fn families_and_sizes() {
    let found = of(&format!(r#"{X86_64} "BootMode": "uefi","#));
    assert!(found.families().is_sorted_by(|a, b| a.name() < b.name()));
    let family = |name: &str| found.families().iter().find(|family| family.name() == name);
    assert!(family("t2").is_none() && family("c7g").is_none());
    let t3 = family("t3").unwrap();
    assert!(t3.is_complete() && t3.is_current());
    assert_eq!(t3.sizes(), ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"]);
    let c5 = family("c5").unwrap();
    assert!(!c5.is_complete() && !c5.is_current());
    assert_eq!(c5.sizes(), ["large", "xlarge", "2xlarge", "4xlarge", "9xlarge", "12xlarge", "18xlarge", "24xlarge"]);
}

/// Each type once, and every answer agrees with the lists.
#[test]
fn the_lists_and_the_answers_agree() {
    let mut names = BTreeSet::new();
    for members in [X86_64, ARM64, r#""Architecture": "i386", "VirtualizationType": "hvm","#] {
        let found = of(members);
        for family in found.families() {
            assert!(!family.sizes().is_empty());
            for size in family.sizes() {
                let name = format!("{}.{size}", family.name());
                assert!(matches!(found.answer(&name), Answer::Yes(Some(_))), "{name}");
                names.insert(name);
            }
        }
        assert_eq!(found.as_of(), AS_OF);
    }
    // All but the 9 types of Mac instances; the i386 types are x86_64 types, too.
    assert_eq!(names.len(), ALL - 9);
}

#[test]
fn as_json() {
    let mac =
        serde_json::to_value(of(r#""Architecture": "x86_64_mac", "VirtualizationType": "hvm", "EnaSupport": true,"#));
    let expected = serde_json::json!({
        "Types": 1,
        "CurrentTypes": 1,
        "Families": ["mac1"],
        "Sizes": {},
        "Reasons": [{"Reason": "architecture", "Types": 1_394}],
        "AsOf": AS_OF,
    });
    assert_eq!(mac.unwrap(), expected);
    let i386 = serde_json::to_value(of(r#""Architecture": "i386", "VirtualizationType": "hvm","#)).unwrap();
    assert_eq!(i386["Families"], serde_json::json!(["c1", "c3", "m1", "t1", "t2"]));
    assert_eq!(i386["Sizes"]["t2"], serde_json::json!(["nano", "micro", "small", "medium"]));
    assert_eq!(i386["Sizes"].get("t1"), None);
    for reason in [Reason::VirtualizationType, Reason::Volumes, Reason::EbsCards] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.to_string());
    }
}

/// The rule, and the rules that explain an image without instance types in its place.
#[test]
fn the_rule_reports_what_no_other_rule_explains() {
    #[track_caller]
    fn assert_found(request: &RegisterImageRequest, expected: &[&str]) {
        let report = Validator::new().check(request);
        let found: Vec<_> =
            report.findings().map(|finding| format!("{} {}", finding.rule().id, finding.path())).collect();
        assert_eq!(found, expected);
    }
    let with = |members: &str| request(members, 1, "");
    let ena = "no-instance-type EnaSupport";
    assert_found(&with(r#""Architecture": "arm64", "VirtualizationType": "hvm","#), &[ena]);
    // Only types that require ENA have UEFI.
    let x86_64 = r#""Architecture": "x86_64", "VirtualizationType": "hvm","#;
    assert_found(&with(x86_64), &["ena-support-off EnaSupport"]);
    assert_found(&with(&format!(r#"{x86_64} "BootMode": "uefi","#)), &[ena]);
    assert_found(&with(&format!(r#"{x86_64} "BootMode": "uefi", "TpmSupport": "v2.0","#)), &[ena]);
    assert_found(&with(&format!(r#"{x86_64} "BootMode": "uefi-preferred","#)), &["ena-support-off EnaSupport"]);
    // An S3-backed image.
    let s3 = r#""ImageLocation": "bucket/image.manifest.xml","#;
    let s3_backed = ["manifest-end-of-life ImageLocation", "no-instance-type ImageLocation"];
    assert_found(&request(&format!("{s3} {ARM64}"), 0, ""), &s3_backed);
    assert_found(&request(&format!(r#"{s3} {X86_64} "BootMode": "uefi","#), 0, ""), &s3_backed);
    assert_found(&request(&format!("{s3} {X86_64}"), 0, ""), &s3_backed[..1]);
    // A rule about one member explains these.
    assert_found(&with(&format!(r#"{ARM64} "BootMode": "legacy-bios","#)), &["arm64-legacy-bios BootMode"]);
    assert_found(&with(X86_64), &[]);
    assert_found(&with(ARM64), &[]);

    let rule = rules::find("no-instance-type").unwrap();
    assert_eq!((rule.level, rule.evidence.as_str()), (rules::Level::Warning, "instance-type-data"));
    assert_eq!(rule.evidence.cap(), rules::Level::Warning);
    assert!(rule.trigger_message.contains(AS_OF));
}

/// The names are linked here, unlike in the program of `tests/rules`.
#[test]
fn a_program_that_lists_instance_types_contains_their_names() {
    assert_eq!(of(X86_64).types(), 968);
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let name = ["hpc6", "id"].concat();
    assert!(String::from_utf8_lossy(&program).contains(&name));
}

proptest! {
    #[test]
    fn any_request_has_an_answer(request in crate::support::request()) {
        let found = launchable(&request);
        let excluded: usize = found.reasons().iter().map(|(_, types)| types).sum();
        prop_assert_eq!(found.types() + excluded, ALL);
        prop_assert!(found.reasons().is_sorted_by(|(a, _), (b, _)| a < b));
        prop_assert!(found.current_types() <= found.types());
        // The rule never fires if a type can launch the image.
        let warns = Validator::new().check(&request).findings().any(|finding| finding.rule().id == "no-instance-type");
        prop_assert!(!warns || found.types() == 0);
    }

    /// An image that supports more is launched by no fewer types.
    #[test]
    fn ena_support_excludes_nothing(request in crate::support::request()) {
        let mut with_ena = request.clone();
        with_ena.ena_support = Some(true);
        prop_assert!(launchable(&with_ena).types() >= launchable(&request).types());
    }
}
