//! Where volumes are encrypted: the locations of launches and of snapshots.
#![allow(clippy::unwrap_used, reason = "clippy does not see that helpers are tests too")]

use ec2_register_image::encryption::{Launch, LaunchLocation, SourceSnapshot, VolumeSource, predict};

use crate::encryption::{STATES, account, cell, key, launch, launches, snapshot, source, sources, state};

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
