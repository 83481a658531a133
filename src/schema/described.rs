//! What EC2 describes: structures that it returns, each of whose members may be unknown.

/// Merges two descriptions of the same thing.
pub(crate) trait Merge {
    /// Replaces each member that `later` has.
    fn update(&mut self, later: Self);
}

/// A described structure that an ID identifies.
pub(crate) trait Identified: Merge {
    type Id: super::Text;

    fn id(&self) -> &Self::Id;
}

/// Defines structures that EC2 describes:
/// `field: Type = Member ["nameInResponses" unless it is the member in lower camel case] [or null|or empty],`.
///
/// A field in the head of the structure is its ID, the only member that is required. The macro generates the struct,
/// reading from JSON and from the sources of other formats, `Serialize`, and merging. The JSON omits absent members,
/// except those with `or null`. Facts treat empty text as absent, except in members with `or empty`.
macro_rules! described {
    ($(
        $(#[$doc:meta])*
        $vis:vis struct $name:ident, $member:ident $(, $id:ident: $id_ty:ty = $id_variant:ident)? {
            $(
                $(#[$field_doc:meta])*
                $field:ident: $ty:ty = $variant:ident $($wire:literal)? $(or $null:ident)?,
            )+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        $vis struct $name {
            $(
                #[doc = concat!("The ID. Member `", stringify!($id_variant), "`.")]
                $vis $id: $id_ty,
            )?
            $(
                $(#[$field_doc])*
                #[doc = concat!("\n\nMember `", stringify!($variant), "`.")]
                $vis $field: Option<$ty>,
            )+
        }

        #[derive(Clone, Copy, PartialEq)]
        pub(crate) enum $member {
            $($id_variant,)?
            $($variant,)+
        }

        impl $name {
            /// The names of the members in the AWS CLI's JSON, in the order of the fields.
            #[allow(dead_code, reason = "not every structure is public")]
            $vis const MEMBERS: &'static [&'static str] = <$member as $crate::schema::MemberName>::NAMES;
        }

        $(impl $name {
            /// Returns what this ID identifies, with every other member unknown.
            #[must_use]
            pub fn new(id: impl Into<$id_ty>) -> Self {
                Self { $id: id.into(), ..$crate::schema::Item::empty() }
            }
        }

        impl $crate::schema::Identified for $name {
            type Id = $id_ty;

            fn id(&self) -> &$id_ty {
                &self.$id
            }
        })?

        impl $crate::schema::MemberName for $member {
            const ALL: &'static [Self] = &[$(Self::$id_variant,)? $(Self::$variant,)+];
            const NAMES: &'static [&'static str] = &[$(stringify!($id_variant),)? $(stringify!($variant),)+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$id_variant => stringify!($id_variant),)?
                    $(Self::$variant => stringify!($variant),)+
                }
            }

            fn wire_name(self) -> &'static str {
                match self {
                    $(Self::$id_variant => stringify!($id_variant),)?
                    $(Self::$variant => $crate::schema::wire_name!($variant $($wire)?),)+
                }
            }
        }

        impl $crate::schema::Merge for $name {
            fn update(&mut self, later: Self) {
                $(if later.$field.is_some() {
                    self.$field = later.$field;
                })+
            }
        }

        impl $crate::schema::Value for $name {
            fn read<S: $crate::schema::Source>(place: &mut Option<Self>, source: S) -> S::Output {
                source.structure(place)
            }

            fn write<S: $crate::schema::Sink>(&self, sink: S) {
                sink.structure(self);
            }

            fn drop_empty_text(&mut self) {
                $(
                    self.$field.iter_mut().for_each($crate::schema::Value::drop_empty_text);
                    if stringify!($($null)?) != "empty" {
                        self.$field.take_if(|value| $crate::schema::Value::is_empty_text(value));
                    }
                )+
            }
        }

        impl $crate::schema::Item for $name {
            fn empty() -> Self {
                Self { $($id: $crate::schema::Text::from_text(""),)? $($field: None,)+ }
            }

            fn read_item<S: $crate::schema::ItemSource>(&mut self, source: S) -> S::Output {
                source.structure(self)
            }

            fn write_item<S: $crate::schema::ItemSink>(&self, sink: S) {
                sink.structure(self);
            }
        }

        impl $crate::schema::Structure for $name {
            type Member = $member;

            const NAME: &'static str = stringify!($name);
            const HAS_ID: bool = !stringify!($($id)?).is_empty();

            fn read_member<S: $crate::schema::Source>(&mut self, member: $member, source: S) -> S::Output {
                match member {
                    $($member::$id_variant => {
                        let mut place = None;
                        let output = $crate::schema::Value::read(&mut place, source);
                        if let Some(id) = place {
                            self.$id = id;
                        }
                        output
                    })?
                    $($member::$variant => $crate::schema::Value::read(&mut self.$field, source),)+
                }
            }

            fn write_members<S: $crate::schema::MemberSink>(&self, sink: &mut S) {
                $(sink.member(const { &$crate::schema::WireName::new(stringify!($id_variant)) }, &self.$id);)?
                $(if let Some(value) = &self.$field {
                    sink.member(const { &$crate::schema::WireName::new($crate::schema::wire_name!($variant $($wire)?)) }, value);
                })+
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry(stringify!($id_variant), &self.$id)?;)?
                $(if self.$field.is_some() $(|| stringify!($null) == "null")? {
                    map.serialize_entry(stringify!($variant), &self.$field)?;
                })+
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::schema::read_lenient(deserializer)
            }
        }
    )+};
}

pub(crate) use described;
