//! The language of the texts that users read: phrases that no engineer says, and code lines that scroll.
//!
//! A file joins [`EDITED`] once all of its text follows the style of the project. It never leaves.

use std::fs;

/// Files whose text is edited. A folder stands for every Rust file in it.
const EDITED: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "DESIGN.md",
    "cli/tests/facts.rs",
    "src/builder",
    "src/call",
    "src/encryption",
    "src/endpoint/partition.rs",
    "src/endpoint/region.rs",
    "src/facts",
    "src/gather",
    "src/launch",
    "src/lib.rs",
    "src/machine",
    "src/model/image_path.rs",
    "src/model/mod.rs",
    "src/model/request_path.rs",
    "src/model/sha256.rs",
    "src/preview/launch.rs",
    "src/response/advice.rs",
    "src/response/authorization.rs",
    "src/response/code",
    "src/response/detail.rs",
    "src/response/messages.rs",
    "src/rules/catalogue",
    "src/rules/declare.rs",
    "src/rules/finding.rs",
    "src/rules/mod.rs",
    "src/rules/partial.rs",
    "src/rules/policy.rs",
    "src/rules/report.rs",
    "src/rules/rule.rs",
    "src/schema",
    "src/text/mod.rs",
    "src/types/device_name.rs",
    "src/types/ids.rs",
    "src/types/mod.rs",
    "src/types/platform.rs",
    "src/types/resource_type.rs",
    "src/types/state.rs",
    "src/types/timestamp.rs",
    "src/types/uefi_data.rs",
    "src/types/unknown_value.rs",
    "src/types/volume.rs",
    "src/wait",
    "src/wire/body.rs",
    "src/wire/cloudtrail",
    "src/wire/ebs.rs",
    "src/wire/form.rs",
    "src/wire/gateway/mod.rs",
    "src/wire/page.rs",
    "src/wire/query/encode.rs",
    "src/wire/query/strictness.rs",
    "src/wire/response.rs",
    "src/wire/snapshots.rs",
    "src/wire/text.rs",
    "src/wire/xml/markup.rs",
    "src/wire/xml/mod.rs",
    "src/wire/xml/names.rs",
    "src/wire/xml/reader.rs",
    "tests/facts",
    "tests/gather",
    "tests/language",
    "tests/rules/partial.rs",
    "tests/wait",
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

/// Documents that are generated from texts in the sources, which are not comments.
const GENERATED: &[&str] = &["docs/rules.md"];

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
fn generated_texts_have_no_banned_phrases() {
    for path in GENERATED {
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(banned_in(path, &text), [], "{path}");
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
