//! The encryption of launched volumes: AWS's table cell by cell, and what holds for all of it.
#![allow(clippy::unwrap_used, reason = "clippy does not see that helpers are tests too")]

use std::collections::HashSet;

use ec2_register_image::encryption::{
    Account, Contradiction, Key, KeyRole, Launch, LaunchLocation, Prediction, SourceSnapshot, Unknown,
    VolumeEncryption, VolumeSource, predict,
};
use ec2_register_image::types::KmsKeyId;

/// Source, the launch's `Encrypted` and `KmsKeyId`, and the outcome with encryption by default off and on: `plain`, the
/// key that encrypts, or `!` and the contradiction. A `?` marks what no page of AWS states.
const TABLE: &str = "
    new                     -      -      plain     default
    new                     false  -      plain     default
    new                     true   -      default   default
    new                     -      named  !key      !key
    new                     false  named  !key      !key
    new                     true   named  named     named

    new-false               -      -      plain     default
    new-false               false  -      plain     default
    new-false               true   -      default   default
    new-false               -      named  !key      !key
    new-false               false  named  !key      !key
    new-false               true   named  named     named

    new-true                -      -      default   default
    new-true                false  -      default?  default?
    new-true                true   -      default   default
    new-true                -      named  !key      !key
    new-true                false  named  !key      !key
    new-true                true   named  named     named

    owned-unencrypted       -      -      plain     default
    owned-unencrypted       false  -      plain     default
    owned-unencrypted       true   -      default   default
    owned-unencrypted       -      named  !key      !key
    owned-unencrypted       false  named  !key      !key
    owned-unencrypted       true   named  named     named

    shared-unencrypted      -      -      plain     default
    shared-unencrypted      false  -      plain     default
    shared-unencrypted      true   -      default   default
    shared-unencrypted      -      named  !key      !key
    shared-unencrypted      false  named  !key      !key
    shared-unencrypted      true   named  named     named

    owned-encrypted         -      -      snapshot  snapshot
    owned-encrypted         false  -      snapshot? snapshot?
    owned-encrypted         true   -      snapshot  snapshot
    owned-encrypted         -      named  !key      !key
    owned-encrypted         false  named  !key      !key
    owned-encrypted         true   named  named     named

    shared-encrypted        -      -      default   default
    shared-encrypted        false  -      default?  default?
    shared-encrypted        true   -      default   default
    shared-encrypted        -      named  !key      !key
    shared-encrypted        false  named  !key      !key
    shared-encrypted        true   named  named     named

    outpost                 -      -      snapshot  snapshot
    outpost                 false  -      snapshot? snapshot?
    outpost                 true   -      snapshot  snapshot
    outpost                 -      named  !key      !key
    outpost                 false  named  !key      !key
    outpost                 true   named  !outpost  !outpost

    local-zone-encrypted    -      -      snapshot  snapshot
    local-zone-encrypted    false  -      snapshot? snapshot?
    local-zone-encrypted    true   -      snapshot  snapshot
    local-zone-encrypted    -      named  !key      !key
    local-zone-encrypted    false  named  !key      !key
    local-zone-encrypted    true   named  snapshot? snapshot?

    local-zone-unencrypted  -      -      plain?    default?
    local-zone-unencrypted  false  -      plain?    default?
    local-zone-unencrypted  true   -      default?  default?
    local-zone-unencrypted  -      named  !key      !key
    local-zone-unencrypted  false  named  !key      !key
    local-zone-unencrypted  true   named  named?    named?
";

pub const STATES: [Option<bool>; 3] = [None, Some(false), Some(true)];

pub fn key(name: &str) -> Option<KmsKeyId> {
    Some(KmsKeyId::from(name))
}

pub fn snapshot(encrypted: Option<bool>, owned: Option<bool>, kms_key_id: Option<KmsKeyId>) -> VolumeSource {
    let mut snapshot = SourceSnapshot::new();
    (snapshot.encrypted, snapshot.owned, snapshot.kms_key_id) = (encrypted, owned, kms_key_id);
    VolumeSource::Snapshot(snapshot)
}

pub fn account(encryption_by_default: Option<bool>, default_kms_key_id: Option<KmsKeyId>) -> Account {
    let mut account = Account::new();
    (account.encryption_by_default, account.default_kms_key_id) = (encryption_by_default, default_kms_key_id);
    account
}

