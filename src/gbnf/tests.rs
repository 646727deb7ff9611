//! Properties of reading and printing.
use super::{Ast, CharClass, Expr, Grammar, Rule, TokenName, TokenRef, parser, shape};
use crate::ErrorKind;
use proptest::{collection::vec, prelude::*};

const NAMES: [&str; 5] = ["root", "a", "B-2", "0", "-"];

fn character() -> impl Strategy<Value = char> {
    let special = prop::sample::select(
        "\\\"[]^-|(){}<>!#.*+?,:= \t\r\n\u{7F}\u{A0}\u{301}\u{2028}é😀\u{10FFFF}".chars().collect::<Vec<_>>(),
    );
    prop_oneof![3 => special, 2 => prop::char::range('!', '~'), 1 => any::<char>()]
}

fn class() -> impl Strategy<Value = CharClass> {
    let code = prop_oneof![3 => character().prop_map(u32::from), 1 => 0..=u32::from(char::MAX)];
    let range = (code.clone(), code.clone()).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let range = prop_oneof![code.prop_map(|code| (code, code)), range];
    (any::<bool>(), vec(range, 1..5))
        .prop_map(|(negated, ranges)| CharClass { negated, ranges })
        .prop_filter("matches nothing", |class| shape::class(class).is_ok())
}

fn token() -> impl Strategy<Value = TokenRef> {
    let text = "[a-z|/ <(\"]{0,6}".prop_map(|text| TokenName::Text(format!("<{text}>")));
    let name = prop_oneof![(0..=u32::MAX >> 1).prop_map(TokenName::Id), text];
    (any::<bool>(), name).prop_map(|(negated, token)| TokenRef { negated, token })
}

fn expr() -> impl Strategy<Value = Expr> {
    let text = vec(character().prop_filter("ends text", |c| *c != '\0'), 0..4);
    let leaf = prop_oneof![
        text.prop_map(|chars| Expr::Literal(chars.into_iter().collect())),
        class().prop_map(Expr::Class),
        Just(Expr::Any),
        prop::sample::select(&NAMES[..]).prop_map(Expr::rule),
        token().prop_map(Expr::Token),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        let bounds = prop_oneof![
            Just((0, None)),
            Just((1, None)),
            (0..3_u32, prop::option::of(0..3_u32)).prop_map(|(min, more)| (min, more.map(|more| min + more))),
        ];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Expr::Seq),
            vec(inner.clone(), 1..4).prop_map(Expr::Alt),
            (inner, bounds).prop_map(|(expr, (min, max))| Expr::Repeat { expr: Box::new(expr), min, max }),
        ]
    })
}

fn count(expr: &Expr, of: fn(&Expr) -> bool) -> usize {
    let inner = match expr {
        Expr::Seq(parts) | Expr::Alt(parts) => parts.iter().map(|part| count(part, of)).sum(),
        Expr::Repeat { expr, .. } => count(expr, of),
        _ => 0,
    };
    inner + usize::from(of(expr))
}

/// Text that looks much like a grammar.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "root",
        "a",
        "b",
        " ::= ",
        "::=",
        "\n",
        "\n",
        " ",
        "\"x\"",
        "\"\"",
        "[a-z]",
        "[^\"]",
        "(",
        ")",
        "|",
        "*",
        "+",
        "?",
        "{2}",
        "{1,3}",
        "{0,}",
        "{0,20}",
        "{0,100}",
        "{",
        "}",
        ",",
        "<t>",
        "!<[1]>",
        "!",
        ".",
        "# c\n",
        "\\",
        "\"",
        "[",
        "]",
        "é",
        "\r",
        "99999999999",
        "\"\\x",
        "\\U0001F600",
        "root ::= ",
        "\na ::= ",
        "\nb ::= \"y\"\n",
    ]);
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_reads_as_the_same_tree(bodies in vec(expr(), 1..=NAMES.len())) {
        let rules = bodies.into_iter().zip(NAMES).map(|(body, name)| Rule { name: name.into(), body });
        let ast = Ast { rules: rules.collect() };
        let normal = ast.clone().normalized();
        prop_assert_eq!(&normal.clone().normalized(), &normal);
        for (text, is_normal) in [(ast.to_string(), false), (normal.to_string(), true)] {
            let parsed = match parser::parse(&text) {
                Err(fault) if !is_normal && fault.message.starts_with("the empty text is repeated") => continue,
                parsed => parsed.map_err(|fault| TestCaseError::fail(format!("{fault:?}\n{text}")))?,
            };
            prop_assert_eq!(&parsed.ast, &normal, "{}", text);
            for (rule, spans) in parsed.ast.rules.iter().zip(&parsed.spans) {
                prop_assert_eq!(&text[spans.name.clone()], &rule.name);
                prop_assert_eq!(spans.refs.len(), count(&rule.body, |expr| matches!(expr, Expr::Rule(_))));
                prop_assert_eq!(spans.repeats.len(), count(&rule.body, |expr| matches!(expr, Expr::Repeat { .. })));
                for at in spans.refs.iter().chain(&spans.repeats) {
                    prop_assert!(!text[at.clone()].is_empty());
                }
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in prop_oneof![4 => text(), 1 => any::<String>()]) {
        match Grammar::parse(text.as_str()) {
            Ok(grammar) => {
                let again = Grammar::from_ast(grammar.ast().clone(), "root");
                let again = again.map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(again.ast(), grammar.ast());
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Grammar);
                let span = error.span().ok_or_else(|| TestCaseError::fail("no place"))?;
                prop_assert!(text.get(span.bytes.clone()).is_some());
            }
        }
    }
}

