//! A time that EC2 reports.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::text_types;

text_types! {
    /// A time that EC2 reports, such as `2026-11-23T10:00:00.000Z`.
    ///
    /// It keeps the text that EC2 sent, so it can hold any text and nothing is lost when it is written again.
    /// [`time`](Self::time) returns the moment. Equality and order are those of the text; compare moments with `time`.
    ///
    /// ```
    /// use ec2_register_image::types::Timestamp;
    /// use time::OffsetDateTime;
    ///
    /// // The XML and the AWS CLI may write the same moment differently.
    /// let [xml, cli] = ["2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+00:00"].map(Timestamp::new);
    /// assert_eq!(xml.time(), OffsetDateTime::from_unix_timestamp(1_795_428_000).ok());
    /// assert_eq!(xml.time(), cli.time());
    /// assert_ne!(xml, cli);
    ///
    /// // A text that is not a time is kept.
    /// let soon = Timestamp::new("soon");
    /// assert_eq!((soon.time(), soon.as_str()), (None, "soon"));
    /// ```
    Timestamp;
}

impl Timestamp {
    /// Returns the moment, with the offset that the text states. `None` if the text is not a time of RFC 3339.
    #[must_use]
    pub fn time(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(self.as_str(), &Rfc3339).ok()
    }
}
