//! Which texts a schema's grammar has, against which values satisfy the schema.
use catena::{Grammar, gbnf::Matcher};
use serde_json::{Value, json};

pub(crate) fn matcher(schema: &Value) -> Matcher {
    let grammar = Grammar::from_schema(schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    Matcher::from_ast(grammar.ast(), grammar.root()).unwrap()
}

#[track_caller]
pub(crate) fn check(schema: &Value, accepted: &[&str], rejected: &[&str]) {
    let matcher = matcher(schema);
    for text in accepted {
        assert!(matcher.matches(text).unwrap(), "{schema} must accept {text}");
    }
    for text in rejected {
        assert!(!matcher.matches(text).unwrap(), "{schema} must reject {text}");
    }
}

#[test]
fn arrays_and_tuples() {
    let tuple = json!({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}, {"const": 3}], "minItems": 1});
    check(&tuple, &["[1]", "[1,2]", "[1,2,3]"], &["[]", "[1,3]", "[1,2,3,4]", "[1,]"]);
    let rest = json!({"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}, "maxItems": 3});
    check(&rest, &["[]", "[1]", "[1,2]", "[1,2,2]"], &["[2]", "[1,2,2,2]", "[1,1]"]);
    let open = json!({"type": "array", "prefixItems": [{"const": 1}], "minItems": 2, "maxItems": 2});
    check(&open, &["[1,null]", "[1,[{}]]"], &["[1]", "[1,2,3]"]);
    let closed = json!({"type": "array", "items": false});
    check(&closed, &["[]"], &["[1]"]);
    check(&json!({"type": "array", "maxItems": 1, "uniqueItems": true}), &["[]", "[1]"], &["[1,2]"]);
}

#[test]
fn long_tuples_end_anywhere_and_need_no_stack() {
    let check = || {
        for count in [31, 32, 33, 101, 5_000] {
            let matcher = matcher(&json!({"type": "array", "prefixItems": vec![json!({"type": "null"}); count]}));
            for (length, valid) in [(0, true), (1, true), (count - 1, true), (count, true), (count + 1, false)] {
                let text = format!("[{}]", vec!["null"; length].join(","));
                assert_eq!(matcher.matches(&text).unwrap(), valid, "{length} of {count}");
            }
        }
        assert!(Grammar::from_schema(&json!({"prefixItems": vec![json!(true); 20_000]})).is_ok());
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(check).unwrap().join().unwrap();
}

#[test]
fn objects_keep_their_order() {
    let schema = json!({"type": "object", "properties": {"b": {"const": 1}, "a": {"const": 2}, "c": {"const": 3}}, "required": ["a"]});
    check(
        &schema,
        &[r#"{"a":2}"#, r#"{"b":1,"a":2}"#, r#"{"a":2,"c":3}"#, r#"{"b":1,"a":2,"c":3}"#],
        &["{}", r#"{"b":1}"#, r#"{"a":2,"b":1}"#, r#"{"a":2,}"#, r#"{,"a":2}"#, r#"{"a":2,"d":4}"#, r#"{"a": 2}"#],
    );
}

#[test]
fn objects_of_any_optional_properties() {
    for count in 0..8_usize {
        for required in 0..(1_usize << count).min(64) {
            let names: Vec<String> = (0..count).map(|n| format!("p{n}")).collect();
            let properties: serde_json::Map<String, Value> =
                names.iter().map(|name| (name.clone(), json!({"const": 0}))).collect();
            let needed: Vec<&String> =
                names.iter().enumerate().filter(|(n, _)| required >> n & 1 == 1).map(|(_, name)| name).collect();
            let matcher = matcher(&json!({"type": "object", "properties": properties, "required": needed}));
            for present in 0..1_usize << count {
                let members: Vec<String> = names
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| present >> n & 1 == 1)
                    .map(|(_, name)| format!("\"{name}\":0"))
                    .collect();
                let text = format!("{{{}}}", members.join(","));
                assert_eq!(
                    matcher.matches(&text).unwrap(),
                    present & required == required,
                    "{text}, required {needed:?}"
                );
            }
        }
    }
}

#[test]
fn objects_of_very_many_properties() {
    let names: Vec<String> = (0..300).map(|n| format!("p{n}")).collect();
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!({"const": 0}))).collect();
    let matcher = matcher(&json!({"type": "object", "properties": properties, "required": ["p123", "p250"]}));
    for (present, valid) in [
        (vec![123, 250], true),
        (vec![0, 1, 7, 8, 9, 16, 100, 123, 124, 249, 250, 251, 299], true),
        (vec![122, 123, 240, 250, 299], true),
        (vec![123], false),
        (vec![0, 250], false),
        (vec![0, 299, 123, 250], false),
        ((0..300).collect(), true),
    ] {
        let members: Vec<String> = present.iter().map(|n| format!("\"p{n}\":0")).collect();
        let text = format!("{{{}}}", members.join(","));
        assert_eq!(matcher.matches(&text).unwrap(), valid, "{text}");
    }
}

#[test]
fn a_value_in_two_branches_is_written_for_neither() {
    let schema = json!({
        "type": "object",
        "$ref": "#/$defs/either",
        "allOf": [{"$ref": "#/$defs/either"}],
        "$defs": {"either": {"oneOf": [
            {"properties": {"a": {"const": 1}}, "required": ["a"], "type": "object"},
            {"properties": {"b": {"const": 1}}, "required": ["b"], "type": "object"},
        ]}},
    });
    check(&schema, &[r#"{"a":1}"#, r#"{"b":1}"#], &["{}", r#"{"a":1,"b":1}"#, r#"{"b":1,"a":1}"#]);
}

#[test]
fn undeclared_names_are_not_declared_ones() {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"const": 1}, "ab": {"const": 2}, "tab\t": {"const": 3}},
        "required": ["a"],
        "additionalProperties": {"const": null},
    });
    check(
        &schema,
        &[
            r#"{"a":1}"#,
            r#"{"a":1,"ab":2}"#,
            r#"{"a":1,"":null}"#,
            r#"{"a":1,"b":null,"abc":null,"tab":null}"#,
            r#"{"a":1,"tab\t":3,"tab\n":null,"\u0000":null,"tab\t\t":null}"#,
        ],
        &[
            r#"{"a":1,"a":null}"#,
            r#"{"a":1,"ab":null}"#,
            r#"{"a":1,"\u0061":null}"#,
            r#"{"a":1,"tab\t":null}"#,
            r#"{"a":1,"tab\u0009":null}"#,
            "{\"a\":1,\"\n\":null}",
            r#"{"a":1,"\x":null}"#,
        ],
    );
}

