//! EBS volumes: their size, type, IOPS and throughput.

use alloc::{format, string::String};

use super::example::{ebs, rooted};
use super::limits::{ANY_SIZE, Limits};
use crate::model::{
    BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember as Member, RegisterImageRequest, RequestPath,
};
use crate::rules::declare::subject;
use crate::rules::finding::Words;
use crate::types::{Architecture, BootMode, DeviceName};

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";

const TYPES: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html";

const GP3: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html";

subject! {
    "Volumes",
    passes: [request mapping ebs],
    rules: {
    rule volume_without_source(device: Option<&str>) {
        id: "volume-without-source",
        level: Error,
        evidence: Documented,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [VOLUME_WITHOUT_SOURCE, PARAMETER_MISSING(parameter: "size or snapshotId")],
        summary: "an EBS volume needs a snapshot or a size",
        explanation: "The API model says that you must specify either. Related actions respond `Either snapshot ID \
                      or volume size must be provided for: /dev/sdb`. A size of 0 counts as no size: clients send it \
                      for an unset number.",
        source: MODEL,
        message: "the volume has neither a snapshot nor a size, so EC2 cannot create it",
        help: "set `SnapshotId` for a volume with data, or `VolumeSize` in GiB for an empty one",
        trigger: ebs!(r#""VolumeType": "gp3""#),
        near_miss: ebs!(r#""VolumeType": "gp3", "VolumeSize": 8"#),
        says: "the volume has neither a snapshot nor a size, so EC2 cannot create it",
    }
    check mapping(_request, at, mapping) {
        if mapping.lacks_source() {
            let device = mapping.device_name.as_ref().map(DeviceName::as_str);
            volume_without_source(RequestPath::MappingMember(at, BlockDeviceMappingMember::Ebs), device);
        }
    }

    rule volume_size_range(size: i32, range: Words<String>, help: Words<&str>) {
        id: "volume-size-range",
        level: Warning,
        evidence: Documented,
        summary: "the size of a volume is in the range of its type",
        explanation: "In GiB: gp3 1 to 65,536 (on Outposts 16,384), gp2 1 to 16,384, io1 4 to 16,384, io2 4 to \
                      65,536, st1 and sc1 125 to 16,384, standard 1 to 1,024. RegisterImage may store any number, \
                      and the launch then fails. Clients that send 0 for an unset number should omit the size.",
        source: TYPES,
        message: "the volume has {size} GiB; {range}",
        help: "{help}",
        trigger: ebs!(r#""VolumeType": "st1", "VolumeSize": 100"#),
        near_miss: ebs!(r#""VolumeType": "st1", "VolumeSize": 125"#),
        says: "the volume has 100 GiB; its type accepts 125 to 16384",
    }
    check request(request, findings) {
        for (at, mapping) in request.sent_mappings().iter().enumerate() {
            let Some(ebs) = mapping.ebs_volume() else { continue };
            let Some(size) = ebs.volume_size else { continue };
            let limits = limits(ebs);
            let (least, most) = limits.map_or(ANY_SIZE, |limits| limits.size);
            // A size of 0 without a snapshot is no size, and if the size of the snapshot is known, less is an error.
            let snapshot = ebs.snapshot_id.as_ref().and_then(|id| findings.facts.snapshot(id));
            let is_below_snapshot = snapshot.and_then(|snapshot| snapshot.volume_size).is_some_and(|least| size < least);
            if (least..=most).contains(&size) || mapping.lacks_source() || (size < 1 && is_below_snapshot) {
                continue;
            }
            let of = if limits.is_some() { "its type" } else { "EBS" };
            let help = match &ebs.snapshot_id {
                Some(_) if size < 1 => "omit `VolumeSize` to use the size of the snapshot",
                _ => "change `VolumeSize`, which is in GiB, or the type",
            };
            let path = RequestPath::Ebs(at, Member::VolumeSize);
            volume_size_range(path, size, Words(format!("{of} accepts {least} to {most}")), Words(help));
        }
    }

    rule root_volume_2_tib(size: i32) {
        id: "root-volume-2-tib",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a root volume over 2 TiB needs a GPT partition table",
        explanation: "With an MBR, an instance can use only 2 TiB (2,048 GiB) of its boot volume. With a GPT, it can \
                      use 64 TiB: Linux with GRUB2 in any boot mode, Windows in boot mode UEFI. A request does not \
                      show the partition table.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/volume_constraints.html",
        message: "the root volume has {size} GiB; with an MBR, an instance can use only 2,048",
        help: "use a GPT, preferably with `\"BootMode\": \"uefi\"`, or move data to another volume",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2049}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2048}}"#
        ),
        says: "the root volume has 2049 GiB; with an MBR, an instance can use only 2,048",
    }
    check ebs(request, at, ebs) {
        if let Some(size) = ebs.volume_size.filter(|&size| size > 2_048)
            && request.boot_mode != Some(BootMode::UEFI)
            && request.architecture != Some(Architecture::ARM64)
            && is_root(at, request)
        {
            root_volume_2_tib(RequestPath::Ebs(at, Member::VolumeSize), size);
        }
    }

    rule volume_type_missing() {
        id: "volume-type-missing",
        level: Warning,
        evidence: SiblingApi,
        summary: "a volume with IOPS or throughput has a type",
        explanation: "AWS's pages disagree on the default type: gp2 or standard. Neither accepts IOPS or throughput.",
        source: "https://github.com/hashicorp/packer/issues/1500",
        message: "`Iops` or `Throughput` is set without `VolumeType`; the default type accepts neither",
        help: "set `VolumeType`, such as `gp3`",
        trigger: ebs!(r#""VolumeSize": 8, "Iops": 4000"#),
        near_miss: ebs!(r#""VolumeSize": 8, "Iops": 4000, "VolumeType": "gp3""#),
        says: "`Iops` or `Throughput` is set without `VolumeType`; the default type accepts neither",
    }
    check ebs(_request, at, ebs) {
        if ebs.volume_type.is_none() && (ebs.iops.is_some() || ebs.throughput.is_some()) {
            volume_type_missing(RequestPath::Ebs(at, Member::VolumeType));
        }
    }

    rule root_volume_type(volume_type: &str) {
        id: "root-volume-type",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: BOOT_FOR_VOLUME_TYPE_UNSUPPORTED,
        summary: "the root volume is not of type st1 or sc1",
        explanation: "EBS has no bootable HDD volumes, so a launch fails. It is not known whether RegisterImage \
                      rejects the request.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/hdd-vols.html",
        message: "the root volume has type {volume_type}, which no instance can boot from",
        help: "use `gp3` for the root volume, and {volume_type} only for data",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "st1"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}}"#
        ),
        says: "the root volume has type \"st1\", which no instance can boot from",
    }
    check ebs(request, at, ebs) {
        if let (Some(volume_type), Some(Limits { boots: false, .. })) = (&ebs.volume_type, limits(ebs))
            && is_root(at, request)
        {
            root_volume_type(RequestPath::Ebs(at, Member::VolumeType), volume_type.as_str());
        }
    }

    rule iops_missing(volume_type: &str) {
        id: "iops-missing",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_PARAMETER_COMBINATION,
        wordings: [PARAMETER_REQUIRED(parameter: "iops")],
        summary: "io1 and io2 require IOPS",
        explanation: "The API model calls the parameter required for these types. Related actions respond `The \
                      parameter iops must be specified for io2 volumes.` RegisterImage was seen to store other \
                      numbers unchecked.",
        source: MODEL,
        message: "the volume has type {volume_type} but no `Iops`, which the type requires",
        help: "set `Iops`, or use `gp3`, which defaults to 3,000",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "io2""#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "io2", "Iops": 4000"#),
        says: "the volume has type \"io2\" but no `Iops`, which the type requires",
    }
    rule iops_unsupported(volume_type: &str) {
        id: "iops-unsupported",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_PARAMETER_COMBINATION,
        wordings: [PARAMETER_UNSUPPORTED(parameter: "iops")],
        summary: "only gp3, io1 and io2 accept IOPS",
        explanation: "Related actions respond `The parameter iops is not supported for gp2 volumes.`, even if the \
                      value is 0. Another source says that EC2 ignores the value.",
        source: "https://github.com/hashicorp/packer/pull/2201",
        message: "`Iops` is set, but the volume type {volume_type} does not accept it, not even 0",
        help: "remove `Iops`, or use `gp3`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "standard", "Iops": 0"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "standard""#),
        says: "`Iops` is set, but the volume type \"standard\" does not accept it, not even 0",
    }
    rule iops_range(iops: i32, range: Words<String>) {
        id: "iops-range",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "IOPS are within the range of the volume type",
        explanation: "gp3 has 3,000 to 80,000 (on Outposts 16,000), io1 100 to 64,000, io2 100 to 256,000. \
                      RegisterImage was seen to store gp3 with 100; the launch fails.",
        source: TYPES,
        message: "the volume has {iops} IOPS; its type accepts {range}",
        help: "change `Iops` or the type",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 100"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 3000"#),
        says: "the volume has 100 IOPS; its type accepts 3000 to 80000",
    }
    rule iops_per_gib(iops: i32, most: i64) {
        id: "iops-per-gib",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_PARAMETER_VALUE,
        wordings: [IOPS_RATIO(ratio: "*", maximum: "*")],
        summary: "the IOPS of a volume fit its size",
        explanation: "The most IOPS per GiB: gp3 500, io1 50, io2 1,000. Related actions respond `Iops to volume \
                      size ratio of 750.000000 is too high; maximum is 500`. The 3,000 IOPS of gp3 are available at \
                      every size.",
        source: TYPES,
        message: "the volume has {iops} IOPS; for its type and size, EC2 accepts at most {most}",
        help: "increase `VolumeSize`, or reduce `Iops`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4001"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4000"#),
        says: "the volume has 4001 IOPS; for its type and size, EC2 accepts at most 4000",
    }
    check ebs(_request, at, ebs) {
        let (Some(volume_type), Some(limits)) = (&ebs.volume_type, limits(ebs)) else { return };
        let path = RequestPath::Ebs(at, Member::Iops);
        let (limits, iops) = match (limits.iops, ebs.iops) {
            (None, Some(_)) => return iops_unsupported(path, volume_type.as_str()),
            (Some(limits), None) if limits.default.is_none() => return iops_missing(path, volume_type.as_str()),
            (Some(limits), Some(iops)) => (limits, iops),
            (_, None) => return,
        };
        let (least, most) = limits.range;
        if !(least..=most).contains(&iops) {
            return iops_range(path, iops, Words(format!("{least} to {most}")));
        }
        let Some(size) = ebs.volume_size.filter(|&size| size > 0) else { return };
        let most = (i64::from(size) * limits.per_gib).max(limits.default.unwrap_or_default().into());
        if i64::from(iops) > most {
            iops_per_gib(path, iops, most);
        }
    }

    rule throughput_unsupported(volume_type: &str) {
        id: "throughput-unsupported",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_PARAMETER_COMBINATION,
        wordings: [
            OTHER_VOLUME_TYPE(parameter: "throughput", volume_type: "gp3"),
            OTHER_VOLUME_TYPE(parameter: "throughput", volume_type: "*"),
        ],
        summary: "only gp3 accepts throughput",
        explanation: "Related actions respond `throughput can only be specified for volumeType gp3.`",
        source: "https://github.com/runs-on/runs-on/issues/426",
        message: "`Throughput` is set, but the volume type {volume_type} does not accept it",
        help: "remove `Throughput`, or use `gp3`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp2", "Throughput": 250"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 250"#),
        says: "`Throughput` is set, but the volume type \"gp2\" does not accept it",
    }
    rule throughput_range(throughput: i32, range: Words<String>) {
        id: "throughput-range",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "the throughput of a volume is 125 to 2,000 MiB per second",
        explanation: "On Outposts, the maximum is 1,000. RegisterImage was seen to store numbers unchecked, and the \
                      launch fails.",
        source: GP3,
        message: "the volume has {throughput} MiB per second; its type accepts {range}",
        help: "change `Throughput`, or remove it for the default of 125",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 100"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 125"#),
        says: "the volume has 100 MiB per second; its type accepts 125 to 2000",
    }
    rule throughput_per_iops(throughput: i32, most: i32) {
        id: "throughput-per-iops",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: INVALID_PARAMETER_VALUE,
        wordings: [THROUGHPUT_RATIO(ratio: "*", maximum: "*")],
        summary: "throughput is at most a quarter of the IOPS",
        explanation: "gp3 delivers 0.25 MiB per second per IOPS. The launch fails with `Throughput (MiBps) to iops \
                      ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops`.",
        source: "https://github.com/runs-on/runs-on/issues/260",
        message: "the volume has {throughput} MiB per second; with its IOPS, EC2 accepts at most {most}",
        help: "set `Iops` to at least four times `Throughput`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000, "Iops": 4000"#),
        says: "the volume has 1000 MiB per second; with its IOPS, EC2 accepts at most 750",
    }
    check ebs(_request, at, ebs) {
        let (Some(throughput), Some(volume_type)) = (ebs.throughput, &ebs.volume_type) else { return };
        let Some(limits) = limits(ebs) else { return };
        let path = RequestPath::Ebs(at, Member::Throughput);
        let Some((least, most)) = limits.throughput else {
            return throughput_unsupported(path, volume_type.as_str());
        };
        let default = limits.iops.and_then(|iops| iops.default).unwrap_or_default();
        let by_iops = ebs.iops.unwrap_or(default) / 4;
        // IOPS out of range have a finding of their own.
        let has_legal_iops =
            limits.iops.is_some_and(|limits| ebs.iops.is_none_or(|iops| (limits.range.0..=limits.range.1).contains(&iops)));
        if !(least..=most).contains(&throughput) {
            throughput_range(path, throughput, Words(format!("{least} to {most}")));
        } else if throughput > by_iops && has_legal_iops {
            throughput_per_iops(path, throughput, by_iops);
        }
    }
    }
}

fn limits(ebs: &EbsBlockDevice) -> Option<Limits> {
    Limits::of(ebs.volume_type.as_ref()?, ebs.outpost().is_some())
}

pub(super) fn is_root(at: usize, request: &RegisterImageRequest) -> bool {
    request.root().is_some_and(|(root, _)| root == at)
}
