//! The table. Compare it with AWS's
//! [encryption outcomes](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-examples.html#ebs-volume-encryption-outcomes).

use alloc::vec::Vec;

use super::{Account, Contradiction, Key, KeyRole, Launch, Permission, VolumeEncryption};
use crate::types::KmsKeyId;

/// The keys that give access to a snapshot: its own, if it is known, and the associated ones.
pub(super) type Keys<'a> = (Option<&'a KmsKeyId>, &'a [KmsKeyId]);

/// The column "source of volume", with the keys of an encrypted snapshot.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    New,
    NewEncrypted,
    Unencrypted,
    Owned(Keys<'a>),
    Shared(Keys<'a>),
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
    use Contradiction::{KeyWithoutEncrypted, RekeyedOutpostSnapshot};
    use Row::{LocalZone, LocalZoneUnencrypted, New, NewEncrypted, Outpost, Owned, Shared, Unencrypted};

    const ON: bool = true;
    const OFF: bool = false;
    const TRUE: Option<bool> = Some(true);
    const FALSE: Option<bool> = Some(false);

    let plain = || Key::Unencrypted;
    let same = |key: Option<&KmsKeyId>| Key::Snapshot(key.cloned());
    let default = || Key::Default(account.default_kms_key_id.clone());
    let specified = |key: &KmsKeyId| Key::Specified(key.clone());

    // EBS encrypts every volume there.
    let always = launch.location.encrypts_always();
    let (key, reason) = match (row, by_default, launch.encrypted, launch.kms_key_id.as_ref()) {
        // A key requires `Encrypted`. Then it decides, except that the volume of a local snapshot keeps the snapshot's.
        (_, _, None | FALSE, Some(key)) => return Err(KeyWithoutEncrypted(key.clone())),
        (Outpost(own), _, TRUE, Some(key)) if own != Some(key) => return Err(RekeyedOutpostSnapshot(key.clone())),
        (LocalZone(own), _, TRUE, Some(key)) if own != Some(key) => (same(own), &LOCAL_ZONE_REKEYED),
        (LocalZoneUnencrypted, _, TRUE, Some(key)) => (specified(key), &LOCAL_ZONE_SPECIFIED),
        (New | NewEncrypted | Unencrypted, _, TRUE, Some(key)) => (specified(key), &SPECIFIED),
        (Owned(_), _, TRUE, Some(key)) => (specified(key), &SPECIFIED_OWNED),
        (Shared(_), _, TRUE, Some(key)) => (specified(key), &SPECIFIED_SHARED),

        // An unencrypted source is encrypted by the launch, the location or the account.
        (New | Unencrypted, _, TRUE, None) => (default(), &ASKED),
        (New | Unencrypted, _, None, None) if always => (default(), &LOCATION),
        (New | Unencrypted, _, FALSE, None) if always => (default(), &LOCATION_DENIED),
        (New | Unencrypted, ON, None | FALSE, None) => (default(), &BY_DEFAULT),
        (New | Unencrypted, OFF, None | FALSE, None) => (plain(), &PLAIN),
        (NewEncrypted, _, None | TRUE, None) => (default(), &MAPPING),
        (NewEncrypted, _, FALSE, None) => (default(), &MAPPING_DENIED),

        // An encrypted source stays encrypted.
        (Owned((own, _)), _, None | TRUE, None) => (same(own), &OWNED),
        (Owned((own, _)), _, FALSE, None) => (same(own), &OWNED_DENIED),
        (Shared(_), _, None | TRUE, None) => (default(), &SHARED),
        (Shared(_), _, FALSE, None) => (default(), &SHARED_DENIED),

        // AWS's table omits local snapshots. A key of the launch that reaches these arms is the snapshot's.
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
    let documented = reason.documented && !(always && matches!(row, Owned(_) | Shared(_)));
    let permissions = permissions(row, &key, account);
    Ok(VolumeEncryption { key, reason, permissions, documented })
}

/// The keys that a launch uses: the one that encrypts the volume, and the one that reads an encrypted snapshot.
fn permissions(row: Row<'_>, key: &Key, account: &Account) -> Vec<Permission> {
    let new = match key {
        Key::Unencrypted | Key::Snapshot(_) => None,
        Key::Default(_) => Some(Permission::new(KeyRole::Default, account.default_kms_key_id.as_ref(), &[])),
        Key::Specified(key) => Some(Permission::new(KeyRole::Specified, Some(key), &[])),
    };
    let read = match row {
        Row::New | Row::NewEncrypted | Row::Unencrypted | Row::LocalZoneUnencrypted => None,
        Row::Owned((own, associated)) => Some(Permission::new(KeyRole::Snapshot, own, associated)),
        Row::Shared((own, associated)) => Some(Permission::new(KeyRole::SharedSnapshot, own, associated)),
        Row::Outpost(own) | Row::LocalZone(own) => Some(Permission::new(KeyRole::Snapshot, own, &[])),
    };
    new.into_iter().chain(read).collect()
}

/// What every outcome of a row shares.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Reason {
    pub(super) why: &'static str,
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

/// The reasons, one per row: the sentence, the page, and whether the page states the case.
macro_rules! reasons {
    ($($name:ident = $why:literal, $source:expr, $documented:literal;)+) => {
        $(static $name: Reason = Reason { why: $why, source: $source, documented: $documented };)+
    };
}

reasons! {
    SPECIFIED = "the launch names the key", OUTCOMES, true;
    SPECIFIED_OWNED = "the launch names a key, which replaces the snapshot's key", IMAGES, true;
    SPECIFIED_SHARED = "the launch names a key, which replaces the owner's key", IMAGES, true;
    ASKED = "the launch asks for encryption and names no key", OUTCOMES, true;
    BY_DEFAULT = "the launching account encrypts by default, which a launch cannot decline", OUTCOMES, true;
    LOCATION = "EBS encrypts every volume at the launch location", LOCATIONS, true;
    LOCATION_DENIED = "EBS encrypts every volume at the launch location, although the launch declines encryption",
        LOCATIONS, false;
    PLAIN = "nothing encrypts it: neither its source, nor the launch, nor the account by default", OUTCOMES, true;
    MAPPING = "the image's mapping asks for an encrypted empty volume", OUTCOMES, true;
    MAPPING_DENIED = "the image's mapping asks for an encrypted empty volume, and encryption cannot be removed", MEMBER, false;
    OWNED = "a volume from an encrypted snapshot that the launching account owns keeps the snapshot's key", OUTCOMES, true;
    OWNED_DENIED = "a volume from an encrypted snapshot that the launching account owns keeps the snapshot's key, because encryption cannot be \
                    removed", MEMBER, false;
    SHARED = "a volume from a shared encrypted snapshot is re-encrypted with the launching account's default key",
        OUTCOMES, true;
    SHARED_DENIED = "a volume from a shared encrypted snapshot is re-encrypted, because encryption cannot be removed",
        MEMBER, false;
    OUTPOST = "a volume from a local snapshot on an Outpost is encrypted with the snapshot's key", OUTPOSTS, true;
    OUTPOST_DENIED = "a local snapshot on an Outpost is always encrypted, and encryption cannot be removed", OUTPOSTS, false;
    LOCAL_ZONE = "a volume from an encrypted local snapshot in a Local Zone keeps the snapshot's key", LOCAL_ZONES, true;
    LOCAL_ZONE_DENIED = "a volume from an encrypted local snapshot keeps the snapshot's key, because encryption cannot be \
                         removed", LOCAL_ZONES, false;
    LOCAL_ZONE_REKEYED = "a volume from an encrypted local snapshot cannot be re-encrypted, but no page states whether EC2 \
                          ignores another key or rejects the launch", LOCAL_ZONES, false;
    LOCAL_ZONE_SPECIFIED = "the launch names the key, and the local snapshot has no key to keep", LOCAL_ZONES, false;
    LOCAL_ZONE_LOCATION = "EBS encrypts every volume at the launch location, and the local snapshot has no key to keep",
        LOCATIONS, false;
    LOCAL_ZONE_ASKED = "the launch asks for encryption, and the local snapshot has no key to keep", LOCAL_ZONES, false;
    LOCAL_ZONE_BY_DEFAULT = "the launching account encrypts by default, and the local snapshot has no key to keep",
        LOCAL_ZONES, false;
    LOCAL_ZONE_PLAIN = "nothing encrypts it: neither its local snapshot, nor the launch, nor the account by default",
        LOCAL_ZONES, false;
}
