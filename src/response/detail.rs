//! What the text of a message carries besides prose.

use alloc::{vec, vec::Vec};

use super::messages::{self, Captures, Message};
use crate::types::{ImageId, SnapshotId, is_resource_id};

/// What EC2 put into the text of a message.
///
/// EC2 has no other place for it, and promises no wording. A detail is only made of a message that is worded as one
/// that was seen, but for full stops, quotes, brackets and doubled blanks; of any other there is none. Texts are as EC2
/// writes them.
///
/// ```
/// use ec2_register_image::response::{Detail, ErrorEntry};
///
/// let message = "AMI name php-image is already in use by AMI ami-0ea09a82f221f584a";
/// let error = ErrorEntry::new("InvalidAMIName.Duplicate").with_message(message);
/// match error.detail() {
///     Some(Detail::NameInUse { name, image_id }) => {
///         assert_eq!((name, image_id.as_str()), ("php-image", "ami-0ea09a82f221f584a"));
///     }
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
#[non_exhaustive]
pub enum Detail<'a> {
    /// `AMI name php-image is already in use by AMI ami-0ea09a82f221f584a`
    NameInUse {
        /// The name. It has no quotes in the message, so any that are there are its own.
        name: &'a str,
        /// The image that has the name.
        image_id: ImageId,
    },
    /// `The image id '[ami-0ea09a82f221f584a]' does not exist`
    ///
    /// A RegisterImage request names no image, so EC2 can only mean the one that it just assigned.
    Image {
        /// The image.
        image_id: ImageId,
    },
    /// `Invalid value 'x86_64' for architecture.`
    Parameter {
        /// The parameter as the message calls it: a member of the request in lower camel case (`virtualizationType`),
        /// or words (`tag key`).
        name: &'a str,
        /// Its value, where the message repeats it; it may be empty.
        value: Option<&'a str>,
    },
    /// `The request must contain the parameter size or snapshotId`
    MissingParameter {
        /// One of these is needed; as the message calls them.
        any_of: Vec<&'a str>,
    },
    /// `Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc`
    Devices {
        /// The devices whose mappings are wrong: one or more.
        devices: Vec<&'a str>,
    },
    /// `The snapshot 'snap-ef2791a9' does not exist.`
    Snapshot {
        /// The snapshot that is missing, or not ready.
        snapshot_id: SnapshotId,
    },
    /// `Volume of size 15GB is smaller than snapshot 'snap-09e0f802c68b958b7', expect size >= 30GB`
    VolumeTooSmall {
        /// The snapshot that does not fit.
        snapshot_id: SnapshotId,
        /// The size of the request, in GiB, although the message says GB.
        size_gib: u32,
        /// The least size that fits, in GiB.
        least_gib: u32,
    },
    /// `You are not authorized to perform this operation. Encoded authorization failure message: …`
    EncodedAuthorization {
        /// What `aws sts decode-authorization-message` takes. It is for those alone who may call that action.
        message: &'a str,
    },
    /// `HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/…`
    ManifestNotFetched {
        /// The HTTP status that S3 gave to EC2.
        status: u16,
        /// Where EC2 looked for the manifest or a part of the image.
        url: &'a str,
    },
}

impl<'a> Detail<'a> {
    pub(super) fn of(message: &'a str) -> Option<Self> {
        READERS.iter().find_map(|(row, read)| read(&row.captures(message)?))
    }
}

/// Builds a detail from what stands for the placeholders, if all of it has the form that the detail requires.
type Reader = for<'a> fn(&Captures<'a>) -> Option<Detail<'a>>;

/// The wordings with a detail. The first that gives one counts.
const READERS: &[(&Message, Reader)] = &[
    (&messages::NAME_IN_USE, name_in_use),
    (&messages::IMAGE_NOT_FOUND, image),
    (&messages::IMAGES_NOT_FOUND, image),
    (&messages::VOLUME_TOO_SMALL, volume_too_small),
    (&messages::SNAPSHOT_NOT_FOUND, snapshot),
    (&messages::SNAPSHOT_NOT_IN_STATE, |found| {
        let is_completed = bare(sentence(found.get("state")?)).eq_ignore_ascii_case("completed");
        if is_completed { snapshot(found) } else { None }
    }),
    (&messages::DEVICE_REASSIGNED, one_device),
    (&messages::DEVICE_REUSED, one_device),
    (&messages::DEVICE_NAME_INVALID, one_device),
    (&messages::MANIFEST_MAPPING_INVALID, |found| {
        one_device(&messages::DEVICE_NAME_INVALID.captures(found.get("problem")?)?)
    }),
    (&messages::ENCRYPTED_WITH_SNAPSHOT, one_device),
    (&messages::VOLUME_WITHOUT_SOURCE, devices),
    (&messages::VALUE_INVALID, |found| {
        let name = word(sentence(found.get("parameter")?))?;
        Some(Detail::Parameter { name, value: Some(dressed(found.get("value")?)?) })
    }),
    (&messages::PARAMETER_VALUE_INVALID, |found| {
        let value = dressed(found.get("value")?)?;
        // EC2 writes some values as `( value )`.
        let value = value.strip_prefix(' ').and_then(|value| value.strip_suffix(' ')).unwrap_or(value);
        Some(Detail::Parameter { name: word(found.get("parameter")?)?, value: Some(value) })
    }),
    (&messages::PARAMETER_INVALID, parameter),
    (&messages::PARAMETER_UNSUPPORTED, parameter),
    (&messages::PARAMETER_REQUIRED, parameter),
    (&messages::OTHER_VOLUME_TYPE, parameter),
    (&messages::PARAMETER_UNKNOWN, parameter),
    (&messages::TAG_KEY_DUPLICATE, |found| value_of("tag key", found.get("key")?)),
    (&messages::TAG_KEY_INVALID, |found| value_of("tag key", found.get("key")?)),
    (&messages::RESOURCE_TYPE_INVALID, |found| value_of("resource type", found.get("resource_type")?)),
    (&messages::ID_MALFORMED, |found| value_of("id", found.get("id")?)),
    (&messages::PARAMETER_MISSING, missing_parameter),
    (&messages::NOT_AUTHORIZED_ENCODED, encoded_authorization),
    (&messages::MANIFEST_NOT_FETCHED, manifest),
];

