//! Single values, and the check that no member is forgotten.

use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use ec2_register_image::types::Timestamp;

/// A text or an enum value in the other crate's type, by its spelling.
pub(crate) fn text<T: for<'a> From<&'a str>>(value: &Option<impl AsRef<str>>) -> Option<T> {
    value.as_ref().map(|value| T::from(value.as_ref()))
}

/// A number or a boolean.
pub(crate) fn copy<T: Copy>(value: &Option<T>) -> Option<T> {
    *value
}

/// A time, as RFC 3339 writes it.
pub(crate) fn time(value: &Option<DateTime>) -> Option<Timestamp> {
    value.as_ref().and_then(|time| time.fmt(DateTimeFormat::DateTime).ok()).map(Timestamp::from)
}

pub(crate) fn structure<T, U>(convert: impl Fn(&T) -> U) -> impl Fn(&Option<T>) -> Option<U> {
    move |value| value.as_ref().map(&convert)
}

pub(crate) fn list<T, U>(convert: impl Fn(&T) -> U) -> impl Fn(&Option<Vec<T>>) -> Option<Vec<U>> {
    move |items| items.as_ref().map(|items| items.iter().map(&convert).collect())
}

/// A member that the SDK has elsewhere, or not at all.
pub(crate) fn nothing<T>(_: ()) -> Option<T> {
    None
}

/// Whether two lists have the same names in the same order.
pub(crate) const fn same(left: &[&str], right: &[&str]) -> bool {
    let (mut left, mut right) = (left, right);
    loop {
        match (left, right) {
            ([first, left_rest @ ..], [second, right_rest @ ..]) if same_text(first, second) => {
                (left, right) = (left_rest, right_rest);
            }
            ([], []) => return true,
            _ => return false,
        }
    }
}

const fn same_text(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    loop {
        match (left, right) {
            ([first, left_rest @ ..], [second, right_rest @ ..]) if *first == *second => {
                (left, right) = (left_rest, right_rest);
            }
            ([], []) => return true,
            _ => return false,
        }
    }
}

/// The names of the fields of a structure of the SDK, from the `Debug` text of one without content.
#[cfg(test)]
pub(crate) fn fields_of(debug: &str) -> Vec<&str> {
    let inside = debug.split_once(" { ").and_then(|(_, rest)| rest.strip_suffix(" }")).expect("a structure");
    let names = inside.split(", ").filter_map(|field| field.split_once(": ").map(|(name, _)| name));
    names.filter(|name| *name != "_request_id").collect()
}

/// Fails unless these are the fields of a structure of the SDK: a field that the conversions do not know would be lost.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_fields(debug: &str, known: &[&str]) {
    let (mut fields, mut known) = (fields_of(debug), known.to_vec());
    fields.sort_unstable();
    known.sort_unstable();
    assert_eq!(fields, known, "the fields of {debug}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_names_are_compared_whole() {
        assert!(same(&[], &[]) && same(&["a", "bc"], &["a", "bc"]));
        for other in [&["a"][..], &["a", "b"], &["a", "bcd"], &["bc", "a"], &["a", "bc", ""]] {
            assert!(!same(&["a", "bc"], other), "{other:?}");
        }
    }

    #[test]
    fn fields_are_those_of_the_debug_text() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only `Debug` reads them")]
        struct Output {
            next_token: Option<String>,
            images: Option<Vec<u8>>,
            _request_id: Option<String>,
        }
        let output = Output { next_token: None, images: None, _request_id: None };
        assert_eq!(fields_of(&format!("{output:?}")), ["next_token", "images"]);
    }
}
