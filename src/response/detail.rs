//! What the text of a message carries besides prose.

use alloc::{vec, vec::Vec};

use crate::text::captures;
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
/// let error = ErrorEntry::with_message("InvalidAMIName.Duplicate", message);
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
        let readers =
            [name_in_use, image, snapshot, devices, parameter, missing_parameter, encoded_authorization, manifest];
        readers.iter().find_map(|read| read(message))
    }
}

fn name_in_use(message: &str) -> Option<Detail<'_>> {
    let [name, image] = captures(message, "AMI name * is already in use by AMI *")?;
    Some(Detail::NameInUse { name, image_id: ImageId::new(id(image, "ami-")?) })
}

fn image(message: &str) -> Option<Detail<'_>> {
    let [image] = captures(message, "The image id * does not exist")
        .or_else(|| captures(message, "The image ids * do not exist"))?;
    Some(Detail::Image { image_id: ImageId::new(id(image, "ami-")?) })
}

fn snapshot(message: &str) -> Option<Detail<'_>> {
    let size = "Volume of size *GB is smaller than snapshot *, expect size >= *GB";
    if let Some([size, snapshot, least]) = captures(message, size) {
        let snapshot_id = SnapshotId::new(id(snapshot, "snap-")?);
        return Some(Detail::VolumeTooSmall { snapshot_id, size_gib: number(size)?, least_gib: number(least)? });
    }
    let [snapshot] = captures(message, "The snapshot * does not exist").or_else(|| {
        let [snapshot, state] = captures(message, "Snapshot * is not *")?;
        bare(sentence(state)).eq_ignore_ascii_case("completed").then_some([snapshot])
    })?;
    Some(Detail::Snapshot { snapshot_id: SnapshotId::new(id(snapshot, "snap-")?) })
}

fn devices(message: &str) -> Option<Detail<'_>> {
    let one = [
        "* is being assigned to multiple times",
        "The device * is used in more than one block-device mapping",
        "Invalid device name *",
        "Invalid block device mapping: Invalid device name *",
        "The encrypted flag cannot be specified since device * has a snapshot specified",
    ];
    let devices = match one.iter().find_map(|pattern| captures(message, pattern)) {
        Some([text]) => vec![device(sentence(text))?],
        None => {
            let [list] = captures(message, "Either snapshot ID or volume size must be provided for: *")?;
            sentence(list).split(',').map(device).collect::<Option<_>>()?
        }
    };
    Some(Detail::Devices { devices })
}

fn parameter(message: &str) -> Option<Detail<'_>> {
    if let Some([value, name]) = captures(message, "Invalid value * for *") {
        return Some(Detail::Parameter { name: word(sentence(name))?, value: Some(dressed(value)?) });
    }
    if let Some([value, name, _]) = captures(message, "Value * for parameter * is invalid*") {
        let value = dressed(value)?;
        // EC2 writes some values as `( value )`.
        let value = value.strip_prefix(' ').and_then(|value| value.strip_suffix(' ')).unwrap_or(value);
        return Some(Detail::Parameter { name: word(name)?, value: Some(value) });
    }
    let name = captures(message, "Parameter * is invalid*")
        .or_else(|| captures(message, "The parameter * is not supported for * volumes"))
        .or_else(|| captures(message, "The parameter * must be specified for * volumes"))
        .or_else(|| captures(message, "* can only be specified for volumeType *"))
        .map(|[name, _]| name)
        .or_else(|| captures(message, "The parameter * is not recognized").map(|[name]| name));
    if let Some(name) = name {
        return Some(Detail::Parameter { name: word(name)?, value: None });
    }
    let (name, value) = if let Some([value]) = captures(message, "Duplicate tag key * specified") {
        ("tag key", value)
    } else if let Some([value, _]) = captures(message, "The tag key * is not valid*") {
        ("tag key", value)
    } else if let Some([value]) = captures(message, "* is not a valid taggable resource type for this operation") {
        ("resource type", value)
    } else {
        let [value, _] = captures(message, "Invalid id: * (expecting *)")?;
        ("id", value)
    };
    Some(Detail::Parameter { name, value: Some(dressed(value)?) })
}

fn missing_parameter(message: &str) -> Option<Detail<'_>> {
    let [names] = captures(message, "The request must contain the parameter *")?;
    let any_of = sentence(names).split(" or ").map(word).collect::<Option<_>>()?;
    Some(Detail::MissingParameter { any_of })
}

fn encoded_authorization(message: &str) -> Option<Detail<'_>> {
    let [_, encoded] = captures(message, "*Encoded authorization failure message: *")?;
    let encoded = encoded.trim();
    let is_base64 = encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
    (is_base64 && !encoded.is_empty()).then_some(Detail::EncodedAuthorization { message: encoded })
}

fn manifest(message: &str) -> Option<Detail<'_>> {
    let [status, url] = captures(message, "HTTP * response for URL *")?;
    let (status, url) = (status.split(' ').next().unwrap_or_default(), url.trim());
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
