//! The one description of each structure of the API, from which everything mechanical follows.
//!
//! A row of [`members!`] is a member: its field, its type, its name. From the rows come the struct, the enum that names
//! its members in the order of the API's model, the JSON shape of the AWS CLI in both directions, the parameters
//! that the query protocol sends, in both directions too, and what an audit record says of them. A new member of the API
//! is one row.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{cell::Cell, fmt, marker::PhantomData};

use serde::de;

use crate::text::escaped;
use crate::wire::query::malformed::MalformedRequestReason;

mod document;
mod read;

pub(crate) use document::{Item as DocumentItem, Object, object, objects, update};
pub(crate) use read::{Group, HOLE_LIMIT, LIST_LIMIT, Parameter, Reader};

/// What a parameter of the query protocol can hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    Text(&'a str),
    Boolean(bool),
    Integer(i32),
}

/// The name of a parameter, as a chain to the structure that holds it: `BlockDeviceMapping`, `1`, `Ebs`, `Iops`.
#[derive(Debug)]
pub(crate) struct Key<'a> {
    pub(crate) holder: Option<&'a Self>,
    pub(crate) segment: Segment,
    /// The length of the whole, with a dot between segments.
    pub(crate) length: usize,
    /// Where the encoder wrote this key with a dot after it, for when it meets a member of it again.
    pub(crate) written: Cell<Option<(usize, usize)>>,
}

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn new(holder: Option<&'a Self>, segment: Segment) -> Self {
        let own = match segment {
            Segment::Name(name) => name.len(),
            Segment::Number(number) => digits(number),
        };
        let length = holder.map_or(0, |holder| holder.length + ".".len()) + own;
        Self { holder, segment, length, written: Cell::new(None) }
    }
}

/// How many decimal digits a number has.
#[inline]
pub(crate) fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// One part of a [`Key`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Segment {
    Name(&'static str),
    /// Counted from 1, as the protocol does.
    Number(usize),
}

/// A value that the query protocol carries: a scalar, a list or a structure.
pub(crate) trait Parameters: Sized {
    /// Hands each parameter to `send`, in the order of the API's model.
    fn each<F: FnMut(&Key<'_>, Scalar<'_>)>(&self, key: Option<&Key<'_>>, send: &mut F);

    /// Reads what [`each`](Self::each) hands out; `None` where `reader` was told why not, or of nothing.
    fn read(group: Group<'_, '_>, reader: &mut Reader) -> Option<Self>;

    /// Whether the wire carries anything of this value; it has no way to say an empty list or structure.
    fn is_sent(&self) -> bool {
        true
    }

    /// Whether the wire carries this value just as it is.
    fn is_as_sent(&self) -> bool {
        true
    }

    /// Takes out what the wire cannot say.
    fn make_as_sent(&mut self) {}
}

/// A value that a list of the query protocol can hold.
pub(crate) trait Item: Parameters {
    /// What stands at a number that no parameter has.
    fn hole() -> Self;
}

/// A type that is a string on the wire.
pub(crate) trait Text {
    fn text(&self) -> &str;

    fn from_text(text: Cow<'_, str>) -> Self;
}

impl Text for String {
    fn text(&self) -> &str {
        self
    }

    fn from_text(text: Cow<'_, str>) -> Self {
        text.into_owned()
    }
}

impl<T: Text> Parameters for T {
    fn each<F: FnMut(&Key<'_>, Scalar<'_>)>(&self, key: Option<&Key<'_>>, send: &mut F) {
        if let Some(key) = key {
            send(key, Scalar::Text(self.text()));
        }
    }

    fn read(group: Group<'_, '_>, reader: &mut Reader) -> Option<Self> {
        group.scalar(reader).map(|parameter| T::from_text(parameter.value.take()))
    }
}

impl<T: Text> Item for T {
    fn hole() -> Self {
        T::from_text(Cow::Borrowed(""))
    }
}

impl Parameters for bool {
    fn each<F: FnMut(&Key<'_>, Scalar<'_>)>(&self, key: Option<&Key<'_>>, send: &mut F) {
        if let Some(key) = key {
            send(key, Scalar::Boolean(*self));
        }
    }

    fn read(group: Group<'_, '_>, reader: &mut Reader) -> Option<Self> {
        let parameter = group.scalar(reader)?;
        match &*parameter.value.take() {
            "true" => Some(true),
            "false" => Some(false),
            _ => reader.refuse_value(parameter, MalformedRequestReason::NotBoolean),
        }
    }
}

impl Parameters for i32 {
    fn each<F: FnMut(&Key<'_>, Scalar<'_>)>(&self, key: Option<&Key<'_>>, send: &mut F) {
        if let Some(key) = key {
            send(key, Scalar::Integer(*self));
        }
    }

    fn read(group: Group<'_, '_>, reader: &mut Reader) -> Option<Self> {
        let parameter = group.scalar(reader)?;
        let text = parameter.value.take();
        // One number has one spelling, so that nobody behind this decoder can take it for another number.
        match text.parse::<Self>() {
            Ok(number) if itoa::Buffer::new().format(number) == text => Some(number),
            _ => reader.refuse_value(parameter, MalformedRequestReason::NotInteger),
        }
    }
}

impl<T: Item> Parameters for Vec<T> {
    fn each<F: FnMut(&Key<'_>, Scalar<'_>)>(&self, key: Option<&Key<'_>>, send: &mut F) {
        for (index, item) in self.iter().enumerate() {
            item.each(Some(&Key::new(key, Segment::Number(index + 1))), send);
        }
    }

