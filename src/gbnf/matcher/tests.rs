use super::{Matcher, Program, session::TABLE_LIMIT};
use crate::{
    ErrorKind,
    gbnf::{
        Ast, Expr, Generator, Grammar, TokenName, TokenRef,
        testing::{Facts, Reference, alt, any_ast, any_text, ast, class, json, lit, name, not, rep, seq},
    },
};
use proptest::prelude::*;
use std::sync::Arc;

fn matcher(ast: &Ast) -> Matcher {
    Matcher::from_ast(ast, &ast.rules[0].name).unwrap()
}

fn refusal(ast: &Ast) -> crate::Error {
    Matcher::from_ast(ast, &ast.rules[0].name).unwrap_err()
}

/// A matcher whose tables never hold more than a few sets.
fn forgetful(ast: &Ast) -> Matcher {
    Matcher::with_limit(Arc::new(Program::new(ast, &ast.rules[0].name).unwrap()), 2000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn trees_are_refused_exactly_if_they_cannot_be_followed(ast in any_ast()) {
        let facts = Facts::of(&ast);
        match Matcher::from_ast(&ast, "a") {
            Ok(_) => prop_assert!(facts.productive),
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Grammar);
                prop_assert!(!facts.productive || facts.left_recursive, "{}", error);
            }
        }
    }

    #[test]
    fn agrees_with_the_reference(ast in any_ast(), texts in prop::collection::vec(any_text(), 20)) {
        let recursive = Facts::of(&ast).left_recursive;
        if let (Ok(matcher), false) = (Matcher::from_ast(&ast, "a"), recursive) {
            for text in texts {
                prop_assert_eq!(matcher.matches(&text).unwrap(), Reference::matches(&ast, &text), "{:?}", text);
            }
        }
    }

    #[test]
    fn generated_texts_match(ast in any_ast(), seeds: [u64; 4], budget in 0usize..40, cut in any::<prop::sample::Index>()) {
        if let (Ok(matcher), Ok(generator)) = (Matcher::from_ast(&ast, "a"), Generator::from_ast(&ast, "a")) {
            let shortest = generator.shortest();
            prop_assert_eq!(matcher.completion(1 << 24).unwrap().map(|text| text.len()), Some(shortest.len()));
            let recursive = Facts::of(&ast).left_recursive;
            for seed in seeds {
                let text = generator.generate(seed, budget);
                prop_assert!(text.len() <= budget.max(shortest.len()));
                prop_assert!(matcher.matches(&text).unwrap(), "{:?}", text);
                // With a character left out or exchanged most texts no longer match.
                let mut spoilt: Vec<char> = text.chars().collect();
                if !spoilt.is_empty() && !recursive {
                    let at = cut.index(spoilt.len());
                    spoilt[at] = 'b';
                    let exchanged: String = spoilt.iter().collect();
                    prop_assert_eq!(matcher.matches(&exchanged).unwrap(), Reference::matches(&ast, &exchanged));
                    spoilt.remove(at);
                    let shorter: String = spoilt.iter().collect();
                    prop_assert_eq!(matcher.matches(&shorter).unwrap(), Reference::matches(&ast, &shorter));
                }
            }
        }
    }

    #[test]
    fn whatever_is_a_grammar_can_be_matched(ast in any_ast(), texts in prop::collection::vec(any_text(), 8), seed: u64) {
        if let Ok(grammar) = Grammar::from_ast(ast.clone(), "a") {
            // What it is printed as and read again matches the same.
            let (read, built) = (Matcher::new(&grammar).unwrap(), matcher(&ast));
            for text in texts.into_iter().chain([Generator::new(&grammar).unwrap().generate(seed, 30)]) {
                prop_assert_eq!(read.matches(&text).unwrap(), built.matches(&text).unwrap(), "{:?}", text);
            }
        }
    }

    #[test]
    fn a_text_read_in_pieces_reads_the_same(ast in any_ast(), text in any_text(), seed: u64) {
        if let (Ok(whole), Ok(generator)) = (Matcher::from_ast(&ast, "a"), Generator::from_ast(&ast, "a")) {
            for text in [text, generator.generate(seed, 30)] {
                let (mut whole, mut bytes, mut chars, mut small) = (whole.clone(), whole.clone(), whole.clone(), forgetful(&ast));
                let read = whole.push(&text).is_ok();
                let pieces: Vec<String> = text.chars().map(String::from).collect();
                prop_assert_eq!(read, text.bytes().all(|byte| bytes.push([byte]).is_ok()));
                prop_assert_eq!(read, pieces.iter().all(|piece| chars.push(piece).is_ok()));
                prop_assert_eq!(read, pieces.iter().all(|piece| small.push(piece).is_ok()));
                for other in [&bytes, &chars, &small] {
                    prop_assert_eq!(whole.offset(), other.offset());
                    prop_assert_eq!(whole.is_accepting(), other.is_accepting());
                    prop_assert_eq!(whole.is_finished(), other.is_finished());
                    prop_assert_eq!(whole.expected().unwrap(), other.expected().unwrap());
                    prop_assert_eq!(whole.completion(100).unwrap(), other.completion(100).unwrap());
                }
                // Whatever was read can be completed, and to a whole text.
                if let Some(rest) = whole.completion(10_000).unwrap() {
                    let mut all = text.as_bytes()[..whole.offset()].to_vec();
                    all.extend(rest);
                    prop_assert!(whole.matches(&all).unwrap());
                    prop_assert!(std::str::from_utf8(&all).is_ok());
                }
                prop_assert!(!whole.is_finished() || whole.expected().unwrap() == "the end of the text");
            }
        }
    }

    #[test]
    fn only_well_formed_utf_8_matches(bytes in prop::collection::vec(any::<u8>(), 0..6)) {
        let matcher = matcher(&ast([("a", rep(Expr::Any, 0, None))]));
        let is_text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\0'));
        prop_assert_eq!(matcher.matches(&bytes).unwrap(), is_text);
    }
}