pub fn launch(encrypted: Option<bool>, kms_key_id: Option<KmsKeyId>) -> Launch {
    let mut launch = Launch::new();
    (launch.encrypted, launch.kms_key_id) = (encrypted, kms_key_id);
    launch
}

/// A source of the table, with or without knowledge of its key.
pub fn source(name: &str, own: Option<KmsKeyId>) -> VolumeSource {
    match name {
        "new" => VolumeSource::Empty { encrypted: None },
        "new-false" => VolumeSource::Empty { encrypted: Some(false) },
        "new-true" => VolumeSource::Empty { encrypted: Some(true) },
        "owned-unencrypted" => snapshot(Some(false), Some(true), None),
        "shared-unencrypted" => snapshot(Some(false), Some(false), None),
        "owned-encrypted" => snapshot(Some(true), Some(true), own),
        "shared-encrypted" => snapshot(Some(true), Some(false), own),
        "outpost" => VolumeSource::OutpostSnapshot { kms_key_id: own },
        "local-zone-encrypted" => VolumeSource::LocalZoneSnapshot { encrypted: Some(true), kms_key_id: own },
        "local-zone-unencrypted" => VolumeSource::LocalZoneSnapshot { encrypted: Some(false), kms_key_id: None },
        other => panic!("no source {other}"),
    }
}

