//! The KMS keys that a launch uses.
#![allow(clippy::unwrap_used, reason = "clippy does not see that helpers are tests too")]

use ec2_register_image::encryption::{
    Account, Contradiction, Key, KeyRole, KmsAction, Launch, Prediction, SourceSnapshot, VolumeSource, predict,
};
use ec2_register_image::types::KmsKeyId;

use crate::encryption::{account, key, launch, snapshot, source};

/// A volume that is re-encrypted needs two keys, and the one of a shared snapshot one action more.
#[test]
fn permissions() {
    #[track_caller]
    fn assert_permissions(source: &VolumeSource, launch: &Launch, expected: &[(KeyRole, &[&str], &str)]) {
        let prediction = predict(source, &account(Some(false), key("default")), launch).unwrap();
        let Prediction::Certain(outcome) = prediction else { panic!("{prediction:?}") };
        let found: Vec<_> = outcome
            .permissions()
            .iter()
            .map(|needed| {
                let has_data_key = needed.actions().contains(&KmsAction::GenerateDataKey);
                assert_eq!(needed.actions().len(), if has_data_key { 7 } else { 6 });
                assert_eq!(has_data_key, needed.role() == KeyRole::SharedSnapshot);
                let ids: Vec<_> = needed.kms_key_ids().iter().map(KmsKeyId::as_str).collect();
                (needed.role(), ids, needed.to_string())
            })
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(role, ids, text)| (*role, ids.to_vec(), (*text).to_owned())).collect();
        assert_eq!(found, expected);
    }

    const OF_THE_LAUNCH: (KeyRole, &[&str], &str) =
        (KeyRole::Specified, &["named"], "the KMS key that the launch names");
    const OF_THE_ACCOUNT: (KeyRole, &[&str], &str) =
        (KeyRole::Default, &["default"], "the default KMS key of the launching account and Region");
    let (nothing, named) = (Launch::new(), launch(Some(true), key("named")));

    let unencrypted = snapshot(Some(false), None, None);
    assert_permissions(&unencrypted, &nothing, &[]);
    assert_permissions(&unencrypted, &named, &[OF_THE_LAUNCH]);
    let owned = snapshot(Some(true), Some(true), key("own"));
    let own = (KeyRole::Snapshot, &["own"][..], "the KMS key of the snapshot");
    assert_permissions(&owned, &nothing, &[own]);
    assert_permissions(&owned, &named, &[OF_THE_LAUNCH, own]);
    assert_permissions(&source("outpost", key("own")), &nothing, &[own]);

    let shared = SourceSnapshot::new().owned(false).kms_key_id("own");
    let theirs = (KeyRole::SharedSnapshot, &["own"][..], "the KMS key of the snapshot, which its owner has to share");
    assert_permissions(&VolumeSource::Snapshot(shared.clone()), &nothing, &[OF_THE_ACCOUNT, theirs]);
    let shared = shared.associated_kms_key_id("second").associated_kms_key_id("third");
    let theirs = (
        KeyRole::SharedSnapshot,
        &["own", "second", "third"][..],
        "the KMS key of the snapshot or one of its associated keys, which its owner has to share",
    );
    assert_permissions(&VolumeSource::Snapshot(shared), &named, &[OF_THE_LAUNCH, theirs]);
}

/// EBS shares no snapshot under the AWS managed key, so its user owns it.
#[test]
fn the_aws_managed_key_cannot_be_shared() {
    for managed in ["alias/aws/ebs", "arn:aws:kms:eu-west-3:123456789012:alias/aws/ebs"] {
        let shared = snapshot(Some(true), Some(false), key(managed));
        let error = predict(&shared, &Account::new(), &Launch::new()).unwrap_err();
        assert_eq!(error, Contradiction::SharedAwsManagedKey(managed.into()));
        assert!(error.to_string().contains(&format!("the AWS managed key `{managed}` encrypts it")), "{error}");

        let prediction = predict(&snapshot(None, None, key(managed)), &Account::new(), &Launch::new()).unwrap();
        assert_eq!(prediction.key(), Some(&Key::Snapshot(key(managed))));
        // An unencrypted snapshot has no key, whatever the facts state.
        assert!(predict(&snapshot(Some(false), Some(false), key(managed)), &Account::new(), &Launch::new()).is_ok());
    }
    for other in ["alias/mine", "arn:aws:kms:eu-west-3:123456789012:key/alias/aws/ebs-2", "key-1"] {
        assert!(predict(&snapshot(Some(true), Some(false), key(other)), &Account::new(), &Launch::new()).is_ok());
    }
}
