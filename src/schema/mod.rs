//! What a structure of the API declares about its fields.
//!
//! A row of [`members!`] is a member: its field, its type and its name. The macro generates the struct, the enum that
//! names its members in the order of the API's model, the JSON shape of the AWS CLI in both directions, and the hooks for
//! other formats. A new member of the API is one row.
//!
//! This layer knows no format. A reader of one implements [`Source`], a writer implements [`Sink`] and [`MemberSink`].
//! Every [`Value`] calls the method of its own kind: text, boolean, integer, list or structure.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};

mod described;
mod document;
mod object;

pub(crate) use described::{Identified, Merge, described};
pub(crate) use document::{Document, Object};
pub(crate) use object::{read_lenient, read_strict};

/// Reads one value of a format. Each kind of value calls its own method.
///
/// `place` is where the value goes. It is `Some` if the format has given the value before.
pub(crate) trait Source: Sized {
    type Output;

    fn text<T: Text>(self, place: &mut Option<T>) -> Self::Output;

    fn boolean(self, place: &mut Option<bool>) -> Self::Output;

    fn integer(self, place: &mut Option<i32>) -> Self::Output;

    fn list<T: Item>(self, place: &mut Option<Vec<T>>) -> Self::Output;

    fn structure<T: Structure>(self, place: &mut Option<T>) -> Self::Output;
}

/// Reads into an item that its list already contains, for formats that name the members of an item one by one.
pub(crate) trait ItemSource: Sized {
    type Output;

    fn text<T: Text>(self, item: &mut T) -> Self::Output;

    fn structure<T: Structure>(self, item: &mut T) -> Self::Output;
}

/// Writes one value in a format. Each kind of value calls its own method.
pub(crate) trait Sink: Sized {
    fn text<T: Text>(self, text: &T);

    fn boolean(self, truth: bool);

    fn integer(self, number: i32);

    fn list<T: Item>(self, list: &[T]);

    fn structure<T: Structure>(self, structure: &T);
}

/// Writes an item of a list.
pub(crate) trait ItemSink: Sized {
    fn text<T: Text>(self, text: &T);

    fn structure<T: Structure>(self, structure: &T);
}

/// Writes the members of a structure.
pub(crate) trait MemberSink {
    fn member<T: Value>(&mut self, name: &'static WireName, value: &T);
}

/// The name of a member in the query protocol.
pub(crate) struct WireName {
    text: &'static str,
    padded: [u8; Self::LIMIT],
}

impl WireName {
    /// More than the longest name has, and `=`.
    pub(crate) const LIMIT: usize = 32;

    pub(crate) const fn new(text: &'static str) -> Self {
        let mut padded = [0; Self::LIMIT];
        let (bytes, after) = padded.split_at_mut(text.len());
        bytes.copy_from_slice(text.as_bytes());
        if let [equals, ..] = after {
            *equals = b'=';
        }
        Self { text, padded }
    }

    pub(crate) const fn as_str(&self) -> &'static str {
        self.text
    }

    pub(crate) const fn length(&self) -> u8 {
        self.text.len() as u8
    }

    /// The name, `=`, and zeros: a copy of a fixed size is a few moves.
    pub(crate) const fn padded(&self) -> &[u8; Self::LIMIT] {
        &self.padded
    }
}

/// A value of a member: text, a boolean, an integer, a list or a structure.
pub(crate) trait Value: Sized {
    fn read<S: Source>(place: &mut Option<Self>, source: S) -> S::Output;

    fn write<S: Sink>(&self, sink: S);

    /// Whether the query protocol sends anything of this value. It cannot express an empty list or structure.
    fn is_sent(&self) -> bool {
        true
    }

    /// Whether the query protocol can express this value exactly.
    fn is_as_sent(&self) -> bool {
        true
    }

    /// Removes what the query protocol cannot express.
    fn make_as_sent(&mut self) {}

    /// Whether this is text without a character.
    fn is_empty_text(&self) -> bool {
        false
    }

    /// Makes each member that is empty text absent, at any depth.
    fn drop_empty_text(&mut self) {}
}

/// A value that a list can hold.
pub(crate) trait Item: Value {
    /// An item without content.
    fn empty() -> Self;

