//! Where in a JSON document something stands.

use std::borrow::Cow;
use std::error::Error;
use std::ops::Range;

use ec2_register_image::model::{PathStep, RequestMember, RequestPath};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::parse_to_ast;

/// A document that `serde_json` has taken already, with what it takes to find and to show places in it.
///
/// To look one up takes a time that does not grow with the document, whether that has many lines or a single long one.
pub struct Document<'a> {
    text: &'a str,
    tree: Value<'a>,
    /// The byte at which each line starts.
    line_starts: Vec<usize>,
    /// How many characters stand before each [`STRIDE`]th byte.
    characters_before: Vec<usize>,
    /// The text without UEFI data, and where that was.
    shown: Cow<'a, str>,
    secret: Option<Range<usize>>,
}

const STRIDE: usize = 1024;

/// What stands for UEFI data.
const MASK: &str = "\"…\"";

/// A place, and as much of its line as fits on a screen.
pub struct Place {
    /// Whether the member itself is there; else this is the place of what should hold it.
    pub is_there: bool,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line, with `…` where it was cut.
    pub source: String,
    /// What to underline, in bytes of `source`.
    pub span: Range<usize>,
}

/// The most characters of a line that are shown, and how many of them before the place where there are more.
const WIDTH: usize = 100;
const BEFORE: usize = 40;

impl<'a> Document<'a> {
    pub fn read(text: &'a str) -> Result<Self, Box<dyn Error>> {
        let tree = parse_to_ast(text, &Default::default(), &Default::default())?.value.ok_or("there is no value")?;
        let secret = tree.as_object().and_then(|request| request.get(RequestMember::UefiData.name()));
        let secret = secret.map(|property| bytes(&property.value));
        let shown = match &secret {
            Some(secret) => [&text[..secret.start], MASK, &text[secret.end..]].concat().into(),
            None => text.into(),
        };
        let line_starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let characters_before = text.as_bytes().chunks(STRIDE).scan(0, |before, chunk| {
            let start = *before;
            *before += characters(chunk);
            Some(start)
        });
        let characters_before = characters_before.collect();
        Ok(Self { text, tree, line_starts, characters_before, shown, secret })
    }

    /// The place of a path, or of the innermost structure on the way to it that is there.
    pub fn find(&self, path: RequestPath) -> Place {
        let (mut value, mut span, mut is_there) = (&self.tree, opening(&self.tree), true);
        for step in path.steps() {
            let inner = match (step, value) {
                (PathStep::Member { name, .. }, Value::Object(object)) => {
                    object.get(name).map(|property| (&property.value, Some(bytes(&property.name))))
                }
                (PathStep::Index(index), Value::Array(array)) => array.elements.get(index).map(|item| (item, None)),
                _ => None,
            };
            let Some((inner, key)) = inner else {
                is_there = false;
                break;
            };
            // A structure may be long, so its key stands for it; UEFI data is a secret.
            span = match (inner, key) {
                (Value::Object(_) | Value::Array(_), Some(key)) => key,
                (_, Some(key)) if self.secret == Some(bytes(inner)) => key,
                _ => opening(inner),
            };
            value = inner;
        }
        self.place(span, is_there)
    }

    fn place(&self, span: Range<usize>, is_there: bool) -> Place {
        let line = self.line_starts.partition_point(|&start| start <= span.start);
        let line_start = self.line_starts[line - 1];
        let line_end = self.line_starts.get(line).map_or(self.text.len(), |next| next - "\n".len());
        let column = self.characters_before(span.start) - self.characters_before(line_start) + 1;

        let [line_start, line_end, start, end] = [line_start, line_end, span.start, span.end].map(|at| self.shown(at));
        let shown = &self.shown[line_start..line_end];
        let shown = shown.strip_suffix('\r').unwrap_or(shown);
        let (start, end) = (start - line_start, end - line_start);
        let (from, to) = if shown.len() <= WIDTH {
            (0, shown.len())
        } else {
            let from = shown[..start].char_indices().rev().take(BEFORE).last().map_or(start, |(at, _)| at);
            let to = shown[start..].char_indices().nth(WIDTH - BEFORE).map_or(shown.len(), |(at, _)| start + at);
            (from, to)
        };
        let cut = |is_cut| if is_cut { "…" } else { "" };
        let (head, tail) = (cut(from > 0), cut(to < shown.len()));
        let in_source = |at: usize| at - from + head.len();
        Place {
            is_there,
            line,
            column,
            source: [head, &shown[from..to], tail].concat(),
            span: in_source(start)..in_source(end.min(to)),
        }
    }

    /// How many characters stand before a byte.
    fn characters_before(&self, at: usize) -> usize {
        let stride = at / STRIDE;
        match self.characters_before.get(stride) {
            Some(before) => before + characters(&self.text.as_bytes()[stride * STRIDE..at]),
            None => 0,
        }
    }

    /// A byte of the text, in `shown`.
    fn shown(&self, at: usize) -> usize {
        match &self.secret {
            Some(secret) if at >= secret.end => at - secret.len() + MASK.len(),
            _ => at,
        }
    }
}

fn bytes(node: &impl Ranged) -> Range<usize> {
    node.start()..node.end()
}

/// A value, or the bracket with which a structure starts.
fn opening(value: &Value<'_>) -> Range<usize> {
    match value {
        Value::Object(_) | Value::Array(_) => value.start()..value.start() + 1,
        _ => bytes(value),
    }
}

/// How many characters start in these bytes.
pub fn characters(bytes: &[u8]) -> usize {
    const CONTINUATION: std::ops::RangeInclusive<u8> = 0x80..=0xBF;
    bytes.iter().filter(|byte| !CONTINUATION.contains(byte)).count()
}
