use super::*;
use crate::{
    ErrorKind, Grammar, Result,
    gbnf::{Ast, Expr, Generator, Matcher, testing},
};
use proptest::prelude::*;
use std::collections::HashSet;

fn words() -> impl Strategy<Value = Vec<String>> {
    let character = prop::sample::select(vec!['a', 'b', 'c', 'd', '"', '\n', 'é', 'è', '☃', '🙂']);
    let word = prop::collection::vec(character, 0..6).prop_map(String::from_iter);
    prop::collection::vec(word, 1..30)
}

/// Texts near these.
fn near(words: &[String]) -> Vec<String> {
    let mut out: Vec<String> = words.to_vec();
    for word in words {
        out.extend(word.char_indices().map(|(at, _)| word[..at].to_owned()));
        out.extend(["a", "é", "\n"].map(|more| format!("{word}{more}")));
        out.extend(words.first().map(|other| format!("{word}{other}")));
    }
    out
}

proptest! {
    #[test]
    fn one_of_matches_the_texts_and_nothing_else(words in words()) {
        let grammar = Grammar::one_of(&words).unwrap();
        let (set, matcher) = (words.iter().cloned().collect::<HashSet<_>>(), Matcher::new(&grammar).unwrap());
        for text in near(&words) {
            prop_assert_eq!(matcher.matches(&text).unwrap(), set.contains(&text), "{:?}: {}", text, grammar);
        }
    }

    #[test]
    fn one_of_never_begins_two_branches_alike(words in words()) {
        let grammar = Grammar::one_of(&words).unwrap();
        let mut open: Vec<&Expr> = grammar.ast().rules.iter().map(|rule| &rule.body).collect();
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Alt(parts) => {
                    let firsts = parts.iter().map(|part| match part {
                        Expr::Seq(parts) => parts[0].clone(),
                        part => part.clone(),
                    });
                    let mut seen = HashSet::new();
                    for first in firsts {
                        let firsts: Vec<char> = match first {
                            Expr::Literal(text) => text.chars().take(1).collect(),
                            Expr::Class(class) => class.scalar_ranges().into_iter().flat_map(|(a, b)| a..=b).collect(),
                            other => panic!("{other:?}"),
                        };
                        prop_assert!(firsts.into_iter().all(|c| seen.insert(c)), "{}", grammar);
                    }
                    open.extend(parts);
                }
                Expr::Seq(parts) => open.extend(parts),
                Expr::Repeat { expr, .. } => open.push(expr),
                _ => {}
            }
        }
    }
}

#[test]
fn one_of_takes_whatever_list() {
    let text =
        |words: &[&str]| Grammar::one_of(words.iter().copied()).map(|grammar| grammar.text().to_owned()).unwrap();
    assert_eq!(text(&["yes", "no", "yes"]), "root ::= \"yes\" | \"no\"\n");
    assert_eq!(text(&[""]), "root ::= \"\"\n");
    assert_eq!(text(&["", "a"]), "root ::= \"a\"?\n");
    assert_eq!(text(&["cat", "car", "cab", "ca"]), "root ::= \"ca\" [brt]?\n");
    assert_eq!(text(&["10", "11", "12", "20", "21", "22"]), "root ::= [12] [0-2]\n");
    assert_eq!(text(&["ban", "can", "din", "fan"]), "root ::= [bcf] \"an\" | \"din\"\n");
    let refused = |words: &[&str]| Grammar::one_of(words.iter().copied()).unwrap_err();
    assert!(refused(&[]).message().contains("at least one"));
    assert!(refused(&["a", "b\0"]).message().contains("U+0000"));
}

#[test]
fn one_of_takes_long_lists() {
    // Words that look like words, words of characters beyond ASCII, numbers, beginnings of one another.
    let syllables = ["ka", "to", "mi", "re", "sol", "un", "pre", "di", "st", "o"];
    let word = |mut number: usize| {
        let mut word = String::new();
        while number > 0 || word.is_empty() {
            word += syllables[number % 10];
            number /= 10;
        }
        word
    };
    let lists: [Vec<String>; 6] = [
        (0..10_000).map(word).collect(),
        ('\u{4e00}'..).take(10_000).map(|c| format!("{c}字")).collect(),
        ('\u{4e00}'..).take(10_000).enumerate().map(|(at, c)| format!("{c}{at}")).collect(),
        (0..10_000).map(|number| number.to_string()).collect(),
        (0..1_500).map(|length| "a".repeat(length)).collect(),
        ('\u{4e00}'..).take(3_000).enumerate().map(|(at, c)| format!("a{c}{at}")).collect(),
    ];
    // The empty text makes all of it optional, which llama.cpp does for no more than 2000 groups.
    let optional = lists.clone().map(|list| [list, vec![String::new()]].concat());
    for list in lists.into_iter().chain(optional) {
        let grammar = Grammar::one_of(&list).unwrap();
        let matcher = Matcher::new(&grammar).unwrap();
        for word in list.iter().step_by(97) {
            assert!(matcher.matches(word).unwrap(), "{word}");
            assert!(!matcher.matches(format!("{word}!")).unwrap(), "{word}");
        }
    }
    let error = Grammar::one_of(('\u{4e00}'..).take(20_000).enumerate().map(|(at, c)| format!("{c}{at}"))).unwrap_err();
    assert!(error.message().contains("20000 ways"), "{error}");
}

