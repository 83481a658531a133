//! The fingerprint of what a request asks for, and markers that contain it.

use alloc::{format, string::String, vec::Vec};
use core::{fmt, str};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::request::{RegisterImageRequest, RequestMember, Tag, TagSpecification};
use super::sha256::sha256;
use crate::schema::{Item, ItemSink, MemberSink, Sink, Structure, Text, Value, WireName};
use crate::text::is_unreserved_byte;
use crate::types::ResourceType;

/// Separates the caller's key from the fingerprint in the value of a marker.
const SEPARATOR: &str = "@sha256:";

/// What a request asks for, as 256 bits: the SHA-256 digest of its form body without tags and dry run.
///
/// The digested text is the body that [`wire::query`](crate::wire::query) encodes, which is also what the official SDK
/// sends, without the parameters `DryRun` and `TagSpecification.…`. Its parameters are in the order of the API's model,
/// and RFC 3986 decides which bytes are escaped. The definition is stable: it never changes within `@sha256:` markers.
///
/// ```
/// use ec2_register_image::{RegisterImageRequest, model::Fingerprint};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "DryRun": true,
///     "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "build", "Value": "1"}]}]}"#)?;
/// // printf 'Action=RegisterImage&Version=2016-11-15&Name=web' | sha256sum
/// let expected = "c489fc7b22fc79a6e78573c9d46b5289ff72c7ad36822ce9c4cf7d0634e7d009";
/// assert_eq!(request.fingerprint().to_string(), expected);
/// assert_eq!(request.fingerprint(), expected.parse::<Fingerprint>()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Everything that the request states counts, such as UEFI data, the order of a list, and a default that is written out.
/// Two requests with one fingerprint ask for the same image. Two fingerprints do not prove that EC2 would register
/// different images.
///
/// As JSON it is the text of 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Returns the SHA-256 digest of a whole body.
    pub(crate) fn of_body(body: &[u8]) -> Self {
        Self(sha256(body))
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// The text is not a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 64 hexadecimal digits in lower case")]
#[non_exhaustive]
pub struct InvalidFingerprint;

impl str::FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(InvalidFingerprint),
        };
        let mut bytes = [0; 32];
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(InvalidFingerprint) };
        if pairs.len() != bytes.len() {
            return Err(InvalidFingerprint);
        }
        for (place, [high, low]) in bytes.iter_mut().zip(pairs) {
            *place = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The caller's key and the fingerprint in the value of a content-bound marker.
pub(crate) fn split_marker(value: &str) -> Option<(&str, Fingerprint)> {
    let (key, fingerprint) = value.rsplit_once(SEPARATOR)?;
    Some((key, fingerprint.parse().ok()?))
}

impl RegisterImageRequest {
    /// Returns the fingerprint of what this request asks for, without tags and dry run.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut body = Vec::from(b"Action=RegisterImage&Version=2016-11-15");
        self.write_members(&mut Content { body: &mut body, prefix: "&" });
        Fingerprint::of_body(&body)
    }

    /// Adds a tag that marks the image as registered for exactly this content.
    ///
    /// The value is `{value}@sha256:{fingerprint}`, at most 256 characters in all, so at most 184 for your part. Call this
    /// when everything but tags and dry run is set: a [`Call`](crate::call::Call) rejects a marker with the fingerprint of
    /// another request. A tag with this key is replaced.
    ///
    /// ```
    /// use ec2_register_image::RegisterImageRequest;
    ///
    /// let mut request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// request.add_content_marker("build", "8c1f29d0");
    /// let tags = request.tag_specifications.as_ref().and_then(|list| list[0].tags.as_ref()).unwrap();
    /// let expected = format!("8c1f29d0@sha256:{}", request.fingerprint());
    /// assert_eq!(tags[0].value.as_ref(), Some(&expected));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn add_content_marker(&mut self, key: impl Into<String>, value: &str) {
        let tag = Tag::new(key, format!("{value}{SEPARATOR}{}", self.fingerprint()));
        let of_image = |specification: &&mut TagSpecification| specification.resource_type == Some(ResourceType::IMAGE);
        let specifications = self.tag_specifications.get_or_insert_default();
        for specification in specifications.iter_mut().filter(|it| it.resource_type == Some(ResourceType::IMAGE)) {
            specification.tags.iter_mut().for_each(|tags| tags.retain(|other| other.key != tag.key));
        }
        match specifications.iter_mut().find(of_image) {
            Some(specification) => specification.tags.get_or_insert_default().push(tag),
            None => specifications
                .push(TagSpecification { resource_type: Some(ResourceType::IMAGE), tags: Some(Vec::from([tag])) }),
        }
    }

    /// The tag that the request gives the image under this key.
    pub(crate) fn image_tag(&self, key: &str) -> Option<&Tag> {
        self.tag_specifications
            .iter()
            .flatten()
            .filter(|specification| specification.resource_type == Some(ResourceType::IMAGE))
            .flat_map(|specification| specification.tags.iter().flatten())
            .find(|tag| tag.key.as_deref() == Some(key))
    }
}

/// Writes parameters whose names start with this prefix.
struct Content<'w> {
    body: &'w mut Vec<u8>,
    prefix: &'w str,
}

impl MemberSink for Content<'_> {
    fn member<T: Value>(&mut self, name: &'static WireName, value: &T) {
        let name = name.as_str();
        let left_out = [RequestMember::DryRun, RequestMember::TagSpecifications].map(RequestMember::wire_name);
        if !(self.prefix == "&" && left_out.contains(&name)) {
            value.write(Parameter { body: &mut *self.body, name: format!("{}{name}", self.prefix) });
        }
    }
}

/// A parameter, or several whose names start with this one.
struct Parameter<'w> {
    body: &'w mut Vec<u8>,
    name: String,
}

impl Parameter<'_> {
    fn put(self, value: &str) {
        self.body.extend_from_slice(self.name.as_bytes());
        self.body.push(b'=');
        for &byte in value.as_bytes() {
            if is_unreserved_byte(byte) {
                self.body.push(byte);
            } else {
                self.body.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
    }

    fn members<T: Structure>(self, structure: &T) {
        structure.write_members(&mut Content { body: self.body, prefix: &format!("{}.", self.name) });
    }
}

impl Sink for Parameter<'_> {
    fn text<T: Text>(self, text: &T) {
        self.put(text.text());
    }

    fn boolean(self, truth: bool) {
        self.put(if truth { "true" } else { "false" });
    }

    fn integer(self, number: i32) {
        self.put(itoa::Buffer::new().format(number));
    }

    fn list<T: Item>(self, list: &[T]) {
        for (index, item) in list.iter().enumerate() {
            item.write_item(Parameter { body: &mut *self.body, name: format!("{}.{}", self.name, index + 1) });
        }
    }

    fn structure<T: Structure>(self, structure: &T) {
        self.members(structure);
    }
}

impl ItemSink for Parameter<'_> {
    fn text<T: Text>(self, text: &T) {
        self.put(text.text());
    }

    fn structure<T: Structure>(self, structure: &T) {
        self.members(structure);
    }
}
