//! DescribeImages, as much of it as it takes to find an image by name or by id: whether it was registered, and what
//! became of it.
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
//! What DescribeImages does not find may exist nevertheless: a new image is not seen at once everywhere. See
//! [Eventual consistency](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).

use alloc::{string::String, vec::Vec};

use super::{
    Body,
    query::{VERSION, post, push_escaped},
};
use crate::endpoint::Endpoint;
use crate::types::{ImageId, ImageName};

pub use super::xml::images::decode_response;

/// Asks for the account's own image of this name.
///
/// A name is the account's alone in a Region, so that there is one image at most. Disabled images, which are left out by
/// default, are asked for as well: they are still registered, and no page says that their names are free. Deprecated ones
/// the owner always gets. `*`, `?` and `\`, which mean something in a
/// [filter](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html), are escaped, so that the name
/// matches nothing but itself.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::images};
///
/// let request = images::encode_request_by_name(&"web*".into(), &Endpoint::from_region("eu-central-1")?);
/// // `web\*`
/// assert!(request.body().as_str().ends_with("&Filter.1.Value.1=web%5C%2A"));
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
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

/// Asks for the image of this id, whoever owns it, also where it is disabled.
///
/// Where there is none, EC2 answers with the error `InvalidAMIID.NotFound`.
///
/// ```
/// use ec2_register_image::{Endpoint, wire::images};
///
/// let request = images::encode_request_by_id(&"ami-0123456789abcdef0".into(), &Endpoint::from_region("eu-central-1")?);
/// assert!(request.body().as_str().ends_with("&ImageId.1=ami-0123456789abcdef0&IncludeDisabled=true"));
/// # Ok::<(), ec2_register_image::endpoint::EndpointError>(())
/// ```
#[must_use]
pub fn encode_request_by_id(id: &ImageId, endpoint: &Endpoint) -> http::Request<Body> {
    request("&ImageId.1=", id.as_str(), "&IncludeDisabled=true", endpoint)
}

/// A request whose body has this value between other parameters.
fn request(before: &str, value: &str, after: &str, endpoint: &Endpoint) -> http::Request<Body> {
    let mut body = Vec::new();
    for part in ["Action=DescribeImages&Version=", VERSION, before] {
        body.extend_from_slice(part.as_bytes());
    }
    push_escaped(&mut body, value);
    body.extend_from_slice(after.as_bytes());
    post(Body::from_ascii(body), endpoint)
}
