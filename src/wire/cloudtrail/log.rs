//! Finds the records in a text, through the containers and envelopes that they travel in.

use alloc::string::String;
use core::fmt;

use memchr::{memchr, memmem::Finder};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

use super::{EVENT_NAME, EVENT_SOURCE, InvalidRecord, Kind, Record, read};

/// Members that hold a list of records or envelopes: log files and Lambda events, `lookup-events`, `filter-log-events`,
/// subscriptions of CloudWatch Logs, and `receive-message`.
const LISTS: [&str; 5] = ["Records", "Events", "events", "logEvents", "Messages"];

/// Members that hold an envelope or a record as an object: an event of EventBridge, and SNS in a Lambda event.
const OBJECTS: [&str; 2] = ["detail", "Sns"];

/// Members that hold the JSON of an envelope or a record as text: `lookup-events`, SNS, SQS, and CloudWatch Logs.
const TEXTS: [&str; 5] = ["CloudTrailEvent", "Message", "body", "Body", "message"];

/// The most envelopes around a record that are opened. EventBridge through SNS and SQS has two with text.
const ENVELOPE_LIMIT: usize = 8;

/// The blanks of JSON.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Looks for records of RegisterImage and hands each one to `visit`.
pub(super) struct Search<'v> {
    visit: &'v mut dyn FnMut(Result<Record, InvalidRecord>),
    /// How many texts in texts are open.
    depth: usize,
    /// How many records of other events were skipped.
    pub(super) others: usize,
    event_source: Finder<'static>,
    event_name: Finder<'static>,
}

impl<'v> Search<'v> {
    pub(super) fn new(visit: &'v mut dyn FnMut(Result<Record, InvalidRecord>)) -> Self {
        Self {
            visit,
            depth: 0,
            others: 0,
            event_source: Finder::new("\"eventSource\""),
            event_name: Finder::new(EVENT_NAME),
        }
    }

    /// Reads JSON documents one after the other, and returns whether there was any.
    ///
    /// A document that starts with a list is read item by item, so that a log of any length takes the memory of one event.
    pub(super) fn documents(&mut self, text: &str) -> Result<bool, Kind> {
        let mut at = 0;
        let mut has_document = false;
        while let Some(rest) = after_blanks(text, at) {
            has_document = true;
            at = text.len() - rest.len();
            let read = if starts_list(rest) { self.list(rest) } else { self.values(rest) };
            at += read.map_err(|error| Kind::json(text, at, &error))?;
        }
        Ok(has_document)
    }

