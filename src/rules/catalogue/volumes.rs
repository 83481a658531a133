//! EBS volumes: their size, type, speed and place.

use super::example::{ebs, hvm, rooted};
use super::limits::{ANY_SIZE, Limits};
use crate::model::{
    BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember as Member, RegisterImageRequest, RequestPath,
};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::{Architecture, BootMode, VolumeType};

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";
const TYPES: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html";
const GP3: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html";
const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Volumes",
    rules: &[
        &WITHOUT_SOURCE,
        &SIZE,
        &BOOT_SIZE,
        &TYPE_MISSING,
        &TYPE_CANNOT_BOOT,
        &IOPS_MISSING,
        &IOPS_UNSUPPORTED,
        &IOPS_RANGE,
        &IOPS_RATIO,
        &THROUGHPUT_UNSUPPORTED,
        &THROUGHPUT_RANGE,
        &THROUGHPUT_RATIO,
        &INITIALIZATION_RATE,
        &INITIALIZATION_WITHOUT_SNAPSHOT,
        &ZONE_TWICE,
        &ZONE,
        &OUTPOSTS_MIXED,
        &OUTPOST_WITHOUT_SNAPSHOT,
        &CARD_INDEX,
    ],
    check,
};

static WITHOUT_SOURCE: Rule = Rule {
    id: "volume-without-source",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &[
        "Either snapshot ID or volume size must be provided for: {value}",
        "The request must contain the parameter size or snapshotId",
    ],
    summary: "an EBS volume needs a snapshot or a size",
    explanation: "The API's model says that either must be specified. Sister actions answer `Either snapshot ID or volume \
                  size must be provided for: /dev/sdb`. A size of 0 is a size.",
    source: MODEL,
    trigger: ebs!(r#""VolumeType": "gp3""#),
    near_miss: ebs!(r#""VolumeType": "gp3", "VolumeSize": 8"#),
    message: "the volume has neither a snapshot nor a size, so EC2 cannot tell what to make",
    help: "give `SnapshotId` for a volume with content, or `VolumeSize` in GiB for an empty one",
    ..Rule::ROW
};

static SIZE: Rule = Rule {
    id: "volume-size-range",
    evidence: Evidence::Documented,
    summary: "the size of a volume is within what its type has",
    explanation: "In GiB: gp3 1 to 65,536 (on Outposts 16,384), gp2 1 to 16,384, io1 4 to 16,384, io2 4 to 65,536, st1 and \
                  sc1 125 to 16,384, standard 1 to 1,024. RegisterImage may store any number; the launch then fails.",
    source: TYPES,
    trigger: ebs!(r#""VolumeType": "st1", "VolumeSize": 100"#),
    near_miss: ebs!(r#""VolumeType": "st1", "VolumeSize": 125"#),
    message: "the volume has {count} GiB; {limit}",
    help: "change `VolumeSize`, which is in GiB, or the type",
    ..Rule::ROW
};

static BOOT_SIZE: Rule = Rule {
    id: "root-volume-2-tib",
    evidence: Evidence::BrokenAtLaunch,
    summary: "a root volume over 2,047 GiB needs GPT and UEFI",
    explanation: "A disk with an MBR can be used up to 2 TiB, and legacy BIOS boots from such a disk. A GPT disk with a \
                  BIOS boot partition works too, which a request cannot tell.",
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/volume_constraints.html",
    trigger: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2048}}"#
    ),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2047}}"#
    ),
    message: "the root volume has {count} GiB, of which a disk with an MBR can use 2,047",
    help: "use a GPT disk, best with `\"BootMode\": \"uefi\"`, or a data volume for what is more",
    ..Rule::ROW
};

