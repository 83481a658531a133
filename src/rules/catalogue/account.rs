//! Problems that only facts about the account and its snapshots show.

use alloc::boxed::Box;

use super::REGISTER_IMAGE;
use super::example::{ebs, hvm, named, rooted};
use super::ids::is_outpost_arn;
use crate::endpoint::{Region, region_of_zone};
use crate::model::{
    EbsBlockDevice, EbsBlockDeviceMember as Member, Image, ProductCode, RequestMember, RequestPath, Snapshot,
};
use crate::rules::Level;
use crate::rules::declare::subject;
use crate::rules::finding::Parameter;
use crate::types::{ImageState, OutpostArn, ProductCodeType, SnapshotId, SnapshotState, StorageTier, is_resource_id};

const MODEL: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";

const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";

subject! {
    "Account and snapshots",
    passes: [request],
    rules: {
    rule name_in_use(name: &str, image_id: &str) {
        id: "name-in-use",
        level: Error,
        evidence: Observed,
        code: INVALID_AMI_NAME_DUPLICATE,
        wordings: [NAME_IN_USE],
        summary: "an image name is unique in an account and Region",
        explanation: "EC2 responds `AMI name web is already in use by AMI ami-0ea09a82f221f584a`. After a lost \
                      response and a retry, that image may be the one that the first attempt created. Images of \
                      other accounts do not count, so an image with an owner counts only if the account is known. \
                      Deregistered and failed images do not count either. A page with `NextToken` does not prove that \
                      the name is free.",
        source: "https://github.com/nanovms/ops/issues/392",
        message: "the name {name} is already used by the image {image_id}; names are unique in an account and Region",
        help: "use another name, or deregister the image and wait",
        facts: r#"{"OwnerId": "123456789012", "Images": [
  {"ImageId": "ami-0ea09a82f221f584a", "Name": "web", "OwnerId": "123456789012", "State": "available"}
]}"#,
        trigger: named!(r#""Name": "web","#),
        near_miss: named!(r#""Name": "web-2","#),
        says: "the name \"web\" is already used by the image \"ami-0ea09a82f221f584a\"; names are unique in an \
               account and Region",
    }
    check request(request, findings) {
        let (facts, Some(name)) = (findings.facts, &request.name) else { return };
        let holds_name = |image: &&Image| {
            let state = image.state.as_ref().map(ImageState::as_str);
            !matches!(state, Some("deregistered" | "failed" | "error" | "invalid"))
        };
        let is_own = |image: &&Image| image.owner_id.is_none() || image.owner_id.as_deref() == facts.owner_id();
        let mut images = facts.images_named(name).filter(holds_name);
        if let Some(image) = images.clone().find(is_own) {
            let path = RequestPath::Request(RequestMember::Name);
            if findings.mark.is_some_and(|mark| mark.proves(image)) {
                let parameters = Box::new([Parameter::from(name.as_str()), Parameter::from(image.id.as_str())]);
                findings.add_at_most(Level::Warning, &name_in_use::RULE, path, parameters);
            } else {
                name_in_use(path, name.as_str(), image.id.as_str());
            }
        } else if !facts.has_all_images_named(name) || (facts.owner_id().is_none() && images.next().is_some()) {
            findings.lacks_facts(&name_in_use::RULE);
        }
    }

    rule snapshot_not_listed(id: &str) {
        id: "snapshot-not-listed",
        level: Warning,
        evidence: Inferred,
        code: INVALID_SNAPSHOT_NOT_FOUND,
        wordings: [SNAPSHOT_NOT_FOUND],
        summary: "a snapshot is among those that were listed",
        explanation: "EC2 responds with this code if the snapshot does not exist in the Region or the account may \
                      not use it. A page with `NextToken` proves nothing, and neither does a list of the snapshots of \
                      one account, because `--owner-ids self` omits shared snapshots. The list may be old, so this is \
                      a warning.",
        source: "https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html",
        message: "the snapshot {id} is not among those listed for the account",
        help: "use a snapshot of the Region that the account owns or that is shared with it, or list the snapshots \
               again",
        facts: r#"{"Snapshots": [{"SnapshotId": "snap-0123456789abcdef0", "State": "completed"}]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" is not among those listed for the account",
    }
    rule snapshot_not_completed(id: &str, state: &str) {
        id: "snapshot-not-completed",
        level: Warning,
        evidence: SiblingApi,
        code: INCORRECT_STATE,
        wordings: [SNAPSHOT_NOT_IN_STATE(state: "completed"), SNAPSHOT_NOT_IN_STATE(state: "*completed*")],
        summary: "a snapshot is completed before you register it",
        explanation: "CreateVolume responds `Snapshot 'snap-0123456789abcdef0' is not 'completed'.`, and AWS's \
                      instructions wait before they register. The author of a program reports that RegisterImage \
                      rejects a pending snapshot, too, but quotes no message. The state in the facts may be old, so \
                      this is a warning.",
        source: "https://github.com/tschellenbach/Snaptastic/issues/17",
        message: "the snapshot {id} is in state {state}, not `completed`",
        help: "wait until a pending snapshot is completed, or replace a failed one",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "State": "completed"},
  {"SnapshotId": "snap-0123456789abcdef1", "State": "pending"}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" is in state \"pending\", not `completed`",
    }
    rule snapshot_archived(id: &str) {
        id: "snapshot-archived",
        level: Error,
        evidence: Documented,
        summary: "a snapshot is not archived",
        explanation: "AWS documents that you cannot specify the ID of an archived snapshot. A temporarily restored \
                      snapshot does not count as archived. EC2's code is not known.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html",
        message: "the snapshot {id} is archived; EC2 does not accept archived snapshots",
        help: "restore the snapshot from the archive, and wait until that is done",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "StorageTier": "standard"},
  {"SnapshotId": "snap-0123456789abcdef1", "StorageTier": "archive"}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" is archived; EC2 does not accept archived snapshots",
    }
    rule volume_smaller_than_snapshot(size: i32, id: &str, least: i32) {
        id: "volume-smaller-than-snapshot",
        level: Error,
        evidence: Documented,
        code: INVALID_BLOCK_DEVICE_MAPPING,
        wordings: [
            VOLUME_TOO_SMALL(size: "{size}GB", least: "{least}GB"),
            VOLUME_TOO_SMALL(size: "*", least: "*"),
        ],
        summary: "a volume is at least as large as its snapshot",
        explanation: "AWS documents that the size must be equal to or larger than that of the snapshot. Related \
                      actions respond `Volume of size 15GB is smaller than snapshot 'snap-09e0f802c68b958b7', expect \
                      size >= 30GB`. A size of 0 or less is smaller than every snapshot.",
        source: MODEL,
        message: "the volume has {size} GiB, but its snapshot {id} requires {least}",
        help: "set `VolumeSize` to {least} or more, or omit it to use the size of the snapshot",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "VolumeSize": 8},
  {"SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 30}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 15"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef1", "VolumeSize": 30"#),
        says: "the volume has 15 GiB, but its snapshot \"snap-0123456789abcdef1\" requires 30",
    }
    rule snapshot_shared_encrypted(id: &str, owner: &str) {
        id: "snapshot-shared-encrypted",
        level: Warning,
        evidence: Documented,
        summary: "an encrypted snapshot belongs to the account",
        explanation: "The EBS user guide says to copy an encrypted snapshot that is shared with you, to encrypt the \
                      copy with a KMS key of your own, and to use the copy. It is not known how RegisterImage \
                      responds to the shared snapshot.",
        source: "https://docs.aws.amazon.com/ebs/latest/userguide/view-shared-snapshot.html",
        message: "the snapshot {id} is encrypted and belongs to the account {owner}",
        help: "copy the snapshot to this account with a KMS key of your own, and use the copy",
        facts: r#"{"OwnerId": "123456789012", "Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "OwnerId": "123456789012", "Encrypted": true},
  {"SnapshotId": "snap-0123456789abcdef1", "OwnerId": "210987654321", "Encrypted": true}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" is encrypted and belongs to the account \"210987654321\"",
    }
    rule snapshot_other_account(id: &str, owner: &str) {
        id: "snapshot-other-account",
        level: Warning,
        evidence: ThirdParty,
        summary: "a snapshot belongs to the account",
        explanation: "The evidence conflicts. The EBS user guide says that you can use an unencrypted snapshot that \
                      is shared with you like your own. The help of an old AWS tool says that the caller must own \
                      the snapshot, and the author of a program reports that RegisterImage requires it.",
        source: "https://github.com/NixOS/nixpkgs/issues/15148",
        message: "the snapshot {id} belongs to the account {owner}, and RegisterImage may require one of your own",
        help: "copy the snapshot to this account, and use the copy",
        facts: r#"{"OwnerId": "123456789012", "Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "OwnerId": "123456789012", "Encrypted": false},
  {"SnapshotId": "snap-0123456789abcdef1", "OwnerId": "210987654321", "Encrypted": false}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" belongs to the account \"210987654321\", and RegisterImage \
               may require one of your own",
    }
    rule snapshot_outposts_mixed(first: RequestPath) {
        id: "snapshot-outposts-mixed",
        level: Error,
        evidence: Documented,
        summary: "the snapshots of an image are stored on at most one Outpost",
        explanation: "AWS documents that an image cannot have snapshots on more than one Outpost. This rule looks at \
                      where the facts say that a snapshot is, and `outposts-mixed` at what the request says. \
                      Snapshots in the Region and snapshots on one Outpost can be combined.",
        source: OUTPOSTS,
        message: "the snapshot is stored on a different Outpost than the one at {first}; EC2 accepts snapshots of \
                  one Outpost only",
        help: "copy the snapshots to one Outpost or to the Region",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0",
   "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0"},
  {"SnapshotId": "snap-0123456789abcdef1",
   "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef1"}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot is stored on a different Outpost than the one at BlockDeviceMappings[0].Ebs.SnapshotId; \
               EC2 accepts snapshots of one Outpost only",
    }
    rule snapshots_in_several_places(first: RequestPath) {
        id: "snapshots-in-several-places",
        level: Warning,
        evidence: SiblingApi,
        summary: "an image with a snapshot in a Local Zone has all its snapshots there",
        explanation: "AWS documents for CreateImage that all snapshots of an image must be in the same location, or \
                      the creation fails. It is not known how RegisterImage responds. Snapshots in the Region and \
                      snapshots on one Outpost can be combined, so this rule is only about Local Zones.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/creating-an-ami-ebs.html",
        message: "the snapshot and the one at {first} are in different places, and one of them is a Local Zone",
        help: "copy the snapshots to one place: the Local Zone or the Region",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "State": "completed", "AvailabilityZone": "us-west-2-lax-1a"},
  {"SnapshotId": "snap-0123456789abcdef1", "State": "completed"}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot and the one at BlockDeviceMappings[0].Ebs.SnapshotId are in different places, and one of \
               them is a Local Zone",
    }
    rule outpost_other_region(arn: &str, region: &str) {
        id: "outpost-other-region",
        level: Warning,
        evidence: Documented,
        summary: "an Outpost is in the Region of the image",
        explanation: "The API model says that all snapshots of an image must be on the same Outpost or in the Region \
                      of that Outpost. The ARN of an Outpost contains its partition and Region. It is not known how \
                      EC2 responds to others.",
        source: REGISTER_IMAGE,
        message: "the Outpost {arn} is not in the Region {region} and its partition",
        help: "use an Outpost of the Region, or register the image in the Region of the Outpost",
        facts: r#"{"Region": "eu-central-1"}"#,
        trigger: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:us-east-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        near_miss: ebs!(
            r#""SnapshotId": "snap-0123456789abcdef0",
        "OutpostArn": "arn:aws:outposts:eu-central-1:123456789012:outpost/op-1234567890abcdef0""#
        ),
        says: "the Outpost \"arn:aws:outposts:us-east-1:123456789012:outpost/op-123456789\"… is not in the Region \
               \"eu-central-1\" and its partition",
    }
    rule secondary_product_codes(id: &str) {
        id: "secondary-product-codes",
        level: Warning,
        evidence: ThirdParty,
        summary: "only the root snapshot has AWS Marketplace product codes",
        explanation: "AWS's page of 2017 said that you cannot register an image if a secondary snapshot has AWS \
                      Marketplace product codes. An archive of API changes still has the sentence. Today's page says \
                      only that the image gets the codes of its snapshots.",
        source: "https://awsapichanges.com/archive/changes/",
        message: "the snapshot {id} has AWS Marketplace product codes and is not the root's, which EC2 used to \
                  reject",
        help: "copy the data to a volume without product codes, and create a snapshot of that volume",
        facts: r#"{"Snapshots": [
  {"SnapshotId": "snap-0123456789abcdef0", "ProductCodes": []},
  {"SnapshotId": "snap-0123456789abcdef1",
   "ProductCodes": [{"ProductCodeId": "aw0evgkw8e5c1q413zgy5pjce", "ProductCodeType": "marketplace"}]}
]}"#,
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef1""#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "the snapshot \"snap-0123456789abcdef1\" has AWS Marketplace product codes and is not the root's, \
               which EC2 used to reject",
    }
    rule platform_billing(platform: &str) {
        id: "platform-billing",
        level: Warning,
        evidence: Documented,
        summary: "Windows, Red Hat, SUSE and SQL Server need billing information that a snapshot may not have",
        explanation: "RegisterImage derives the billing information from the metadata of the snapshot, if that has \
                      any. If `PlatformDetails` of the new image is empty or wrong, AWS says to discard the image \
                      and to create it from an instance.",
        source: REGISTER_IMAGE,
        message: "the platform is {platform}, whose billing information the snapshot may not have",
        help: "create the image from an instance, with CreateImage; otherwise, check `PlatformDetails` of the image \
               afterwards",
        facts: r#"{"Platform": "SUSE Linux"}"#,
        trigger: hvm!(""),
        near_miss: rooted!(r#""ImageLocation": "bucket/web/image.manifest.xml","#, ""),
        says: "the platform is \"SUSE Linux\", whose billing information the snapshot may not have",
    }
    check request(request, findings) {
        let facts = findings.facts;
        let root = request.root().map(|(at, _)| at);
        let has_billing = request.billing_products.as_ref().is_some_and(|codes| !codes.is_empty());
        let mut outposts = Outposts::default();
        let mut zones = Zones::default();
        for (at, mapping) in request.sent_mappings().iter().enumerate() {
            let Some(ebs) = mapping.ebs_volume() else { continue };
            if let Some(arn) = ebs.outpost().filter(|arn| is_outpost_arn(arn.as_str())) {
                match facts.region() {
                    Some(region) if !is_of_region(arn, region) => {
                        outpost_other_region(RequestPath::Ebs(at, Member::OutpostArn), arn.as_str(), region.as_str());
                    }
                    Some(_) => {}
                    None => findings.lacks_facts(&outpost_other_region::RULE),
                }
            }
            // A malformed ID has a finding of its own.
            let is_id = |id: &&SnapshotId| is_resource_id(id.as_str(), "snap-");
            let Some(id) = ebs.snapshot_id.as_ref().filter(is_id) else { continue };
            let snapshot = facts.snapshot(id);
            let path = RequestPath::Ebs(at, Member::SnapshotId);
            if snapshot.is_none() {
                match facts.has_snapshot(id) {
                    Some(_) => snapshot_not_listed(path, id.as_str()),
                    None => findings.lacks_facts(&snapshot_not_listed::RULE),
                }
            }
            let id = id.as_str();
            match snapshot.and_then(|snapshot| snapshot.state.as_ref().map(SnapshotState::as_str)) {
                Some("completed") => {}
                Some(state) => snapshot_not_completed(path, id, state),
                None => findings.lacks_facts(&snapshot_not_completed::RULE),
            }
            match snapshot.and_then(|snapshot| Some((snapshot.storage_tier.as_ref().map(StorageTier::as_str)?, &snapshot.restore_expiry_time))) {
                Some(("archive", None)) => snapshot_archived(path, id),
                Some(_) => {}
                None => findings.lacks_facts(&snapshot_archived::RULE),
            }
            if let Some(size) = ebs.volume_size {
                match snapshot.and_then(|snapshot| snapshot.volume_size) {
                    Some(least) if size < least => {
                        volume_smaller_than_snapshot(RequestPath::Ebs(at, Member::VolumeSize), size, id, least);
                    }
                    Some(_) => {}
                    None => findings.lacks_facts(&volume_smaller_than_snapshot::RULE),
                }
            }
            match (snapshot.and_then(|snapshot| snapshot.owner_id.as_deref()), facts.owner_id()) {
                (Some(owner), Some(own)) if owner != own => {
                    match snapshot.and_then(|snapshot| snapshot.encrypted) {
                        Some(true) => snapshot_shared_encrypted(path, id, owner),
                        Some(false) => snapshot_other_account(path, id, owner),
                        None => {
                            snapshot_other_account(path, id, owner);
                            findings.lacks_facts(&snapshot_shared_encrypted::RULE);
                        }
                    }
                }
                (Some(_), Some(_)) => {}
                _ => {
                    findings.lacks_facts(&snapshot_shared_encrypted::RULE);
                    findings.lacks_facts(&snapshot_other_account::RULE);
                }
            }
            if let Some(first) = outposts.other_than(at, ebs, snapshot) {
                snapshot_outposts_mixed(path, RequestPath::Ebs(first, Member::SnapshotId));
            }
            if let Some(first) = zones.other_than(at, snapshot) {
                snapshots_in_several_places(path, RequestPath::Ebs(first, Member::SnapshotId));
            }
            match root {
                // Stated billing products have a rule of their own.
                Some(root) if root == at && has_billing => {}
                Some(root) if root == at => match facts.platform() {
                    Some(platform) if needs_billing(platform) => platform_billing(path, platform),
                    Some(_) => {}
                    None => findings.lacks_facts(&platform_billing::RULE),
                },
                Some(_) => match snapshot.and_then(|snapshot| snapshot.product_codes.as_ref()) {
                    Some(codes) if codes.iter().any(is_marketplace) => secondary_product_codes(path, id),
                    Some(_) => {}
                    None => findings.lacks_facts(&secondary_product_codes::RULE),
                },
                // Without a root, which has a finding of its own, no snapshot is secondary.
                None => {}
            }
        }
        if outposts.lack_facts() {
            findings.lacks_facts(&snapshot_outposts_mixed::RULE);
        }
        if zones.lack_facts() {
            findings.lacks_facts(&snapshots_in_several_places::RULE);
        }
    }

    rule imds_not_required() {
        id: "imds-not-required",
        level: Warning,
        evidence: BrokenAtLaunch,
        code: UNSUPPORTED_OPERATION,
        wordings: [IMDSV1_FORBIDDEN(advice: "*")],
        summary: "an image requires IMDSv2 if the account enforces it",
        explanation: "If an account enables `HttpTokensEnforced`, EC2 rejects the launch of instances that do not \
                      require IMDSv2. An image with `ImdsSupport` requires it. Without, each launch must set \
                      `HttpTokens`, unless the account does.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html",
        message: "the account enforces IMDSv2, but neither the image nor the account requires it, so EC2 rejects \
                  launches",
        help: "set `\"ImdsSupport\": \"v2.0\"` if the system supports IMDSv2, or set `HttpTokens` at every launch",
        facts: r#"{"AccountLevel": {"HttpTokensEnforced": "enabled"}}"#,
        trigger: hvm!(""),
        near_miss: hvm!(r#""ImdsSupport": "v2.0","#),
        says: "the account enforces IMDSv2, but neither the image nor the account requires it, so EC2 rejects \
               launches",
    }
    check request(request, findings) {
        if request.imds_support.is_some() {
            return;
        }
        match findings.facts.instance_metadata_defaults() {
            Some(defaults) if defaults.rejects_imdsv1() => {
                imds_not_required(RequestPath::Request(RequestMember::ImdsSupport));
            }
            Some(_) => {}
            None => findings.lacks_facts(&imds_not_required::RULE),
        }
    }
    }
}

