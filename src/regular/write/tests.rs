//! What is written, and that it is the set.
use proptest::prelude::*;

use super::{Encoding, write};
use crate::{
    Grammar,
    gbnf::{Ast, Generator, Rule},
    regular::{Dfa, pattern, tests::Rules},
};

fn ast(dfa: &Dfa, encoding: Encoding) -> Ast {
    let mut rules = Rules::default();
    let root = write(dfa, encoding, "x", &mut rules).unwrap();
    rules.0.insert(0, Rule { name: "root".into(), body: root });
    Ast { rules: rules.0 }
}

fn text(dfa: &Dfa, encoding: Encoding) -> String {
    ast(dfa, encoding).to_string().trim_end().trim_start_matches("root ::= ").to_owned()
}

#[track_caller]
fn written(ecma: &str, expected: &str) {
    assert_eq!(text(&pattern(ecma).unwrap(), Encoding::Raw), expected, "{ecma}");
}

#[test]
fn short_patterns_read_well() {
    written("^[a-z]{3,5}$", "[a-z]{3,5}");
    written("^a+b?$", r#""a"+ "b"?"#);
    written("^a?b$", r#""a"? "b""#);
    written("^(foo|bar)$", r#""bar" | "foo""#);
    written("^$", r#""""#);
    written("^x-", r#""x-" .*"#);
    written("^[a-z0-9-]+$", "[-0-9a-z]+");
    written(r"^\d{3}-\d{4}$", r#"[0-9]{3} "-" [0-9]{4}"#);
    written("^https?://", r#""http" "s"? "://" .*"#);
    written("^.{1,255}$", r"[^\n\r\u2028-\u2029]{1,255}");
    written("^[^/]+$", "[^/]+");
    written("^(/[^/]+)+$", r#""/" [^/] ("/"? [^/])*"#);
    written("^a{3,}$", r#""a"{3,}"#);
    written("^(ab|cd)*$", r#"("ab" | "cd")*"#);
    written(r"^(\d{1,3}\.){3}\d{1,3}$", r#"[0-9]{1,3} "." [0-9]{1,3} "." [0-9]{1,3} "." [0-9]{1,3}"#);
    written(r"^[a-z]+(-[a-z]+)*$", r#"[a-z] ("-"? [a-z])*"#);
    written(r"^-?(0|[1-9]\d*)$", r#""-"? ("0" | [1-9] [0-9]*)"#);
    written("^(ab)*a?$", "x-1\nx-1 ::= (\"a\" (\"b\" x-1)?)?");
    written("^(?:[a-z]+,){0,99}[a-z]+$", "[a-z]+ x-item-1{0,99}\nx-item-1 ::= \",\" [a-z]+");
    written("^(-?[a-z]+)?$", r#"("-"? [a-z]+)?"#);
    written("^(v|ver)?[0-9]+(\\.[0-9]+)?$", r#"("v" "er"?)? [0-9]+ ("." [0-9]+)?"#);
    written("^[ \\t]*#", r##"[\t ]* "#" .*"##);
}

#[test]
fn json_is_spelled_in_one_way() {
    let json = |ecma: &str| text(&pattern(ecma).unwrap(), Encoding::Json);
    assert_eq!(json("^a\"b\\\\c\\n$"), r#""a\\\"b\\\\c\\n""#);
    assert_eq!(json("^[\\u0000-\\u001f]$"), r#""\\" ([bfnrt] | "u00" ("0" [0-7be-f] | "1" [0-9a-f]))"#);
    let escaped = r#""\\" (["\\bfnrt] | "u00" ("0" [0-7be-f] | "1" [0-9a-f]))"#;
    assert_eq!(json("^[^a]*$"), format!(r#"({escaped} | [^\x00-\x1F"\\a])*"#));
    assert_eq!(json(""), format!(r#"({escaped} | [^\x00-\x1F"\\])*"#));
    let twice = format!("char-1 \"-\" char-1\nchar-1 ::= {escaped} | [^\\x00-\\x1F\"\\\\]");
    assert_eq!(json("^[^]-[^]$"), twice);
}

#[test]
fn long_repetitions_are_made_of_blocks() {
    let dfa = pattern("^[a-c]{0,3000}$").unwrap();
    let grammar = Grammar::from_ast(ast(&dfa, Encoding::Raw), "root").unwrap();
    for (length, ok) in [(0, true), (1, true), (777, true), (2999, true), (3000, true), (3001, false), (3100, false)] {
        assert_eq!(grammar.matches(&"b".repeat(length)).unwrap(), ok, "{length}");
    }
}

/// The text as the inside of a JSON string, spelled as [`Encoding::Json`] has it.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Asserts that what is written for a set holds its texts and no others.
fn holds(dfa: &Dfa, texts: &[String]) -> std::result::Result<(), TestCaseError> {
    for encoding in [Encoding::Raw, Encoding::Json] {
        let visible = dfa.and(&pattern("^[^\\0]*$").unwrap()).unwrap();
        if visible.is_none() || dfa.is_none() {
            continue;
        }
        let ast = ast(dfa, encoding);
        if let ([rule], Encoding::Raw) = (ast.rules.as_slice(), encoding) {
            prop_assert_eq!(&Dfa::from_expr(&rule.body).unwrap(), &visible_as_written(dfa), "{}", ast);
        }
        let grammar =
            Grammar::from_ast(ast.clone(), "root").map_err(|error| TestCaseError::fail(format!("{error:#}\n{ast}")))?;
        for text in texts {
            let spelled = if encoding == Encoding::Json { json(text) } else { text.clone() };
            if encoding == Encoding::Json || !text.contains('\0') {
                prop_assert_eq!(grammar.matches(&spelled).unwrap(), dfa.contains(text), "{:?}\n{}", text, ast);
            }
        }
        let generator = Generator::new(&grammar).unwrap();
        for (seed, budget) in (0..20).zip((4..).step_by(3)) {
            let made = generator.generate(seed, budget);
            let read = match encoding {
                Encoding::Raw => made,
                Encoding::Json => {
                    let read: String = serde_json::from_str(&format!("\"{made}\""))
                        .map_err(|error| TestCaseError::fail(format!("{made:?}: {error}\n{ast}")))?;
                    prop_assert_eq!(json(&read), made);
                    read
                }
            };
            prop_assert!(dfa.contains(&read), "{:?} is not in the set\n{}", read, ast);
        }
    }
    Ok(())
}

/// The set without what the raw encoding leaves out: U+0000 where nothing else leads the same way.
fn visible_as_written(dfa: &Dfa) -> Dfa {
    if super::chars::needs_nul(dfa) { dfa.minus(&super::chars::with_nul()).unwrap() } else { dfa.clone() }
}

fn tables() -> impl Strategy<Value = Dfa> {
    let code = || prop::sample::select(vec![0_u32, 1, 0xA, 0xB, 0x22, 0x23, 0x5C, 0x5D, 0x61, 0x62, 0xD7FF, 0x10_FFFF]);
    let edge = (code(), code(), 0..6_usize).prop_map(|(a, b, to)| (a.min(b), a.max(b), to));
    prop::collection::vec((any::<bool>(), prop::collection::vec(edge, 0..4)), 1..7).prop_map(Dfa::from_table)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab\\-\n_é1\"\\\\\\x00\\x01\\x7f]{0,6}", 1..20)
}

proptest! {
    #[test]
    fn tables_are_written(dfa in tables(), texts in texts()) {
        holds(&dfa, &texts)?;
    }

    #[test]
    fn patterns_are_written(ecma in crate::regular::pattern::tests::patterns(true), texts in texts()) {
        if let Ok(dfa) = pattern(&ecma) {
            holds(&dfa, &texts)?;
        }
    }
}
