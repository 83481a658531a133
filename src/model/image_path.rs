//! A location in an image.

use core::fmt;

use serde::{Serialize, Serializer};

use super::{BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember};

/// Defines the path by its members, in their order. Those before the `;` come before the mappings.
macro_rules! image_path {
    ($($before:ident $(= $before_note:literal)?,)+; $($after:ident $(= $after_note:literal)?,)+) => {
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
            $(
                #[doc = concat!("`", stringify!($before), "`", $(", ", $before_note)?)]
                $before,
            )+
            /// A mapping as a whole, counted from 0 in the preview's own list.
            Mapping(usize),
            /// A member of the EBS volume of a mapping, counted from 0 in the preview's own list.
            Ebs(usize, EbsBlockDeviceMember),
            $(
                #[doc = concat!("`", stringify!($after), "`", $(", ", $after_note)?)]
                $after,
            )+
        }

        impl fmt::Display for ImagePath {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let list = RequestMember::BlockDeviceMappings.name();
                match self {
                    $(Self::$before => f.pad(stringify!($before)),)+
                    Self::Mapping(at) => write!(f, "{list}[{at}]"),
                    Self::Ebs(at, member) => {
                        write!(f, "{list}[{at}].{}.{}", BlockDeviceMappingMember::Ebs.name(), member.name())
                    }
                    $(Self::$after => f.pad(stringify!($after)),)+
                }
            }
        }
    };
}

image_path! {
    Name,
    Description,
    Architecture,
    VirtualizationType,
    RootDeviceType,
    RootDeviceName,
    KernelId,
    RamdiskId,
    BootMode,
    TpmSupport,
    ImdsSupport,
    EnaSupport,
    SriovNetSupport,
    ImageLocation = "compared only for an S3-backed image",
    ;
    Tags,
    ProductCodes,
    PlatformDetails = "compared only if the platform or the source image is known",
    UsageOperation = "compared only if the platform or the source image is known",
    State = "compared only if it says that the image cannot be used, or leaves that open",
    SourceImageId = "set on an image that CopyImage created",
    SourceInstanceId = "set on an image that CreateImage created",
    BillingProducts = "which no image shows",
    UefiData = "which no image shows",
}

impl Serialize for ImagePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
