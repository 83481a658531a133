//! Where in an image a member is.

use core::fmt;

use serde::{Serialize, Serializer};

use super::{BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember};

/// A member of an image; `Display` spells it as the AWS CLI does.
///
/// ```
/// use ec2_register_image::model::{EbsBlockDeviceMember, ImagePath};
///
/// let place = ImagePath::Ebs(1, EbsBlockDeviceMember::Iops);
/// assert_eq!(place.to_string(), "BlockDeviceMappings[1].Ebs.Iops");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ImagePath {
    /// `Name`
    Name,
    /// `Description`
    Description,
    /// `Architecture`
    Architecture,
    /// `VirtualizationType`
    VirtualizationType,
    /// `RootDeviceType`
    RootDeviceType,
    /// `RootDeviceName`
    RootDeviceName,
    /// `KernelId`
    KernelId,
    /// `RamdiskId`
    RamdiskId,
    /// `BootMode`
    BootMode,
    /// `TpmSupport`
    TpmSupport,
    /// `ImdsSupport`
    ImdsSupport,
    /// `EnaSupport`
    EnaSupport,
    /// `SriovNetSupport`
    SriovNetSupport,
    /// `ImageLocation`, of an S3-backed image
    ImageLocation,
    /// A mapping as a whole, counted from 0 in the preview's own list.
    Mapping(usize),
    /// A member of the EBS volume of a mapping, counted from 0 in the preview's own list.
    Ebs(usize, EbsBlockDeviceMember),
    /// `Tags`
    Tags,
    /// `ProductCodes`
    ProductCodes,
    /// `State`, compared only where it says that the image cannot be used, or leaves it open
    State,
    /// `SourceImageId`, of an image that CopyImage created
    SourceImageId,
    /// `SourceInstanceId`, of an image that CreateImage created
    SourceInstanceId,
    /// `BillingProducts`, which no image shows
    BillingProducts,
    /// `UefiData`, which no image shows
    UefiData,
}

impl fmt::Display for ImagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = RequestMember::BlockDeviceMappings.name();
        f.pad(match self {
            Self::Name => RequestMember::Name.name(),
            Self::Description => RequestMember::Description.name(),
            Self::Architecture => RequestMember::Architecture.name(),
            Self::VirtualizationType => RequestMember::VirtualizationType.name(),
            Self::RootDeviceType => "RootDeviceType",
            Self::RootDeviceName => RequestMember::RootDeviceName.name(),
            Self::KernelId => RequestMember::KernelId.name(),
            Self::RamdiskId => RequestMember::RamdiskId.name(),
            Self::BootMode => RequestMember::BootMode.name(),
            Self::TpmSupport => RequestMember::TpmSupport.name(),
            Self::ImdsSupport => RequestMember::ImdsSupport.name(),
            Self::EnaSupport => RequestMember::EnaSupport.name(),
            Self::SriovNetSupport => RequestMember::SriovNetSupport.name(),
            Self::ImageLocation => RequestMember::ImageLocation.name(),
            Self::Mapping(at) => return write!(f, "{list}[{at}]"),
            Self::Ebs(at, member) => {
                return write!(f, "{list}[{at}].{}.{}", BlockDeviceMappingMember::Ebs.name(), member.name());
            }
            Self::Tags => "Tags",
            Self::ProductCodes => "ProductCodes",
            Self::State => "State",
            Self::SourceImageId => "SourceImageId",
            Self::SourceInstanceId => "SourceInstanceId",
            Self::BillingProducts => RequestMember::BillingProducts.name(),
            Self::UefiData => RequestMember::UefiData.name(),
        })
    }
}

impl Serialize for ImagePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