/// Whether the ARN has this Region and its partition.
fn is_of_region(arn: &OutpostArn, region: &Region) -> bool {
    let mut parts = arn.as_str().split(':').skip(1);
    let (partition_of_arn, region_of_arn) = (parts.next(), parts.nth(1));
    region_of_arn == Some(region.as_str())
        && region.partition().is_none_or(|partition| partition_of_arn == Some(partition.id()))
}

fn is_marketplace(code: &ProductCode) -> bool {
    code.product_code_type == Some(ProductCodeType::MARKETPLACE)
}

/// Whether the platform needs billing information. Compares whole words, because openSUSE needs none.
pub(crate) fn needs_billing(platform: &str) -> bool {
    platform.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| {
        ["windows", "red", "redhat", "rhel", "suse", "sles", "sql"]
            .iter()
            .any(|billed| word.eq_ignore_ascii_case(billed))
    })
}

/// Where the snapshots are stored, as far as they are checked.
#[derive(Default)]
struct Outposts<'a> {
    /// The first snapshot on an Outpost: its index, the Outpost, and whether the request states it.
    first: Option<(usize, &'a OutpostArn, bool)>,
    /// How many snapshots may be anywhere.
    unknown: usize,
}

impl<'a> Outposts<'a> {
    /// The earlier volume whose snapshot is on another Outpost.
    fn other_than(&mut self, at: usize, ebs: &'a EbsBlockDevice, known: Option<&'a Snapshot>) -> Option<usize> {
        let stated = ebs.outpost();
        let Some(arn) = stated.or_else(|| known?.outpost_arn.as_ref()) else {
            // A snapshot that was described and has no Outpost is in the Region.
            self.unknown += usize::from(!known.is_some_and(Snapshot::is_described));
            return None;
        };
        let (other, other_arn, is_other_stated) = *self.first.get_or_insert_with(|| (at, arn, stated.is_some()));
        // If the request states both, another rule reports it.
        (other_arn != arn && !(is_other_stated && stated.is_some())).then_some(other)
    }

