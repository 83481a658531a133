//! Decodes and checks CloudTrail's records of past RegisterImage calls.
//!
//! ```
//! use ec2_register_image::Validator;
//! use ec2_register_image::wire::cloudtrail::{self, RecordedOutcome};
//!
//! let log = br#"{"Records": [{
//!     "eventVersion": "1.11", "eventTime": "2026-11-23T10:00:00Z", "awsRegion": "eu-north-1",
//!     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
//!     "requestParameters": {
//!         "name": "web", "rootDeviceName": "/dev/xvda",
//!         "blockDeviceMapping": {"items": [
//!             {"deviceName": "/dev/xvda", "ebs": {"snapshotId": "snap-0123456789abcdef0"}},
//!             {"deviceName": "/dev/sdb", "ebs": {"volumeType": "gp3", "volumeSize": 70000}}
//!         ]}
//!     },
//!     "responseElements": {"requestId": "3578b088", "imageId": "ami-0123456789abcdef0"}
//! }]}"#;
//! for record in cloudtrail::decode_log(log)? {
//!     let record = record?;
//!     assert_eq!(record.outcome, RecordedOutcome::Registered("ami-0123456789abcdef0".into()));
//!     let review = record.check(&Validator::new()).unwrap();
//!     // Nothing about the virtualization type, which CloudTrail does not record.
//!     let found: Vec<_> = review.report.findings().map(|finding| finding.rule().id).collect();
//!     assert_eq!(found, ["volume-size-range"]);
//! }
//! # Ok::<(), cloudtrail::InvalidRecord>(())
//! ```
//!
//! # Where records are found
//!
//! [`for_each_record`] and [`decode_log`] read every form in which records circulate:
//!
//! - a log file, `{"Records": […]}`; a list of records; one record; records one after the other, such as one per line;
//! - the output of `aws cloudtrail lookup-events`, one of its events, and `CloudTrailEvent` alone;
//! - the output of `aws logs filter-log-events`, and one of its events;
//! - an event of EventBridge, and any of these in a notification of SNS, a message of SQS, or their Lambda events.
//!
//! Records of other events are skipped. Anything else is an error, because it could hide a record: a notification that
//! names a log file in S3 has the same `{"Records": […]}` around it as the log file.
//!
//! # What a record says
//!
//! - **Observed on RegisterImage**, in a record of 2017 and one of 2023: `name`, `architecture`, `rootDeviceName`,
//!   `sriovNetSupport`, `enaSupport`, and `blockDeviceMapping` as an object with `items`, each with `deviceName` and `ebs`
//!   of `snapshotId`, `volumeSize`, `deleteOnTermination` and `volumeType`; in `responseElements`, `imageId` and since
//!   some year in between `requestId`. Numbers and booleans are those of JSON.
//! - **Observed on CreateImage and RunInstances**, which have the same structures: `virtualName`, `noDevice` (recorded as
//!   `{}`), and `tagSpecificationSet` with `items` of `resourceType` and `tags`, which is a plain array of `key` and
//!   `value`; an absent list as `{}`; codes such as `Client.DryRunOperation`.
//! - **Inferred**: all other members, by the same spelling. A list is read under its name in the AWS CLI, in the query
//!   protocol, and that with `Set` after it, as an array or as an object with `items`.
//!
//! **A record is not the whole request.** CloudTrail omits `virtualizationType` and empty texts, and which other members
//! it omits is unknown. So the absence of a member proves nothing: [`Record::check`] reports only what is certain in any
//! case, and a request that is registered again from its record can become another image.
//!
//! Nothing in a request makes its record unreadable. What has another form is left out of the request and listed as a
//! [`Gap`]. Whether CloudTrail shows `uefiData` is unknown. It replaces other secrets, such as the user data of
//! RunInstances, by a mark, which is a gap, too. Parameters of more than 100 KB are
//! [omitted](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::str;

use serde::ser::Error as _;
use serde_json::{Map, Value};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::endpoint::Region;
use crate::model::RegisterImageRequest;
use crate::response::{ErrorCode, ErrorEntry};
use crate::types::ImageId;

mod invalid;
mod log;
mod recorded;
mod review;

pub use invalid::InvalidRecord;
use invalid::Kind;
use log::Search;
pub use recorded::{Gap, GapReason};
pub use review::Review;

const EVENT_NAME: &str = "RegisterImage";

/// What `eventSource` starts with; in some partitions more follows.
const EVENT_SOURCE: &str = "ec2.amazonaws.com";

/// A RegisterImage call, as CloudTrail recorded it.
///
/// As JSON it is an object with the names of these fields in PascalCase. The outcome is `{"Registered": ImageId}`,
/// `{"Failed": {"Code": …, "Message": …}}`, `"DryRunPassed"` or `"Unstated"`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Record {
    /// What the record says of the request: `requestParameters`. `None` if the record has none, or if CloudTrail omitted
    /// them because they are too long.
    ///
    /// The call may have set more. See [`unrecorded`](Self::unrecorded).
    pub request: Option<RegisterImageRequest>,
    /// The parts of `requestParameters` that could not be read.
    pub gaps: Vec<Gap>,
    /// The outcome of the call.
    pub outcome: RecordedOutcome,
    /// When the call was completed, in UTC: `eventTime`.
    #[serde(serialize_with = "rfc3339")]
    pub event_time: OffsetDateTime,
    /// The ID of this record: `eventID`.
    pub event_id: Option<String>,
    /// The ID by which AWS Support finds the call: `requestID`.
    pub request_id: Option<String>,
    /// The Region that was called: `awsRegion`. `None` if the text there is not a Region.
    pub region: Option<Region>,
    /// The account that the image belongs to: `recipientAccountId`, in old records `userIdentity.accountId`.
    pub account_id: Option<String>,
    /// The ARN of the caller: `userIdentity.arn`. Services have none.
    pub user_arn: Option<String>,
}

