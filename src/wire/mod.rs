//! Codecs: typed values to EC2's bytes and back.
//!
//! [`query`] makes the request and reads it, [`xml`] reads the answer and writes it; [`gateway`] does the same in JSON, for the
//! gateway that speaks it.
//! Requests travel as [`http::Request<Body>`](http::Request), answers come as an [`http::Response`] of any bytes, so any
//! client fits between.

mod body;
pub mod gateway;
pub mod query;
mod response;
mod text;
pub mod xml;

pub use body::Body;
