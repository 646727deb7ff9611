//! Lists read back, cut anywhere.
use super::{CommaListParser, MarkdownListParser, NumberedListParser};
use crate::{Chunk, Delta, ErrorKind, JsonPatch, OutputParser, Result, parse::follow};
use futures::{StreamExt, executor::block_on, stream};
use proptest::prelude::*;
use serde_json::Value;

/// What a parser gives for a text in these pieces: the value of its increments, and the value at the end.
fn streamed<P: OutputParser<Output = Vec<String>>>(parser: &P, pieces: &[&str]) -> (Value, Result<Vec<String>>) {
    let deltas = pieces.iter().map(|piece| Ok(Chunk::Delta(Delta::Text((*piece).to_owned()))));
    let whole = stream::iter(deltas.chain([Ok(Chunk::Done(pieces.concat()))])).boxed();
    let mut value = Value::Null;
    let chunks: Vec<_> = block_on(follow(parser, whole).collect());
    for chunk in chunks {
        match chunk {
            Ok(Chunk::Delta(Delta::Patch(patch))) => patch.apply(&mut value).unwrap(),
            Ok(Chunk::Done(items)) => return (value, Ok(items)),
            Err(error) => return (value, Err(error)),
            Ok(other) => panic!("{other:?}"),
        }
    }
    panic!("no end");
}

fn pieces<'t>(text: &'t str, at: &[usize]) -> Vec<&'t str> {
    let mut at: Vec<_> = at.iter().map(|at| at % (text.len() + 1)).filter(|at| text.is_char_boundary(*at)).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    at.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

/// Whether the text gives the same, in pieces and at once.
fn same<P: OutputParser<Output = Vec<String>>>(parser: &P, text: &str, at: &[usize]) -> Result<(), TestCaseError> {
    let (value, items) = streamed(parser, &pieces(text, at));
    match (parser.parse(text), items) {
        (Ok(expected), Ok(items)) => {
            prop_assert_eq!(&items, &expected);
            prop_assert_eq!(value, Value::from(expected));
        }
        // A text that is wrong is refused as soon as that shows, so of what follows nothing is told.
        (Err(expected), Err(error)) => {
            prop_assert_eq!(error.kind(), expected.kind());
            prop_assert_eq!(
                error.span().map(|span| span.bytes.clone()),
                expected.span().map(|span| span.bytes.clone())
            );
        }
        (expected, items) => prop_assert!(false, "{expected:?} at once, {items:?} in pieces"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn comma_lists_are_read_back(items in proptest::collection::vec("(\\PC|[,\"\n\r ])*", 0..6), at in proptest::collection::vec(any::<usize>(), 0..8)) {
        let text = CommaListParser::render(&items);
        prop_assert_eq!(&CommaListParser.parse(&text).unwrap(), &items);
        same(&CommaListParser, &text, &at)?;
    }

    #[test]
    fn marked_lists_are_read_back(items in proptest::collection::vec("[a-c0-9.)*+ é-]*", 0..6), at in proptest::collection::vec(any::<usize>(), 0..8)) {
        let items: Vec<_> = items.iter().map(|item| item.trim()).collect();
        let numbered = NumberedListParser::render(&items).unwrap();
        prop_assert_eq!(&NumberedListParser::new().parse(&numbered).unwrap(), &items);
        same(&NumberedListParser::new(), &numbered, &at)?;
        let bulleted = MarkdownListParser::render(&items).unwrap();
        prop_assert_eq!(&MarkdownListParser::new().parse(&bulleted).unwrap(), &items);
        same(&MarkdownListParser::new(), &bulleted, &at)?;
    }

    #[test]
    fn any_text_gives_the_same_in_pieces(text in "([a-b0-1.),\"* \n+-]|\\PC)*", at in proptest::collection::vec(any::<usize>(), 0..8)) {
        same(&CommaListParser, &text, &at)?;
        for (numbered, bulleted) in [
            (NumberedListParser::new(), MarkdownListParser::new()),
            (NumberedListParser::new().skipping_other_lines(), MarkdownListParser::new().skipping_other_lines()),
        ] {
            same(&numbered, &text, &at)?;
            same(&bulleted, &text, &at)?;
        }
    }
}

#[test]
fn an_item_is_handed_out_when_the_next_begins() {
    let mut progress = NumberedListParser::new().progress();
    let mut told = Vec::new();
    for piece in ["1. o", "ak\n", "2.", " ", "ash"] {
        let mut out = Vec::new();
        progress.push(piece, &mut out).unwrap();
        told.push(out.iter().filter(|delta| matches!(delta, Delta::Patch(JsonPatch::Complete { .. }))).count());
    }
    assert_eq!(told, [0, 0, 0, 1, 0]);
}

#[test]
fn what_is_no_list_is_told_where() {
    let comma = CommaListParser;
    assert_eq!(comma.parse("").unwrap(), [""; 0]);
    assert_eq!(comma.parse("a,, b,\n").unwrap(), ["a", "", "b", ""]);
    assert_eq!(comma.parse("a\nb\n\n").unwrap(), ["a", "b"]);
    let error = comma.parse("a, \"b\" c").unwrap_err();
    assert_eq!((error.kind(), error.span().unwrap().column), (ErrorKind::Parse, 8));
    assert_eq!(comma.parse("a, \"b").unwrap_err().kind(), ErrorKind::Truncated);

    let numbered = NumberedListParser::new();
    assert_eq!(numbered.parse(" 1) a\n   goes on\n\n10. b").unwrap(), ["a\ngoes on", "b"]);
    assert_eq!(numbered.parse("1. a\r\n   goes on\r\n2. b").unwrap(), ["a\ngoes on", "b"]);
    assert_eq!(numbered.parse("1. a  \n   b").unwrap(), ["a\nb"]);
    let skipping = numbered.skipping_other_lines();
    assert_eq!(skipping.parse("1. oak\n2. ash\n\nTo plant them:\n    dig a hole\n").unwrap(), ["oak", "ash"]);
    assert_eq!(skipping.parse("1. oak\n   tall\nAlso:\n2. ash\n\n   old").unwrap(), ["oak\ntall", "ash\nold"]);
    let error = numbered.parse("1. a\nso much for that").unwrap_err();
    assert_eq!((error.kind(), error.span().unwrap().line), (ErrorKind::Parse, 2));
    assert_eq!(numbered.parse("1. oak\n2").unwrap_err().kind(), ErrorKind::Truncated);
    assert_eq!(numbered.parse("1. oak\n2\n").unwrap_err().kind(), ErrorKind::Parse);
    assert_eq!(numbered.parse("1. oak\n  2").unwrap(), ["oak\n2"]);
    assert_eq!(skipping.parse("1. oak\n2").unwrap(), ["oak"]);
    assert_eq!(numbered.parse("1.5 is a number").unwrap_err().kind(), ErrorKind::Parse);
    assert_eq!(NumberedListParser::render(&["a\nb"]).unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(MarkdownListParser::new().parse("- a\n  * b\n+ **c**").unwrap(), ["a", "b", "**c**"]);
}
