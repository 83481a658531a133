//! The types of a request's members: texts, and open enumerations.
//!
//! Text types (ids, names, ARNs) are **transparent**: they can hold any string, because a request that EC2 would refuse
//! must still exist for [`rules`](crate::rules) to say everything that is wrong with it. What the types forbid is a
//! mix-up: an AMI id does not pass for a snapshot id.
//!
//! Enumerations are **open**, built as [`http::Method`] is: a value that AWS adds tomorrow decodes, compares and
//! re-encodes byte for byte, and the known ones are constants that work in a `match`.
//!
//! ```
//! use ec2_register_image::types::Architecture;
//!
//! let says = |architecture: &Architecture| match *architecture {
//!     Architecture::ARM64 => "graviton",
//!     Architecture::X86_64 => "intel or amd",
//!     _ => "something else",
//! };
//! assert_eq!(says(&Architecture::from("arm64")), "graviton");
//! assert_eq!(says(&Architecture::from("riscv64")), "something else");
//! ```

mod device_name;
mod ids;
mod image_name;
mod platform;
mod resource_type;
mod uefi_data;
mod volume;

pub use device_name::{DeviceName, VirtualName};
pub(crate) use ids::is_resource_id;
pub use ids::{
    AvailabilityZone, AvailabilityZoneId, BillingProduct, ImageId, ImageLocation, KernelId, KmsKeyId, OutpostArn,
    RamdiskId, SnapshotId,
};
pub use image_name::{ImageName, ImageNameTooShort};
pub use platform::{Architecture, BootMode, ImdsSupport, SriovNetSupport, TpmSupport, VirtualizationType};
pub use resource_type::ResourceType;
pub use uefi_data::{InvalidBase64, UefiData};
pub use volume::{VolumeType, gib_from_bytes};

/// Defines transparent text types: any string in, the same string out.
macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(alloc::string::String);

        impl $name {
            /// Takes any text; whether EC2 would take it is for [`rules`](crate::rules) to say.
            #[must_use]
            pub fn new(text: impl Into<alloc::string::String>) -> Self {
                Self(text.into())
            }

            /// The text, as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> alloc::string::String {
                self.0
            }
        }

        $crate::types::text_conversions!($name);
    )+};
}

/// What every type that is a string on the wire has: conversions from text, `Display` and a view as `str`.
/// Expects `new` and `as_str` on the type.
macro_rules! text_conversions {
    ($name:ident) => {
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<alloc::string::String> for $name {
            fn from(text: alloc::string::String) -> Self {
                Self::new(text)
            }
        }

        impl core::str::FromStr for $name {
            type Err = core::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::new(text))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl $crate::schema::Text for $name {
            fn text(&self) -> &str {
                self.as_str()
            }

            fn from_text(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

/// Defines a type of open values: a private inner enum, a constant for each known value, and room for any other.
macro_rules! open_values {
    ($(#[$doc:meta])* $name:ident as $inner:ident {
        $($(#[$value_doc:meta])* $constant:ident $variant:ident = $wire:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name($inner);

        #[derive(Clone, PartialEq, Eq, Hash)]
        enum $inner {
            $($variant,)+
            // Never one of the values above: only `new` makes it, and it looks there first.
            Other(alloc::string::String),
        }

        impl $name {
            $(
                $(#[$value_doc])*
                #[doc = concat!("\n\nOn the wire: `", $wire, "`.")]
                pub const $constant: Self = Self($inner::$variant);
            )+

            /// The values known as of [`rules::MODEL_DATE`](crate::rules::MODEL_DATE), in the order in which AWS lists
            /// them.
            pub const KNOWN: &'static [Self] = &[$(Self::$constant,)+];

            /// Takes any text, exactly as spelled; a value that is not known is kept as it is.
            #[must_use]
            pub fn new(text: impl AsRef<str> + Into<alloc::string::String>) -> Self {
                match text.as_ref() {
                    $($wire => Self::$constant,)+
                    _ => Self($inner::Other(text.into())),
                }
            }

            /// The value as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match &self.0 {
                    $($inner::$variant => $wire,)+
                    $inner::Other(text) => text,
                }
            }

            /// Whether it is one of [`KNOWN`](Self::KNOWN).
            #[must_use]
            pub fn is_known(&self) -> bool {
                !matches!(self.0, $inner::Other(_))
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                alloc::string::String::deserialize(deserializer).map(Self::new)
            }
        }

        $crate::types::text_conversions!($name);
    };
}

/// Defines an open enumeration of a member: open values that know what people write for them.
///
/// A row is `CONSTANT Variant = "wire value" ["what people write for it"…]`. Aliases are compared without case and
/// with `_` and blanks read as `-`, so each is listed once, in lower case with `-`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident as $inner:ident {
        $($(#[$value_doc:meta])* $constant:ident $variant:ident = $wire:literal [$($alias:literal)*],)+
    }) => {
        $crate::types::open_values! {
            $(#[$doc])*
            $name as $inner { $($(#[$value_doc])* $constant $variant = $wire,)+ }
        }

        impl $name {
            /// The known value that people mean by `text`: its own spelling in any case, or a common other name.
            ///
            /// Nothing else in this crate reads aliases: what you put into a request is what is sent.
            #[must_use]
            pub fn from_alias(text: &str) -> Option<Self> {
                const ALIASES: &[(&str, $name)] = &[$(($wire, $name::$constant), $(($alias, $name::$constant),)*)+];
                ALIASES.iter().find(|(alias, _)| $crate::types::same_spelling(alias, text)).map(|(_, value)| value.clone())
            }
        }
    };
}

pub(crate) use {open_enum, open_values, text_conversions, text_types};

/// Whether `text` spells `alias` but for case, surrounding blanks, and `_` or a blank in the place of `-`.
pub(crate) fn same_spelling(alias: &str, text: &str) -> bool {
    let fold = |byte: u8| if matches!(byte, b'_' | b' ') { b'-' } else { byte.to_ascii_lowercase() };
    alias.bytes().map(fold).eq(text.trim().bytes().map(fold))
}
