//! Validation: every problem of a request at once, each with its evidence.
//!
//! A [`Rule`] exists because of evidence, and the evidence caps its level. What was seen only on a related action, or
//! follows from other facts, is a warning. A request that EC2 accepts gets no error, with one exception: a value that the
//! API model of [`MODEL_DATE`] does not have is an error until you allow its rule.
//!
//! ```
//! use ec2_register_image::RegisterImageRequest;
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{
//!     "Name": "web 12:00",
//!     "RootDeviceName": "/dev/xvda",
//!     "BlockDeviceMappings": [
//!         {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-01234567", "Encrypted": true}},
//!         {"DeviceName": "/dev/xvda", "Ebs": {"VolumeType": "gp3"}}
//!     ]
//! }"#)?;
//!
//! let report = request.check();
//! let found: Vec<_> =
//!     report.errors().map(|finding| (finding.rule().id, finding.path().to_string())).collect();
//! assert_eq!(found, [
//!     ("name-characters", "Name".to_owned()),
//!     ("encrypted-with-snapshot", "BlockDeviceMappings[0].Ebs.Encrypted".to_owned()),
//!     ("volume-without-source", "BlockDeviceMappings[1].Ebs".to_owned()),
//!     ("device-duplicate", "BlockDeviceMappings[1].DeviceName".to_owned()),
//! ]);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! The [catalogue] lists all rules.
//!
//! A [`Policy`] allows a rule by its ID:
//!
//! ```
//! use ec2_register_image::{RegisterImageRequest, rules::{Policy, Validator}};
//!
//! let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web 12:00"}"#)?;
//! let validator = Validator::new().policy(Policy::new().allow("name-characters")?);
//! let valid = validator.validate(request)?;
//! assert_eq!(valid.waived().next().unwrap().rule().id, "name-characters");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Some rules need [`facts`](crate::facts) about the account and its snapshots. [`Report::not_checked`] lists the rules
//! that lacked facts.

pub mod catalogue;
mod declare;
mod finding;
mod partial;
mod policy;
mod report;
mod rule;
mod validator;

pub(crate) use catalogue::account::needs_billing;
pub use finding::Finding;
pub use policy::{Policy, UnknownRule};
use report::Findings;
pub use report::Report;
pub use rule::{Evidence, Level, Rule, Status, Wording};
pub use validator::{Invalid, ValidRequest, Validator};

use alloc::vec::Vec;

use crate::facts::Facts;
use crate::model::RegisterImageRequest;
use crate::response::{ErrorCode, ErrorEntry};
use catalogue::SUBJECTS;

/// The date of the API model that the rules describe. They do not know values that AWS added later.
pub const MODEL_DATE: &str = "2026-11-23";

/// A subject: its rules and the check that runs them.
struct Subject {
    title: &'static str,
    rules: &'static [&'static Rule],
    check: fn(&RegisterImageRequest, &Findings<'_>),
}

/// Returns the subjects, each with its rules, also those that were removed.
///
/// ```
/// use ec2_register_image::rules;
///
/// let (title, mut rules) = rules::subjects().next().unwrap();
/// assert_eq!((title, rules.next().unwrap().id), ("Name and description", "name-missing"));
/// ```
pub fn subjects() -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static Rule>)> {
    SUBJECTS.iter().map(|subject| (subject.title, subject.rules.iter().copied()))
}

/// Returns every rule in force, grouped by subject.
///
/// ```
/// use ec2_register_image::rules;
///
/// assert!(rules::all().all(|rule| rule.level <= rule.evidence.cap()));
/// ```
pub fn all() -> impl Iterator<Item = &'static Rule> {
    every().filter(|rule| !matches!(rule.status, Status::Removed { .. }))
}

/// Every rule, also those that were removed.
fn every() -> impl Iterator<Item = &'static Rule> {
    SUBJECTS.iter().flat_map(|subject| subject.rules.iter().copied())
}

/// Returns the rule with this ID, current or former, even if the rule was removed.
///
/// ```
/// use ec2_register_image::rules;
///
/// let code = rules::find("name-length").unwrap().ec2_code.as_ref();
/// assert_eq!(code.unwrap(), "InvalidAMIName.Malformed");
/// assert!(rules::find("no-such-rule").is_none());
/// // A policy may still name a rule that was removed.
/// assert!(matches!(rules::find("uefi-outpost").unwrap().status, rules::Status::Removed { .. }));
/// ```
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    every().find(|rule| rule.id == id || rule.former_ids.contains(&id))
}

