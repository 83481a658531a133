//! Display of untrusted text, and matching of message wordings.

use alloc::string::String;
use core::fmt::{self, Write as _};

mod wording;

pub(crate) use wording::{captures, is_worded};

/// Untrusted text, written on one line: control characters are escaped.
pub(crate) struct SingleLine<'a>(pub(crate) &'a str);

impl fmt::Display for SingleLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// Whether no form escapes a byte of this text: the unreserved characters of RFC 3986, section 2.3.
pub(crate) const fn is_unreserved(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        if !is_unreserved_byte(*byte) {
            return false;
        }
        rest = after;
    }
    true
}

/// Whether no form escapes this byte.
pub(crate) const fn is_unreserved_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Escapes an untrusted name and cuts it after `most` characters.
pub(crate) fn escaped(name: &str, most: usize) -> String {
    name.chars().take(most).flat_map(char::escape_debug).collect()
}
