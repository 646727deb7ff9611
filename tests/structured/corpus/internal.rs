//! Enums whose variants are named by a key among their own.
use std::collections::BTreeMap;

use super::{
    flatten::{FlatMap, FlatStruct, FlatTypedMap},
    make,
    structs::{Person, Strict},
};

corpus! {
    types: {
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Internal {
            Circle { #[arbitrary(with = make::finite)] radius: f64 },
            Person(Person),
            Nothing,
            Map(BTreeMap<String, u8>),
            Strict(Strict),
        }
        #[serde(tag = "t")]
        enum InternalUnits { A, B, #[serde(rename = "c d")] C }
        #[serde(tag = "t")]
        enum InternalStructs { A { x: u8, y: Option<bool> }, B { x: String }, C {}, D { list: Vec<u8> } }
        #[serde(tag = "t")]
        enum InternalNewtypes { Person(Person), Boxed(Box<Strict>) }
        #[serde(tag = "outer")]
        enum InternalInInternal { A(InternalUnits), B(InternalStructs), C }
        #[serde(tag = "t", deny_unknown_fields)]
        enum InternalStrict { A { x: u8 }, B { y: Option<u8> }, C }
        #[serde(tag = "kind")]
        enum InternalOther { A { n: u8 }, B, #[serde(other)] Unknown }
        #[serde(tag = "t")]
        enum InternalFlat { A(FlatStruct), B(FlatMap), C { x: u8, #[serde(flatten)] person: Person } }
        #[serde(tag = "a\"tag\\")]
        enum InternalOddTag { #[serde(rename = "a\"b")] A { x: u8 }, #[serde(rename = "\u{1}")] B }
        #[serde(tag = "t", rename_all_fields = "camelCase")]
        enum InternalRenamed {
            One { first_field: u8 },
            Two { second_field: Option<u8>, #[serde(rename = "X")] third: bool },
        }
        #[serde(tag = "t")]
        enum InternalTexts { A { x: u8 }, #[arbitrary(skip)] Text(String), #[arbitrary(skip)] Truth(bool) }
        #[serde(tag = "t")]
        enum InternalTypedMap { Flat(FlatTypedMap), Other }
        #[serde(tag = "action")]
        enum ManyInternal {
            Search { query: String, limit: Option<u8> },
            SearchImages { query: String },
            Open { path: String },
            OpenUrl { url: String },
            Close { path: String },
            Copy { from: String, to: String },
            Delete { path: String, recursive: bool },
            List,
            ListAll,
            Wait { seconds: u16 },
        }
    }
}
