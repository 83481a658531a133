//! Audit records in: what CloudTrail wrote down about a call of RegisterImage becomes request, outcome and time, so that
//! past registrations can be checked.
//!
//! ```
//! use ec2_register_image::wire::cloudtrail;
//! use ec2_register_image::wire::cloudtrail::RecordedOutcome;
//!
//! let log = br#"{"Records": [{
//!     "eventVersion": "1.11", "eventTime": "2026-11-23T10:00:00Z", "awsRegion": "eu-north-1",
//!     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
//!     "requestParameters": {
//!         "name": "web", "rootDeviceName": "/dev/xvda",
//!         "blockDeviceMapping": {"items": [{"deviceName": "/dev/xvda", "ebs": {"snapshotId": "snap-0123456789abcdef0"}}]}
//!     },
//!     "responseElements": {"requestId": "3578b088", "imageId": "ami-0123456789abcdef0"}
//! }]}"#;
//! for record in cloudtrail::decode_log(log)? {
//!     let record = record?;
//!     assert_eq!(record.outcome, RecordedOutcome::Registered("ami-0123456789abcdef0".into()));
//!     let request = record.request.unwrap();
//!     // Neither type nor architecture is stated, so EC2 took `paravirtual` and `i386`.
//!     assert!(request.check().warnings().count() >= 2);
//! }
//! # Ok::<(), cloudtrail::InvalidRecord>(())
//! ```
//!
//! # What is known of the form
//!
//! No public record of RegisterImage itself was found. Those of its siblings CreateImage and RunInstances, which take the same
//! structures, were, from 2015 to 2026:
//!
//! - **Observed on siblings**: names in lower camel case, numbers and booleans as JSON's own; `name`; `blockDeviceMapping`
//!   as an object with `items`, each with `deviceName`, `virtualName`, `noDevice` (recorded as `{}`) and `ebs` with
//!   `volumeSize`, `volumeType`, `deleteOnTermination`; `tagSpecificationSet` with `items` of `resourceType` and `tags`,
//!   which is a plain array of `key` and `value`; an absent list as `{}`; `imageId` and `requestId` in
//!   `responseElements`; codes such as `Client.DryRunOperation`.
//! - **Inferred**: all other members, by the same spelling. A list is taken under the name of the AWS CLI, under that of the
//!   query protocol and under that with `Set` after it, as an array or an object with `items`.
//!
//! So nothing in a request makes a record unreadable. What is not of that form is left out and listed as a [`Gap`]: a
//! request with gaps is not whole, and a finding about it may have its reason there.
//!
//! Whether CloudTrail shows `uefiData` is not known; of other secrets, such as the user data of RunInstances, it keeps a
//! mark alone, which is a gap as well. Parameters of more than 100 KB are
//! [left out](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::model::RegisterImageRequest;
use crate::response::{ErrorCode, ErrorEntry};
use crate::types::ImageId;

mod recorded;

pub use recorded::{Gap, GapReason};

/// A call of RegisterImage, as CloudTrail wrote it down.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// What was asked for: `requestParameters`. Absent where the record has none, or CloudTrail left them out for their
    /// length.
    pub request: Option<RegisterImageRequest>,
    /// What could not be taken from `requestParameters`.
    pub gaps: Vec<Gap>,
    /// What came of it.
    pub outcome: RecordedOutcome,
    /// When the call was completed, in UTC: `eventTime`.
    pub event_time: OffsetDateTime,
    /// The id of this record: `eventID`.
    pub event_id: Option<String>,
    /// The id under which AWS support finds the call: `requestID`.
    pub request_id: Option<String>,
    /// The Region that was called: `awsRegion`.
    pub region: Option<String>,
    /// The account that the image belongs to: `recipientAccountId`, in old records `userIdentity.accountId`.
    pub account_id: Option<String>,
    /// Who called: `userIdentity.arn`. Services have none.
    pub user_arn: Option<String>,
}

/// What came of a recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordedOutcome {
    /// The image was registered: `responseElements.imageId`, never empty.
    Registered(ImageId),
    /// The request was a dry run and would have succeeded: `errorCode` is `Client.DryRunOperation`.
    DryRunPassed,
    /// EC2 refused: `errorCode`, as it came, so with `Client.` or `Server.` before it, and `errorMessage`.
    Failed(ErrorEntry),
    /// The record names neither error nor image, as where CloudTrail left out `responseElements`.
    Unstated,
}

