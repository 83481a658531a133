//! Codecs: typed values to EC2's bytes and back.
//!
//! [`query`] makes the request and reads it, [`xml`] reads the answer and writes it; [`gateway`] does all that in JSON,
//! for the gateway that speaks it. [`images`] looks an image up with DescribeImages. [`cloudtrail`] reads request and
//! outcome from an audit record.
//!
//! Requests travel as [`http::Request<Body>`](http::Request), answers come as an [`http::Response`] of any bytes, so any
//! client or server fits between.

mod body;
pub mod cloudtrail;
pub mod gateway;
pub mod images;
pub mod query;
mod response;
mod text;
pub mod xml;

pub use body::Body;
