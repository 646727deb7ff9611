//! The reader against `serde_json`, and the work it does.
use super::{JsonParser, JsonPatch, Partial, reader::Reader};
use crate::{
    ErrorKind,
    parse::{OutputParser, fence},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What the reader makes of a text in these parts: the value of its changes and whether it is complete, or a fault.
fn read<'t>(parts: impl IntoIterator<Item = &'t str>) -> Result<(Value, bool), usize> {
    let (mut reader, mut known) = (Reader::new(), Vec::new());
    for part in parts {
        reader.push(part, &mut known).map_err(|fault| fault.at)?;
    }
    let complete = reader.end(&mut known).map_err(|fault| fault.at)?;
    let mut value = Value::Null;
    for patch in &known {
        patch.apply(&mut value).unwrap();
    }
    Ok((value, complete))
}

fn one_shot(text: &str) -> Option<Value> {
    fence::inside(text).and_then(|(_, inner)| serde_json::from_str(inner).ok())
}

/// The text cut at these places.
fn cut<'t>(text: &'t str, at: &[usize]) -> Vec<&'t str> {
    let mut at: Vec<_> = at.iter().map(|at| at % (text.len() + 1)).filter(|at| text.is_char_boundary(*at)).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        "(\\PC|[\"\\\\/\n\t\u{0}\u{1f}😀])*".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec(("[a-c/~01+]{0,2}", inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Texts that are JSON, nearly.
fn nearly() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\\"),
        Just("\\u"),
        Just("d83d"),
        Just("\\ude00"),
        Just("\\n"),
        Just("a"),
        Just("\"a\""),
        Just("\"a\":"),
        Just("true"),
        Just("null"),
        Just("fals"),
        Just("0"),
        Just("-"),
        Just("1"),
        Just("e"),
        Just("."),
        Just("1e999"),
        Just(" "),
        Just("\n"),
        Just("```"),
        Just("```json\n"),
        Just("`"),
        Just("ü"),
        Just("\u{1}"),
    ];
    proptest::collection::vec(token, 0..14).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn changes_are_read_back_from_json(value in values()) {
        let (mut reader, mut known) = (Reader::new(), Vec::new());
        reader.push(&value.to_string(), &mut known).unwrap();
        let text = serde_json::to_string(&known).unwrap();
        let again: Vec<JsonPatch> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, &known);
        let mut built = Value::Null;
        for patch in &again {
            patch.apply(&mut built).unwrap();
        }
        reader.end(&mut known).unwrap();
        prop_assert!(built == value || value.is_number());
    }

    #[test]
    fn what_is_rendered_is_read_back(value in values(), pretty: bool, fenced: bool, at in proptest::collection::vec(any::<usize>(), 0..12)) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        let text = if fenced { format!("```json\n{text}\n```\n") } else { text };
        prop_assert_eq!(&JsonParser::<Value>::new().parse(&text).unwrap(), &value);
        prop_assert_eq!(read(cut(&text, &at)), Ok((value, true)));
    }

    #[test]
    fn the_reader_takes_what_serde_takes(text in nearly(), at in proptest::collection::vec(any::<usize>(), 0..8)) {
        let read = read(cut(&text, &at));
        match one_shot(&text) {
            Some(value) => prop_assert_eq!(read, Ok((value, true))),
            None => prop_assert!(!matches!(read, Ok((_, true))), "{read:?}"),
        }
    }

    #[test]
    fn every_beginning_of_a_value_is_truncated_and_no_fault(value in values(), at: usize) {
        let text = format!(" [{value}]");
        let at = (0..=at % text.len()).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let error = JsonParser::<Value>::new().parse(&text[..at]).unwrap_err();
        prop_assert_eq!((error.kind(), error.partial()), (ErrorKind::Truncated, Some(&text[..at])));
        let partial = Partial::<Value>::parse(&text[..at]).unwrap();
        prop_assert!(!partial.is_complete(""));
        prop_assert_eq!(partial.finish().unwrap_err().kind(), ErrorKind::Truncated);
    }

    #[test]
    fn a_partial_knows_what_is_complete(value in values(), at: usize) {
        let text = json!({"whole": value, "next": 1}).to_string();
        let end = text.rfind(",\"next\"").unwrap();
        let at = (0..=at % text.len()).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let partial = Partial::<Value>::parse(&text[..at]).unwrap();
        if at > end {
            prop_assert_eq!(partial.get::<Value>("/whole"), Some(value));
        } else if at < end {
            // A number that is cut is not known, so what is known is right.
            prop_assert!(partial.get::<Value>("/whole").is_none_or(|known| known == value));
        }
        prop_assert_eq!(Partial::<Value>::parse(&text).unwrap().finish().unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    }
}

