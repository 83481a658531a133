//! What a message about a denied action says: who, what, and which kind of policy decided.

use alloc::{format, string::String};
use core::fmt;

use super::detail::{sentence, token};
use super::messages::{self, Captures};

/// A denied action, as EC2 describes it since 2025.
///
/// ```
/// use ec2_register_image::response::{Denial, Detail, ErrorEntry, PolicyType};
///
/// let message = "You are not authorized to perform this operation. User: \
///     arn:aws:iam::123456789012:user/build is not authorized to perform: ec2:RegisterImage \
///     on resource: arn:aws:ec2:eu-west-2::image/* because no identity-based policy allows \
///     the ec2:RegisterImage action";
/// let error = ErrorEntry::new("UnauthorizedOperation").with_message(message);
/// let Some(Detail::Unauthorized(denied)) = error.detail() else { panic!() };
/// assert_eq!(denied.principal, "arn:aws:iam::123456789012:user/build");
/// assert_eq!(denied.action, "ec2:RegisterImage");
/// assert_eq!(denied.resource, Some("arn:aws:ec2:eu-west-2::image/*"));
/// assert_eq!(denied.denial, Some(Denial::Implicit));
/// assert_eq!(denied.policy, Some(PolicyType::IdentityBased));
/// let statement = denied.statement().unwrap();
/// assert!(statement.starts_with(r#"{"Effect":"Allow","Action":"ec2:RegisterImage","#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Unauthorized<'a> {
    /// The ARN of the caller.
    pub principal: &'a str,
    /// The denied action, such as `ec2:RegisterImage`. A registration also needs `ec2:CreateTags` for tags.
    pub action: &'a str,
    /// The ARN of the resource, such as a snapshot or `image/*`, if the message names one.
    pub resource: Option<&'a str>,
    /// Whether a policy denies the action, or none allows it. Absent if the message gives no reason.
    pub denial: Option<Denial>,
    /// The type of the policy that denies the action or does not allow it, if the message names one.
    pub policy: Option<PolicyType>,
    /// The ARN of the policy that denies the action, if the message names one.
    pub policy_arn: Option<&'a str>,
    /// The input of `aws sts decode-authorization-message`, if the message has one.
    pub encoded_message: Option<&'a str>,
}

/// Why an action is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Denial {
    /// No policy of the type allows the action.
    Implicit,
    /// A policy denies the action. No other policy can allow it.
    Explicit,
}

impl Denial {
    /// Returns the word for it in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Explicit => "explicit",
        }
    }
}

