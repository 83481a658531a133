//! Reads the parameters of a request from its record.

use alloc::{string::String, string::ToString as _, vec::Vec};
use core::fmt;

use serde_json::Value;

use crate::model::RegisterImageRequest;
use crate::schema::{Item, MemberName, Source, Structure, Text, Value as _};
use crate::text::escaped;

/// A part of a request that could not be read from its record. The request is read without it.
///
/// ```
/// use ec2_register_image::wire::cloudtrail::{self, GapReason};
///
/// let record = cloudtrail::decode_record(br#"{
///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
///     "eventTime": "2026-11-23T10:00:00Z", "responseElements": {"imageId": "ami-1"},
///     "requestParameters": {"name": "web", "colour": "blue"}
/// }"#)?;
/// assert_eq!(record.gaps[0].reason, GapReason::Unknown);
/// assert_eq!(
///     record.gaps[0].to_string(),
///     "requestParameters.colour: no member of the API is recorded under this name",
/// );
/// # Ok::<(), cloudtrail::InvalidRecord>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Gap {
    /// The place in the record, such as `requestParameters.blockDeviceMapping.items[0].ebs`. Long names are cut.
    pub path: String,
    /// Why it could not be read.
    pub reason: GapReason,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            GapReason::Unknown => "no member of the API is recorded under this name",
            GapReason::Malformed => "the value does not have the form that this member has in EC2's records",
            GapReason::Redacted => "CloudTrail has put a mark in the place of the value, since that is a secret",
        };
        write!(f, "{}: {reason}", self.path)
    }
}

/// Why a part of a request is a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GapReason {
    /// A name that no member has, or a second name of a member that was already read.
    Unknown,
    /// A value of the wrong type, a number that is not a 32-bit integer, or a list in an unknown form.
    Malformed,
    /// The mark `<sensitiveDataRemoved>` or `HIDDEN_DUE_TO_SECURITY_REASONS` in place of the value.
    Redacted,
}

/// The marks that CloudTrail writes in place of a secret.
const REDACTED: [&str; 2] = ["<sensitiveDataRemoved>", "HIDDEN_DUE_TO_SECURITY_REASONS"];

/// A place in a record, with a link to the place around it.
pub(crate) struct Place<'a> {
    parent: Option<&'a Self>,
    step: Step<'a>,
}

enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// A member of the record itself.
    pub(crate) fn new(name: &'a str) -> Self {
        Self { parent: None, step: Step::Member(name) }
    }

    pub(crate) fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Member(name) }
    }

    fn item(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Item(index) }
    }

    pub(crate) fn gap(&self, reason: GapReason) -> Gap {
        Gap { path: self.to_string(), reason }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Member(name) => {
                write!(f, "{}{}", if self.parent.is_some() { "." } else { "" }, escaped(name, 40))
            }
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// Reads the request parameters of a record. What cannot be read is a gap.
pub(super) fn request(parameters: &Value, gaps: &mut Vec<Gap>) -> Option<RegisterImageRequest> {
    let mut request = None;
    let place = &Place::new("requestParameters");
    RegisterImageRequest::read(&mut request, Recorded { value: parameters, place, gaps });
    request
}

/// Whether `recorded` is the name of this member in a record: with a small first letter, and for a list under either name
/// or with `Set`.
fn is_recorded_as(recorded: &str, name: &str, wire_name: &str) -> bool {
    let spells = |recorded: &str, name: &str| {
        let (mut recorded, mut name) = (recorded.chars(), name.chars());
        recorded.next() == name.next().map(|first| first.to_ascii_lowercase()) && recorded.eq(name)
    };
    let is_set = || recorded.strip_suffix("Set").is_some_and(|singular| spells(singular, wire_name));
    spells(recorded, name) || name != wire_name && (spells(recorded, wire_name) || is_set())
}

/// A value of a record. If nothing of it can be read, the place stays empty.
struct Recorded<'r> {
    value: &'r Value,
    place: &'r Place<'r>,
    gaps: &'r mut Vec<Gap>,
}

impl Recorded<'_> {
    fn gap(self, reason: GapReason) {
        self.gaps.push(self.place.gap(reason));
    }

    /// Sets the member, unless another name has set it or its value is malformed.
    fn set<T>(self, place: &mut Option<T>, value: Option<T>) {
        match value {
            _ if place.is_some() => self.gap(GapReason::Unknown),
            Some(value) => *place = Some(value),
            None => self.gap(GapReason::Malformed),
        }
    }

    fn items<T: Item>(self, items: &[Value]) -> Vec<T> {
        let mut list = Vec::new();
        for (index, value) in items.iter().enumerate() {
            let mut item = None;
            T::read(&mut item, Recorded { value, place: &self.place.item(index), gaps: &mut *self.gaps });
            list.extend(item);
        }
        list
    }
}

impl Source for Recorded<'_> {
    type Output = ();

    fn text<T: Text>(self, place: &mut Option<T>) {
        let text = match self.value {
            _ if place.is_some() => None,
            Value::String(text) if REDACTED.contains(&text.as_str()) => return self.gap(GapReason::Redacted),
            Value::String(text) => Some(text.as_str()),
            // EC2 records an element without content as an empty object: `"noDevice": {}`.
            Value::Object(object) if object.is_empty() => Some(""),
            _ => None,
        };
        self.set(place, text.map(T::from_text));
    }

    fn boolean(self, place: &mut Option<bool>) {
        let value = self.value.as_bool();
        self.set(place, value);
    }

    fn integer(self, place: &mut Option<i32>) {
        let value = self.value.as_i64().and_then(|number| number.try_into().ok());
        self.set(place, value);
    }

    fn list<T: Item>(self, place: &mut Option<Vec<T>>) {
        match self.value {
            _ if place.is_some() => self.gap(GapReason::Unknown),
            Value::Array(items) => *place = Some(self.items(items)),
            // EC2 records an absent list as an empty object.
            Value::Object(object) if object.is_empty() => {}
            Value::Object(object) => match object.get("items") {
                Some(Value::Array(items)) if object.len() == 1 => {
                    let inner = self.place.member("items");
                    *place = Some(Recorded { value: self.value, place: &inner, gaps: self.gaps }.items(items));
                }
                _ => self.gap(GapReason::Malformed),
            },
            _ => self.gap(GapReason::Malformed),
        }
    }

    fn structure<T: Structure>(self, place: &mut Option<T>) {
        let object = match self.value {
            Value::Object(object) if place.is_none() => object,
            _ => return self.set(place, None),
        };
        let mut structure = T::empty();
        for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
            let place = self.place.member(name);
            let is_it = |member: &T::Member| is_recorded_as(name, member.name(), member.wire_name());
            let recorded = Recorded { value, place: &place, gaps: &mut *self.gaps };
            match T::Member::ALL.iter().copied().find(is_it) {
                Some(member) => structure.read_member(member, recorded),
                None => recorded.gap(GapReason::Unknown),
            }
        }
        *place = Some(structure);
    }
}
