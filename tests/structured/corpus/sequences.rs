//! Lists, arrays and sets.
use arbitrary::Unstructured as U;
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};

use super::{
    external::{Colour, Shape},
    structs::Person,
};

fn levels(u: &mut U<'_>) -> arbitrary::Result<BTreeSet<u8>> {
    (0..u.int_in_range(0..=3)?).map(|_| u.int_in_range(0..=2)).collect()
}

/// As that of a set of enums that are written as their numbers.
fn level_set(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": "array", "uniqueItems": true, "items": {"type": "integer", "enum": [0, 1, 2]}})
}

corpus! {
    types: {
        struct Sequences { a: [u8; 3], b: VecDeque<bool>, c: [bool; 0], d: LinkedList<u8>, e: BinaryHeap<u8>, f: Box<[u8]> }
        struct SetOfLevels { #[arbitrary(with = |u: &mut U| levels(u))] #[schemars(schema_with = "level_set")] a: BTreeSet<u8> }
        struct Sets { a: HashSet<u8>, b: BTreeSet<String>, c: BTreeSet<Colour>, d: HashSet<Colour>, e: BTreeSet<bool> }
    }
    roots: {
        ListOfBytes = Vec<u8>;
        ListOfStructs = Vec<Person>;
        ListOfEnums = Vec<Shape>;
        ListOfLists = Vec<Vec<Vec<u8>>>;
        ListOfUnits = Vec<()>;
        ListOfTuples = Vec<(u8, bool)>;
        ArrayOfOne = [u8; 1];
        ArrayOfMany = [bool; 32];
        ArrayOfArrays = [[u8; 2]; 3];
        ArrayOfOptions = [Option<bool>; 3];
        SetOfUnits = BTreeSet<Colour>;
        SetOfTexts = HashSet<String>;
        SetOfTuples = BTreeSet<(u8, bool)>;
    }
}
