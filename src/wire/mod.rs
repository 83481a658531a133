//! Codecs: typed values to EC2's bytes and back.

mod body;

pub use body::Body;
