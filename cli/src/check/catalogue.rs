//! The table of rules, for people and as JSON.

use std::io::{self, Write};

use ec2_register_image::response::ErrorCode;
use ec2_register_image::rules::{self, Evidence, Level, Rule, Status};
use serde::Serialize;

/// All that is public of a rule.
#[derive(Serialize)]
pub struct Row {
    id: &'static str,
    former_ids: &'static [&'static str],
    level: Level,
    evidence: Evidence,
    since: &'static str,
    ec2_code: Option<&'static ErrorCode>,
    summary: &'static str,
    explanation: &'static str,
    source: &'static str,
    trigger: &'static str,
    near_miss: &'static str,
    facts: Option<&'static str>,
    /// Why the rule was removed, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'static str>,
}

impl From<&'static Rule> for Row {
    fn from(rule: &'static Rule) -> Self {
        Self {
            id: rule.id,
            former_ids: rule.former_ids,
            level: rule.level,
            evidence: rule.evidence,
            since: rule.since,
            ec2_code: rule.ec2_code.as_ref(),
            summary: rule.summary,
            explanation: rule.explanation,
            source: rule.source,
            trigger: rule.trigger,
            near_miss: rule.near_miss,
            facts: rule.facts,
            removed: removed(rule).map(|(_, reason)| reason),
        }
    }
}

/// A line a rule.
pub fn list(out: &mut impl Write) -> io::Result<()> {
    let width = rules::all().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules::all() {
        writeln!(out, "{:7}  {:width$}  {}", level(rule), rule.id, rule.summary)?;
    }
    Ok(())
}

/// A page on one rule.
pub fn explain(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}[{}]: {}\n\n{}\n", level(rule), rule.id, rule.summary, rule.explanation)?;
    writeln!(out, "evidence:  {}", rule.evidence.as_str())?;
    writeln!(out, "EC2 code:  {}", rule.ec2_code.as_ref().map_or("not known", ErrorCode::as_str))?;
    writeln!(out, "since:     {}", rule.since)?;
    if !rule.former_ids.is_empty() {
        writeln!(out, "formerly:  {}", rule.former_ids.join(", "))?;
    }
    writeln!(out, "link:      {}", rule.source)?;
    if let Some((since, reason)) = removed(rule) {
        return writeln!(out, "\nremoved in {since}, so it finds nothing: {reason}");
    }
    writeln!(out)?;
    let facts = rule.facts.map(|facts| ("with the facts:", facts));
    for (title, json) in
        facts.into_iter().chain([("finds something in:", rule.trigger), ("nothing in:", rule.near_miss)])
    {
        writeln!(out, "{title}\n    {}", json.replace('\n', "\n    "))?;
    }
    Ok(())
}

/// The version that removed the rule, and why.
fn removed(rule: &Rule) -> Option<(&'static str, &'static str)> {
    match rule.status {
        Status::Removed { since, reason } => Some((since, reason)),
        _ => None,
    }
}

fn level(rule: &Rule) -> &'static str {
    match rule.level {
        Level::Error => "error",
        _ => "warning",
    }
}
