//! A pure typed model of Amazon EC2's `RegisterImage`.
#![no_std]

extern crate alloc;

pub mod endpoint;
mod members;
mod request;
pub mod types;
pub mod wire;

pub use endpoint::{Endpoint, Region};
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
