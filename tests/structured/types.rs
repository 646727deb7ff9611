//! Every sentence of a type's grammar is a value of the type, and every value is a sentence.
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    fmt::Debug,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::{NonZeroI8, NonZeroI128, NonZeroU8, NonZeroU64},
    ops::{Bound, Range},
    time::Duration,
};

use catena::{
    Grammar,
    gbnf::{Generator, Matcher},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Random sentences of each grammar.
const SENTENCES: u64 = 200;
/// The bytes of a sentence. `serde_json` reads 128 levels of nesting at most.
const BUDGET: usize = 240;

/// How a value that serde reads is written by serde again.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    /// In the order of the schema.
    InOrder,
    /// In another order, or with other spellings.
    Otherwise,
}

fn check<T: JsonSchema + Serialize + DeserializeOwned + Debug>(samples: &[T], written: Written) {
    let grammar = Grammar::from_type::<T>().unwrap();
    let matcher = Matcher::from_ast(grammar.ast(), grammar.root()).unwrap();
    for sample in samples {
        let text = serde_json::to_string(sample).unwrap();
        assert!(matcher.matches(&text).unwrap(), "a value is no sentence: {text}\n{grammar}");
    }
    let generator = Generator::from_ast(grammar.ast(), grammar.root()).unwrap();
    for seed in 0..SENTENCES {
        let sentence = generator.generate(seed, BUDGET);
        let value: T = serde_json::from_str(&sentence)
            .unwrap_or_else(|error| panic!("a sentence is no value: {sentence}: {error}\n{grammar}"));
        if written == Written::InOrder {
            let text = serde_json::to_string(&value).unwrap();
            assert!(matcher.matches(&text).unwrap(), "{sentence} was read, but {text} is no sentence\n{grammar}");
        }
    }
}

macro_rules! types {
    ($($test:ident: $type:ty, $written:ident, [$($sample:expr),* $(,)?];)*) => {
        $(#[test]
        fn $test() {
            check::<$type>(&[$($sample),*], Written::$written);
        })*
    };
}