fn rfc3339<S: serde::Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.format(&Rfc3339).map_err(S::Error::custom)?)
}

/// The outcome of a recorded call.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub enum RecordedOutcome {
    /// EC2 registered the image: `responseElements.imageId`, never empty.
    Registered(ImageId),
    /// The request was a dry run, and the caller had the permissions: `errorCode` is `Client.DryRunOperation`.
    DryRunPassed,
    /// EC2 rejected the request: `errorCode` as recorded, including `Client.` or `Server.`, and `errorMessage`.
    Failed(ErrorEntry),
    /// The record has neither an error nor an image, for example because CloudTrail omitted `responseElements`.
    Unstated,
}

/// Decodes one record, bare or in any envelope of [this module](self).
///
/// Unknown members of the record are ignored, as AWS asks readers to do. `null` counts as absent. If a member is given
/// twice, the last one counts.
///
/// ```
/// use ec2_register_image::wire::cloudtrail;
/// use ec2_register_image::wire::cloudtrail::RecordedOutcome;
///
/// let record = cloudtrail::decode_record(br#"{
///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
///     "eventTime": "2026-11-23T10:00:00Z", "errorCode": "Client.InvalidAMIName.Duplicate",
///     "errorMessage": "AMI name web is already in use by AMI ami-1",
///     "requestParameters": {"name": "web"}, "responseElements": null
/// }"#)?;
/// let RecordedOutcome::Failed(error) = record.outcome else { unreachable!() };
/// assert_eq!(error.code, "Client.InvalidAMIName.Duplicate");
/// # Ok::<(), cloudtrail::InvalidRecord>(())
/// ```
///
/// # Errors
/// If the bytes are not JSON, if they hold no record of RegisterImage or several, if the record is not of major version
/// 1, or if its members about the event and the outcome are missing, malformed or contradictory. Nothing in the request
/// is an error.
pub fn decode_record(record: &[u8]) -> Result<Record, InvalidRecord> {
    let text = text_of(record)?;
    let value: Value = serde_json::from_str(text).map_err(|error| Kind::json(text, 0, &error))?;
    let mut found = Vec::new();
    let mut visit = |record| found.push(record);
    let mut search = Search::new(&mut visit);
    search.value(&value);
    let is_other = search.others > 0;
    match (found.pop(), found.len()) {
        (Some(record), 0) => record,
        (None, _) if is_other => Err(Kind::OtherEvent.into()),
        (None, _) => Err(Kind::NotARecord.into()),
        (Some(_), others) => Err(Kind::Several(others + 1).into()),
    }
}

/// Decodes every record of RegisterImage in a log, in any form of [this module](self), and calls `visit` with each.
///
/// Takes time in proportion to the length of the log, and memory for one event. Other events are skipped without parsing
/// or allocation. What is neither a record nor an envelope is an error in its place.
///
/// ```
/// use ec2_register_image::wire::cloudtrail;
///
/// // Records one after the other, and a log file.
/// let log = br#"
/// {"eventSource": "s3.amazonaws.com", "eventName": "CreateBucket"}
/// {"eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
///  "eventTime": "2026-11-23T10:00:00Z"}
/// {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {}}]}
/// "#;
/// let (mut calls, mut errors) = (0, Vec::new());
/// cloudtrail::for_each_record(log, |record| match record {
///     Ok(_) => calls += 1,
///     Err(error) => errors.push(error.to_string()),
/// })?;
/// assert_eq!(calls, 1);
/// assert_eq!(errors, ["a notification about a file in S3, which is where the records are"]);
/// # Ok::<(), cloudtrail::InvalidRecord>(())
/// ```
///
/// # Errors
/// If the bytes are empty or not JSON. Records before the mistake have been visited.
pub fn for_each_record(log: &[u8], mut visit: impl FnMut(Result<Record, InvalidRecord>)) -> Result<(), InvalidRecord> {
    if Search::new(&mut visit).documents(text_of(log)?)? { Ok(()) } else { Err(Kind::Empty.into()) }
}

/// Collects what [`for_each_record`] visits.
///
/// # Errors
/// If the bytes are empty or not JSON. A record that cannot be read is an error in its place, so that it hides no other.
pub fn decode_log(log: &[u8]) -> Result<Vec<Result<Record, InvalidRecord>>, InvalidRecord> {
    let mut records = Vec::new();
    for_each_record(log, |record| records.push(record))?;
    Ok(records)
}

fn text_of(bytes: &[u8]) -> Result<&str, Kind> {
    str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let last_line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        Kind::Json { line: before.split(|&byte| byte == b'\n').count(), column: last_line.len() + 1 }
    })
}

/// Reads a record of RegisterImage.
fn read(record: &Map<String, Value>) -> Result<Record, Kind> {
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
        region: owned("awsRegion")?.and_then(|region| Region::new(region).ok()),
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

/// Whether CloudTrail omitted the value because it is too long, and says so.
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
