//! What a look-up proves of an image.

use crate::model::{Image, ImagePath, Tag};
use crate::preview::{Comparison, Verdict};
use crate::response::Effect;

/// Whether an image carries the marker tag of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Marker {
    /// Key and value: the image was registered for this request.
    Matches,
    /// The key with another value: the image was registered for another request.
    Differs,
    /// The call has no marker, or the image does not show the key, or no look-up showed the image.
    Unknown,
}

/// An image that has the name, as a look-up showed it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) image: Image,
    pub(super) comparison: Comparison,
    pub(super) marker: Marker,
}

impl Seen {
    pub(super) fn new(image: Image, comparison: Comparison, marker: Option<&Tag>) -> Self {
        let tag = marker.and_then(|marker| image.tags.iter().flatten().find(|tag| tag.key == marker.key));
        let marker = match (tag, marker) {
            (Some(tag), Some(marker)) if tag == marker => Marker::Matches,
            (Some(_), Some(_)) => Marker::Differs,
            _ => Marker::Unknown,
        };
        Self { image, comparison, marker }
    }

    /// Whether the origin is proven, nothing differs, and the image is usable.
    pub(super) fn is_the_wanted_one(&self) -> bool {
        self.marker == Marker::Matches
            && self.comparison.differences().next().is_none()
            && self.image.is_usable() == Some(true)
            && !self.image.has_source()
    }

    /// Whether a later look-up cannot change the judgment.
    pub(super) fn is_settled(&self, is_marked: bool, effect: Effect) -> bool {
        if self.marker == Marker::Differs
            || self.comparison.differences().any(|compared| compared.place != ImagePath::Tags)
        {
            return true;
        }
        let may_be_own = is_marked || effect == Effect::Unknown;
        let is_complete = !self.lacks_tags() && (!is_marked || self.marker == Marker::Matches);
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
