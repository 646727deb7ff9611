//! What may be absent or null.
use super::{
    external::Shape,
    make,
    structs::{Empty, Person},
};

corpus! {
    types: {
        struct Optionals {
            a: Option<i32>, b: Option<Vec<u8>>, c: u8, d: Option<Person>, e: Option<bool>, f: bool, g: Option<()>,
        }
        struct AllOptional { a: Option<u8>, b: Option<bool>, c: Option<()> }
        struct ManyOptional {
            a: Option<u8>, b: Option<u8>, c: Option<u8>, d: Option<u8>, e: Option<u8>, f: Option<u8>, g: Option<u8>,
            h: Option<u8>, i: Option<u8>, j: Option<u8>, k: Option<u8>, l: Option<u8>, m: Option<u8>, n: Option<u8>,
        }
        struct OptionalLast { a: u8, b: bool, c: Option<String> }
        struct OptionalFirst { reasoning: Option<String>, answer: u8 }
        struct OptionalEnum { shape: Option<Shape>, again: Option<Box<Shape>> }
        struct Twice {
            a: Option<Option<u8>>,
            #[serde(default, skip_serializing_if = "Option::is_none")] b: Option<Option<bool>>,
        }
        struct OptionalEmpty { a: Option<Empty>, b: Option<Empty> }
        struct OptionalFloats {
            #[arbitrary(with = make::finite)] a: Option<f64>,
            #[arbitrary(with = make::finite)] b: Option<f32>,
        }
        struct OptionalLists { a: Option<Vec<Option<u8>>>, b: Vec<Option<Vec<bool>>>, c: Option<[Option<bool>; 2]> }
    }
    roots: {
        OptionRoot = Option<Vec<Option<bool>>>;
        OptionStructRoot = Option<Person>;
        OptionUnit = Option<()>;
        OptionOption = Option<Option<u8>>;
        OptionEnumRoot = Option<Shape>;
    }
}
