//! How CloudTrail writes down what a request said, and reading it from there.

use alloc::{string::String, string::ToString as _, vec::Vec};
use core::fmt;

use serde::de::{DeserializeOwned, IntoDeserializer, value};
use serde_json::Value;

use crate::schema::Text;
use crate::text::escaped;

/// A part of a request that could not be taken from its audit record; the request is read without it.
///
/// ```
/// use ec2_register_image::wire::cloudtrail::{self, GapReason};
///
/// let record = cloudtrail::decode(br#"{
///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage", "eventTime": "2026-11-23T10:00:00Z",
///     "requestParameters": {"name": "web", "colour": "blue"}, "responseElements": {"imageId": "ami-1"}
/// }"#)?;
/// assert_eq!(record.gaps[0].reason, GapReason::Unknown);
/// assert_eq!(record.gaps[0].to_string(), "requestParameters.colour: no member of the API is recorded under this name");
/// # Ok::<(), cloudtrail::InvalidRecord>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// Where in the record, such as `requestParameters.blockDeviceMapping.items[0].ebs`; long names are cut.
    pub path: String,
    /// Why it could not be taken.
    pub reason: GapReason,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            GapReason::Unknown => "no member of the API is recorded under this name",
            GapReason::Malformed => "the value has not the form in which EC2's records give this member",
            GapReason::Redacted => "CloudTrail has put a mark in the place of the value, since that is a secret",
        };
        write!(f, "{}: {reason}", self.path)
    }
}

/// Why a part of a request is a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapReason {
    /// A name that no member has, or a second name for a member that was read already.
    Unknown,
    /// A value of another type than the member's, a number that is not a 32-bit integer, or a list in an unknown form.
    Malformed,
    /// The mark `<sensitiveDataRemoved>` or `HIDDEN_DUE_TO_SECURITY_REASONS` instead of the value.
    Redacted,
}

/// What CloudTrail writes instead of a secret.
const REDACTED: [&str; 2] = ["<sensitiveDataRemoved>", "HIDDEN_DUE_TO_SECURITY_REASONS"];

/// A place in a record, as a chain to what holds it.
pub(crate) struct Place<'a> {
    holder: Option<&'a Self>,
    step: Step<'a>,
}

enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// A member of the record itself.
    pub(crate) fn new(name: &'a str) -> Self {
        Self { holder: None, step: Step::Member(name) }
    }

    pub(crate) fn member(&'a self, name: &'a str) -> Self {
        Self { holder: Some(self), step: Step::Member(name) }
    }

    fn item(&'a self, index: usize) -> Self {
        Self { holder: Some(self), step: Step::Item(index) }
    }

    pub(crate) fn gap(&self, reason: GapReason) -> Gap {
        Gap { path: self.to_string(), reason }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(holder) = self.holder {
            write!(f, "{holder}")?;
        }
        match self.step {
            Step::Member(name) => {
                write!(f, "{}{}", if self.holder.is_some() { "." } else { "" }, escaped(name, 40))
            }
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// A value that a record holds.
pub(crate) trait Recorded: Sized {
    /// Takes the value; what cannot be taken is a gap, and the whole is absent where nothing is left of it.
    fn recorded(value: &Value, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<Self>;
}

/// Whether a record gives the member of these names as `recorded`: with a small first letter, and a list under either name
/// or as a `…Set`.
pub(crate) fn is_recorded_as(recorded: &str, name: &str, wire_name: &str) -> bool {
    let spells = |recorded: &str, name: &str| {
        let (mut recorded, mut name) = (recorded.chars(), name.chars());
        recorded.next() == name.next().map(|first| first.to_ascii_lowercase()) && recorded.eq(name)
    };
    let is_set = || recorded.strip_suffix("Set").is_some_and(|singular| spells(singular, wire_name));
    spells(recorded, name) || name != wire_name && (spells(recorded, wire_name) || is_set())
}

impl<T: Text + DeserializeOwned> Recorded for T {
    fn recorded(value: &Value, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<Self> {
        let text = match value {
            Value::String(text) if REDACTED.contains(&text.as_str()) => {
                gaps.push(place.gap(GapReason::Redacted));
                return None;
            }
            Value::String(text) => Some(text.as_str()),
            // So EC2 records an element without content: `"noDevice": {}`.
            Value::Object(object) if object.is_empty() => Some(""),
            _ => None,
        };
        let text = text.and_then(|text| T::deserialize(IntoDeserializer::<value::Error>::into_deserializer(text)).ok());
        or_malformed(text, place, gaps)
    }
}

impl Recorded for bool {
    fn recorded(value: &Value, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<Self> {
        or_malformed(value.as_bool(), place, gaps)
    }
}

impl Recorded for i32 {
    fn recorded(value: &Value, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<Self> {
        or_malformed(value.as_i64().and_then(|number| number.try_into().ok()), place, gaps)
    }
}

impl<T: Recorded> Recorded for Vec<T> {
    fn recorded(value: &Value, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<Self> {
        let mut read = |items: &[Value], place: &Place<'_>| {
            let items = items.iter().enumerate();
            Some(items.filter_map(|(index, item)| T::recorded(item, &place.item(index), gaps)).collect())
        };
        match value {
            Value::Array(items) => read(items, place),
            // A list that the request did not have.
            Value::Object(object) if object.is_empty() => None,
            Value::Object(object) => match object.get("items") {
                Some(Value::Array(items)) if object.len() == 1 => read(items, &place.member("items")),
                _ => or_malformed(None, place, gaps),
            },
            _ => or_malformed(None, place, gaps),
        }
    }
}

pub(crate) fn or_malformed<T>(value: Option<T>, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Option<T> {
    if value.is_none() {
        gaps.push(place.gap(GapReason::Malformed));
    }
    value
}
