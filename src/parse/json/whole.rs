//! JSON that is read to its last part and kept nowhere.
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Any JSON value, read as strictly as one that is kept.
///
/// Of members that a type lacks, serde looks only for the end: it passes over halves of surrogate pairs, numbers beyond
/// all range and any depth, none of which is read while the text is still being written.
pub(super) struct Whole;

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whole)
    }
}

impl<'de> Visitor<'de> for Whole {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_unit<E: Error>(self) -> Result<Whole, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Whole, A::Error> {
        while items.next_element::<Whole>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Whole, A::Error> {
        while members.next_entry::<Whole, Whole>()?.is_some() {}
        Ok(self)
    }
}