    fn read(group: Group<'_, '_>, reader: &mut Reader) -> Option<Self> {
        let members = group.list(reader)?;
        let mut list = Self::new();
        let mut next = 1;
        for (segment, item) in members {
            let Some(number) = reader.number(segment, item, next) else { continue };
            list.extend((next..number).map(|_| T::hole()));
            list.extend(T::read(item, reader));
            next = number + 1;
        }
        Some(list)
    }

    fn is_sent(&self) -> bool {
        self.iter().any(T::is_sent)
    }

    fn is_as_sent(&self) -> bool {
        self.last().is_some_and(T::is_sent) && self.iter().all(T::is_as_sent)
    }

    fn make_as_sent(&mut self) {
        // An empty item between others stays, since its place in the numbering shows; after the last one nothing does.
        self.truncate(sent_items(self).len());
        self.iter_mut().for_each(T::make_as_sent);
    }
}

/// The items of a list up to the last one that the wire shows.
pub(crate) fn sent_items<T: Parameters>(list: &[T]) -> &[T] {
    let length = list.iter().rposition(T::is_sent).map_or(0, |last| last + 1);
    list.get(..length).unwrap_or(list)
}

/// An enum that names the members of a structure.
pub(crate) trait MemberName: Copy + 'static {
    const ALL: &'static [Self];
    const NAMES: &'static [&'static str];

    fn name(self) -> &'static str;
}

/// Reads a key of a JSON object as the name of a member.
pub(crate) struct ReadMemberName<M>(PhantomData<M>);

impl<M> ReadMemberName<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, M: MemberName> de::DeserializeSeed<'de> for ReadMemberName<M> {
    type Value = M;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<M, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<M: MemberName> de::Visitor<'_> for ReadMemberName<M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<M, E> {
        let member = M::ALL.iter().copied().find(|member| member.name() == text);
        member.ok_or_else(|| E::unknown_field(&escaped(text, 40), M::NAMES))
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

            /// The name in the query protocol; a list is in the singular there.
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
        }

        impl $crate::schema::Parameters for $name {
            #[inline]
            fn each<F: FnMut(&$crate::schema::Key<'_>, $crate::schema::Scalar<'_>)>(
                &self,
                holder: Option<&$crate::schema::Key<'_>>,
                send: &mut F,
            ) {
                $(if let Some(value) = &self.$field {
                    let segment = $crate::schema::Segment::Name($member::$variant.wire_name());
                    value.each(Some(&$crate::schema::Key::new(holder, segment)), send);
                })+
            }

            fn read(group: $crate::schema::Group<'_, '_>, reader: &mut $crate::schema::Reader) -> Option<Self> {
                let mut read = Self::default();
                for (name, group) in group.structure(reader) {
                    match $member::ALL.iter().copied().find(|member| member.wire_name() == name) {
                        $(Some($member::$variant) => {
                            read.$field = $crate::schema::Parameters::read(group, reader);
                        })+
                        None => reader.refuse_names(group, $crate::wire::query::malformed::MalformedRequestReason::UnknownParameter),
                    }
                }
                Some(read)
            }

            fn is_sent(&self) -> bool {
                $(self.$field.as_ref().is_some_and($crate::schema::Parameters::is_sent))||+
            }

            fn is_as_sent(&self) -> bool {
                $(self.$field.as_ref().is_none_or(|value| {
                    $crate::schema::Parameters::is_sent(value) && $crate::schema::Parameters::is_as_sent(value)
                }))&&+
            }

            fn make_as_sent(&mut self) {
                $(
                    self.$field.iter_mut().for_each($crate::schema::Parameters::make_as_sent);
                    self.$field.take_if(|value| !$crate::schema::Parameters::is_sent(value));
                )+
            }
        }

        impl $crate::schema::Item for $name {
            fn hole() -> Self {
                Self::default()
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
                struct Object;

                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str(concat!("an object with the members of ", stringify!($name)))
                    }

                    // Without the text, which may be a whole document with secrets in it.
                    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<$name, E> {
                        Err(E::invalid_type(serde::de::Unexpected::Other("string"), &self))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut read = $name::default();
                        while let Some(member) = map.next_key_seed($crate::schema::ReadMemberName::new())? {
                            match member {
                                $($member::$variant => {
                                    if read.$field.is_some() {
                                        return Err(serde::de::Error::duplicate_field(stringify!($variant)));
                                    }
                                    // Not `Option<_>`, which would take `null`; botocore refuses it as well.
                                    read.$field = Some(map.next_value()?);
                                })+
                            }
                        }
                        Ok(read)
                    }
                }

                // Not `deserialize_map`, which would show a text that stands in the place of the object.
                deserializer.deserialize_any(Object)
            }
        }

        impl $crate::wire::cloudtrail::recorded::Recorded for $name {
            fn recorded(
                value: &serde_json::Value,
                place: &$crate::wire::cloudtrail::recorded::Place<'_>,
                gaps: &mut alloc::vec::Vec<$crate::wire::cloudtrail::recorded::Gap>,
            ) -> Option<Self> {
                let object = $crate::wire::cloudtrail::recorded::or_malformed(value.as_object(), place, gaps)?;
                let mut read = Self::default();
                for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                    let place = place.member(name);
                    let is_it = |member: &$member| {
                        $crate::wire::cloudtrail::recorded::is_recorded_as(name, member.name(), member.wire_name())
                    };
                    match $member::ALL.iter().copied().find(is_it) {
                        $(Some($member::$variant) if read.$field.is_none() => {
                            read.$field = $crate::wire::cloudtrail::recorded::Recorded::recorded(value, &place, gaps);
                        })+
                        _ => gaps.push(place.gap($crate::wire::cloudtrail::recorded::GapReason::Unknown)),
                    }
                }
                Some(read)
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
