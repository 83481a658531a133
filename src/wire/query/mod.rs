//! The EC2 query protocol: a form body of `Name=value` pairs, the members of lists and structures joined by dots.
//!
//! ```
//! use ec2_register_image::{RegisterImageRequest, wire::query};
//!
//! let request: RegisterImageRequest = serde_json::from_str(
//!     r#"{"Name": "a b", "BlockDeviceMappings": [{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}]}"#,
//! )?;
//! assert_eq!(
//!     query::encode_unchecked(&request).as_str(),
//!     "Action=RegisterImage&Version=2016-11-15&Name=a%20b\
//!      &BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fsdb",
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

mod encode;

pub use encode::{encode, encode_unchecked, request};
pub(super) use encode::{post, push_escaped};

/// The API's version, the `Version` of every body.
pub const VERSION: &str = "2016-11-15";

/// The `content-type` of a body.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";
