//! The form of identifiers.

use super::example::{ebs, platform};
use crate::model::{EbsBlockDeviceMember, RegisterImageRequest, RequestMember, RequestPath};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::is_resource_id;

const ERRORS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";

const RESOURCE_IDS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html";

pub(in crate::rules) const SUBJECT: Subject = Subject {
    title: "Identifiers",
    rules: &[
        &SNAPSHOT_PREFIX,
        &SNAPSHOT_FORM,
        &SNAPSHOT_EMPTY,
        &KERNEL_PREFIX,
        &KERNEL_FORM,
        &RAMDISK_PREFIX,
        &RAMDISK_FORM,
        &OUTPOST_ARN,
    ],
    check,
};

static SNAPSHOT_PREFIX: Rule = Rule {
    id: "snapshot-id-prefix",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_SNAPSHOT_ID_MALFORMED),
    summary: "the id of a snapshot starts with `snap-`",
    explanation: "An id takes the form of a resource identifier, `snap` for a snapshot, a hyphen, and letters and digits; \
                  EC2's list of errors has a code for ids of snapshots that are malformed. Ids of volumes (`vol-`) and \
                  images (`ami-`) come here by mistake.",
    source: RESOURCE_IDS,
    trigger: ebs!(r#""SnapshotId": "vol-0123456789abcdef0""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    message: "{value} is no id of a snapshot; those start with `snap-`",
    help: "write the id of a snapshot, without blanks; of a volume make one first, of an image take that in its mappings",
    ..Rule::ROW
};

