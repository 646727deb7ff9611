//! Parsers of answers: no panic, no more time than the text is long, and the same value wherever the text is cut.
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use catena::{
    Chunk, Delta, Error, ErrorKind, JsonParser, OutputParser, Partial,
    parse::{
        CodeBlockParser, CodeBlocksParser, CommaListParser, DateTimeParser, EnumParser, FromStrParser,
        MarkdownListParser, NumberedListParser, TextParser, follow,
    },
};
use futures::{StreamExt, executor::block_on, stream};
use serde_json::Value;

/// A text of this length is read in this time, of a machine that does much else.
const LONG: usize = 200_000;
const TIME: Duration = Duration::from_secs(20);

/// Splits the bytes at the first `0xFF`: what is before it is the text, what is after it says where the text is cut.
fn split(data: &[u8], words: &[&str]) -> (String, Vec<usize>) {
    let at = data.iter().position(|&byte| byte == 0xFF).unwrap_or(data.len());
    let (before, after) = data.split_at(at);
    let text = spelled(before, words);
    let mut cuts: Vec<usize> = after.iter().skip(1).map(|&byte| usize::from(byte) * text.len() / 255).collect();
    cuts.retain(|&cut| text.is_char_boundary(cut));
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    (text, cuts)
}

/// ASCII is what it is, and other bytes are the words that a parser looks for, so that a random text has some of them.
fn spelled(bytes: &[u8], words: &[&str]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        match words.get(usize::from(byte.wrapping_sub(0x80)) % words.len().max(1)) {
            Some(word) if byte >= 0x80 => text.push_str(word),
            _ => text.push(char::from(byte & 0x7F)),
        }
        text
    })
}

/// Reads the text as a whole and in parts. Gives the value and what was handed out on the way.
fn both<P: OutputParser<Output: PartialEq + Debug>>(
    parser: &P,
    text: &str,
    cuts: &[usize],
) -> Option<(P::Output, Vec<Delta>)> {
    let whole = parser.parse(text);
    if let Err(error) = &whole {
        refused(error);
    }
    let parts = cuts.windows(2).map(|ends| Chunk::Delta(Delta::Text(text[ends[0]..ends[1]].to_owned())));
    let parts: Vec<_> = parts.chain([Chunk::Done(text.to_owned())]).map(Ok).collect();
    let mut chunks: Vec<_> = block_on(follow(parser, stream::iter(parts).boxed()).collect());
    let last = chunks.pop().expect("a stream has an end");
    let deltas: Vec<_> = chunks
        .into_iter()
        .map(|chunk| match chunk {
            Ok(Chunk::Delta(delta)) => delta,
            other => panic!("{other:?} is not the last"),
        })
        .collect();
    match (whole, last) {
        (Ok(whole), Ok(Chunk::Done(value))) => {
            assert_eq!(whole, value, "{text:?} cut at {cuts:?}");
            Some((value, deltas))
        }
        (Err(_), Err(error)) => {
            refused(&error);
            None
        }
        (whole, last) => panic!("{whole:?} is {last:?} when {text:?} is cut at {cuts:?}"),
    }
}

fn refused(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::Parse | ErrorKind::Truncated), "{error:#}");
}

/// The text, again and again, is read in time. Looked at for one text in eight, being slow.
fn in_time<P: OutputParser>(parser: &P, text: &str) {
    if text.is_empty() || text.bytes().map(usize::from).sum::<usize>() % 8 != 0 {
        return;
    }
    let long = text.repeat(LONG.div_ceil(text.len()));
    let begun = Instant::now();
    let _ = parser.parse(&long);
    let mut progress = parser.progress();
    let mut out = Vec::new();
    let mut rest = long.as_str();
    while !rest.is_empty() {
        let cut = (1..=rest.len().min(40)).rev().find(|&cut| rest.is_char_boundary(cut)).unwrap_or(rest.len());
        let (part, others) = rest.split_at(cut);
        if progress.push(part, &mut out).is_err() {
            break;
        }
        rest = others;
    }
    progress.end(&mut out);
    assert!(begun.elapsed() < TIME, "{:?} for {text:?} again and again", begun.elapsed());
}

/// What the changes make.
fn patched(deltas: &[Delta]) -> Option<Value> {
    let mut partial = Partial::<Value>::new();
    for delta in deltas {
        partial.apply_delta(delta).expect("changes fit on each other");
    }
    partial.finish().ok()
}