static TYPE_MISSING: Rule = Rule {
    id: "volume-type-missing",
    evidence: Evidence::SiblingApi,
    summary: "a volume with IOPS or throughput states its type",
    explanation: "AWS's pages disagree on the type that is taken where none is stated: gp2, or standard. Neither has IOPS \
                  or throughput of its own.",
    source: "https://github.com/hashicorp/packer/issues/1500",
    trigger: ebs!(r#""VolumeSize": 8, "Iops": 4000"#),
    near_miss: ebs!(r#""VolumeSize": 8, "Iops": 4000, "VolumeType": "gp3""#),
    message: "the volume has IOPS or throughput and states no type; the default takes neither",
    help: "write `VolumeType`, such as `gp3`",
    ..Rule::ROW
};

static TYPE_CANNOT_BOOT: Rule = Rule {
    id: "root-volume-type",
    evidence: Evidence::BrokenAtLaunch,
    ec2_code: Some(ErrorCode::BOOT_FOR_VOLUME_TYPE_UNSUPPORTED),
    summary: "st1 and sc1 cannot be root volumes",
    explanation: "EBS has no bootable HDD volumes; the launch is refused. Whether RegisterImage refuses it was not seen.",
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/hdd-vols.html",
    trigger: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "st1"}}"#
    ),
    near_miss: rooted!(
        r#""RootDeviceName": "/dev/xvda","#,
        r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}}"#
    ),
    message: "the root volume is of type {value}, from which no instance boots",
    help: "write `gp3`, and use {value} for data",
    ..Rule::ROW
};

static IOPS_MISSING: Rule = Rule {
    id: "iops-missing",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_COMBINATION),
    ec2_messages: &["The parameter iops must be specified for {value} volumes."],
    summary: "io1 and io2 need IOPS",
    explanation: "The API's model calls the parameter required for them, and sister actions answer `The parameter iops \
                  must be specified for io2 volumes.` RegisterImage was seen to store other numbers unchecked.",
    source: MODEL,
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "io2""#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "io2", "Iops": 4000"#),
    message: "the volume is of type {value} and states no IOPS, which the type has no default for",
    help: "write `Iops`, or use `gp3`, which has 3,000",
    ..Rule::ROW
};

static IOPS_UNSUPPORTED: Rule = Rule {
    id: "iops-unsupported",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_COMBINATION),
    ec2_messages: &["The parameter iops is not supported for {value} volumes."],
    summary: "only gp3, io1 and io2 take IOPS",
    explanation: "Sister actions answer `The parameter iops is not supported for gp2 volumes.`, to 0 as well.",
    source: "https://github.com/hashicorp/packer/pull/2201",
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "standard", "Iops": 0"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "standard""#),
    message: "the volume states IOPS, which type {value} does not take, not even 0",
    help: "take `Iops` out, or use `gp3`",
    ..Rule::ROW
};

static IOPS_RANGE: Rule = Rule {
    id: "iops-range",
    evidence: Evidence::BrokenAtLaunch,
    summary: "IOPS are within what the type has",
    explanation: "gp3 has 3,000 to 80,000 (on Outposts 16,000), io1 100 to 64,000, io2 100 to 256,000. RegisterImage was \
                  seen to store gp3 with 100; the launch fails.",
    source: TYPES,
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 100"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 3000"#),
    message: "the volume has {count} IOPS; its type takes {limit}",
    help: "change `Iops` or the type",
    ..Rule::ROW
};

static IOPS_RATIO: Rule = Rule {
    id: "iops-per-gib",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &["Iops to volume size ratio of * is too high; maximum is *"],
    summary: "IOPS are in proportion to the size",
    explanation: "The most per GiB: gp3 500, io1 50, io2 1,000. Sister actions answer `Iops to volume size ratio of \
                  750.000000 is too high; maximum is 500`. gp3's own 3,000 hold for every size.",
    source: TYPES,
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4001"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4000"#),
    message: "the volume has {count} IOPS; for its type and size EC2 takes at most {limit}",
    help: "enlarge the volume or lower `Iops`",
    ..Rule::ROW
};

static THROUGHPUT_UNSUPPORTED: Rule = Rule {
    id: "throughput-unsupported",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_COMBINATION),
    ec2_messages: &[
        "throughput can only be specified for volumeType gp3.",
        "throughput can only be specified for volumeType *",
    ],
    summary: "only gp3 takes throughput",
    explanation: "Sister actions answer `throughput can only be specified for volumeType gp3.`",
    source: "https://github.com/runs-on/runs-on/issues/426",
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp2", "Throughput": 250"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 250"#),
    message: "the volume states throughput, which type {value} does not take",
    help: "take `Throughput` out, or use `gp3`",
    ..Rule::ROW
};

