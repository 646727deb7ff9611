//! Enums whose variants are known by what they hold.
use std::collections::BTreeMap;

use super::{external::Colour, make, structs::Person};

corpus! {
    types: {
        #[serde(untagged)]
        enum Untagged {
            Number(i64),
            Text(String),
            Point { #[arbitrary(with = make::finite)] x: f64, #[arbitrary(with = make::finite)] y: f64 },
            List(Vec<u8>),
            Nothing,
        }
        #[serde(untagged)]
        enum IntegerOrFloat { Integer(i32), Float(#[arbitrary(with = make::finite)] f64) }
        #[serde(untagged)]
        enum OneOrMany { One(String), Many(Vec<String>) }
        #[serde(untagged)]
        enum UntaggedStructs { Left { left: u8 }, Right { right: u8, more: Option<u8> }, Both { left: u8, right: u8 } }
        #[serde(untagged)]
        enum UntaggedTuples { Two(u8, bool), Three(u8, bool, u8), None() }
        #[serde(untagged)]
        enum UntaggedNested { Colour(Colour), Person(Person), Number(u16), Map(BTreeMap<String, bool>) }
        #[serde(untagged)]
        enum UntaggedStrict { A(StrictA), B(StrictB) }
        #[serde(deny_unknown_fields)]
        struct StrictA { a: u8, both: bool }
        #[serde(deny_unknown_fields)]
        struct StrictB { b: u8, both: bool }
        #[serde(untagged)]
        enum UntaggedUnits { A, B }
        #[serde(untagged)]
        enum UntaggedOptions { A(Option<u8>), B(Option<String>) }
    }
}
