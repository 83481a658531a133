//! Where a volume is created: zones, Outposts, EBS cards, and how fast its data arrives.

use super::example::{ebs, hvm, rooted};
use super::volumes::is_root;
use crate::model::{EbsBlockDevice, EbsBlockDeviceMember as Member, RegisterImageRequest, RequestPath};
use crate::rules::declare::subject;
use crate::types::OutpostArn;

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";

const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";

const CARDS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs_cards.html";

/// The most EBS cards that an instance type has.
const MOST_CARDS: i32 = 2;

subject! {
    "Placement of volumes",
    passes: [request ebs],
    rules: {
    rule initialization_rate_range(rate: i32) {
        id: "initialization-rate-range",
        level: Warning,
        evidence: Documented,
        summary: "the initialization rate is 100 to 300 MiB per second",
        explanation: "The API model has the range. RegisterImage may store any number.",
        source: MODEL,
        message: "the initialization rate is {rate} MiB per second; EC2 accepts 100 to 300",
        help: "change `VolumeInitializationRate`, or remove it for the default",
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 50"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
        says: "the initialization rate is 50 MiB per second; EC2 accepts 100 to 300",
    }
    rule initialization_rate_without_snapshot() {
        id: "initialization-rate-without-snapshot",
        level: Warning,
        evidence: Documented,
        summary: "only a volume from a snapshot has an initialization rate",
        explanation: "An empty volume has no data to load. It is not known how EC2 responds.",
        source: MODEL,
        message: "the volume is empty, but an initialization rate is only for volumes from snapshots",
        help: "remove `VolumeInitializationRate`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeInitializationRate": 100"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
        says: "the volume is empty, but an initialization rate is only for volumes from snapshots",
    }
    rule initialization_rate_outpost(rate: i32) {
        id: "initialization-rate-outpost",
        level: Warning,
        evidence: Documented,
        summary: "a volume on an Outpost has no initialization rate",
        explanation: "The EBS user guide says that you cannot specify a rate for volumes on Outposts, in Local Zones \
                      and in Wavelength Zones. An image with a local snapshot can be launched only on its Outpost. \
                      It is not known whether RegisterImage rejects the rate.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/initalize-volume.html",
        message: "the initialization rate is {rate} MiB per second, but the image is for an Outpost, where EBS \
                  accepts none",
        help: "remove `VolumeInitializationRate` from images for Outposts",
        trigger: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef1", "VolumeInitializationRate": 200,
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef1", "VolumeInitializationRate": 200"#),
        says: "the initialization rate is 200 MiB per second, but the image is for an Outpost, where EBS accepts \
               none",
    }
    check ebs(request, at, ebs) {
        let Some(rate) = ebs.volume_initialization_rate else { return };
        let path = RequestPath::Ebs(at, Member::VolumeInitializationRate);
        if ebs.snapshot_id.is_none() {
            initialization_rate_without_snapshot(path);
        } else if is_for_outpost(request) {
            initialization_rate_outpost(path, rate);
        } else if !(100..=300).contains(&rate) {
            initialization_rate_range(path, rate);
        }
    }

    rule zone_name_and_id(name: &str) {
        id: "zone-name-and-id",
        level: Error,
        evidence: Documented,
        summary: "a zone is specified by name or by ID, not both",
        explanation: "The API model says that you can specify either, but not both.",
        source: MODEL,
        message: "the zone has both an ID and the name {name}; EC2 accepts one of them",
        help: "remove one of the two; remove both to choose the zone at launch",
        trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1""#),
        near_miss: ebs!(r#""VolumeSize": 8"#),
        says: "the zone has both an ID and the name \"us-east-1a\"; EC2 accepts one of them",
    }
    rule zone_in_image(zone: &str) {
        id: "zone-in-image",
        level: Warning,
        evidence: Inferred,
        summary: "an image should not specify an Availability Zone",
        explanation: "The API model does not exclude RegisterImage from the actions that accept a zone. It does not \
                      say what a zone does to an image, which belongs to a Region.",
        source: MODEL,
        message: "the volume has the zone {zone}; the effect on an image is not documented",
        help: "remove the zone, and choose it when you launch",
        trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a""#),
        near_miss: ebs!(r#""VolumeSize": 8"#),
        says: "the volume has the zone \"us-east-1a\"; the effect on an image is not documented",
    }
    check ebs(_request, at, ebs) {
        let name = ebs.availability_zone.as_ref().map(|name| name.as_str()).filter(|name| !name.is_empty());
        let id = ebs.availability_zone_id.as_ref().map(|id| id.as_str()).filter(|id| !id.is_empty());
        match (name, id) {
            (Some(name), Some(_)) => zone_name_and_id(RequestPath::Ebs(at, Member::AvailabilityZoneId), name),
            (Some(name), None) => zone_in_image(RequestPath::Ebs(at, Member::AvailabilityZone), name),
            (None, Some(id)) => zone_in_image(RequestPath::Ebs(at, Member::AvailabilityZoneId), id),
            (None, None) => {}
        }
    }

    rule outposts_mixed(first: RequestPath) {
        id: "outposts-mixed",
        level: Error,
        evidence: Documented,
        summary: "the snapshots of an image are on at most one Outpost",
        explanation: "AWS documents that an image cannot have snapshots on more than one Outpost. Snapshots in the \
                      Region and snapshots on one Outpost can be combined.",
        source: OUTPOSTS,
        message: "the snapshot is on a different Outpost than the one at {first}; EC2 accepts snapshots of one \
                  Outpost only",
        help: "copy the snapshots to one Outpost or to the Region",
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
        says: "the snapshot is on a different Outpost than the one at BlockDeviceMappings[1].Ebs.OutpostArn; EC2 \
               accepts snapshots of one Outpost only",
    }
    check request(request, _findings) {
        let mut outpost = None;
        for (at, mapping) in request.sent_mappings().iter().enumerate() {
            let Some(arn) = mapping.ebs_volume().and_then(outpost_of) else { continue };
            let path = RequestPath::Ebs(at, Member::OutpostArn);
            let (first, first_arn) = *outpost.get_or_insert((path, arn));
            if first_arn != arn {
                outposts_mixed(path, first);
            }
        }
    }

    rule outpost_without_snapshot() {
        id: "outpost-without-snapshot",
        level: Warning,
        evidence: Inferred,
        summary: "an Outpost is specified for a snapshot",
        explanation: "`OutpostArn` says on which Outpost the snapshot is stored. An empty volume has no snapshot.",
        source: MODEL,
        message: "the volume is empty, but `OutpostArn` says where a snapshot is stored",
        help: "remove `OutpostArn`, or set `SnapshotId`",
        trigger: ebs!(
            r#""VolumeSize": 8, "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        near_miss: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        says: "the volume is empty, but `OutpostArn` says where a snapshot is stored",
    }
    check ebs(_request, at, ebs) {
        if ebs.outpost().is_some() && ebs.snapshot_id.is_none() {
            outpost_without_snapshot(RequestPath::Ebs(at, Member::OutpostArn));
        }
    }

    rule ebs_card_index_negative(index: i32) {
        id: "ebs-card-index-negative",
        level: Warning,
        evidence: Inferred,
        summary: "EBS card indexes start at 0",
        explanation: "The API model has a default of 0 and no range.",
        source: MODEL,
        message: "the EBS card index is {index}; indexes start at 0",
        help: "set 0, or remove `EbsCardIndex`",
        trigger: ebs!(r#""VolumeSize": 8, "EbsCardIndex": -1"#),
        near_miss: ebs!(r#""VolumeSize": 8, "EbsCardIndex": 0"#),
        says: "the EBS card index is -1; indexes start at 0",
    }
    rule ebs_card_index_range(index: i32) {
        id: "ebs-card-index-range",
        level: Warning,
        evidence: Documented,
        summary: "an instance has at most two EBS cards",
        explanation: "The user guide lists the instance types with more than one EBS card. None has more than two, \
                      so a launch with a higher index fails.",
        source: CARDS,
        message: "the EBS card index is {index}; no instance type has more than two cards",
        help: "set 0 or 1, or remove `EbsCardIndex`",
        trigger: ebs!(r#""VolumeSize": 8, "EbsCardIndex": 2"#),
        near_miss: ebs!(r#""VolumeSize": 8, "EbsCardIndex": 1"#),
        says: "the EBS card index is 2; no instance type has more than two cards",
    }
    rule root_ebs_card(index: i32) {
        id: "root-ebs-card",
        level: Warning,
        evidence: Documented,
        summary: "the root volume is on EBS card 0",
        explanation: "The user guide says that the root volume must be attached to the EBS card with index 0. It is \
                      not known whether RegisterImage rejects another index.",
        source: CARDS,
        message: "the EBS card index of the root volume is {index}; EC2 attaches the root volume only to card 0",
        help: "remove `EbsCardIndex` from the root volume",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "EbsCardIndex": 1}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "EbsCardIndex": 0}}"#
        ),
        says: "the EBS card index of the root volume is 1; EC2 attaches the root volume only to card 0",
    }
    check ebs(request, at, ebs) {
        let Some(index) = ebs.ebs_card_index.filter(|&index| index != 0) else { return };
        let path = RequestPath::Ebs(at, Member::EbsCardIndex);
        if index < 0 {
            ebs_card_index_negative(path, index);
        } else if is_root(at, request) {
            root_ebs_card(path, index);
        } else if index >= MOST_CARDS {
            ebs_card_index_range(path, index);
        }
    }
    }
}

/// The Outpost that the snapshot of the volume is stored on, by the request. An ARN without a snapshot and an empty ARN
/// are other mistakes.
fn outpost_of(ebs: &EbsBlockDevice) -> Option<&OutpostArn> {
    let has_snapshot = ebs.snapshot_id.as_ref().is_some_and(|id| !id.as_str().is_empty());
    ebs.outpost().filter(|_| has_snapshot)
}

/// Whether a snapshot is on an Outpost, so that the image can be launched only there.
fn is_for_outpost(request: &RegisterImageRequest) -> bool {
    request.sent_mappings().iter().any(|mapping| mapping.ebs_volume().is_some_and(|ebs| outpost_of(ebs).is_some()))
}
