//! Records that cannot be read, and why.

/// Bytes that hold no record of RegisterImage, with the reason. The text shows nothing of them.
///
/// ```
/// use ec2_register_image::wire::cloudtrail;
///
/// let record = br#"{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances"}"#;
/// let error = cloudtrail::decode_record(record).unwrap_err();
/// assert_eq!(error.to_string(), "the record is of another event than EC2's RegisterImage");
///
/// let error = cloudtrail::decode_record(br#"{"Message": "Hello"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "not a record of CloudTrail, nor an envelope with one inside");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidRecord(#[from] Kind);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Kind {
    #[error("not JSON, or nested deeper than any record, at line {line} column {column}")]
    Json { line: usize, column: usize },
    #[error("there is no text, and a log without events has at least an empty list")]
    Empty,
    #[error("nested deeper than any record")]
    TooDeep,
    #[error("the text inside an envelope is not JSON")]
    EnvelopeJson,
    #[error("not a record of CloudTrail, nor an envelope with one inside")]
    NotARecord,
    #[error("a notification about a file in S3, which is where the records are")]
    FileNotice,
    #[error("{0} records where one is expected")]
    Several(usize),
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
    /// The line, from 1, if the bytes are not JSON.
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

impl Kind {
    /// An error in the part of the text that starts at this byte.
    pub(super) fn json(text: &str, start: usize, error: &serde_json::Error) -> Self {
        if error.is_data() {
            return Self::NotARecord;
        }
        let before = text.get(..start).unwrap_or_default();
        let (lines_before, last_line) = (before.matches('\n').count(), before.rsplit('\n').next().unwrap_or_default());
        let column = error.column() + if error.line() == 1 { last_line.len() } else { 0 };
        Self::Json { line: lines_before + error.line(), column }
    }
}
