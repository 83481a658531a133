//! The form of identifiers.

use super::example::{ebs, platform};
use crate::model::{EbsBlockDeviceMember, RequestMember, RequestPath};
use crate::rules::declare::subject;
use crate::types::is_resource_id;

const ERRORS: &str = "https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html";

const RESOURCE_IDS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html";

/// A request for a paravirtual image with these members.
macro_rules! kernel {
    ($members:expr) => {
        platform!(concat!("\"Architecture\": \"x86_64\", \"VirtualizationType\": \"paravirtual\", ", $members))
    };
}

subject! {
    "Identifiers",
    passes: [request ebs],
    rules: {
    rule snapshot_id_prefix(id: &str) {
        id: "snapshot-id-prefix",
        level: Error,
        evidence: Documented,
        code: INVALID_SNAPSHOT_ID_MALFORMED,
        summary: "a snapshot ID starts with `snap-`",
        explanation: "The ID of a snapshot is `snap`, a hyphen, and letters and digits. EC2 has an error code for \
                      malformed snapshot IDs. IDs of volumes (`vol-`) and images (`ami-`) end up here by mistake.",
        source: RESOURCE_IDS,
        message: "{id} is not a snapshot ID (expected `snap-…`)",
        help: "use a snapshot ID without blanks; create a snapshot of a volume first, or take the ID from the \
               mappings of an image",
        trigger: ebs!(r#""SnapshotId": "vol-0123456789abcdef0""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "\"vol-0123456789abcdef0\" is not a snapshot ID (expected `snap-…`)",
    }
    rule snapshot_id_form(id: &str) {
        id: "snapshot-id-form",
        level: Warning,
        evidence: Documented,
        code: INVALID_SNAPSHOT_ID_MALFORMED,
        summary: "a snapshot ID has 8 or 17 hexadecimal digits",
        explanation: "AWS documents 8 characters for old IDs and 17 for new ones, and its tools accept no others. \
                      Its own pages, however, use placeholders of other lengths.",
        source: RESOURCE_IDS,
        message: "{id} is probably not a snapshot ID (expected `snap-` and 8 or 17 hexadecimal digits)",
        help: "copy the ID from the output of the command that created the snapshot",
        trigger: ebs!(r#""SnapshotId": "snap-0123""#),
        near_miss: ebs!(r#""SnapshotId": "snap-01234567""#),
        says: "\"snap-0123\" is probably not a snapshot ID (expected `snap-` and 8 or 17 hexadecimal digits)",
    }
    rule snapshot_id_empty() {
        id: "snapshot-id-empty",
        level: Warning,
        evidence: SiblingApi,
        code: INVALID_PARAMETER_VALUE,
        wordings: [
            PARAMETER_VALUE_INVALID(
                value: "",
                parameter: "snapshotId",
                reason: ". Parameter may not be null or empty"
            ),
            PARAMETER_VALUE_INVALID(value: "", parameter: "snapshotId", reason: "*"),
        ],
        summary: "a snapshot ID is not empty",
        explanation: "Clients send an empty text, which differs from an absent member. A related action responds \
                      `Value () for parameter snapshotId is invalid. Parameter may not be null or empty`.",
        source: "https://github.com/turbot/steampipe-plugin-aws/issues/918",
        message: "`SnapshotId` is empty, which EC2 does not treat as absent",
        help: "set the ID, or remove `SnapshotId` for an empty volume",
        trigger: ebs!(r#""SnapshotId": "", "VolumeSize": 8"#),
        near_miss: ebs!(r#""VolumeSize": 8"#),
        says: "`SnapshotId` is empty, which EC2 does not treat as absent",
    }
    check ebs(_request, at, ebs) {
        let Some(id) = &ebs.snapshot_id else { return };
        let (id, path) = (id.as_str(), RequestPath::Ebs(at, EbsBlockDeviceMember::SnapshotId));
        match form(id, "snap-") {
            Form::Right => {}
            _ if id.is_empty() => snapshot_id_empty(path),
            Form::OtherPrefix => snapshot_id_prefix(path, id),
            Form::OtherDigits => snapshot_id_form(path, id),
        }
    }

    rule kernel_id_prefix(id: &str) {
        id: "kernel-id-prefix",
        level: Error,
        evidence: Documented,
        code: INVALID_KERNEL_ID_MALFORMED,
        summary: "a kernel ID starts with `aki-`",
        explanation: "AWS's list of error codes says to use the form `aki-xxxxxxxx`.",
        source: ERRORS,
        message: "{id} is not a kernel ID (expected `aki-…`)",
        help: "use the ID of a kernel image of the Region",
        trigger: kernel!(r#""KernelId": "vmlinuz","#),
        near_miss: kernel!(r#""KernelId": "aki-919dcaf8","#),
        says: "\"vmlinuz\" is not a kernel ID (expected `aki-…`)",
    }
    rule kernel_id_form(id: &str) {
        id: "kernel-id-form",
        level: Warning,
        evidence: Inferred,
        code: INVALID_KERNEL_ID_MALFORMED,
        summary: "a kernel ID has 8 or 17 hexadecimal digits",
        explanation: "AWS's list of error codes shows a form with 8. Newer IDs of other resources have 17.",
        source: ERRORS,
        message: "{id} is probably not a kernel ID (expected `aki-` and 8 or 17 hexadecimal digits)",
        help: "use the ID of a kernel image of the Region, or remove it",
        trigger: kernel!(r#""KernelId": "aki-1","#),
        near_miss: kernel!(r#""KernelId": "aki-919dcaf8","#),
        says: "\"aki-1\" is probably not a kernel ID (expected `aki-` and 8 or 17 hexadecimal digits)",
    }
    check request(request, _findings) {
        let Some(id) = &request.kernel_id else { return };
        let (id, path) = (id.as_str(), RequestPath::Request(RequestMember::KernelId));
        match form(id, "aki-") {
            Form::Right => {}
            Form::OtherPrefix => kernel_id_prefix(path, id),
            Form::OtherDigits => kernel_id_form(path, id),
        }
    }

    rule ramdisk_id_prefix(id: &str) {
        id: "ramdisk-id-prefix",
        level: Error,
        evidence: Documented,
        code: INVALID_RAM_DISK_ID_MALFORMED,
        summary: "a RAM disk ID starts with `ari-`",
        explanation: "AWS's list of error codes says to use the form `ari-xxxxxxxx`.",
        source: ERRORS,
        message: "{id} is not a RAM disk ID (expected `ari-…`)",
        help: "use the ID of a RAM disk image of the Region",
        trigger: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "initrd","#),
        near_miss: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-919dcaf8","#),
        says: "\"initrd\" is not a RAM disk ID (expected `ari-…`)",
    }
    rule ramdisk_id_form(id: &str) {
        id: "ramdisk-id-form",
        level: Warning,
        evidence: Inferred,
        code: INVALID_RAM_DISK_ID_MALFORMED,
        summary: "a RAM disk ID has 8 or 17 hexadecimal digits",
        explanation: "AWS's list of error codes shows a form with 8. Newer IDs of other resources have 17.",
        source: ERRORS,
        message: "{id} is probably not a RAM disk ID (expected `ari-` and 8 or 17 hexadecimal digits)",
        help: "use the ID of a RAM disk image of the Region, or remove it",
        trigger: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-1","#),
        near_miss: kernel!(r#""KernelId": "aki-919dcaf8", "RamdiskId": "ari-919dcaf8","#),
        says: "\"ari-1\" is probably not a RAM disk ID (expected `ari-` and 8 or 17 hexadecimal digits)",
    }
    check request(request, _findings) {
        let Some(id) = &request.ramdisk_id else { return };
        let (id, path) = (id.as_str(), RequestPath::Request(RequestMember::RamdiskId));
        match form(id, "ari-") {
            Form::Right => {}
            Form::OtherPrefix => ramdisk_id_prefix(path, id),
            Form::OtherDigits => ramdisk_id_form(path, id),
        }
    }

    rule outpost_arn_form(arn: &str) {
        id: "outpost-arn-form",
        level: Warning,
        evidence: Documented,
        summary: "an Outpost is identified by its ARN",
        explanation: "The ARN is `arn:PARTITION:outposts:REGION:ACCOUNT:outpost/op-` and hexadecimal digits. It is \
                      not known how EC2 responds to another text.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html",
        message: "{arn} is not the ARN of an Outpost",
        help: "use `arn:aws:outposts:REGION:ACCOUNT:outpost/op-…`, with the partition of the Region",
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "OutpostArn": "op-1234567890abcdef0""#),
        near_miss: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        says: "\"op-1234567890abcdef0\" is not the ARN of an Outpost",
    }
    check ebs(_request, at, ebs) {
        if let Some(arn) = ebs.outpost_arn.as_ref().filter(|arn| !is_outpost_arn(arn.as_str())) {
            outpost_arn_form(RequestPath::Ebs(at, EbsBlockDeviceMember::OutpostArn), arn.as_str());
        }
    }
    }
}

/// How an ID compares to the form of its kind.
enum Form {
    Right,
    OtherPrefix,
    /// The prefix is right, or the ID is empty.
    OtherDigits,
}

fn form(id: &str, prefix: &str) -> Form {
    match id.strip_prefix(prefix) {
        _ if is_resource_id(id, prefix) => Form::Right,
        // Terraform sends some texts empty for absent, so EC2 may accept an empty ID.
        None if !id.is_empty() => Form::OtherPrefix,
        _ => Form::OtherDigits,
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
