//! The data in the text of a message.

use alloc::{vec, vec::Vec};

use super::authorization::{Unauthorized, encoded};
use super::messages::{self, Captures, Message};
use crate::types::{ImageId, SnapshotId, is_resource_id};

/// The data that EC2 put into the text of a message.
///
/// EC2 has no other place for it and promises no wording. Only a message with a known wording has a detail. Full stops,
/// quotes, brackets and doubled blanks make no difference. Texts are as EC2 writes them.
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
    /// `The image ids '[ami-0a1b2c3d4e5f60718, ami-0ea09a82f221f584a]' do not exist`
    Images {
        /// The images: two or more.
        image_ids: Vec<ImageId>,
    },
    /// `Invalid value 'x86_64' for architecture.`
    Parameter {
        /// The parameter as the message calls it: a member of the request in lower camel case (`virtualizationType`),
        /// or words (`tag key`).
        name: &'a str,
        /// Its value, if the message repeats it. It may be empty.
        value: Option<&'a str>,
    },
    /// `Invalid machineArchitecture value 'arm64' for tpmSupport`
    ConflictingParameters {
        /// The parameter as the message calls it.
        name: &'a str,
        /// Its value, if the message repeats it.
        value: Option<&'a str>,
        /// The parameter that it conflicts with.
        other: &'a str,
    },
    /// `The request must contain the parameter size or snapshotId`
    MissingParameter {
        /// The request needs one of these, in the names of the message.
        any_of: Vec<&'a str>,
    },
    /// `The resource is missing the tag key(s) 'RequiredTag'`
    MissingTags {
        /// The tag keys that the tag policy of the organization requires: one or more.
        keys: Vec<&'a str>,
    },
    /// `Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc`
    Devices {
        /// The devices whose mappings are wrong: one or more.
        devices: Vec<&'a str>,
    },
    /// `The snapshot 'snap-ef2791a9' does not exist.`
    Snapshot {
        /// The snapshot that EC2 cannot use.
        snapshot_id: SnapshotId,
    },
    /// `The snapshot snap-6c6e383d is currently in use by ami-f74260c7`
    SnapshotInUse {
        /// The snapshot.
        snapshot_id: SnapshotId,
        /// The image that uses it.
        image_id: ImageId,
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
    /// `Iops to volume size ratio of 750.000000 is too high; maximum is 500`
    Ratio {
        /// What is too high, as the message calls it: `Iops` or `Throughput`.
        of: &'a str,
        /// What it is too high for: `volume size` or `iops`.
        per: &'a str,
        /// The ratio in the request: IOPS per GiB, or MiB per second per IOPS.
        ratio: &'a str,
        /// The highest ratio that EC2 accepts.
        maximum: &'a str,
    },
    /// `You have reached your quota of 5 for the number of public images allowed in this Region.`
    Quota {
        /// The quota that is used up.
        quota: u32,
        /// What it limits, such as `public images`.
        resources: &'a str,
    },
    /// `User: arn:… is not authorized to perform: ec2:RegisterImage on resource: arn:… because no identity-based policy
    /// allows the ec2:RegisterImage action`
    Unauthorized(Unauthorized<'a>),
    /// `You are not authorized to perform this operation. Encoded authorization failure message: …`
    EncodedAuthorization {
        /// The input of `aws sts decode-authorization-message`. Only callers with permission for that action can decode it.
        message: &'a str,
    },
    /// `HTTP 403 (Forbidden) response for URL http://s3.amazonaws.com:80/…`
    ManifestNotFetched {
        /// The HTTP status that S3 returned to EC2.
        status: u16,
        /// The URL that EC2 requested: of the manifest, or of a part of the image.
        url: &'a str,
    },
    /// `Invalid or unaccessible kernel id in ami manifest: 1950528584`
    Kernel {
        /// The kernel, as the message calls it.
        kernel_id: &'a str,
    },
    /// `Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.large' instance type.`
    InstanceType {
        /// The instance type that cannot launch the image.
        instance_type: &'a str,
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
    (&messages::IMAGE_NOT_FOUND, images),
    (&messages::IMAGES_NOT_FOUND, images),
    (&messages::AMI_NOT_FOUND, images),
    (&messages::IMAGE_UNAVAILABLE, images),
    (&messages::IMAGES_NOT_AUTHORIZED, images),
    (&messages::VOLUME_TOO_SMALL, volume_too_small),
    (&messages::SNAPSHOT_IN_USE, |found| {
        let snapshot_id = SnapshotId::new(id(found.get("id")?, "snap-")?);
        Some(Detail::SnapshotInUse { snapshot_id, image_id: ImageId::new(id(found.get("image_id")?, "ami-")?) })
    }),
    (&messages::SNAPSHOT_NOT_FOUND, snapshot),
    (&messages::SNAPSHOT_ENCRYPTED, snapshot),
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
    (&messages::VALUE_INVALID_FOR, |found| {
        let value = Some(dressed(found.get("value")?)?);
        let (name, other) = (word(found.get("parameter")?)?, word(sentence(found.get("other")?))?);
        Some(Detail::ConflictingParameters { name, value, other })
    }),
    (&messages::PARAMETERS_CONFLICT, |found| {
        let (name, other) = (word(found.get("parameter")?)?, word(sentence(found.get("other")?))?);
        Some(Detail::ConflictingParameters { name, value: None, other })
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
    (&messages::TAG_VALUE_FORBIDDEN, |found| value_of("tag key", sentence(found.get("key")?))),
    (&messages::TAG_KEYS_REQUIRED, missing_tags),
    (&messages::RESOURCE_TYPE_INVALID, |found| value_of("resource type", found.get("resource_type")?)),
    (&messages::ID_MALFORMED, |found| {
        let id = sentence(found.get("id")?);
        value_of("id", id.split_once(" (expecting ").map_or(id, |(id, _)| id))
    }),
    (&messages::PARAMETER_MISSING, missing_parameter),
    (&messages::IOPS_RATIO, |found| ratio("Iops", "volume size", found)),
    (&messages::THROUGHPUT_RATIO, |found| ratio("Throughput", "iops", found)),
    (&messages::QUOTA_REACHED, |found| {
        let (quota, resources) = (number(found.get("quota")?)?, found.get("resources")?);
        let is_words = resources.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -".contains(&byte));
        (is_words && !resources.is_empty()).then_some(Detail::Quota { quota, resources })
    }),
    (&messages::NOT_AUTHORIZED_TO, |found| Unauthorized::of(found).map(Detail::Unauthorized)),
    (&messages::NOT_AUTHORIZED_ENCODED, |found| {
        Some(Detail::EncodedAuthorization { message: encoded(found.get("encoded")?)? })
    }),
    (&messages::MANIFEST_NOT_FETCHED, manifest),
    (&messages::MANIFEST_KERNEL_INVALID, |found| {
        Some(Detail::Kernel { kernel_id: word(sentence(found.get("kernel")?))? })
    }),
    (&messages::ENA_REQUIRED, instance_type),
    (&messages::BOOT_MODE_UNSUPPORTED, instance_type),
];

fn name_in_use<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let image_id = ImageId::new(id(found.get("image_id")?, "ami-")?);
    Some(Detail::NameInUse { name: found.get("name")?, image_id })
}

fn images<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let list = bare(bare(sentence(found.get("image_id")?)));
    let image_ids: Vec<_> = list.split(',').map(|item| Some(ImageId::new(id(item, "ami-")?))).collect::<Option<_>>()?;
    match <[ImageId; 1]>::try_from(image_ids) {
        Ok([image_id]) => Some(Detail::Image { image_id }),
        Err(image_ids) => Some(Detail::Images { image_ids }),
    }
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

fn missing_tags<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let keys = sentence(found.get("keys")?).split(',').map(dressed).collect::<Option<Vec<_>>>()?;
    let are_keys = keys.iter().all(|key| !key.is_empty() && !key.contains(['\'', '"']));
    are_keys.then_some(Detail::MissingTags { keys })
}

fn ratio<'a>(of: &'a str, per: &'a str, found: &Captures<'a>) -> Option<Detail<'a>> {
    let is_decimal = |text: &&str| {
        text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    let ratio = Some(found.get("ratio")?).filter(is_decimal)?;
    // EC2 names the unit of some ratios.
    let maximum = sentence(found.get("maximum")?);
    let (maximum, unit) = maximum.split_once(' ').unwrap_or((maximum, "MiBps per iops"));
    let maximum = Some(maximum).filter(is_decimal).filter(|_| unit == "MiBps per iops")?;
    Some(Detail::Ratio { of, per, ratio, maximum })
}

fn instance_type<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let instance_type = word(found.get("instance_type")?).filter(|name| name.contains('.'))?;
    Some(Detail::InstanceType { instance_type })
}

/// EC2 can add what to check after the URL.
fn manifest<'a>(found: &Captures<'a>) -> Option<Detail<'a>> {
    let status = number(found.get("status")?.split(' ').next()?).and_then(|status| u16::try_from(status).ok())?;
    let url = found.get("url")?.split_whitespace().next()?.trim_end_matches([':', ';', ',', '.']);
    let is_url = url.starts_with("http://") || url.starts_with("https://");
    (is_url && token(url).is_some()).then_some(Detail::ManifestNotFetched { status, url })
}

/// The end of a message without its full stop.
pub(super) fn sentence(text: &str) -> &str {
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

/// A text without blanks and without characters that end a text in JSON, such as an ARN or a URL.
pub(super) fn token(text: &str) -> Option<&str> {
    let text = bare(text);
    let is_token = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    (is_token && !text.is_empty()).then_some(text)
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
