//! The language of the texts that users read: phrases that no engineer says, and code lines that scroll.
//!
//! A file joins [`EDITED`] once all of its text follows the style of the project. It never leaves.

use std::fs;

/// Files whose text is edited. A folder stands for every Rust file in it.
const EDITED: &[&str] = &[
    "DESIGN.md",
    "CHANGELOG.md",
    "src/lib.rs",
    "src/text/mod.rs",
    "src/facts",
    "tests/facts",
    "cli/tests/facts.rs",
    "src/builder/image.rs",
    "src/call",
    "src/encryption",
    "src/launch",
    "src/machine",
    "src/rules/partial.rs",
    "src/wire/cloudtrail",
    "src/wire/query/strictness.rs",
    "src/wire/xml/markup.rs",
    "src/wire/xml/reader.rs",
    "tests/language",
    "tests/rules/partial.rs",
    "tests/wire/cloudtrail.rs",
    "tests/wire/cloudtrail_log.rs",
    "tests/wire/query_strictness.rs",
];

/// Files of the workspace that the package leaves out.
const WORKSPACE: &[&str] = &[
    "cli/src/serve",
    "cli/tests/emulator",
    "cli/tests/pipeline.rs",
    "cli/tests/serve.rs",
    "docs/emulator.md",
    "sdk/README.md",
    "sdk/src",
    "sdk/tests",
];

/// Phrases to replace, in lower case.
const BANNED: &[&str] = &[
    "stands beside",
    "stand beside",
    "is none that",
    "but for ",
    "has not ",
    "is told",
    "told of",
    "tells of",
    "just so",
    "as it comes",
    "nobody",
    "somebody",
    "whoever",
    "thereof",
    "passed over",
    "passes over",
    "whichever",
    "set aside",
    "sets aside",
    "for want of",
    "as you like",
    "one's own",
    "such a one",
];

/// The longest line of code in a documentation example, in characters.
const CODE_COLUMNS: usize = 95;

fn files() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    let workspace = if fs::exists("cli").unwrap() { WORKSPACE } else { &[] };
    for path in EDITED.iter().chain(workspace) {
        if fs::metadata(path).unwrap().is_dir() {
            let inside = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path().display().to_string());
            paths.extend(inside.filter(|path| path.ends_with(".rs")));
        } else {
            paths.push((*path).to_owned());
        }
    }
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// The text that a reader sees: comments of Rust sources and whole Markdown files, without the list above.
fn prose<'a>(path: &str, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let is_rust = path.ends_with(".rs");
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines.filter(move |(_, line)| !is_rust || line.trim_start().starts_with("//"))
}

/// Banned phrases in a text, each with its line. A phrase may be broken over two lines.
fn banned_in(path: &str, text: &str) -> Vec<(usize, &'static str)> {
    let lines: Vec<(usize, String)> =
        prose(path, text).map(|(at, line)| (at, line.trim_start_matches(['/', '!', ' ']).to_lowercase())).collect();
    let mut found = Vec::new();
    for (index, (at, line)) in lines.iter().enumerate() {
        let next = lines.get(index + 1).map_or("", |(_, next)| next.as_str());
        let joined = format!("{line} {next}");
        found.extend(
            BANNED
                .iter()
                .filter(|phrase| joined.find(**phrase).is_some_and(|start| start < line.len()))
                .map(|phrase| (*at, *phrase)),
        );
    }
    found
}

#[test]
fn edited_texts_have_no_banned_phrases() {
    for (path, text) in files() {
        assert_eq!(banned_in(&path, &text), [], "{path}");
    }
}

#[test]
fn banned_phrases_are_found_also_across_lines() {
    assert_eq!(banned_in("a.md", "Nobody reads\nthis"), [(1, "nobody")]);
    assert_eq!(banned_in("a.rs", "/// it stands\n/// beside\nlet nobody = 1;"), [(1, "stands beside")]);
    assert_eq!(banned_in("a.rs", "/// Returns the image ID."), []);
}

#[test]
fn code_lines_of_edited_texts_fit() {
    for (path, text) in files() {
        let mut is_code = false;
        for (at, line) in prose(&path, &text) {
            let line = line.trim_start_matches(['/', '!']).trim_start_matches(' ');
            if line.starts_with("```") {
                is_code = !is_code;
            } else if is_code && !line.starts_with("# ") {
                assert!(line.chars().count() <= CODE_COLUMNS, "{path}:{at} has {} columns", line.chars().count());
            }
        }
    }
}
