//! What a rule is.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::response::ErrorCode;
use crate::text::is_worded;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// A policy set the rule aside.
    Allowed,
    /// EC2 takes the request, or may take it; the image or its instances will disappoint.
    Warning,
    /// EC2 refuses the request, unless a policy denied what is otherwise a warning.
    Error,
}

impl Level {
    /// The word for it in reports and JSON.
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

/// How we know what a rule says. It [caps](Self::cap) the rule's level, so that no guess refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Evidence {
    /// EC2 was seen to refuse it on RegisterImage.
    Observed,
    /// AWS documents that it is refused or required, or states it as a constraint.
    Documented,
    /// The API's model of [`MODEL_DATE`](super::MODEL_DATE) does not know the value; AWS may add it any day.
    ModelDate,
    /// EC2 was seen to refuse it on another action that takes the same member.
    SiblingApi,
    /// A third party says so.
    ThirdParty,
    /// It follows from other facts.
    Inferred,
    /// EC2 registers it, and its instances then do not start or do not work.
    BrokenAtLaunch,
}

impl Evidence {
    /// The highest level that a rule on this evidence may have.
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
            Self::Observed | Self::Documented | Self::ModelDate => Level::Error,
            Self::SiblingApi | Self::ThirdParty | Self::Inferred | Self::BrokenAtLaunch => Level::Warning,
        }
    }

    /// The word for it in reports and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::ModelDate => "model-date",
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
    /// Finds nothing. Policies may still name it.
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
    /// Names that the rule had in earlier versions; a policy may still use them.
    pub former_ids: &'static [&'static str],
    /// The level, before any policy.
    pub level: Level,
    /// How we know.
    pub evidence: Evidence,
    /// The version of this crate that first had it.
    pub since: &'static str,
    /// The error code that EC2 answers with, where it is known.
    pub ec2_code: Option<ErrorCode>,
    /// What EC2 says with it, where it was seen, on RegisterImage or on an action that takes the same member. Words in
    /// braces are filled as in a finding's message, with the value as it stands in the request; `*` is whatever. EC2's own
    /// words are the first without a `*`, the others are for reading alone.
    pub ec2_messages: &'static [&'static str],
    /// The rule in one clause.
    pub summary: &'static str,
    /// What EC2 does, and why.
    pub explanation: &'static str,
    /// Where this is written or was seen.
    pub source: &'static str,
    /// A request, as JSON, in which this rule alone finds something.
    pub trigger: &'static str,
    /// The smallest change to the trigger that satisfies the rule.
    pub near_miss: &'static str,
    /// The [`Facts`](crate::Facts), as JSON, with which the trigger triggers it; absent where a request alone does.
    pub facts: Option<&'static str>,
    /// The message of the finding in the trigger.
    pub trigger_message: &'static str,
    /// What is wrong with the value at hand. Placeholders are parameters of the rule.
    pub(super) message: &'static str,
    /// What to write instead. Placeholders are parameters of the rule.
    pub(super) help: &'static str,
    /// The names of the parameters that a finding has values for.
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
    /// EC2's own words, where they were seen: the first of [`ec2_messages`](Self::ec2_messages) without a `*`.
    #[must_use]
    pub fn ec2_message(&self) -> Option<&'static str> {
        self.ec2_messages.iter().copied().find(|message| !message.contains('*'))
    }

    /// Whether a message is of a wording that EC2 has for this rule.
    pub(super) fn is_worded(&self, message: &str) -> bool {
        self.ec2_messages.iter().any(|words| is_worded(message, &pattern(words)))
    }
}

/// What EC2 says, with `*` for each word in braces and the quotes around it, which EC2 does not always write.
fn pattern(words: &str) -> String {
    let mut pattern = String::with_capacity(words.len());
    let mut rest = words.strip_suffix('.').unwrap_or(words);
    while let Some((before, after)) = rest.split_once('{') {
        let after = after.split_once('}').map_or("", |(_, after)| after);
        let quoted = before.strip_suffix('\'').zip(after.strip_prefix('\''));
        let (before, after) = quoted.unwrap_or((before, after));
        pattern.push_str(before);
        pattern.push('*');
        rest = after;
    }
    pattern.push_str(rest);
    pattern
}
