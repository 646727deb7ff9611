//! The program `catena-gbnf`, from outside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use catena::{Grammar, gbnf::Matcher};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_catena-gbnf");

struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn run(args: &[&str], input: &str) -> Ended {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs it, expects success, and gives what it printed.
fn print(args: &[&str], input: &str) -> String {
    let ended = run(args, input);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{args:?}");
    ended.out
}

fn batch(lines: &str) -> Vec<Value> {
    print(&["batch"], lines).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn schemas_become_grammars() {
    let schema = r#"{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"]}"#;
    let expected = Grammar::from_schema(&serde_json::from_str(schema).unwrap()).unwrap();
    assert_eq!(print(&["from-schema"], schema), expected.text());
    assert_eq!(print(&["from-schema", "-", "--mode", "typed"], schema), expected.text());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.json");
    fs::write(&path, schema).unwrap();
    assert_eq!(print(&["from-schema", path.to_str().unwrap()], ""), expected.text());
}

#[test]
fn what_is_wrong_with_a_schema_is_told() {
    let ended = run(&["from-schema"], "{\n  \"type\": boolean\n}");
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("line 2, column 11") && ended.err.contains("2 |   \"type\": boolean"), "{}", ended.err);
    let ended = run(&["from-schema"], r#"{"const": 1.00000000000000000001}"#);
    assert!(ended.code == 2 && ended.err.contains("1.00000000000000000001 has more digits"), "{}", ended.err);
    let ended = run(&["from-schema"], r#"{"type": "integer", "minimum": 2, "maximum": 1}"#);
    assert!(ended.code == 2 && ended.err.starts_with("error: "), "{}", ended.err);
    let ended = run(&["from-schema", "no/such/file"], "");
    assert!(ended.code == 2 && ended.err.contains("no/such/file"), "{}", ended.err);
}

#[test]
fn typescript_becomes_schemas_and_grammars() {
    let text = "export interface A { b: B[] }\ntype B = 'x' | 1;";
    let expected = Grammar::from_typescript(text, None).unwrap();
    assert_eq!(print(&["from-typescript"], text), expected.text());
    assert!(Grammar::parse(print(&["from-typescript", "--root", "B"], text)).unwrap().matches("\"x\"").unwrap());
    let schema: Value = serde_json::from_str(&print(&["from-typescript", "--schema", "--root", "A[]"], text)).unwrap();
    assert_eq!(schema["items"], json!({"$ref": "#/$defs/A"}));
    let ended = run(&["from-typescript"], "interface A {\n  b: keyof A\n}");
    assert!(ended.code == 2 && ended.err.contains("2 |   b: keyof A\n  |      ^^^^^"), "{}", ended.err);
}

#[test]
fn grammars_are_checked() {
    let out = print(&["check", "grammars/json.gbnf"], "");
    assert!(out.starts_with("ok: ") && out.contains("root `root`"), "{out}");
    assert!(print(&["check", "--root", "item"], "item ::= \"a\"").contains("1 rule, root `item`"));
    let flat = (0..300).map(|number| format!("\"x{number}\"")).collect::<Vec<_>>().join(" | ");
    let out = print(&["check"], &format!("root ::= \"(\" item\nitem ::= {flat}"));
    assert!(out.contains("most 300 after \"(") && out.contains("line 2, rule `item`: 300 stacks"), "{out}");
    let ended = run(&["check"], "root ::= \"a\" | b\n");
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("standard input") && ended.err.contains("1 | root ::= \"a\" | b"), "{}", ended.err);
}

#[test]
fn texts_are_tried() {
    let try_text = |text: &str| run(&["match", "grammars/list.gbnf", text], "");
    let ended = try_text("- a\n- b");
    assert_eq!((ended.code, ended.out.as_str()), (0, "accepted\n"));
    let ended = try_text("- a\n-");
    assert_eq!((ended.code, ended.out.as_str()), (1, "needs more: after 5 bytes expected ` `\n"));
    let ended = try_text("- a\n* b");
    assert_eq!(ended.code, 1);
    assert!(ended.out.starts_with("refused at byte 4: ") && ended.out.contains("expected `-`"), "{}", ended.out);
    assert!(ended.out.ends_with("2 | * b\n  | ^\n"), "{}", ended.out);

    let from_input = |args: &[&str], input: &str| run(&[&["match", "grammars/date.gbnf"], args].concat(), input).code;
    assert_eq!(from_input(&["--file", "-"], "2024-02-29"), 0);
    assert_eq!(from_input(&["--file", "-"], "2024-02-29\n"), 1);
    assert_eq!(from_input(&["--file", "-", "--chomp"], "2024-02-29\r\n"), 0);
    assert_eq!(from_input(&["--file", "-", "--chomp"], "2024-02-29\n\n"), 1);
    assert_eq!(from_input(&["--root", "nothing", "x"], ""), 2);
    assert_eq!(from_input(&[], ""), 2, "a text is needed");
    assert_eq!(run(&["match", "-", "a"], "root ::= \"a\"").code, 0);
    let ended = run(&["match", "-", "--file", "-"], "root ::= \"a\"?");
    assert!(ended.code == 2 && ended.err.contains("cannot both be standard input"), "{}", ended.err);
}

#[test]
fn generated_texts_match() {
    for name in ["json", "csv", "chess"] {
        let path = format!("grammars/{name}.gbnf");
        let matcher = Matcher::new(&Grammar::from_file(&path).unwrap()).unwrap();
        let args = ["generate", &path, "--seed", "7", "--count", "20", "--json"];
        let out = print(&args, "");
        let texts: Vec<String> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(texts.len(), 20);
        assert!(texts.iter().all(|text| text.len() <= 200 && matcher.matches(text).unwrap()), "{texts:?}");
        assert_eq!(print(&args, ""), out, "the same seed gives the same texts");
        let shortest = print(&["generate", &path, "--shortest"], "");
        assert!(texts.iter().all(|text| text.len() + 1 >= shortest.len()), "{shortest}");
    }
}

#[test]
fn texts_are_completed() {
    let grammar = Grammar::from_file("grammars/json.gbnf").unwrap();
    let text = r#"{"a": [1, "b", null], "c": {"d": true}}"#;
    for cut in (1..=text.len()).step_by(3) {
        let begun = &text[..cut];
        let rest = print(&["complete", "grammars/json.gbnf", begun, "--json"], "");
        let rest: String = serde_json::from_str(&rest).unwrap();
        assert!(grammar.matches(&format!("{begun}{rest}")).unwrap(), "{begun} {rest}");
        assert!(rest.len() <= text.len() - cut, "{begun} {rest}");
    }
    let ended = run(&["complete", "grammars/json.gbnf", "[1,]"], "");
    assert!(ended.code == 2 && ended.err.contains("byte 3 is `]`"), "{}", ended.err);
}

#[test]
fn grammars_are_formatted() {
    for entry in fs::read_dir("grammars").unwrap() {
        let path = entry.unwrap().path();
        let Some(path) = path.to_str().filter(|_| path.extension().is_some_and(|end| end == "gbnf")) else { continue };
        let out = print(&["format", path], "");
        assert_eq!(print(&["format"], &out), out);
        assert_eq!(run(&["format", "--check"], &out).code, 0);
        let (before, after) = (Grammar::from_file(path).unwrap(), Grammar::parse(out.as_str()).unwrap());
        assert_eq!(before.ast(), after.ast());
        let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(comments(before.text()), comments(&out));
    }
    let ended = run(&["format", "--check"], "root::=\"a\"\n");
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert_eq!(run(&["format"], "root ::= (").code, 2);
}

#[test]
fn ids_come_back_as_they_were() {
    let ids =
        ["1", "1.50", "-0", "1e400", "12345678901234567890123", "null", r#""\u0061/\"""#, r#"{"b": [1,  2], "a":{}}"#];
    for id in ids {
        for (schema, part) in [("true", "\"grammar\""), (r#"{"type":"no"}"#, "\"error\"")] {
            let out = print(&["batch"], &format!("{{\"id\":{id}, \"schema\":{schema}}}\n"));
            assert!(out.starts_with(&format!("{{\"id\":{id},{part}:")), "{out}");
        }
    }
}

#[test]
fn every_line_is_answered_in_order() {
    let deep = format!("{}true{}", r#"{"items":"#.repeat(100_000), "}".repeat(100_000));
    let schemas =
        [r#"{"const":1}"#, "[", "null", "7", r#"{"$ref":"\#"}"#, r##"{"$ref":"#"}"##, &deep, "1e999", r#"{"const":2}"#];
    let line = |(id, schema)| format!("{{\"id\":{id},\"schema\":{schema}}}\n");
    let mut lines = (0..).zip(schemas).map(line).collect::<Vec<_>>().concat();
    lines += "\n{\"id\":\"none\"}\n[]\n{\"id\":1,\"id\":2,\"schema\":true}\n{\"schema\":{\"const\":3}}";
    let answers = batch(&lines);
    let shown: Vec<_> = answers.iter().map(|a| (a["id"].clone(), a.get("grammar").is_some())).collect();
    let null = Value::Null;
    let expected = [
        (json!(0), true),
        (null.clone(), false), // not JSON
        (json!(2), false),
        (json!(3), false),
        (null.clone(), false), // not JSON
        (json!(5), false),
        (json!(6), false),
        (json!(7), false),
        (json!(8), true),
        (null.clone(), false),
        (json!("none"), false),
        (null.clone(), false),
        (null.clone(), false),
        (null, true),
    ];
    assert_eq!(shown, expected);
    for answer in &answers {
        assert!(answer["micros"].is_u64() && answer["error"].is_string() != answer["grammar"].is_string(), "{answer}");
    }
    assert_eq!(answers[8]["grammar"], json!("root ::= \"2\" (\".\" \"0\"{1,17})?\n"));
}

#[test]
fn answers_do_not_wait_for_the_next_line() {
    let mut child = Command::new(PROGRAM).arg("batch").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for id in 0..3 {
        writeln!(stdin, "{{\"id\":{id},\"schema\":true}}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("{{\"id\":{id},\"grammar\":")), "{line}");
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(PROGRAM)
        .args(["generate", "grammars/json.gbnf", "--count", "1000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), [].as_slice()));
}

#[test]
fn help_names_every_command() {
    let help = print(&["--help"], "");
    for command in
        ["from-schema", "from-typescript", "check", "match", "generate", "complete", "format", "batch", "Exit codes"]
    {
        assert!(help.contains(command), "{command}");
    }
}