fn name_in_use<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let image_id = ImageId::new(id(found.get("image_id")?, "ami-")?);
    Some(Detail::NameInUse { name: found.get("name")?, image_id })
}

fn image<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    Some(Detail::Image { image_id: ImageId::new(id(found.get("image_id")?, "ami-")?) })
}

fn volume_too_small<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let snapshot_id = SnapshotId::new(id(found.get("id")?, "snap-")?);
    Some(Detail::VolumeTooSmall {
        snapshot_id,
        size_gib: size(found.get("size")?)?,
        least_gib: size(found.get("least")?)?,
    })
}

fn snapshot<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    Some(Detail::Snapshot { snapshot_id: SnapshotId::new(id(found.get("id")?, "snap-")?) })
}

fn one_device<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    Some(Detail::Devices { devices: vec![device(sentence(found.get("device")?))?] })
}

fn devices<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let devices = sentence(found.get("device")?).split(',').map(device).collect::<Option<_>>()?;
    Some(Detail::Devices { devices })
}

fn parameter<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    Some(Detail::Parameter { name: word(found.get("parameter")?)?, value: None })
}

fn value_of<'a>(name: &'a str, value: &'a str) -> Option<Detail<'a>> {
    Some(Detail::Parameter { name, value: Some(dressed(value)?) })
}

fn missing_parameter<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let any_of = sentence(found.get("parameter")?).split(" or ").map(word).collect::<Option<_>>()?;
    Some(Detail::MissingParameter { any_of })
}

fn encoded_authorization<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let message = found.get("encoded")?.trim();
    let is_base64 = message.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
    (is_base64 && !message.is_empty()).then_some(Detail::EncodedAuthorization { message })
}

fn manifest<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let (status, url) = (found.get("status")?.split(' ').next()?, found.get("url")?.trim());
    let is_url =
        (url.starts_with("http://") || url.starts_with("https://")) && url.bytes().all(|byte| byte.is_ascii_graphic());
    let status = number(status).and_then(|status| u16::try_from(status).ok())?;
    is_url.then_some(Detail::ManifestNotFetched { status, url })
}

/// The end of a message without its full stop.
fn sentence(text: &str) -> &str {
    let text = text.trim_end();
    text.strip_suffix('.').unwrap_or(text)
}

/// What stands between quotes or brackets. `?` is what a report's encoding made of a quote.
fn dressed(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 9] = [
        ('\'', '\''),
        ('"', '"'),
        ('`', '`'),
        ('\u{2018}', '\u{2019}'),
        ('\u{201C}', '\u{201D}'),
        ('?', '?'),
        ('(', ')'),
        ('[', ']'),
        ('<', '>'),
    ];
    let text = text.trim();
    PAIRS.iter().find_map(|&(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

fn bare(text: &str) -> &str {
    dressed(text).unwrap_or_else(|| text.trim())
}

fn id<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    Some(bare(bare(sentence(text)))).filter(|id| is_resource_id(id, prefix))
}

/// A number of GiB, which EC2 writes as GB.
fn size(text: &str) -> Option<u32> {
    let (digits, unit) = sentence(text).split_at_checked(sentence(text).len().checked_sub(2)?)?;
    if unit.eq_ignore_ascii_case("GB") { number(digits) } else { None }
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A name of one word, so that no piece of an unknown sentence passes for one.
fn word(text: &str) -> Option<&str> {
    let text = bare(text);
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    (is_word && !text.is_empty()).then_some(text)
}

/// A device in quotes; or one that looks like a device, also where a shell has put a path of Windows before it.
fn device(text: &str) -> Option<&str> {
    if let Some(text) = dressed(text) {
        let is_one =
            !text.is_empty() && !text.contains(['\'', '"', '`', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}']);
        return is_one.then_some(text);
    }
    let text = text.trim();
    let last = text.rsplit('/').next().unwrap_or_default();
    let is_device = ["sd", "xvd", "hd"].iter().any(|start| last.starts_with(start))
        && last.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_one = !text.contains(char::is_whitespace) || text.get(1..3) == Some(":/");
    (is_device && is_one).then_some(text)
}