/// Bytes that hold no record of RegisterImage; says why, and shows nothing of them.
///
/// ```
/// use ec2_register_image::wire::cloudtrail;
///
/// let error = cloudtrail::decode_record(br#"{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "the record is of another event than EC2's RegisterImage");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidRecord(#[from] Kind);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("not JSON, or nested deeper than any record, at line {line} column {column}")]
    Json { line: usize, column: usize },
    #[error("neither a log file, an object with a list `Records`, nor what `lookup-events` prints, one with `Events`")]
    NotALog,
    #[error("the record is of another event than EC2's RegisterImage")]
    OtherEvent,
    #[error("the record is not of major version 1, so its members may mean something else")]
    Version,
    #[error("the record has no `{0}`")]
    Missing(&'static str),
    #[error("`{0}` is not of the type that it has in every record")]
    Malformed(&'static str),
    #[error("`eventTime` is not a date of RFC 3339")]
    Time,
    #[error("the record has both an `errorCode` and the id of an image")]
    Contradictory,
    #[error("`errorCode` is empty, and the code is what tells errors apart")]
    EmptyCode,
    #[error("`imageId` is empty, and every image has one")]
    EmptyImageId,
}

impl InvalidRecord {
    /// The line, from 1, where the JSON is at fault.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self.0 {
            Kind::Json { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The column in that line, in bytes from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        match self.0 {
            Kind::Json { column, .. } => Some(column),
            _ => None,
        }
    }
}

impl From<serde_json::Error> for Kind {
    fn from(error: serde_json::Error) -> Self {
        if error.is_data() { Self::NotALog } else { Self::Json { line: error.line(), column: error.column() } }
    }
}

/// Reads one record: an object with `eventSource`.
///
/// Members of the record that are not known are passed over, as AWS asks its readers to do; `null` counts as absent; of a
/// member given twice the last one counts.
///
/// ```
/// use ec2_register_image::wire::cloudtrail;
/// use ec2_register_image::wire::cloudtrail::RecordedOutcome;
///
/// let record = cloudtrail::decode_record(br#"{
///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage", "eventTime": "2026-11-23T10:00:00Z",
///     "errorCode": "Client.InvalidAMIName.Duplicate", "errorMessage": "AMI name web is already in use by AMI ami-1",
///     "requestParameters": {"name": "web"}, "responseElements": null
/// }"#)?;
/// let RecordedOutcome::Failed(error) = record.outcome else { unreachable!() };
/// assert_eq!(error.code, "Client.InvalidAMIName.Duplicate");
/// # Ok::<(), cloudtrail::InvalidRecord>(())
/// ```
///
/// # Errors
/// Where the bytes are not JSON, the event is another one, the record is not of major version 1, or what it says of itself
/// and of the outcome is missing, malformed or contradictory; never for what the request said.
pub fn decode_record(record: &[u8]) -> Result<Record, InvalidRecord> {
    let record: Value = serde_json::from_slice(record).map_err(Kind::from)?;
    if !is_ours(&record) {
        return Err(Kind::OtherEvent.into());
    }
    Ok(read(&record)?)
}

/// Reads every record of RegisterImage in a log file, `{"Records": […]}`, or in what `aws cloudtrail lookup-events`
/// prints, `{"Events": [{"CloudTrailEvent": "…"}]}`; passes over all other events.
///
/// It takes time in proportion to the file, and besides what it gives back the memory of one event.
///
/// # Errors
/// Where the bytes are neither. A record that cannot be read is an error in its place, so that it hides no other.
pub fn decode_log(log: &[u8]) -> Result<Vec<Result<Record, InvalidRecord>>, InvalidRecord> {
    let Log(records) = serde_json::from_slice(log).map_err(Kind::from)?;
    Ok(records)
}

fn is_ours(record: &Value) -> bool {
    let text = |name| record.get(name).and_then(Value::as_str);
    text("eventName") == Some("RegisterImage")
        && text("eventSource").is_some_and(|source| source.starts_with("ec2.amazonaws.com"))
}

fn read(record: &Value) -> Result<Record, Kind> {
    let record = record.as_object().ok_or(Kind::OtherEvent)?;
    if text(record, "eventVersion")?.is_some_and(|version| version.split('.').next() != Some("1")) {
        return Err(Kind::Version);
    }
    let event_time = text(record, "eventTime")?.ok_or(Kind::Missing("eventTime"))?;
    let event_time = OffsetDateTime::parse(event_time, &Rfc3339).ok();
    let owned = |name| text(record, name).map(|text| text.map(str::to_owned));
    let user = structure(record, "userIdentity")?;
    let of_user = |name| user.map_or(Ok(None), |user| text(user, name)).map(|text| text.map(str::to_owned));

    let mut gaps = Vec::new();
    let parameters = record.get("requestParameters").filter(|value| !value.is_null() && !is_omitted(value));
    let request = parameters.and_then(|value| recorded::request(value, &mut gaps));
    Ok(Record {
        request,
        gaps,
        outcome: outcome(record)?,
        // Out of range only within a day of the first or last year that `time` knows.
        event_time: event_time.and_then(|time| time.checked_to_offset(UtcOffset::UTC)).ok_or(Kind::Time)?,
        event_id: owned("eventID")?,
        request_id: owned("requestID")?,
        region: owned("awsRegion")?,
        account_id: owned("recipientAccountId")?.map_or_else(|| of_user("accountId"), |id| Ok(Some(id)))?,
        user_arn: of_user("arn")?,
    })
}

fn outcome(record: &Map<String, Value>) -> Result<RecordedOutcome, Kind> {
    let elements = structure(record, "responseElements")?;
    let image_id = elements.map_or(Ok(None), |elements| text(elements, "imageId"))?;
    let message = text(record, "errorMessage")?.map(str::to_owned);
    match (text(record, "errorCode")?, image_id) {
        (Some(_), Some(_)) => Err(Kind::Contradictory),
        (Some(code), None) if code.trim().is_empty() => Err(Kind::EmptyCode),
        (None, Some(id)) if id.trim().is_empty() => Err(Kind::EmptyImageId),
        (None, Some(id)) => Ok(RecordedOutcome::Registered(id.into())),
        (Some(code), None) if ErrorCode::new(code).without_prefix() == ErrorCode::DRY_RUN_OPERATION.as_str() => {
            Ok(RecordedOutcome::DryRunPassed)
        }
        (Some(code), None) => Ok(RecordedOutcome::Failed(ErrorEntry { code: code.into(), message })),
        (None, None) => Ok(RecordedOutcome::Unstated),
    }
}

/// Whether CloudTrail left out what was here for its length, and says so.
fn is_omitted(value: &Value) -> bool {
    // Seen as text, documented as `true`.
    value.get("omitted").is_some_and(|omitted| *omitted == true || *omitted == "true")
}

fn text<'a>(object: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, Kind> {
    let value = object.get(name).filter(|value| !value.is_null());
    value.map(|value| value.as_str().ok_or(Kind::Malformed(name))).transpose()
}

