//! Lists, arrays and sets.
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};

use super::{
    external::{Colour, Shape},
    structs::Person,
};

corpus! {
    types: {
        struct Sequences { a: [u8; 3], b: VecDeque<bool>, c: [bool; 0], d: LinkedList<u8>, e: BinaryHeap<u8>, f: Box<[u8]> }
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
