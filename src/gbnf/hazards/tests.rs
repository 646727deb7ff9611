use super::{
    HazardKind,
    engine::{EMPTY, Engine},
    expand::Expanded,
};
use crate::{
    Grammar, Result,
    gbnf::{Ast, Generator, Matcher, parser, testing},
};
use proptest::prelude::*;

fn hazards(text: &str) -> super::Hazards {
    Grammar::parse(text).unwrap().hazards().unwrap()
}

/// How many stacks there are after each character, and whether the text is a sentence.
fn follow(grammar: &Grammar, text: &str) -> (Vec<usize>, bool) {
    let rules = Expanded::new(grammar.ast()).unwrap();
    let mut engine = Engine::new(&rules, usize::MAX);
    let root = grammar.ast().rules.iter().position(|rule| rule.name == grammar.root()).unwrap();
    let mut stacks = engine.start(u32::try_from(root).unwrap());
    let mut counts = vec![stacks.len()];
    for c in text.chars() {
        stacks = engine.read(&stacks, c);
        counts.push(stacks.len());
    }
    (counts, stacks.contains(&EMPTY))
}

fn grammar(ast: Ast) -> Option<Grammar> {
    let root = ast.rules.first()?.name.clone();
    Grammar::from_ast(ast, root).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn accepts_what_the_matcher_accepts(ast in testing::any_ast(), text in "[abé☃]{0,8}", seed: u64) {
        let Some(grammar) = grammar(ast) else { return Ok(()) };
        let Ok(matcher) = Matcher::new(&grammar) else { return Ok(()) };
        prop_assert_eq!(follow(&grammar, &text).1, matcher.matches(&text).unwrap(), "{}: {:?}", grammar, text);
        let written = Generator::new(&grammar).unwrap().generate(seed, 30);
        prop_assert!(follow(&grammar, &written).1, "{}: {:?}", grammar, written);
    }

    #[test]
    fn any_grammar_has_figures(ast in testing::any_ast()) {
        let Some(grammar) = grammar(ast) else { return Ok(()) };
        let hazards = grammar.hazards().unwrap();
        let stacks = hazards.stacks.unwrap();
        prop_assert!(stacks.median >= 1 && stacks.median <= stacks.p99 && stacks.p99 <= stacks.max);
    }
}

#[test]
fn counts_are_those_of_the_engine() {
    let counts = |text: &str, read: &str| follow(&Grammar::parse(text).unwrap(), read).0;
    // Three alternatives, of which two go on; then two ends, of which equal ones are one.
    assert_eq!(counts(r#"root ::= "ab" | "ac" | "b""#, "ab"), [3, 2, 1]);
    // After each `a` one may stop or go on, with one stack for either.
    assert_eq!(counts(r#"root ::= "a"*"#, "aa"), [2, 2, 2]);
    // The end of the inner repetition and that of the outer one fall together.
    assert_eq!(counts(r#"root ::= ("a"* "b")*"#, "ab"), [3, 2, 3]);
    // Two repetitions of the same: in the first, in the second, or at the end.
    assert_eq!(counts(r#"root ::= "a"* "a"*"#, "a"), [3, 3]);
    assert_eq!(counts(r#"root ::= "a"{0,5} "a"{0,5}"#, "a"), [3, 4]);
}

#[test]
fn flat_lists_are_told_and_trees_are_not() -> Result<()> {
    let names: Vec<String> = (0..2000).map(|number| format!("value-{number:04}")).collect();
    let flat = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ");
    let found = hazards(&format!("root ::= \"<\" name \">\"\nname ::= {flat}"));
    let stacks = found.stacks.as_ref().unwrap();
    assert_eq!(stacks.max, 2000);
    let [place] = found.places.as_slice() else { panic!("{found}") };
    assert_eq!((place.rule.as_str(), place.line, place.stacks), ("name", 2, 2000));
    assert_eq!(place.kind, HazardKind::Alternatives);

    let tree = Grammar::one_of(names)?.hazards()?;
    assert!(tree.places.is_empty() && tree.stacks.as_ref().unwrap().max <= 10, "{tree}");
    Ok(())
}

#[test]
fn repetitions_in_repetitions_are_told() {
    let found = hazards("root ::= word{0,40}\nword ::= [a-z]{1,50}");
    assert!(found.stacks.as_ref().unwrap().max > 1000, "{found}");
    assert_eq!((found.places[0].rule.as_str(), found.places[0].kind), ("word", HazardKind::Ways));

    let apart = hazards("root ::= (word \" \"){0,40}\nword ::= [a-z]{1,50}");
    assert!(apart.places.is_empty(), "{apart}");

    let found = hazards("root ::= [a-z]{0,200} [a-z0-9]{0,200}");
    assert_eq!(found.places[0].kind, HazardKind::Counts, "{found}");
}

fn alternatives(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_step_to_too_many_stacks_is_cut_short() {
    // As many stacks as there are ways to read nothing, 2 to the 60th.
    let doubled: Vec<String> = (0..60).map(|n| format!("a{n} ::= a{0} e | a{0} e\n", n + 1)).collect();
    let ast = parser::parse(&format!("{}a60 ::= \"\"\ne ::= \"\"", doubled.concat())).unwrap().ast;
    let rules = Expanded::new(&ast).unwrap();
    let mut engine = Engine::new(&rules, 10_000);
    engine.start(0);
    assert_eq!(engine.work, 10_001);

    // In `b` there are 1500 stacks on each of as many.
    let root = alternatives(1500, |n| format!("\"x\" b \"{n}\""));
    let found = hazards(&format!("root ::= {root}\nb ::= {}", alternatives(1500, |n| format!("\"y{n}\""))));
    assert_eq!(found.places[0].rule, "b");
    assert!((1_900_000..2_000_000).contains(&found.places[0].stacks), "{found}");
    assert_eq!(found.stacks.unwrap().max, found.places[0].stacks);
}

#[test]
fn rules_that_no_text_reached_are_told() {
    let flat = (0..500).map(|number| format!("\"x{number}\"")).collect::<Vec<_>>().join(" | ");
    let found = hazards(&format!("root ::= \"a\"\nunused ::= {flat}"));
    assert_eq!((found.places[0].rule.as_str(), found.places[0].after.as_deref()), ("unused", None));
    assert_eq!(found.stacks.unwrap().max, 1);
}

#[test]
fn tokens_have_no_texts() {
    let found = hazards("root ::= <think> [a-z]*");
    assert!(found.stacks.is_none() && found.to_string().contains("names tokens"));
}
