//! The UEFI variable store, which is a secret.

use alloc::{string::String, vec::Vec};
use core::fmt;

use aws_smithy_types::base64;

/// The non-volatile UEFI variable store of the image, in base64: Secure Boot keys and the like.
///
/// Wire name `UefiData`, at most 64,000 characters, which is 48,000 bytes. Default when absent: an empty store. It holds
/// the text that is sent, even if that is not base64.
///
/// `Debug` and the errors and findings of this crate never show its content. It has no `Display`.
///
/// ```
/// use ec2_register_image::types::UefiData;
///
/// let data = UefiData::from_bytes(b"AMZNUEFI");
/// assert_eq!(data.as_base64(), "QU1aTlVFRkk=");
/// assert_eq!(data.to_bytes()?, b"AMZNUEFI");
/// assert_eq!(format!("{data:?}"), "UefiData(12 characters)");
/// # Ok::<(), ec2_register_image::types::InvalidBase64>(())
/// ```
///
/// ```compile_fail,E0277
/// let data = ec2_register_image::types::UefiData::from_bytes(b"AMZNUEFI");
/// println!("{}", data);
/// ```
///
/// ```
/// let data = ec2_register_image::types::UefiData::from_bytes(b"AMZNUEFI");
/// println!("{:?}", data);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct UefiData(String);

/// The text of a [`UefiData`] is not base64. The error does not show the text, because it is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("uefi data is not base64 in the standard alphabet with padding")]
#[non_exhaustive]
pub struct InvalidBase64;

impl UefiData {
    /// Encodes the bytes of a variable store.
    #[must_use]
    pub fn from_bytes(store: &[u8]) -> Self {
        Self(base64::encode(store))
    }

    /// Accepts text that is base64 already, as `aws ec2 get-instance-uefi-data` prints it. The text is not checked.
    #[must_use]
    pub fn from_base64(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text in base64.
    #[must_use]
    pub fn as_base64(&self) -> &str {
        &self.0
    }

    /// Decodes the variable store.
    ///
    /// # Errors
    /// If the text is not base64 in the standard alphabet with padding.
    pub fn to_bytes(&self) -> Result<Vec<u8>, InvalidBase64> {
        base64::decode(&self.0).map_err(|_| InvalidBase64)
    }

    /// The length of the text in characters. EC2 accepts up to 64,000.
    #[must_use]
    pub fn len(&self) -> usize {
        // Base64 is ASCII. Other text is counted in characters, as EC2's model counts a string.
        self.0.chars().count()
    }

    /// Whether the text is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for UefiData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UefiData({} characters)", self.len())
    }
}

impl crate::schema::Text for UefiData {
    fn text(&self) -> &str {
        &self.0
    }

    fn from_text(text: &str) -> Self {
        Self::from_base64(text)
    }
}
