//! Structures as JSON objects.
//!
//! A structure is read from an object only. A derived `Deserialize` would accept an array as well, so `[]` would be a
//! structure without members. Input of callers is read strictly, and output of AWS leniently.

use alloc::vec::Vec;
use core::{fmt, marker::PhantomData};

use serde::de::{self, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess};

use super::{Item, ItemSource, MemberName, Source, Structure, Text};
use crate::text::escaped;

const PRINTED: &str = "an object as the AWS CLI prints it";

/// Reads a structure that has the members of its rows and no others. `null` is not a value.
pub(crate) fn read_strict<'de, D: Deserializer<'de>, T: Structure>(deserializer: D) -> Result<T, D::Error> {
    ItemSeed::<T, false>(PhantomData).deserialize(deserializer)
}

/// Reads a structure as AWS prints it: unknown members are ignored, and `null` is absent.
pub(crate) fn read_lenient<'de, D: Deserializer<'de>, T: Structure>(deserializer: D) -> Result<T, D::Error> {
    ItemSeed::<T, true>(PhantomData).deserialize(deserializer)
}

/// Reads the members of a structure into it.
struct Object<'p, T, const LENIENT: bool>(&'p mut T);

impl<'de, T: Structure, const LENIENT: bool> de::Visitor<'de> for Object<'_, T, LENIENT> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if LENIENT { f.write_str(PRINTED) } else { write!(f, "an object with the members of {}", T::NAME) }
    }

    // The error does not show the text, which may be a whole document with secrets.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Err(E::invalid_type(de::Unexpected::Other("string"), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // One bit for each member. A member that is `null` is given, but not set.
        let (mut given, mut set) = (0_u64, 0_u64);
        while let Some(index) = map.next_key_seed(MemberIndex::<T::Member, LENIENT>(PhantomData))? {
            let Some((index, &member)) = index.and_then(|index| Some((index, T::Member::ALL.get(index)?))) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let bit = 1 << index;
            if given & bit != 0 {
                return Err(A::Error::duplicate_field(member.name()));
            }
            given |= bit;
            if self.0.read_member(member, Member::<_, LENIENT>(&mut map, PhantomData))? {
                set |= bit;
            }
        }
        match T::Member::ALL.first() {
            // The ID is the first member.
            Some(id) if T::HAS_ID && set & 1 == 0 => Err(A::Error::missing_field(id.name())),
            _ => Ok(()),
        }
    }
}

/// Reads a key as the index of a member. `None` is an unknown member.
struct MemberIndex<M, const LENIENT: bool>(PhantomData<M>);

impl<'de, M: MemberName, const LENIENT: bool> DeserializeSeed<'de> for MemberIndex<M, LENIENT> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        const { assert!(M::ALL.len() <= 64, "a structure has at most 64 members") }
        deserializer.deserialize_identifier(self)
    }
}

impl<M: MemberName, const LENIENT: bool> de::Visitor<'_> for MemberIndex<M, LENIENT> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<usize>, E> {
        match M::NAMES.iter().position(|name| *name == text) {
            None if !LENIENT => Err(E::unknown_field(&escaped(text, 40), M::NAMES)),
            index => Ok(index),
        }
    }
}

/// The value of a member. Returns whether it sets the member.
struct Member<'m, 'de, A, const LENIENT: bool>(&'m mut A, PhantomData<&'de ()>);

impl<'de, A: MapAccess<'de>, const LENIENT: bool> Member<'_, 'de, A, LENIENT> {
    fn read<S: DeserializeSeed<'de>>(self, place: &mut Option<S::Value>, seed: S) -> Result<bool, A::Error> {
        *place = if LENIENT {
            self.0.next_value_seed(Nullable(seed))?
        } else {
            // botocore rejects `null` as well.
            Some(self.0.next_value_seed(seed)?)
        };
        Ok(place.is_some())
    }
}

impl<'de, A: MapAccess<'de>, const LENIENT: bool> Source for Member<'_, 'de, A, LENIENT> {
    type Output = Result<bool, A::Error>;

    fn text<T: Text>(self, place: &mut Option<T>) -> Self::Output {
        self.read(place, TextSeed(PhantomData))
    }

    fn boolean(self, place: &mut Option<bool>) -> Self::Output {
        self.read(place, PhantomData)
    }

    fn integer(self, place: &mut Option<i32>) -> Self::Output {
        self.read(place, PhantomData)
    }

    fn list<T: Item>(self, place: &mut Option<Vec<T>>) -> Self::Output {
        self.read(place, ListSeed::<T, LENIENT>(PhantomData))
    }

    fn structure<T: Structure>(self, place: &mut Option<T>) -> Self::Output {
        self.read(place, ItemSeed::<T, LENIENT>(PhantomData))
    }
}

/// Reads `null` as `None`.
struct Nullable<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Nullable<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> de::Visitor<'de> for Nullable<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.deserialize(deserializer).map(Some)
    }
}

struct TextSeed<T>(PhantomData<T>);

impl<'de, T: Text> DeserializeSeed<'de> for TextSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Text> de::Visitor<'_> for TextSeed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(text))
    }
}

struct ListSeed<T, const LENIENT: bool>(PhantomData<T>);

impl<'de, T: Item, const LENIENT: bool> DeserializeSeed<'de> for ListSeed<T, LENIENT> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Item, const LENIENT: bool> de::Visitor<'de> for ListSeed<T, LENIENT> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(ItemSeed::<T, LENIENT>(PhantomData))? {
            items.push(item);
        }
        Ok(items)
    }
}

struct ItemSeed<T, const LENIENT: bool>(PhantomData<T>);

impl<'de, T: Item, const LENIENT: bool> DeserializeSeed<'de> for ItemSeed<T, LENIENT> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let mut item = T::empty();
        item.read_item(ItemReader::<D, LENIENT>(deserializer, PhantomData))?;
        Ok(item)
    }
}

struct ItemReader<'de, D, const LENIENT: bool>(D, PhantomData<&'de ()>);

impl<'de, D: Deserializer<'de>, const LENIENT: bool> ItemSource for ItemReader<'de, D, LENIENT> {
    type Output = Result<(), D::Error>;

    fn text<T: Text>(self, item: &mut T) -> Self::Output {
        *item = TextSeed(PhantomData).deserialize(self.0)?;
        Ok(())
    }

    fn structure<T: Structure>(self, item: &mut T) -> Self::Output {
        let object = Object::<T, LENIENT>(item);
        // The error of `deserialize_map` would show a text in place of the object.
        if LENIENT { self.0.deserialize_map(object) } else { self.0.deserialize_any(object) }
    }
}
