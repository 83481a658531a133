//! Holds each top-level module of `src` to its layer: a module may use only the layers before its own.
//!
//! The edges are read from the source text: every `crate::` path, in `use` declarations and elsewhere, and every
//! `super::` path that leads out of its top-level module. Modules of one layer may not use each other either, so the
//! order leaves no room for a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

mod package;
mod public;

/// Lowest first.
const LAYERS: &[&[&str]] = &[
    &["text"],
    &["schema"],
    &["types"],
    &["model"],
    &["endpoint"],
    &["facts"],
    &["launch"],
    &["response"],
    &["rules"],
    &["builder", "encryption"],
    &["preview"],
    &["wire"],
    &["machine"],
    &["gather", "call", "wait"],
];

/// Layers that have no module yet.
const EMPTY: &[&str] = &[];

/// Edges against the order, as in `("schema", "wire")`, while they are being removed. An edge that no file needs fails the test.
const ALLOWED: &[(&str, &str)] = &[];

/// The text of each file.
type Sources = BTreeMap<String, String>;

/// Which names of the crate's root each file uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The top-level module of a file, as in `rules` for `rules/catalogue/name.rs`.
fn module_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// How many modules deep the file is: 1 for `rules/mod.rs`, 2 for `rules/report.rs`.
fn depth(file: &str) -> usize {
    let segments = file.split('/').count();
    if file.ends_with("/mod.rs") { segments - 1 } else { segments }
}

fn without_comments(source: &str) -> String {
    let code = source.lines().map(|line| match line.find("//") {
        Some(at) if line[..at].trim().is_empty() || line[..at].ends_with(' ') => &line[..at],
        _ => line,
    });
    code.collect::<Vec<_>>().join("\n")
}

fn is_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The first names of what follows a path's `::`: one name, or the items of a group in braces.
fn names(rest: &str) -> Vec<String> {
    let Some(group) = rest.trim_start().strip_prefix('{') else {
        let name: String = rest.trim_start().chars().take_while(|&it| is_identifier(it) || it == '*').collect();
        return vec![name];
    };
    let (mut names, mut item, mut open) = (Vec::new(), String::new(), 0);
    for character in group.chars() {
        match character {
            '{' => open += 1,
            '}' if open > 0 => open -= 1,
            ',' if open == 0 => names.push(std::mem::take(&mut item)),
            '}' => break,
            _ if open == 0 => item.push(character),
            _ => {}
        }
    }
    names.push(item);
    let first =
        |item: &String| item.trim().chars().take_while(|&it| is_identifier(it) || it == '*').collect::<String>();
    names.iter().map(first).filter(|name| !name.is_empty()).collect()
}

/// The names of the crate's root that a file uses.
fn uses(file: &str, source: &str) -> BTreeSet<String> {
    let code = without_comments(source);
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if !code[..at].ends_with(is_identifier) {
            found.extend(names(&code[at + "crate::".len()..]));
        }
    }
    // Within an inline module, the first `super` is the file itself.
    let mut at = 0;
    while let Some(start) = code[at..].find("super::").map(|found| at + found) {
        let mut end = start;
        while code[end..].starts_with("super::") {
            end += "super::".len();
        }
        let inline = code[..start].lines().filter(|line| is_inline_module(line)).count();
        if (end - start) / "super::".len() >= depth(file) + inline.min(1) {
            found.extend(names(&code[end..]));
        }
        at = end;
    }
    found
}

fn is_inline_module(line: &str) -> bool {
    line.contains("mod ") && line.trim_end().ends_with('{')
}

/// Everything that breaks the order, and the allowed edges that no file needs.
fn violations(uses: &Uses, allowed: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut met = BTreeSet::new();
    for (file, names) in uses {
        let from = module_of(file);
        let Some(own) = layer(from) else {
            found.push(format!("{file}: the module `{from}` has no layer"));
            continue;
        };
        for to in names {
            match layer(to) {
                None => found.push(format!("{file}: `{to}` is not a module; name the module that it comes from")),
                Some(_) if from == to => {}
                Some(other) if other < own => {}
                Some(_) if allowed.contains(&(from, to)) => {
                    met.insert((from, to.as_str()));
                }
                Some(_) => found.push(format!("{file}: `{from}` may not use `{to}`")),
            }
        }
    }
    for edge in allowed.iter().filter(|edge| !met.contains(*edge)) {
        found.push(format!("`{}` no longer uses `{}`; remove the edge from the allowed ones", edge.0, edge.1));
    }
    found
}

/// Whether the source constructs a `Rule` by its fields.
fn makes_a_rule(source: &str) -> bool {
    let code = without_comments(source);
    code.match_indices("Rule").any(|(at, name)| {
        let rest = code[at + name.len()..].trim_start();
        let Some(body) = rest.strip_prefix('{').map(str::trim_start) else { return false };
        let after_field = body.trim_start_matches(is_identifier).trim_start();
        let has_field = body.starts_with(is_identifier) && after_field.starts_with([':', ',']);
        !code[..at].ends_with(is_identifier) && (has_field && !after_field.starts_with("::") || body.starts_with(".."))
    })
}

