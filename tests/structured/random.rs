//! Random schemas: each is refused, or every sentence of its grammar is valid.
use catena::{ErrorKind, Grammar, gbnf::Generator};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::validator::is_valid;

/// A literal.
fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-3..4_i64).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
        Just(json!([1, "a"])),
        Just(json!({"a": 1})),
        Just(json!(1.5)),
    ]
}

fn object(members: Vec<(&str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Keywords about values themselves.
fn plain() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    prop_oneof![
        2 => Just(json!(true)),
        1 => Just(json!({"$ref": "#/$defs/a"})),
        1 => Just(json!({"$ref": "#/$defs/b"})),
        1 => Just(json!({"$ref": "#"})),
        4 => name.clone().prop_map(|name| json!({ "type": name })),
        2 => prop::collection::vec(name, 1..3).prop_map(|names| json!({ "type": names })),
        2 => literal().prop_map(|value| json!({ "const": value })),
        2 => prop::collection::vec(literal(), 1..4).prop_map(|values| json!({ "enum": values })),
        1 => literal().prop_map(|value| json!({"not": {"const": value}, "type": ["integer", "boolean", "null"]})),
        2 => (-20..20_i32, 0..30_i32).prop_map(|(min, more)| json!({"type": "integer", "minimum": min, "maximum": min + more})),
        2 => (-20..20_i32, 0..30_i32).prop_map(|(min, more)| {
            json!({"type": "number", "exclusiveMinimum": f64::from(min) / 4.0, "maximum": f64::from(min + more) / 8.0})
        }),
        1 => (0..3_u8, 0..3_u8).prop_map(|(min, more)| json!({"type": "string", "minLength": min, "maxLength": min + more})),
    ]
}

/// Keywords about properties, items and alternatives.
fn schema() -> impl Strategy<Value = Value> {
    plain().prop_recursive(4, 24, 4, |inner| {
        let name = || prop::sample::select(vec!["a", "b", "ab", "c", "é\""]);
        let properties = prop::collection::vec((name(), inner.clone()), 0..4);
        let list = || prop::collection::vec(inner.clone(), 1..4);
        let required = prop::collection::vec(name(), 0..2);
        let additional = prop::option::of(prop_oneof![Just(json!(false)), inner.clone()]);
        let objects =
            (properties, required, additional, any::<bool>()).prop_map(|(properties, required, additional, typed)| {
                let properties: Map<String, Value> =
                    properties.into_iter().map(|(name, sub)| (name.to_owned(), sub)).collect();
                let mut members = vec![("properties", Value::Object(properties)), ("required", json!(required))];
                members.extend(additional.map(|additional| ("additionalProperties", additional)));
                if typed {
                    members.push(("type", json!("object")));
                }
                object(members)
            });
        let arrays = (prop::option::of(list()), prop::option::of(inner.clone()), 0..3_u8, 0..3_u8).prop_map(
            |(prefix, items, min, more)| {
                let mut members =
                    vec![("type", json!("array")), ("minItems", json!(min)), ("maxItems", json!(min + more))];
                members.extend(prefix.map(|prefix| ("prefixItems", json!(prefix))));
                members.extend(items.map(|items| ("items", items)));
                object(members)
            },
        );
        let both = (inner.clone(), list(), prop::sample::select(vec!["anyOf", "oneOf", "allOf"])).prop_map(
            |(own, list, keyword)| match own {
                Value::Object(mut own) => {
                    own.insert(keyword.to_owned(), json!(list));
                    Value::Object(own)
                }
                _ => json!({ keyword: list }),
            },
        );
        prop_oneof![3 => objects, 1 => arrays, 3 => both]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sentences_are_valid(root in schema(), a in schema(), b in schema()) {
        let mut root = match root {
            Value::Object(root) => root,
            other => Map::from_iter([("allOf".to_owned(), json!([other]))]),
        };
        root.insert("$defs".to_owned(), json!({"a": a, "b": b}));
        let root = Value::Object(root);
        match Grammar::from_schema(&root) {
            Ok(grammar) => {
                let generator = Generator::new(&grammar).unwrap();
                for seed in 0..12 {
                    let sentence = generator.generate(seed, 100);
                    let value: Value = serde_json::from_str(&sentence).unwrap();
                    prop_assert!(is_valid(&root, &root, &value), "{sentence} does not satisfy {root}\n{grammar}");
                }
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Schema);
                prop_assert!(error.path().is_some(), "{} has no path", error);
            }
        }
    }
}
