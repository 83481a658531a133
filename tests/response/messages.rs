//! The table of EC2's wordings: its rows agree with each other and with the codes, and no wording is written elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ec2_register_image::response::messages::{self, Message};
use ec2_register_image::rules;

/// The literal parts of a row's text, without the quotes around what varies.
fn literals(row: &Message) -> Vec<&'static str> {
    let parts = row.text.split('{').map(|part| part.split_once('}').map_or(part, |(_, literal)| literal));
    parts
        .map(|literal| literal.trim_matches(['\'', '"', '(', ')', '.']))
        .filter(|literal| !literal.is_empty())
        .collect()
}

/// Whether the text has the literal parts of the row, one after the other.
fn repeats(text: &str, row: &Message) -> bool {
    let mut rest = text;
    literals(row).into_iter().all(|literal| match rest.split_once(literal) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// The texts in the code of a source file, without comments. A quotation in backticks is prose, not a wording.
fn texts(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("\\\"", "\u{1}");
    let mut texts = Vec::new();
    for text in code.split('"').skip(1).step_by(2) {
        let text: String = text.split('`').step_by(2).collect();
        let lines: Vec<&str> =
            text.split("\\\n").enumerate().map(|(at, it)| if at > 0 { it.trim_start() } else { it }).collect();
        texts.push(lines.concat().replace('\u{1}', "\""));
    }
    texts
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn no_wording_is_written_outside_of_the_table() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let table = files.iter().position(|(path, _)| path.ends_with("response/messages.rs")).unwrap();
    let (_, table) = files.remove(table);
    // The scan finds every row where it is.
    let written = texts(&table);
    for row in Message::ALL {
        assert!(written.iter().any(|text| repeats(text, row)), "{} is not found in its own file", row.text);
    }
    for (path, source) in &files {
        for text in texts(source) {
            for row in Message::ALL {
                assert!(!repeats(&text, row), "{path} repeats {:?} in {text:?}", row.text);
            }
        }
    }
}

#[test]
fn no_wording_is_written_twice_in_the_table() {
    for (at, row) in Message::ALL.iter().enumerate() {
        for (other_at, other) in Message::ALL.iter().enumerate() {
            assert!(at == other_at || !repeats(row.text, other), "{:?} repeats {:?}", row.text, other.text);
        }
    }
}

#[test]
fn the_scan_finds_a_wording_that_is_written_again() {
    let found = |source: &str| texts(source).iter().any(|text| repeats(text, &messages::NAME_IN_USE));
    assert!(found(r#"let pattern = "AMI name * is already in use by AMI *";"#));
    assert!(found("say(\"AMI name {name} is already \\\n     in use by AMI {image_id}\")"));
    assert!(!found(r#"explanation: "EC2 answers `AMI name web is already in use by AMI ami-decafbad`","#));
    assert!(!found("/// \"AMI name web is already in use by AMI ami-decafbad\""));
    assert!(!found(r#"let text = "AMI name";"#));
}

#[test]
fn every_row_has_examples_of_its_wording() {
    for row in Message::ALL {
        assert!(!row.examples.is_empty(), "{}", row.text);
        for example in row.examples {
            assert!(row.matches(example), "{:?} is not worded {:?}", example, row.text);
        }
    }
}

#[test]
fn a_code_lists_the_rows_with_that_code() {
    for row in Message::ALL {
        let Some(code) = row.code() else { continue };
        if let Some(info) = code.info() {
            let listed = info.messages.iter().filter(|listed| **listed == *row).count();
            assert_eq!(listed, 1, "{code} lists {:?}", row.text);
        }
    }
    let listed = ec2_register_image::response::CodeInfo::ALL.iter();
    for info in listed {
        assert!(info.messages.iter().all(|row| row.code().as_ref() == Some(&info.code)), "{}", info.code);
    }
}

#[test]
fn placeholders_of_a_row_are_distinct() {
    for row in Message::ALL {
        let names: BTreeSet<_> = row.placeholders().collect();
        assert_eq!(names.len(), row.placeholders().count(), "{}", row.text);
        assert_eq!(names.len(), row.text.matches('{').count(), "{}", row.text);
    }
}

#[test]
fn the_words_of_a_rule_are_those_of_a_row() {
    for rule in rules::all() {
        for wording in rule.ec2_messages {
            assert!(Message::ALL.contains(&wording.message()), "{}", rule.id);
            assert!(wording.text().contains('*') || wording.matches(&wording.text()), "{}", rule.id);
        }
    }
    let wordings = rules::find("volume-smaller-than-snapshot").unwrap().ec2_messages;
    let said = "Volume of size 15GiB is smaller than snapshot snap-ef2791a9, expect size >= 30GiB";
    assert!(!wordings[0].matches(said) && wordings[1].matches(said));
    let wordings = rules::find("snapshot-not-completed").unwrap().ec2_messages;
    let said = "Snapshot snap-ef2791a9 is not yet completed";
    assert!(!wordings[0].matches(said) && wordings[1].matches(said));
}
