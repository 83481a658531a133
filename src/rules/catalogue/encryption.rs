//! Encryption, as far as a request can speak of it.

use super::example::ebs;
use crate::model::{EbsBlockDeviceMember as Member, RegisterImageRequest, RequestPath};
use crate::response::ErrorCode;
use crate::rules::{Evidence, Findings, Level, Parameters, Rule, Subject};
use crate::types::SnapshotId;

pub(in crate::rules) const SUBJECT: Subject =
    Subject { title: "Encryption", rules: &[&WITH_SNAPSHOT, &KMS_KEY], check };

static WITH_SNAPSHOT: Rule = Rule {
    id: "encrypted-with-snapshot",
    level: Level::Error,
    evidence: Evidence::Documented,
    ec2_code: Some(ErrorCode::INVALID_PARAMETER),
    ec2_messages: &[
        "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a snapshot id in a block device mapping.",
        "The encrypted flag cannot be specified since device * has a snapshot specified",
    ],
    summary: "`Encrypted` cannot stand beside `SnapshotId`, whichever its value",
    explanation: "A volume from a snapshot has the snapshot's state of encryption, and RegisterImage cannot change it. The \
                  API's model says that the request fails regardless of the value, so `false` is refused too. The \
                  volume is encrypted at launch where the account encrypts by default.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html",
    trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "Encrypted": false"#),
    near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
    message: "`Encrypted` stands beside the snapshot {value}; EC2 refuses it there, true or false, since a volume takes its \
              encryption from the snapshot",
    help: "leave `Encrypted` out; to have the volume encrypted, copy the snapshot with encryption and write the copy's id",
    ..Rule::ROW
};

static KMS_KEY: Rule = Rule {
    id: "kms-key",
    evidence: Evidence::SiblingApi,
    ec2_code: Some(ErrorCode::UNKNOWN_PARAMETER),
    ec2_messages: &["The parameter KmsKeyId is not recognized"],
    summary: "RegisterImage takes no KMS key",
    explanation: "The API's model says that the member is for RunInstances, RequestSpotFleet and RequestSpotInstances \
                  alone. CreateImage answers `The parameter KmsKeyId is not recognized`; whether RegisterImage refuses or \
                  overlooks it was not seen.",
    source: "https://github.com/hashicorp/packer-plugin-amazon/issues/585",
    trigger: ebs!(r#""VolumeSize": 8, "Encrypted": true, "KmsKeyId": "alias/web""#),
    near_miss: ebs!(r#""VolumeSize": 8, "Encrypted": true"#),
    message: "the volume names the KMS key {value}, which RegisterImage is not documented to take",
    help: "take `KmsKeyId` out, and name the key when you launch or when you copy the snapshot",
    ..Rule::ROW
};

fn check(request: &RegisterImageRequest, findings: &mut Findings<'_>) {
    for (at, mapping) in request.sent_mappings().iter().enumerate() {
        let Some(ebs) = mapping.ebs_volume() else { continue };
        // An empty id is a mistake of its own.
        let snapshot = ebs.snapshot_id.as_ref().map(SnapshotId::as_str).filter(|id| !id.is_empty());
        if let (Some(snapshot), Some(_)) = (snapshot, ebs.encrypted) {
            findings.add(
                &WITH_SNAPSHOT,
                RequestPath::Ebs(at, Member::Encrypted),
                Parameters::default().value(snapshot),
            );
        }
        if let Some(key) = &ebs.kms_key_id {
            findings.add(&KMS_KEY, RequestPath::Ebs(at, Member::KmsKeyId), Parameters::default().value(key.as_str()));
        }
    }
}
