//! The name of a Region.

use alloc::string::String;
use core::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Partition;

/// The name of a Region, such as `us-east-1`, that can be a label of a host name.
///
/// It can be a Region that AWS does not have, because emulators and private clouds have their own.
/// [`partition`](Self::partition) returns the AWS partition, if the name fits one.
///
/// ```
/// use ec2_register_image::endpoint::Region;
///
/// let region = Region::new("us-gov-west-1")?;
/// assert_eq!(region, "us-gov-west-1");
/// assert_eq!(region.partition().map(|partition| partition.id()), Some("aws-us-gov"));
/// assert_eq!(Region::new("garage")?.partition(), None);
///
/// // In JSON it is a string, with the same check.
/// assert!(serde_json::from_str::<Region>(r#""us-east-1a""#).is_err());
/// # Ok::<(), ec2_register_image::endpoint::InvalidRegion>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// The longest label of a host name.
    const MAX_LENGTH: usize = 63;

    /// Accepts 1 to 63 of `a-z`, `0-9` and `-`, with no `-` at either end.
    ///
    /// # Errors
    /// For any other text, and for texts that are often mistaken for a Region: a zone (`us-east-1a`), a host name, a URL,
    /// an upper-case name, or a name with `fips-` or `-fips`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidRegion> {
        let text = text.into();
        match mistake(&text) {
            None => Ok(Self(text)),
            Some(mistake) => Err(InvalidRegion(mistake)),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The AWS partition of the Region, judged by its name.
    #[must_use]
    pub fn partition(&self) -> Option<&'static Partition> {
        Partition::from_region(&self.0)
    }
}

/// The reason why a text is not a [`Region`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidRegion(Mistake);

// Texts are quoted with escapes, because they may contain anything. What to pass instead is always plain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Mistake {
    #[error("the Region is empty: pass one such as `us-east-1`, or omit it")]
    Empty,
    #[error("the Region is {0} bytes long; a label of a host name has at most 63")]
    TooLong(usize),
    // The URL is not shown, because it may contain a password.
    #[error("the Region is a URL: pass only the label of its host that names the Region, {0}")]
    Url(Instead),
    #[error("{0:?} is a host name: pass only the label that names the Region, {1}")]
    Host(String, Instead),
    #[error("Region {text:?} has upper-case letters, but a signature is case-sensitive: pass `{lower}`")]
    UpperCase { text: String, lower: String },
    #[error(
        "Region {text:?} has {character:?} at byte {at}, but only a-z, 0-9 and - are allowed in a label of a host name"
    )]
    Character { text: String, character: char, at: usize },
    #[error("Region {0:?} starts or ends with a hyphen, which is not allowed in a label of a host name")]
    EdgeHyphen(String),
    #[error("{text:?} requests FIPS in the name of the Region: pass `{region}`, and enable FIPS separately")]
    Fips { text: String, region: String },
    #[error("{text:?} is a zone, but an endpoint serves the whole Region: pass `{region}`")]
    Zone { text: String, region: String },
}

/// What to pass instead: the Region that was found, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Instead(Option<String>);

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(region) => write!(f, "`{region}`"),
            None => f.write_str("one such as `us-east-1`"),
        }
    }
}

fn mistake(text: &str) -> Option<Mistake> {
    /// The longest host name. A longer text is not shown.
    const MAX_HOST_LENGTH: usize = 253;

    let known_region = |text: &str| Partition::from_region(text).map(|_| String::from(text));
    let in_host = || Instead(text.split(['.', '/', ':']).find_map(known_region));
    let owned = || String::from(text);

    if text.is_empty() {
        return Some(Mistake::Empty);
    }
    if text.len() > MAX_HOST_LENGTH {
        return Some(Mistake::TooLong(text.len()));
    }
    if text.contains("://") {
        return Some(Mistake::Url(in_host()));
    }
    if text.contains('.') {
        return Some(Mistake::Host(owned(), in_host()));
    }
    let is_legal = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '-');
    if let Some((at, character)) = text.char_indices().find(|&(_, character)| !is_legal(character)) {
        let lower = text.to_ascii_lowercase();
        if !lower.chars().all(is_legal) {
            return Some(Mistake::Character { text: owned(), character, at });
        }
        // The lower-case text may have another mistake, which is then the one to report.
        return mistake(&lower).or_else(|| Some(Mistake::UpperCase { text: owned(), lower }));
    }
    if text.len() > Region::MAX_LENGTH {
        return Some(Mistake::TooLong(text.len()));
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Some(Mistake::EdgeHyphen(owned()));
    }
    let without_fips = text.strip_prefix("fips-").or_else(|| text.strip_suffix("-fips"));
    if let Some(region) = without_fips.and_then(known_region) {
        return Some(Mistake::Fips { text: owned(), region });
    }
    region_of_zone(text).map(|region| Mistake::Zone { text: owned(), region: region.into() })
}

/// Returns the Region at the start of a zone's name: `us-west-2` of `us-west-2b` and the Local Zone `us-west-2-lax-1a`.
pub(crate) fn region_of_zone(text: &str) -> Option<&str> {
    let after_number = text.bytes().zip(text.bytes().skip(1)).enumerate().filter_map(|(at, (byte, next))| {
        (byte.is_ascii_digit() && !next.is_ascii_digit()).then_some(at.saturating_add(1))
    });
    after_number.filter_map(|end| text.get(..end)).find(|start| Partition::from_region(start).is_some())
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, InvalidRegion> {
        Self::new(text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// The derived equality, order and hash are those of the text.
impl Borrow<str> for Region {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Region {
    type Error = InvalidRegion;

    fn try_from(text: &str) -> Result<Self, InvalidRegion> {
        Self::new(text)
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, InvalidRegion> {
        Self::new(text)
    }
}

impl PartialEq<str> for Region {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Region {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<Region> for str {
    fn eq(&self, other: &Region) -> bool {
        self == other.0
    }
}

impl PartialEq<Region> for &str {
    fn eq(&self, other: &Region) -> bool {
        *self == other.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
