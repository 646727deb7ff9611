//! TypeScript as files: the schema of its types, and what is refused.
//!
//! `ok/NAME.ts` has the schema in `ok/NAME.json`, and in `ok/NAME.txt`, if it is there, a JSON text a line, after `+` if
//! the grammar accepts it and after `-` if it rejects it. `err/NAME.ts` has the drawn error in `err/NAME.txt`. A first
//! line `// root: TYPE` names the root. `SNAPSHOTS=overwrite` writes the schemas and errors anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod generated;

use catena::{ErrorKind, Grammar, Result, gbnf::Matcher, typescript};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn texts(folder: &str, at_least: usize) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "ts")).collect();
    paths.sort();
    assert!(paths.len() >= at_least, "{folder} holds {} texts", paths.len());
    paths
}

fn schema(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).unwrap();
    let root = text.lines().next().and_then(|line| line.strip_prefix("// root: "));
    typescript::schema(&text, root)
}

/// What differs from the file of this extension beside `path`, if anything does.
fn snapshot(path: &Path, extension: &str, found: &str) -> Option<String> {
    let file = path.with_extension(extension);
    if env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        fs::write(file, found).unwrap();
        return None;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    (expected != found).then(|| format!("{} differs; expected:\n{expected}\nfound:\n{found}", file.display()))
}

#[test]
fn types_have_their_schemas() {
    let mut wrong = Vec::new();
    for path in texts("tests/typescript/ok", 12) {
        let schema = schema(&path).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
        let shown = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        wrong.extend(snapshot(&path, "json", &shown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn grammars_accept_the_values_of_the_types() {
    let mut wrong = Vec::new();
    let mut files = 0;
    for path in texts("tests/typescript/ok", 12) {
        let Ok(cases) = fs::read_to_string(path.with_extension("txt")) else { continue };
        files += 1;
        let grammar = Grammar::from_schema(&schema(&path).unwrap());
        let grammar = grammar.unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
        let matcher = Matcher::new(&grammar).unwrap();
        for line in cases.lines() {
            let (sign, text) = line.split_once(' ').unwrap();
            assert!(sign == "+" || sign == "-", "{}: {line}", path.display());
            if matcher.matches(text).unwrap() != (sign == "+") {
                wrong.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files >= 10, "{files}");
}

#[test]
fn what_is_not_read_is_refused_with_its_place() {
    let mut wrong = Vec::new();
    for path in texts("tests/typescript/err", 40) {
        let error = schema(&path).expect_err(&path.display().to_string());
        assert_eq!(error.kind(), ErrorKind::Schema, "{}", path.display());
        wrong.extend(snapshot(&path, "txt", &format!("{error:#}\n")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_root_is_found_or_named() {
    let root = |text: &str, name: Option<&str>| {
        typescript::schema(text, name).map(|schema| schema["title"].as_str().map(str::to_owned))
    };
    let is = |name: &str| Some(name.to_owned());
    assert_eq!(root("type A = B; type B = string", None).unwrap(), is("A"));
    assert_eq!(root("type A = string; export type B = string", None).unwrap(), is("B"));
    assert_eq!(root("interface A { next?: A }", None).unwrap(), is("A"));
    assert_eq!(root("type A = string; type B = A", Some("A")).unwrap(), is("A"));
    assert_eq!(root("type A = B[]; export type B = A[]", None).unwrap(), is("B"));
    assert_eq!(root("type A<T> = T; type B = string", None).unwrap(), is("B"));
    assert_eq!(root("type A = string", Some("A[]")).unwrap(), None);
    let refused = |text: &str, name: Option<&str>| root(text, name).unwrap_err().message().to_owned();
    assert!(refused("type A = string; type B = string", None).ends_with("name one of `A`, `B`"));
    assert!(refused("type A = B[]; type B = A[]", None).contains("name the root"));
    assert!(refused("", None).contains("declares no type"));
    assert!(refused("type A = string", Some("B")).contains("`A` are declared"));
    assert!(refused("type A<T> = T", Some("A")).contains("type argument"));
}

#[test]
fn types_that_would_take_for_ever_are_refused() {
    let doubling = |first: &str, next: fn(usize) -> String| -> String {
        let more = (1..60).map(|number| format!("type A{number} = {};\n", next(number - 1)));
        [first.to_owned()].into_iter().chain(more).collect()
    };
    let texts = [
        doubling("type A0 = { a: 1 };\n", |before| format!("A{before} & A{before}")),
        doubling("type A0 = 'a' | 'b';\n", |before| format!("`${{A{before}}}${{A{before}}}`")),
        doubling("type A0 = { a: 1 };\n", |before| format!("(A{before} & {{ b: 1 }}) | (A{before} & {{ c: 1 }})")),
        doubling("type A0 = 'a';\n", |before| format!("A{before} | A{before}")),
        "type A<T> = { next: A<T[]>, of: T }; type B = A<string>".to_owned(),
        "type A<T> = { next: A<[T, T]>, of: T }; type B = A<string>".to_owned(),
        "type A = A & { a: 1 }".to_owned(),
        "type A = { a?: A } & { a?: { b: 1 } }".to_owned(),
        "type A = { a?: A; b?: A } & { a?: { c: 1 }; b?: { d: 1 } }".to_owned(),
        "interface A extends A {}".to_owned(),
        "type A = Pick<A, 'a'>".to_owned(),
        format!("type A = {}1{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("type A = {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("type A = {}1{}", "{a:".repeat(10_000), "}".repeat(10_000)),
        format!("type A = 1{}", "[]".repeat(10_000)),
        format!("type A = {}1", "`${".repeat(10_000)),
        format!("type A = {}1", "Array<".repeat(10_000)),
        format!("type A = {}1", "keyof ".repeat(10_000)),
    ];
    for text in texts {
        let started = std::time::Instant::now();
        // Some come to something small; all come to an end.
        let _ = typescript::schema(&text, None);
        let shown = &text[..60.min(text.len())];
        assert!(started.elapsed().as_secs() < 20, "{shown}");
    }
}