static THROUGHPUT_RANGE: Rule = Rule {
    id: "throughput-range",
    evidence: Evidence::BrokenAtLaunch,
    summary: "throughput is within 125 to 2,000 MiB per second",
    explanation: "On Outposts the most is 1,000. RegisterImage was seen to store numbers unchecked; the launch fails.",
    source: GP3,
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 100"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 125"#),
    message: "the volume has {count} MiB per second; its type takes {limit}",
    help: "change `Throughput`, or leave it out for 125",
    ..Rule::ROW
};

static THROUGHPUT_RATIO: Rule = Rule {
    id: "throughput-per-iops",
    evidence: Evidence::BrokenAtLaunch,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &["Throughput (MiBps) to iops ratio of * is too high; maximum is *"],
    summary: "throughput is at most a quarter of the IOPS",
    explanation: "gp3 has 0.25 MiB per second for each of its IOPS. The launch fails with `Throughput (MiBps) to iops ratio \
                  of 0.333333 is too high; maximum is 0.250000 MiBps per iops`.",
    source: "https://github.com/runs-on/runs-on/issues/260",
    trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000"#),
    near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000, "Iops": 4000"#),
    message: "the volume has {count} MiB per second; with its IOPS EC2 gives at most {limit}",
    help: "raise `Iops` to four times `Throughput`",
    ..Rule::ROW
};

static INITIALIZATION_RATE: Rule = Rule {
    id: "initialization-rate-range",
    evidence: Evidence::Documented,
    summary: "the rate of initialization is within 100 to 300 MiB per second",
    explanation: "The API's model has the range. RegisterImage may store any number.",
    source: MODEL,
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 50"#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
    message: "the rate of initialization is {count} MiB per second; EC2 takes 100 to 300",
    help: "change `VolumeInitializationRate`, or leave it out for the default",
    ..Rule::ROW
};

