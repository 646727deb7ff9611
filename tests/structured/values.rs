//! Which texts a schema's grammar has, against which values satisfy the schema.
use catena::{Grammar, gbnf::Matcher, structured::Options};
use serde_json::{Value, json};

fn matcher(schema: &Value) -> Matcher {
    let grammar = Grammar::from_schema(schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    Matcher::from_ast(grammar.ast(), grammar.root()).unwrap()
}

#[track_caller]
fn check(schema: &Value, accepted: &[&str], rejected: &[&str]) {
    let matcher = matcher(schema);
    for text in accepted {
        assert!(matcher.matches(text).unwrap(), "{schema} must accept {text}");
    }
    for text in rejected {
        assert!(!matcher.matches(text).unwrap(), "{schema} must reject {text}");
    }
}

#[test]
fn integers_in_every_small_range() {
    for (min, max) in [(0, 0), (-3, 3), (7, 130), (99, 101), (-1024, -10), (-100, 1000), (150, 1024), (1000, 1001)] {
        let matcher = matcher(&json!({"type": "integer", "minimum": min, "maximum": max}));
        for n in -1200..1200 {
            assert_eq!(matcher.matches(n.to_string()).unwrap(), (min..=max).contains(&n), "{n} in {min}..={max}");
        }
        for text in ["-0", "00", "01", "+1", "1.0", "1e0", ""] {
            assert!(!matcher.matches(text).unwrap(), "{text} in {min}..={max}");
        }
    }
}

#[test]
fn integers_from_one_bound() {
    for bound in [0_i64, 9, 10, 99, 100, 1024, 150_000, 2_000_000_000_000_000, i64::MAX] {
        let from = matcher(&json!({"type": "integer", "minimum": bound}));
        let to = matcher(&json!({"type": "integer", "exclusiveMaximum": bound}));
        for n in [bound - 1, bound, bound.saturating_add(1), bound / 10, bound.saturating_mul(10), -bound] {
            assert_eq!(from.matches(n.to_string()).unwrap(), n >= bound, "{n} >= {bound}");
            assert_eq!(to.matches(n.to_string()).unwrap(), n < bound, "{n} < {bound}");
        }
    }
}

#[test]
fn fractional_bounds_of_integers_and_exclusions() {
    check(&json!({"type": "integer", "minimum": 0.5, "maximum": 2.5, "not": {"const": 2}}), &["1"], &["0", "2", "3"]);
    check(&json!({"type": "integer", "not": {"enum": [0, 5.0]}}), &["1", "-5"], &["0", "5"]);
    check(
        &json!({"type": ["integer", "null"], "not": {"type": "null"}, "maximum": 1, "minimum": 1}),
        &["1"],
        &["null"],
    );
}

#[test]
fn decimals_in_every_small_range() {
    let ranges = [
        ("0.5", "1.25"),
        ("-1.5", "2.25"),
        ("0", "1"),
        ("-3", "-1.05"),
        ("1.25", "1.255"),
        ("9.99", "100.01"),
        ("-0.1", "0"),
        ("0.05", "0.3"),
        ("2", "2"),
    ];
    for (min, max) in ranges {
        for (low, high) in [("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum")] {
            let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let strict = low != "minimum";
            if strict && min == max {
                continue;
            }
            let matcher = matcher(&json!({"type": "number", low: number(min), high: number(max)}));
            let (from, to): (f64, f64) = (min.parse().unwrap(), max.parse().unwrap());
            for thousandths in -3500..110_000 {
                let text = format!(
                    "{}{}.{:03}",
                    if thousandths < 0 { "-" } else { "" },
                    i32::abs(thousandths) / 1000,
                    i32::abs(thousandths) % 1000
                );
                let n: f64 = text.parse().unwrap();
                let inside = if strict { n > from && n < to } else { n >= from && n <= to };
                assert_eq!(matcher.matches(&text).unwrap(), inside, "{text} in {low} {min}, {high} {max}");
                if thousandths % 1000 == 0 {
                    let whole = (thousandths / 1000).to_string();
                    assert_eq!(matcher.matches(&whole).unwrap(), inside, "{whole} in {low} {min}, {high} {max}");
                }
            }
            for text in ["", ".", "1.", ".5", "-", "00.5", "01", "1e0"] {
                assert!(!matcher.matches(text).unwrap(), "{text}");
            }
        }
    }
}

#[test]
fn numbers_are_finite() {
    let double = ["0", "-0.0", "1.7976931348623157e308", "5e-324", "123456789012345678", "1E+5", "1e16", "0.00001"];
    check(
        &json!({"type": "number"}),
        &double,
        &["1.7976931348623158e308", "1e309", "2e308", "01", "1e0005", ".5", "1.", "1e", "--1", "NaN"],
    );
    let single = json!({"type": "number", "format": "float"});
    check(&single, &["3.4028235e38", "-3.4028235e38", "1e38", "1e-45"], &["3.4028236e38", "4e38", "1e39"]);
    check(&json!({"type": "number", "minimum": 0}), &["0", "1e300"], &["-1", "-0"]);
}

#[test]
fn strings_are_valid_and_counted_in_characters() {
    let any = json!({"type": "string"});
    let pair = r#""\ud83d\ude00""#;
    check(
        &any,
        &[
            r#""""#,
            r#""\u0000""#,
            r#""\/\b\f\n\r\t\"\\""#,
            pair,
            r#""\uFFFF""#,
            "\"\u{7f}é\u{1F600}\"",
            r#""\uD7FF\uE000""#,
        ],
        &[
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\x41""#,
            "\"\n\"",
            "\"\u{1f}\"",
            r#"""""#,
            r#""\""#,
            "abc",
            r#""\u12""#,
        ],
    );
    let two = json!({"type": "string", "minLength": 2, "maxLength": 2});
    check(
        &two,
        &[r#""ab""#, r#""a\n""#, r#""\ud83d\ude00a""#, "\"é\u{1F600}\""],
        &[r#""a""#, r#""abc""#, pair, "\"\""],
    );
}

#[test]
fn long_lengths_are_exact() {
    for (min, max) in [(0, 300), (300, 300), (290, 2000), (0, 100_000)] {
        let matcher = matcher(&json!({"type": "string", "minLength": min, "maxLength": max}));
        for length in [0, 1, 255, 256, 257, 289, 290, 299, 300, 301, 1999, 2000, 2001, 99_999, 100_000, 100_001] {
            let text = format!("\"{}\"", "x".repeat(length));
            assert_eq!(matcher.matches(&text).unwrap(), (min..=max).contains(&length), "{length} in {min}..={max}");
        }
    }
    let list = matcher(&json!({"type": "array", "items": {"const": 1}, "minItems": 3, "maxItems": 700}));
    for length in [0, 2, 3, 4, 256, 257, 699, 700, 701] {
        let text = format!("[{}]", vec!["1"; length].join(","));
        assert_eq!(list.matches(&text).unwrap(), (3..=700).contains(&length), "{length}");
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
fn multiples_of_every_spelling() {
    let schema = |keywords: Value| Options::spec().compile(&keywords).unwrap().into_grammar();
    for (multiple, texts) in [("51", ["0", "0.0", "-0.0", "51", "102.00"]), ("0.5", ["0", "1", "-1.5", "1.50", "2.0"])]
    {
        let number: Value = serde_json::from_str(multiple).unwrap();
        let (is, not) = (schema(json!({"multipleOf": number})), schema(json!({"not": {"multipleOf": number}})));
        for text in texts {
            assert!(is.matches(text).unwrap() && !not.matches(text).unwrap(), "{text} is a multiple of {multiple}");
        }
        for text in ["0.25", "50.3", "-7.125"] {
            assert!(!is.matches(text).unwrap() && not.matches(text).unwrap(), "{text} is no multiple of {multiple}");
        }
    }
}

#[test]
fn integers_that_must_differ_are_written_as_integers() {
    let schema = json!({"type": "array", "uniqueItems": true, "items": {"enum": [0, 1, 2]}});
    check(&schema, &["[]", "[1,0]", "[2,0,1]"], &["[1.0,0]", "[1,1]", "[0,1,2,0]"]);
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
fn numbers_beside_one_bound_are_held_by_their_type() {
    for (keyword, value, rejected) in [
        ("minimum", json!(1), "1e300"),
        ("maximum", json!(10), "-1e300"),
        ("exclusiveMinimum", json!(0), "1e300"),
        ("exclusiveMinimum", json!(0), "1e-300"),
    ] {
        check(
            &json!({"type": "number", "format": "float", keyword: value}),
            &["5.5", "1.5e20"][..usize::from(keyword != "maximum") + 1],
            &[rejected],
        );
        check(&json!({"type": "number", "format": "double", keyword: value}), &[rejected], &[]);
    }
    let many = format!("5{}", "0".repeat(400));
    check(&json!({"type": "number", "multipleOf": 5}), &["0", "-15", "500000"], &["7", &many]);
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
fn formats_of_strings() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "date",
            &["2024-02-29", "2000-02-29", "0400-02-29", "1999-12-31", "2023-04-30"],
            &["2023-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "23-01-01"],
        ),
        ("time", &["00:00:00Z", "23:59:59.999999999+05:30"], &["24:00:00Z", "23:60:00Z", "23:59:59", "23:59:59.Z"]),
        ("partial-time", &["12:34:56", "12:34:56.5"], &["12:34", "12:34:56Z"]),
        (
            "date-time",
            &["2024-02-29T12:00:00Z", "2023-01-01T00:00:00.123-00:30"],
            &["2023-02-29T12:00:00Z", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00"],
        ),
        ("partial-date-time", &["2024-02-29T12:00:00"], &["2024-02-29T12:00:00Z"]),
        (
            "uuid",
            &["123e4567-e89b-12d3-a456-426614174000"],
            &["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
        ),
        ("ipv4", &["0.0.0.0", "255.255.255.255"], &["256.0.0.0", "1.2.3", "01.2.3.4"]),
        (
            "ipv6",
            &["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "fe80::1:2"],
            &["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", ":1", "1:2:3:4:5:6:7:8::"],
        ),
        ("ip", &["1.2.3.4", "::1"], &["1.2.3"]),
        ("hostname", &["localhost", "a-b.example"], &["-a", "a-", "a..b", ""]),
        ("email", &["a.b+c@example.org"], &["a@b", "@example.org", "a..b@example.org", "a b@example.org"]),
        (
            "uri",
            &["https://example.org", "http://a.example.org:8080/x/y%20z?q=1#f"],
            &["example.org", "https://", "https://example.org/ x"],
        ),
        ("colour", &["anything"], &[]),
    ];
    for (format, accepted, rejected) in cases {
        let matcher = matcher(&json!({"type": "string", "format": format}));
        for (texts, expected) in [(accepted, true), (rejected, false)] {
            for text in *texts {
                assert_eq!(matcher.matches(format!("\"{text}\"")).unwrap(), expected, "{format}: {text}");
            }
        }
    }
}

#[test]
fn the_default_target_of_no_keyword_is_any_value() {
    for schema in [json!(true), json!({}), json!({"title": "x", "x-order": 1})] {
        check(&schema, &["null", "[1,{\"a\":{}}]", "\"x\"", "-1.5e3"], &["", "nul", "[1,]", "{1:2}", "[1, 2]"]);
    }
}
