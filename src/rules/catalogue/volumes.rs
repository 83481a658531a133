//! EBS volumes: their size, type, speed and place.

use alloc::{format, string::String};

use super::example::{ebs, hvm, rooted};
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

const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";

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
        explanation: "The API's model says that either must be specified. Sister actions answer `Either snapshot ID or volume \
                      size must be provided for: /dev/sdb`. A size of 0 is a size.",
        source: MODEL,
        message: "the volume has neither a snapshot nor a size, so EC2 cannot create it",
        help: "set `SnapshotId` for a volume with content, or `VolumeSize` in GiB for an empty one",
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

    rule volume_size_range(size: i32, range: Words<String>) {
        id: "volume-size-range",
        level: Warning,
        evidence: Documented,
        summary: "the size of a volume is within what its type has",
        explanation: "In GiB: gp3 1 to 65,536 (on Outposts 16,384), gp2 1 to 16,384, io1 4 to 16,384, io2 4 to 65,536, st1 and \
                      sc1 125 to 16,384, standard 1 to 1,024. RegisterImage may store any number; the launch then fails.",
        source: TYPES,
        message: "the volume has {size} GiB; {range}",
        help: "change `VolumeSize`, which is in GiB, or the type",
        trigger: ebs!(r#""VolumeType": "st1", "VolumeSize": 100"#),
        near_miss: ebs!(r#""VolumeType": "st1", "VolumeSize": 125"#),
        says: "the volume has 100 GiB; its type takes 125 to 16384",
    }
    check ebs(_request, at, ebs) {
        let Some(size) = ebs.volume_size else { return };
        let limits = limits(ebs);
        let (least, most) = limits.map_or(ANY_SIZE, |limits| limits.size);
        if !(least..=most).contains(&size) {
            let of = if limits.is_some() { "its type" } else { "EBS" };
            volume_size_range(RequestPath::Ebs(at, Member::VolumeSize), size, Words(format!("{of} takes {least} to {most}")));
        }
    }

    rule root_volume_2_tib(size: i32) {
        id: "root-volume-2-tib",
        level: Warning,
        evidence: BrokenAtLaunch,
        summary: "a root volume over 2,047 GiB needs GPT and UEFI",
        explanation: "A disk with an MBR can be used up to 2 TiB, and legacy BIOS boots from such a disk. A GPT disk with a \
                      BIOS boot partition works too, which a request cannot tell.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/volume_constraints.html",
        message: "the root volume has {size} GiB, of which a disk with an MBR can use 2,047",
        help: "use a GPT disk, best with `\"BootMode\": \"uefi\"`, or a data volume for what is more",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2048}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "VolumeSize": 2047}}"#
        ),
        says: "the root volume has 2048 GiB, of which a disk with an MBR can use 2,047",
    }
    check ebs(request, at, ebs) {
        if let Some(size) = ebs.volume_size.filter(|&size| size > 2_047)
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
        explanation: "AWS's pages disagree on the type that is taken where none is stated: gp2, or standard. Neither has IOPS \
                      or throughput of its own.",
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
        summary: "st1 and sc1 cannot be root volumes",
        explanation: "EBS has no bootable HDD volumes; the launch is refused. Whether RegisterImage refuses it was not seen.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/hdd-vols.html",
        message: "the root volume is of type {volume_type}, from which no instance boots",
        help: "write `gp3`, and use {volume_type} for data",
        trigger: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "st1"}}"#
        ),
        near_miss: rooted!(
            r#""RootDeviceName": "/dev/xvda","#,
            r#"{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}}"#
        ),
        says: "the root volume is of type \"st1\", from which no instance boots",
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
        explanation: "The API's model calls the parameter required for them, and sister actions answer `The parameter iops \
                      must be specified for io2 volumes.` RegisterImage was seen to store other numbers unchecked.",
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
        explanation: "Sister actions answer `The parameter iops is not supported for gp2 volumes.`, to 0 as well.",
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
        explanation: "gp3 has 3,000 to 80,000 (on Outposts 16,000), io1 100 to 64,000, io2 100 to 256,000. RegisterImage was \
                      seen to store gp3 with 100; the launch fails.",
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
        summary: "IOPS are in proportion to the size",
        explanation: "The most per GiB: gp3 500, io1 50, io2 1,000. Sister actions answer `Iops to volume size ratio of \
                      750.000000 is too high; maximum is 500`. gp3's own 3,000 hold for every size.",
        source: TYPES,
        message: "the volume has {iops} IOPS; for its type and size EC2 takes at most {most}",
        help: "enlarge the volume or lower `Iops`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4001"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Iops": 4000"#),
        says: "the volume has 4001 IOPS; for its type and size EC2 takes at most 4000",
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
        explanation: "Sister actions answer `throughput can only be specified for volumeType gp3.`",
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
        summary: "throughput is within 125 to 2,000 MiB per second",
        explanation: "On Outposts the most is 1,000. RegisterImage was seen to store numbers unchecked; the launch fails.",
        source: GP3,
        message: "the volume has {throughput} MiB per second; its type accepts {range}",
        help: "change `Throughput`, or leave it out for 125",
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
        explanation: "gp3 has 0.25 MiB per second for each of its IOPS. The launch fails with `Throughput (MiBps) to iops ratio \
                      of 0.333333 is too high; maximum is 0.250000 MiBps per iops`.",
        source: "https://github.com/runs-on/runs-on/issues/260",
        message: "the volume has {throughput} MiB per second; with its IOPS EC2 gives at most {most}",
        help: "raise `Iops` to four times `Throughput`",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000"#),
        near_miss: ebs!(r#""VolumeSize": 8, "VolumeType": "gp3", "Throughput": 1000, "Iops": 4000"#),
        says: "the volume has 1000 MiB per second; with its IOPS EC2 gives at most 750",
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
        // IOPS out of range are what to mend first.
        let has_legal_iops =
            limits.iops.is_some_and(|limits| ebs.iops.is_none_or(|iops| (limits.range.0..=limits.range.1).contains(&iops)));
        if !(least..=most).contains(&throughput) {
            throughput_range(path, throughput, Words(format!("{least} to {most}")));
        } else if throughput > by_iops && has_legal_iops {
            throughput_per_iops(path, throughput, by_iops);
        }
    }

    rule initialization_rate_range(rate: i32) {
        id: "initialization-rate-range",
        level: Warning,
        evidence: Documented,
        summary: "the rate of initialization is within 100 to 300 MiB per second",
        explanation: "The API's model has the range. RegisterImage may store any number.",
        source: MODEL,
        message: "the rate of initialization is {rate} MiB per second; EC2 takes 100 to 300",
        help: "change `VolumeInitializationRate`, or leave it out for the default",
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 50"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
        says: "the rate of initialization is 50 MiB per second; EC2 takes 100 to 300",
    }
    rule initialization_rate_without_snapshot() {
        id: "initialization-rate-without-snapshot",
        level: Warning,
        evidence: Documented,
        summary: "only a volume from a snapshot has a rate of initialization",
        explanation: "There is nothing to fetch for an empty volume. What EC2 answers was not seen.",
        source: MODEL,
        message: "the volume is empty and states a rate of initialization, which is for volumes from snapshots",
        help: "take `VolumeInitializationRate` out",
        trigger: ebs!(r#""VolumeSize": 8, "VolumeInitializationRate": 100"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "VolumeInitializationRate": 100"#),
        says: "the volume is empty and states a rate of initialization, which is for volumes from snapshots",
    }
    check ebs(_request, at, ebs) {
        let Some(rate) = ebs.volume_initialization_rate else { return };
        let path = RequestPath::Ebs(at, Member::VolumeInitializationRate);
        if ebs.snapshot_id.is_none() {
            initialization_rate_without_snapshot(path);
        } else if !(100..=300).contains(&rate) {
            initialization_rate_range(path, rate);
        }
    }

    rule zone_name_and_id(name: &str) {
        id: "zone-name-and-id",
        level: Error,
        evidence: Documented,
        summary: "a zone is given by name or by id, not by both",
        explanation: "The API's model says that either can be specified, but not both.",
        source: MODEL,
        message: "the zone is given by id and, as {name}, by name; EC2 takes one of them",
        help: "keep one of the two; better, leave both to the launch",
        trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1""#),
        near_miss: ebs!(r#""VolumeSize": 8"#),
        says: "the zone is given by id and, as \"us-east-1a\", by name; EC2 takes one of them",
    }
    rule zone_in_image(zone: &str) {
        id: "zone-in-image",
        level: Warning,
        evidence: Inferred,
        summary: "an image should not name an Availability Zone",
        explanation: "The API's model does not exclude RegisterImage from the actions that take one, nor say what a zone does \
                      to an image, which belongs to a Region.",
        source: MODEL,
        message: "the volume names the zone {zone}; what that does to an image is not documented",
        help: "leave the zone to the launch",
        trigger: ebs!(r#""VolumeSize": 8, "AvailabilityZone": "us-east-1a""#),
        near_miss: ebs!(r#""VolumeSize": 8"#),
        says: "the volume names the zone \"us-east-1a\"; what that does to an image is not documented",
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
        summary: "the snapshots of an image are on one Outpost at most",
        explanation: "AWS documents that an image cannot have snapshots on several Outposts. Snapshots of the Region may stand \
                      beside those of one Outpost.",
        source: OUTPOSTS,
        message: "the snapshot is on another Outpost than that at {first}; EC2 takes those of one Outpost",
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
        says: "the snapshot is on another Outpost than that at BlockDeviceMappings[1].Ebs.OutpostArn; EC2 takes those \
               of one Outpost",
    }
    check request(request, _findings) {
        let mut outpost = None;
        for (at, mapping) in request.sent_mappings().iter().enumerate() {
            let Some(ebs) = mapping.ebs_volume() else { continue };
            // An ARN without a snapshot is another mistake.
            let has_snapshot = ebs.snapshot_id.as_ref().is_some_and(|id| !id.as_str().is_empty());
            let Some(arn) = ebs.outpost().filter(|_| has_snapshot) else { continue };
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
        summary: "an Outpost is named for a snapshot",
        explanation: "The member says on which Outpost the snapshot is stored. An empty volume has none.",
        source: MODEL,
        message: "the volume is empty and names an Outpost, which is where a snapshot is stored",
        help: "take `OutpostArn` out, or name the snapshot",
        trigger: ebs!(
            r#""VolumeSize": 8, "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        near_miss: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        says: "the volume is empty and names an Outpost, which is where a snapshot is stored",
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
        summary: "EBS cards are counted from 0",
        explanation: "The API's model has a default of 0 and no range.",
        source: MODEL,
        message: "the index of the EBS card is {index}; cards are counted from 0",
        help: "write 0, or leave `EbsCardIndex` out",
        trigger: ebs!(r#""VolumeSize": 8, "EbsCardIndex": -1"#),
        near_miss: ebs!(r#""VolumeSize": 8, "EbsCardIndex": 0"#),
        says: "the index of the EBS card is -1; cards are counted from 0",
    }
    check ebs(_request, at, ebs) {
        if let Some(index) = ebs.ebs_card_index.filter(|&index| index < 0) {
            ebs_card_index_negative(RequestPath::Ebs(at, Member::EbsCardIndex), index);
        }
    }
    }
}

fn limits(ebs: &EbsBlockDevice) -> Option<Limits> {
    Limits::of(ebs.volume_type.as_ref()?, ebs.outpost().is_some())
}

fn is_root(at: usize, request: &RegisterImageRequest) -> bool {
    request.root().is_some_and(|(root, _)| root == at)
}