fn structure<'a>(object: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a Map<String, Value>>, Kind> {
    let value = object.get(name).filter(|value| !value.is_null());
    value.map(|value| value.as_object().ok_or(Kind::Malformed(name))).transpose()
}

/// The records of RegisterImage in a log; one event at a time is held in memory.
struct Log(Vec<Result<Record, InvalidRecord>>);

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Log;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `Records` or `Events`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Log, A::Error> {
                let mut log = None;
                while let Some(name) = map.next_key::<String>()? {
                    if matches!(name.as_str(), "Records" | "Events") {
                        let Events(mut records) = map.next_value()?;
                        log.get_or_insert_with(Vec::new).append(&mut records);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                log.map(Log).ok_or_else(|| A::Error::custom("no log"))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

struct Events(Vec<Result<Record, InvalidRecord>>);

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Events;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Events, A::Error> {
                let mut records = Vec::new();
                while let Some(event) = list.next_element::<Value>()? {
                    records.extend(record_of(event).transpose());
                }
                Ok(Events(records))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// The record in an element of a log, unless that is of another event.
fn record_of(event: Value) -> Result<Option<Record>, InvalidRecord> {
    let record = match event.get("CloudTrailEvent").and_then(Value::as_str) {
        Some(text) if !is_ours(&event) => serde_json::from_str(text).map_err(Kind::from)?,
        _ => event,
    };
    Ok(if is_ours(&record) { Some(read(&record)?) } else { None })
}
