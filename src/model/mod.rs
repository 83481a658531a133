//! The request, and what EC2 describes: images, their block device mappings, and snapshots.

mod fingerprint;
mod image;
mod image_path;
pub(crate) mod marker;
mod request;
mod request_path;
mod sha256;
mod snapshot;

pub(crate) use fingerprint::split_marker;
pub use fingerprint::{Fingerprint, InvalidFingerprint};
pub use image::{Image, ImageBlockDeviceMapping, ImageEbsBlockDevice, RootDeviceType, StateReason};
pub use image_path::ImagePath;
pub use request::{
    BlockDeviceMapping, BlockDeviceMappingMember, EbsBlockDevice, EbsBlockDeviceMember, RegisterImageRequest,
    RequestMember, Source, Tag, TagMember, TagSpecification, TagSpecificationMember,
};
pub use request_path::{PathStep, RequestPath};
pub use snapshot::{AssociatedKmsKey, ProductCode, Snapshot};
