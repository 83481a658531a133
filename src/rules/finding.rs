//! One problem of one request.

use alloc::{boxed::Box, format, string::ToString as _};
use core::fmt;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{Level, Rule};
use crate::model::RequestPath;
use crate::response::{ErrorCode, ErrorEntry};

/// A problem that a rule found, and where. Texts are created when they are displayed.
///
/// ```
/// use ec2_register_image::RegisterImageRequest;
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "db"}"#)?;
/// let report = request.check();
/// let finding = report.findings().next().unwrap();
/// assert_eq!(finding.rule().id, "name-length");
/// assert_eq!(finding.path().to_string(), "Name");
/// let message = finding.message().to_string();
/// assert_eq!(message, "the name \"db\" has 2 characters; EC2 accepts 3 to 128");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) rule: &'static Rule,
    pub(super) level: Level,
    pub(super) path: RequestPath,
    /// In the order of the rule's parameters.
    pub(super) parameters: Box<[Parameter]>,
}

/// The value of a rule's parameter, owned, so that a finding outlives the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    /// A value of the request, shown in quotes. Never UEFI data.
    Value(Box<str>),
    /// Words of the rule, shown as they are.
    Words(Box<str>),
    Number(i64),
    Path(RequestPath),
    /// The request has no such value.
    Absent,
}

/// Words of a rule, which a message shows without quotes.
pub(super) struct Words<T>(pub(super) T);

impl<T: fmt::Display> From<Words<T>> for Parameter {
    fn from(words: Words<T>) -> Self {
        Self::Words(words.0.to_string().into_boxed_str())
    }
}

impl From<&str> for Parameter {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl From<Option<&str>> for Parameter {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Absent, Self::from)
    }
}

impl From<char> for Parameter {
    fn from(value: char) -> Self {
        Self::from(&*value.encode_utf8(&mut [0; 4]))
    }
}

impl From<RequestPath> for Parameter {
    fn from(path: RequestPath) -> Self {
        Self::Path(path)
    }
}

impl From<usize> for Parameter {
    fn from(number: usize) -> Self {
        Self::Number(number.try_into().unwrap_or(i64::MAX))
    }
}

macro_rules! numbers {
    ($($number:ident)+) => {$(
        impl From<$number> for Parameter {
            fn from(number: $number) -> Self {
                Self::Number(number.into())
            }
        }
    )+};
}

numbers! { i32 i64 u32 }

/// The most characters of a value that a message repeats.
const SHOWN: usize = 60;

/// EC2's code for an invalid value, for rules without a known code.
const DEFAULT_CODE: ErrorCode = ErrorCode::INVALID_PARAMETER_VALUE;

/// Writes a value of the request into a text.
type Show = fn(&str, &mut fmt::Formatter<'_>) -> fmt::Result;

/// In quotes, with control characters escaped, and shortened: a report goes to terminals and logs.
fn quoted(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let cut = value.char_indices().nth(SHOWN).and_then(|(end, _)| value.get(..end));
    write!(f, "{:?}{}", cut.unwrap_or(value), if cut.is_some() { "…" } else { "" })
}

/// As EC2 repeats it.
fn raw(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(value)
}

impl Finding {
    /// Returns the rule.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Returns the level under the policy.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the path of the problem. Of a pair, it is the later item.
    #[must_use]
    pub fn path(&self) -> RequestPath {
        self.path
    }

    /// Returns what is wrong with the value, and what EC2 accepts.
    #[must_use]
    pub fn message(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| self.fill(self.rule.message, quoted, f))
    }

    /// Returns what to do instead.
    #[must_use]
    pub fn help(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| self.fill(self.rule.help, quoted, f))
    }

    /// Returns the error response of EC2 if this were the only problem.
    pub(super) fn to_entry(&self) -> ErrorEntry {
        // A text about an absent value was never seen.
        let is_seen = |text: &alloc::string::String| {
            let mut named = self.rule.parameters.iter().zip(&self.parameters);
            !named.any(|(name, value)| *value == Parameter::Absent && text.contains(&format!("{{{name}}}")))
        };
        let message = match self.rule.ec2_message().filter(is_seen) {
            Some(text) => fmt::from_fn(|f| self.fill(&text, raw, f)).to_string(),
            None => self.message().to_string(),
        };
        ErrorEntry::new(self.rule.ec2_code.clone().unwrap_or(DEFAULT_CODE)).with_message(message)
    }

    /// Writes a text of the rule, with values instead of placeholders.
    fn fill(&self, text: &str, show: Show, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in text.split_inclusive('}') {
            let (before, name) = part.split_once('{').unwrap_or((part, ""));
            f.write_str(before)?;
            let mut named = self.rule.parameters.iter().zip(&self.parameters);
            match named.find(|(parameter, _)| name.strip_suffix('}') == Some(parameter)).map(|(_, value)| value) {
                Some(Parameter::Value(value)) => show(value, f)?,
                Some(Parameter::Words(words)) => f.write_str(words)?,
                Some(Parameter::Number(number)) => write!(f, "{number}")?,
                Some(Parameter::Path(path)) => write!(f, "{path}")?,
                // A name that is not a parameter does not compile.
                Some(Parameter::Absent) | None => {}
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

/// Serializes what it displays.
struct Displayed<T>(T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