    /// Reads documents up to one that starts with a list, and returns their length.
    fn values(&mut self, text: &str) -> serde_json::Result<usize> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        loop {
            let end = values.byte_offset();
            match after_blanks(text, end) {
                Some(rest) if !starts_list(rest) => match values.next().transpose()? {
                    Some(value) => self.item(value.get()),
                    None => return Ok(text.len()),
                },
                _ => return Ok(end),
            }
        }
    }

    /// Reads a document that starts with a list, and returns its length.
    fn list(&mut self, text: &str) -> serde_json::Result<usize> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        List { search: self }.deserialize(&mut deserializer)?;
        Ok(deserializer.into_iter::<IgnoredAny>().byte_offset())
    }

    /// Reads an item of a list, or a document. Only what may hold a record of RegisterImage is parsed.
    fn item(&mut self, text: &str) {
        if self.is_other_event(text) {
            self.others += 1;
            return;
        }
        match serde_json::from_str(text) {
            Ok(value) => self.value(&value),
            // It was read as JSON before, so only its depth can be at fault.
            Err(_) => self.fail(Kind::TooDeep),
        }
    }

    /// Whether the text holds a record, and none of RegisterImage in any envelope: the name of the event is not there, nor
    /// an escape that could spell it.
    fn is_other_event(&self, text: &str) -> bool {
        let source = self.event_source.find(text.as_bytes()).and_then(|at| text.get(at + "\"eventSource\"".len()..));
        let source = source.and_then(|rest| rest.trim_start_matches(BLANKS).strip_prefix(':'));
        let source = source.and_then(|rest| rest.trim_start_matches(BLANKS).strip_prefix('"')?.split('"').next());
        source.is_some_and(|source| source.ends_with(".amazonaws.com"))
            && self.event_name.find(text.as_bytes()).is_none()
            && (memchr(b'\\', text.as_bytes()).is_none() || !text.contains("\\u"))
    }

    /// Reads a record, or opens an envelope.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Object(object) => self.object(object),
            Value::String(text) => self.text(text),
            _ => self.fail(Kind::NotARecord),
        }
    }

    fn object(&mut self, object: &Map<String, Value>) {
        if is_record(object) {
            if is_ours(object) {
                (self.visit)(read(object).map_err(InvalidRecord::from));
            } else {
                self.others += 1;
            }
        } else if let Some(items) = LISTS.iter().find_map(|name| object.get(*name)?.as_array()) {
            items.iter().for_each(|item| self.value(item));
        } else if let Some(inner) = OBJECTS.iter().find_map(|name| object.get(*name)?.as_object()) {
            self.object(inner);
        } else if let Some(text) = TEXTS.iter().find_map(|name| object.get(*name)?.as_str()) {
            self.text(text);
        } else {
            self.fail(if is_about_file(object) { Kind::FileNotice } else { Kind::NotARecord });
        }
    }

    /// Reads text that should be JSON with records in it.
    fn text(&mut self, text: &str) {
        if self.depth == ENVELOPE_LIMIT {
            return self.fail(Kind::TooDeep);
        }
        if !text.trim_start_matches(BLANKS).starts_with(['{', '[']) {
            return self.fail(Kind::NotARecord);
        }
        self.depth += 1;
        if self.documents(text).is_err() {
            self.fail(Kind::EnvelopeJson);
        }
        self.depth -= 1;
    }

    fn fail(&mut self, kind: Kind) {
        (self.visit)(Err(kind.into()));
    }
}

/// What follows the blanks at this place, unless nothing does.
fn after_blanks(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?.trim_start_matches(BLANKS);
    (!rest.is_empty()).then_some(rest)
}

/// Whether the document is a list, or an object whose first member is one of [`LISTS`].
fn starts_list(document: &str) -> bool {
    let list = || {
        let name = document.strip_prefix('{')?.trim_start_matches(BLANKS).strip_prefix('"')?;
        let rest = LISTS.iter().find_map(|list| name.strip_prefix(list)?.strip_prefix('"'))?;
        rest.trim_start_matches(BLANKS).strip_prefix(':')?.trim_start_matches(BLANKS).strip_prefix('[')
    };
    document.starts_with('[') || list().is_some()
}

/// Whether the object is a record of any event. Lambda events of S3, SQS and SNS have similar members.
fn is_record(object: &Map<String, Value>) -> bool {
    let text = |name| object.get(name).and_then(Value::as_str);
    let is_event = text("eventName").is_some() && text("eventSource").is_some_and(|source| !source.starts_with("aws:"));
    // Records of unusual activity have no name of an event.
    is_event || text("eventVersion").is_some() && text("eventType").is_some_and(|kind| kind.starts_with("Aws"))
}

fn is_ours(record: &Map<String, Value>) -> bool {
    let text = |name| record.get(name).and_then(Value::as_str);
    text("eventName") == Some(EVENT_NAME) && text("eventSource").is_some_and(|source| source.starts_with(EVENT_SOURCE))
}

/// Whether the object announces a file in S3: the notification of S3, or that of CloudTrail.
fn is_about_file(object: &Map<String, Value>) -> bool {
    object.contains_key("s3") || object.contains_key("s3Bucket")
}

/// Reads a list, and an object that has one, item by item.
struct List<'s, 'v> {
    search: &'s mut Search<'v>,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            self.search.item(item.get());
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if LISTS.contains(&name.as_str()) {
                members.next_value_seed(List { search: &mut *self.search })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
