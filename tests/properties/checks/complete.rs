//! Matching, completing and generating agree.
use std::time::{Duration, Instant};

use catena::{
    ErrorKind, Grammar,
    gbnf::{Generator, Matcher},
};

use super::grammars;

/// The bytes of a sentence, and of a completion.
const BUDGET: usize = 80;
const LIMIT: usize = 512;
const SENTENCES: u64 = 6;
/// Completing is slow beside reading, so only what stands before each so many-th byte is completed.
const EVERY: u64 = 7;
/// No more sentences are read after this time: a grammar that is ambiguous at every level takes milliseconds a byte.
const TIME: Duration = Duration::from_secs(2);

/// Splits the bytes at the first `0xFF`, makes a grammar of those before it, and reads those after it. Says whether
/// there is a grammar.
pub(crate) fn check(data: &[u8]) -> bool {
    let split = data.iter().position(|&byte| byte == 0xFF).unwrap_or(data.len());
    let (before, after) = data.split_at(split);
    let Some(grammar) = grammars::grammar(before) else { return false };
    let matcher = match Matcher::new(&grammar) {
        Ok(matcher) => matcher,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Grammar | ErrorKind::Unsupported), "{error}");
            return false;
        }
    };
    read(&grammar, &matcher, after.get(1..).unwrap_or_default());
    generate(&grammar, &matcher);
    true
}

/// What can be read of the bytes can be completed.
fn read(grammar: &Grammar, start: &Matcher, bytes: &[u8]) {
    let mut matcher = start.clone();
    match matcher.push(bytes) {
        Ok(()) => assert_eq!(matcher.offset(), bytes.len()),
        Err(error) if error.kind() == ErrorKind::Parse => {
            let read = matcher.offset();
            assert!(read < bytes.len());
            assert!(matcher.clone().push(&bytes[read..=read]).is_err(), "byte {read} is refused once only\n{grammar}");
            assert!(!start.matches(bytes).unwrap());
        }
        // There may be too many ways to read it.
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Grammar, "{error}"),
    }
    let read = &bytes[..matcher.offset()];
    assert_eq!(start.matches(read).ok(), Some(matcher.is_accepting()), "{read:?}\n{grammar}");
    complete(grammar, start, &matcher, read, None);
}

/// Sentences match, and so do beginnings of them with their completions, which are not longer than the rest.
fn generate(grammar: &Grammar, start: &Matcher) {
    let generator = match Generator::new(grammar) {
        Ok(generator) => generator,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Grammar, "{error}"),
    };
    let shortest = generator.shortest();
    if shortest.len() > LIMIT {
        return;
    }
    assert!(start.matches(&shortest).unwrap_or(true), "{shortest:?} does not match\n{grammar}");
    let begun = Instant::now();
    for seed in 0..SENTENCES {
        let sentence = generator.generate(seed, BUDGET);
        assert!(sentence.len() <= BUDGET.max(shortest.len()), "{} bytes: {sentence:?}\n{grammar}", sentence.len());
        let mut matcher = start.clone();
        for (at, byte) in sentence.bytes().enumerate() {
            if begun.elapsed() > TIME {
                return;
            }
            if let Err(error) = matcher.push([byte]) {
                assert_eq!(error.kind(), ErrorKind::Grammar, "{sentence:?} does not match: {error}\n{grammar}");
                return;
            }
            assert!(!matcher.is_finished() || at + 1 == sentence.len(), "finished within {sentence:?}\n{grammar}");
            if (at as u64 + seed) % EVERY == 0 {
                let (read, rest) = sentence.as_bytes().split_at(at + 1);
                complete(grammar, start, &matcher, read, Some(rest.len()));
            }
        }
        assert!(matcher.is_accepting(), "{sentence:?} does not match\n{grammar}");
    }
}

/// `read` with its completion matches; `longest` is how long one is known to be.
fn complete(grammar: &Grammar, start: &Matcher, matcher: &Matcher, read: &[u8], longest: Option<usize>) {
    let shown = || String::from_utf8_lossy(read);
    match matcher.completion(LIMIT) {
        Ok(Some(rest)) => {
            let whole = [read, &rest].concat();
            let is_sentence = start.matches(&whole);
            assert!(
                is_sentence.unwrap_or(true),
                "{:?} does not complete {:?}\n{grammar}",
                String::from_utf8_lossy(&rest),
                shown()
            );
            assert!(
                longest.is_none_or(|longest| rest.len() <= longest),
                "{:?} has a shorter rest than {rest:?}\n{grammar}",
                shown()
            );
            assert_eq!(rest.is_empty(), matcher.is_accepting(), "{:?}\n{grammar}", shown());
        }
        Ok(None) => assert!(longest.is_none_or(|longest| longest > LIMIT), "{:?} is not completed\n{grammar}", shown()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Grammar, "{error}"),
    }
    match matcher.expected() {
        Ok(expected) => assert!(!expected.is_empty()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Grammar, "{error}"),
    }
}
