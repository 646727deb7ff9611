//! Combinations, two deep and more.
use std::collections::{BTreeMap, HashMap};

use super::{
    adjacent::Adjacent,
    external::{Colour, OnlyTuples, Shape},
    flatten::{FlatMap, FlatOfFlat},
    flatten_enums::{FlatAdjacent, FlatInternal, FlatUntagged},
    internal::{Internal, InternalFlat, InternalStructs},
    names::Of,
    recursion::{Linked, Tree},
    structs::Person,
    untagged::{OneOrMany, Untagged},
};

corpus! {
    types: {
        struct Everything {
            internal: Vec<Option<Internal>>,
            external: BTreeMap<String, Shape>,
            adjacent: Option<Adjacent>,
            untagged: (Untagged, OneOrMany),
            flat: FlatInternal,
            tree: Option<Tree>,
        }
        struct L1 { l2: L2, after: Option<u8> }
        struct L2 { before: Option<u8>, l3: Vec<L3> }
        struct L3 { l4: Option<L4>, map: BTreeMap<Colour, L4> }
        struct L4 { l5: (L5, L5), n: u8 }
        struct L5 { kind: Colour, note: Option<Option<String>> }
        enum Command { Batch(Vec<Command>), Run { steps: BTreeMap<String, InternalStructs> }, Stop(Option<Box<Linked>>) }
        #[serde(tag = "t", content = "c")]
        enum AdjacentOfAll { Internal(Internal), Shape(Shape), Untagged(Untagged), Flat(FlatUntagged), Flats(Vec<FlatOfFlat>) }
        #[serde(untagged)]
        enum UntaggedOfAll { Internal(InternalStructs), Adjacent(Adjacent), Colour(Colour), Number(u8) }
        #[serde(tag = "kind")]
        enum InternalOfAll { Flat(FlatMap), Adjacent(FlatAdjacent), Struct { inner: Internal, shapes: Vec<Shape> } }
    }
    roots: {
        ListOfOptionsOfInternal = Vec<Option<Internal>>;
        ListOfInternalFlat = Vec<InternalFlat>;
        MapOfTuplesOfEnums = BTreeMap<String, (Shape, Colour)>;
        MapOfOnlyTuples = HashMap<String, OnlyTuples>;
        MapOfListsOfOptions = BTreeMap<String, Vec<Option<Person>>>;
        MapByUnitsOfMaps = BTreeMap<Colour, BTreeMap<String, Option<u8>>>;
        TupleOfEnums = (Shape, Adjacent, Internal, Untagged);
        OptionOfTuple = Option<(Option<u8>, Vec<Shape>)>;
        OptionOfMap = Option<BTreeMap<u32, Option<Colour>>>;
        ResultOfOptions = Result<Option<Adjacent>, Vec<Untagged>>;
        ListOfResults = Vec<Result<Option<u8>, Colour>>;
        ArraysOfEnums = [Option<Shape>; 2];
        GenericOfEnum = Of<Vec<Of<Adjacent>>>;
        ListOfMaps = Vec<BTreeMap<String, BTreeMap<Colour, Vec<u8>>>>;
        BoxesOfBoxes = Box<Option<Box<Vec<Box<Colour>>>>>;
    }
}