/// Rules each of which refers to the next after what is `between`.
fn chain(length: usize, between: &str) -> String {
    let rules: Vec<String> = (0..length).map(|n| format!("r{n} ::= {between} r{}\n", n + 1)).collect();
    rules.concat()
}

#[test]
fn hostile_texts_are_refused_at_once() {
    let many = 200_000;
    let texts = [
        format!("root ::= {}", "(".repeat(many)),
        format!("root ::= \"a\"{}", "?".repeat(many)),
        format!("root ::= \"a\"{}", "{2}".repeat(many)),
        format!("root ::= r0\n{}r{many} ::= \"x\"", chain(many, "")),
        format!("root ::= r0\n{}r{many} ::= r0", chain(many, "")),
        format!("root ::= r0\n{}r{many} ::= r{many} \"x\"", chain(many, "\"a\"")),
        format!("root ::= {}", "root ".repeat(many)),
        format!("root ::= {}", "a? ".repeat(many)),
        format!("root ::= \"{}\"{{2000}}", "a".repeat(many)),
        format!("root ::= ({})", "\"a\" | ".repeat(many)),
        format!("root ::= [{}", "a-".repeat(many)),
    ];
    for text in texts {
        let error = Grammar::parse(text.as_str()).unwrap_err();
        assert!(error.span().is_some() && error.message().len() < 1000, "{text:.40}: {error}");
    }
}

#[test]
fn many_literals_in_a_row_are_read_at_once() {
    // Quadratic work would take minutes.
    let many = 500_000;
    let grammar = Grammar::parse(format!("root ::= {}", "\"a\" ".repeat(many))).unwrap();
    assert_eq!(grammar.ast().rules[0].body, Expr::literal("a".repeat(many)));
}

#[test]
fn repetitions_count_as_they_are_printed() {
    let refused = |text: &str| Grammar::parse(text).unwrap_err().to_string();
    let message = refused("root ::= \"a\"{0,20}{0,100}");
    assert!(message.contains("2100 rules"), "{message}");
    let message = refused(&format!("root ::= (\"{}\"){{0,2000}}", "a".repeat(3000)));
    assert!(message.contains("elements"), "{message}");
    for text in ["root ::= \"a\"{0,19}{0,100}", "root ::= (\"abc\"){0,2000}"] {
        let grammar = Grammar::parse(text).unwrap();
        let formatted = Grammar::parse(super::format(text).unwrap()).unwrap();
        assert_eq!(formatted.ast(), grammar.ast());
        assert!(Grammar::seq((&grammar, "x")).is_ok());
    }
}

#[test]
fn a_long_chain_of_rules_is_read() {
    let rules = chain(50_000, "\"a\"");
    assert!(Grammar::parse(format!("root ::= r0\n{rules}r50000 ::= \"\"\n")).is_ok());
}

#[test]
fn a_long_rule_that_waits_for_one_after_the_other_is_read() {
    let count = 50_000;
    let names: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
    let rules: Vec<String> = (1..count).rev().map(|n| format!("r{n} ::= \"x\" r{}\n", n - 1)).collect();
    assert!(Grammar::parse(format!("root ::= {}\n{}r0 ::= \"y\"\n", names.join(" "), rules.concat())).is_ok());
}

#[test]
fn trees_that_cannot_be_written_are_refused_by_rule() {
    let refused = |name: &str, body: Expr| {
        let ast = Ast { rules: vec![Rule { name: name.into(), body }] };
        let error = Grammar::from_ast(ast, "root").unwrap_err();
        assert!(error.span().is_none());
        error.to_string()
    };
    let repeat = |min, max| Expr::Repeat { expr: Box::new(Expr::Any), min, max };
    assert!(refused("my_rule", Expr::Any).contains("\"my_rule\" cannot name a rule"));
    let in_root = [
        Expr::Alt(Vec::new()),
        Expr::class([]),
        Expr::class_except([]),
        Expr::class([('z', 'a')]),
        Expr::literal("a\0"),
        Expr::rule("a b"),
        Expr::rule("other"),
        Expr::rule("root"),
        repeat(3, Some(2)),
        repeat(0, Some(2001)),
        repeat(2001, None),
        Expr::Any.optional().repeat(0, None),
        Expr::seq([Expr::Any, Expr::rule("root")]),
        Expr::Token(TokenRef { negated: false, token: TokenName::Text("think".to_owned()) }),
        Expr::Alt(vec![Expr::Any.repeat(2, Some(50)), Expr::Any]).repeat(2, Some(50)),
    ];
    for body in in_root {
        let shown = body.to_string();
        let message = refused("root", body);
        assert!(message.contains("`root`"), "{shown}: {message}");
    }
    assert!(refused("answer", Expr::Any).contains("no rule is named `root`"));
    assert!(Grammar::from_ast(Ast::default(), "root").unwrap_err().message().contains("no rules"));
}
