//! Any schema is compiled or refused, soon and in bounds, and what it is compiled to is valid.
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use catena::{Error, ErrorKind, Grammar, gbnf::Generator};
use serde_json::Value;

use super::{names, schemas, validator};

/// The bytes of a sentence: fewer than the 128 levels of nesting that `serde_json` reads.
const BUDGET: usize = 100;
const SENTENCES: u64 = 4;
/// What one schema may take in any build: ten times what a large one takes.
const TIME: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 32 << 20;
const MOST_RULES: usize = 100_000;

/// Takes the bytes for JSON text, and builds a schema of them. Says whether either has a grammar.
pub(crate) fn check(data: &[u8]) -> bool {
    let text = serde_json::from_slice(data).is_ok_and(|schema| check_schema(&schema));
    let built = schemas::schema(&mut Unstructured::new(data)).is_ok_and(|schema| check_schema(&schema));
    text || built
}

fn check_schema(schema: &Value) -> bool {
    let start = Instant::now();
    let compiled = Grammar::from_schema(schema);
    let time = start.elapsed();
    assert!(time < TIME, "{time:?} for {schema}");
    match compiled {
        Ok(grammar) => {
            assert!(grammar.text().len() <= MOST_BYTES, "{} bytes of {schema}", grammar.text().len());
            assert!(grammar.ast().rules.len() <= MOST_RULES, "{} rules of {schema}", grammar.ast().rules.len());
            sentences_are_valid(schema, &grammar);
            true
        }
        Err(error) => {
            refused(schema, &error);
            false
        }
    }
}

/// A few short ones.
fn sentences(grammar: &Grammar) -> Vec<String> {
    match Generator::new(grammar) {
        Ok(generator) => {
            let sentences = (0..SENTENCES).map(|seed| generator.generate(seed, BUDGET));
            sentences.filter(|sentence| sentence.len() <= BUDGET).collect()
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Grammar, "but for a shortest sentence that is too long: {error}");
            Vec::new()
        }
    }
}

fn sentences_are_valid(schema: &Value, grammar: &Grammar) {
    // Nothing keeps a name from being written twice where it is not declared; readers take the last value.
    for sentence in sentences(grammar).iter().filter(|sentence| !names::has_twice(sentence)) {
        assert!(is_satisfied(schema, sentence), "{sentence} does not satisfy {schema}\n{grammar}");
    }
}

fn is_satisfied(schema: &Value, sentence: &str) -> bool {
    let value: Value =
        serde_json::from_str(sentence).unwrap_or_else(|error| panic!("{sentence} is no JSON: {error}\n{schema}"));
    validator::is_valid(schema, &value).unwrap_or(true)
}

/// An error says what is wrong, at a place that is there.
fn refused(schema: &Value, error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Schema, "{error}: {schema}");
    assert!(
        !error.message().is_empty() && error.message().len() < 2000,
        "a message of {} bytes",
        error.message().len()
    );
    assert!(is_there(schema, error), "{:?} is no place in {schema}: {error}", error.path());
}

fn is_there(schema: &Value, error: &Error) -> bool {
    error.path().is_some_and(|path| path == "#" || schema.pointer(path).is_some())
}
