//! What the facts of the account and its snapshots tell of a request.

use super::example::{ebs, hvm, named, rooted};
use super::ids::is_outpost_arn;
use crate::endpoint::Partition;
use crate::facts::Facts;
use crate::model::{
    EbsBlockDevice, EbsBlockDeviceMember as Member, Image, ProductCode, RegisterImageRequest, RequestMember,
    RequestPath, Snapshot,
};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::{ImageState, OutpostArn, ProductCodeType, SnapshotId, SnapshotState, StorageTier, is_resource_id};

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";
const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";

pub(in crate::rules) const SUBJECT: Subject = Subject { title: "Account and snapshots", rules: RULES, check };

/// In the order of the bits by which a report remembers those that lacked facts.
pub(in crate::rules) const RULES: &[&Rule] = &[
    &NAME_IN_USE,
    &NOT_LISTED,
    &NOT_COMPLETED,
    &ARCHIVED,
    &SMALLER_THAN_SNAPSHOT,
    &OUTPOSTS_MIXED,
    &OUTPOST_ELSEWHERE,
    &SECONDARY_PRODUCT_CODES,
    &PLATFORM_BILLING,
];

static NAME_IN_USE: Rule = Rule {
    id: "name-in-use",
    level: Level::Error,
    evidence: Evidence::Observed,
    ec2_code: Some(ErrorCode::INVALID_AMI_NAME_DUPLICATE),
    ec2_messages: &["AMI name {value} is already in use by AMI {instead}"],
    summary: "a name is in use once in an account and Region",
    explanation: "EC2 answers `AMI name web is already in use by AMI ami-0ea09a82f221f584a`. After a lost answer and a retry \
                  that image may be the one that was asked for. Images of another account do not count, so an image \
                  with an owner is looked at only where the account is known; nor do those that are deregistered or \
                  failed.",
    source: "https://github.com/nanovms/ops/issues/392",
    trigger: named!(r#""Name": "web","#),
    near_miss: named!(r#""Name": "web-2","#),
    facts: Some(
        r#"{"OwnerId": "123456789012", "Images": [
  {"ImageId": "ami-0ea09a82f221f584a", "Name": "web", "OwnerId": "123456789012", "State": "available"}
]}"#,
    ),
    message: "the name {value} is in use by the image {instead}; EC2 takes a name once in an account and Region",
    help: "use another name, or deregister the image and allow some time",
    ..Rule::ROW
};

static NOT_LISTED: Rule = Rule {
    id: "snapshot-not-listed",
    evidence: Evidence::Inferred,
    ec2_code: Some(ErrorCode::INVALID_SNAPSHOT_NOT_FOUND),
    ec2_messages: &["The snapshot '{value}' does not exist."],
    summary: "a snapshot is among those that were listed",
    explanation: "EC2 has this code for snapshots that do not exist in the Region or that the account may not use. The list \
                  may be an old one or a part, so this is a warning.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    facts: Some(r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "completed"}]}"#),
    message: "the snapshot {value} is not among those listed for the account",
    help: "name a snapshot of the Region that the account owns or that is shared with it, or list the snapshots anew",
    ..Rule::ROW
};

static NOT_COMPLETED: Rule = Rule {
    id: "snapshot-not-completed",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::INCORRECT_STATE),
    ec2_messages: &["Snapshot '{value}' is not 'completed'.", "Snapshot * is not *completed*"],
    summary: "a snapshot is completed before an image is made of it",
    explanation: "CreateVolume answers `Snapshot 'snap-0123456789abcdef0' is not 'completed'.`, and AWS's instructions wait \
                  before they register. What RegisterImage does with a pending snapshot was not seen.",
    source: "https://github.com/tschellenbach/Snaptastic/issues/17",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    facts: Some(
        r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "State": "completed"},
  {"SnapshotId": "snap-0123456789abcdef1", "State": "pending"}
]}"#,
    ),
    message: "the snapshot {value} is in the state {instead}, not `completed`",
    help: "wait until a pending snapshot is completed; in place of a failed one, take another",
    ..Rule::ROW
};