static SNAPSHOT_FORM: Rule = Rule {
    id: "snapshot-id-form",
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_SNAPSHOT_ID_MALFORMED),
    summary: "the id of a snapshot has 8 or 17 hexadecimal digits",
    explanation: "AWS documents 8 characters for old ids and 17 for new ones, and its tools know no others; its own pages, \
                  though, use placeholders of other lengths.",
    source: RESOURCE_IDS,
    trigger: ebs!(r#""SnapshotId": "snap-0123""#),
    near_miss: ebs!(r#""SnapshotId": "snap-01234567""#),
    message: "{value} is an unlikely id of a snapshot; those have 8 or 17 hexadecimal digits after `snap-`",
    help: "copy the id from where the snapshot was made",
    ..Rule::ROW
};

static SNAPSHOT_EMPTY: Rule = Rule {
    id: "snapshot-id-empty",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER_VALUE),
    ec2_messages: &[
        "Value () for parameter snapshotId is invalid. Parameter may not be null or empty",
        "Value () for parameter snapshotId is invalid*",
    ],
    summary: "the id of a snapshot is not empty",
    explanation: "An empty text is sent, and is not the same as none: a sister action answers `Value () for parameter \
                  snapshotId is invalid. Parameter may not be null or empty`.",
    source: "https://github.com/turbot/steampipe-plugin-aws/issues/918",
    trigger: ebs!(r#""SnapshotId": "", "VolumeSize": 8"#),
    near_miss: ebs!(r#""VolumeSize": 8"#),
    message: "the id of the snapshot is empty, which EC2 does not take for absent",
    help: "write the id, or leave `SnapshotId` out for an empty volume",
    ..Rule::ROW
};

/// A request for paravirtual machines with this kernel and these members.
macro_rules! kernel {
    ($members:expr) => {
        platform!(concat!("\"Architecture\": \"x86_64\", \"VirtualizationType\": \"paravirtual\", ", $members))
    };
}

static KERNEL_PREFIX: Rule = Rule {
    id: "kernel-id-prefix",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_KERNEL_ID_MALFORMED),
    summary: "the id of a kernel starts with `aki-`",
    explanation: "EC2's list of errors says to give it in the form `aki-xxxxxxxx`.",
    source: ERRORS,
    trigger: kernel!(r#""KernelId": "vmlinuz","#),
    near_miss: kernel!(r#""KernelId": "aki-919dcaf8","#),
    message: "{value} is no id of a kernel; those start with `aki-`",
    help: "write the id of a kernel image of the Region",
    ..Rule::ROW
};

static KERNEL_FORM: Rule = Rule {
    id: "kernel-id-form",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_KERNEL_ID_MALFORMED),
    summary: "the id of a kernel has 8 or 17 hexadecimal digits",
    explanation: "The form that EC2's list of errors shows has 8; later ids of other kinds have 17.",
    source: ERRORS,
    trigger: kernel!(r#""KernelId": "aki-1","#),
    near_miss: kernel!(r#""KernelId": "aki-919dcaf8","#),
    message: "{value} is an unlikely id of a kernel; those have 8 or 17 hexadecimal digits after `aki-`",
    help: "write the id of a kernel image of the Region, or leave the member out",
    ..Rule::ROW
};

static RAMDISK_PREFIX: Rule = Rule {
    id: "ramdisk-id-prefix",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_RAM_DISK_ID_MALFORMED),
    summary: "the id of a RAM disk starts with `ari-`",
    explanation: "EC2's list of errors says to give it in the form `ari-xxxxxxxx`.",
    source: ERRORS,
    trigger: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "initrd","#),
    near_miss: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-919dcaf8","#),
    message: "{value} is no id of a RAM disk; those start with `ari-`",
    help: "write the id of a RAM disk image of the Region",
    ..Rule::ROW
};

static RAMDISK_FORM: Rule = Rule {
    id: "ramdisk-id-form",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_RAM_DISK_ID_MALFORMED),
    summary: "the id of a RAM disk has 8 or 17 hexadecimal digits",
    explanation: "The form that EC2's list of errors shows has 8; later ids of other kinds have 17.",
    source: ERRORS,
    trigger: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-1","#),
    near_miss: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-919dcaf8","#),
    message: "{value} is an unlikely id of a RAM disk; those have 8 or 17 hexadecimal digits after `ari-`",
    help: "write the id of a RAM disk image of the Region, or leave the member out",
    ..Rule::ROW
};

static OUTPOST_ARN: Rule = Rule {
    id: "outpost-arn-form",
    evidence: Evidence::Documented,
    summary: "an Outpost is named by its ARN",
    explanation: "It is `arn:PARTITION:outposts:REGION:ACCOUNT:outpost/op-` and hexadecimal digits. What EC2 answers to \
                  another text was not seen.",
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "OutpostArn": "op-1234567890abcdef0""#),
    near_miss: ebs!(
        r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
    ),
    message: "{value} is no ARN of an Outpost",
    help: "write `arn:aws:outposts:REGION:ACCOUNT:outpost/op-…`, with the partition of the Region",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        let Some(ebs) = mapping.ebs_volume() else { continue };
        if let Some(id) = &ebs.snapshot_id {
            let path = RequestPath::Ebs(at, EbsBlockDeviceMember::SnapshotId);
            if id.as_str().is_empty() {
                findings.add(&SNAPSHOT_EMPTY, path, Parameters::default());
            } else {
                check_id(id.as_str(), "snap-", &SNAPSHOT_PREFIX, &SNAPSHOT_FORM, path, findings);
            }
        }
        if let Some(arn) = ebs.outpost_arn.as_ref().filter(|arn| !is_outpost_arn(arn.as_str())) {
            let path = RequestPath::Ebs(at, EbsBlockDeviceMember::OutpostArn);
            findings.add(&OUTPOST_ARN, path, Parameters::default().value(arn.as_str()));
        }
    }
    if let Some(id) = &request.kernel_id {
        let path = RequestPath::Request(RequestMember::KernelId);
        check_id(id.as_str(), "aki-", &KERNEL_PREFIX, &KERNEL_FORM, path, findings);
    }
    if let Some(id) = &request.ramdisk_id {
        let path = RequestPath::Request(RequestMember::RamdiskId);
        check_id(id.as_str(), "ari-", &RAMDISK_PREFIX, &RAMDISK_FORM, path, findings);
    }
}

fn check_id(
    id: &str,
    prefix: &str,
    other_prefix: &'static Rule,
    other_form: &'static Rule,
    path: RequestPath,
    findings: &mut Findings<'_>,
) {
    if is_resource_id(id, prefix) {
        return;
    }
    match id.strip_prefix(prefix) {
        // Terraform sends some texts empty for absent, so an empty id is not known to be refused.
        None if !id.is_empty() => findings.add(other_prefix, path, Parameters::default().value(id)),
        _ => findings.add(other_form, path, Parameters::default().value(id)),
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

pub(in crate::rules) fn is_outpost_arn(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (arn, partition, service, region, account, resource) = (next(), next(), next(), next(), next(), next());
    arn == "arn"
        && partition.starts_with("aws")
        && service == "outposts"
        && !region.is_empty()
        && account.bytes().all(|digit| digit.is_ascii_digit())
        && resource.strip_prefix("outpost/op-").is_some_and(|id| !id.is_empty() && is_hexadecimal(id))
}