    fn read_item<S: ItemSource>(&mut self, source: S) -> S::Output;

    fn write_item<S: ItemSink>(&self, sink: S);
}

/// A structure that [`members!`] or [`described!`] defines.
pub(crate) trait Structure: Item {
    type Member: MemberName;

    const NAME: &'static str;
    /// Whether the first member is an ID, which must be set.
    const HAS_ID: bool = false;

    fn read_member<S: Source>(&mut self, member: Self::Member, source: S) -> S::Output;

    /// Hands each member that is set to `sink`, in the order of the API's model.
    fn write_members<S: MemberSink>(&self, sink: &mut S);
}

/// A type that is a string in every format.
pub(crate) trait Text {
    fn text(&self) -> &str;

    fn from_text(text: &str) -> Self;

    /// Whether the text is certain to consist of characters that no form escapes.
    fn is_unreserved(&self) -> bool {
        false
    }
}

impl Text for String {
    fn text(&self) -> &str {
        self
    }

    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl<T: Text> Value for T {
    #[inline]
    fn read<S: Source>(place: &mut Option<Self>, source: S) -> S::Output {
        source.text(place)
    }

    #[inline]
    fn write<S: Sink>(&self, sink: S) {
        sink.text(self);
    }

    fn is_empty_text(&self) -> bool {
        self.text().is_empty()
    }
}

impl<T: Text> Item for T {
    fn empty() -> Self {
        T::from_text("")
    }

    #[inline]
    fn read_item<S: ItemSource>(&mut self, source: S) -> S::Output {
        source.text(self)
    }

    #[inline]
    fn write_item<S: ItemSink>(&self, sink: S) {
        sink.text(self);
    }
}

impl Value for bool {
    #[inline]
    fn read<S: Source>(place: &mut Option<Self>, source: S) -> S::Output {
        source.boolean(place)
    }

    #[inline]
    fn write<S: Sink>(&self, sink: S) {
        sink.boolean(*self);
    }
}

impl Value for i32 {
    #[inline]
    fn read<S: Source>(place: &mut Option<Self>, source: S) -> S::Output {
        source.integer(place)
    }

    #[inline]
    fn write<S: Sink>(&self, sink: S) {
        sink.integer(*self);
    }
}

impl<T: Item> Value for Vec<T> {
    #[inline]
    fn read<S: Source>(place: &mut Option<Self>, source: S) -> S::Output {
        source.list(place)
    }

    #[inline]
    fn write<S: Sink>(&self, sink: S) {
        sink.list(self);
    }

    fn is_sent(&self) -> bool {
        self.iter().any(T::is_sent)
    }

    fn is_as_sent(&self) -> bool {
        self.last().is_some_and(T::is_sent) && self.iter().all(T::is_as_sent)
    }

    fn make_as_sent(&mut self) {
        // An empty item before others stays, because it counts in the numbering.
        self.truncate(sent_items(self).len());
        self.iter_mut().for_each(T::make_as_sent);
    }

    fn drop_empty_text(&mut self) {
        self.iter_mut().for_each(T::drop_empty_text);
    }
}

/// Returns the items of a list up to the last one that the query protocol sends.
pub(crate) fn sent_items<T: Value>(list: &[T]) -> &[T] {
    let length = list.iter().rposition(T::is_sent).map_or(0, |last| last + 1);
    list.get(..length).unwrap_or(list)
}

/// An enum that names the members of a structure.
pub(crate) trait MemberName: Copy + PartialEq + 'static {
    const ALL: &'static [Self];
    const NAMES: &'static [&'static str];

    fn name(self) -> &'static str;

    fn wire_name(self) -> &'static str;

    /// Returns the member of this name in the query protocol.
    #[inline]
    fn of_wire_name(name: &[u8]) -> Option<Self> {
        Self::ALL.iter().copied().find(|member| member.wire_name().as_bytes() == name)
    }

    /// Returns the member with this name in XML responses: the wire name in lower camel case.
    fn of_response_name(name: &str) -> Option<Self> {
        let (first, rest) = name.split_at_checked(1)?;
        let is_it = |wire_name: &str| {
            wire_name
                .split_at_checked(1)
                .is_some_and(|(wire_first, wire_rest)| wire_rest == rest && wire_first.to_ascii_lowercase() == first)
        };
        Self::ALL.iter().copied().find(|member| is_it(member.wire_name()))
    }
}

