//! Checks of recorded calls.

use alloc::vec::Vec;

use super::{Record, RecordedOutcome};
use crate::model::RequestMember;
use crate::rules::{Finding, Report, Validator};

/// The check of a recorded call.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Review {
    /// The findings that are certain, whatever the record omits.
    ///
    /// If EC2 registered the image, no finding here says that EC2 rejects the request.
    pub report: Report,
    /// The findings of rules that the record disproves: they say that EC2 rejects the request, but EC2 registered the
    /// image.
    ///
    /// Please report such a record to the project, because it shows that the rule is wrong or outdated.
    pub disproved: Vec<Finding>,
}

impl Record {
    /// The members of the request that CloudTrail was seen to omit although the call had set them. It also omits texts
    /// that are empty.
    pub const OMITTED: &'static [RequestMember] = &[RequestMember::VirtualizationType];

    /// Returns the members of the request that the record does not have, at the top of the request.
    ///
    /// Any of them may have been set: CloudTrail [omits](Self::OMITTED) some, and which others it omits is unknown.
    ///
    /// ```
    /// use ec2_register_image::model::RequestMember;
    /// use ec2_register_image::wire::cloudtrail;
    ///
    /// let record = cloudtrail::decode_record(br#"{
    ///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
    ///     "eventTime": "2026-11-23T10:00:00Z", "requestParameters": {"name": "web"}
    /// }"#)?;
    /// assert!(record.unrecorded().any(|member| member == RequestMember::VirtualizationType));
    /// assert!(record.unrecorded().all(|member| member != RequestMember::Name));
    /// # Ok::<(), cloudtrail::InvalidRecord>(())
    /// ```
    pub fn unrecorded(&self) -> impl Iterator<Item = RequestMember> {
        let recorded = serde_json::to_value(&self.request).unwrap_or_default();
        RequestMember::ALL.iter().copied().filter(move |member| recorded.get(member.name()).is_none())
    }

    /// Checks the request as far as the record says it, or returns `None` if the record has none.
    ///
    /// A finding must hold whatever the record omits: see [`Validator::check_partial`]. If EC2 registered the image, a
    /// rule that says that EC2 rejects the request is [disproved](Review::disproved). Rules with [facts](crate::Facts)
    /// are not: the facts are about another time, so such findings are dropped. A dry run that passed disproves nothing,
    /// because EC2 only checks permissions.
    ///
    /// ```
    /// use ec2_register_image::Validator;
    /// use ec2_register_image::wire::cloudtrail;
    ///
    /// let record = cloudtrail::decode_record(br#"{
    ///     "eventSource": "ec2.amazonaws.com", "eventName": "RegisterImage",
    ///     "eventTime": "2026-11-23T10:00:00Z", "requestParameters": {"name": "db"},
    ///     "responseElements": {"imageId": "ami-0123456789abcdef0"}
    /// }"#)?;
    /// let review = record.check(&Validator::new()).unwrap();
    /// assert!(review.report.is_valid());
    /// assert_eq!(review.disproved[0].rule().id, "name-length");
    /// # Ok::<(), cloudtrail::InvalidRecord>(())
    /// ```
    #[must_use]
    pub fn check(&self, validator: &Validator) -> Option<Review> {
        let mut report = validator.check_partial(self.request.as_ref()?);
        let mut disproved = Vec::new();
        if matches!(self.outcome, RecordedOutcome::Registered(_)) {
            disproved = report.take(|finding| finding.rule().says_rejected());
            disproved.retain(|finding| finding.rule().facts.is_none());
        }
        Some(Review { report, disproved })
    }
}
