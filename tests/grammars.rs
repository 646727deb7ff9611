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
    let paths = fs::read_dir("grammars").unwrap().map(|entry| entry.unwrap().path());
    let grammars: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "gbnf")).collect();
    assert_eq!(files, grammars.len());
    let listed = fs::read_to_string("grammars/README.md").unwrap();
    for path in grammars {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(listed.contains(&format!("`{name}`")), "{name} is not listed");
    }
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
    for text in generated("arithmetic", 100).chain(generated("boolean", 100)) {
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

#[test]
fn roman_numerals_are_those_of_numbers() {
    let matcher = Matcher::new(&grammar("roman")).unwrap();
    let mut all = std::collections::HashSet::new();
    for number in 1..=3999_usize {
        let digits = |ten: usize, letters: [&str; 3]| {
            let [one, five, next] = letters;
            match number / ten % 10 {
                4 => format!("{one}{five}"),
                9 => format!("{one}{next}"),
                digit => format!("{}{}", if digit > 4 { five } else { "" }, one.repeat(digit % 5)),
            }
        };
        let parts = [
            "M".repeat(number / 1000),
            digits(100, ["C", "D", "M"]),
            digits(10, ["X", "L", "C"]),
            digits(1, ["I", "V", "X"]),
        ];
        let text = parts.concat();
        assert!(matcher.matches(&text).unwrap(), "{text}");
        all.insert(text);
    }
    assert!(generated("roman", 20).all(|text| all.contains(&text)));
}

#[test]
fn ports_and_bytes_are_numbers_in_range() {
    let (url, colour) = (Matcher::new(&grammar("url")).unwrap(), Matcher::new(&grammar("css_colour")).unwrap());
    for number in 0..=70_000 {
        assert_eq!(url.matches(format!("http://a:{number}")).unwrap(), (1..=65_535).contains(&number), "{number}");
    }
    for number in 0..=400 {
        for (text, most) in [
            (format!("rgb({number}, 0, 0)"), 255),
            (format!("hsl({number}, 0%, 0%)"), 360),
            (format!("hsl(0, {number}%, 0%)"), 100),
        ] {
            assert_eq!(colour.matches(&text).unwrap(), number <= most, "{text}");
        }
    }
}

#[test]
fn times_are_those_of_the_calendar() {
    let (date, datetime) = (Matcher::new(&grammar("date")).unwrap(), Matcher::new(&grammar("datetime")).unwrap());
    for text in generated("datetime", 40) {
        let (day, _) = text.split_once('T').unwrap();
        assert!(date.matches(day).unwrap(), "{text}");
    }
    for text in generated("date", 10) {
        assert!(datetime.matches(format!("{text}T10:20:30Z")).unwrap(), "{text}");
    }
}

#[test]
fn tags_are_closed_in_their_order() {
    for text in generated("html", 200) {
        let mut open = Vec::new();
        for tag in text.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{text}"),
                None => open.push(tag.split(' ').next().unwrap()),
            }
        }
        assert!(open.is_empty(), "{text}");
    }
}

#[test]
fn code_ends_with_its_first_fence() {
    for text in generated("code_block", 100) {
        let fences: Vec<usize> =
            (0..).zip(text.lines()).filter(|(_, line)| line.starts_with("```")).map(|(at, _)| at).collect();
        assert_eq!(fences, [0, text.lines().count() - 1], "{text:?}");
    }
}