fn grammar(ast: Ast) -> Option<Grammar> {
    let root = ast.rules.first()?.name.clone();
    let grammar = Grammar::from_ast(ast, root).ok()?;
    Generator::new(&grammar).ok().map(|_| grammar)
}

fn texts(grammar: &Grammar) -> Vec<String> {
    let generator = Generator::new(grammar).unwrap();
    (0..12).map(|seed| generator.generate(seed, 30)).collect()
}

proptest! {
    #[test]
    fn composed_grammars_match_what_their_parts_match(
        a in testing::any_ast(),
        b in testing::any_ast(),
    ) {
        let (Some(a), Some(b)) = (grammar(a), grammar(b)) else { return Ok(()) };
        let (of_a, of_b) = (texts(&a), texts(&b));
        let in_a = Matcher::new(&a).unwrap();
        let in_b = Matcher::new(&b).unwrap();

        let both = Grammar::seq((&a, "|", &b, "|", &a)).unwrap();
        let matcher = Matcher::new(&both).unwrap();
        for (x, y) in of_a.iter().zip(&of_b) {
            prop_assert!(matcher.matches(format!("{x}|{y}|{x}")).unwrap(), "{}", both);
        }
        for text in texts(&both) {
            // None of the grammars can write a bar unless a class holds it.
            let parts: Vec<&str> = text.split('|').collect();
            if let [x, y, z] = parts[..] {
                prop_assert!(in_a.matches(x).unwrap() && in_b.matches(y).unwrap() && in_a.matches(z).unwrap());
            }
        }

        // Too many ways to begin are refused, by themselves or together.
        let Ok(either) = Grammar::alt([&a, &b]) else { return Ok(()) };
        let matcher = Matcher::new(&either).unwrap();
        for text in of_a.iter().chain(&of_b) {
            prop_assert!(matcher.matches(text).unwrap(), "{}", either);
        }
        for text in texts(&either) {
            prop_assert!(in_a.matches(&text).unwrap() || in_b.matches(&text).unwrap(), "{:?} {}", text, either);
        }
    }
}

#[test]
fn rules_keep_apart() -> Result<()> {
    let a = Grammar::parse_with_root("main ::= root x\nroot ::= \"1\"\nx ::= \"2\"\nunused ::= x", "main")?;
    let b = Grammar::parse("root ::= x x\nx ::= \"3\"")?;
    let both = Grammar::seq((&a, &b, &a))?;
    let expected = "root ::= part part-2 part\npart ::= root-2 x\nx ::= \"2\"\nroot-2 ::= \"1\"\npart-2 ::= x-2 x-2\n\
                    x-2 ::= \"3\"\n";
    assert_eq!(both.text(), expected);
    assert!(both.matches("123312")?);
    Ok(())
}

#[test]
fn parts_of_any_sort_and_number() -> Result<()> {
    assert_eq!(Grammar::seq(Vec::<Part>::new())?.text(), "root ::= \"\"\n");
    assert!(Grammar::alt(Vec::<Part>::new()).is_err());
    assert_eq!(Grammar::seq(("a", Expr::Any, String::from("b")))?.text(), "root ::= \"a\" . \"b\"\n");
    assert_eq!(Grammar::alt(["a", "b"])?.text(), "root ::= \"a\" | \"b\"\n");
    assert_eq!(Grammar::from_expr(Expr::Any.optional())?.text(), "root ::= .?\n");
    let error = Grammar::from_expr(Expr::rule("elsewhere")).unwrap_err();
    assert!(error.message().contains("`elsewhere` is not defined"), "{error}");
    Ok(())
}

#[test]
fn rules_may_use_one_another() -> Result<()> {
    let mut rules = Builder::new();
    let value = rules.declare("value");
    let list = rules.rule("list", Expr::seq([Expr::literal("["), value.clone().optional(), Expr::literal("]")]));
    rules.define(&value, Expr::alt([list.clone(), Expr::literal("1")]))?;
    for wrong in [&value, &list, &Expr::Any] {
        assert_eq!(rules.define(wrong, Expr::Any).unwrap_err().kind(), ErrorKind::Grammar);
    }
    let undefined = rules.clone().declare("later");
    assert!(rules.clone().build(undefined).is_err());
    let grammar = rules.build(value)?;
    assert!(grammar.matches("[[[1]]]")? && grammar.matches("[]")? && !grammar.matches("[1")?);
    Ok(())
}

