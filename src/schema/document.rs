//! Documents with derived fields that are read from an object only.

use core::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, de};

/// A document whose fields a derived `Deserialize` reads.
pub(crate) trait Document {
    /// What an error says it expected, starting with "an object".
    const EXPECTED: &'static str = "an object";
}

/// Reads a [`Document`] from an object only. A derived `Deserialize` alone accepts an array as well, so `[]` would be a
/// document without fields.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Document + Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<'de, T: Document + Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Visitor(PhantomData))
    }
}
