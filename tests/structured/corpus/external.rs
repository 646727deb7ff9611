//! Enums whose variants are named by a key, or stand as strings.
#![allow(deprecated, reason = "one of the cases")]
use super::{make, structs::Person};

corpus! {
    types: {
        // In the order of the alphabet, in which schemars lists the keys of a map.
        #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
        enum Colour { Grey, Greyish, Red, #[serde(rename = "dark green")] Green }
        enum DocumentedUnits {
            /// The first.
            First,
            /// The second.
            Second,
            Third,
            #[deprecated] Fourth,
        }
        enum OneVariant { Only }
        enum Shape {
            Nothing,
            Point(#[arbitrary(with = make::finite)] f64),
            Both(i8, bool),
            Rectangle { #[arbitrary(with = make::finite)] width: f64, #[arbitrary(with = make::finite)] height: Option<f64> },
            Coloured(Colour),
            NoFields {},
            NoTuple(),
            Unknown,
        }
        #[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
        enum RenamedVariants {
            FirstOne,
            SecondOne { inner_field: u8, other_field: Option<u8> },
            #[serde(rename = "3")] ThirdOne(u8),
        }
        enum OnlyNewtypes { A(u8), B(String), C(Person), D(Option<u8>), E(Vec<bool>), F(()) }
        enum OnlyTuples { A(u8, u8), B(String, bool, Option<u8>), C((), ()) }
        enum OnlyStructs { A { x: u8 }, B { x: u8, y: Option<u8> }, #[serde(rename = "a b")] C {} }
        #[serde(deny_unknown_fields)]
        enum StrictVariants { A { x: u8 }, B(u8), C }
        enum SkippedVariant { A, B(u8), #[serde(skip)] #[arbitrary(skip)] #[allow(dead_code)] C(u8) }
        enum AliasedVariant {
            #[serde(alias = "first")] A,
            #[serde(alias = "second")] B { #[serde(alias = "z")] x: u8 },
        }
        enum UntaggedVariant { A, B(u8), #[serde(untagged)] Rest(u8), #[serde(untagged)] Named { name: String } }
        enum EnumOfEnum { Colour(Colour), Shape(Shape), Nested(OnlyStructs) }
        enum OddVariants {
            #[serde(rename = "")] Empty,
            #[serde(rename = "a\"b\\c\n")] Quote,
            #[serde(rename = "größe")] Size(u8),
        }
        enum ManyUnits {
            A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, C0, C1, C2, C3, C4, C5, C6, C7,
            C8, C9, D0, D1, D2, D3, D4, D5, D6, D7, D8, D9, E0, E1, E2, E3, E4, E5, E6, E7, E8, E9, F, G, Ga, Gab, Gabc,
        }
    }
}
