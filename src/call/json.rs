//! Outcomes as JSON.

use alloc::{string::String, string::ToString as _, vec::Vec};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::outcome::{Cause, Outcome, chain};
use crate::model::marker::Marker;
use crate::preview::{Compared, Comparison};
use crate::response::RegisterImageError;
use crate::types::ImageState;

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Answered(error) => Described(error).serialize(serializer),
            Self::Transport { error, .. } => message(serializer, &chain(&**error).to_string()),
            other => message(serializer, &other.to_string()),
        }
    }
}

fn message<S: Serializer>(serializer: S, message: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("Message", message)?;
    map.end()
}

/// An error as the JSON of an outcome has it.
struct Described<'a>(&'a RegisterImageError);

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(error) = self.0.as_service() {
            map.serialize_entry("Code", error.code().as_str())?;
            map.serialize_entry("Message", &error.message())?;
            map.serialize_entry("RequestId", &error.request_id())?;
        } else {
            map.serialize_entry("Message", &self.0.to_string())?;
        }
        map.serialize_entry("Status", &self.0.status().as_u16())?;
        map.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Registered(image) => {
                map.serialize_entry("Outcome", "registered")?;
                map.serialize_entry("ImageId", &image.image_id)?;
                map.serialize_entry("RequestId", &image.request_id)?;
            }
            Self::Recovered(recovered) => {
                map.serialize_entry("Outcome", "recovered")?;
                map.serialize_entry("ImageId", &recovered.image.id)?;
                map.serialize_entry("Marked", &true)?;
                map.serialize_entry("State", &recovered.image.state)?;
                map.serialize_entry("Differences", &places(recovered.comparison.differences()))?;
                map.serialize_entry("NotShown", &places(recovered.comparison.not_shown()))?;
                map.serialize_entry("LookUpError", &None::<Cause>)?;
            }
            Self::AlreadyThere(there) => {
                let comparison = || there.comparison.iter();
                map.serialize_entry("Outcome", "already-there")?;
                map.serialize_entry("ImageId", &there.image_id)?;
                map.serialize_entry("Likeness", &there.likeness())?;
                map.serialize_entry("Marked", &marked(there.marker))?;
                map.serialize_entry(
                    "State",
                    &there.image.as_ref().and_then(|image| image.state.as_ref().map(ImageState::as_str)),
                )?;
                map.serialize_entry("Differences", &places(comparison().flat_map(Comparison::differences)))?;
                map.serialize_entry("NotShown", &places(comparison().flat_map(Comparison::not_shown)))?;
                map.serialize_entry("LookUpError", &there.look_up_error)?;
            }
            Self::DryRunPassed(passed) => {
                map.serialize_entry("Outcome", "dry-run-passed")?;
                map.serialize_entry("RequestId", &passed.request_id)?;
            }
            Self::Refused(error) => {
                map.serialize_entry("Outcome", "refused")?;
                map.serialize_entry("Error", &Described(error))?;
            }
            Self::GaveUp(gave_up) => {
                map.serialize_entry("Outcome", "gave-up")?;
                map.serialize_entry("ImageId", &gave_up.image_id)?;
                map.serialize_entry("Effect", &gave_up.effect)?;
                map.serialize_entry("Marked", &None::<bool>)?;
                map.serialize_entry("State", &None::<&str>)?;
                map.serialize_entry("Error", &gave_up.cause)?;
                map.serialize_entry("LookUpError", &gave_up.look_up_error)?;
            }
        }
        map.end()
    }
}

fn marked(marker: Marker) -> Option<bool> {
    match marker {
        Marker::Matches | Marker::MatchesContent => Some(true),
        Marker::Differs | Marker::OtherContent => Some(false),
        Marker::Unknown => None,
    }
}

fn places<'a>(members: impl Iterator<Item = &'a Compared>) -> Vec<String> {
    members.map(|member| member.place.to_string()).collect()
}