static ARCHIVED: Rule = Rule {
    id: "snapshot-archived",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "a snapshot is not archived",
    explanation: "AWS documents that the id of an archived snapshot cannot be specified. A snapshot that is restored for a \
                  time is not counted as archived here. EC2's code was not seen.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    facts: Some(
        r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "StorageTier": "standard"},
  {"SnapshotId": "snap-0123456789abcdef1", "StorageTier": "archive"}
]}"#,
    ),
    message: "the snapshot {value} is archived; EC2 does not take the id of an archived snapshot",
    help: "restore the snapshot from the archive, and wait until that is done",
    ..Rule::ROW
};

static SMALLER_THAN_SNAPSHOT: Rule = Rule {
    id: "volume-smaller-than-snapshot",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_BLOCK_DEVICE_MAPPING),
    ec2_messages: &[
        "Volume of size {count}GB is smaller than snapshot '{value}', expect size >= {limit}GB",
        "Volume of size * is smaller than snapshot *, expect size >= *",
    ],
    summary: "a volume is at least as large as its snapshot",
    explanation: "AWS documents that the size is equal to the snapshot's or larger. Sister actions answer `Volume of size \
                  15GB is smaller than snapshot 'snap-09e0f802c68b958b7', expect size >= 30GB`.",
    source: MODEL,
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 15"#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 30"#),
    facts: Some(
        r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8},
  {"SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 30}
]}"#,
    ),
    message: "the volume has {count} GiB, and its snapshot {value} needs {limit}",
    help: "write a `VolumeSize` of {limit} or more, or leave it out for the snapshot's size",
    ..Rule::ROW
};

static OUTPOSTS_MIXED: Rule = Rule {
    id: "snapshot-outposts-mixed",
    level: Level::Error,
    evidence: Evidence::Documented,
    summary: "the snapshots of an image are stored on one Outpost at most",
    explanation: "AWS documents that an image cannot have snapshots on several Outposts. Here the facts say where a snapshot \
                  is; `outposts-mixed` is for what the request itself says. Snapshots of the Region may stand beside \
                  those of one Outpost.",
    source: OUTPOSTS,
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    facts: Some(
        r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0",
   "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"},
  {"SnapshotId": "snap-0123456789abcdef1",
   "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef1"}
]}"#,
    ),
    message: "the snapshot is stored on another Outpost than that at {other}; EC2 takes those of one Outpost",
    help: "copy the snapshots to one Outpost or to the Region",
    ..Rule::ROW
};

static OUTPOST_ELSEWHERE: Rule = Rule {
    id: "outpost-other-region",
    evidence: Evidence::Inferred,
    summary: "an Outpost belongs to the Region of the image",
    explanation: "The ARN of an Outpost holds its partition and Region, and an image with local snapshots is registered in \
                  that Region. What EC2 answers otherwise was not seen.",
    source: OUTPOSTS,
    trigger: ebs!(
        r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
    ),
    near_miss: ebs!(
        r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:eu-central-1:123456789012:outpost/op-1234567890abcdef0""#
    ),
    facts: Some(r#"{"Region": "eu-central-1"}"#),
    message: "the Outpost {value} is not of the Region {instead} and its partition",
    help: "name an Outpost of the Region, or register the image in the Region of the Outpost",
    ..Rule::ROW
};

static SECONDARY_PRODUCT_CODES: Rule = Rule {
    id: "secondary-product-codes",
    evidence: Evidence::ThirdParty,
    summary: "only the root snapshot has AWS Marketplace product codes",
    explanation: "AWS's page of 2017 said that an image cannot be registered where a secondary snapshot has AWS Marketplace \
                  product codes; an archive of changes kept the sentence, and today's page says only that the image \
                  takes over the codes of its snapshots.",
    source: "https://awsapichanges.info",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    facts: Some(
        r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": []},
  {"SnapshotId": "snap-0123456789abcdef1",
   "ProductCodes": [{"ProductCodeId": "aw0evgkw8e5c1q413zgy5pjce", "ProductCodeType": "marketplace"}]}
]}"#,
    ),
    message: "the snapshot {value} has AWS Marketplace product codes and is not the root's; EC2 used to refuse it",
    help: "put the data on a volume without product codes, and snapshot that",
    ..Rule::ROW
};

