//! The ways in which a schema is read and its values are written.
use catena::{
    ErrorKind, Grammar,
    structured::{Formats, Options, Standing, Unknown, Whitespace},
};
use serde_json::{Value, json};

fn grammar(options: &Options, schema: &Value) -> Grammar {
    options.compile(schema).unwrap_or_else(|error| panic!("{schema}: {error}")).into_grammar()
}

#[track_caller]
fn check(options: &Options, schema: &Value, accepted: &[&str], rejected: &[&str]) {
    let grammar = grammar(options, schema);
    for (texts, valid) in [(accepted, true), (rejected, false)] {
        for text in texts {
            assert_eq!(grammar.matches(text).unwrap(), valid, "{text} by {schema}\n{grammar}");
        }
    }
}

fn person() -> Value {
    json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "integer"}}},
        "required": ["name"],
    })
}

#[test]
fn objects_are_open_in_the_standard_and_closed_in_types() {
    let more = r#"{"name":"a","more":[{}]}"#;
    check(&Options::spec(), &person(), &[more, r#"{"name":"a","tags":[1.0]}"#], &[r#"{"more":1}"#, "1"]);
    check(&Options::typed(), &person(), &[r#"{"name":"a","tags":[1]}"#], &[more, r#"{"name":"a","tags":[1.0]}"#]);
    let draft_4 = json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"});
    check(&Options::spec(), &draft_4, &["1"], &["1.0"]);
    check(&Options::spec(), &json!({"minLength": 2}), &["1", "[]", r#""ab""#], &[r#""a""#]);
}

#[test]
fn white_space_is_as_chosen() {
    let spaced = r#"{"name": "a", "tags": [1, 2]}"#;
    let compact = r#"{"name":"a","tags":[1,2]}"#;
    let pretty = "{\n  \"name\": \"a\",\n  \"tags\": [\n    1,\n    2\n  ]\n}";
    for options in [Options::typed(), Options::spec()] {
        check(&options.clone().whitespace(Whitespace::Compact), &person(), &[compact], &[spaced, pretty]);
        check(&options.clone().whitespace(Whitespace::Spaced), &person(), &[spaced], &[compact, pretty]);
        let all = options.whitespace(Whitespace::Pretty(8));
        check(&all, &person(), &[compact, spaced, pretty, "{\"name\":\"a\",\"tags\":[]}"], &["{\t\"name\":\"a\"}"]);
        check(&all, &json!({"type": "object"}), &["{}"], &["{  }"]);
        check(
            &all,
            &json!({"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": false}),
            &["{}", "{\n  \"a\": 1\n}"],
            &[],
        );
    }
}

#[test]
fn bounds_hold_where_the_schema_sets_none() {
    let options = Options::typed().max_length(3).max_items(2);
    check(
        &options,
        &person(),
        &[r#"{"name":"abc","tags":[1,2]}"#],
        &[r#"{"name":"abcd"}"#, r#"{"name":"a","tags":[1,2,3]}"#],
    );
    check(&options, &json!({"type": "string", "maxLength": 5}), &[r#""abcde""#], &[r#""abcdef""#]);
    check(&options, &json!(true), &[r#"["abc",[1]]"#], &["[1,2,3]", r#""abcd""#]);
}

#[test]
fn patterns_without_an_end_are_bounded() {
    let options = Options::typed().max_length(3);
    let pattern = |pattern: &str| json!({"type": "string", "pattern": pattern});
    check(&options, &pattern("^[a-z]+$"), &[r#""a""#, r#""abc""#], &[r#""""#, r#""abcd""#]);
    check(&options, &pattern("^[a-z]{5,}$"), &[r#""abcde""#], &[r#""abcdef""#]);
    check(&options, &pattern("^[a-z]{4,6}$"), &[r#""abcd""#, r#""abcdef""#], &[r#""abc""#]);
    check(
        &options,
        &json!({"type": "string", "not": {"const": "ab"}}),
        &[r#""a""#, r#""abc""#],
        &[r#""ab""#, r#""abcd""#],
    );
    check(
        &options,
        &json!({"type": "string", "pattern": "^(?:ab)+$", "minLength": 5}),
        &[r#""ababab""#],
        &[r#""abab""#, r#""abababab""#],
    );
    check(&options, &json!({"type": "string", "format": "uri"}), &[r#""https://example.org/""#], &[]);
    let long = options.max_length(10_000).compile(&pattern("^(?:ab)+$")).unwrap().into_grammar();
    assert!(long.matches(format!("\"{}\"", "ab".repeat(100)).as_str()).unwrap());
}

#[test]
fn undeclared_properties_are_bounded_apart_from_declared_ones() {
    let options = Options::spec().max_items(1);
    check(
        &options,
        &json!({"type": "object", "properties": {"a": true, "b": true}}),
        &["{}", r#"{"a":1,"b":1}"#, r#"{"x":1}"#, r#"{"a":1,"b":1,"x":1}"#],
        &[r#"{"x":1,"y":1}"#, r#"{"a":1,"x":1,"y":1}"#],
    );
    check(
        &options,
        &json!({"type": "object", "minProperties": 2}),
        &[r#"{"x":1,"y":1}"#],
        &["{}", r#"{"x":1}"#, r#"{"x":1,"y":1,"z":1}"#],
    );
    check(&options, &json!({"type": "object", "maxProperties": 2}), &[r#"{"x":1,"y":1}"#], &[]);
}

#[test]
fn depth_is_bounded() {
    let list = json!({"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false});
    let options = Options::typed().max_depth(2);
    check(&options, &list, &["{}", r#"{"next":{}}"#], &[r#"{"next":{"next":{}}}"#]);
    check(&options, &json!(true), &["[[]]", "1", "[1]"], &["[[[]]]", "[[1,[]]]"]);
    let error = options.compile(
        &json!({"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1, "items": {"type": "array"}}}),
    );
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Schema);
}

#[test]
fn few_properties_may_stand_in_any_order() {
    let options = Options::spec().any_order(true);
    let schema = json!({
        "type": "object",
        "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}},
        "required": ["a"],
        "additionalProperties": {"type": "null"},
    });
    let accepted = [r#"{"a":1}"#, r#"{"b":2,"a":1}"#, r#"{"c":3,"b":2,"a":1}"#, r#"{"a":1,"c":3,"b":2,"x":null}"#];
    check(&options, &schema, &accepted, &[r#"{"b":2}"#, r#"{"a":1,"a":1}"#, r#"{"a":1,"x":1}"#]);
}

#[test]
fn what_is_required_has_room_in_any_order() {
    for options in [Options::typed(), Options::spec()].map(|options| options.any_order(true)) {
        let schema = |most: u8| {
            json!({
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                "required": ["a"],
                "maxProperties": most,
            })
        };
        let (both, turned) = (r#"{"a":1,"b":1}"#, r#"{"b":1,"a":1}"#);
        check(&options, &schema(1), &[r#"{"a":1}"#], &["{}", r#"{"b":1}"#, both, turned]);
        check(&options, &schema(2), &[r#"{"a":1}"#, both, turned], &["{}", r#"{"b":1}"#, r#"{"b":1,"x":1}"#]);
    }
}

#[test]
fn formats_bind_as_chosen() {
    let schema = |draft: Option<&str>| {
        let mut schema = json!({"type": "string", "format": "date"});
        if let Some(draft) = draft {
            schema["$schema"] = json!(draft);
        }
        schema
    };
    let (valid, invalid) = (r#""2024-02-29""#, r#""2023-02-29""#);
    let new = schema(Some("https://json-schema.org/draft/2020-12/schema"));
    check(&Options::spec(), &schema(None), &[valid], &[invalid]);
    check(&Options::spec(), &new, &[valid, invalid], &[]);
    check(&Options::spec().formats(Formats::Assert), &new, &[valid], &[invalid]);
    check(&Options::spec().formats(Formats::Annotate), &schema(None), &[valid, invalid], &[]);
    check(&Options::typed(), &new, &[valid], &[invalid]);
}

#[test]
fn the_report_has_a_line_for_each_keyword() {
    let schema = json!({
        "$defs": {"Price": {"type": "number", "minimum": 0.01}},
        "properties": {
            "price": {"$ref": "#/$defs/Price"},
            "count": {"type": "integer", "minimum": 0, "maximum": 9},
            "day": {"type": "string", "format": "date"},
            "site": {"type": "string", "format": "uri", "description": "where"},
            "never": {"type": "integer", "minimum": 5, "maximum": 2},
            "either": {"anyOf": [{"const": 1}, {"allOf": [{"const": 1}, {"const": 2}]}]},
        },
        "required": ["price"],
    });
    let compiled = Options::spec().compile(&schema).unwrap();
    assert_eq!(
        compiled.report().to_string(),
        "\
subset        /$defs/Price/minimum
subset        /$defs/Price/type
exact         /properties
exact         /properties/count/maximum
exact         /properties/count/minimum
exact         /properties/count/type
exact         /properties/day/format
exact         /properties/day/type
exact         /properties/either/anyOf
exact         /properties/either/anyOf/0/const
impossible    /properties/either/anyOf/1
exact         /properties/either/anyOf/1/allOf
exact         /properties/either/anyOf/1/allOf/0/const
exact         /properties/either/anyOf/1/allOf/1/const
impossible    /properties/never
exact         /properties/never/maximum
exact         /properties/never/minimum
exact         /properties/never/type
ignored       /properties/site/description
subset        /properties/site/format
exact         /properties/site/type
exact         /required
"
    );
}

#[test]
fn the_report_names_what_is_not_kept() {
    let schema = json!({"type": "array", "uniqueItems": true, "title": "A", "minimun": 3});
    let error = Options::spec().compile(&schema).unwrap_err();
    assert_eq!(error.path(), Some("/uniqueItems"));
    let compiled = Options::spec().check_unique(true).compile(&schema).unwrap();
    let found = |standing| compiled.report().with(standing).map(|entry| entry.pointer.clone()).collect::<Vec<_>>();
    assert_eq!(found(Standing::CheckedAfter), ["/uniqueItems"]);
    assert_eq!(found(Standing::Ignored), ["/minimun", "/title"]);
    assert_eq!(found(Standing::Exact), ["/type"]);
    let strict = Options::spec().unknown_keywords(Unknown::Refuse).check_unique(true).compile(&schema).unwrap_err();
    assert_eq!(strict.path(), Some("/minimun"));
}

#[test]
fn keywords_of_other_dialects_are_unknown() {
    for (keyword, value) in [
        ("nullable", json!(true)),
        ("discriminator", json!({"propertyName": "kind"})),
        ("divisibleBy", json!(2)),
        ("extends", json!({})),
        ("disallow", json!("null")),
    ] {
        let schema = json!({"type": "string", keyword: value});
        let strict = Options::spec().unknown_keywords(Unknown::Refuse).compile(&schema).unwrap_err();
        assert_eq!(strict.path(), Some(format!("/{keyword}").as_str()), "{strict}");
        assert!(Options::spec().compile(&schema).is_ok(), "{schema}");
    }
}
