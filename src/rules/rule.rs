//! What a rule is.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::response::ErrorCode;
use crate::response::messages::Message;
use crate::text::is_worded;

/// The level of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// A policy allows it.
    Allowed,
    /// EC2 accepts the request, or may accept it, but the image or its instances can fail.
    Warning,
    /// EC2 rejects the request, or a policy denies what is otherwise a warning.
    Error,
}

impl Level {
    /// Returns the word for it in reports and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The evidence for a rule. It [caps](Self::cap) the level of the rule, so that no guess rejects a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Evidence {
    /// EC2 was seen to reject it on RegisterImage.
    Observed,
    /// An author of a public program quotes EC2's words for the rejection by RegisterImage. The response itself was not
    /// published.
    Reported,
    /// AWS documents that it is rejected or required, or states it as a constraint.
    Documented,
    /// The API model of [`MODEL_DATE`](super::MODEL_DATE) does not have the value. AWS may add it any day.
    ModelDate,
    /// The instance type data of [`AS_OF`](crate::launch::AS_OF) shows it. A newer instance type may differ.
    InstanceTypeData,
    /// EC2 was seen to reject it on another action with the same member.
    SiblingApi,
    /// A third party says so.
    ThirdParty,
    /// It follows from other facts.
    Inferred,
    /// EC2 registers the image, but its instances do not start or do not work.
    BrokenAtLaunch,
}

impl fmt::Display for Evidence {
    /// Writes [`as_str`](Self::as_str).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Evidence {
    /// Returns the highest level that a rule with this evidence may have.
    ///
    /// ```
    /// use ec2_register_image::rules::{Evidence, Level};
    ///
    /// assert_eq!(Evidence::Observed.cap(), Level::Error);
    /// assert_eq!(Evidence::SiblingApi.cap(), Level::Warning);
    /// ```
    #[must_use]
    pub const fn cap(self) -> Level {
        match self {
            Self::Observed | Self::Reported | Self::Documented | Self::ModelDate => Level::Error,
            Self::InstanceTypeData | Self::SiblingApi | Self::ThirdParty | Self::Inferred | Self::BrokenAtLaunch => {
                Level::Warning
            }
        }
    }

    /// Returns the word for it in reports and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Reported => "reported",
            Self::Documented => "documented",
            Self::ModelDate => "model-date",
            Self::InstanceTypeData => "instance-type-data",
            Self::SiblingApi => "sibling-api",
            Self::ThirdParty => "third-party",
            Self::Inferred => "inferred",
            Self::BrokenAtLaunch => "broken-at-launch",
        }
    }
}

/// Whether a rule is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// In force.
    Stable,
    /// In force, but a later version will remove it.
    Deprecated {
        /// The version that deprecated it.
        since: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Finds nothing. Policies may still use its ID.
    Removed {
        /// The version that removed it.
        since: &'static str,
        /// Why.
        reason: &'static str,
    },
}

/// A rule. Two rules are equal if their IDs are. `Debug` prints the ID.
#[non_exhaustive]
pub struct Rule {
    /// The stable name, in kebab case.
    pub id: &'static str,
    /// Whether the rule is in force.
    pub status: Status,
    /// IDs that the rule had in earlier versions. A policy may still use them.
    pub former_ids: &'static [&'static str],
    /// The level, before any policy.
    pub level: Level,
    /// The evidence.
    pub evidence: Evidence,
    /// The version of this crate that added the rule.
    pub since: &'static str,
    /// The code of EC2's error response, if it is known.
    pub ec2_code: Option<ErrorCode>,
    /// The wordings of EC2's messages about it, seen on RegisterImage or on an action with the same member. The first
    /// without a free part is EC2's own text. The others only help to recognize messages.
    pub ec2_messages: &'static [Wording],
    /// The rule, as one clause.
    pub summary: &'static str,
    /// What EC2 does, and why.
    pub explanation: &'static str,
    /// The URL of the evidence.
    pub source: &'static str,
    /// A request, as JSON, in which only this rule finds something.
    pub trigger: &'static str,
    /// The smallest change to the trigger that satisfies the rule.
    pub near_miss: &'static str,
    /// The [`Facts`](crate::Facts), as JSON, that the trigger needs. Absent if the rule needs none.
    pub facts: Option<&'static str>,
    /// The message of the finding in the trigger.
    pub trigger_message: &'static str,
    /// What is wrong with the value at hand. Placeholders are parameters of the rule.
    pub(super) message: &'static str,
    /// What to do instead. Placeholders are parameters of the rule.
    pub(super) help: &'static str,
    /// The names of the parameters, for which a finding has values.
    pub(super) parameters: &'static [&'static str],
    /// The index in the list of the rule's subject.
    pub(super) position: usize,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.id).finish()
    }
}

