//! What cannot be kept is refused by name and place.
use catena::{ErrorKind, Grammar};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[track_caller]
fn refused(schema: &Value, path: &str, word: &str) {
    let error = match Grammar::from_schema(schema) {
        Ok(grammar) => panic!("{schema} became\n{grammar}"),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Schema, "{error}");
    assert_eq!(error.path(), Some(path), "{error}");
    assert!(error.message().contains(word), "`{word}` is not in: {error}");
}

#[test]
fn keywords_that_cannot_be_kept() {
    let property = |schema: Value| json!({"type": "object", "properties": {"a/b": schema}});
    for (keyword, value) in [
        ("pattern", json!("^(a)\\1$")),
        ("pattern", json!("(a")),
        ("multipleOf", json!(0)),
        ("multipleOf", json!(0.123_456_789)),
        ("$dynamicRef", json!("#a")),
        ("nullable", json!(true)),
        ("discriminator", json!({})),
        ("minimun", json!(1)),
    ] {
        refused(&property(json!({ keyword: value })), &format!("/properties/a~1b/{keyword}"), &format!("`{keyword}`"));
    }
}

#[test]
fn what_serde_can_never_read() {
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Inner {
        id: u8,
    }
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Twice {
        id: u8,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Numbered {
        id: u8,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<u32, u8>,
    }
    let error = Grammar::from_type::<Twice>().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some("/required")), "{error}");
    let error = Grammar::from_type::<Numbered>().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some("/patternProperties")), "{error}");
    refused(&json!({"type": "string", "format": "zoned-date-time"}), "/format", "zoned-date-time");
}

#[test]
fn malformed_keywords() {
    for (keyword, value) in [
        ("type", json!("int")),
        ("type", json!(["string", 1])),
        ("enum", json!("a")),
        ("minLength", json!(-1)),
        ("maxLength", json!(1.5)),
        ("minimum", json!("1")),
        ("minimum", json!(1e300)),
        ("required", json!(["a", 1])),
        ("properties", json!([])),
        ("oneOf", json!({})),
        ("format", json!(1)),
        ("uniqueItems", json!("yes")),
        ("$ref", json!(1)),
        ("$ref", json!("#/$defs/missing")),
        ("$ref", json!("other.json#/a")),
        ("$ref", json!("#anchor")),
    ] {
        refused(&json!({ keyword: value }), &format!("/{keyword}"), &format!("`{keyword}`"));
    }
    refused(&json!({"items": 3}), "/items", "object");
    refused(&json!(null), "#", "object");
}

#[test]
fn limits_of_what_is_kept() {
    refused(&json!({"type": "array", "uniqueItems": true}), "/uniqueItems", "`uniqueItems`");
    refused(&json!({"type": "string", "format": "regex"}), "/format", "`regex`");
    refused(&json!({"type": "array", "not": {"uniqueItems": true}}), "/not/uniqueItems", "`uniqueItems`");
    refused(
        &json!({"not": {"properties": {"a": true}, "unevaluatedProperties": false}}),
        "/not/unevaluatedProperties",
        "`unevaluatedProperties`",
    );
    let kinds: Vec<Value> =
        ["^a", "b$", "c", "d", "e"].map(|p| json!({"patternProperties": {p: {"type": "null"}}})).into();
    let none: Vec<Value> = kinds.into_iter().map(|kind| json!({ "not": kind })).collect();
    refused(&json!({"type": "object", "allOf": none}), "#", "conditions");
    refused(&json!({"type": "string", "maxLength": 5_000_000}), "#", "`maxLength`");
    refused(
        &json!({"type": "object", "properties": {"a": {"type": "array", "minItems": 5_000_000}}}),
        "/properties/a",
        "`minItems`",
    );
}

#[test]
fn branches_that_cannot_be_told_apart() {
    let set = |item: &str| json!({"type": "array", "uniqueItems": true, "items": {"type": item}});
    refused(&json!({"oneOf": [set("string"), set("integer")]}), "/oneOf", "`oneOf`");
}

#[test]
fn schemas_without_a_value() {
    let text = "no value";
    refused(&json!(false), "#", text);
    refused(&json!({"type": "integer", "minimum": 5, "maximum": 4}), "#", text);
    refused(&json!({"type": "object", "properties": {"a": {"enum": []}}, "required": ["a"]}), "/properties/a", text);
    refused(&json!({"type": "string", "minLength": 3, "maxLength": 2}), "#", text);
    refused(&json!({"allOf": [{"type": "string"}, {"type": "null"}]}), "#", text);
    refused(
        &json!({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}),
        "/properties/a",
        "itself",
    );
    refused(&json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}), "#", "itself");
    refused(&json!({"$ref": "#"}), "/$ref", "itself");
    refused(&json!({"const": {"x": 1}, "properties": {"x": {"$ref": "#"}}}), "#", "no value");
}

#[test]
fn sizes_are_bounded() {
    let sides =
        |n: usize| json!({"anyOf": (0..n).map(|at| json!({"required": [format!("p{n}-{at}")]})).collect::<Vec<_>>()});
    refused(&json!({"type": "object", "allOf": [sides(100), sides(101)]}), "#", "more than");
    let mut deep = json!({"type": "null"});
    for _ in 0..200 {
        deep = json!({"anyOf": [deep]});
    }
    let error = Grammar::from_schema(&deep).unwrap_err();
    assert!(error.message().contains("deep"), "{error}");
    let wide: Map<String, Value> = (0..21_000).map(|n| (format!("p{n}"), json!(true))).collect();
    refused(&json!({"type": "object", "properties": wide}), "/properties", "more than");
    let long: Vec<usize> = (0..21_000).collect();
    refused(&json!({ "enum": long }), "/enum", "more than");
    let choice = |n: usize| json!({"type": "object", "anyOf": [{"properties": {format!("a{n}"): true}}, {"properties": {format!("b{n}"): true}}]});
    refused(&json!({"allOf": (0..12).map(choice).collect::<Vec<_>>()}), "#", "more than");
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code)]
struct Endless {
    value: u8,
    next: Box<Endless>,
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code)]
struct Patterned {
    #[schemars(regex(pattern = r"^([a-z])\1$"))]
    name: String,
}

#[derive(Deserialize, JsonSchema)]
enum Nothing {}

#[test]
fn types_that_no_grammar_keeps() {
    let error = Grammar::from_type::<Endless>().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some("/properties/next")));
    let error = Grammar::from_type::<Patterned>().unwrap_err();
    assert_eq!(error.path(), Some("/properties/name/pattern"));
    assert_eq!(Grammar::from_type::<Nothing>().unwrap_err().kind(), ErrorKind::Schema);
}
