//! What a look-up proves of an image.

use alloc::{borrow::ToOwned as _, string::String};

use crate::model::{Fingerprint, Image, ImagePath, Tag, split_marker};
use crate::preview::{Comparison, Verdict};
use crate::response::Effect;

/// Whether an image carries the marker tag of the call.
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
    /// The call has no marker, or the image does not show the key, or no look-up showed the image.
    Unknown,
}

impl Marker {
    /// Returns whether the image was registered for this marker, with or without its fingerprint.
    #[must_use]
    pub const fn is_match(self) -> bool {
        matches!(self, Self::Matches | Self::MatchesContent)
    }
}

/// The tag that proves the origin of an image.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    tag: Tag,
    /// The caller's part of a value that contains the fingerprint of the request.
    bound: Option<String>,
}

impl Mark {
    /// Returns `None` if the value contains the fingerprint of another request.
    pub(super) fn new(tag: Tag, fingerprint: Fingerprint) -> Option<Self> {
        match tag.value.as_deref().and_then(split_marker) {
            Some((_, other)) if other != fingerprint => None,
            bound => Some(Self { bound: bound.map(|(value, _)| value.to_owned()), tag }),
        }
    }

    pub(super) fn key(&self) -> &str {
        self.tag.key.as_deref().unwrap_or_default()
    }

    /// What the tags of an image prove.
    fn of(&self, image: &Image) -> Marker {
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

/// An image that has the name, as a look-up showed it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) image: Image,
    pub(super) comparison: Comparison,
    pub(super) marker: Marker,
}

impl Seen {
    pub(super) fn new(image: Image, comparison: Comparison, mark: Option<&Mark>) -> Self {
        let marker = mark.map_or(Marker::Unknown, |mark| mark.of(&image));
        Self { image, comparison, marker }
    }

    /// Whether the origin is proven, nothing differs, and the image is usable.
    pub(super) fn is_the_wanted_one(&self) -> bool {
        self.marker.is_match()
            && self.comparison.differences().next().is_none()
            && self.image.is_usable() == Some(true)
            && !self.image.has_source()
    }

    /// Whether a later look-up cannot change the judgment.
    pub(super) fn is_settled(&self, is_marked: bool, effect: Effect) -> bool {
        if matches!(self.marker, Marker::Differs | Marker::OtherContent)
            || self.comparison.differences().any(|compared| compared.place != ImagePath::Tags)
        {
            return true;
        }
        let may_be_own = is_marked || effect == Effect::Unknown;
        let is_complete = !self.lacks_tags() && (!is_marked || self.marker.is_match());
        !may_be_own || (is_complete && self.image.is_usable().is_some())
    }

    /// Whether the image lacks tags of the request, which may become visible later.
    pub(super) fn lacks_tags(&self) -> bool {
        lacks_tags(&self.comparison)
    }

    /// How complete it is: the marker first, then the tags, then the number of members that are shown.
    pub(super) fn rank(&self) -> (bool, bool, usize) {
        let shown = self.comparison.members().filter(|compared| compared.verdict != Verdict::NotShown).count();
        (self.marker != Marker::Unknown, !self.lacks_tags(), shown)
    }
}

/// Whether the image lacks tags of the request.
pub(super) fn lacks_tags(comparison: &Comparison) -> bool {
    let is_lacking = |verdict: &Verdict| matches!(verdict, Verdict::Differs { preview: Some(_), .. });
    comparison.differences().any(|compared| compared.place == ImagePath::Tags && is_lacking(&compared.verdict))
}
