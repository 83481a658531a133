//! Encryption, as far as a request can set it.

use super::example::ebs;
use crate::model::{EbsBlockDeviceMember as Member, RequestPath};
use crate::rules::declare::subject;
use crate::types::SnapshotId;

subject! {
    "Encryption",
    passes: [ebs],
    rules: {
    rule encrypted_with_snapshot(snapshot: &str) {
        id: "encrypted-with-snapshot",
        level: Error,
        evidence: Documented,
        code: INVALID_PARAMETER,
        wordings: [
            PARAMETER_INVALID(
                parameter: "encrypted",
                reason: ". You cannot specify the encrypted flag if specifying a snapshot id in a block device mapping."
            ),
            ENCRYPTED_WITH_SNAPSHOT(device: "*"),
        ],
        summary: "`Encrypted` cannot be combined with `SnapshotId`, whatever its value",
        explanation: "A volume from a snapshot has the encryption of the snapshot, which RegisterImage cannot \
                      change. The API model says that the request fails regardless of the value, so EC2 rejects \
                      `false` too. EC2 encrypts the volume at launch if the account encrypts by default.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html",
        message: "`Encrypted` cannot be set on a volume created from a snapshot ({snapshot}), whatever its value",
        help: "remove `Encrypted`; for an encrypted volume, copy the snapshot with encryption and use the ID of the \
               copy",
        trigger: ebs!(r#""SnapshotId": "snap-0123456789abcdef0", "Encrypted": false"#),
        near_miss: ebs!(r#""SnapshotId": "snap-0123456789abcdef0""#),
        says: "`Encrypted` cannot be set on a volume created from a snapshot (\"snap-0123456789abcdef0\"), whatever \
               its value",
    }
    check ebs(_request, at, ebs) {
        // An empty ID has a finding of its own.
        let snapshot = ebs.snapshot_id.as_ref().map(SnapshotId::as_str).filter(|id| !id.is_empty());
        if let (Some(snapshot), Some(_)) = (snapshot, ebs.encrypted) {
            encrypted_with_snapshot(RequestPath::Ebs(at, Member::Encrypted), snapshot);
        }
    }

    rule kms_key(key: &str) {
        id: "kms-key",
        level: Warning,
        evidence: SiblingApi,
        code: UNKNOWN_PARAMETER,
        wordings: [PARAMETER_UNKNOWN(parameter: "KmsKeyId")],
        summary: "RegisterImage does not accept a KMS key",
        explanation: "The API model says that only RunInstances, RequestSpotFleet and RequestSpotInstances support \
                      the member. CreateImage responds `The parameter KmsKeyId is not recognized`. It is not known \
                      whether RegisterImage rejects or ignores it.",
        source: "https://github.com/hashicorp/packer-plugin-amazon/issues/585",
        message: "`KmsKeyId` is {key}, but RegisterImage is not documented to accept a KMS key",
        help: "remove `KmsKeyId`, and specify the key when you launch or when you copy the snapshot",
        trigger: ebs!(r#""VolumeSize": 8, "Encrypted": true, "KmsKeyId": "alias/web""#),
        near_miss: ebs!(r#""VolumeSize": 8, "Encrypted": true"#),
        says: "`KmsKeyId` is \"alias/web\", but RegisterImage is not documented to accept a KMS key",
    }
    check ebs(_request, at, ebs) {
        if let Some(key) = &ebs.kms_key_id {
            kms_key(RequestPath::Ebs(at, Member::KmsKeyId), key.as_str());
        }
    }
    }
}