#[test]
fn names_given_twice_end_as_serde_has_them() {
    let text = r#"{"a":{"x":1},"b":2,"a":{"y":[1,2]},"b":[]}"#;
    assert_eq!(read([text]), Ok((serde_json::from_str(text).unwrap(), true)));
}

#[test]
fn depth_is_bounded_as_serde_bounds_it() {
    for depth in [1, 2, 126, 127, 128, 129, 1_000_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let text = open.repeat(depth) + inner + &close.repeat(depth);
            assert_eq!(read([text.as_str()]).is_ok(), serde_json::from_str::<Value>(&text).is_ok(), "{open} {depth}");
        }
        assert_eq!(read(["[".repeat(depth).as_str()]).is_ok(), depth <= 127);
    }
}

#[test]
fn a_string_grows_by_what_was_written() {
    let (mut reader, mut known) = (Reader::new(), Vec::new());
    let mut lines = Vec::new();
    for part in ["[\"", "a", "b\\", "u00", "e9c", "\\ud83d\\ude", "00", "\",\"\"", "]"] {
        reader.push(part, &mut known).unwrap();
        lines.push(known.drain(..).map(|patch| patch.to_string()).collect::<Vec<_>>().join("; "));
    }
    assert_eq!(
        lines,
        [
            " = []",
            "/0 = \"a\"",
            "/0 + \"b\"",
            "",
            "/0 + \"éc\"",
            "",
            "/0 + \"😀\"",
            "/0 complete; /1 = \"\"; /1 complete",
            " complete",
        ]
    );
    assert_eq!(
        serde_json::to_value(JsonPatch::Append { path: super::JsonPath::ROOT.index(3), text: "x".into() }).unwrap(),
        json!({"op": "append", "path": "/3", "value": "x"})
    );
}

/// Looks per byte must not grow with the number of chunks before: each byte is looked at a bounded number of times.
#[test]
fn the_work_of_a_chunk_does_not_grow() {
    let chunk = r#"{"name":"Ada \"L\"","n":[1,2.5,true,{"deep":"é\u00e9"}]},"#;
    let mut reader = Reader::new();
    let mut known = Vec::new();
    reader.push("[", &mut known).unwrap();
    let mut costs = Vec::new();
    for _ in 0..20_000 {
        let (looks, changes) = (reader.looks, known.len());
        reader.push(chunk, &mut known).unwrap();
        costs.push((reader.looks - looks, known.len() - changes));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "{:?}", costs.iter().max());
    assert!(costs[0].0 <= 2 * chunk.len(), "{:?} looks at {} bytes", costs[0], chunk.len());

    // One string that never ends, a byte at a time.
    let mut reader = Reader::new();
    known.clear();
    reader.push("\"", &mut known).unwrap();
    for _ in 0..20_000 {
        let looks = reader.looks;
        reader.push("x", &mut known).unwrap();
        assert!(reader.looks - looks <= 2);
    }
    assert_eq!(known.len(), 20_000);
    assert!(known.iter().all(|patch| matches!(patch, JsonPatch::Add { value: Value::String(text), .. } | JsonPatch::Append { text, .. } if text == "x")));
}

#[test]
fn errors_tell_where_and_what() {
    let parser = JsonParser::<Vec<u8>>::new();
    for (text, kind, says, column) in [
        ("[1, 2", ErrorKind::Truncated, "ends before", 6),
        ("```json\n[1]", ErrorKind::Truncated, "ends before", 4),
        ("", ErrorKind::Truncated, "ends before", 1),
        ("[1,]", ErrorKind::Parse, "expected a JSON value, not `]`", 4),
        ("[1 2]", ErrorKind::Parse, "expected `,` or `]`, not `2`", 4),
        ("Sure: [1]", ErrorKind::Parse, "expected a JSON value, not `S`", 1),
        ("[1] ok", ErrorKind::Parse, "something follows", 5),
        ("[1, 300]", ErrorKind::Parse, "but not a `alloc::vec::Vec<u8>`: invalid value: integer `300`", 7),
        ("```\n[1, \"a\"]\n```", ErrorKind::Parse, "expected u8", 7),
    ] {
        let error = parser.parse(text).unwrap_err();
        assert_eq!((error.kind(), error.partial()), (kind, Some(text)), "{text}");
        assert!(error.message().contains(says), "{text}: {error}");
        assert_eq!(error.span().unwrap().column, column, "{text}: {error}");
    }
}
