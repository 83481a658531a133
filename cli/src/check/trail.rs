//! Past requests in CloudTrail's records.

use std::collections::BTreeMap;

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::wire::cloudtrail;
use ec2_register_image::wire::cloudtrail::{InvalidRecord, Record};
use serde::{Serialize, de::IgnoredAny};
use time::format_description::well_known::Rfc3339;

use super::unreadable::Unreadable;

/// Which call a request was made in, and what its record does not give of it.
#[derive(Serialize)]
pub struct Event {
    event_id: Option<String>,
    event_time: String,
    pub gaps: Vec<String>,
}

impl Event {
    /// What stands for the file where the request of this event is shown.
    pub fn origin(&self, file: &str) -> String {
        let id = self.event_id.as_deref().unwrap_or("without an id");
        format!("{file}: {}, event {id}", self.event_time)
    }
}

/// The requests in a log file, in what `lookup-events` prints, or in one record; `None` where the text is none of these,
/// which no request can be taken for.
pub fn requests(text: &str) -> Option<Vec<Result<(Event, RegisterImageRequest), Unreadable>>> {
    let members: BTreeMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    let records = if members.contains_key("eventSource") {
        Ok(vec![cloudtrail::decode_record(text.as_bytes())])
    } else if members.contains_key("Records") || members.contains_key("Events") {
        cloudtrail::decode_log(text.as_bytes())
    } else {
        return None;
    };
    let records = records.unwrap_or_else(|error| vec![Err(error)]);
    Some(records.into_iter().map(|record| request(record.map_err(unreadable)?)).collect())
}

fn request(record: Record) -> Result<(Event, RegisterImageRequest), Unreadable> {
    let gaps = record.gaps.iter().map(ToString::to_string).collect();
    let event_time = record.event_time.format(&Rfc3339).map_err(|error| Unreadable::file(&error))?;
    let event = Event { event_id: record.event_id, event_time, gaps };
    match record.request {
        Some(request) => Ok((event, request)),
        None => {
            Err(Unreadable { line: None, column: None, message: event.origin("the record does not hold the request") })
        }
    }
}

fn unreadable(error: InvalidRecord) -> Unreadable {
    Unreadable { line: error.line(), column: error.column(), message: error.to_string() }
}