#[test]
fn nul_matches_nothing() {
    for text in ["root ::= .", "root ::= [^a]", "root ::= [\\x00-\\x1F]"] {
        let grammar = Grammar::parse(text).unwrap();
        assert!(!grammar.matches("\0").unwrap() && grammar.matches("\u{1}").unwrap(), "{text}");
        let generator = Generator::new(&grammar).unwrap();
        assert_ne!(generator.shortest(), "\0", "{text}");
        assert!((0..100).all(|seed| generator.generate(seed, 1) != "\0"), "{text}");
    }
    let any = matcher(&ast([("a", Expr::Any)]));
    assert_eq!(any.expected().unwrap(), "any character");
}

#[test]
fn says_what_was_expected() {
    let mut json = matcher(&json(None));
    json.push("{\"a\":[1").unwrap();
    assert!(!json.is_accepting());
    let error = json.push("2,3\n]").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert_eq!(
        error.message(),
        "the text does not follow the grammar: byte 10 is `\\n`, expected `,`, `.`, `0` to `9` or `]`"
    );
    assert_eq!(error.span().unwrap().bytes, 3..4);
    assert_eq!(json.offset(), 10);
    json.push("]}").unwrap();
    assert!(json.is_finished());
    assert!(json.push("é").unwrap_err().message().ends_with("byte 12 is `é`, expected the end of the text"));
    json.reset();
    json.push("0").unwrap();
    assert!(json.is_accepting() && !json.is_finished());
}

#[test]
fn refuses_what_it_cannot_follow() {
    let cases: [(Ast, &str); 9] = [
        (ast([("a", name("b"))]), "rule `b` is not defined"),
        (ast([("a", lit("x")), ("a", lit("y"))]), "rule `a` is defined twice"),
        (ast([("a", seq([lit("x"), name("a")]))]), "no text matches rule `a`"),
        (ast([("a", class(&[]))]), "no text matches"),
        (ast([("a", alt([seq([name("a"), lit("x")]), lit("y")]))]), "rule `a` is left-recursive (`a` calls `a`)"),
        (
            ast([
                ("a", alt([seq([name("e"), name("b")]), lit("x")])),
                ("b", seq([name("a"), lit("y")])),
                ("e", alt([lit(""), lit("z")])),
            ]),
            "rule `a` is left-recursive (`a` calls `b` calls `a`)",
        ),
        (ast([("a", rep(lit("x"), 3, 2))]), "rule `a` repeats at least 3 and at most 2 times"),
        (ast([("a", rep(alt([seq([name("a"), lit("y")]), lit("x")]), 0, 1000))]), "left-recursive"),
        (ast([("a", (0..600).fold(lit("x"), |inner, _| rep(inner, 0, 1)))]), "nested too deep"),
    ];
    for (ast, message) in cases {
        let error = refusal(&ast);
        assert_eq!(error.kind(), ErrorKind::Grammar);
        assert!(error.message().contains(message), "{error} should say {message}");
    }
    let token = Expr::Token(TokenRef { negated: false, token: TokenName::Id(7) });
    assert_eq!(refusal(&ast([("a", token)])).kind(), ErrorKind::Unsupported);
    assert!(Matcher::from_ast(&json(None), "nothing").is_err());
}