impl Rule {
    /// Returns EC2's own words: the text of the first of [`ec2_messages`](Self::ec2_messages) without a free part.
    ///
    /// Names in braces are parameters of the rule. A refusal fills them with the values of the request.
    #[must_use]
    pub fn ec2_message(&self) -> Option<String> {
        self.ec2_messages.iter().find(|wording| !wording.is_free()).map(Wording::text)
    }

    /// Whether the rule says that EC2 rejects the request, and not only that the image has a problem.
    pub(crate) fn says_rejected(&self) -> bool {
        let has_code = self.ec2_code.is_some() && self.evidence != Evidence::BrokenAtLaunch;
        self.level == Level::Error || self.evidence == Evidence::SiblingApi || has_code
    }

    /// Whether a message has one of the wordings of this rule.
    pub(super) fn is_worded(&self, message: &str) -> bool {
        self.ec2_messages.iter().any(|wording| wording.matches(message))
    }
}

/// A wording of EC2's messages, narrowed to what it says about one rule.
///
/// ```
/// use ec2_register_image::rules;
///
/// let wording = rules::find("iops-missing").unwrap().ec2_messages[0];
/// let row = wording.message();
/// assert_eq!(row.text, "The parameter {parameter} must be specified for {volume_type} volumes.");
/// assert_eq!(wording.text(), "The parameter iops must be specified for {volume_type} volumes.");
/// assert!(wording.matches("The parameter iops must be specified for io2 volumes."));
/// assert!(!wording.matches("The parameter throughput must be specified for io2 volumes."));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    pub(super) message: &'static Message,
    /// What the rule puts in place of placeholders. `*` is a free part: any text. A name in braces is a parameter of the
    /// rule, as is a placeholder of the message that is not here.
    pub(super) filled: &'static [(&'static str, &'static str)],
}

impl Wording {
    /// The row in the table of wordings.
    #[must_use]
    pub fn message(&self) -> &'static Message {
        self.message
    }

    /// The text of the message. Names in braces are parameters of the rule, and `*` is any text.
    #[must_use]
    pub fn text(&self) -> String {
        self.filled
            .iter()
            .fold(self.message.text.to_owned(), |text, (name, filled)| text.replace(&format!("{{{name}}}"), filled))
    }

    /// Whether the message has this wording, whatever the values of the rule's parameters.
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        is_worded(
            message,
            &self.message.pattern(|name| match self.filled(name) {
                Some(filled) => with_stars(filled),
                None => "*".to_owned(),
            }),
        )
    }

    fn filled(&self, placeholder: &str) -> Option<&'static str> {
        self.filled.iter().find(|(name, _)| *name == placeholder).map(|(_, filled)| *filled)
    }

    fn is_free(&self) -> bool {
        self.filled.iter().any(|(_, filled)| filled.contains('*'))
    }
}

/// The text with `*` for each name in braces.
fn with_stars(text: &str) -> String {
    text.split('}')
        .map(|part| part.split_once('{').map_or_else(|| part.to_owned(), |(before, _)| format!("{before}*")))
        .collect()
}
