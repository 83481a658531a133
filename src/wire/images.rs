//! DescribeImages, as far as it is needed to find an image by name or ID.
//!
//! ```
//! use ec2_register_image::{Endpoint, wire::images};
//!
//! let endpoint = Endpoint::from_region("eu-central-1")?;
//! let request = images::encode_request_by_name(&"web (1)".into(), &endpoint);
//! assert_eq!(request.uri(), "https://ec2.eu-central-1.amazonaws.com/");
//! assert_eq!(
//!     request.body().as_str(),
//!     "Action=DescribeImages&Version=2016-11-15&Owner.1=self&IncludeDisabled=true\
//!      &Filter.1.Name=name&Filter.1.Value.1=web%20%281%29",
//! );
//!
//! let response = http::Response::new(
//!     r#"<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><imagesSet><item>
//!         <imageId>ami-0123456789abcdef0</imageId><imageState>available</imageState><name>web (1)</name>
//!     </item></imagesSet></DescribeImagesResponse>"#,
//! );
//! let images = images::decode_response(&response)?;
//! assert_eq!(images[0].id, "ami-0123456789abcdef0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An image that DescribeImages does not find may exist, because a new image is not visible everywhere at once. See
//! [Eventual consistency](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).

use alloc::{string::String, vec::Vec};

use http::{Request, Response};

use super::form::Form;
use super::xml::described::{Reply, decode};
use super::{Body, Page};
use crate::endpoint::Endpoint;
use crate::model::Image;
use crate::response::{RegisterImageError, UnreadableReason};
use crate::schema::described;
use crate::types::{ImageId, ImageName};

described! {
    /// A response to DescribeImages.
    struct ImagesReply, ImagesReplyMember {
        images: Vec<Image> = Images "imagesSet",
        next_token: String = NextToken,
    }
}

impl Reply for ImagesReply {
    const ROOT: &'static str = "DescribeImagesResponse";
    const INCOMPLETE: UnreadableReason = UnreadableReason::MissingImages;
    const MISSING_ID: UnreadableReason = UnreadableReason::MissingImageId;
    const EMPTY_ID: UnreadableReason = UnreadableReason::EmptyImageId;

    fn is_complete(&self) -> bool {
        self.images.is_some()
    }
}

/// Decodes a whole response to DescribeImages: the images, in its order.
///
/// It is as strict as [`xml::decode_response`](crate::wire::xml::decode_response), with the same limits and errors. The root
/// must be `DescribeImagesResponse` with one `imagesSet`, and each `item` must have one `imageId` that is not empty. An
/// element that an image has twice, a boolean other than `true` and `false`, and a number of more than 32 bits are errors.
/// Elements that are not members of [`Image`] are ignored. Texts are kept unchanged, including
/// [times](crate::types::Timestamp) that cannot be read. Absent and empty differ.
///
/// A response with a `nextToken` is an error, because an image on another page must not seem absent. What this crate asks
/// for fits one page. [`decode_page`] reads one page of several.
///
/// Time and memory are linear: at most about 75 bytes for each byte of the body, so 75 MiB for a body of
/// [`BODY_LIMIT`](crate::wire::xml::BODY_LIMIT).
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_response<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Vec<Image>, RegisterImageError> {
    let reply: ImagesReply = decode(response, false)?;
    Ok(reply.images.unwrap_or_default())
}

/// Decodes one page of a response to DescribeImages, as strictly as [`decode_response`].
///
/// # Errors
/// The service's error, or [`UnreadableResponse`](crate::response::UnreadableResponse).
pub fn decode_page<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Page<Image>, RegisterImageError> {
    let reply: ImagesReply = decode(response, true)?;
    Ok(Page::new(reply.images.unwrap_or_default(), reply.next_token))
}

/// Encodes the request for the account's own image with this name.
///
/// A name is unique in the account and Region, so there is at most one image. The request includes disabled images,
/// because they are still registered, and no page says that their names are free. Owners always see deprecated images.
/// `*`, `?` and `\` have a meaning in a
/// [filter](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html), so they are escaped, and the name
/// matches only itself.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::images};
///
/// let request = images::encode_request_by_name(&"web*".into(), &Endpoint::from_region("eu-central-1")?);
/// // `web\*`
/// assert!(request.body().as_str().ends_with("&Filter.1.Value.1=web%5C%2A"));
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
#[doc(alias = "DescribeImages")]
#[must_use]
pub fn encode_request_by_name(name: &ImageName, endpoint: &Endpoint) -> Request<Body> {
    let mut literal = String::with_capacity(name.as_str().len());
    for character in name.as_str().chars() {
        if matches!(character, '*' | '?' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    let form = Form::of("DescribeImages").with("Owner.1", "self").with("IncludeDisabled", "true");
    form.with("Filter.1.Name", "name").with("Filter.1.Value.1", &literal).post(endpoint)
}

/// Encodes the request for the image with this ID, of any owner, including disabled ones.
///
/// If there is none, EC2 returns the error `InvalidAMIID.NotFound`.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::images};
///
/// let request = images::encode_request_by_id(&"ami-0123456789abcdef0".into(), &Endpoint::from_region("eu-central-1")?);
/// assert!(request.body().as_str().ends_with("&ImageId.1=ami-0123456789abcdef0&IncludeDisabled=true"));
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
#[doc(alias = "DescribeImages")]
#[must_use]
pub fn encode_request_by_id(id: &ImageId, endpoint: &Endpoint) -> Request<Body> {
    Form::of("DescribeImages").with("ImageId.1", id.as_str()).with("IncludeDisabled", "true").post(endpoint)
}
