//! Codecs: typed values to EC2's bytes and back.

mod body;
pub mod gateway;
mod text;
pub mod xml;

pub use body::Body;
