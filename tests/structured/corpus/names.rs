//! Names of types, fields and variants that need care, and types that take parameters.
use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    make::{self, without},
    structs::Person,
};

#[derive(Serialize, Deserialize, JsonSchema, Arbitrary)]
pub(super) struct Of<T> {
    inner: T,
}

#[derive(Serialize, Deserialize, JsonSchema, Arbitrary)]
pub(super) enum Either<A, B> {
    Left(A),
    Right(B),
}

#[derive(Serialize, Deserialize, JsonSchema, Arbitrary)]
pub(super) struct Node<T> {
    value: T,
    next: Vec<Node<T>>,
}

#[derive(Serialize, Deserialize, JsonSchema, Arbitrary)]
pub(super) struct Level<const N: usize> {
    rows: Vec<bool>,
}

mod other {
    define!(struct Person { number: u8 });
}

corpus! {
    types: {
        struct SameNames { a: Person, b: other::Person, c: Vec<other::Person> }
        #[schemars(rename = "odd/na me~%20#")]
        struct OddTypeName { n: Option<Box<OddTypeName>>, m: u8 }
        #[schemars(rename = "A/B")]
        struct SlashInTypeName { m: u8 }
        #[schemars(rename = "")]
        struct NoTypeName { m: Option<Box<NoTypeName>> }
        #[schemars(rename = "größe_ß-😀")]
        struct UnicodeTypeName { m: Option<Box<UnicodeTypeName>> }
        struct OddTypeNames { a: OddTypeName, b: SlashInTypeName, c: Vec<SlashInTypeName>, d: UnicodeTypeName, e: NoTypeName }
        struct EmptyName { #[serde(rename = "")] empty: u8 }
        struct EmptyNameAmongOthers {
            #[serde(rename = "")] empty: u8,
            #[serde(rename = "ключ")] key: bool,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut Unstructured| without(u, &["", "ключ"]))]
            rest: BTreeMap<String, u8>,
        }
        struct EscapedNames {
            #[serde(rename = "a\"b\\\u{1}\n")] odd: u8,
            #[serde(rename = "a")] a: bool,
            #[serde(flatten)]
            #[arbitrary(with = |u: &mut Unstructured| without(u, &["a", "a\"b\\\u{1}\n"]))]
            rest: BTreeMap<String, bool>,
        }
        struct UnicodeNames {
            #[serde(rename = "名前")] name: u8,
            #[serde(rename = "😀")] smile: Option<u8>,
            #[serde(rename = "😁")] grin: Option<u8>,
            #[serde(rename = "\u{7f}\u{2028}\u{feff}")] unseen: bool,
            #[serde(rename = "é")] composed: Option<u8>,
            #[serde(rename = "e\u{301}")] decomposed: Option<u8>,
        }
        struct JsonSchemaNames {
            #[serde(rename = "$ref")] reference: u8,
            #[serde(rename = "type")] kind: Option<String>,
            #[serde(rename = "properties")] properties: Option<BTreeMap<String, u8>>,
            #[serde(rename = "$defs")] defs: Option<u8>,
            #[serde(rename = "enum")] listed: Vec<u8>,
            #[serde(rename = "required")] required: bool,
        }
        struct GrammarNames {
            root: u8,
            value: Option<u8>,
            string: Option<u8>,
            #[serde(rename = "*")] star: Option<u8>,
            #[serde(rename = "a|b")] either: Option<u8>,
            #[serde(rename = "::=")] is: Option<u8>,
            #[serde(rename = "a b")] space: Option<u8>,
            #[serde(rename = "a_b")] score: Option<u8>,
            #[serde(rename = "a-b")] dash: Option<u8>,
            #[serde(rename = "/~0~1%25")] pointer: u8,
        }
        struct Number { #[arbitrary(with = make::finite)] magnitude: Vec<f64>, unit: String }
        struct NumberMagnitude { #[arbitrary(with = make::finite)] x: f64 }
        struct Float { #[arbitrary(with = make::finite)] magnitude: Vec<f32> }
        struct NamesOfNumbers { numbers: Vec<Number>, floats: Vec<Float>, most: Option<NumberMagnitude> }
        struct PrefixNames { a: Option<u8>, aa: Option<u8>, aaa: Option<u8>, ab: Option<u8>, b: Option<u8>, aab: u8 }
        struct SpacesInNames {
            #[serde(rename = " ")] one: u8,
            #[serde(rename = "  ")] two: u8,
            #[serde(rename = "\t")] tab: u8,
        }
        struct Generics { a: Of<u8>, b: Of<String>, c: Of<Of<bool>>, d: Of<Vec<Of<u8>>> }
        struct Eithers { a: Either<u8, String>, b: Either<Of<u8>, Either<bool, ()>>, c: Vec<Either<Person, Vec<u8>>> }
    }
    roots: {
        GenericNode = Node<u8>;
        GenericNodes = (Node<bool>, Node<Option<u8>>);
        GenericOption = Of<Option<Of<u8>>>;
        Levels = (Level<1>, Level<2>, Vec<Level<1>>);
    }
}