#[test]
fn every_undeclared_name_can_be_written_and_no_declared_one() {
    let declared = ["a\n", "a\"", "a\\x", "a\\", "a\u{1}", "ab", "b-^]", "", "c\\", "日本", "日"];
    for names in [&declared[..], &declared[..1], &declared[2..3], &declared[1..3], &declared[5..]] {
        let properties: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({"type": "boolean"}))).collect();
        let matcher = matcher(&json!({"properties": properties, "additionalProperties": {"type": "null"}}));
        let near = declared.iter().flat_map(|name| ["", "x", "\\", "\"", "\n"].map(|end| format!("{name}{end}")));
        for name in near {
            let text = json!({ &name: null }).to_string();
            assert_eq!(matcher.matches(&text).unwrap(), !names.contains(&name.as_str()), "{text} beside {names:?}");
        }
    }
}

#[test]
fn map_sizes() {
    let schema =
        json!({"type": "object", "additionalProperties": {"const": 1}, "minProperties": 1, "maxProperties": 2});
    check(&schema, &[r#"{"a":1}"#, r#"{"a":1,"b":1}"#], &["{}", r#"{"a":1,"b":1,"c":1}"#]);
    let keyed =
        json!({"type": "object", "patternProperties": {"^-?\\d+$": {"const": 1}}, "additionalProperties": false});
    check(&keyed, &["{}", r#"{"-12":1,"0":1}"#], &[r#"{"-0":1}"#, r#"{"01":1}"#, r#"{"a":1}"#, r#"{"":1}"#]);
}

#[test]
fn listed_values() {
    check(
        &json!({"enum": ["a", "ab", 1, 1.5, null, [1, {"x": []}], true]}),
        &[r#""a""#, r#""ab""#, "1", "1.5", "null", r#"[1,{"x":[]}]"#, "true"],
        &[r#""b""#, "2", "false"],
    );
    check(&json!({"type": "integer", "enum": [1.0, 2, "x", 2.5], "minimum": 1}), &["1", "2"], &["1.0", "\"x\"", "2.5"]);
    check(
        &json!({"enum": ["x", "yy", "zzz"], "minLength": 2, "not": {"const": "yy"}}),
        &[r#""zzz""#],
        &[r#""x""#, r#""yy""#],
    );
    check(
        &json!({"enum": [{"a": 1}, {"a": 2}, {"b": 1}], "properties": {"a": {"const": 1}}, "required": ["a"]}),
        &[r#"{"a":1}"#],
        &[r#"{"a":2}"#, r#"{"b":1}"#],
    );
    check(&json!({"const": 1, "enum": [1, 2]}), &["1"], &["2"]);
}

#[test]
fn conjunctions_are_merged() {
    let schema = json!({
        "type": "object",
        "properties": {"tag": {"const": "x"}},
        "required": ["tag"],
        "allOf": [{"$ref": "#/$defs/A"}, {"properties": {"n": {"maximum": 5}}}],
        "$defs": {"A": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}},
    });
    check(
        &schema,
        &[r#"{"tag":"x","n":3}"#, r#"{"tag":"x","n":5}"#],
        &[r#"{"tag":"x","n":6}"#, r#"{"tag":"x"}"#, r#"{"n":3}"#],
    );
    let closed = json!({
        "allOf": [
            {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}},
            {"properties": {"a": true}, "additionalProperties": false},
        ],
    });
    check(&closed, &["{}", r#"{"a":1}"#], &[r#"{"b":2}"#]);
}

#[test]
fn alternatives_keep_their_siblings() {
    let schema = json!({
        "type": "object",
        "properties": {"id": {"const": 0}},
        "required": ["id"],
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "x": {"const": 1}}, "required": ["kind", "x"]},
            {"properties": {"kind": {"const": "b"}}, "required": ["kind"]},
        ],
    });
    check(
        &schema,
        &[r#"{"id":0,"kind":"a","x":1}"#, r#"{"id":0,"kind":"b"}"#],
        &[r#"{"id":0}"#, r#"{"kind":"b"}"#, r#"{"id":0,"kind":"a"}"#, r#"{"id":0,"kind":"b","x":1}"#],
    );
    let nullable = json!({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "maximum": 2});
    check(&nullable, &["1", "2", "null"], &["0", "3"]);
}

#[test]
fn exclusive_alternatives_by_type_and_range() {
    check(
        &json!({"oneOf": [{"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 4, "maximum": 9}, {"type": "string"}]}),
        &["3", "4", "\"\""],
        &["10"],
    );
    check(
        &json!({"oneOf": [{"const": "a"}, {"const": "b"}, {"type": "array", "maxItems": 0}]}),
        &["\"a\"", "[]"],
        &["\"c\""],
    );
}

#[test]
fn properties_left_unevaluated() {
    let closed = json!({
        "type": "object",
        "anyOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 1}}, "required": ["b"]}],
        "unevaluatedProperties": false,
    });
    check(&closed, &["{}", r#"{"a":1}"#, r#"{"b":1}"#], &[r#"{"c":1}"#]);
    let open = json!({"type": "object", "allOf": [{"properties": {"a": {"const": 1}}}], "unevaluatedProperties": {"const": 2}});
    check(&open, &[r#"{"a":1,"b":2}"#], &[r#"{"a":2}"#, r#"{"b":1}"#]);
}

#[test]
fn what_only_compares_or_fails_evaluates_nothing() {
    check(&json!({"enum": [[1], []], "unevaluatedItems": false}), &["[]"], &["[1]"]);
    check(&json!({"enum": [{"a": 1}, {}], "unevaluatedProperties": {"type": "string"}}), &["{}"], &["{\"a\":1}"]);
    let schema = json!({
        "type": "array", "if": {"items": {"const": 1}}, "unevaluatedItems": {"type": "boolean"}, "maxItems": 2
    });
    check(&schema, &["[1,1]", "[true]", "[true,false]"], &["[1,2]", "[true,2]"]);
}

#[test]
fn one_of_many_tagged_branches() {
    let branch =
        |at: usize| json!({"type": "object", "properties": {"k": {"const": format!("v{at}")}}, "required": ["k"]});
    let schema = |count| json!({"oneOf": (0..count).map(branch).collect::<Vec<_>>()});
    check(&schema(400), &[r#"{"k":"v0"}"#, r#"{"k":"v399"}"#], &[r#"{"k":"v400"}"#, "{}"]);
    let error = Grammar::from_schema(&schema(20_000)).unwrap_err();
    assert!(error.to_string().contains("oneOf"), "{error}");
}

#[test]
fn references_of_every_spelling() {
    let schema = json!({
        "type": "array",
        "prefixItems": [{"$ref": "#/$defs/a~1b%20c"}, {"$ref": "#/prefixItems/0"}, {"$ref": "#/$defs/%C3%A9~0"}, {"anyOf": [{"$ref": "#"}, {"const": 0}]}],
        "minItems": 4,
        "$defs": {"a/b c": {"const": 1}, "é~": {"const": 2, "description": "two"}},
    });
    check(&schema, &["[1,1,2,0]", "[1,1,2,[1,1,2,0]]"], &["[1,1,1,0]"]);
}

#[test]
fn impossible_options_are_left_out() {
    let schema = json!({
        "type": "object",
        "properties": {"a": {"const": 1}, "never": false, "endless": {"$ref": "#/$defs/E"}},
        "$defs": {"E": {"type": "array", "items": {"$ref": "#/$defs/E"}, "minItems": 1}},
    });
    check(&schema, &["{}", r#"{"a":1}"#], &[r#"{"never":1}"#, r#"{"endless":[]}"#]);
}

#[test]
fn the_default_target_of_no_keyword_is_any_value() {
    for schema in [json!(true), json!({}), json!({"title": "x", "x-order": 1})] {
        check(&schema, &["null", "[1,{\"a\":{}}]", "\"x\"", "-1.5e3"], &["", "nul", "[1,]", "{1:2}", "[1, 2]"]);
    }
}
