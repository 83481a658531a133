//! A pure typed model of Amazon EC2's `RegisterImage`.
#![no_std]

extern crate alloc;

pub mod builder;
pub mod endpoint;
mod members;
mod request;
pub mod rules;
mod error;
mod members;
mod request;
mod response;
pub mod types;
mod unreadable;
pub mod wire;

pub use endpoint::{Endpoint, Region};
pub use error::{ErrorCode, ErrorEntry, RegisterImageError, ServiceError};
pub use response::{Answer, DryRunPassed, RegisterImageResponse};
pub use unreadable::{Unreadable, UnreadableReason};

pub use request::{
    BlockDeviceMapping, BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember, RegisterImageRequest,
    RequestMember, Source, Tag, TagMember, TagSpecification, TagSpecificationMember,
};
pub use rules::{Invalid, Report, ValidRequest, Validator};
