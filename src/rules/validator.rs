//! From an open request to proof.

use alloc::{boxed::Box, string::String, sync::Arc};
use core::fmt;

use super::{Finding, Findings, Policy, Report, SUBJECTS};
use crate::endpoint::Endpoint;
use crate::facts::{Facts, OtherRegion};
use crate::model::RegisterImageRequest;
use crate::model::marker::Mark;

/// Runs the rules under a policy, with what is known of the account.
///
/// [`RegisterImageRequest::check`] and [`RegisterImageRequest::validate`] are the short forms without either.
///
/// ```
/// use ec2_register_image::{RegisterImageRequest, rules::{Policy, Validator}};
///
/// let validator = Validator::new().policy(Policy::new().warn("encrypted-with-snapshot")?);
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web", "BlockDeviceMappings": [
///     {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "Encrypted": true}}
/// ]}"#)?;
/// let valid = validator.validate(request)?;
/// let waived: Vec<_> = valid.waived().map(|finding| finding.rule().id).collect();
/// assert_eq!(waived, ["encrypted-with-snapshot"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Validator {
    policy: Policy,
    facts: Option<Arc<Facts>>,
    marker: Option<String>,
}

impl Validator {
    /// With every rule at its own level.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges by this policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Looks at these facts as well; without them, rules that need some are [not checked](Report::not_checked).
    ///
    /// ```
    /// use ec2_register_image::{Facts, RegisterImageRequest, Validator};
    ///
    /// let facts: Facts = serde_json::from_str(r#"{"Images": [{"ImageId": "ami-0123456789abcdef0", "Name": "web"}]}"#)?;
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let invalid = Validator::new().facts(facts).validate(request).unwrap_err();
    /// assert_eq!(invalid.report.errors().next().unwrap().rule().id, "name-in-use");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = Some(Arc::new(facts));
        self
    }

    /// Uses the request's tag with this key to recognize an image that an earlier run registered.
    ///
    /// If a listed image has the name of the request and carries this tag with the same value, `name-in-use` is a warning.
    /// A [`Call`](crate::call::Call) with the same marker finds that image, and compares it. The same value with the
    /// fingerprint of other content is still an error. Default: no marker.
    ///
    /// A key that [`Call::marker`](crate::call::Call::marker) rejects for this request is ignored.
    ///
    /// ```
    /// use ec2_register_image::{Facts, RegisterImageRequest, Validator};
    ///
    /// let mut request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// request.add_content_marker("build", "1");
    /// // aws ec2 describe-images --owners self
    /// let facts: Facts = serde_json::from_str(&format!(
    ///     r#"{{"Images": [{{"ImageId": "ami-0123456789abcdef0", "Name": "web", "Tags": [
    ///         {{"Key": "build", "Value": "1@sha256:{}"}}]}}]}}"#,
    ///     request.fingerprint(),
    /// ))?;
    /// let valid = Validator::new().facts(facts).marker("build").validate(request)?;
    /// assert!(valid.warnings().any(|finding| finding.rule().id == "name-in-use"));
    /// // The preview and a call use the same facts.
    /// let comparison = valid.preview().compare(&valid.facts().unwrap().images()[0]);
    /// assert_eq!(comparison.differences().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn marker(mut self, key: impl Into<String>) -> Self {
        self.marker = Some(key.into());
        self
    }

    /// Tells everything that is wrong with a request.
    #[must_use]
    pub fn check(&self, request: &RegisterImageRequest) -> Report {
        let mark = self.marker.as_ref().and_then(|key| Mark::of_request(request, key).ok());
        let unknown = Facts::default();
        let findings = Findings::new(&self.policy, self.facts.as_deref().unwrap_or(&unknown), mark.as_ref());
        for subject in SUBJECTS {
            (subject.check)(request, &findings);
        }
        findings.into_report()
    }

    /// Turns a request without errors into a [`ValidRequest`].
    ///
    /// # Errors
    /// If a rule reports an error. The error contains the request and all findings.
    pub fn validate(&self, request: impl Into<RegisterImageRequest>) -> Result<ValidRequest, Box<Invalid>> {
        let request = request.into();
        let report = self.check(&request);
        if report.is_valid() {
            Ok(ValidRequest { request, report, facts: self.facts.clone() })
        } else {
            Err(Box::new(Invalid { request, report }))
        }
    }
}

