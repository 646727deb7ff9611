//! Reading and printing a grammar are each other's inverse.
use std::str;

use arbitrary::Unstructured;
use catena::{ErrorKind, Grammar};

use super::grammars;

/// Takes the bytes for a text, and builds a tree of them. Says whether either is a grammar.
pub(crate) fn check(data: &[u8]) -> bool {
    let read = str::from_utf8(data).is_ok_and(check_text);
    let tree = check_tree(data);
    read || tree
}

/// A text is refused with a place in it, or its tree is printed as a text that reads as the same tree.
fn check_text(text: &str) -> bool {
    match Grammar::parse(text) {
        Ok(grammar) => {
            assert_eq!(grammar.text(), text);
            inverse(&grammar);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Grammar);
            let span = error.span().unwrap_or_else(|| panic!("no place: {error}"));
            assert!(text.get(span.bytes.clone()).is_some(), "{span:?} is no place in {text:?}");
            assert!(error.message().len() < 2000, "a message of {} bytes", error.message().len());
            // Drawing the place must not fail either.
            assert!(format!("{error:#}").contains(error.message()));
            false
        }
    }
}

/// A tree is refused, or becomes a grammar of that tree in normal form.
fn check_tree(data: &[u8]) -> bool {
    let Ok(ast) = grammars::ast(&mut Unstructured::new(data), true) else { return false };
    let normal = ast.clone().normalized();
    assert_eq!(normal.clone().normalized(), normal, "normal forms are fixed");
    match Grammar::from_ast(ast, "root") {
        Ok(grammar) => {
            assert_eq!(grammar.ast(), &normal);
            inverse(&grammar);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Grammar);
            assert!(error.span().is_none(), "there is no text to point into: {error}");
            false
        }
    }
}

fn inverse(grammar: &Grammar) {
    let printed = grammar.ast().to_string();
    let again = Grammar::parse_with_root(printed.as_str(), grammar.root());
    let again = again.unwrap_or_else(|error| panic!("what is printed is not read: {error:#}\n{printed}"));
    assert_eq!(again.ast(), grammar.ast(), "{printed}");
    assert_eq!(again.ast().to_string(), printed);
    let built = Grammar::from_ast(grammar.ast().clone(), grammar.root());
    let built = built.unwrap_or_else(|error| panic!("what was read cannot be built: {error:#}\n{printed}"));
    assert_eq!((built.ast(), built.text()), (grammar.ast(), printed.as_str()));
}