macro_rules! define {
    ($($(#[$attribute:meta])* $kind:ident $name:ident $body:tt)*) => {
        $(define!(@one $(#[$attribute])* $kind $name $body);)*
    };
    (@one $(#[$attribute:meta])* $kind:ident $name:ident ($($tuple:tt)*)) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        $(#[$attribute])*
        $kind $name($($tuple)*);
    };
    (@one $(#[$attribute:meta])* $kind:ident $name:ident {$($body:tt)*}) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        $(#[$attribute])*
        $kind $name { $($body)* }
    };
}

define! {
    struct Person { name: String, age: u8, city: Option<String>, occupation: Option<String> }
    struct Team { lead: Person, members: Vec<Person>, motto: String }
    #[serde(rename_all = "camelCase")]
    struct Renamed { first_name: String, #[serde(rename = "the \"last\" name\n")] last_name: bool, #[serde(alias = "x")] y: u8 }
    struct Optionals { a: Option<i32>, b: Option<Vec<u8>>, c: u8, d: Option<Person>, e: Option<bool>, f: bool, g: Option<()> }
    struct AllOptional { a: Option<u8>, b: Option<bool>, c: Option<()> }
    struct ManyOptional { a: Option<u8>, b: Option<u8>, c: Option<u8>, d: Option<u8>, e: Option<u8>, f: Option<u8> }
    #[derive(Default)]
    #[serde(default)]
    struct Defaults { a: u16, b: String, c: Vec<bool>, d: bool, e: char }
    struct Skipped { a: u8, #[serde(default, skip_serializing_if = "Option::is_none")] b: Option<u8>, #[serde(skip)] c: u8 }
    #[serde(deny_unknown_fields)]
    struct Strict { a: u8, b: Option<u8> }
    struct Empty {}
    enum Unit { Red, #[serde(rename = "dark green")] Green, Grey }
    enum Documented {
        /// The first.
        First,
        /// The second.
        Second,
    }
    enum External { None, Some(u8), Both(i8, bool), Point { x: f64, y: Option<f64> }, Nested(Unit), More }
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Internal { Circle { radius: f64 }, Person(Person), Nothing, Map(BTreeMap<String, u8>), Strict(Strict) }
    #[serde(tag = "t", content = "c")]
    enum Adjacent { Unit, One(u8), Two(u8, bool), Named { a: Option<u8> }, List(Vec<Unit>) }
    #[serde(untagged)]
    enum Untagged { Number(i64), Text(String), Point { x: f64, y: f64 }, List(Vec<u8>), Nothing }
    enum Other { A, #[serde(untagged)] Rest(u8) }
    #[serde(tag = "kind")]
    enum WithOther { A { n: u8 }, #[serde(other)] Unknown }
    struct Newtype (u32)
    #[serde(transparent)]
    struct Transparent { inner: Vec<i16> }
    struct Tuple (u8, String, Option<bool>)
    struct Floats { single: f32, double: f64, maybe: Option<f64> }
    struct Integers { a: i8, b: i16, c: i32, d: i64, e: i128, f: isize, g: u8, h: u16, i: u32, j: u64, k: u128, l: usize }
    struct NonZero { a: NonZeroU8, b: NonZeroI8, c: NonZeroU64, d: NonZeroI128 }
    struct Ranged {
        #[schemars(range(min = 1, max = 120))] age: u8,
        #[schemars(range(min = -5))] from: i32,
        #[schemars(range(max = 1024))] to: i64,
        #[schemars(range(min = 0.0, max = 1.0))] share: f64,
        #[schemars(range(min = -1.5, max = 2.25))] balance: f32,
        #[schemars(range(min = 0.0))] weight: f64,
        #[schemars(range(min = 0.125))] above: f64,
    }
    struct Lengths {
        #[schemars(length(min = 1, max = 5))] short: String,
        #[schemars(length(max = 600))] long: String,
        #[schemars(length(equal = 3))] exact: String,
        #[schemars(length(min = 2))] open: String,
        #[schemars(length(min = 1, max = 3))] list: Vec<u8>,
    }
    struct Texts { c: char, s: String, b: Box<str>, a: Cow<'static, str>, v: Vec<char> }
    struct Sequences { a: [u8; 3], b: VecDeque<bool>, c: [bool; 0], d: (u8,), e: ((), PhantomData<u8>) }
    struct Sets { a: HashSet<u8>, b: BTreeSet<String>, c: BTreeSet<Unit2> }
    struct Maps { a: HashMap<String, u8>, b: BTreeMap<u32, bool>, c: BTreeMap<i64, String>, d: BTreeMap<Unit2, u8> }
    struct FlatStruct { id: u8, #[serde(flatten)] person: Person, last: bool }
    struct FlatOptional { id: u8, #[serde(flatten)] strict: Option<Pair> }
    struct FlatMap { id: u8, name: String, #[serde(flatten)] rest: BTreeMap<String, Value> }
    struct FlatInternal { id: u8, #[serde(flatten)] what: Internal2 }
    struct FlatExternal { id: u8, #[serde(flatten)] what: External }
    struct FlatAdjacent { id: u8, #[serde(flatten)] what: Adjacent }
    struct FlatUntagged { id: u8, #[serde(flatten)] what: PairOrSingle }
    struct FlatFirst { #[serde(flatten)] what: Internal2, id: u8 }
    struct FlatTwo { #[serde(flatten)] what: Internal2, #[serde(flatten)] how: PairOrSingle, id: u8 }
    struct FlatOptionalEnum { id: u8, #[serde(flatten)] what: Option<Internal2> }
    struct Pair { left: u8, right: u8 }
    #[serde(untagged)]
    enum PairOrSingle { Pair(Pair), Single { one: bool } }
    #[serde(tag = "is")]
    enum Internal2 { A { x: u8 }, B { y: Option<bool> }, C }
    struct Tree { value: u8, children: Vec<Tree> }
    struct Linked { value: u8, next: Option<Box<Linked>> }
    struct Holder { tree: Tree, expression: Expression }
    #[serde(tag = "op")]
    enum Expression { Number { value: f64 }, Add { left: Box<Expression>, right: Box<Expression> }, Not(Box<Negated>) }
    struct Negated { of: Expression }
    struct Anything { value: Value, list: Vec<Value>, map: serde_json::Map<String, Value>, number: serde_json::Number }
    struct Std { r: Result<u8, String>, range: Range<u8>, bound: Bound<i8>, ip: IpAddr, four: Ipv4Addr, six: Ipv6Addr }
    struct UnitLike ()
    #[schemars(rename = "odd/na me~")]
    struct Odd { n: Option<Box<Odd>>, m: u8 }
    struct OddHolder { odd: Odd, again: Odd }
    struct Generic2 { a: Of<u8>, b: Of<String>, c: Of<Of<bool>> }
    struct EmptyName { #[serde(rename = "")] empty: u8, #[serde(rename = "ключ")] key: bool, #[serde(flatten)] rest: BTreeMap<String, u8> }
    struct Escapes { #[serde(rename = "a\"b\\\u{1}\n")] odd: u8, #[serde(rename = "a")] a: bool, #[serde(flatten)] rest: BTreeMap<String, bool> }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
enum Unit2 {
    Alpha,
    Beta,
    Gamma,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Of<T> {
    inner: T,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Nothing;

fn person() -> Person {
    Person { name: "Ada \"L\" \u{1F600}\u{7f}\u{1}".into(), age: 36, city: None, occupation: Some(String::new()) }
}

fn tree() -> Tree {
    Tree { value: 1, children: vec![Tree { value: 2, children: vec![] }, Tree { value: 3, children: vec![] }] }
}

types! {
    structs: Person, InOrder, [person()];
    nested_structs: Team, InOrder, [Team { lead: person(), members: vec![person(); 3], motto: "x".into() }];
    renamed_fields: Renamed, InOrder, [Renamed { first_name: "a".into(), last_name: true, y: 0 }];
    optional_fields: Optionals, InOrder, [
        Optionals { a: None, b: None, c: 1, d: None, e: None, f: true, g: None },
        Optionals { a: Some(i32::MIN), b: Some(vec![]), c: 255, d: Some(person()), e: Some(false), f: true, g: None },
    ];
    only_optional_fields: AllOptional, InOrder, [AllOptional { a: Some(1), b: None, c: Some(()) }];
    many_optional_fields: ManyOptional, InOrder, [
        ManyOptional { a: None, b: Some(1), c: None, d: None, e: Some(2), f: None },
    ];
    defaults: Defaults, InOrder, [Defaults { a: 1, b: "b".into(), c: vec![true], d: false, e: '\u{10FFFF}' }];
    skipped_fields: Skipped, InOrder, [Skipped { a: 1, b: None, c: 0 }, Skipped { a: 1, b: Some(2), c: 0 }];
    denied_fields: Strict, InOrder, [Strict { a: 1, b: None }];
    empty_struct: Empty, InOrder, [Empty {}];
    unit_enum: Unit, InOrder, [Unit::Red, Unit::Green, Unit::Grey];
    documented_enum: Documented, InOrder, [Documented::First, Documented::Second];
    external_enum: External, InOrder, [
        External::None,
        External::Some(7),
        External::Both(-128, true),
        External::Point { x: -0.0, y: Some(1e-7) },
        External::Nested(Unit::Green),
        External::More,
    ];
    internal_enum: Internal, InOrder, [
        Internal::Circle { radius: 1.5 },
        Internal::Person(person()),
        Internal::Nothing,
        Internal::Map([("type2".to_owned(), 1), ("typ".to_owned(), 2), (String::new(), 3)].into()),
        Internal::Strict(Strict { a: 0, b: Some(1) }),
    ];
    adjacent_enum: Adjacent, InOrder, [
        Adjacent::Unit,
        Adjacent::One(1),
        Adjacent::Two(1, false),
        Adjacent::Named { a: None },
        Adjacent::List(vec![Unit::Red]),
    ];
    untagged_enum: Untagged, InOrder, [
        Untagged::Number(i64::MIN),
        Untagged::Text("text".into()),
        Untagged::Point { x: f64::MAX, y: f64::MIN_POSITIVE },
        Untagged::List(vec![1, 2]),
        Untagged::Nothing,
    ];
    untagged_variant: Other, InOrder, [Other::A, Other::Rest(9)];
    other_variant: WithOther, InOrder, [WithOther::A { n: 1 }, WithOther::Unknown];
    newtype: Newtype, InOrder, [Newtype(u32::MAX)];
    transparent: Transparent, InOrder, [Transparent { inner: vec![i16::MIN, i16::MAX] }];
    tuple_struct: Tuple, InOrder, [Tuple(1, "a".into(), None)];
    plain_tuple: (u8, String, Person), InOrder, [(1, String::new(), person())];
    floats: Floats, InOrder, [
        Floats { single: f32::MAX, double: f64::MAX, maybe: Some(f64::MIN) },
        Floats { single: f32::MIN_POSITIVE, double: 5e-324, maybe: None },
        Floats { single: 1e-45, double: 0.1 + 0.2, maybe: Some(-0.0) },
        Floats { single: 16_777_216.0, double: 123_456_789_012_345_680.0, maybe: Some(1e15) },
        Floats { single: 0.3, double: 0.000_012_345_678_901_234_567, maybe: Some(1e16) },
    ];
    integers: Integers, InOrder, [
        Integers {
            a: i8::MIN, b: i16::MIN, c: i32::MIN, d: i64::MIN, e: i128::MIN, f: isize::MIN,
            g: 0, h: 0, i: 0, j: 0, k: 0, l: 0,
        },
        Integers {
            a: i8::MAX, b: i16::MAX, c: i32::MAX, d: i64::MAX, e: i128::MAX, f: isize::MAX,
            g: u8::MAX, h: u16::MAX, i: u32::MAX, j: u64::MAX, k: u128::MAX, l: usize::MAX,
        },
    ];
    non_zero: NonZero, InOrder, [NonZero { a: NonZeroU8::MIN, b: NonZeroI8::MIN, c: NonZeroU64::MAX, d: NonZeroI128::MAX }];
    ranges: Ranged, Otherwise, [
        Ranged { age: 1, from: -5, to: 1024, share: 1.0, balance: -1.5, weight: 0.0, above: 0.125 },
        Ranged { age: 120, from: i32::MAX, to: i64::MIN, share: 0.5, balance: 2.25, weight: 1e300, above: 12.5 },
    ];
    lengths: Lengths, InOrder, [
        Lengths { short: "äöü\u{1F600}\"".into(), long: "x".repeat(600), exact: "abc".into(), open: "ab".into(), list: vec![1] },
        Lengths { short: "a".into(), long: String::new(), exact: "\n\n\n".into(), open: "abc".into(), list: vec![1, 2, 3] },
    ];
    texts: Texts, InOrder, [Texts { c: '"', s: "\u{0}\u{1f}\u{7f}".into(), b: "".into(), a: "é".into(), v: vec!['\u{1F600}'] }];
    sequences: Sequences, InOrder, [Sequences { a: [1, 2, 3], b: [true].into(), c: [], d: (1,), e: ((), PhantomData) }];
    sets: Sets, InOrder, [Sets { a: [1, 2].into(), b: ["a".to_owned()].into(), c: [Unit2::Alpha].into() }];
    maps: Maps, InOrder, [Maps {
        a: [("\u{1}\"\\".to_owned(), 1), ("ü".to_owned(), 2)].into(),
        b: [(0, true), (u32::MAX, false)].into(),
        c: [(-1, String::new()), (7, "x".into())].into(),
        d: [(Unit2::Alpha, 1), (Unit2::Gamma, 2)].into(),
    }];
    flattened_struct: FlatStruct, InOrder, [FlatStruct { id: 1, person: person(), last: true }];
    flattened_option: FlatOptional, InOrder, [
        FlatOptional { id: 1, strict: None },
        FlatOptional { id: 1, strict: Some(Pair { left: 1, right: 2 }) },
    ];
    flattened_map: FlatMap, InOrder, [
        FlatMap { id: 1, name: "n".into(), rest: [("i".into(), json!(1)), ("nam".into(), json!({"id": [null]}))].into() },
    ];
    flattened_internal_enum: FlatInternal, InOrder, [
        FlatInternal { id: 1, what: Internal2::A { x: 1 } },
        FlatInternal { id: 1, what: Internal2::C },
    ];
    flattened_external_enum: FlatExternal, InOrder, [
        FlatExternal { id: 1, what: External::Some(1) },
        FlatExternal { id: 1, what: External::Point { x: 1.0, y: None } },
    ];
    flattened_adjacent_enum: FlatAdjacent, InOrder, [
        FlatAdjacent { id: 1, what: Adjacent::Unit },
        FlatAdjacent { id: 1, what: Adjacent::Two(1, true) },
    ];
    flattened_untagged_enum: FlatUntagged, InOrder, [
        FlatUntagged { id: 1, what: PairOrSingle::Single { one: true } },
        FlatUntagged { id: 1, what: PairOrSingle::Pair(Pair { left: 1, right: 2 }) },
    ];
    flattened_enum_first: FlatFirst, InOrder, [FlatFirst { what: Internal2::B { y: None }, id: 1 }];
    flattened_enums: FlatTwo, Otherwise, [];
    flattened_optional_enum: FlatOptionalEnum, InOrder, [
        FlatOptionalEnum { id: 1, what: None },
        FlatOptionalEnum { id: 1, what: Some(Internal2::C) },
    ];
    recursion_at_the_root: Tree, InOrder, [tree()];
    linked_list: Linked, InOrder, [Linked { value: 1, next: Some(Box::new(Linked { value: 2, next: None })) }];
    recursion_below: Holder, InOrder, [Holder {
        tree: tree(),
        expression: Expression::Not(Box::new(Negated { of: Expression::Number { value: 1.0 } })),
    }];
    any_value: Anything, InOrder, [Anything {
        value: json!({"a": [1, -2, 3.5, u64::MAX, i64::MIN, null, true, "\u{1}", {}]}),
        list: vec![json!(null), json!([])],
        map: serde_json::Map::new(),
        number: 12.into(),
    }];
    std_types: Std, InOrder, [Std {
        r: Err("e".into()),
        range: 1..2,
        bound: Bound::Unbounded,
        ip: Ipv6Addr::LOCALHOST.into(),
        four: Ipv4Addr::BROADCAST,
        six: Ipv6Addr::UNSPECIFIED,
    }];
    durations: Vec<Duration>, Otherwise, [vec![Duration::from_millis(1500)]];
    unit: (), InOrder, [()];
    unit_struct: Nothing, InOrder, [Nothing];
    empty_tuple_struct: UnitLike, InOrder, [UnitLike()];
    odd_type_names: OddHolder, InOrder, [];
    generics: Generic2, InOrder, [];
    empty_field_name: EmptyName, InOrder, [EmptyName { empty: 1, key: true, rest: [("к".to_owned(), 1)].into() }];
    escaped_field_names: Escapes, InOrder, [Escapes { odd: 1, a: true, rest: [("a\"b\\".to_owned(), true)].into() }];
    scalar_root: i64, InOrder, [0, -1, i64::MIN];
    string_root: String, InOrder, [String::new()];
    option_root: Option<Vec<Option<bool>>>, InOrder, [None, Some(vec![None, Some(true)])];
    big_enum_root: Option<Unit>, InOrder, [None, Some(Unit::Red)];
}
