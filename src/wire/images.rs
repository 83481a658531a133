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

use super::{
    Body,
    query::{VERSION, post, push_escaped},
};
use crate::endpoint::Endpoint;
use crate::types::{ImageId, ImageName};

pub use super::xml::images::decode_response;

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
pub fn encode_request_by_name(name: &ImageName, endpoint: &Endpoint) -> http::Request<Body> {
    let mut literal = String::with_capacity(name.as_str().len());
    for character in name.as_str().chars() {
        if matches!(character, '*' | '?' | '\\') {
            literal.push('\\');
        }
        literal.push(character);
    }
    request("&Owner.1=self&IncludeDisabled=true&Filter.1.Name=name&Filter.1.Value.1=", &literal, "", endpoint)
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
pub fn encode_request_by_id(id: &ImageId, endpoint: &Endpoint) -> http::Request<Body> {
    request("&ImageId.1=", id.as_str(), "&IncludeDisabled=true", endpoint)
}

/// Returns a request whose body has this value between other parameters.
fn request(before: &str, value: &str, after: &str, endpoint: &Endpoint) -> http::Request<Body> {
    let mut body = Vec::new();
    for part in ["Action=DescribeImages&Version=", VERSION, before] {
        body.extend_from_slice(part.as_bytes());
    }
    push_escaped(&mut body, value);
    body.extend_from_slice(after.as_bytes());
    post(Body::from_ascii(body), endpoint)
}
