//! Fields that take the place of an enum.
use super::{
    adjacent::Adjacent,
    external::{OnlyStructs, Shape},
    flatten::Sides,
    internal::Internal,
    structs::Person,
};

corpus! {
    types: {
        #[serde(tag = "is")]
        enum Is { A { x: u8 }, B { y: Option<bool> }, C }
        #[serde(untagged)]
        enum SidesOrOne { Sides(Sides), One { one: bool } }
        struct FlatInternal { id: u8, #[serde(flatten)] what: Is }
        struct FlatInternalNewtypes { id: u8, note: Option<String>, #[serde(flatten)] what: InternalOfStructs }
        #[serde(tag = "type")]
        enum InternalOfStructs { Person(Person), Sides(Sides), None }
        struct FlatExternal { id: u8, #[serde(flatten)] what: OnlyStructs }
        struct FlatExternalMixed { id: u8, #[serde(flatten)] what: Payload }
        enum Payload { Number(u8), Text(String), Both(u8, bool), Named { x: u8 } }
        struct FlatAdjacent { id: u8, #[serde(flatten)] what: Adjacent }
        struct FlatUntagged { id: u8, #[serde(flatten)] what: SidesOrOne }
        struct FlatEnumFirst { #[serde(flatten)] what: Is, id: u8 }
        struct FlatEnumMiddle { id: u8, #[serde(flatten)] what: Is, name: String }
        struct FlatTwoEnums { id: u8, #[serde(flatten)] what: Is, #[serde(flatten)] how: SidesOrOne }
        struct FlatOptionalEnum { id: u8, #[serde(flatten)] what: Option<Is> }
        struct FlatEnumOnly { #[serde(flatten)] what: Is }
        struct FlatEnumOfFlat { a: u8, #[serde(flatten)] inner: FlatInternal }
        struct FlatEnumAndStruct { #[serde(flatten)] person: Person, #[serde(flatten)] what: Is }
        #[serde(tag = "outer")]
        enum InternalOfFlatEnum { A(FlatInternal), B { n: u8, #[serde(flatten)] how: SidesOrOne }, C }
        enum ExternalOfFlatEnum { A(FlatAdjacent), B { n: u8, #[serde(flatten)] what: Is } }
        struct FlatBoxedEnum { id: u8, #[serde(flatten)] what: Box<Is> }
    }
    roots: {
        ListOfFlatEnums = Vec<FlatInternal>;
        MapOfInternal = std::collections::BTreeMap<String, (Internal, Shape)>;
    }
}
