//! The body of a message.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// The body of a message. `Debug` prints only its length, because it may contain UEFI data.
///
/// ```
/// use ec2_register_image::wire::Body;
///
/// let body = Body::from(String::from("Action=RegisterImage"));
/// assert_eq!(body.as_str(), "Action=RegisterImage");
/// assert_eq!(format!("{body:?}"), "Body(20 bytes)");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Vec<u8>);

impl Body {
    /// Accepts the output of an encoder.
    pub(crate) fn from_ascii(bytes: Vec<u8>) -> Self {
        debug_assert!(bytes.is_ascii());
        Self(bytes)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The constructors accept only text.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The length in bytes, which is the `content-length`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the bytes, owned, without a copy. Most HTTP clients accept them.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}