/// What the table calls this.
pub fn cell(prediction: &Result<Prediction, Contradiction>) -> String {
    let outcome = match prediction {
        Ok(Prediction::Certain(outcome)) => outcome,
        Ok(other) => panic!("{other:?}"),
        Err(Contradiction::KeyWithoutEncrypted(_)) => return "!key".into(),
        Err(Contradiction::RekeyedOutpostSnapshot(_)) => return "!outpost".into(),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(outcome.encrypted(), *outcome.key() != Key::Unencrypted);
    let name = match outcome.key() {
        Key::Unencrypted => "plain",
        Key::Snapshot(_) => "snapshot",
        Key::Default(_) => "default",
        Key::Specified(_) => "named",
        other => panic!("{other:?}"),
    };
    format!("{name}{}", if outcome.is_documented() { "" } else { "?" })
}

pub fn state(text: &str) -> Option<bool> {
    match text {
        "-" => None,
        text => Some(text.parse().unwrap()),
    }
}

/// Every combination of known inputs, once with the ids of the keys and once without.
#[test]
fn the_table() {
    let mut seen = HashSet::new();
    for row in TABLE.lines().filter(|row| !row.trim().is_empty()) {
        let [name, encrypted, named, off, on] = row.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{row}") };
        let launch = launch(state(encrypted), if named == "named" { key("named") } else { None });
        for (own, default) in [(key("own"), key("default")), (None, None)] {
            for (by_default, expected) in [(false, off), (true, on)] {
                let account = account(Some(by_default), default.clone());
                let prediction = predict(&source(name, own.clone()), &account, &launch);
                assert_eq!(cell(&prediction), expected, "by default {by_default}, row {row}");
                seen.insert((name, encrypted, named, by_default));
                match prediction.as_ref().map(Prediction::key) {
                    Ok(Some(Key::Snapshot(id))) => assert_eq!(*id, own, "{row}"),
                    Ok(Some(Key::Default(id))) => assert_eq!(*id, default, "{row}"),
                    Ok(Some(Key::Specified(id))) => assert_eq!(*id, "named", "{row}"),
                    _ => {}
                }
            }
        }
    }
    // 10 sources, encryption by default off and on, 3 states of `Encrypted`, a key or none.
    assert_eq!(seen.len(), 10 * 2 * 3 * 2);
}

/// Every source, with every part known and unknown, each with what it is known to be: encrypted, shared and encrypted.
pub fn sources() -> Vec<(VolumeSource, bool, bool)> {
    let mut sources = Vec::new();
    for encrypted in STATES {
        sources.push((VolumeSource::Empty { encrypted }, encrypted == Some(true), false));
        for own in [None, key("own")].into_iter().filter(|own| own.is_none() || encrypted != Some(false)) {
            let is = encrypted == Some(true) || own.is_some();
            sources.push((VolumeSource::LocalZoneSnapshot { encrypted, kms_key_id: own.clone() }, is, false));
            for owned in STATES {
                sources.push((snapshot(encrypted, owned, own.clone()), is, is && owned == Some(false)));
            }
        }
    }
    sources.extend([None, key("own")].map(|kms_key_id| (VolumeSource::OutpostSnapshot { kms_key_id }, true, false)));
    sources
}

pub fn launches() -> Vec<Launch> {
    let keys = || [None, key("named"), key("own")];
    STATES.into_iter().flat_map(|encrypted| keys().map(|key| launch(encrypted, key))).collect()
}

/// The outcomes that are left.
fn outcomes(prediction: &Prediction) -> HashSet<VolumeEncryption> {
    match prediction {
        Prediction::Certain(outcome) => HashSet::from([outcome.clone()]),
        Prediction::DependsOn { if_true, if_false, .. } => &outcomes(if_true) | &outcomes(if_false),
        other => panic!("{other:?}"),
    }
}

/// Runs a law over every combination, and says how many there were and how many of them contradict themselves.
fn for_all(mut law: impl FnMut((&VolumeSource, bool, bool), Option<bool>, &Launch, &Prediction)) -> (usize, usize) {
    let (mut all, mut contradictions) = (0, 0);
    for (source, encrypted, shared) in &sources() {
        for by_default in STATES {
            for launch in &launches() {
                all += 1;
                match predict(source, &account(by_default, None), launch) {
                    Ok(prediction) => law((source, *encrypted, *shared), by_default, launch, &prediction),
                    Err(_) => contradictions += 1,
                }
            }
        }
    }
    (all, contradictions)
}

#[test]
fn encryption_is_never_removed() {
    let mut encrypted_sources = 0;
    let (all, contradictions) = for_all(|(source, encrypted, _), by_default, launch, prediction| {
        let asked = launch.encrypted == Some(true);
        if encrypted || by_default == Some(true) || asked {
            assert_eq!(prediction.encrypted(), Some(true), "{source:?} {by_default:?} {launch:?}");
        }
        encrypted_sources += usize::from(encrypted);
    });
    // 3 empty, 15 snapshots, 5 in a Local Zone, 2 on an Outpost; 3 states of the account; 9 launches.
    assert_eq!(all, (3 + 15 + 5 + 2) * 3 * 9);
    // A key without `Encrypted`: 4 launches of each. A local snapshot on an Outpost with another key: both keys if its own
    // is unknown, one if it is known.
    assert_eq!(contradictions, (25 * 4 + 2 + 1) * 3);
    assert!(encrypted_sources > 0);
}

#[test]
fn nothing_is_encrypted_unasked() {
    for name in ["new", "new-false", "owned-unencrypted", "shared-unencrypted", "local-zone-unencrypted"] {
        for said in [None, Some(false)] {
            let account = account(Some(false), key("default"));
            let prediction = predict(&source(name, None), &account, &launch(said, None)).unwrap();
            assert_eq!(prediction.key(), Some(&Key::Unencrypted), "{name}");
        }
    }
}

#[test]
fn a_shared_snapshot_never_keeps_the_owners_key() {
    let mut shared_sources = 0;
    for_all(|(source, _, shared), _, launch, prediction| {
        if shared {
            shared_sources += 1;
            for outcome in outcomes(prediction) {
                assert!(!matches!(outcome.key(), Key::Snapshot(_)), "{source:?} {launch:?}");
                let shared = outcome.permissions().iter().filter(|needed| needed.role() == KeyRole::SharedSnapshot);
                assert_eq!(shared.count(), 1, "{source:?} {launch:?}");
            }
        }
    });
    // 3 sources (known to be encrypted, known by the key, by both), 3 states of the account, 5 launches without error.
    assert_eq!(shared_sources, 3 * 3 * 5);
}

/// What is unknown always gives what its two known values give, and no more.
#[test]
fn the_unknown_gives_both_outcomes() {
    #[track_caller]
    fn assert_both(
        prediction: &Prediction,
        what: Unknown,
        known: impl Fn(bool) -> Result<Prediction, Contradiction>,
    ) -> usize {
        let (if_true, if_false) = (known(true).unwrap(), known(false).unwrap());
        assert_eq!(outcomes(prediction), &outcomes(&if_true) | &outcomes(&if_false));
        assert_eq!(depends_on(prediction).contains(&what), if_true != if_false);
        1
    }

    let mut compared = 0;
    for_all(|(source, ..), by_default, launch, prediction| {
        if by_default.is_none() {
            compared += assert_both(prediction, Unknown::EncryptionByDefault, |known| {
                predict(source, &account(Some(known), None), launch)
            });
        }
        let account = account(by_default, None);
        match source {
            VolumeSource::Snapshot(SourceSnapshot { encrypted, owned, kms_key_id, .. }) => {
                if encrypted.is_none() && kms_key_id.is_none() {
                    compared += assert_both(prediction, Unknown::SnapshotEncrypted, |known| {
                        predict(&snapshot(Some(known), *owned, None), &account, launch)
                    });
                }
                if owned.is_none() {
                    compared += assert_both(prediction, Unknown::SnapshotOwned, |known| {
                        predict(&snapshot(*encrypted, Some(known), kms_key_id.clone()), &account, launch)
                    });
                }
            }
            VolumeSource::LocalZoneSnapshot { encrypted: None, kms_key_id: None } => {
                compared += assert_both(prediction, Unknown::SnapshotEncrypted, |known| {
                    let source = VolumeSource::LocalZoneSnapshot { encrypted: Some(known), kms_key_id: None };
                    predict(&source, &account, launch)
                });
            }
            _ => {}
        }
    });
    // All that is no contradiction, where the default is unknown; then, in 3 states of the account and the 5 launches
    // without a contradiction, 3 snapshots in the Region of unknown state, 5 of unknown owner, and one in a Local Zone.
    assert_eq!(compared, (25 * 9 - (25 * 4 + 2 + 1)) + (3 + 5 + 1) * 3 * 5);
}

fn depends_on(prediction: &Prediction) -> HashSet<Unknown> {
    match prediction {
        Prediction::DependsOn { what, if_true, if_false, .. } => {
            let mut all = &depends_on(if_true) | &depends_on(if_false);
            all.insert(*what);
            all
        }
        _ => HashSet::new(),
    }
}

/// What two outcomes have in common is known, though not which of them comes.
#[test]
fn outcomes_may_agree() {
    let nothing_known = predict(&snapshot(None, None, None), &Account::new(), &Launch::new()).unwrap();
    assert_eq!((nothing_known.encrypted(), nothing_known.key()), (None, None));
    assert_eq!(depends_on(&nothing_known).len(), 3);

    let owner_unknown = predict(&snapshot(Some(true), None, None), &Account::new(), &Launch::new()).unwrap();
    assert_eq!((owner_unknown.encrypted(), owner_unknown.key()), (Some(true), None));
    assert_eq!(depends_on(&owner_unknown), HashSet::from([Unknown::SnapshotOwned]));

    let shared = predict(&snapshot(None, Some(false), None), &account(Some(true), None), &Launch::new()).unwrap();
    assert_eq!((shared.encrypted(), shared.key()), (Some(true), Some(&Key::Default(None))));
    assert_eq!(depends_on(&shared), HashSet::from([Unknown::SnapshotEncrypted]), "the permissions differ");
}

/// A local snapshot's own key is no other key.
#[test]
fn a_local_snapshot_takes_its_own_key() {
    for name in ["outpost", "local-zone-encrypted"] {
        let own = source(name, key("own"));
        let launch = Launch::new().encrypted(true).kms_key_id("own");
        let prediction = predict(&own, &Account::new(), &launch).unwrap();
        assert_eq!(prediction.key(), Some(&Key::Snapshot(key("own"))), "{name}");
    }
    let launch = Launch::new().encrypted(true).kms_key_id("own");
    assert!(predict(&source("outpost", None), &Account::new(), &launch).is_err());
}

#[test]
fn reasons_fit_their_keys() {
    for_all(|(source, ..), _, launch, prediction| {
        for outcome in outcomes(prediction) {
            let part = match outcome.key() {
                Key::Unencrypted => "no permission on a KMS key",
                Key::Snapshot(_) => "the KMS key of the snapshot",
                Key::Default(_) => "the default KMS key of the launching account and Region",
                Key::Specified(_) => "the KMS key that the launch names",
                other => panic!("{other:?}"),
            };
            let needs = serde_json::to_value(&outcome).unwrap()["Needs"].as_str().unwrap().to_owned();
            assert!(needs.contains(part), "{source:?} {launch:?}: {needs}");
            assert_eq!(outcome.permissions().is_empty(), *outcome.key() == Key::Unencrypted);
            assert!(outcome.source().starts_with("https://docs.aws.amazon.com/"), "{}", outcome.source());
            assert!(!outcome.why().is_empty() && !outcome.why().contains('.'), "{}", outcome.why());
        }
    });
}

#[test]
fn contradictions_say_what_to_do() {
    #[track_caller]
    fn assert_error(name: &str, launch: &Launch, message: &str) {
        let error = predict(&source(name, None), &Account::new(), launch).unwrap_err();
        assert_eq!(error.to_string(), message);
    }

    let bare = Launch::new().kms_key_id("alias/web");
    let key_alone = "the launch names the KMS key `alias/web` but does not set `Encrypted` to `true`; set \
                     `Encrypted`, or remove the key";
    assert_error("owned-encrypted", &bare, key_alone);
    assert_error("outpost", &bare.clone().encrypted(false), key_alone);

    let rekeyed = bare.encrypted(true);
    assert_error(
        "outpost",
        &rekeyed,
        "the launch names the KMS key `alias/web`, but a volume keeps the key of its local snapshot on an Outpost; \
         remove the key",
    );
}

#[test]
fn unknowns_say_what_they_are() {
    assert_eq!(Unknown::SnapshotEncrypted.to_string(), "whether the snapshot is encrypted");
    assert_eq!(Unknown::SnapshotOwned.to_string(), "whether the launching account owns the snapshot");
    assert_eq!(
        Unknown::EncryptionByDefault.to_string(),
        "whether the launching account encrypts by default in that Region"
    );
}

#[test]
fn a_mapping_states_its_source() {
    #[track_caller]
    fn assert_source(mapping: &str, expected: Option<VolumeSource>) {
        let known = SourceSnapshot::new().owned(true).kms_key_id("own");
        assert_eq!(VolumeSource::from_mapping(&serde_json::from_str(mapping).unwrap(), known), expected);
    }

    let owned = || Some(snapshot(None, Some(true), key("own")));
    assert_source(r#"{"Ebs": {"SnapshotId": "snap-1"}}"#, owned());
    // RegisterImage refuses these two, so they decide nothing.
    assert_source(r#"{"Ebs": {"SnapshotId": "snap-1", "Encrypted": true}}"#, owned());
    assert_source(r#"{"Ebs": {"SnapshotId": "snap-1", "KmsKeyId": "alias/web"}}"#, owned());
    assert_source(
        r#"{"Ebs": {"SnapshotId": "snap-1", "OutpostArn": "arn"}}"#,
        Some(VolumeSource::OutpostSnapshot { kms_key_id: key("own") }),
    );
    let empty = |encrypted| Some(VolumeSource::Empty { encrypted });
    assert_source(r#"{"Ebs": {"VolumeSize": 8}}"#, empty(None));
    assert_source(r#"{"Ebs": {"VolumeSize": 8, "SnapshotId": "", "Encrypted": false}}"#, empty(Some(false)));
    assert_source(r#"{"Ebs": {"VolumeSize": 8, "OutpostArn": "arn", "Encrypted": true}}"#, empty(Some(true)));
    assert_source(r#"{"Ebs": {"SnapshotId": "snap-1"}, "NoDevice": ""}"#, None);
    assert_source(r#"{"Ebs": {"SnapshotId": "snap-1"}, "VirtualName": "ephemeral0"}"#, None);
    assert_source(r#"{"VirtualName": "ephemeral0"}"#, None);
    assert_source(r#"{"Ebs": {}}"#, None);
}

#[test]
fn is_plain_data() {
    fn assert_plain<T: Send + Sync + Unpin + std::fmt::Debug + Clone + Eq + std::hash::Hash>() {}
    assert_plain::<(VolumeSource, Account, Launch, Prediction, Contradiction)>();
}

#[test]
fn a_prediction_as_json() {
    let json = |source: &VolumeSource, account: &Account| {
        serde_json::to_value(predict(source, account, &Launch::new()).unwrap()).unwrap()
    };
    let outcome = json(&snapshot(Some(true), Some(true), key("own")), &Account::new());
    let expected = serde_json::json!({
        "Encrypted": true,
        "Key": "snapshot",
        "KmsKeyId": "own",
        "Why": "a volume from an encrypted snapshot that the launching account owns keeps the snapshot's key",
        "Needs": "permission to use the KMS key of the snapshot",
        "Permissions": [{
            "Key": "snapshot",
            "KmsKeyIds": ["own"],
            "Actions": [
                "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom", "kms:ReEncryptTo",
            ],
        }],
        "Source":
            "https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes",
        "Documented": true,
    });
    assert_eq!(outcome, expected);
    assert_eq!(serde_json::to_string(&Key::Unencrypted).unwrap(), r#"{"Key":"none","KmsKeyId":null}"#);

    let unencrypted = snapshot(Some(false), None, None);
    let depends = json(&unencrypted, &Account::new());
    assert_eq!(depends["DependsOn"], "encryption-by-default");
    assert_eq!(depends["IfTrue"], json(&unencrypted, &account(Some(true), None)));
    assert_eq!(depends["IfFalse"], json(&unencrypted, &account(Some(false), None)));
    assert_eq!(depends.as_object().unwrap().len(), 3);
}

/// The table on the module's page says what the function does.
#[test]
fn the_documented_table() {
    let source_text = include_str!("../../src/encryption/mod.rs");
    let rows: Vec<Vec<&str>> = source_text
        .lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .map(|row| row.trim_end_matches(" |").split(" | ").collect())
        .collect();
    let sources: [(&str, &[&str]); 8] = [
        ("empty volume", &["new", "new-false"]),
        ("empty volume with `Encrypted`", &["new-true"]),
        ("unencrypted snapshot", &["owned-unencrypted", "shared-unencrypted"]),
        ("encrypted snapshot of the account", &["owned-encrypted"]),
        ("encrypted snapshot of another account", &["shared-encrypted"]),
        ("local snapshot on an Outpost", &["outpost"]),
        ("encrypted local snapshot in a Local Zone", &["local-zone-encrypted"]),
        ("unencrypted local snapshot in a Local Zone", &["local-zone-unencrypted"]),
    ];
    let launches =
        [launch(None, None), launch(Some(false), None), launch(Some(true), None), launch(Some(true), key("named"))];
    let kind = |source: &VolumeSource, by_default: bool, launch: &Launch| match cell(&predict(
        source,
        &account(Some(by_default), None),
        launch,
    ))
    .as_str()
    {
        "!outpost" => "contradiction".to_owned(),
        cell => cell.replace("plain", "none").replace("named", "specified"),
    };
    assert_eq!(rows.len(), 2 + sources.len());
    for (row, (title, names)) in rows[2..].iter().zip(sources) {
        assert_eq!(row[0], title);
        for name in names {
            let source = source(name, None);
            for (documented, launch) in row[1..].iter().zip(&launches) {
                let (off, on) = (kind(&source, false, launch), kind(&source, true, launch));
                let expected = if off == on { off } else { format!("{off}, {on}") };
                assert_eq!(*documented, expected, "{title}, {launch:?}");
                // Where EBS encrypts every volume, the second value holds.
                if !expected.contains("contradiction") {
                    let account = account(Some(true), None);
                    let there = launch.clone().location(LaunchLocation::Outpost);
                    let prediction = predict(&source, &account, &there).unwrap();
                    assert_eq!(prediction.key(), predict(&source, &account, launch).unwrap().key());
                }
            }
        }
    }
}

/// A launch contradicts a source of unknown encryption only if it contradicts both an encrypted and an unencrypted one.
#[test]
fn what_is_unknown_contradicts_nothing_by_itself() {
    let mut contradictions = 0;
    for launch in launches() {
        for owned in STATES {
            let of = |encrypted| {
                [snapshot(encrypted, owned, None), VolumeSource::LocalZoneSnapshot { encrypted, kms_key_id: None }]
            };
            let known = of(Some(true)).into_iter().zip(of(Some(false)));
            for (unknown, (encrypted, unencrypted)) in of(None).into_iter().zip(known) {
                let fails = |source: &VolumeSource| predict(source, &Account::new(), &launch).is_err();
                assert_eq!(fails(&unknown), fails(&encrypted) && fails(&unencrypted), "{unknown:?} {launch:?}");
                assert_eq!(fails(&encrypted), fails(&unencrypted), "{unknown:?} {launch:?}");
                contradictions += usize::from(fails(&unknown));
            }
        }
    }
    // A key without `Encrypted`: 4 launches, 3 states of the owner, 2 sources.
    assert_eq!(contradictions, 4 * 3 * 2);
}
