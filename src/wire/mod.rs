//! Codecs: typed values to EC2's bytes and back.
//!
//! [`query`] makes the request and reads it, [`xml`] reads the answer and writes it; [`gateway`] does all that in JSON,
//! for the gateway that speaks it. [`images`], [`snapshots`] and [`ebs`] are the actions that read what the account has.
//! [`cloudtrail`] reads request and outcome from an audit record.
//!
//! Requests travel as [`http::Request<Body>`](http::Request), answers come as an [`http::Response`] of any bytes, so any
//! client or server fits between.
//!
//! # A gate in front of EC2
//!
//! It reads what a client sends, lets through what the rules pass, and answers the rest as EC2 would:
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
