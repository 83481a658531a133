//! The error of a strict parser.

use alloc::string::String;
use core::fmt;

use crate::text::escaped;

/// A text is not one of the known values of an open enumeration.
///
/// `Display` shows the text on one line, the value that was probably meant, and all valid values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    type_name: &'static str,
    text: String,
    meant: Option<String>,
    valid: &'static [&'static str],
}

impl UnknownValue {
    /// The most characters of the text that the error shows.
    const MAX_SHOWN: usize = 64;

    pub(crate) fn new(
        type_name: &'static str,
        text: &str,
        meant: Option<String>,
        valid: &'static [&'static str],
    ) -> Self {
        Self { type_name, text: text.into(), meant, valid }
    }

    /// The text that was rejected.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The known value that this text is another spelling of, if any.
    #[must_use]
    pub fn meant(&self) -> Option<&str> {
        self.meant.as_deref()
    }

    /// The valid values.
    #[must_use]
    pub fn valid(&self) -> &'static [&'static str] {
        self.valid
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.type_name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
        write!(f, "`{}` is not {article} {}", escaped(&self.text, Self::MAX_SHOWN), self.type_name)?;
        match &self.meant {
            Some(meant) => write!(f, ", did you mean `{meant}`? valid values: ")?,
            None => f.write_str("; valid values: ")?,
        }
        for (at, name) in self.valid.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownValue {}
