//! EC2's messages, matched as loosely as their wording varies and no further.
//!
//! A pattern is a whole message with `*` for what varies, such as `AMI name * is already in use by AMI *`. Case, a
//! second blank between two words, blanks at the ends and a full stop at the end of the message make no difference.
//! What stands for `*` is found from the right, so a name that repeats words of the message stays whole. Time is linear
//! in the message.

use core::mem;

/// Whether the message is of this wording.
pub(crate) fn is_worded(message: &str, pattern: &str) -> bool {
    take(message, pattern, |_| {})
}

/// What stands for each `*` of the pattern, blanks and all; `N` is their number.
pub(crate) fn captures<'a, const N: usize>(message: &'a str, pattern: &str) -> Option<[&'a str; N]> {
    let mut captures = [""; N];
    let mut from_right = captures.iter_mut().rev();
    let is_match = take(message, pattern, |text| {
        if let Some(capture) = from_right.next() {
            *capture = text;
        }
    });
    is_match.then_some(captures)
}

/// Calls `capture` with what stands for each `*`, from the right.
fn take<'a>(message: &'a str, pattern: &str, mut capture: impl FnMut(&'a str)) -> bool {
    // The end is trimmed where it is known whose it is: a literal may end in a blank, with nothing after it.
    let mut rest = message.trim_start();
    let mut literals = pattern.split('*');
    let first = literals.next().unwrap_or_default();
    let Some(after_first) = end_of(rest, 0, first) else { return false };
    let Some(last) = literals.next_back() else {
        return matches!(rest.get(after_first..).map(str::trim_end), Some("" | "."));
    };
    let mut is_at_end = last.is_empty();
    let mut capture = |text: &'a str| capture(if mem::take(&mut is_at_end) { text.trim_end() } else { text });
    if !last.is_empty() {
        rest = rest.trim_end();
        rest = rest.strip_suffix('.').unwrap_or(rest);
        match find_last(rest, last) {
            Some((start, end)) if end == rest.len() => rest = rest.get(..start).unwrap_or_default(),
            _ => return false,
        }
    }
    while let Some(literal) = literals.next_back() {
        let Some((start, end)) = find_last(rest, literal) else { return false };
        capture(rest.get(end..).unwrap_or_default());
        rest = rest.get(..start).unwrap_or_default();
    }
    match rest.get(after_first..) {
        Some(text) => {
            capture(text);
            true
        }
        None => false,
    }
}

/// The last place where the literal stands in the text.
fn find_last(text: &str, literal: &str) -> Option<(usize, usize)> {
    (0..text.len()).rev().find_map(|start| Some((start, end_of(text, start, literal)?)))
}

/// Where the literal ends that starts there. Literals are ASCII, so both ends are between characters.
fn end_of(text: &str, start: usize, literal: &str) -> Option<usize> {
    let mut end = start;
    for (at, byte) in literal.bytes().enumerate() {
        if !text.as_bytes().get(end)?.eq_ignore_ascii_case(&byte) {
            return None;
        }
        end += 1;
        // The last blank of a literal is not doubled: a second one belongs to what follows.
        let is_inside = at + 1 < literal.len();
        if byte == b' ' && is_inside && text.as_bytes().get(end) == Some(&b' ') {
            end += 1;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn takes<const N: usize>(message: &str, pattern: &str, expected: [&str; N]) {
        assert_eq!(captures(message, pattern), Some(expected));
    }

    #[test]
    fn wordings() {
        takes("a b", "a b", []);
        takes(" A  B. ", "a b", []);
        takes("say x", "say *", ["x"]);
        takes("say  x . ", "say *", [" x ."]);
        takes("say ", "say *", [""]);
        takes("say  ", "say *", [""]);
        takes("say a to ", "say * to *", ["a", ""]);
        takes("x said", "* said", ["x"]);
        takes("x  said.", "* said", ["x "]);
        takes("say a to b to c", "say * to *", ["a to b", "c"]);
        takes("say ü to ß.", "say * to *", ["ü", "ß."]);
        takes("a  to b: now", "* to *: now", ["a ", "b"]);
        for (message, pattern) in [
            ("a b c", "a b"),
            ("a", "a b"),
            ("a   b", "a b"),
            ("a b..", "a b"),
            ("say", "say *"),
            ("do say x", "say *"),
            ("say a", "say * to *"),
            ("x said so", "* said"),
            // What is first and what is last may not be the same text.
            ("ab", "ab*b"),
            ("", "a"),
        ] {
            assert!(!is_worded(message, pattern), "{message:?} is not worded {pattern:?}");
        }
    }
}