#[test]
fn rules_that_the_root_does_not_need_may_name_tokens() {
    let unused = Grammar::parse("root ::= \"a\"\nunused ::= <[5]> other\nother ::= \"b\" unused | root").unwrap();
    assert!(unused.matches("a").unwrap() && !unused.matches("b").unwrap());
    assert_eq!(Generator::new(&unused).unwrap().shortest(), "a");
    let needed = Grammar::parse("root ::= \"a\" | other\nother ::= <[5]>").unwrap();
    assert_eq!(needed.matches("a").unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn deep_nesting_needs_no_deep_call_stack() {
    let json = matcher(&json(None));
    let text = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(json.matches(text(10_000)).unwrap());
    assert!(!json.matches(text(10_000) + "]").unwrap());
    let mut open = json.clone();
    open.push("[{\"a\":".repeat(10_000)).unwrap();
    let rest = open.completion(100_000).unwrap().unwrap();
    assert_eq!(rest.len(), 20_001);
    open.push(rest).unwrap();
    assert!(open.is_finished());
}

#[test]
fn long_texts_take_little_memory() {
    for length in [None, Some(2_000_000), Some(u32::MAX)] {
        let mut json = matcher(&json(length));
        json.push("[\"").unwrap();
        for _ in 0..100 {
            json.push("0123456789".repeat(1000)).unwrap();
        }
        assert!(json.session().size() <= TABLE_LIMIT + 10_000);
        json.push("\"]").unwrap();
        assert!(json.is_finished());
    }
}

#[test]
fn an_enum_of_many_values_is_one_stack() {
    let values: Vec<String> = (0..2000).map(|number| format!("value-{:05}", number * 37 % 99_991)).collect();
    let enumeration = ast([("a", Expr::Alt(values.iter().map(|value| lit(&format!("\"{value}\""))).collect()))]);
    let program = Arc::new(Program::new(&enumeration, "a").unwrap());
    assert!(program.place_count() < 6000, "{}", program.place_count());
    let mut matcher = Matcher::with_limit(program, TABLE_LIMIT);
    for byte in "\"value-00037\"".bytes() {
        assert_eq!(matcher.session().with(|tables, set| tables.machine.stack_count(set)), 1);
        matcher.push([byte]).unwrap();
    }
    assert!(matcher.is_finished());
    assert!(values.iter().all(|value| matcher.matches(format!("\"{value}\"")).unwrap()));
    assert!(!matcher.matches("\"value-00038\"").unwrap());
}

#[test]
fn grammars_that_multiply_places_are_still_followed() {
    // Told apart, the places of this rule would be 2^40.
    let ab = || class(&[('a', 'b')]);
    let far = ast([("a", seq([rep(ab(), 0, None), lit("a"), rep(ab(), 40, 40)]))]);
    let matcher = matcher(&far);
    assert!(matcher.matches("b".repeat(50) + "a" + &"ba".repeat(20)).unwrap());
    assert!(!matcher.matches("b".repeat(50) + "b" + &"ba".repeat(20)).unwrap());
}

#[test]
fn rules_that_begin_alike_are_followed_as_one() {
    // Each rule begins with two calls of the next, and one repetition may end wherever the other does.
    let chain: Vec<String> = (0..30).map(|number| format!("r{number}")).collect();
    let mut rules: Vec<(&str, Expr)> = chain
        .windows(2)
        .map(|pair| (pair[0].as_str(), alt([seq([name(&pair[1]), lit("x")]), seq([name(&pair[1]), lit("y")])])))
        .collect();
    rules.push((&chain[29], lit("z")));
    let rules = rules.into_iter().map(|(name, body)| crate::gbnf::Rule { name: name.into(), body }).collect();
    let matcher = matcher(&Ast { rules });
    assert!(matcher.matches("z".to_owned() + &"xy".repeat(14) + "x").unwrap());

    let nested = ast([("a", rep(rep(not(&[('"', '"')]), 1, 50), 0, 40))]);
    let mut matcher = super::Matcher::from_ast(&nested, "a").unwrap();
    let mut most = 0;
    for _ in 0..2000 {
        matcher.push("c").unwrap();
        most = most.max(matcher.session().with(|tables, set| tables.machine.stack_count(set)));
    }
    assert!(matcher.is_finished() && most < 120, "{most} stacks");
}

#[test]
fn ambiguous_grammars_are_followed_or_refused() {
    let maybe = |text| rep(lit(text), 0, 1);
    // Every `x` may be followed by one `y`.
    let dangling = ast([("a", alt([seq([lit("x"), name("a"), name("b")]), lit("")])), ("b", maybe("y"))]);
    let dangling = matcher(&dangling);
    assert!(dangling.matches("x".repeat(1000) + &"y".repeat(999)).unwrap());
    assert!(!dangling.matches("x".repeat(1000) + &"y".repeat(1001)).unwrap());
    let palindrome = matcher(&ast([("a", alt([seq([lit("x"), name("a"), lit("x")]), lit("x"), lit("")]))]));
    assert!(palindrome.matches("x".repeat(500)).unwrap());
    let trees = matcher(&ast([("a", alt([seq([lit("x"), name("a"), name("a")]), lit("")]))]));
    assert!(trees.matches("x".repeat(500)).unwrap());

    let tangled = matcher(&ast([
        ("a", alt([seq([lit("x"), name("b"), name("a")]), seq([lit("x"), name("a"), name("b")]), lit("")])),
        ("b", alt([seq([lit("x"), name("a"), name("b"), name("c")]), lit("")])),
        ("c", rep(name("b"), 0, 100)),
    ]));
    let error = tangled.matches("x".repeat(10_000)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Grammar);
    assert!(error.message().contains("too many ways"));
}