/// Returns the rules that would have caught this error before the request was sent, in the order of [`all`].
///
/// They are the rules with the [wording](Rule::ec2_messages) of the message. If no rule has that wording, it is the rules
/// of the [code](Rule::ec2_code), but only if the code alone identifies the mistake, as `UnknownVolumeType` does. If the
/// error has no message, it is every rule of the code. Codes that EC2 uses for many other mistakes, such as
/// `UnsupportedOperation`, never name a rule by themselves.
///
/// An empty result means that the request alone does not show the problem, or that a rule is missing.
///
/// ```
/// use ec2_register_image::{response::ErrorEntry, rules};
///
/// let message = "/dev/xvda is being assigned to multiple times.";
/// let error = ErrorEntry::new("InvalidBlockDeviceMapping").with_message(message);
/// assert!(rules::for_error(&error).map(|rule| rule.id).eq(["device-duplicate"]));
/// ```
pub fn for_error(error: &ErrorEntry) -> impl Iterator<Item = &'static Rule> + use<'_> {
    let (code, message) = (error.code.without_prefix(), error.message.as_deref());
    let message = message.filter(|message| !message.trim().is_empty());
    let says = move |rule: &Rule| message.is_some_and(|message| rule.is_worded(message));
    let is_known = all().any(says);
    let has_code = move |rule: &&Rule| rule.ec2_code.as_ref().is_some_and(|own| own == code);
    let is_one_of = |codes: &[ErrorCode]| codes.iter().any(|one| *one == *code);
    let is_enough = is_one_of(&SPECIFIC) || (message.is_none() && !is_one_of(&GENERIC));
    all().filter(move |rule| if is_known { says(rule) } else { has_code(rule) && is_enough })
}

/// Codes that identify the mistake whatever the message says.
const SPECIFIC: [ErrorCode; 9] = [
    ErrorCode::INVALID_AMI_NAME_MALFORMED,
    ErrorCode::INVALID_AMI_NAME_DUPLICATE,
    ErrorCode::INVALID_SNAPSHOT_NOT_FOUND,
    ErrorCode::INVALID_SNAPSHOT_ID_MALFORMED,
    ErrorCode::INVALID_KERNEL_ID_MALFORMED,
    ErrorCode::INVALID_RAM_DISK_ID_MALFORMED,
    ErrorCode::UNKNOWN_VOLUME_TYPE,
    ErrorCode::BOOT_FOR_VOLUME_TYPE_UNSUPPORTED,
    ErrorCode::TAG_LIMIT_EXCEEDED,
];

/// Codes of so many mistakes that a rule is named only by the wording of the message.
const GENERIC: [ErrorCode; 5] = [
    ErrorCode::INCORRECT_STATE,
    ErrorCode::INVALID_PARAMETER,
    ErrorCode::UNKNOWN_PARAMETER,
    ErrorCode::UNSUPPORTED_OPERATION,
    ErrorCode::INVALID_TAG_KEY_MALFORMED,
];

/// Up to this many items are compared in pairs. More are sorted.
const COMPARED_IN_PLACE: usize = 64;

/// Hashes of keys and the indexes of their items. All comparisons of a list share one buffer, so that a long list needs
/// one allocation.
type SortBuffer = Vec<(u64, usize)>;

/// Calls `found` for each item with the key of an earlier one, with the index of the first such item and its own.
fn repeated<'a, T>(
    items: &'a [T],
    sorted: &mut SortBuffer,
    key: impl Fn(&'a T) -> Option<&'a str>,
    mut found: impl FnMut(usize, usize, &'a str),
) {
    if items.len() <= COMPARED_IN_PLACE {
        for (later, item) in items.iter().enumerate() {
            let Some(this) = key(item) else { continue };
            if let Some(first) = items.iter().take(later).position(|earlier| key(earlier) == Some(this)) {
                found(first, later, this);
            }
        }
        return;
    }
    sorted.clear();
    sorted.reserve_exact(items.len());
    sorted.extend(items.iter().enumerate().filter_map(|(at, item)| Some((hash(key(item)?), at))));
    sorted.sort_unstable();
    let key_at = |at: usize| items.get(at).and_then(&key).unwrap_or_default();
    for same_hash in sorted.chunk_by_mut(|a, b| a.0 == b.0).filter(|same_hash| same_hash.len() > 1) {
        // Different keys with the same hash are rare, except in an attack.
        same_hash.sort_by_key(|&(_, at)| key_at(at));
        for same in same_hash.chunk_by(|a, b| key_at(a.1) == key_at(b.1)) {
            if let Some((&(_, first), rest)) = same.split_first() {
                rest.iter().for_each(|&(_, later)| found(first, later, key_at(first)));
            }
        }
    }
}

/// FNV-1a, so that sorting compares numbers instead of texts.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}
