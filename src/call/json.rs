//! Outcomes as JSON.

use alloc::{string::String, string::ToString as _, vec::Vec};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::outcome::{AlreadyThere, Cause, GaveUp, Outcome, Recovered, chain};
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
        match self {
            Self::Recovered(recovered) => recovered.serialize(serializer),
            Self::AlreadyThere(there) => there.serialize(serializer),
            Self::GaveUp(gave_up) => gave_up.serialize(serializer),
            Self::Registered(image) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("Outcome", "registered")?;
                map.serialize_entry("ImageId", &image.image_id)?;
                map.serialize_entry("RequestId", &image.request_id)?;
                map.end()
            }
            Self::DryRunPassed(passed) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("Outcome", "dry-run-passed")?;
                map.serialize_entry("RequestId", &passed.request_id)?;
                map.end()
            }
            Self::Refused(error) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("Outcome", "refused")?;
                map.serialize_entry("Error", &Described(error))?;
                map.end()
            }
        }
    }
}

impl Serialize for Recovered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Outcome", "recovered")?;
        map.serialize_entry("ImageId", &self.image.id)?;
        map.serialize_entry("Marked", &true)?;
        map.serialize_entry("State", &self.image.state)?;
        map.serialize_entry("Differences", &places(self.comparison.differences()))?;
        map.serialize_entry("NotShown", &places(self.comparison.not_shown()))?;
        map.serialize_entry("LookUpError", &None::<Cause>)?;
        map.end()
    }
}

impl Serialize for AlreadyThere {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let comparison = || self.comparison.iter();
        let state = self.image.as_ref().and_then(|image| image.state.as_ref().map(ImageState::as_str));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Outcome", "already-there")?;
        map.serialize_entry("ImageId", &self.image_id)?;
        map.serialize_entry("Likeness", &self.likeness())?;
        map.serialize_entry("Marked", &marked(self.marker))?;
        map.serialize_entry("State", &state)?;
        map.serialize_entry("Differences", &places(comparison().flat_map(Comparison::differences)))?;
        map.serialize_entry("NotShown", &places(comparison().flat_map(Comparison::not_shown)))?;
        map.serialize_entry("LookUpError", &self.look_up_error)?;
        map.end()
    }
}

impl Serialize for GaveUp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Outcome", "gave-up")?;
        map.serialize_entry("ImageId", &self.image_id)?;
        map.serialize_entry("Effect", &self.effect)?;
        map.serialize_entry("Marked", &None::<bool>)?;
        map.serialize_entry("State", &None::<&str>)?;
        map.serialize_entry("Error", &self.cause)?;
        map.serialize_entry("LookUpError", &self.look_up_error)?;
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
