//! GetEbsEncryptionByDefault and GetEbsDefaultKmsKeyId: how the account encrypts new volumes in a Region.
//!
//! ```
//! use ec2_register_image::{Endpoint, wire::ebs};
//!
//! let endpoint = Endpoint::from_region("eu-central-1")?;
//! let request = ebs::encode_encryption_by_default_request(&endpoint);
//! assert_eq!(request.body().as_str(), "Action=GetEbsEncryptionByDefault&Version=2016-11-15");
//!
//! let response = http::Response::new(
//!     "<GetEbsEncryptionByDefaultResponse><ebsEncryptionByDefault>true</ebsEncryptionByDefault>\
//!      </GetEbsEncryptionByDefaultResponse>",
//! );
//! assert!(ebs::decode_encryption_by_default_response(&response)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use http::{Request, Response};

use super::Body;
use super::form::Form;
use super::xml::described::{Reply, decode};
use crate::endpoint::Endpoint;
use crate::response::{DecodeFault, RegisterImageError, UnreadableReason};
use crate::schema::described;
use crate::types::KmsKeyId;

described! {
    /// A response to GetEbsEncryptionByDefault.
    struct EncryptionReply, EncryptionReplyMember {
        ebs_encryption_by_default: bool = EbsEncryptionByDefault,
    }

    /// A response to GetEbsDefaultKmsKeyId.
    struct KeyReply, KeyReplyMember {
        kms_key_id: KmsKeyId = KmsKeyId,
    }
}

impl Reply for EncryptionReply {
    const ROOT: &'static str = "GetEbsEncryptionByDefaultResponse";

    fn is_complete(&self) -> bool {
        self.ebs_encryption_by_default.is_some()
    }
}

impl Reply for KeyReply {
    const ROOT: &'static str = "GetEbsDefaultKmsKeyIdResponse";

    fn is_complete(&self) -> bool {
        self.kms_key_id.as_ref().is_some_and(|key| !key.as_str().trim().is_empty())
    }
}

/// Encodes a request for whether the account encrypts every new volume.
#[must_use]
pub fn encode_encryption_by_default_request(endpoint: &Endpoint) -> Request<Body> {
    Form::of("GetEbsEncryptionByDefault").post(endpoint)
}

/// Decodes a response to GetEbsEncryptionByDefault, as strictly as
/// [`xml::decode_response`](crate::wire::xml::decode_response).
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_encryption_by_default_response<B: AsRef<[u8]>>(
    response: &Response<B>,
) -> Result<bool, RegisterImageError> {
    let reply: EncryptionReply = decode(response, false)?;
    reply.ebs_encryption_by_default.ok_or_else(|| incomplete(response))
}

/// Encodes a request for the key of new volumes that are encrypted without a key of their own.
#[must_use]
pub fn encode_default_kms_key_id_request(endpoint: &Endpoint) -> Request<Body> {
    Form::of("GetEbsDefaultKmsKeyId").post(endpoint)
}

/// Decodes a response to GetEbsDefaultKmsKeyId, as strictly as
/// [`xml::decode_response`](crate::wire::xml::decode_response).
///
/// The key is an ARN, or the alias `alias/aws/ebs` if the account did not choose one.
///
/// ```
/// use ec2_register_image::wire::ebs;
///
/// let response = http::Response::new(
///     "<GetEbsDefaultKmsKeyIdResponse><kmsKeyId>alias/aws/ebs</kmsKeyId>\
///      </GetEbsDefaultKmsKeyIdResponse>",
/// );
/// assert_eq!(ebs::decode_default_kms_key_id_response(&response)?, "alias/aws/ebs");
/// # Ok::<(), ec2_register_image::RegisterImageError>(())
/// ```
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_default_kms_key_id_response<B: AsRef<[u8]>>(
    response: &Response<B>,
) -> Result<KmsKeyId, RegisterImageError> {
    let reply: KeyReply = decode(response, false)?;
    reply.kms_key_id.ok_or_else(|| incomplete(response))
}

fn incomplete<B: AsRef<[u8]>>(response: &Response<B>) -> RegisterImageError {
    DecodeFault::from(UnreadableReason::MissingElement).of(response).into()
}
