//! One thing that is wrong with one request.

use alloc::{boxed::Box, string::ToString as _};
use core::fmt;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{Level, Rule};
use crate::model::RequestPath;
use crate::response::{ErrorCode, ErrorEntry};

/// What a rule found, and where. Its texts are made when they are displayed.
///
/// ```
/// use ec2_register_image::RegisterImageRequest;
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "db"}"#)?;
/// let report = request.check();
/// let finding = report.findings().next().unwrap();
/// assert_eq!(finding.rule().id, "name-length");
/// assert_eq!(finding.path().to_string(), "Name");
/// assert_eq!(finding.message().to_string(), "the name \"db\" has 2 characters; EC2 takes 3 to 128");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) rule: &'static Rule,
    pub(super) level: Level,
    pub(super) path: RequestPath,
    pub(super) detail: Parameters,
}

/// What the texts of a rule need of the request, owned, so that a finding outlives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// `{value}`: what stands there.
    value: Option<Box<str>>,
    /// `{instead}`: what could stand there, or what stands elsewhere.
    instead: Option<Box<str>>,
    /// `{limit}`: what EC2 takes.
    limit: Option<Box<str>>,
    /// `{count}`: how many.
    count: i64,
    /// `{other}`: the other place of a pair.
    other: Option<RequestPath>,
}

/// The most characters of a value that a message repeats.
const SHOWN: usize = 60;

/// EC2's code for a value that is illegal, where a rule has no code that was seen.
const DEFAULT_CODE: ErrorCode = ErrorCode::INVALID_PARAMETER_VALUE;

impl Parameters {
    /// What stands there. Never for UEFI data.
    pub(super) fn value(mut self, value: &str) -> Self {
        self.value = Some(value.into());
        self
    }

    pub(super) fn instead(mut self, value: &str) -> Self {
        self.instead = Some(value.into());
        self
    }

    pub(super) fn limit(mut self, limit: impl fmt::Display) -> Self {
        self.limit = Some(limit.to_string().into_boxed_str());
        self
    }

    pub(super) fn count(mut self, count: impl TryInto<i64>) -> Self {
        self.count = count.try_into().unwrap_or(i64::MAX);
        self
    }

    pub(super) fn other(mut self, path: RequestPath) -> Self {
        self.other = Some(path);
        self
    }
}

/// A value of the request, in a text of ours or of EC2's.
type Show = fn(&str, &mut fmt::Formatter<'_>) -> fmt::Result;

/// In quotes, with control characters escaped and cut where it is long: a report goes to terminals and logs.
fn quoted(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let cut = value.char_indices().nth(SHOWN).and_then(|(end, _)| value.get(..end));
    write!(f, "{:?}{}", cut.unwrap_or(value), if cut.is_some() { "…" } else { "" })
}

/// As EC2 repeats it.
fn raw(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(value)
}

impl Finding {
    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// How much it weighs, after the policy.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The place; of a pair, the later one.
    #[must_use]
    pub fn path(&self) -> RequestPath {
        self.path
    }

    /// What is wrong with the value, and what EC2 takes.
    #[must_use]
    pub fn message(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| self.fill(self.rule.message, quoted, f))
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| self.fill(self.rule.help, quoted, f))
    }

    /// The error that EC2 would answer with if this were all that is wrong.
    pub(super) fn to_entry(&self) -> ErrorEntry {
        // A text about a value that is not there was not seen.
        let is_seen = |text: &&str| self.detail.value.is_some() || !text.contains("{value}");
        let message = match self.rule.ec2_message().filter(is_seen) {
            Some(text) => fmt::from_fn(|f| self.fill(text, raw, f)).to_string(),
            None => self.message().to_string(),
        };
        ErrorEntry::with_message(self.rule.ec2_code.clone().unwrap_or(DEFAULT_CODE), message)
    }

    /// Writes a text of the rule with each `{word}` replaced. A word that the detail lacks stays as it is, which the
    /// test over the table refuses.
    fn fill(&self, text: &str, show: Show, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parameters { value, instead, limit, count, other } = &self.detail;
        for part in text.split_inclusive('}') {
            let (before, word) = part.split_once('{').unwrap_or((part, ""));
            f.write_str(before)?;
            match word {
                "" => {}
                "value}" => match value {
                    Some(value) => show(value, f)?,
                    None => f.write_str("{value}")?,
                },
                "instead}" => match instead {
                    Some(value) => show(value, f)?,
                    None => f.write_str("{instead}")?,
                },
                "limit}" => f.write_str(limit.as_deref().unwrap_or("{limit}"))?,
                "count}" => write!(f, "{count}")?,
                "other}" => match other {
                    Some(path) => write!(f, "{path}")?,
                    None => f.write_str("{other}")?,
                },
                _ => write!(f, "{{{word}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] at {}: {} (help: {})", self.level, self.rule.id, self.path, self.message(), self.help())
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 8)?;
        object.serialize_field("rule", self.rule.id)?;
        object.serialize_field("level", &self.level)?;
        object.serialize_field("evidence", &self.rule.evidence)?;
        object.serialize_field("path", &Displayed(self.path))?;
        object.serialize_field("wire_path", &Displayed(self.path.wire()))?;
        object.serialize_field("message", &Displayed(self.message()))?;
        object.serialize_field("help", &Displayed(self.help()))?;
        object.serialize_field("ec2_code", &self.rule.ec2_code)?;
        object.end()
    }
}

/// Serialized as what it displays.
struct Displayed<T>(T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