/// Reads the files below a folder of `src`.
fn read(folder: &Path, prefix: &str, all: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{name}/"), all);
        } else if name != "lib.rs" {
            all.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn sources() -> Sources {
    let mut all = Sources::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "", &mut all);
    all
}

#[test]
fn each_module_uses_only_the_layers_before_its_own() {
    let all: Uses = sources().into_iter().map(|(file, source)| (file.clone(), uses(&file, &source))).collect();
    let found = violations(&all, ALLOWED);
    assert!(found.is_empty(), "{}", found.join("\n"));

    let there: BTreeSet<&str> = all.keys().map(|file| module_of(file)).collect();
    let expected = LAYERS.iter().copied().flatten().copied().filter(|module| !EMPTY.contains(module)).collect();
    assert_eq!(there, expected, "the layers that have a module");
}

/// The violations in one file.
fn planted(file: &str, source: &str) -> Vec<String> {
    violations(&Uses::from([(file.to_owned(), uses(file, source))]), &[])
}

#[test]
fn a_planted_violation_is_found() {
    for (file, source, expected) in [
        ("types/ids.rs", "use crate::model::Image;", "types/ids.rs: `types` may not use `model`"),
        ("types/mod.rs", "pub(crate) use crate::wire;", "types/mod.rs: `types` may not use `wire`"),
        (
            "rules/a/b.rs",
            "use crate::{\n    facts::{Facts, A},\n    call,\n};",
            "rules/a/b.rs: `rules` may not use `call`",
        ),
        ("rules/mod.rs", "fn f() -> crate::preview::Preview {}", "rules/mod.rs: `rules` may not use `preview`"),
        ("schema/mod.rs", "impl $crate::wire::Sink for $name {}", "schema/mod.rs: `schema` may not use `wire`"),
        ("builder/mod.rs", "use crate::encryption::Key;", "builder/mod.rs: `builder` may not use `encryption`"),
        ("text/mod.rs", "use super::types::ImageId;", "text/mod.rs: `text` may not use `types`"),
        ("rules/a/b.rs", "use super::super::super::wire::Body;", "rules/a/b.rs: `rules` may not use `wire`"),
        ("text/mod.rs", "mod a { use super::super::call::Call; }", "text/mod.rs: `text` may not use `call`"),
        (
            "call/mod.rs",
            "use crate::Facts;",
            "call/mod.rs: `Facts` is not a module; name the module that it comes from",
        ),
        ("call/mod.rs", "use crate::*;", "call/mod.rs: `*` is not a module; name the module that it comes from"),
        ("new/mod.rs", "", "new/mod.rs: the module `new` has no layer"),
        ("new.rs", "", "new.rs: the module `new` has no layer"),
    ] {
        assert_eq!(planted(file, source), [expected], "{source}");
    }
}

#[test]
fn what_the_order_permits_is_not_reported() {
    for (file, source) in [
        ("call/mod.rs", "use crate::{model, wire::{Body, query}};\nuse crate::call::Outcome;"),
        ("rules/report.rs", "pub(in crate::rules) fn f() {}\nuse super::{Rule, Policy};"),
        ("text/mod.rs", "/// See [`crate::wire`].\n// crate::wire\nfn f() {} // as in crate::wire"),
        ("text/mod.rs", "mod tests {\n    use super::escaped;\n}"),
        ("text/mod.rs", "use my_crate::wire;"),
    ] {
        assert_eq!(planted(file, source), [""; 0], "{source}");
    }
}

#[test]
fn an_allowed_edge_is_not_reported_until_it_is_gone() {
    let of = |source: &str| Uses::from([("types/mod.rs".to_owned(), uses("types/mod.rs", source))]);
    assert_eq!(violations(&of("use crate::model::Tag;"), &[("types", "model")]), [""; 0]);
    let expected = "`types` no longer uses `model`; remove the edge from the allowed ones";
    assert_eq!(violations(&of("use crate::text::escaped;"), &[("types", "model")]), [expected]);
}

/// A rule that is constructed anywhere else is in no subject, so it would never run.
#[test]
fn only_the_macro_makes_a_rule() {
    let all = sources();
    let makers: Vec<&str> =
        all.iter().filter(|(_, source)| makes_a_rule(source)).map(|(file, _)| file.as_str()).collect();
    assert_eq!(makers, ["rules/declare.rs"]);

    for planted in ["static R: Rule = Rule { id: \"a\" };", "rules::Rule {\n    id,", "Rule { ..*other }"] {
        assert!(makes_a_rule(planted), "{planted}");
    }
    for other in [
        "pub struct Rule {\n    pub id: u8,",
        "impl Eq for Rule {}",
        "impl Rule {\n    fn f() {}",
        "fn f() -> &Rule {\n    a::b()",
        "fn f() -> &Rule {\n    self.rule",
        "UnknownRule { id: 1 }",
        "// Rule { id: 1 }",
    ] {
        assert!(!makes_a_rule(other), "{other}");
    }
}
