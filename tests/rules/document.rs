//! The catalogue in `docs/rules.md` is generated from the rules.
//!
//! After a change of a rule, `RULES_MD=write cargo test --test rules document` writes it again.

use std::fmt::Write as _;

use ec2_register_image::rules::{self, Level, Rule, Status};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");

fn catalogue() -> String {
    let errors = rules::all().filter(|rule| rule.level == Level::Error).count();
    let all = rules::all().count();
    let mut out = format!(
        "# Rules\n\n\
         {all} rules, {errors} of them errors, as of {}. An error is what EC2 was seen or reported to reject on RegisterImage, \
         what AWS documents as rejected, required or a constraint, or a value that the API model of that day does not have. \
         Everything else is a warning. A policy allows, warns of or denies each rule by its ID.\n\n",
        rules::MODEL_DATE
    );
    for (title, subject) in rules::subjects() {
        let ids: Vec<String> = subject.map(|rule| format!("[`{0}`](#{0})", rule.id)).collect();
        writeln!(out, "- **{title}**: {}", ids.join(", ")).unwrap();
    }
    for (title, subject) in rules::subjects() {
        write!(out, "\n## {title}\n").unwrap();
        subject.for_each(|rule| entry(rule, &mut out));
    }
    out
}

fn entry(rule: &Rule, out: &mut String) {
    let level = if rule.level == Level::Error { "Error" } else { "Warning" };
    write!(out, "\n### `{}`\n\n**{level}**, {}: {}.\n\n", rule.id, rule.evidence.as_str(), rule.summary).unwrap();
    write!(out, "{} [Source]({}).", rule.explanation, rule.source).unwrap();
    if let Some(code) = &rule.ec2_code {
        write!(out, " EC2's code: `{code}`").unwrap();
        match rule.ec2_message() {
            Some(message) => write!(out, ", its message: `{message}`.").unwrap(),
            None => out.push('.'),
        }
    }
    write!(out, " Since {}.\n\n", rule.since).unwrap();
    if !rule.former_ids.is_empty() {
        write!(out, "Formerly {}.\n\n", rule.former_ids.join(", ")).unwrap();
    }
    if let Some(facts) = rule.facts {
        write!(out, "With these facts:\n\n```json\n{facts}\n```\n\n").unwrap();
    }
    match rule.status {
        Status::Deprecated { since, reason } => write!(out, "Deprecated since {since}: {reason}.\n\n").unwrap(),
        Status::Removed { since, reason } => write!(out, "Removed in {since}: {reason}.\n\n").unwrap(),
        _ => {}
    }
    if let Status::Removed { .. } = rule.status {
        out.truncate(out.trim_end().len());
        out.push('\n');
        return;
    }
    write!(out, "Message:\n\n```text\n{}\n```\n\n", rule.trigger_message).unwrap();
    for (title, request) in [("Finds something in", rule.trigger), ("Nothing in", rule.near_miss)] {
        // A text of thousands of characters explains nothing.
        if request.len() > 2_000 {
            write!(out, "{title} a longer request.\n\n").unwrap();
        } else {
            write!(out, "{title}:\n\n```json\n{request}\n```\n\n").unwrap();
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
}

#[test]
fn the_catalogue_is_up_to_date() {
    let catalogue = catalogue();
    if std::env::var_os("RULES_MD").is_some_and(|mode| mode == "write") {
        std::fs::write(FILE, &catalogue).unwrap();
    }
    let file = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(file == catalogue, "docs/rules.md is stale: run `RULES_MD=write cargo test --test rules document`");
}
