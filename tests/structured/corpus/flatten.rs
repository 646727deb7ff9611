//! Fields that take the place of a struct or a map.
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{
    external::Colour,
    make::{self, json_without, without},
    structs::{Person, SkippedIf},
};

corpus! {
    types: {
        struct FlatStruct { id: u8, #[serde(flatten)] person: Person, last: bool }
        struct FlatFirst { #[serde(flatten)] person: Person, id: u8 }
        struct FlatOnly { #[serde(flatten)] person: Person }
        struct FlatBoxed { id: u8, #[serde(flatten)] person: Box<Person> }
        struct FlatDefaults { id: u8, #[serde(flatten)] skipped: SkippedIf }
        struct Sides { left: u8, right: u8 }
        struct FlatOptional { id: u8, #[serde(flatten)] sides: Option<Sides> }
        struct FlatTwoStructs { #[serde(flatten)] sides: Sides, id: Option<u8>, #[serde(flatten)] person: Person }
        struct FlatMap {
            id: u8,
            name: String,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut arbitrary::Unstructured| json_without(u, &["id", "name"]))]
            rest: Map<String, Value>,
        }
        struct FlatTypedMap {
            id: u8,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut arbitrary::Unstructured| without(u, &["id"]))]
            rest: BTreeMap<String, Option<u8>>,
        }
        struct FlatOnlyMap { #[serde(flatten)] rest: HashMap<String, bool> }
        struct FlatEnumMap { id: u8, #[serde(flatten)] colours: BTreeMap<Colour, u8> }
        struct FlatStructAndMap {
            #[serde(flatten)] sides: Sides,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut arbitrary::Unstructured| without(u, &["left", "right"]))]
            rest: BTreeMap<String, u8>,
        }
        struct FlatOfFlat { a: u8, #[serde(flatten)] inner: FlatStruct, z: bool }
        struct FlatOfFlatMap {
            a: u8,
            #[serde(flatten)] inner: FlatTypedMapOfA,
        }
        struct FlatTypedMapOfA {
            id: u8,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut arbitrary::Unstructured| without(u, &["id", "a"]))]
            rest: BTreeMap<String, bool>,
        }
        struct FlatOfFlatOfFlat { #[serde(flatten)] one: FlatOfFlat, end: Option<u8> }
        #[serde(rename_all = "UPPERCASE")]
        struct FlatRenamed { id: u8, #[serde(flatten)] sides: Sides, #[arbitrary(with = make::finite)] share: f32 }
    }
}