static INITIALIZATION_WITHOUT_SNAPSHOT: Rule = Rule {
    id: "initialization-rate-without-snapshot",
    evidence: Evidence::Documented,
    summary: "only a volume from a snapshot has a rate of initialization",
    explanation: "There is nothing to fetch for an empty volume. What EC2 answers was not seen.",
    source: MODEL,
    trigger: ebs!(r#""VolumeSize": 8, "VolumeInitializationRate": 100"#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
    message: "the volume is empty and states a rate of initialization, which is for volumes from snapshots",
    help: "take `VolumeInitializationRate` out",
    ..Rule::ROW
};

static ZONE_TWICE: Rule = Rule {
    id: "zone-name-and-id",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "a zone is given by name or by id, not by both",
    explanation: "The API's model says that either can be specified, but not both.",
    source: MODEL,
    trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1""#),
    near_miss: ebs!(r#""VolumeSize": 8"#),
    message: "the zone is given by id and, as {value}, by name; EC2 takes one of them",
    help: "keep one of the two; better, leave both to the launch",
    ..Rule::ROW
};

static ZONE: Rule = Rule {
    id: "zone-in-image",
    evidence: Evidence::Inferred,
    summary: "an image should not name an Availability Zone",
    explanation: "The API's model does not exclude RegisterImage from the actions that take one, nor say what a zone does \
                  to an image, which belongs to a Region.",
    source: MODEL,
    trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a""#),
    near_miss: ebs!(r#""VolumeSize": 8"#),
    message: "the volume names the zone {value}; what that does to an image is not documented",
    help: "leave the zone to the launch",
    ..Rule::ROW
};

static OUTPOSTS_MIXED: Rule = Rule {
    id: "outposts-mixed",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "the snapshots of an image are on one Outpost at most",
    explanation: "AWS documents that an image cannot have snapshots on several Outposts. Snapshots of the Region may stand \
                  beside those of one Outpost.",
    source: OUTPOSTS,
    trigger: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}},
    {"DeviceName": "/dev/sdc", "Ebs": {"SnapshotId": "snap-0123456789abcdef2",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef1"}}"#
    ),
    near_miss: hvm!(
        "",
        r#",
    {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef1",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}},
    {"DeviceName": "/dev/sdc", "Ebs": {"SnapshotId": "snap-0123456789abcdef2",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"}}"#
    ),
    message: "the snapshot is on another Outpost than that at {other}; EC2 takes those of one Outpost",
    help: "copy the snapshots to one Outpost or to the Region",
    ..Rule::ROW
};

static OUTPOST_WITHOUT_SNAPSHOT: Rule = Rule {
    id: "outpost-without-snapshot",
    evidence: Evidence::Inferred,
    summary: "an Outpost is named for a snapshot",
    explanation: "The member says on which Outpost the snapshot is stored. An empty volume has none.",
    source: MODEL,
    trigger: ebs!(
        r#""VolumeSize": 8, "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
    ),
    near_miss: ebs!(
        r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
    ),
    message: "the volume is empty and names an Outpost, which is where a snapshot is stored",
    help: "take `OutpostArn` out, or name the snapshot",
    ..Rule::ROW
};

static CARD_INDEX: Rule = Rule {
    id: "ebs-card-index-negative",
    evidence: Evidence::Inferred,
    summary: "EBS cards are counted from 0",
    explanation: "The API's model has a default of 0 and no range.",
    source: MODEL,
    trigger: ebs!(r#""VolumeSize": 8, "EbsCardIndex": -1"#),
    near_miss: ebs!(r#""VolumeSize": 8, "EbsCardIndex": 0"#),
    message: "the index of the EBS card is {count}; cards are counted from 0",
    help: "write 0, or leave `EbsCardIndex` out",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let root = request.root().map(|(at, _)| at);
    let mut outpost = None;
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        if mapping.lacks_source() {
            let mut detail = Parameters::default();
            if let Some(name) = &mapping.device_name {
                detail = detail.value(name.as_str());
            }
            findings.add(&WITHOUT_SOURCE, RequestPath::MappingMember(at, BlockDeviceMappingMember::Ebs), detail);
        }
        let Some(ebs) = mapping.ebs_volume() else { continue };
        let path = |member| RequestPath::Ebs(at, member);
        check_speed(ebs, path, findings);
        check_snapshot_members(ebs, path, findings);
        check_zone(ebs, path, findings);
        if let Some(index) = ebs.ebs_card_index.filter(|&index| index < 0) {
            findings.add(&CARD_INDEX, path(Member::EbsCardIndex), Parameters::default().count(index));
        }
        if root == Some(at) {
            check_root(ebs, request, path, findings);
        }
        // Where a snapshot is stored; without a snapshot, or without a text, that is another mistake.
        let has_snapshot = ebs.snapshot_id.as_ref().is_some_and(|id| !id.as_str().is_empty());
        if let Some(arn) = ebs.outpost_arn.as_ref().filter(|arn| has_snapshot && !arn.as_str().is_empty()) {
            let (first, first_arn) = *outpost.get_or_insert((at, arn));
            if first_arn != arn {
                let first = RequestPath::Ebs(first, Member::OutpostArn);
                findings.add(&OUTPOSTS_MIXED, path(Member::OutpostArn), Parameters::default().other(first));
            }
        }
    }
}

fn check_root(
    ebs: &EbsBlockDevice,
    request: &RegisterImageRequest,
    path: impl Fn(Member) -> RequestPath,
    findings: &mut Findings<'_>,
) {
    let limits = ebs.volume_type.as_ref().and_then(|volume_type| Some((volume_type, Limits::of(volume_type, false)?)));
    if let Some((volume_type, Limits { boots: false, .. })) = limits {
        let detail = Parameters::default().value(volume_type.as_str());
        findings.add(&TYPE_CANNOT_BOOT, path(Member::VolumeType), detail);
    }
    if let Some(size) = ebs.volume_size.filter(|&size| size > 2_047)
        && request.boot_mode != Some(BootMode::UEFI)
        && request.architecture != Some(Architecture::ARM64)
    {
        findings.add(&BOOT_SIZE, path(Member::VolumeSize), Parameters::default().count(size));
    }
}

/// Size, IOPS and throughput, as far as the type is known.
fn check_speed(ebs: &EbsBlockDevice, path: impl Fn(Member) -> RequestPath, findings: &mut Findings<'_>) {
    let limits = ebs.volume_type.as_ref().and_then(|volume_type| Limits::of(volume_type, ebs.outpost_arn.is_some()));
    let sizes = limits.map_or(ANY_SIZE, |limits| limits.size);
    if let Some(size) = ebs.volume_size.filter(|size| !(sizes.0..=sizes.1).contains(size)) {
        let detail = Parameters::default().count(size).limit(format_args!(
            "{} takes {} to {}",
            if limits.is_some() { "its type" } else { "EBS" },
            sizes.0,
            sizes.1
        ));
        findings.add(&SIZE, path(Member::VolumeSize), detail);
    }
    let Some(volume_type) = &ebs.volume_type else {
        if ebs.iops.is_some() || ebs.throughput.is_some() {
            findings.add(&TYPE_MISSING, path(Member::VolumeType), Parameters::default());
        }
        return;
    };
    let Some(limits) = limits else { return };
    check_iops(ebs, volume_type, &limits, &path, findings);
    let Some(throughput) = ebs.throughput else { return };
    let Some((least, most)) = limits.throughput else {
        let detail = Parameters::default().value(volume_type.as_str());
        return findings.add(&THROUGHPUT_UNSUPPORTED, path(Member::Throughput), detail);
    };
    let path = path(Member::Throughput);
    let detail = Parameters::default().count(throughput);
    let default = limits.iops.and_then(|iops| iops.default).unwrap_or_default();
    let by_iops = ebs.iops.unwrap_or(default) / 4;
    // IOPS out of range are what to mend first.
    let has_legal_iops =
        limits.iops.is_some_and(|limits| ebs.iops.is_none_or(|iops| (limits.range.0..=limits.range.1).contains(&iops)));
    if !(least..=most).contains(&throughput) {
        findings.add(&THROUGHPUT_RANGE, path, detail.limit(format_args!("{least} to {most}")));
    } else if throughput > by_iops && has_legal_iops {
        findings.add(&THROUGHPUT_RATIO, path, detail.limit(by_iops));
    }
}

fn check_iops(
    ebs: &EbsBlockDevice,
    volume_type: &VolumeType,
    limits: &Limits,
    path: impl Fn(Member) -> RequestPath,
    findings: &mut Findings<'_>,
) {
    let path = path(Member::Iops);
    let of_type = || Parameters::default().value(volume_type.as_str());
    let (limits, iops) = match (limits.iops, ebs.iops) {
        (None, Some(_)) => return findings.add(&IOPS_UNSUPPORTED, path, of_type()),
        (Some(limits), None) if limits.default.is_none() => return findings.add(&IOPS_MISSING, path, of_type()),
        (Some(limits), Some(iops)) => (limits, iops),
        (_, None) => return,
    };
    let (least, most) = limits.range;
    let detail = Parameters::default().count(iops);
    if !(least..=most).contains(&iops) {
        return findings.add(&IOPS_RANGE, path, detail.limit(format_args!("{least} to {most}")));
    }
    let Some(size) = ebs.volume_size.filter(|&size| size > 0) else { return };
    let by_size = (i64::from(size) * limits.per_gib).max(limits.default.unwrap_or_default().into());
    if i64::from(iops) > by_size {
        findings.add(&IOPS_RATIO, path, detail.limit(by_size));
    }
}

fn check_snapshot_members(ebs: &EbsBlockDevice, path: impl Fn(Member) -> RequestPath, findings: &mut Findings<'_>) {
    if let Some(rate) = ebs.volume_initialization_rate {
        let path = path(Member::VolumeInitializationRate);
        if ebs.snapshot_id.is_none() {
            findings.add(&INITIALIZATION_WITHOUT_SNAPSHOT, path, Parameters::default());
        } else if !(100..=300).contains(&rate) {
            findings.add(&INITIALIZATION_RATE, path, Parameters::default().count(rate));
        }
    }
    if ebs.outpost_arn.is_some() && ebs.snapshot_id.is_none() {
        findings.add(&OUTPOST_WITHOUT_SNAPSHOT, path(Member::OutpostArn), Parameters::default());
    }
}

fn check_zone(ebs: &EbsBlockDevice, path: impl Fn(Member) -> RequestPath, findings: &mut Findings<'_>) {
    match (&ebs.availability_zone, &ebs.availability_zone_id) {
        (Some(name), Some(id)) if !name.as_str().is_empty() && !id.as_str().is_empty() => {
            let detail = Parameters::default().value(name.as_str());
            findings.add(&ZONE_TWICE, path(Member::AvailabilityZoneId), detail);
        }
        (Some(name), _) if !name.as_str().is_empty() => {
            findings.add(&ZONE, path(Member::AvailabilityZone), Parameters::default().value(name.as_str()));
        }
        (_, Some(id)) if !id.as_str().is_empty() => {
            findings.add(&ZONE, path(Member::AvailabilityZoneId), Parameters::default().value(id.as_str()));
        }
        _ => {}
    }
}