    /// Whether snapshots of unknown places could make a pair on two Outposts.
    fn lack_facts(&self) -> bool {
        self.unknown > 1 || (self.unknown == 1 && self.first.is_some())
    }
}

/// In which Local Zones the snapshots are stored, if any.
#[derive(Default)]
struct Zones<'a> {
    /// The first snapshot that is described: its index, and its Local Zone.
    first: Option<(usize, Option<&'a str>)>,
    /// How many snapshots may be anywhere, and how many there are.
    unknown: usize,
    all: usize,
}

impl<'a> Zones<'a> {
    /// The earlier volume whose snapshot is in another place. Outposts and the Region count as one.
    fn other_than(&mut self, at: usize, known: Option<&'a Snapshot>) -> Option<usize> {
        self.all += 1;
        let Some(known) = known.filter(|known| known.is_described()) else {
            self.unknown += 1;
            return None;
        };
        let zone = known.availability_zone.as_ref().map(|zone| zone.as_str()).filter(|zone| is_local(zone));
        let (other, other_zone) = *self.first.get_or_insert((at, zone));
        (other_zone != zone).then_some(other)
    }

    fn lack_facts(&self) -> bool {
        self.unknown > 0 && self.all > 1
    }
}

/// Whether the zone is not one of the Region itself, such as `us-west-2-lax-1a`.
fn is_local(zone: &str) -> bool {
    region_of_zone(zone).and_then(|region| zone.strip_prefix(region)).is_some_and(|rest| rest.starts_with('-'))
}
