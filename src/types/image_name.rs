//! The name of the image.

use alloc::{format, string::String};

use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::text_types;

text_types! {
    /// The name of an image, unique in its account and Region.
    ///
    /// Wire name `Name`, required. EC2 accepts [3](Self::MIN_LENGTH) to [128](Self::MAX_LENGTH) characters: letters,
    /// digits, spaces and `( ) [ ] . / - ' @ _`. This type holds any text, and the rules check it.
    /// [`sanitize`](Self::sanitize) turns any text with at least three legal characters into a legal name.
    ///
    /// ```
    /// use ec2_register_image::types::ImageName;
    /// use time::{Date, Month, OffsetDateTime, Time};
    ///
    /// let now = OffsetDateTime::new_utc(Date::from_calendar_date(2026, Month::November, 23)?, Time::from_hms(12, 5, 0)?);
    /// let name = ImageName::sanitize("web: nightly+arm64")?.with_timestamp(now);
    /// assert_eq!(name, "web- nightly-arm64-20261123T120500Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ImageName;
}

/// The text has fewer than three characters that are legal in an image name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fewer than {} characters that are legal in an image name remain", ImageName::MIN_LENGTH)]
#[non_exhaustive]
pub struct ImageNameTooShort;

impl ImageName {
    /// The fewest characters that EC2 accepts.
    pub const MIN_LENGTH: usize = 3;

    /// The most characters that EC2 accepts.
    pub const MAX_LENGTH: usize = 128;

    /// Whether the API model allows this character in a name.
    ///
    /// EC2's own error message lists fewer (no space, brackets, `'` or `@`), but images with such names exist.
    #[must_use]
    pub const fn is_legal(character: char) -> bool {
        character.is_ascii_alphanumeric()
            || matches!(character, '(' | ')' | '[' | ']' | ' ' | '.' | '/' | '-' | '\'' | '@' | '_')
    }

    /// Turns any text into a legal name.
    ///
    /// Each run of illegal characters becomes one `-`. Illegal characters and spaces at both ends are removed, and a long
    /// text is cut at the end.
    ///
    /// ```
    /// use ec2_register_image::types::ImageName;
    ///
    /// assert_eq!(ImageName::sanitize("web-2026-11-23T07:45:00Z")?, "web-2026-11-23T07-45-00Z");
    /// assert_eq!(ImageName::sanitize(" already (legal) [1] ")?, "already (legal) [1]");
    /// assert!(ImageName::sanitize("::ab::").is_err());
    /// # Ok::<(), ec2_register_image::types::ImageNameTooShort>(())
    /// ```
    ///
    /// # Errors
    /// If fewer than three legal characters remain.
    pub fn sanitize(text: &str) -> Result<Self, ImageNameTooShort> {
        let text = text.trim_matches(|character: char| character == ' ' || !Self::is_legal(character));
        if text.chars().filter(|&character| Self::is_legal(character)).count() < Self::MIN_LENGTH {
            return Err(ImageNameTooShort);
        }
        let mut name = String::with_capacity(text.len().min(Self::MAX_LENGTH));
        let mut in_illegal_run = false;
        for character in text.chars() {
            let legal = Self::is_legal(character);
            if legal || !in_illegal_run {
                name.push(if legal { character } else { '-' });
            }
            in_illegal_run = !legal;
            if name.len() == Self::MAX_LENGTH {
                break;
            }
        }
        let without_blanks = name.trim_end_matches(' ').len();
        if without_blanks >= Self::MIN_LENGTH {
            name.truncate(without_blanks);
        }
        Ok(Self(name))
    }

    /// Appends `suffix`, and shortens the text before it to keep [`MAX_LENGTH`](Self::MAX_LENGTH).
    ///
    /// The suffix itself is never shortened. The rules report a name that is too long because of it.
    ///
    /// ```
    /// use ec2_register_image::types::ImageName;
    ///
    /// let name = ImageName::new("x".repeat(200)).with_suffix("-arm64");
    /// assert_eq!(name.as_str().len(), 128);
    /// assert!(name.as_str().ends_with("x-arm64"));
    /// ```
    #[must_use]
    pub fn with_suffix(mut self, suffix: &str) -> Self {
        let room = Self::MAX_LENGTH.saturating_sub(suffix.chars().count());
        if let Some((cut, _)) = self.0.char_indices().nth(room) {
            self.0.truncate(cut);
        }
        self.0.push_str(suffix);
        self
    }

    /// Appends a time in UTC as `-20261123T120500Z`: ISO 8601 without the `:` that a name cannot contain.
    ///
    /// The caller passes the time, because this crate has no clock.
    #[must_use]
    pub fn with_timestamp(self, moment: OffsetDateTime) -> Self {
        // This fails only within a day of the first or last year that `time` supports.
        let utc = moment.checked_to_offset(UtcOffset::UTC).unwrap_or_else(|| {
            if moment.year() < 0 { PrimitiveDateTime::MIN.assume_utc() } else { PrimitiveDateTime::MAX.assume_utc() }
        });
        let (year, month, day) = (utc.year(), u8::from(utc.month()), utc.day());
        let (hour, minute, second) = utc.to_hms();
        self.with_suffix(&format!("-{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"))
    }
}