static PLATFORM_BILLING: Rule = Rule {
    id: "platform-billing",
    evidence: Evidence::Documented,
    summary: "Windows, Red Hat, SUSE and SQL Server need billing information that a snapshot may lack",
    explanation: "RegisterImage derives the billing information from the metadata of the snapshot, if it is there. Where \
                  `PlatformDetails` of the new image is empty or wrong, AWS says to discard the image and to make it \
                  from an instance.",
    trigger: hvm!(""),
    near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
    facts: Some(r#"{"Platform": "SUSE Linux"}"#),
    message: "the platform is {value}, whose billing information the snapshot may lack",
    help: "make the image from an instance, with CreateImage; else check `PlatformDetails` of the image afterwards",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    let facts = findings.facts;
    check_name(request, facts, findings);
    let root = request.root().map(|(at, _)| at);
    let has_list = facts.lists_snapshots();
    let mut outposts = Outposts::default();
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        let Some(ebs) = mapping.ebs_volume() else { continue };
        check_region(at, ebs, facts, findings);
        let Some(id) = snapshot_id(ebs) else { continue };
        let snapshot = facts.snapshot(id);
        match (has_list, snapshot) {
            (true, Some(_)) => {}
            (true, None) => {
                let detail = Parameters::default().value(id.as_str());
                findings.add(&NOT_LISTED, RequestPath::Ebs(at, Member::SnapshotId), detail);
            }
            (false, _) => findings.lacks_facts(&NOT_LISTED),
        }
        check_state(at, id, snapshot, findings);
        check_size(at, ebs, id, snapshot, findings);
        outposts.check(at, ebs, snapshot, findings);
        match root {
            Some(root) if root == at => check_platform(at, request, facts, findings),
            Some(_) => check_product_codes(at, id, snapshot, findings),
            // Which snapshot is secondary is not known without a root, a mistake of its own.
            None => {}
        }
    }
    if outposts.lack_facts() {
        findings.lacks_facts(&OUTPOSTS_MIXED);
    }
}

/// The snapshot of a volume; an id that can be none is a mistake of its own.
fn snapshot_id(ebs: &EbsBlockDevice) -> Option<&SnapshotId> {
    ebs.snapshot_id.as_ref().filter(|id| is_resource_id(id.as_str(), "snap-"))
}

fn check_name(request: &RegisterImageRequest, facts: &Facts, findings: &mut Findings<'_>) {
    let Some(name) = &request.name else { return };
    let holds_name = |image: &&Image| {
        let state = image.state.as_ref().map(ImageState::as_str);
        image.name.as_ref() == Some(name) && !matches!(state, Some("deregistered" | "failed" | "error" | "invalid"))
    };
    let is_own = |image: &&Image| image.owner_id.is_none() || image.owner_id == facts.owner_id;
    let mut images = facts.images.iter().flatten().filter(holds_name);
    if let Some(image) = images.clone().find(is_own) {
        let detail = Parameters::default().value(name.as_str()).instead(image.id.as_str());
        findings.add(&NAME_IN_USE, RequestPath::Request(RequestMember::Name), detail);
    } else if facts.images.is_none() || (facts.owner_id.is_none() && images.next().is_some()) {
        findings.lacks_facts(&NAME_IN_USE);
    }
}

fn check_region(at: usize, ebs: &EbsBlockDevice, facts: &Facts, findings: &mut Findings<'_>) {
    let Some(arn) = ebs.outpost_arn.as_ref().filter(|arn| is_outpost_arn(arn.as_str())) else { return };
    let Some(region) = &facts.region else { return findings.lacks_facts(&OUTPOST_ELSEWHERE) };
    let mut parts = arn.as_str().split(':').skip(1);
    let (partition_of_arn, region_of_arn) = (parts.next(), parts.nth(1));
    let partition = Partition::of_region(region);
    if region_of_arn != Some(region) || partition.is_some_and(|partition| partition_of_arn != Some(partition.id())) {
        let detail = Parameters::default().value(arn.as_str()).instead(region);
        findings.add(&OUTPOST_ELSEWHERE, RequestPath::Ebs(at, Member::OutpostArn), detail);
    }
}

fn check_state(at: usize, id: &SnapshotId, snapshot: Option<&Snapshot>, findings: &mut Findings<'_>) {
    let path = RequestPath::Ebs(at, Member::SnapshotId);
    match snapshot.and_then(|snapshot| snapshot.state.as_ref()) {
        Some(&SnapshotState::COMPLETED) => {}
        Some(state) => {
            findings.add(&NOT_COMPLETED, path, Parameters::default().value(id.as_str()).instead(state.as_str()))
        }
        None => findings.lacks_facts(&NOT_COMPLETED),
    }
    match snapshot.and_then(|snapshot| Some((snapshot.storage_tier.as_ref()?, &snapshot.restore_expiry_time))) {
        Some((&StorageTier::ARCHIVE, None)) => findings.add(&ARCHIVED, path, Parameters::default().value(id.as_str())),
        Some(_) => {}
        None => findings.lacks_facts(&ARCHIVED),
    }
}