impl RegisterImageRequest {
    /// Tells everything that is wrong with this request.
    ///
    /// ```
    /// use ec2_register_image::RegisterImageRequest;
    ///
    /// let report = RegisterImageRequest::default().check();
    /// assert_eq!(report.errors().next().unwrap().rule().id, "name-missing");
    /// ```
    #[must_use]
    pub fn check(&self) -> Report {
        Validator::new().check(self)
    }

    /// Turns this request into proof that no rule of level error is broken.
    ///
    /// ```
    /// use ec2_register_image::{RegisterImageRequest, wire::query};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// assert_eq!(query::encode_body(&request.validate()?).as_str(), "Action=RegisterImage&Version=2016-11-15&Name=web");
    ///
    /// let refused = RegisterImageRequest::default().validate().unwrap_err();
    /// assert_eq!(refused.request, RegisterImageRequest::default());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where anything of level error was found: gives the request back, with everything that was found.
    pub fn validate(self) -> Result<ValidRequest, Box<Invalid>> {
        Validator::new().validate(self)
    }
}

/// A request in which the rules found no error, under the policy that they were given.
///
/// Only validation produces one, and encoding requires one. [`request`](Self::request) returns the request inside.
///
/// ```compile_fail,E0308
/// use ec2_register_image::{RegisterImageRequest, wire::query};
///
/// let request = RegisterImageRequest::default();
/// let body = query::encode_body(&request);
/// ```
///
/// ```
/// use ec2_register_image::{RegisterImageRequest, wire::query};
///
/// let request = RegisterImageRequest::default();
/// let body = query::encode_body_unchecked(&request);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidRequest {
    request: RegisterImageRequest,
    report: Report,
    facts: Option<Arc<Facts>>,
}

impl ValidRequest {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &RegisterImageRequest {
        &self.request
    }

    /// Returns the facts of the validation, if it had any. [`preview`](Self::preview) and [`Call`](crate::call::Call) use
    /// them, too.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.as_deref()
    }

    /// Checks that the facts of the validation are of the Region of this endpoint.
    ///
    /// Facts of another Region prove nothing about the request. See [`Facts::check_region`].
    ///
    /// ```
    /// use ec2_register_image::{Endpoint, Facts, RegisterImageRequest, Region, Validator};
    ///
    /// let mut facts = Facts::new();
    /// facts.set_region(Region::new("us-east-1")?);
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let valid = Validator::new().facts(facts).validate(request)?;
    /// assert!(valid.check_region(&Endpoint::from_region("us-east-1")?).is_ok());
    /// assert!(valid.check_region(&Endpoint::from_region("eu-central-1")?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the Regions of the facts and of the endpoint are known and differ.
    pub fn check_region(&self, endpoint: &Endpoint) -> Result<(), OtherRegion> {
        self.facts().map_or(Ok(()), |facts| facts.check_region(endpoint))
    }

    /// Sets whether EC2 only checks permissions. No rule depends on it, so the request stays valid.
    ///
    /// ```
    /// use ec2_register_image::{RegisterImageRequest, wire::query};
    ///
    /// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "web"}"#)?;
    /// let valid = request.validate()?.dry_run(true);
    /// let body = query::encode_body(&valid);
    /// assert_eq!(body.as_str(), "Action=RegisterImage&Version=2016-11-15&DryRun=true&Name=web");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.request.dry_run = Some(dry_run);
        self
    }

    /// The request, unvalidated again.
    #[must_use]
    pub fn into_request(self) -> RegisterImageRequest {
        self.request
    }

    /// Findings of level warning: EC2 takes the request, or may take it.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.report.warnings()
    }

    /// Findings whose level the policy, or [`Validator::marker`], made lower than that of the rule.
    pub fn waived(&self) -> impl Iterator<Item = &Finding> {
        self.report.waived()
    }

    /// All that was found, under the policy of the validation.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl AsRef<RegisterImageRequest> for ValidRequest {
    fn as_ref(&self) -> &RegisterImageRequest {
        &self.request
    }
}

/// A request in which the rules found at least one error, and all that they found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invalid {
    /// The request, as it was given.
    pub request: RegisterImageRequest,
    /// Everything that was found.
    pub report: Report,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request is not valid:\n{}", self.report)
    }
}

impl core::error::Error for Invalid {}
