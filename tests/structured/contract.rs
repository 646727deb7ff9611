//! Types that serde cannot read all of, whatever is written, and others that look much the same.
#![allow(dead_code, reason = "serde reads the fields")]
use std::collections::BTreeMap;

use catena::{ErrorKind, Grammar};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Refused at a place, for serde reads none of the texts, which the schema admits.
#[track_caller]
fn refused<T: JsonSchema + DeserializeOwned>(path: &str, texts: &[&str]) {
    let error = match Grammar::from_type::<T>() {
        Ok(grammar) => panic!("it became\n{grammar}"),
        Err(error) => error,
    };
    assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some(path)), "{error}");
    for text in texts {
        assert!(serde_json::from_str::<T>(text).is_err(), "serde reads {text}");
    }
}

/// The texts are written, and read.
#[track_caller]
fn kept<T: JsonSchema + DeserializeOwned>(texts: &[&str]) {
    let grammar = Grammar::from_type::<T>().unwrap();
    for text in texts {
        assert!(grammar.matches(text).unwrap(), "{text} is no sentence of\n{grammar}");
        serde_json::from_str::<T>(text).map(drop).unwrap();
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type")]
enum Kind {
    User { name: String },
    Tick,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "is")]
enum Is {
    A { x: u8 },
    B { y: Option<bool> },
    C,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    A(u8),
    B(bool),
}

#[derive(Deserialize, JsonSchema)]
enum External {
    Number(u8),
    Text(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum SidesOrOne {
    Sides(Sides),
    One { one: bool },
}

#[derive(Deserialize, JsonSchema)]
struct Sides {
    left: u8,
    right: u8,
}

#[test]
fn names_that_are_given_to_one_of_two() {
    #[derive(Deserialize, JsonSchema)]
    struct Event {
        id: u64,
        name: String,
        #[serde(flatten)]
        kind: Kind,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Renamed {
        id: u64,
        title: String,
        #[serde(flatten)]
        kind: Kind,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Typed {
        r#type: String,
        #[serde(flatten)]
        kind: Kind,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Sided {
        left: u8,
        #[serde(flatten)]
        what: SidesOrOne,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Item {
        kind: String,
        n: u8,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    enum Tagged {
        Item(Item),
        Other,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "type")]
    enum TaggedApart {
        Item(Item),
        Other,
    }
    refused::<Event>("/oneOf/0", &[r#"{"id":1,"name":"a","type":"User"}"#]);
    refused::<Typed>("/oneOf/0", &[r#"{"type":"User","name":"a"}"#, r#"{"type":"Tick"}"#]);
    refused::<Sided>("/anyOf/0/$ref", &[r#"{"left":1,"right":2}"#]);
    refused::<Tagged>("/oneOf/0/$ref", &[r#"{"kind":"Item","n":1}"#]);
    kept::<Renamed>(&[r#"{"id":1,"title":"a","type":"User","name":"b"}"#, r#"{"id":1,"title":"a","type":"Tick"}"#]);
    kept::<TaggedApart>(&[r#"{"type":"Item","kind":"a","n":1}"#, r#"{"type":"Other"}"#]);
}

#[test]
fn entries_of_flattened_enums_that_stay_for_others() {
    #[derive(Deserialize, JsonSchema)]
    struct Numbers<T> {
        #[serde(flatten)]
        what: T,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Strict<T> {
        id: u8,
        #[serde(flatten)]
        what: T,
    }
    #[derive(Deserialize, JsonSchema)]
    struct ByNumber<T> {
        #[serde(flatten)]
        what: T,
        #[serde(flatten)]
        rest: BTreeMap<u32, u8>,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Anything<T> {
        id: u8,
        #[serde(flatten)]
        what: T,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Texts<T> {
        #[serde(flatten)]
        what: T,
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
    refused::<Numbers<Is>>("/unevaluatedProperties", &[r#"{"is":"C"}"#, r#"{"is":"A","x":1,"k":5}"#]);
    refused::<Numbers<Option<Is>>>("/unevaluatedProperties", &[r#"{"is":"C"}"#]);
    refused::<Numbers<SidesOrOne>>("/unevaluatedProperties", &[r#"{"one":true}"#]);
    refused::<Strict<Is>>("/unevaluatedProperties", &[r#"{"id":1,"is":"C"}"#]);
    refused::<Strict<SidesOrOne>>("/unevaluatedProperties", &[r#"{"id":1,"one":true}"#]);
    refused::<ByNumber<Is>>("/patternProperties", &[r#"{"is":"C"}"#, r#"{"is":"C","1":2}"#]);
    refused::<ByNumber<External>>("/patternProperties", &[r#"{"Number":1,"1":2}"#]);
    kept::<Anything<Is>>(&[r#"{"id":1,"is":"C"}"#, r#"{"id":1,"is":"A","x":2,"k":[null]}"#]);
    kept::<Texts<Kind>>(&[r#"{"type":"User","name":"a","k":"v"}"#, r#"{"type":"Tick","k":"v"}"#]);
    kept::<Numbers<Sides>>(&[r#"{"left":1,"right":2,"k":5}"#]);
    kept::<Numbers<External>>(&[r#"{"Number":1,"k":5}"#, r#"{"Text":"a"}"#]);
    kept::<Numbers<Adjacent>>(&[r#"{"t":"A","c":1,"k":5}"#, r#"{"t":"B","c":true}"#]);
    kept::<Strict<External>>(&[r#"{"id":1,"Number":2}"#]);
    kept::<Strict<Adjacent>>(&[r#"{"id":1,"t":"B","c":true}"#]);
    kept::<Strict<Sides>>(&[r#"{"id":1,"left":1,"right":2}"#]);
}

#[test]
fn contents_beside_a_tag_that_are_no_objects() {
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "t")]
    enum Tagged<T> {
        A { x: u8 },
        B(T),
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "t", content = "c")]
    enum Apart<T> {
        A { x: u8 },
        B(T),
    }
    #[derive(Deserialize, JsonSchema)]
    enum Colour {
        Red,
        Green,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Pair(u8, u8);
    let text = r#"{"t":"B"}"#;
    refused::<Tagged<Vec<u8>>>("/oneOf/1/items", &[text]);
    refused::<Tagged<(u8, u8)>>("/oneOf/1/prefixItems", &[text]);
    refused::<Tagged<u8>>("/oneOf/1/format", &[text]);
    refused::<Tagged<Option<f64>>>("/oneOf/1/format", &[text]);
    refused::<Tagged<char>>("/oneOf/1/minLength", &[text]);
    refused::<Tagged<std::net::IpAddr>>("/oneOf/1/format", &[text]);
    refused::<Tagged<Colour>>("/oneOf/1/$ref", &[text]);
    refused::<Tagged<Pair>>("/oneOf/1/$ref", &[text]);
    kept::<Tagged<Sides>>(&[r#"{"t":"A","x":1}"#, r#"{"t":"B","left":1,"right":2}"#]);
    kept::<Tagged<Kind>>(&[r#"{"t":"B","type":"Tick"}"#]);
    kept::<Tagged<BTreeMap<String, u8>>>(&[r#"{"t":"B","k":5}"#]);
    kept::<Apart<Vec<u8>>>(&[r#"{"t":"B","c":[1,2]}"#]);
    kept::<Apart<Colour>>(&[r#"{"t":"B","c":"Red"}"#]);
}

#[test]
fn wide_integers_that_are_kept_before_their_type_is_known() {
    #[derive(Deserialize, JsonSchema)]
    struct Wide {
        n: i128,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(untagged)]
    enum Untagged<T> {
        One(T),
        Text(String),
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "t")]
    enum Internal {
        A { n: u128 },
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "t")]
    enum InternalContent<T> {
        A(T),
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent<T> {
        A(T),
        B(String),
    }
    #[derive(Deserialize, JsonSchema)]
    enum External<T> {
        A(T),
        B,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Flat<T> {
        id: u8,
        #[serde(flatten)]
        what: T,
    }
    refused::<Untagged<u128>>("/anyOf/0/format", &["5"]);
    refused::<Untagged<Wide>>("/$defs/Wide/properties/n/format", &[r#"{"n":5}"#]);
    refused::<Vec<Untagged<External<i128>>>>("/$defs/External/oneOf/1/properties/A/format", &[r#"[{"A":5}]"#]);
    refused::<Internal>("/oneOf/0/properties/n/format", &[r#"{"t":"A","n":5}"#]);
    refused::<InternalContent<Wide>>("/$defs/Wide/properties/n/format", &[r#"{"t":"A","n":5}"#]);
    refused::<Flat<External<u128>>>("/oneOf/0/properties/A/format", &[r#"{"id":1,"A":5}"#]);
    refused::<Flat<BTreeMap<String, u128>>>("/additionalProperties/format", &[r#"{"id":1,"k":5}"#]);
    kept::<Option<u128>>(&["5", "null"]);
    kept::<Vec<Option<Wide>>>(&[r#"[{"n":-5},null]"#]);
    kept::<BTreeMap<String, u128>>(&[r#"{"k":340282366920938463463374607431768211455}"#]);
    kept::<Adjacent<u128>>(&[r#"{"t":"A","c":5}"#, r#"{"t":"B","c":"b"}"#]);
    kept::<External<Wide>>(&[r#"{"A":{"n":5}}"#, "\"B\""]);
}