fn check_size(
    at: usize,
    ebs: &EbsBlockDevice,
    id: &SnapshotId,
    snapshot: Option<&Snapshot>,
    findings: &mut Findings<'_>,
) {
    // A size that no volume has is a mistake of its own.
    let Some(size) = ebs.volume_size.filter(|&size| size > 0) else { return };
    match snapshot.and_then(|snapshot| snapshot.volume_size) {
        Some(least) if size < least => {
            let detail = Parameters::default().count(size).limit(least).value(id.as_str());
            findings.add(&SMALLER_THAN_SNAPSHOT, RequestPath::Ebs(at, Member::VolumeSize), detail);
        }
        Some(_) => {}
        None => findings.lacks_facts(&SMALLER_THAN_SNAPSHOT),
    }
}

fn check_product_codes(at: usize, id: &SnapshotId, snapshot: Option<&Snapshot>, findings: &mut Findings<'_>) {
    let is_marketplace = |code: &ProductCode| code.product_code_type == Some(ProductCodeType::MARKETPLACE);
    match snapshot.and_then(|snapshot| snapshot.product_codes.as_ref()) {
        Some(codes) if codes.iter().any(is_marketplace) => {
            let detail = Parameters::default().value(id.as_str());
            findings.add(&SECONDARY_PRODUCT_CODES, RequestPath::Ebs(at, Member::SnapshotId), detail);
        }
        Some(_) => {}
        None => findings.lacks_facts(&SECONDARY_PRODUCT_CODES),
    }
}

fn check_platform(at: usize, request: &RegisterImageRequest, facts: &Facts, findings: &mut Findings<'_>) {
    if request.billing_products.as_ref().is_some_and(|codes| !codes.is_empty()) {
        // The codes are stated, which has a rule of its own.
        return;
    }
    match &facts.platform {
        Some(platform) if needs_billing(platform) => {
            let detail = Parameters::default().value(platform);
            findings.add(&PLATFORM_BILLING, RequestPath::Ebs(at, Member::SnapshotId), detail);
        }
        Some(_) => {}
        None => findings.lacks_facts(&PLATFORM_BILLING),
    }
}

/// By whole words, since openSUSE costs nothing.
fn needs_billing(platform: &str) -> bool {
    platform.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| {
        ["windows", "red", "redhat", "rhel", "suse", "sles", "sql"]
            .iter()
            .any(|billed| word.eq_ignore_ascii_case(billed))
    })
}

/// Where the snapshots are stored, as far as was looked.
#[derive(Default)]
struct Outposts<'a> {
    /// The first that is on an Outpost: its place, the Outpost, and whether the request states it.
    first: Option<(usize, &'a OutpostArn, bool)>,
    /// How many may be anywhere.
    unknown: usize,
}

impl<'a> Outposts<'a> {
    fn check(&mut self, at: usize, ebs: &'a EbsBlockDevice, known: Option<&'a Snapshot>, findings: &mut Findings<'_>) {
        let stated = ebs.outpost_arn.as_ref().filter(|arn| !arn.as_str().is_empty());
        let Some(arn) = stated.or_else(|| known?.outpost_arn.as_ref()) else {
            // A snapshot that was described and has no Outpost is in the Region.
            self.unknown += usize::from(!known.is_some_and(Snapshot::is_described));
            return;
        };
        let (other, other_arn, is_other_stated) = *self.first.get_or_insert_with(|| (at, arn, stated.is_some()));
        // Where the request states both, another rule has it.
        if other_arn != arn && !(is_other_stated && stated.is_some()) {
            let (path, other) = (RequestPath::Ebs(at, Member::SnapshotId), RequestPath::Ebs(other, Member::SnapshotId));
            findings.add(&OUTPOSTS_MIXED, path, Parameters::default().other(other));
        }
    }

    /// Whether snapshots of unknown places could make a pair on two Outposts.
    fn lack_facts(&self) -> bool {
        self.unknown > 1 || (self.unknown == 1 && self.first.is_some())
    }
}