impl fmt::Display for Denial {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Declares the types of policies: variant, JSON value, and name in EC2's messages.
macro_rules! policy_types {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $name:literal;)+) => {
        /// A type of policy that IAM evaluates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum PolicyType {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl PolicyType {
            /// Every type that messages name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word for it in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Returns its name in EC2's messages, such as `service control policy`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

policy_types! {
    /// A policy of the user, group or role.
    IdentityBased = "identity-based", "identity-based policy";
    /// A policy of the resource.
    ResourceBased = "resource-based", "resource-based policy";
    /// The permissions boundary of the user or role.
    PermissionsBoundary = "permissions-boundary", "permissions boundary";
    /// A service control policy of the organization.
    ServiceControl = "service-control", "service control policy";
    /// A resource control policy of the organization.
    ResourceControl = "resource-control", "resource control policy";
    /// The policy of the session, which the caller passed when it assumed the role.
    Session = "session", "session policy";
    /// The policy of the VPC endpoint that the request went through.
    VpcEndpoint = "vpc-endpoint", "VPC endpoint policy";
    /// The trust policy of a role.
    RoleTrust = "role-trust", "role trust policy";
}

impl fmt::Display for PolicyType {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'a> Unauthorized<'a> {
    /// Returns a denial of the action without a resource or a reason.
    #[must_use]
    pub const fn new(principal: &'a str, action: &'a str) -> Self {
        Self { principal, action, resource: None, denial: None, policy: None, policy_arn: None, encoded_message: None }
    }

    pub(super) fn of(found: &Captures<'a>) -> Option<Self> {
        const EXPLICIT: &str = " with an explicit deny";
        let principal = token(found.get("principal")?)?;
        let request = found.get("request")?;
        let (request, encoded_message) = match messages::NOT_AUTHORIZED_ENCODED.captures(request) {
            Some(found) => (found.get("context")?, encoded(found.get("encoded")?)),
            None => (request, None),
        };
        let request = sentence(request);
        let (asked, denial, policy, policy_arn) = if let Some((asked, reason)) = request.split_once(" because no ") {
            let (policy, action) = reason.split_once(" allows the ")?;
            token(action.strip_suffix(" action")?)?;
            (asked, Some(Denial::Implicit), Some(policy_type(policy)?), None)
        } else if let Some((asked, reason)) = request.split_once(EXPLICIT) {
            let (policy, policy_arn) = denying_policy(reason)?;
            (asked, Some(Denial::Explicit), policy, policy_arn)
        } else {
            (request, None, None, None)
        };
        let (action, resource) = match asked.split_once(" on resource: ") {
            Some((action, resource)) => (action, Some(token(resource)?)),
            None => (asked, None),
        };
        let is_action = |byte: u8| byte.is_ascii_alphanumeric() || b":-*".contains(&byte);
        let action = token(action).filter(|action| action.contains(':') && action.bytes().all(is_action))?;
        Some(Self { principal, action, resource, denial, policy, policy_arn, encoded_message })
    }

    /// Returns the smallest IAM statement that allows the action, as JSON.
    ///
    /// Returns `None` if no statement can: another policy denies the action, or the statement would belong in a
    /// resource control policy, which can only deny. The caller may lack further permissions, because EC2 reports the
    /// first that is missing.
    #[must_use]
    pub fn statement(&self) -> Option<String> {
        let principal = match (self.denial, self.policy) {
            (Some(Denial::Explicit), _) | (_, Some(PolicyType::ResourceControl | PolicyType::RoleTrust)) => {
                return None;
            }
            (_, Some(PolicyType::ResourceBased | PolicyType::VpcEndpoint)) => {
                format!(r#""Principal":{{"AWS":"{}"}},"#, self.principal)
            }
            _ => String::new(),
        };
        let (action, resource) = (self.action, self.resource.unwrap_or("*"));
        Some(format!(r#"{{"Effect":"Allow",{principal}"Action":"{action}","Resource":"{resource}"}}"#))
    }

    /// Returns what to do about it, in one sentence.
    pub(super) fn advice(&self) -> String {
        let mut advice = match (self.denial, self.policy, self.statement()) {
            (Some(Denial::Explicit), policy, _) => {
                let policy = match (self.policy_arn, policy) {
                    (Some(arn), _) => format!("the policy `{arn}`"),
                    (None, Some(policy)) => format!("the {}", policy.name()),
                    (None, None) => "the policy".into(),
                };
                let action = self.action;
                let who = match self.policy {
                    Some(PolicyType::ServiceControl | PolicyType::ResourceControl) => {
                        "ask the administrators of the organization to change"
                    }
                    _ => "change",
                };
                format!("{who} {policy} that denies `{action}`, because no statement elsewhere can allow the action")
            }
            (_, Some(PolicyType::ResourceControl), _) => {
                "ask the administrators of the organization to attach `RCPFullAWSAccess`, because no other resource \
                 control policy can allow an action"
                    .into()
            }
            (_, Some(PolicyType::ServiceControl), Some(statement)) => {
                format!("ask the administrators of the organization for a service control policy with {statement}")
            }
            (_, Some(policy), Some(statement)) => format!("add this statement to the {}: {statement}", policy.name()),
            (_, policy, None) => {
                let policy = policy.map_or("policy", PolicyType::name);
                format!("change the {policy} so that it allows `{}`", self.action)
            }
            (_, None, Some(statement)) => format!("add this statement to a policy of the caller: {statement}"),
        };
        if self.encoded_message.is_some() {
            advice.push_str("; `aws sts decode-authorization-message` explains the encoded message");
        }
        advice
    }
}

/// The policy that denies, with its ARN, by what follows "with an explicit deny". Nothing follows if EC2 does not name it.
fn denying_policy(reason: &str) -> Option<(Option<PolicyType>, Option<&str>)> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Some((None, None));
    }
    let policy = ["in an ", "in a ", "in the "].iter().find_map(|start| reason.strip_prefix(start))?;
    // A denial by an endpoint can come "transitively through" another policy.
    let (policy, after) = policy.split_once(" transitively through ").unwrap_or((policy, ""));
    let (policy, arn) = match policy.split_once(':') {
        Some((policy, arn)) => (policy, Some(token(arn)?)),
        None => (policy, after.split_once(": ").and_then(|(_, arn)| token(arn))),
    };
    Some((Some(policy_type(policy)?), arn))
}

fn policy_type(name: &str) -> Option<PolicyType> {
    let name = name.trim();
    PolicyType::ALL.iter().copied().find(|policy| policy.name().eq_ignore_ascii_case(name))
}

/// An encoded message, which AWS also shows after a dash. Anything else, such as a text that was shortened, is no input for
/// decoding.
pub(super) fn encoded(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_prefix("- ").unwrap_or(text);
    let is_base64 = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
    (is_base64 && !text.is_empty()).then_some(text)
}
