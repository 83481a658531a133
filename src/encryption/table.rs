//! The table itself. Compare it with AWS's
//! [encryption outcomes](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes).

use super::{Account, Contradiction, Key, Launch, VolumeEncryption};
use crate::types::KmsKeyId;

/// The column "source of volume", with the snapshot's key if a volume may keep it.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    New,
    NewEncrypted,
    Unencrypted,
    Owned(Option<&'a KmsKeyId>),
    Shared,
    Outpost(Option<&'a KmsKeyId>),
    LocalZone(Option<&'a KmsKeyId>),
    LocalZoneUnencrypted,
}

/// The table: source of the volume, encryption by default, and the launch's `Encrypted` and `KmsKeyId`.
pub(super) fn table(
    row: Row<'_>,
    by_default: bool,
    launch: &Launch,
    account: &Account,
) -> Result<VolumeEncryption, Contradiction> {
    use Contradiction::{KeyWithoutEncrypted, RekeyedLocalZoneSnapshot, RekeyedOutpostSnapshot};
    use Row::{LocalZone, LocalZoneUnencrypted, New, NewEncrypted, Outpost, Owned, Shared, Unencrypted};

    const ON: bool = true;
    const OFF: bool = false;
    const TRUE: Option<bool> = Some(true);
    const FALSE: Option<bool> = Some(false);

    let plain = || Key::Unencrypted;
    let same = |key: Option<&KmsKeyId>| Key::Snapshot(key.cloned());
    let default = || Key::Default(account.default_kms_key_id.clone());
    let specified = |key: &KmsKeyId| Key::Specified(key.clone());

    // EBS encrypts every volume at these locations.
    let always = launch.location.encrypts_always();
    let (key, reason) = match (row, by_default, launch.encrypted, launch.kms_key_id.as_ref()) {
        // A key requires `Encrypted` and then decides, except that a local snapshot keeps its own.
        (_, _, None | FALSE, Some(key)) => return Err(KeyWithoutEncrypted(key.clone())),
        (Outpost(own), _, TRUE, Some(key)) if own != Some(key) => return Err(RekeyedOutpostSnapshot(key.clone())),
        (LocalZone(own), _, TRUE, Some(key)) if own != Some(key) => return Err(RekeyedLocalZoneSnapshot(key.clone())),
        (LocalZoneUnencrypted, _, TRUE, Some(key)) => (specified(key), &LOCAL_ZONE_SPECIFIED),
        (New | NewEncrypted | Unencrypted, _, TRUE, Some(key)) => (specified(key), &SPECIFIED),
        (Owned(_), _, TRUE, Some(key)) => (specified(key), &SPECIFIED_OWNED),
        (Shared, _, TRUE, Some(key)) => (specified(key), &SPECIFIED_SHARED),

        // An unencrypted source is encrypted by the launch, or by default.
        (New | Unencrypted, _, TRUE, None) => (default(), &ASKED),
        (New | Unencrypted, _, None, None) if always => (default(), &LOCATION),
        (New | Unencrypted, _, FALSE, None) if always => (default(), &LOCATION_DENIED),
        (New | Unencrypted, ON, None | FALSE, None) => (default(), &BY_DEFAULT),
        (New | Unencrypted, OFF, None | FALSE, None) => (plain(), &PLAIN),
        (NewEncrypted, _, None | TRUE, None) => (default(), &MAPPING),
        (NewEncrypted, _, FALSE, None) => (default(), &MAPPING_DENIED),

        // An encrypted source stays encrypted.
        (Owned(own), _, None | TRUE, None) => (same(own), &OWNED),
        (Owned(own), _, FALSE, None) => (same(own), &OWNED_DENIED),
        (Shared, _, None | TRUE, None) => (default(), &SHARED),
        (Shared, _, FALSE, None) => (default(), &SHARED_DENIED),

        // AWS's table does not have local snapshots. A key that reaches these rows is their own.
        (Outpost(own), _, None | TRUE, _) => (same(own), &OUTPOST),
        (Outpost(own), _, FALSE, None) => (same(own), &OUTPOST_DENIED),
        (LocalZone(own), _, None | TRUE, _) => (same(own), &LOCAL_ZONE),
        (LocalZone(own), _, FALSE, None) => (same(own), &LOCAL_ZONE_DENIED),
        (LocalZoneUnencrypted, _, TRUE, None) => (default(), &LOCAL_ZONE_ASKED),
        (LocalZoneUnencrypted, _, None | FALSE, None) if always => (default(), &LOCAL_ZONE_LOCATION),
        (LocalZoneUnencrypted, ON, None | FALSE, None) => (default(), &LOCAL_ZONE_BY_DEFAULT),
        (LocalZoneUnencrypted, OFF, None | FALSE, None) => (plain(), &LOCAL_ZONE_PLAIN),
    };
    // The page on these locations does not mention encrypted snapshots of the Region.
    let documented = reason.documented && !(always && matches!(row, Owned(_) | Shared));
    Ok(VolumeEncryption { key, reason, documented })
}

/// What every outcome of a row has in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Reason {
    pub(super) why: &'static str,
    pub(super) needs: &'static str,
    pub(super) source: &'static str,
    pub(super) documented: bool,
}

const OUTCOMES: &str =
    "https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes";
const IMAGES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html";
const MEMBER: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html";
const OUTPOSTS: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-outposts.html";
const LOCAL_ZONES: &str = "https://docs.aws.amazon.com/ebs/latest/userguide/snapshots-localzones.html";

const LOCATIONS: &str =
    "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-local-zones-outposts-wavelength.html";

const NOTHING: &str = "no permission on a KMS key";
const THE_SNAPSHOTS: &str = "permission to use the KMS key of the snapshot";
const THE_DEFAULT: &str = "permission to use the default KMS key of the launching account and Region";
const THE_NAMED: &str = "permission to use the KMS key that the launch names";
const DEFAULT_AND_SHARED: &str = "permission to use the default KMS key of the launching account and Region, and the KMS \
                                  key of the snapshot, which its owner has to share";

/// The reasons, a line each: why, what the launcher needs, the page, and whether it states the case.
macro_rules! reasons {
    ($($name:ident = $why:literal, $needs:expr, $source:expr, $documented:literal;)+) => {
        $(static $name: Reason = Reason { why: $why, needs: $needs, source: $source, documented: $documented };)+
    };
}

reasons! {
    SPECIFIED = "the launch names the key", THE_NAMED, OUTCOMES, true;
    SPECIFIED_OWNED = "the launch names a key, which takes the place of the snapshot's",
        "permission to use the KMS key that the launch names, and the KMS key of the snapshot", IMAGES, true;
    SPECIFIED_SHARED = "the launch names a key, which takes the place of the owner's",
        "permission to use the KMS key that the launch names, and the KMS key of the snapshot, which its owner has to share",
        IMAGES, true;
    ASKED = "the launch asks for encryption and names no key", THE_DEFAULT, OUTCOMES, true;
    BY_DEFAULT = "the launching account encrypts by default, which a launch cannot decline", THE_DEFAULT, OUTCOMES, true;
    LOCATION = "EBS encrypts every volume at the launch location", THE_DEFAULT, LOCATIONS, true;
    LOCATION_DENIED = "EBS encrypts every volume at the launch location, although the launch declines encryption",
        THE_DEFAULT, LOCATIONS, false;
    PLAIN = "nothing encrypts it: neither its source, nor the launch, nor the account by default", NOTHING, OUTCOMES, true;
    MAPPING = "the image's mapping asks for an encrypted empty volume", THE_DEFAULT, OUTCOMES, true;
    MAPPING_DENIED = "the image's mapping asks for an encrypted empty volume, and encryption cannot be removed",
        THE_DEFAULT, MEMBER, false;
    OWNED = "a volume from an encrypted snapshot that the launching account owns keeps the snapshot's key", THE_SNAPSHOTS, OUTCOMES, true;
    OWNED_DENIED = "a volume from an encrypted snapshot that the launching account owns keeps the snapshot's key, since encryption cannot be removed",
        THE_SNAPSHOTS, MEMBER, false;
    SHARED = "a volume from a shared encrypted snapshot is encrypted anew, with the launching account's default key",
        DEFAULT_AND_SHARED, OUTCOMES, true;
    SHARED_DENIED = "a volume from a shared encrypted snapshot is encrypted anew, since encryption cannot be removed",
        DEFAULT_AND_SHARED, MEMBER, false;
    OUTPOST = "a volume from a local snapshot on an Outpost is encrypted with the snapshot's key", THE_SNAPSHOTS, OUTPOSTS, true;
    OUTPOST_DENIED = "a local snapshot on an Outpost is always encrypted, and encryption cannot be removed",
        THE_SNAPSHOTS, OUTPOSTS, false;
    LOCAL_ZONE = "a volume from an encrypted local snapshot in a Local Zone keeps the snapshot's key",
        THE_SNAPSHOTS, LOCAL_ZONES, true;
    LOCAL_ZONE_DENIED = "a volume from an encrypted local snapshot keeps the snapshot's key, since encryption cannot be removed",
        THE_SNAPSHOTS, LOCAL_ZONES, false;
    LOCAL_ZONE_SPECIFIED = "the launch names the key, and the local snapshot has no key to keep",
        THE_NAMED, LOCAL_ZONES, false;
    LOCAL_ZONE_LOCATION = "EBS encrypts every volume at the launch location, and the local snapshot has no key to keep",
        THE_DEFAULT, LOCATIONS, false;
    LOCAL_ZONE_ASKED = "the launch asks for encryption, and the local snapshot has no key to keep", THE_DEFAULT, LOCAL_ZONES, false;
    LOCAL_ZONE_BY_DEFAULT = "the launching account encrypts by default, and the local snapshot has no key to keep",
        THE_DEFAULT, LOCAL_ZONES, false;
    LOCAL_ZONE_PLAIN = "nothing encrypts it: neither its local snapshot, nor the launch, nor the account by default",
        NOTHING, LOCAL_ZONES, false;
}
