//! Past requests in CloudTrail's records.

use std::collections::BTreeMap;

use ec2_register_image::rules::Validator;
use ec2_register_image::wire::cloudtrail::{self, GapReason, InvalidRecord, Record, RecordedOutcome};
use serde::Serialize;
use serde_json::value::RawValue;
use time::format_description::well_known::Rfc3339;

use super::Checked;
use super::unreadable::Unreadable;

/// The call that a request was made in, and what its record does not say.
#[derive(Serialize)]
pub struct Event {
    event_id: Option<String>,
    event_time: String,
    gaps: Vec<String>,
    /// For each gap, whether a value of a known member was lost.
    #[serde(skip)]
    losses: Vec<bool>,
    /// The image that EC2 registered.
    #[serde(skip)]
    pub image_id: Option<String>,
}

impl Event {
    fn new(record: &Record) -> Result<Self, Unreadable> {
        Ok(Self {
            event_id: record.event_id.clone(),
            event_time: record.event_time.format(&Rfc3339).map_err(|error| Unreadable::file(&error))?,
            gaps: record.gaps.iter().map(ToString::to_string).collect(),
            losses: record.gaps.iter().map(|gap| gap.reason != GapReason::Unknown).collect(),
            image_id: match &record.outcome {
                RecordedOutcome::Registered(image_id) => Some(image_id.to_string()),
                _ => None,
            },
        })
    }

    /// The text that stands for the file where the request of this event is shown.
    pub fn origin(&self, file: &str) -> String {
        let id = self.event_id.as_deref().unwrap_or("without an id");
        format!("{file}: {}, event {id}", self.event_time)
    }

    /// What the record has that could not be read, each with whether a value of a known member was lost.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, bool)> {
        self.gaps.iter().map(String::as_str).zip(self.losses.iter().copied())
    }

    /// Whether every value of a known member was checked.
    pub fn is_whole(&self) -> bool {
        !self.losses.contains(&true)
    }
}

/// Checks each request in the records of CloudTrail. Returns `None` if the text is not from CloudTrail, and could be a
/// request.
pub fn check(text: &str, validator: &Validator) -> Option<Vec<Result<Checked, Unreadable>>> {
    // A log may be long, so it is known by its first member.
    let is_log = LISTS.contains(&first_name(text));
    let first = || serde_json::Deserializer::from_str(text).into_iter::<&RawValue>().next()?.ok();
    let first = if is_log { "" } else { first()?.get() };
    if !is_log && !is_event(first) {
        return None;
    }
    let mut checked = Vec::new();
    let read = cloudtrail::for_each_record(text.as_bytes(), |record| checked.push(check_record(record, validator)));
    checked.extend(read.err().map(|error| Err(unreadable(error))));
    // A single event is not a log, so it is an error if it is of another action.
    if checked.is_empty() && !is_log && !first.starts_with('[') && !is_list(first) {
        let alone = cloudtrail::decode_record(text.as_bytes());
        checked.extend(alone.err().filter(|error| error.line().is_none()).map(|error| Err(unreadable(error))));
    }
    Some(checked)
}

/// The members by which a text shows that it comes from CloudTrail or from an envelope around its records.
const EVENT: [&str; 4] = ["eventSource", "eventVersion", "detail", "Sns"];
const LISTS: [&str; 5] = ["Records", "Events", "events", "logEvents", "Messages"];
/// The members that do so only with JSON as their text.
const TEXTS: [&str; 5] = ["CloudTrailEvent", "Message", "message", "Body", "body"];

/// The name of the first member, unless it is escaped.
fn first_name(json: &str) -> &str {
    let name = json.trim_start().strip_prefix('{').and_then(|rest| rest.trim_start().strip_prefix('"'));
    name.and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

fn members(json: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

fn is_list(json: &str) -> bool {
    let members = members(json);
    LISTS.iter().any(|name| members.contains_key(*name))
}

fn is_event(json: &str) -> bool {
    let is_json = |text: &RawValue| text.get().starts_with("\"{") || text.get().starts_with("\"[");
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
        return items.first().is_some_and(|first| is_event(first.get()));
    }
    let members = members(json);
    json.starts_with("\"{")
        || is_list(json)
        || EVENT.iter().any(|name| members.contains_key(*name))
        || TEXTS.iter().any(|name| members.get(*name).is_some_and(|text| is_json(text)))
}

/// A record spells a request differently from its author, so findings have their places in the AWS CLI's JSON of it.
fn check_record(record: Result<Record, InvalidRecord>, validator: &Validator) -> Result<Checked, Unreadable> {
    let record = record.map_err(unreadable)?;
    let event = Event::new(&record)?;
    let Some((review, request)) = record.check(validator).zip(record.request.as_ref()) else {
        let message = event.origin("the record does not hold the request");
        return Err(Unreadable { line: None, column: None, message });
    };
    let text = serde_json::to_string_pretty(request).map_err(|error| Unreadable::file(&error))?;
    Ok(Checked { text, event: Some(event), report: review.report, disproved: review.disproved })
}

fn unreadable(error: InvalidRecord) -> Unreadable {
    Unreadable { line: error.line(), column: error.column(), message: error.to_string() }
}
