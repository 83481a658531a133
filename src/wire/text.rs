//! Checks the text of a response, before its format is parsed.

use core::str;

use crate::response::{DecodeFault, UnreadableReason};

pub(crate) const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Checks the body as a whole: that it is not empty and not a page for a browser, its length and its encoding.
pub(crate) fn text_of(body: &[u8], limit: usize) -> Result<&str, DecodeFault> {
    let content = body.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(body).trim_ascii_start();
    if content.is_empty() {
        return Err(UnreadableReason::Empty.into());
    }
    // This comes first, because a page may be anything else as well.
    if starts_ignoring_case(content, b"<!doctype html") || starts_ignoring_case(content, b"<html") {
        return Err(UnreadableReason::Html.into());
    }
    if body.len() > limit {
        return Err(UnreadableReason::TooLong.into());
    }
    str::from_utf8(body).map_err(|error| match error.error_len() {
        Some(_) => DecodeFault::at(error.valid_up_to(), UnreadableReason::NotUtf8),
        None => DecodeFault::at(body.len(), UnreadableReason::CutOff),
    })
}

pub(crate) fn starts_ignoring_case(bytes: &[u8], start: &[u8]) -> bool {
    bytes.get(..start.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(start))
}
