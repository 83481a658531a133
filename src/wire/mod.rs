//! Codecs between typed values and EC2's bytes.
//!
//! [`query`] encodes and decodes requests, and [`xml`] encodes and decodes responses. [`gateway`] does both in JSON.
//! [`images`], [`snapshots`] and [`ebs`] read what the account has. [`cloudtrail`] decodes the request and the outcome from
//! an audit record.
//!
//! A request is an [`http::Request<Body>`](http::Request), and a response is an [`http::Response`] of any bytes, so any
//! client or server fits.
//!
//! # A gate in front of EC2
//!
//! It decodes what a client sends, accepts what passes the rules, and rejects the rest with EC2's own errors:
//!
//! ```
//! use ec2_register_image::{RegisterImageRequest, Validator};
//! use ec2_register_image::response::ServiceError;
//! use ec2_register_image::rules::Policy;
//! use ec2_register_image::wire::{query, xml};
//!
//! fn judge(request: &http::Request<&str>, validator: &Validator) -> Result<RegisterImageRequest, ServiceError> {
//!     let decoded = query::decode_request(request).map_err(|error| error.refusal())?;
//!     match validator.check(&decoded.request).refusal() {
//!         Some(error) => Err(error),
//!         None => Ok(decoded.request),
//!     }
//! }
//!
//! let validator = Validator::new().policy(Policy::new().deny("architecture-missing")?);
//! let request = http::Request::post("/")
//!     .header("content-type", query::CONTENT_TYPE)
//!     .body("Action=RegisterImage&Version=2016-11-15&Name=web")?;
//! let error = judge(&request, &validator).unwrap_err();
//! assert_eq!(*error.code(), "InvalidParameterValue");
//!
//! let response = xml::encode_error_response(&error.with_request_id("4e759009"))?;
//! assert_eq!(response.status(), 400);
//! assert!(response.body().as_str().ends_with("<RequestID>4e759009</RequestID></Response>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod body;
pub mod cloudtrail;
pub mod ebs;
mod form;
pub mod gateway;
pub mod images;
mod page;
pub mod query;
mod response;
pub mod snapshots;
mod text;
pub mod xml;

pub use body::Body;
pub use page::Page;
