//! Maps by their keys and values.
use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroI32,
};

use super::{
    external::{Colour, Shape},
    structs::Person,
};

corpus! {
    types: {
        struct Maps { a: HashMap<String, u8>, b: BTreeMap<u32, bool>, c: BTreeMap<i32, String>, d: BTreeMap<Colour, u8> }
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        #[serde(rename_all = "kebab-case")]
        enum KeyKind { #[serde(rename = "a\"b")] Quoted, FirstKey, #[serde(rename = "ß")] Third }
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Size { Small, Medium, Large }
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Season {
            /// The cold one.
            Winter,
            Summer,
        }
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        struct Id (u32)
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        struct Key (String)
        struct KeysOfNewtypes { a: BTreeMap<Id, u8>, b: BTreeMap<Key, bool> }
        struct OptionalMaps { a: Option<BTreeMap<String, u8>>, #[serde(default)] b: BTreeMap<String, Option<u8>> }
    }
    roots: {
        KeysOfText = HashMap<String, u8>;
        KeysOf32Bits = BTreeMap<u32, String>;
        KeysOf32BitsAndSign = HashMap<i32, bool>;
        KeysOf64Bits = BTreeMap<i64, bool>;
        KeysOfOneCharacter = BTreeMap<char, u8>;
        KeysOfNonZero = BTreeMap<NonZeroI32, u8>;
        KeysOfDocumentedUnits = BTreeMap<Season, u8>;
        KeysOfUnits = BTreeMap<Colour, Vec<u8>>;
        KeysInAnotherOrder = BTreeMap<Size, u8>;
        KeysOfRenamedUnits = BTreeMap<KeyKind, ()>;
        MapOfMaps = BTreeMap<String, BTreeMap<u32, BTreeMap<Colour, bool>>>;
        MapOfStructs = BTreeMap<String, Person>;
        MapOfEnums = BTreeMap<String, Shape>;
        MapOfOptions = BTreeMap<String, Option<u8>>;
        MapOfLists = HashMap<String, Vec<Vec<bool>>>;
        MapOfUnits = BTreeMap<String, ()>;
    }
}
