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

/// Escapes an untrusted name and cuts it after `most` characters.
pub(crate) fn escaped(name: &str, most: usize) -> String {
    name.chars().take(most).flat_map(char::escape_debug).collect()
}
