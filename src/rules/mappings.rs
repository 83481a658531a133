//! Block device mappings.

use alloc::vec::Vec;

use super::{Detail, Evidence, Findings, Level, Path, Rule, Subject};
use crate::request::{BlockDeviceMapping, BlockDeviceMappingMember, EbsBlockDeviceMember, RegisterImageRequest};
use crate::types::{DeviceName, SnapshotId};

pub(super) const SUBJECT: Subject = Subject { rules: &[&DUPLICATE, &ENCRYPTED, &WITHOUT_SOURCE], check };

static DUPLICATE: Rule = Rule {
    id: "device-duplicate",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Observed,
    since: "0.1.0",
    ec2_code: Some("InvalidBlockDeviceMapping"),
    summary: "a device is mapped once",
    explanation: "EC2 answers `/dev/xvda is being assigned to multiple times.` It compares the names byte for byte: \
                  `/dev/sdf` and `/dev/xvdf` are two devices to RegisterImage, whatever the instance makes of them.",
    source: "https://github.com/hashicorp/packer/issues/5053",
    trigger: r#"{"Name": "web", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}},
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    ]}"#,
    near_miss: r#"{"Name": "web", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}},
        {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"}
    ]}"#,
    message: "the device {value} is mapped already at {other}; EC2 takes each device once",
    help: "give this volume a device of its own, or take one of the two mappings out",
};

static ENCRYPTED: Rule = Rule {
    id: "encrypted-with-snapshot",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Documented,
    since: "0.1.0",
    ec2_code: Some("InvalidParameter"),
    summary: "`Encrypted` cannot stand beside `SnapshotId`, whichever its value",
    explanation: "A volume from a snapshot has the snapshot's state of encryption, and RegisterImage cannot change it. The \
                  API's model says that the request fails regardless of the value, so `false` is refused too. The \
                  volume is encrypted at launch where the account encrypts by default.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html",
    trigger: r#"{"Name": "web", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": false}}
    ]}"#,
    near_miss: r#"{"Name": "web", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0"}}
    ]}"#,
    message: "`Encrypted` stands beside the snapshot {value}; EC2 refuses it there, true or false, since a volume takes its \
              encryption from the snapshot",
    help: "leave `Encrypted` out; to have the volume encrypted, copy the snapshot with encryption and name the copy",
};

static WITHOUT_SOURCE: Rule = Rule {
    id: "volume-without-source",
    former_ids: &[],
    level: Level::Error,
    evidence: Evidence::Documented,
    since: "0.1.0",
    ec2_code: Some("InvalidBlockDeviceMapping"),
    summary: "an EBS volume needs a snapshot or a size",
    explanation: "The API's model says that either must be specified. Sister actions answer `Either snapshot ID or volume \
                  size must be provided for: /dev/sdb`. A size of 0 is a size.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html",
    trigger: r#"{"Name": "web", "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeType": "gp3"}}]}"#,
    near_miss: r#"{"Name": "web", "BlockDeviceMappings": [
        {"DeviceName": "/dev/sdb", "Ebs": {"VolumeType": "gp3", "VolumeSize": 8}}
    ]}"#,
    message: "the volume {value} has neither a snapshot nor a size, so EC2 cannot tell what to make",
    help: "give `SnapshotId` for a volume with content, or `VolumeSize` in GiB for an empty one",
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let mappings = request.sent_mappings();
    repeated(mappings, mapped_device, |first, later, device| {
        let path = Path::MappingMember(later, BlockDeviceMappingMember::DeviceName);
        let first = Path::MappingMember(first, BlockDeviceMappingMember::DeviceName);
        findings.add(&DUPLICATE, path, Detail::default().value(device).other(first));
    });
    for (at, mapping) in mappings.iter().enumerate() {
        // A device that is left out is not looked at; neither, by EC2, are the other members of its mapping.
        if mapping.no_device.is_some() {
            continue;
        }
        let Some(ebs) = mapping.sent_ebs() else { continue };
        // An empty id is a mistake of its own.
        let snapshot = ebs.snapshot_id.as_ref().map(SnapshotId::as_str).filter(|id| !id.is_empty());
        if let (Some(snapshot), Some(_)) = (snapshot, ebs.encrypted) {
            findings.add(&ENCRYPTED, Path::Ebs(at, EbsBlockDeviceMember::Encrypted), Detail::default().value(snapshot));
        }
        // Beside a virtual name the volume is an instance store's, and tools leave all sorts of things in `Ebs`.
        if ebs.snapshot_id.is_none() && ebs.volume_size.is_none() && mapping.virtual_name.is_none() {
            let device = mapping.device_name.as_ref().map_or("without a device", DeviceName::as_str);
            let path = Path::MappingMember(at, BlockDeviceMappingMember::Ebs);
            findings.add(&WITHOUT_SOURCE, path, Detail::default().value(device));
        }
    }
}

fn mapped_device(mapping: &BlockDeviceMapping) -> Option<&str> {
    mapping.device_name.as_ref().filter(|_| mapping.no_device.is_none()).map(DeviceName::as_str)
}

/// How many items are compared each with each; past this, a sorted list of them is made.
const COMPARED_IN_PLACE: usize = 64;

/// Calls `found` for each item whose key an earlier one has, with the indices of the first that has it and of this one.
fn repeated<'a, T>(
    items: &'a [T],
    key: impl Fn(&'a T) -> Option<&'a str>,
    mut found: impl FnMut(usize, usize, &'a str),
) {
    if items.len() <= COMPARED_IN_PLACE {
        for (later, item) in items.iter().enumerate() {
            let Some(this) = key(item) else { continue };
            if let Some(first) = items.iter().take(later).position(|earlier| key(earlier) == Some(this)) {
                found(first, later, this);
            }
        }
        return;
    }
    let mut sorted: Vec<(&str, usize)> = Vec::with_capacity(items.len());
    sorted.extend(items.iter().enumerate().filter_map(|(at, item)| Some((key(item)?, at))));
    sorted.sort_unstable();
    for same in sorted.chunk_by(|a, b| a.0 == b.0) {
        if let Some((&(this, first), rest)) = same.split_first() {
            rest.iter().for_each(|&(_, later)| found(first, later, this));
        }
    }
}