/// Defines structures of the API: `field: Type = Member ["WireName" where it differs from Member],`.
macro_rules! members {
    ($(
        $(#[$doc:meta])*
        pub struct $name:ident, $member:ident {
            $($(#[$field_doc:meta])* $field:ident: $ty:ty = $variant:ident $($wire:literal)?,)+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[doc = concat!("\n\nMember [`", stringify!($variant), "`](", stringify!($member), "::", stringify!($variant), ").")]
                pub $field: Option<$ty>,
            )+
        }

        #[doc = concat!("A member of [`", stringify!($name), "`]; ordered as the API's model orders them.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $member {
            $(
                #[doc = concat!("[`", stringify!($field), "`](", stringify!($name), "::", stringify!($field), ")")]
                $variant,
            )+
        }

        impl $member {
            /// Every member, in the order of the API's model.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in the AWS CLI's JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// The name in the query protocol, in which a list is in the singular.
            #[must_use]
            pub const fn wire_name(self) -> &'static str {
                match self { $(Self::$variant => $crate::schema::wire_name!($variant $($wire)?),)+ }
            }
        }

        impl $crate::schema::MemberName for $member {
            const ALL: &'static [Self] = Self::ALL;
            const NAMES: &'static [&'static str] = &[$(stringify!($variant),)+];

            fn name(self) -> &'static str {
                Self::name(self)
            }

            fn wire_name(self) -> &'static str {
                Self::wire_name(self)
            }

            #[inline]
            fn of_wire_name(name: &[u8]) -> Option<Self> {
                $(if name == $crate::schema::wire_name!($variant $($wire)?).as_bytes() {
                    return Some(Self::$variant);
                })+
                None
            }
        }

        impl $crate::schema::Value for $name {
            #[inline]
            fn read<S: $crate::schema::Source>(place: &mut Option<Self>, source: S) -> S::Output {
                source.structure(place)
            }

            #[inline]
            fn write<S: $crate::schema::Sink>(&self, sink: S) {
                sink.structure(self);
            }

            fn is_sent(&self) -> bool {
                $(self.$field.as_ref().is_some_and($crate::schema::Value::is_sent))||+
            }

            fn is_as_sent(&self) -> bool {
                $(self.$field.as_ref().is_none_or(|value| {
                    $crate::schema::Value::is_sent(value) && $crate::schema::Value::is_as_sent(value)
                }))&&+
            }

            fn make_as_sent(&mut self) {
                $(
                    self.$field.iter_mut().for_each($crate::schema::Value::make_as_sent);
                    self.$field.take_if(|value| !$crate::schema::Value::is_sent(value));
                )+
            }
        }

        impl $crate::schema::Item for $name {
            fn empty() -> Self {
                Self::default()
            }

            #[inline]
            fn read_item<S: $crate::schema::ItemSource>(&mut self, source: S) -> S::Output {
                source.structure(self)
            }

            #[inline]
            fn write_item<S: $crate::schema::ItemSink>(&self, sink: S) {
                sink.structure(self);
            }
        }

        impl $crate::schema::Structure for $name {
            type Member = $member;

            const NAME: &'static str = stringify!($name);

            #[inline]
            fn read_member<S: $crate::schema::Source>(&mut self, member: $member, source: S) -> S::Output {
                match member {
                    $($member::$variant => $crate::schema::Value::read(&mut self.$field, source),)+
                }
            }

            #[inline]
            fn write_members<S: $crate::schema::MemberSink>(&self, sink: &mut S) {
                $(if let Some(value) = &self.$field {
                    sink.member(const { &$crate::schema::WireName::new($crate::schema::wire_name!($variant $($wire)?)) }, value);
                })+
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry(stringify!($variant), value)?;
                })+
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::schema::read_strict(deserializer)
            }
        }
    )+};
}

macro_rules! wire_name {
    ($variant:ident) => {
        stringify!($variant)
    };
    ($variant:ident $wire:literal) => {
        $wire
    };
}

pub(crate) use {members, wire_name};
