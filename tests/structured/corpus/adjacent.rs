//! Enums of a tag and a content.
use super::{
    external::{Colour, Shape},
    structs::Person,
};

corpus! {
    types: {
        #[serde(tag = "t", content = "c")]
        enum Adjacent { Unit, One(u8), Two(u8, bool), Named { a: Option<u8> }, List(Vec<Colour>) }
        #[serde(tag = "t", content = "c")]
        enum AdjacentUnits { A, B, C }
        #[serde(tag = "t", content = "c")]
        enum AdjacentNewtypes { Person(Person), Shape(Shape), Text(String), Maybe(Option<u8>), Nothing(()) }
        #[serde(tag = "t", content = "c", deny_unknown_fields)]
        enum AdjacentStrict { A, B { x: u8 }, C(u8, u8) }
        #[serde(tag = "content", content = "tag", rename_all = "SCREAMING-KEBAB-CASE")]
        enum AdjacentRenamed { FirstOne { x: u8 }, SecondOne(bool) }
        #[serde(tag = "t", content = "c")]
        enum AdjacentInAdjacent { Inner(Adjacent), Boxed(Box<AdjacentUnits>), Plain }
        #[serde(tag = "t", content = "c")]
        enum AdjacentOther { A, B, #[serde(other)] Unknown }
    }
}
