//! The types of the fields: texts and open enumerations.
//!
//! **Text types** (IDs, names, ARNs) accept any string, because [`rules`](crate::rules) can report every problem only of a
//! value that exists. They prevent mix-ups: a function that requires a snapshot ID does not accept an AMI ID.
//!
//! **Open enumerations** are built like [`http::Method`]. A value that AWS adds later decodes, compares and re-encodes
//! byte for byte, and the known values are constants that work in a `match`.
//!
//! ```
//! use ec2_register_image::types::Architecture;
//!
//! let vendor = |architecture: &Architecture| match *architecture {
//!     Architecture::ARM64 => "Graviton",
//!     Architecture::X86_64 => "Intel or AMD",
//!     _ => "something else",
//! };
//! assert_eq!(vendor(&Architecture::from("arm64")), "Graviton");
//! assert_eq!(vendor(&Architecture::from("riscv64")), "something else");
//! ```
//!
//! Equality, order and hash of these types are those of their text. They compare with `str` from both sides, and work as
//! keys that you look up by `&str`.
//!
//! ```
//! use ec2_register_image::types::{Architecture, SnapshotId};
//! use std::collections::BTreeMap;
//!
//! let sizes = BTreeMap::from([(SnapshotId::new("snap-0123456789abcdef0"), 8)]);
//! assert_eq!(sizes.get("snap-0123456789abcdef0"), Some(&8));
//!
//! assert_eq!("arm64", Architecture::parse_known("arm64")?);
//! let error = Architecture::parse_known("aarch64").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "`aarch64` is not an Architecture, did you mean `arm64`? \
//!      valid values: i386, x86_64, arm64, x86_64_mac, arm64_mac"
//! );
//! # Ok::<(), ec2_register_image::types::UnknownValue>(())
//! ```

mod device_name;
mod ids;
mod image_name;
mod platform;
mod resource_type;
mod state;
mod timestamp;
mod uefi_data;
mod unknown_value;
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
pub use state::{ImageState, ProductCodeType, SnapshotState, StorageTier};
pub use timestamp::Timestamp;
pub use uefi_data::{InvalidBase64, UefiData};
pub use unknown_value::UnknownValue;
pub use volume::{VolumeType, gib_from_bytes};

/// Defines text types, which hold any string unchanged.
macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(alloc::string::String);

        impl $name {
            /// Accepts any text. [`rules`](crate::rules) check whether EC2 accepts it.
            #[must_use]
            pub fn new(text: impl Into<alloc::string::String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the text, owned.
            #[must_use]
            pub fn into_string(self) -> alloc::string::String {
                self.0
            }
        }

        impl $crate::schema::Text for $name {
            fn text(&self) -> &str {
                &self.0
            }

            fn from_text(text: &str) -> Self {
                Self::new(text)
            }
        }

        $crate::types::text_conversions!($name);
    )+};
}

/// Implements what every text type has: conversions from and to text, `Display`, a view as `str`, and comparison with it.
///
/// The type must have `new`, `as_str` and `into_string`.
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

        // `Eq`, `Ord` and `Hash` of the type are those of its text.
        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl From<$name> for alloc::string::String {
            fn from(value: $name) -> Self {
                value.into_string()
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

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                self == other.as_str()
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                *self == other.as_str()
            }
        }
    };
}

/// Defines a type of open values: a private inner enum, a constant for each known value, and a variant for any other.
macro_rules! open_values {
    ($(#[$doc:meta])* $name:ident as $inner:ident {
        $($(#[$value_doc:meta])* $constant:ident $variant:ident = $wire:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($inner);

        #[derive(Clone, PartialEq, Eq)]
        enum $inner {
            $($variant,)+
            // Never one of the values above, because `new` checks them first.
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

            /// The [`KNOWN`](Self::KNOWN) values as they are written on the wire, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($wire,)+];

            /// Accepts any text, exactly as spelled. An unknown value is kept unchanged.
            #[must_use]
            pub fn new(text: impl AsRef<str> + Into<alloc::string::String>) -> Self {
                match text.as_ref() {
                    $($wire => Self::$constant,)+
                    _ => Self($inner::Other(text.into())),
                }
            }

            /// The value as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match &self.0 {
                    $($inner::$variant => $wire,)+
                    $inner::Other(text) => text,
                }
            }

            /// Returns the value as it is written on the wire, owned.
            #[must_use]
            pub fn into_string(self) -> alloc::string::String {
                match self.0 {
                    $inner::Other(text) => text,
                    known => alloc::string::String::from(Self(known).as_str()),
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

        // Hash and order are those of the text, as `Borrow<str>` requires.
        impl core::hash::Hash for $name {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                self.as_str().cmp(other.as_str())
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

        impl $crate::schema::Text for $name {
            fn text(&self) -> &str {
                self.as_str()
            }

            fn from_text(text: &str) -> Self {
                Self::new(text)
            }

            fn is_unreserved(&self) -> bool {
                const { $(assert!($crate::text::is_unreserved($wire));)+ }
                self.is_known()
            }
        }

        $crate::types::text_conversions!($name);
    };
}

/// Defines an open enumeration: open values with the other spellings that people use for them.
///
/// A row is `CONSTANT Variant = "wire value" ["alias"…]`. Aliases are compared without regard to case, and `_` and spaces
/// are read as `-`, so each alias is listed once, in lower case with `-`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident as $inner:ident {
        $($(#[$value_doc:meta])* $constant:ident $variant:ident = $wire:literal [$($alias:literal)*],)+
    }) => {
        $crate::types::open_values! {
            $(#[$doc])*
            $name as $inner { $($(#[$value_doc])* $constant $variant = $wire,)+ }
        }

        impl $name {
            /// Returns the known value that `text` probably means: its own spelling in any case, or a common other name.
            ///
            /// Nothing else in this crate reads aliases. A request sends exactly the text that you set.
            #[must_use]
            pub fn from_alias(text: &str) -> Option<Self> {
                const ALIASES: &[(&str, $name)] = &[$(($wire, $name::$constant), $(($alias, $name::$constant),)*)+];
                ALIASES.iter().find(|(alias, _)| $crate::types::same_spelling(alias, text)).map(|(_, value)| value.clone())
            }

            /// Parses one of [`NAMES`](Self::NAMES), exactly as spelled.
            ///
            /// [`new`](Self::new) accepts any text and [`from_alias`](Self::from_alias) accepts other spellings. This
            /// function suits command-line options: pass it to clap as a `value_parser`.
            ///
            /// # Errors
            /// If the text is an unknown value or an alias. The error lists the valid values.
            pub fn parse_known(text: &str) -> Result<Self, $crate::types::UnknownValue> {
                let value = Self::new(text);
                if value.is_known() {
                    return Ok(value);
                }
                let meant = Self::from_alias(text).map(|value| value.into_string());
                Err($crate::types::UnknownValue::new(stringify!($name), text, meant, Self::NAMES))
            }
        }
    };
}

pub(crate) use {open_enum, open_values, text_conversions, text_types};

/// Whether `text` spells `alias`, ignoring case and surrounding spaces, and reading `_` and spaces as `-`.
pub(crate) fn same_spelling(alias: &str, text: &str) -> bool {
    let fold = |byte: u8| if matches!(byte, b'_' | b' ') { b'-' } else { byte.to_ascii_lowercase() };
    alias.bytes().map(fold).eq(text.trim().bytes().map(fold))
}
