//! The tag that proves the origin of an image.

use alloc::{borrow::ToOwned as _, string::String};

use super::fingerprint::split_marker;
use super::{Image, RegisterImageRequest, Tag};

/// Whether an image carries the marker tag of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Marker {
    /// Key and value: the image was registered for a request with this marker.
    Matches,
    /// Key, value and fingerprint: the image was registered for exactly this content, also in fields that DescribeImages
    /// never returns.
    #[serde(rename = "matches-content")]
    MatchesContent,
    /// The key with another value: the image was registered for another request.
    Differs,
    /// The caller's value with another fingerprint: the image was registered for a request with other content.
    #[serde(rename = "other-content")]
    OtherContent,
    /// There is no marker, or the image does not show the key, or no look-up showed the image.
    Unknown,
}

impl Marker {
    /// Returns whether the image was registered for this marker, with or without its fingerprint.
    #[must_use]
    pub const fn is_match(self) -> bool {
        matches!(self, Self::Matches | Self::MatchesContent)
    }
}

/// The marker cannot prove the origin of an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoMarker {
    /// The request gives the image no tag with this key, or one with an empty value.
    #[error("the request gives the image no tag {key:?} with a value; add one before validation")]
    Missing {
        /// The key.
        key: String,
    },
    /// The value contains the fingerprint of another request, so the request changed after the marker was added.
    #[error("the tag {key:?} contains the fingerprint of another request; add the marker after all other settings")]
    OtherContent {
        /// The key.
        key: String,
    },
    /// EC2 copies tags with this prefix to copies of the image, so they do not prove its origin.
    #[error(
        "the tag {key:?} cannot be a marker: EC2 copies tags whose key starts with `ec2:SharedTag/`; use another key"
    )]
    Shared {
        /// The key.
        key: String,
    },
}

/// The marker tag of a request.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    tag: Tag,
    /// The caller's part of a value that contains the fingerprint of the request.
    bound: Option<String>,
}

impl Mark {
    /// Returns the request's tag with this key, if it can prove the origin of an image.
    pub(crate) fn of_request(request: &RegisterImageRequest, key: &str) -> Result<Self, NoMarker> {
        if key.starts_with("ec2:SharedTag/") {
            return Err(NoMarker::Shared { key: key.into() });
        }
        let tag = request.image_tag(key).filter(|tag| tag.value.as_ref().is_some_and(|value| !value.is_empty()));
        let tag = tag.cloned().ok_or_else(|| NoMarker::Missing { key: key.into() })?;
        match tag.value.as_deref().and_then(split_marker) {
            Some((_, other)) if other != request.fingerprint() => Err(NoMarker::OtherContent { key: key.into() }),
            bound => Ok(Self { bound: bound.map(|(value, _)| value.to_owned()), tag }),
        }
    }

    /// Returns whether the image was registered for this marker. Copies are not.
    pub(crate) fn proves(&self, image: &Image) -> bool {
        self.of_image(image).is_match() && !image.has_source()
    }

    pub(crate) fn key(&self) -> &str {
        self.tag.key.as_deref().unwrap_or_default()
    }

    /// Returns what the tags of an image prove.
    pub(crate) fn of_image(&self, image: &Image) -> Marker {
        let mut tags = image.tags.iter().flatten();
        let Some(tag) = tags.find(|tag| tag.key.as_deref() == Some(self.key())) else { return Marker::Unknown };
        let other = || tag.value.as_deref().and_then(split_marker);
        match &self.bound {
            None if *tag == self.tag => Marker::Matches,
            Some(_) if *tag == self.tag => Marker::MatchesContent,
            Some(own) if other().is_some_and(|(value, _)| value == own) => Marker::OtherContent,
            _ => Marker::Differs,
        }
    }
}
