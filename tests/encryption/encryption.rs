//! The encryption of launched volumes: AWS's table cell by cell, and what holds for all of it.
#![allow(clippy::unwrap_used, reason = "clippy does not see that helpers are tests too")]

use std::collections::HashSet;

use ec2_register_image::encryption::{
    Account, Contradiction, Key, KeyRole, KmsAction, Launch, LaunchLocation, Prediction, SourceSnapshot, Unknown,
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

const STATES: [Option<bool>; 3] = [None, Some(false), Some(true)];

fn key(name: &str) -> Option<KmsKeyId> {
    Some(KmsKeyId::from(name))
}

fn snapshot(encrypted: Option<bool>, owned: Option<bool>, kms_key_id: Option<KmsKeyId>) -> VolumeSource {
    let mut snapshot = SourceSnapshot::new();
    (snapshot.encrypted, snapshot.owned, snapshot.kms_key_id) = (encrypted, owned, kms_key_id);
    VolumeSource::Snapshot(snapshot)
}

fn account(encryption_by_default: Option<bool>, default_kms_key_id: Option<KmsKeyId>) -> Account {
    let mut account = Account::new();
    (account.encryption_by_default, account.default_kms_key_id) = (encryption_by_default, default_kms_key_id);
    account
}

fn launch(encrypted: Option<bool>, kms_key_id: Option<KmsKeyId>) -> Launch {
    let mut launch = Launch::new();
    (launch.encrypted, launch.kms_key_id) = (encrypted, kms_key_id);
    launch
}

/// A source of the table, with or without knowledge of its key.
fn source(name: &str, own: Option<KmsKeyId>) -> VolumeSource {
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
fn cell(prediction: &Result<Prediction, Contradiction>) -> String {
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

fn state(text: &str) -> Option<bool> {
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
fn sources() -> Vec<(VolumeSource, bool, bool)> {
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

fn launches() -> Vec<Launch> {
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

/// The table for a launch where EBS encrypts every volume: source, the launch's `Encrypted`, and the outcome without a
/// key of the launch. A `?` marks what no page of AWS states.
const ENCRYPTING_LOCATION: &str = "
    new                     -      default
    new                     false  default?
    new                     true   default
    new-false               -      default
    new-true                -      default
    new-true                false  default?
    owned-unencrypted       -      default
    owned-unencrypted       false  default?
    owned-unencrypted       true   default
    shared-unencrypted      -      default
    owned-encrypted         -      snapshot?
    owned-encrypted         true   snapshot?
    shared-encrypted        -      default?
    outpost                 -      snapshot
    outpost                 false  snapshot?
    local-zone-encrypted    -      snapshot
    local-zone-unencrypted  -      default?
    local-zone-unencrypted  false  default?
";

fn local_zone(name: &str) -> LaunchLocation {
    LaunchLocation::LocalZone(name.into())
}

#[test]
fn some_locations_encrypt_every_volume() {
    let encrypting = [LaunchLocation::Outpost, LaunchLocation::WavelengthZone, local_zone("us-east-1-bue-1a")];
    for row in ENCRYPTING_LOCATION.lines().filter(|row| !row.trim().is_empty()) {
        let [name, encrypted, expected] = row.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{row}") };
        for location in &encrypting {
            for by_default in STATES {
                let launch = launch(state(encrypted), None).location(location.clone());
                let prediction = predict(&source(name, key("own")), &account(by_default, key("default")), &launch);
                assert_eq!(cell(&prediction), expected, "{location}, by default {by_default:?}, row {row}");
            }
        }
    }
    // A key of the launch decides there too.
    let launch = launch(Some(true), key("named")).location(LaunchLocation::Outpost);
    assert_eq!(cell(&predict(&source("new", None), &account(None, None), &launch)), "named");
    assert_eq!(cell(&predict(&source("outpost", None), &account(None, None), &launch)), "!outpost");
}

#[test]
fn other_locations_are_like_the_region() {
    for (source, _, _) in &sources() {
        for by_default in STATES {
            for launch in launches() {
                let account = account(by_default, key("default"));
                let there = launch.clone().location(local_zone("us-west-2-lax-1a"));
                assert_eq!(
                    predict(source, &account, &there),
                    predict(source, &account, &launch),
                    "{source:?} {launch:?}"
                );
            }
        }
    }
    assert_eq!(Launch::new().location, LaunchLocation::Region);
}

#[test]
fn a_zone_is_a_location() {
    for (zone, location) in [
        ("us-east-1a", Some(LaunchLocation::Region)),
        ("us-gov-west-1b", Some(LaunchLocation::Region)),
        ("us-west-2-lax-1a", Some(local_zone("us-west-2-lax-1a"))),
        ("us-east-1-wl1-bos-wlz-1", Some(LaunchLocation::WavelengthZone)),
        ("us-east-1", None),
        ("garage", None),
        ("", None),
    ] {
        assert_eq!(LaunchLocation::from_zone(zone), location, "{zone}");
    }
    for (location, name, encrypts) in [
        (LaunchLocation::Region, "region", false),
        (LaunchLocation::Outpost, "outpost", true),
        (LaunchLocation::WavelengthZone, "wavelength-zone", true),
        (local_zone("af-south-1-los-1a"), "af-south-1-los-1a", true),
        (local_zone("us-west-2-sea-1a"), "us-west-2-sea-1a", true),
        (local_zone("us-west-2-lax-1b"), "us-west-2-lax-1b", false),
    ] {
        assert_eq!(location.to_string(), name);
        assert_eq!(serde_json::to_value(&location).unwrap(), name);
        assert_eq!(location.encrypts_always(), encrypts, "{name}");
    }
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

#[test]
fn a_described_snapshot_states_its_source() {
    let mapping = serde_json::from_str(r#"{"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-1"}}"#).unwrap();
    let source = |members: &str| {
        let snapshot = serde_json::from_str(&format!(r#"{{"SnapshotId": "snap-1"{members}}}"#)).unwrap();
        VolumeSource::from_description(&mapping, Some(&snapshot), Some("111111111111")).unwrap()
    };
    assert_eq!(source(""), snapshot(None, None, None));
    assert_eq!(source(r#", "OwnerId": "111111111111""#), snapshot(None, Some(true), None));
    assert_eq!(
        source(r#", "OwnerId": "222222222222", "Encrypted": true, "AssociatedKmsKeys": [{"KmsKeyId": "two"}, {}]"#),
        VolumeSource::Snapshot(SourceSnapshot::new().owned(false).encrypted(true).associated_kms_key_id("two"))
    );
    assert_eq!(source(r#", "AvailabilityZone": "us-west-1a", "Encrypted": true"#), snapshot(Some(true), None, None));
    for zone in ["us-west-2-lax-1a", "eu-central-1-ist-1a", "us-east-1-wl1-bos-wlz-1"] {
        let known = format!(r#", "AvailabilityZone": "{zone}", "Encrypted": true, "KmsKeyId": "own""#);
        assert_eq!(source(&known), VolumeSource::LocalZoneSnapshot { encrypted: Some(true), kms_key_id: key("own") });
    }
    assert_eq!(
        source(r#", "OutpostArn": "arn", "KmsKeyId": "own""#),
        VolumeSource::OutpostSnapshot { kms_key_id: key("own") }
    );
}

#[test]
fn a_location_is_read_from_text() {
    for text in ["region", "outpost", "wavelength-zone", "us-west-2-lax-1a"] {
        assert_eq!(text.parse::<LaunchLocation>().unwrap().to_string(), text);
    }
    assert_eq!("us-east-1f".parse(), Ok(LaunchLocation::Region));
    assert_eq!("us-east-1-wl1-bos-wlz-1".parse(), Ok(LaunchLocation::WavelengthZone));
    for wrong in ["", "Outpost", "us-west-2", "arn:aws:outposts:eu-west-3:123456789012:outpost/op-1"] {
        let error = wrong.parse::<LaunchLocation>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{wrong}` is not a launch location; valid values: region, ")), "{error}");
    }
}
