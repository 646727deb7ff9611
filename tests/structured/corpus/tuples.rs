//! Newtypes, tuples and arrays of different items.
use super::{external::Shape, structs::Person};

corpus! {
    types: {
        struct Newtype (u32)
        struct NewtypeOfStruct (Person)
        struct NewtypeOfList (Vec<Newtype>)
        struct NewtypeOfOption (Option<String>)
        #[serde(transparent)]
        struct Transparent { inner: Vec<i16> }
        #[serde(transparent)]
        struct TransparentWithSkipped { inner: String, #[serde(skip)] cached: u8 }
        struct Tuple (u8, String, Option<bool>)
        struct TupleOfTuples ((u8, bool), ((), (String,)), [Tuple; 2])
        struct TupleWithDefault (u8, #[serde(default)] u8)
        struct TupleWithSkipped (u8, #[serde(skip)] u8, bool)
        struct TupleFields { pair: (u8, Person), triple: (bool, Shape, ()), one: (u8,) }
    }
    roots: {
        PlainTuple = (u8, String, Person);
        NestedTuple = ((u8, u8), (bool, (String, Option<u8>)));
        LongTuple = (u8, bool, u8, bool, u8, bool, u8, bool, u8, bool, u8, bool);
    }
}
