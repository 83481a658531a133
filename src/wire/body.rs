//! What a request carries.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// The body of a message: text whose `Debug` prints a length only, since it may hold UEFI data.
///
/// ```
/// use ec2_register_image::wire::Body;
///
/// let body = Body::from(String::from("Action=RegisterImage"));
/// assert_eq!(body.as_str(), "Action=RegisterImage");
/// assert_eq!(format!("{body:?}"), "Body(20 bytes)");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The length in bytes, which is the `content-length`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, owned, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The bytes, owned, without a copy; what most HTTP clients take.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}
