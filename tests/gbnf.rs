//! Grammars as files: what is read and how it is printed, what is refused and how that is drawn.
//!
//! Each `*.gbnf` has the expected text beside it in a `*.txt`. `SNAPSHOTS=overwrite` writes those anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use catena::{ErrorKind, Grammar, gbnf::Expr};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

#[test]
fn accepted_grammars_are_read_and_printed() {
    let mut wrong = Vec::new();
    for path in grammars("tests/gbnf/ok", 15) {
        let grammar = Grammar::from_file(&path).unwrap_or_else(|error| panic!("{error:#}"));
        round_trip(&path, &grammar);
        wrong.extend(snapshot(&path, &grammar.ast().to_string()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn refused_grammars_are_refused_with_a_place() {
    let mut wrong = Vec::new();
    for path in grammars("tests/gbnf/err", 80) {
        let text = fs::read_to_string(&path).unwrap();
        let error = Grammar::parse(text).expect_err(&path.display().to_string());
        assert_eq!(error.kind(), ErrorKind::Grammar, "{}", path.display());
        assert!(error.span().is_some(), "{}: no place", path.display());
        wrong.extend(snapshot(&path, &format!("{error:#}\n")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn bundled_grammars_are_read_and_printed() {
    for path in grammars("grammars", 8) {
        let grammar = Grammar::from_file(&path).unwrap_or_else(|error| panic!("{error:#}"));
        round_trip(&path, &grammar);
        let cases = Path::new("tests/grammars").join(path.file_name().unwrap()).with_extension("txt");
        assert!(cases.exists(), "{} is missing", cases.display());
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.gbnf");
    for path in [missing.as_path(), folder.path()] {
        let error = Grammar::from_file(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_eq!(error.path(), Some(path.to_str().unwrap()));
    }
}

#[test]
fn files_that_hold_no_grammar_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.gbnf");
    for (bytes, place) in [(&b"root ::= a"[..], Some((1, 10))), (&b"root ::= \"\xFF\""[..], None)] {
        fs::write(&path, bytes).unwrap();
        let error = Grammar::from_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Grammar);
        assert_eq!(error.path(), Some(path.to_str().unwrap()));
        assert_eq!(error.span().map(|span| (span.line, span.column)), place);
    }
}

#[test]
fn a_grammar_may_have_another_root() {
    let text = "a ::= b\nb ::= \"x\"\n";
    let grammar = Grammar::parse_with_root(text, "b").unwrap();
    assert_eq!((grammar.root(), grammar.text()), ("b", text));
    assert!(Grammar::parse(text).unwrap_err().message().contains("`root`"));
    assert!(text.parse::<Grammar>().is_err());
    assert_ne!(grammar, Grammar::parse_with_root(text, "a").unwrap());
}

#[test]
fn grammars_are_shared_between_threads() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    is_shared(&Grammar::parse("root ::= \"a\"").unwrap());
}

#[test]
fn a_tree_deep_in_sequences_is_refused() {
    let mut body = Expr::Any;
    for _ in 0..1000 {
        body = Expr::Seq(vec![body, Expr::Any]);
    }
    let rules = vec![catena::gbnf::Rule { name: "root".into(), body }];
    let error = Grammar::from_ast(catena::gbnf::Ast { rules }, "root").unwrap_err();
    assert!(error.message().contains("`root`") && error.span().is_none(), "{error:#}");
}

/// The canonical text reads as the same tree, and prints as itself.
fn round_trip(path: &Path, grammar: &Grammar) {
    let again = Grammar::from_ast(grammar.ast().clone(), grammar.root());
    let again = again.unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
    assert_eq!(again.ast(), grammar.ast(), "{}", path.display());
    assert_eq!(again.text(), grammar.ast().to_string(), "{}", path.display());
    assert_eq!(grammar.ast(), &grammar.ast().clone().normalized(), "{}", path.display());
}

fn grammars(folder: &str, at_least: usize) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "gbnf")).collect();
    paths.sort();
    assert!(paths.len() >= at_least, "{folder} holds {} grammars", paths.len());
    paths
}

/// What differs from the file beside `path`, if anything does.
fn snapshot(path: &Path, found: &str) -> Option<String> {
    let file = path.with_extension("txt");
    if env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        fs::write(file, found).unwrap();
        return None;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let name = file.display();
    (expected != found).then(|| format!("{name} differs; expected:\n{expected}\nfound:\n{found}"))
}
