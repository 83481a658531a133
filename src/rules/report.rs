//! The findings of a request.

use alloc::{boxed::Box, vec::Vec};
use core::cell::{Cell, RefCell};
use core::fmt;

use http::StatusCode;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{Facts, Finding, Level, Policy, Rule, catalogue::account, finding::Parameter};
use crate::model::RequestPath;
use crate::model::marker::Mark;
use crate::response::ServiceError;

/// All findings of one request, in the order of the API model's members, then by index.
///
/// As JSON: `{"valid": …, "findings": […], "not_checked": […]}`, without findings that a policy allowed.
/// [`not_checked`](Self::not_checked) has the IDs of the rules that lacked facts, and is left out if there are none.
///
/// ```
/// use ec2_register_image::RegisterImageRequest;
///
/// let request: RegisterImageRequest = serde_json::from_str(
///     r#"{"Name": "a:b", "TagSpecifications": [
///         {"ResourceType": "snapshot", "Tags": [{"Key": "team", "Value": "infra"}]}
///     ]}"#,
/// )?;
/// let report = request.check();
/// assert!(!report.is_valid());
/// let found: Vec<String> = report.errors().map(|finding| finding.path().to_string()).collect();
/// assert_eq!(found, ["TagSpecifications[0].ResourceType", "Name"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Finding>,
    not_checked: NotChecked,
}

/// Which rules of [`account::SUBJECT`] lacked facts.
type NotChecked = [bool; account::SUBJECT.rules.len()];

impl Report {
    /// Returns whether there is any finding, even one that the policy allows.
    pub(super) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Keeps the findings that the other report has, too: of the same rule at the same path.
    pub(super) fn retain_common(&mut self, other: &Self) {
        self.findings.retain(|finding| {
            let start = other.findings.partition_point(|it| it.path < finding.path);
            let at_path = other.findings.iter().skip(start).take_while(|it| it.path == finding.path);
            at_path.into_iter().any(|it| it.rule == finding.rule)
        });
    }

    /// Removes the findings that count and that `is_taken` selects.
    pub(crate) fn take(&mut self, is_taken: impl Fn(&Finding) -> bool) -> Vec<Finding> {
        self.findings.extract_if(.., |finding| finding.level > Level::Allowed && is_taken(finding)).collect()
    }

    /// Returns whether there is no error. Warnings do not count.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Returns the errors and warnings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level > Level::Allowed)
    }

    /// Returns the errors: under the default policy, the reasons for which EC2 rejects the request.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == Level::Error)
    }

    /// Returns the warnings: EC2 accepts the request, or may accept it.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == Level::Warning)
    }

    /// Returns the findings whose level the policy, or [`Validator::marker`](super::Validator::marker), made lower than that of the rule.
    pub fn waived(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level < finding.rule.level)
    }

    /// Returns the error response that EC2 would send, or `None` if there is no error.
    ///
    /// It is for emulators and gates. [`wire`](crate::wire) has an example. Of several errors, it is about the first in the
    /// order of this report, which is that of the API model. The order in which EC2 checks a request is not known.
    ///
    /// The code is the rule's [`ec2_code`](Rule::ec2_code), or `InvalidParameterValue`, which EC2 documents for invalid
    /// values. The message is EC2's own if it was seen, or else that of the finding. The status is 400, as for EC2's client
    /// errors.
    ///
    /// ```
    /// use ec2_register_image::RegisterImageRequest;
    ///
    /// let json = r#"{"Name": "web", "Architecture": "riscv64"}"#;
    /// let request: RegisterImageRequest = serde_json::from_str(json)?;
    /// let error = request.check().refusal().unwrap();
    /// assert_eq!(*error.code(), "InvalidParameterValue");
    /// assert_eq!(error.message(), Some("Invalid value 'riscv64' for architecture."));
    /// assert_eq!(error.status(), 400);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<ServiceError> {
        self.errors().next().map(|finding| ServiceError::new(StatusCode::BAD_REQUEST, finding.to_entry()))
    }

    /// Returns the rules that could not check everything because [`Facts`](crate::Facts) are missing.
    ///
    /// A rule is listed if the request has something that it checks and the facts about that are unknown, even if it found
    /// something elsewhere. Rules that the policy allows are not listed. The `Display` text of a report omits this list.
    ///
    /// ```
    /// use ec2_register_image::{Facts, RegisterImageRequest, Validator};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let not_checked = |facts| -> Vec<_> {
    ///     Validator::new().facts(facts).check(&request).not_checked().map(|rule| rule.id).collect()
    /// };
    /// assert_eq!(not_checked(Facts::default()), ["name-in-use", "imds-not-required"]);
    /// assert_eq!(not_checked(serde_json::from_str(r#"{"Images": []}"#)?), ["imds-not-required"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn not_checked(&self) -> impl Iterator<Item = &'static Rule> {
        account::SUBJECT
            .rules
            .iter()
            .zip(self.not_checked)
            .filter(|(_, lacks_facts)| *lacks_facts)
            .map(|(rule, _)| *rule)
    }
}

impl fmt::Display for Report {
    /// Writes one line per finding, then a summary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self.findings() {
            writeln!(f, "{finding}")?;
        }
        let plural = |count| if count == 1 { "" } else { "s" };
        let (errors, warnings) = (self.errors().count(), self.warnings().count());
        write!(f, "{errors} error{}, {warnings} warning{}", plural(errors), plural(warnings))
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Findings<'a>(&'a Report);

        impl Serialize for Findings<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.findings())
            }
        }

        struct NotChecked<'a>(&'a Report);

        impl Serialize for NotChecked<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.not_checked().map(|rule| rule.id))
            }
        }

        let mut object = serializer.serialize_struct("Report", 3)?;
        object.serialize_field("valid", &self.is_valid())?;
        object.serialize_field("findings", &Findings(self))?;
        if self.not_checked().next().is_some() {
            object.serialize_field("not_checked", &NotChecked(self))?;
        }
        object.end()
    }
}

/// Collects what the checks find.
pub(super) struct Findings<'a> {
    policy: &'a Policy,
    pub(super) facts: &'a Facts,
    /// The marker tag of the request.
    pub(super) mark: Option<&'a Mark>,
    found: RefCell<Vec<Finding>>,
    not_checked: Cell<NotChecked>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &'a Facts, mark: Option<&'a Mark>) -> Self {
        Self { policy, facts, mark, found: RefCell::default(), not_checked: Cell::default() }
    }

    pub(super) fn add(&self, rule: &'static Rule, path: RequestPath, parameters: Box<[Parameter]>) {
        self.add_at_most(Level::Error, rule, path, parameters);
    }

    /// Adds a finding whose level is no higher than this one.
    pub(super) fn add_at_most(
        &self,
        most: Level,
        rule: &'static Rule,
        path: RequestPath,
        parameters: Box<[Parameter]>,
    ) {
        let level = self.policy.level(rule).min(most);
        self.found.borrow_mut().push(Finding { rule, level, path, parameters });
    }

    /// Notes that a rule of [`account::SUBJECT`] lacks facts.
    pub(super) fn lacks_facts(&self, rule: &'static Rule) {
        let mut not_checked = self.not_checked.get();
        if let Some(lacks_facts) = not_checked.get_mut(rule.position)
            && self.policy.level(rule) > Level::Allowed
        {
            *lacks_facts = true;
            self.not_checked.set(not_checked);
        }
    }

    pub(super) fn into_report(self) -> Report {
        let mut findings = self.found.into_inner();
        findings.sort_by_key(|finding| finding.path);
        Report { findings, not_checked: self.not_checked.get() }
    }
}