#[test]
fn repetitions_are_exact() -> Result<()> {
    for (min, max) in
        [(0, Some(0)), (0, Some(1)), (3, Some(300)), (257, None), (300, Some(300)), (0, Some(2500)), (2100, Some(4000))]
    {
        for part in [Expr::literal("ab"), Expr::alt([Expr::literal("ab"), Expr::literal("cd")])] {
            let grammar = Grammar::repeat(part, min, max)?;
            let matcher = Matcher::new(&grammar)?;
            let counts = [0, 1, 2, 255, 256, 257, 1000].into_iter();
            let bounds =
                [Some(min), max, max.map(|max| max + 1), Some(min + 1), min.checked_sub(1), max.map(|m| m / 2)];
            for count in counts.chain(bounds.into_iter().flatten()) {
                let text = "ab".repeat(count as usize);
                let inside = count >= min && max.is_none_or(|max| count <= max);
                assert_eq!(matcher.matches(&text)?, inside, "{count} of {min} to {max:?}");
                assert!(!matcher.matches(format!("{text}a"))?);
            }
        }
    }
    let million = Grammar::repeat(Expr::Any, 0, Some(1_000_000))?;
    assert!(million.text().len() < 200, "{million}");
    for (min, max) in [(2, Some(1)), (0, Some(1_000_001)), (1_000_001, None)] {
        assert_eq!(Grammar::repeat("a", min, max).unwrap_err().kind(), ErrorKind::Grammar);
    }
    let empty = Grammar::parse("root ::= \"a\"?")?;
    assert!(Grammar::repeat(&empty, 0, None).is_err());
    Ok(())
}

/// A list of so many items `x`.
type Written = fn(u32) -> String;

#[test]
fn lists_have_as_many_items_as_they_may() -> Result<()> {
    let item = Grammar::parse("root ::= item\nitem ::= [a-z]+")?;
    let styles: [(List, Written); 5] = [
        (List::separated(", "), |n| vec!["x"; n as usize].join(", ")),
        (List::lines().enclosed("<\n", "\n>"), |n| format!("<\n{}\n>", vec!["x"; n as usize].join("\n"))),
        (List::bullets("* "), |n| vec!["* x"; n as usize].join("\n")),
        (List::numbered(), |n| (1..=n).map(|n| format!("{n}. x")).collect::<Vec<_>>().join("\n")),
        (List::json(), |n| format!("[{}]", vec!["x"; n as usize].join(","))),
    ];
    for (style, written) in styles {
        for (min, max) in [(0, Some(0)), (0, Some(1)), (0, None), (1, None), (1, Some(5)), (3, Some(3)), (2, Some(12))]
        {
            let matcher = Matcher::new(&Grammar::list_of(&item, style.clone().items(min, max))?)?;
            for count in 0..15 {
                let inside = count >= min && max.is_none_or(|max| count <= max);
                assert_eq!(matcher.matches(written(count))?, inside, "{count} of {min} to {max:?} in {style:?}");
            }
        }
        assert!(Grammar::list_of(&item, style.items(2, Some(1))).is_err());
    }
    let million = Matcher::new(&Grammar::list_of(&item, List::json().items(0, Some(1_000_000)))?)?;
    assert!(million.matches("[]")? && million.matches("[a,b]")? && !million.matches("[a,]")?);
    assert!(Grammar::list_of(&item, List::numbered())?.matches("1. a\n3. b").is_ok_and(|matches| !matches));
    assert!(Grammar::list_of(&item, List::numbered().items(1, Some(3000))).is_err());
    let from = |min| Grammar::list_of(&item, List::numbered().items(min, None));
    let matcher = Matcher::new(&from(150)?)?;
    let written = |count: u32| (1..=count).map(|n| format!("{n}. x")).collect::<Vec<_>>().join("\n");
    for (count, inside) in [(149, false), (150, true), (151, true), (2000, true), (2001, false)] {
        assert_eq!(matcher.matches(written(count))?, inside, "{count}");
    }
    assert!(from(2001).unwrap_err().message().contains("at most 2000 items"));
    let empty = Grammar::parse("root ::= [a-z]*")?;
    assert!(Grammar::list_of(&empty, ",")?.matches(",a,,")?);
    assert!(Grammar::list_of(&empty, "").unwrap_err().message().contains("may be empty"));
    Ok(())
}
