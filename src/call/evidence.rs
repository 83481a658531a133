//! What a look-up proves of an image.

use crate::model::marker::{Mark, Marker};
use crate::model::{Image, ImagePath};
use crate::preview::{Comparison, Verdict};
use crate::response::Effect;
use crate::types::ImageState;

/// An image that has the name, as a look-up showed it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) image: Image,
    pub(super) comparison: Comparison,
    pub(super) marker: Marker,
}

impl Seen {
    pub(super) fn new(image: Image, comparison: Comparison, mark: Option<&Mark>) -> Self {
        let marker = mark.map_or(Marker::Unknown, |mark| mark.of_image(&image));
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

    /// How much it says: whether the image is unusable, the marker, the tags, then the number of members that are shown.
    pub(super) fn rank(&self) -> (bool, bool, bool, usize) {
        let shown = self.comparison.members().filter(|compared| compared.verdict != Verdict::NotShown).count();
        let is_unusable = self.image.is_usable() == Some(false);
        (is_unusable, self.marker != Marker::Unknown, !self.lacks_tags(), shown)
    }

    pub(super) fn is_deregistered(&self) -> bool {
        self.image.state == Some(ImageState::DEREGISTERED)
    }
}

/// Whether the image lacks tags of the request.
pub(super) fn lacks_tags(comparison: &Comparison) -> bool {
    let is_lacking = |verdict: &Verdict| matches!(verdict, Verdict::Differs { preview: Some(_), .. });
    comparison.differences().any(|compared| compared.place == ImagePath::Tags && is_lacking(&compared.verdict))
}
