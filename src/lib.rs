//! A pure typed model of Amazon EC2's `RegisterImage`.
#![no_std]

extern crate alloc;

mod error;
mod members;
mod request;
mod response;
pub mod types;
mod unreadable;
pub mod wire;

pub use error::{ErrorCode, ErrorEntry, RegisterImageError, ServiceError};
pub use response::{Answer, DryRunPassed, RegisterImageResponse};
pub use unreadable::{Unreadable, UnreadableReason};

pub use request::{
    BlockDeviceMapping, BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember, RegisterImageRequest,
    RequestMember, Tag, TagMember, TagSpecification, TagSpecificationMember,
};

pub mod rules {
    //! Validation.

    /// The day on which the model of EC2 was compiled.
    pub const MODEL_DATE: &str = "2026-11-23";
}

pub mod builder {
    //! The typed way to make a request.
}
