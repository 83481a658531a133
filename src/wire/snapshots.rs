//! DescribeSnapshots and DescribeSnapshotAttribute: the snapshots of a request.
//!
//! ```
//! use ec2_register_image::{Endpoint, wire::snapshots};
//!
//! let endpoint = Endpoint::from_region("eu-central-1")?;
//! let request = snapshots::encode_request(&["snap-0123456789abcdef0".into()], &endpoint);
//! assert_eq!(
//!     request.body().as_str(),
//!     "Action=DescribeSnapshots&Version=2016-11-15&SnapshotId.1=snap-0123456789abcdef0",
//! );
//!
//! let response = http::Response::new(
//!     r#"<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
//!         <snapshotSet><item><snapshotId>snap-0123456789abcdef0</snapshotId>
//!         <status>pending</status><progress>37%</progress></item></snapshotSet>
//!     </DescribeSnapshotsResponse>"#,
//! );
//! let page = snapshots::decode_response(&response)?;
//! assert_eq!(page.items[0].progress.as_deref(), Some("37%"));
//! assert_eq!(page.next_token, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::{string::String, vec::Vec};

use http::{Request, Response};

use super::form::Form;
use super::xml::described::{Reply, decode};
use super::{Body, Page};
use crate::endpoint::Endpoint;
use crate::model::Snapshot;
use crate::response::RegisterImageError;
use crate::schema::described;
use crate::types::SnapshotId;

described! {
    /// A response to DescribeSnapshots.
    struct SnapshotsReply, SnapshotsReplyMember {
        snapshots: Vec<Snapshot> = Snapshots "snapshotSet",
        next_token: String = NextToken,
    }
}

impl Reply for SnapshotsReply {
    const ROOT: &'static str = "DescribeSnapshotsResponse";

    fn is_complete(&self) -> bool {
        self.snapshots.is_some()
    }
}

/// A response to DescribeSnapshotAttribute.
impl Reply for Snapshot {
    const ROOT: &'static str = "DescribeSnapshotAttributeResponse";

    fn is_complete(&self) -> bool {
        self.product_codes.is_some()
    }
}

/// Encodes a request for the snapshots with these IDs, whatever account owns them.
///
/// If one of them does not exist, EC2 returns the error `InvalidSnapshot.NotFound` and describes none. It leaves out those
/// that the account may not see. Without IDs, the request is for all snapshots that the account may see, which are many.
#[must_use]
pub fn encode_request(ids: &[SnapshotId], endpoint: &Endpoint) -> Request<Body> {
    Form::of("DescribeSnapshots").with_list("SnapshotId", ids.iter().map(SnapshotId::as_str)).post(endpoint)
}

/// Encodes a request for those of the snapshots with these IDs that the account owns.
///
/// Their `OwnerId` is the account ID. Without IDs, the request is for all snapshots of the account.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::snapshots};
///
/// let endpoint = Endpoint::from_region("eu-central-1")?;
/// let request = snapshots::encode_request_of_own(&["snap-0123456789abcdef0".into()], &endpoint);
/// let body = request.body().as_str();
/// assert!(body.ends_with("&Owner.1=self&SnapshotId.1=snap-0123456789abcdef0"));
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
#[must_use]
pub fn encode_request_of_own(ids: &[SnapshotId], endpoint: &Endpoint) -> Request<Body> {
    let form = Form::of("DescribeSnapshots").with("Owner.1", "self");
    form.with_list("SnapshotId", ids.iter().map(SnapshotId::as_str)).post(endpoint)
}

/// Encodes a request for some snapshots of the account, because their `OwnerId` is the account ID.
pub(crate) fn encode_request_of_any_own(endpoint: &Endpoint) -> Request<Body> {
    // EC2 accepts no fewer.
    Form::of("DescribeSnapshots").with("Owner.1", "self").with("MaxResults", "5").post(endpoint)
}

/// Decodes one page of a response to DescribeSnapshots.
///
/// It is as strict as [`xml::decode_response`](crate::wire::xml::decode_response), with the same limits. The response has one
/// `snapshotSet`, and each `item` in it has one `snapshotId` that is not empty. An element that a snapshot has twice, a
/// boolean that is neither `true` nor `false`, and a number of more than 32 bits are errors. Other elements are ignored.
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Page<Snapshot>, RegisterImageError> {
    let reply: SnapshotsReply = decode(response, true)?;
    Ok(Page::new(reply.snapshots.unwrap_or_default(), reply.next_token))
}

/// Encodes a request for the product codes of a snapshot, an attribute that DescribeSnapshots does not return.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::snapshots};
///
/// let endpoint = Endpoint::from_region("eu-central-1")?;
/// let id = "snap-0123456789abcdef0".into();
/// let request = snapshots::encode_product_codes_request(&id, &endpoint);
/// assert_eq!(
///     request.body().as_str(),
///     "Action=DescribeSnapshotAttribute&Version=2016-11-15&Attribute=productCodes\
///      &SnapshotId=snap-0123456789abcdef0",
/// );
///
/// let response = http::Response::new(
///     "<DescribeSnapshotAttributeResponse><snapshotId>snap-0123456789abcdef0</snapshotId>\
///      <productCodes/></DescribeSnapshotAttributeResponse>",
/// );
/// let snapshot = snapshots::decode_product_codes_response(&response)?;
/// assert_eq!(snapshot.product_codes, Some(vec![]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn encode_product_codes_request(id: &SnapshotId, endpoint: &Endpoint) -> Request<Body> {
    let form = Form::of("DescribeSnapshotAttribute").with("Attribute", "productCodes");
    form.with("SnapshotId", id.as_str()).post(endpoint)
}

/// Decodes a response to DescribeSnapshotAttribute for product codes: the snapshot, of which nothing else is known.
///
/// It is as strict as [`decode_response`]. A response about another attribute is an error.
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_product_codes_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Snapshot, RegisterImageError> {
    let Snapshot { id, product_codes, .. } = decode(response, false)?;
    Ok(Snapshot { product_codes, ..Snapshot::new(id) })
}
