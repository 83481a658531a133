//! Which rules count, and how much.

use alloc::{boxed::Box, collections::BTreeMap, string::String};
use core::fmt;

use serde::{Deserialize, Serialize, Serializer, de};

use super::{Level, Rule, find};
use crate::schema::{Document, Object};

/// Allows, warns of or denies the findings of rules, by ID.
///
/// As JSON: `{"strict": true, "rules": {"name-length": "allow"}}`. The settings are `allow`, `warn` and `deny`, and both
/// members are optional. Reading rejects unknown rules, and duplicate rules or members.
///
/// ```
/// use ec2_register_image::{RegisterImageRequest, rules::{Policy, Validator}};
///
/// let request: RegisterImageRequest = serde_json::from_str(r#"{"Name": "db"}"#)?;
/// let validator = Validator::new().policy(Policy::new().allow("name-length")?);
/// assert!(validator.check(&request).is_valid());
/// assert!(Policy::new().allow("name-lenght").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Policy {
    strict: bool,
    rules: BTreeMap<RuleId, Setting>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Setting {
    Allow,
    Warn,
    Deny,
}

/// The current ID of a rule that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RuleId(&'static str);

/// No rule has this ID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rule is called {id:?}; the catalogue in docs/rules.md names those that exist")]
#[non_exhaustive]
pub struct UnknownRule {
    /// The ID in question.
    pub id: Box<str>,
}

impl Policy {
    /// Returns a policy with every rule at its own level.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes every warning an error, except for rules that are allowed or only warned of.
    #[must_use]
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    /// Allows what a rule finds. [`ValidRequest`](crate::ValidRequest) keeps its findings as waived.
    ///
    /// # Errors
    /// If no rule has this ID.
    pub fn allow(self, id: &str) -> Result<Self, UnknownRule> {
        self.set(id, Setting::Allow)
    }

    /// Makes what a rule finds a warning.
    ///
    /// # Errors
    /// If no rule has this ID.
    pub fn warn(self, id: &str) -> Result<Self, UnknownRule> {
        self.set(id, Setting::Warn)
    }

    /// Makes what a rule finds an error.
    ///
    /// # Errors
    /// If no rule has this ID.
    pub fn deny(self, id: &str) -> Result<Self, UnknownRule> {
        self.set(id, Setting::Deny)
    }

    fn set(mut self, id: &str, setting: Setting) -> Result<Self, UnknownRule> {
        self.rules.insert(RuleId::of(id)?, setting);
        Ok(self)
    }

    /// Returns the level of a rule under this policy.
    #[must_use]
    pub fn level(&self, rule: &Rule) -> Level {
        match self.rules.get(&RuleId(rule.id)) {
            Some(Setting::Allow) => Level::Allowed,
            Some(Setting::Warn) => Level::Warning,
            Some(Setting::Deny) => Level::Error,
            None if self.strict => Level::Error,
            None => rule.level,
        }
    }
}

impl RuleId {
    fn of(id: &str) -> Result<Self, UnknownRule> {
        find(id).map(|rule| Self(rule.id)).ok_or_else(|| UnknownRule { id: id.into() })
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::of(&id).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            #[serde(default)]
            strict: bool,
            #[serde(default)]
            rules: Rules,
        }

        impl Document for Written {
            const EXPECTED: &'static str = "an object with the members `strict` and `rules`";
        }

        let Object(Written { strict, rules: Rules(rules) }) = Object::<Written>::deserialize(deserializer)?;
        Ok(Self { strict, rules })
    }
}

/// The settings by rule, each rule once. A derived reader would keep the last of two.
#[derive(Default)]
struct Rules(BTreeMap<RuleId, Setting>);

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Settings;

        impl<'de> de::Visitor<'de> for Settings {
            type Value = Rules;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of settings by the id of a rule")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Rules, A::Error> {
                let mut rules = BTreeMap::new();
                while let Some((rule, setting)) = map.next_entry::<RuleId, Setting>()? {
                    if rules.insert(rule, setting).is_some() {
                        return Err(de::Error::custom(format_args!("two settings for the rule `{}`", rule.0)));
                    }
                }
                Ok(Rules(rules))
            }
        }

        deserializer.deserialize_map(Settings)
    }
}