/// The text that was handed out.
fn written(deltas: &[Delta]) -> String {
    let text = |delta: &Delta| match delta {
        Delta::Text(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    };
    deltas.iter().map(text).collect()
}

fn list<P: OutputParser<Output = Vec<String>>>(parser: &P, text: &str, cuts: &[usize]) -> bool {
    in_time(parser, text);
    let Some((items, deltas)) = both(parser, text, cuts) else { return false };
    assert_eq!(patched(&deltas), Some(Value::from(items)), "{text:?} cut at {cuts:?}");
    true
}

pub(crate) fn lists(data: &[u8]) -> bool {
    let words =
        ["1. ", "\n2) ", "\n- ", "* ", "+ ", "\n  ", "\n", ", ", "\"", "\"\"", "é", "\u{a0}", "\r\n", "999999999. "];
    let (text, cuts) = split(data, &words);
    let mut read = list(&CommaListParser, &text, &cuts);
    for (numbered, markdown) in [
        (NumberedListParser::new(), MarkdownListParser::new()),
        (NumberedListParser::new().skipping_other_lines(), MarkdownListParser::new().skipping_other_lines()),
    ] {
        read |= list(&numbered, &text, &cuts);
        read |= list(&markdown, &text, &cuts);
    }
    read
}

pub(crate) fn code(data: &[u8]) -> bool {
    let words = ["```", "\n```\n", "```rust\n", "~~~\n", "````\n", "\n", "   ", "é", "\r\n", "`", "~"];
    let (text, cuts) = split(data, &words);
    for parser in [CodeBlockParser::new(), CodeBlockParser::language("rust")] {
        in_time(&parser, &text);
        if let Some((code, deltas)) = both(&parser, &text, &cuts) {
            assert_eq!(written(&deltas), code, "{text:?} cut at {cuts:?}");
        }
    }
    if let Some((same, deltas)) = both(&TextParser, &text, &cuts) {
        assert_eq!((written(&deltas).as_str(), same.as_str()), (text.as_str(), text.as_str()));
    }
    in_time(&CodeBlocksParser, &text);
    both(&CodeBlocksParser, &text, &cuts).is_some_and(|(blocks, _)| !blocks.is_empty())
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Named {
    a: Option<u8>,
}

pub(crate) fn json(data: &[u8]) -> bool {
    let words = [
        "{\"a\":",
        "[",
        "]",
        "}",
        ",",
        "\"\\u00e9\\ud83d\\ude00\"",
        "\"b\"",
        ":",
        "-1.5e3",
        "true",
        "null",
        "```json\n",
        "\n```",
        "\\",
        "\"",
        "é",
        "\\ud800",
        "12345678901234567890",
    ];
    let (text, cuts) = split(data, &words);
    let parser = JsonParser::<Value>::without_schema();
    in_time(&parser, &text);
    // Most members are none of the type's.
    both(&JsonParser::<Named>::without_schema(), &text, &cuts);
    // The beginning of a text is known, or there is no such text.
    for &cut in &cuts {
        if let Err(error) = Partial::<Value>::parse(&text[..cut]) {
            refused(&error);
            assert!(parser.parse(&text).is_err(), "{text:?} is refused at {cut}");
        }
    }
    let Some((value, deltas)) = both(&parser, &text, &cuts) else { return false };
    assert_eq!(patched(&deltas), Some(value), "{text:?} cut at {cuts:?}");
    true
}

pub(crate) fn texts(data: &[u8]) -> bool {
    let words = ["2024-02-29", "T", "23:59:60", "Z", "+01:00", ".123456789", "0000", "9999", "yes", "no", " ", "é"];
    let (text, cuts) = split(data, &words);
    let choice = EnumParser::new([("yes", true), ("no", false)]).expect("labels");
    in_time(&choice, &text);
    in_time(&DateTimeParser, &text);
    let number = FromStrParser::<f64>::new("a number");
    in_time(&number, &text);
    let finite = FromStrParser::<i64>::new("a whole number");
    let mut read = both(&choice, &text, &cuts).is_some() | both(&finite, &text, &cuts).is_some();
    if let Some((time, _)) = both(&DateTimeParser, &text, &cuts) {
        assert_eq!(DateTimeParser.parse(&time.to_string()).ok(), Some(time), "{text:?}");
        read = true;
    }
    read
}

#[cfg(feature = "xml")]
pub(crate) fn xml(data: &[u8]) -> bool {
    let words = [
        "<a>",
        "</a>",
        "<b c='1'>",
        "</b>",
        "<d/>",
        "&lt;",
        "&#233;",
        "&#0;",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml version='1.0'?>",
        "```xml\n",
        "\n```",
        "<!DOCTYPE ",
        " e='",
        "'",
        "é",
        " ",
    ];
    let (text, cuts) = split(data, &words);
    let parser = catena::parse::XmlParser::new();
    in_time(&parser, &text);
    // Many of something within one tag, or within one element.
    in_time(&parser, &format!("<a><b {}", text.replace('>', "")));
    let Some((element, _)) = both(&parser, &text, &cuts) else { return false };
    let again = parser.parse(&element.to_string());
    assert_eq!(again.as_ref().ok(), Some(&element), "{text:?} is written as {element}");
    true
}

#[cfg(feature = "regex")]
pub(crate) fn regex(data: &[u8]) -> bool {
    // What is after another `0x00` is the pattern.
    let (text, cuts) = split(data, &["a", "aa", "b", "é", "\n", "(", ")*", "(?<n>", "\\w+", "."]);
    let (text, pattern) = text.split_once('\0').unwrap_or((&text, "(?<first>a+)+(b)?"));
    let Ok(parser) = catena::parse::RegexParser::new(pattern) else { return false };
    let cuts: Vec<_> = cuts.into_iter().filter(|&cut| cut < text.len()).chain([text.len()]).collect();
    in_time(&parser, text);
    let Some((groups, _)) = both(&parser, text, &cuts) else { return false };
    assert!(groups.values().all(|group| text.contains(group.as_str())));
    !groups.is_empty()
}
