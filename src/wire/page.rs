//! Lists that EC2 returns in parts.

use alloc::{string::String, vec::Vec};

use http::Request;

use super::Body;
use super::query::push_escaped;

const PARAMETER: &str = "&NextToken=";

/// A part of a list. Only all pages together are the list.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::snapshots};
///
/// let endpoint = Endpoint::from_region("eu-central-1")?;
/// let request = snapshots::encode_request(&["snap-0123456789abcdef0".into()], &endpoint);
/// let response = http::Response::new(
///     "<DescribeSnapshotsResponse><snapshotSet/><nextToken>a/b</nextToken>\
///      </DescribeSnapshotsResponse>",
/// );
/// let page = snapshots::decode_response(&response)?;
/// let next = page.next_request(&request).unwrap();
/// assert!(next.body().as_str().ends_with("=snap-0123456789abcdef0&NextToken=a%2Fb"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page. A page without items can have a next page.
    pub items: Vec<T>,
    /// The token of the next page. `None` if this is the last page.
    pub next_token: Option<String>,
}

impl<T> Page<T> {
    /// An empty token is none.
    pub(super) fn new(items: Vec<T>, next_token: Option<String>) -> Self {
        Self { items, next_token: next_token.filter(|token| !token.trim().is_empty()) }
    }

    /// Returns the request for the next page, or `None` if this is the last page.
    ///
    /// `request` is the request for this page or for any earlier one. Its extensions are not copied.
    #[must_use]
    pub fn next_request(&self, request: &Request<Body>) -> Option<Request<Body>> {
        let token = self.next_token.as_deref()?;
        // Names and values are escaped, so this can only be a parameter.
        let first = request.body().as_str().split(PARAMETER).next().unwrap_or_default();
        let mut body = Vec::with_capacity(first.len() + PARAMETER.len() + token.len());
        body.extend_from_slice(first.as_bytes());
        body.extend_from_slice(PARAMETER.as_bytes());
        push_escaped(&mut body, token);
        let mut next = Request::new(Body::from_ascii(body));
        *next.method_mut() = request.method().clone();
        *next.uri_mut() = request.uri().clone();
        *next.headers_mut() = request.headers().clone();
        Some(next)
    }
}
