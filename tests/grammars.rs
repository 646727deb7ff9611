//! The grammars in `grammars/`, against texts they must accept and reject.
//!
//! `tests/grammars/NAME.txt` holds a text a line, as a JSON string, after `+` if `grammars/NAME.gbnf` accepts it and
//! after `-` if it rejects it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use catena::{
    Grammar,
    gbnf::{Generator, Matcher},
};
use serde_json::Value;
use std::{fs, path::Path};

fn grammar(name: &str) -> Grammar {
    Grammar::from_file(Path::new("grammars").join(name).with_extension("gbnf")).unwrap()
}

fn generated(name: &str, budget: usize) -> impl Iterator<Item = String> {
    let generator = Generator::new(&grammar(name)).unwrap();
    (0..1000).map(move |seed| generator.generate(seed, budget))
}

#[test]
fn accepted_and_rejected_texts() {
    let mut files = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir("tests/grammars").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let matcher = Matcher::new(&grammar(name)).unwrap();
        let mut counts = [0, 0];
        for line in fs::read_to_string(&path).unwrap().lines().filter(|line| !line.starts_with('#')) {
            let (sign, text) = line.split_once(' ').unwrap();
            assert!(sign == "+" || sign == "-", "{}: {line}", path.display());
            let text: String = serde_json::from_str(text).unwrap();
            counts[usize::from(sign == "+")] += 1;
            if matcher.matches(&text).unwrap() != (sign == "+") {
                wrong.push(format!("{name}: {line}"));
            }
        }
        assert!(counts.iter().all(|count| *count >= 8), "{}: {counts:?}", path.display());
        files += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(files, fs::read_dir("grammars").unwrap().count());
}

#[test]
fn json_texts_are_json() {
    for (name, of_its_kind) in
        [("json", (|_| true) as fn(&Value) -> bool), ("json_object", Value::is_object), ("json_array", Value::is_array)]
    {
        for text in generated(name, 200) {
            match serde_json::from_str::<Value>(&text) {
                Ok(value) => assert!(of_its_kind(&value), "{text}"),
                Err(error) => assert!(error.to_string().starts_with("number out of range"), "{error}: {text}"),
            }
        }
    }
}

#[test]
fn json_values_are_accepted_as_serde_json_writes_them() {
    let matcher = Matcher::new(&grammar("json")).unwrap();
    for text in generated("json", 200) {
        let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
        let depth = text.matches(['{', '[']).count();
        for written in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            // Pretty printing indents by two spaces a level, and the grammar stops at 40.
            assert!(depth > 20 || matcher.matches(&written).unwrap(), "{written}");
        }
    }
}

#[test]
fn dates_are_those_of_the_calendar() {
    let matcher = Matcher::new(&grammar("date")).unwrap();
    for year in 0..=9999 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let months = if year % 97 == 0 { 0..=13 } else { 2..=2 };
        for month in months {
            let days = match month {
                1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
                4 | 6 | 9 | 11 => 30,
                2 => 28 + u32::from(is_leap),
                _ => 0,
            };
            for day in [0, 1, 9, 10, 19, 20, 28, 29, 30, 31, 32] {
                let date = format!("{year:04}-{month:02}-{day:02}");
                assert_eq!(matcher.matches(&date).unwrap(), (1..=days).contains(&day), "{date}");
            }
        }
    }
}

#[test]
fn lists_are_lines_of_items() {
    for text in generated("list", 100) {
        let mut lines = text.strip_suffix('\n').unwrap_or(&text).split('\n');
        assert!(lines.all(|line| line.strip_prefix("- ").is_some_and(|item| !item.trim_start_matches(' ').is_empty())));
    }
}

#[test]
fn expressions_have_closed_parentheses() {
    for text in generated("arithmetic", 100) {
        let depth = text.chars().try_fold(0_u32, |depth, c| match c {
            '(' => Some(depth + 1),
            ')' => depth.checked_sub(1),
            _ => Some(depth),
        });
        assert_eq!(depth, Some(0), "{text}");
    }
}

#[test]
fn tables_have_closed_quotes_and_no_empty_line() {
    for text in generated("csv", 100) {
        assert_eq!(text.matches('"').count() % 2, 0, "{text}");
        let outside: String = text.split('"').step_by(2).collect::<Vec<_>>().join("q");
        assert!(!outside.contains("\n\n") && !outside.starts_with('\n'), "{text:?}");
    }
}
