//! Help for tests of grammars: short ways to write trees, random ones, and a slow matcher to compare with.
use super::{Ast, CharClass, Expr, Rule};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn ast<const N: usize>(rules: [(&str, Expr); N]) -> Ast {
    Ast { rules: rules.into_iter().map(|(name, body)| Rule { name: name.into(), body }).collect() }
}

pub(crate) fn lit(text: &str) -> Expr {
    Expr::literal(text)
}

pub(crate) fn name(rule: &str) -> Expr {
    Expr::rule(rule)
}

pub(crate) fn class(ranges: &[(char, char)]) -> Expr {
    Expr::Class(CharClass { negated: false, ranges: points(ranges) })
}

pub(crate) fn not(ranges: &[(char, char)]) -> Expr {
    Expr::Class(CharClass { negated: true, ranges: points(ranges) })
}

fn points(ranges: &[(char, char)]) -> Vec<(u32, u32)> {
    ranges.iter().map(|range| (range.0.into(), range.1.into())).collect()
}

pub(crate) fn seq<const N: usize>(parts: [Expr; N]) -> Expr {
    Expr::Seq(parts.into())
}

pub(crate) fn alt<const N: usize>(parts: [Expr; N]) -> Expr {
    Expr::Alt(parts.into())
}

pub(crate) fn rep(expr: Expr, min: u32, max: impl Into<Option<u32>>) -> Expr {
    Expr::Repeat { expr: Box::new(expr), min, max: max.into() }
}

/// JSON without white space; strings have at most `length` characters if that is given.
pub(crate) fn json(length: Option<u32>) -> Ast {
    let digits = || rep(class(&[('0', '9')]), 1, None);
    let list = |open, of: Expr, close| {
        seq([lit(open), rep(seq([of.clone(), rep(seq([lit(","), of]), 0, None)]), 0, 1), lit(close)])
    };
    ast([
        (
            "value",
            alt([
                list("{", seq([name("string"), lit(":"), name("value")]), "}"),
                list("[", name("value"), "]"),
                name("string"),
                name("number"),
                lit("true"),
                lit("false"),
                lit("null"),
            ]),
        ),
        ("string", seq([lit("\""), rep(name("char"), 0, length), lit("\"")])),
        (
            "char",
            alt([
                not(&[('"', '"'), ('\\', '\\'), ('\0', '\x1f')]),
                seq([lit("\\"), alt([class(&[('"', '"'), ('\\', '\\'), ('n', 'n'), ('t', 't')]), name("hex")])]),
            ]),
        ),
        ("hex", seq([lit("u"), rep(class(&[('0', '9'), ('a', 'f')]), 4, 4)])),
        (
            "number",
            seq([
                rep(lit("-"), 0, 1),
                alt([lit("0"), seq([class(&[('1', '9')]), rep(class(&[('0', '9')]), 0, 15)])]),
                rep(seq([lit("."), digits()]), 0, 1),
            ]),
        ),
    ])
}

const RULES: [&str; 4] = ["a", "b", "c", "d"];

/// Trees over a small alphabet with characters of all lengths; many are left-recursive or match nothing.
pub(crate) fn any_ast() -> impl Strategy<Value = Ast> {
    prop::collection::vec(any_expr(), 1..=RULES.len()).prop_map(|bodies| {
        let count = bodies.len();
        let rules = RULES.iter().zip(bodies).map(|(name, mut body)| {
            rename(&mut body, count);
            Rule { name: (*name).into(), body }
        });
        Ast { rules: rules.collect() }
    })
}

/// Refers to the rules there are.
fn rename(expr: &mut Expr, count: usize) {
    match expr {
        Expr::Rule(name) => {
            let at = RULES.iter().position(|rule| rule == name).unwrap();
            *name = RULES[at % count].into();
        }
        Expr::Seq(parts) | Expr::Alt(parts) => parts.iter_mut().for_each(|part| rename(part, count)),
        Expr::Repeat { expr, .. } => rename(expr, count),
        _ => {}
    }
}

fn any_expr() -> impl Strategy<Value = Expr> {
    let text = prop::sample::select(vec!["", "a", "b", "ab", "aa", "ba", "é", "éa", "è", "☃", "🙂", "aé", "bab"]);
    let range = prop::sample::select(vec![
        ('a', 'a'),
        ('a', 'b'),
        ('b', 'b'),
        ('a', 'é'),
        ('é', 'é'),
        ('\u{80}', '\u{d7ff}'),
        ('☃', '🙂'),
        ('\u{7ff}', '\u{800}'),
        ('\u{ffff}', '\u{10000}'),
    ]);
    let leaf = prop_oneof![
        5 => text.prop_map(lit),
        2 => (prop::collection::vec(range, 0..3), prop::bool::weighted(0.2)).prop_map(|(ranges, negated)| {
            Expr::Class(CharClass { negated, ranges: points(&ranges) })
        }),
        1 => Just(Expr::Any),
        4 => prop::sample::select(RULES.to_vec()).prop_map(name),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Seq),
            3 => prop::collection::vec(inner.clone(), 2..5).prop_map(Expr::Alt),
            2 => (inner, repetitions()).prop_map(|(expr, (min, max))| rep(expr, min, max)),
        ]
    })
}

fn repetitions() -> impl Strategy<Value = (u32, Option<u32>)> {
    prop_oneof![
        4 => prop::sample::select(vec![(0, None), (1, None), (0, Some(1)), (2, Some(2)), (0, Some(3)), (2, None)]),
        // These are counted.
        1 => prop::sample::select(vec![(0, Some(200)), (3, Some(100)), (0, Some(70)), (1, Some(4_000_000_000))]),
    ]
}

/// Pieces of texts that random trees may match.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let piece =
        prop::sample::select(vec!["a", "b", "ab", "é", "è", "☃", "🙂", "\u{7ff}", "\u{800}", "\u{10000}", "\0"]);
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// A matcher that tries everything, straight from the tree.
pub(crate) struct Reference<'a> {
    ast: &'a Ast,
    text: Vec<char>,
    known: BTreeMap<(&'a str, usize), BTreeSet<usize>>,
}

impl<'a> Reference<'a> {
    /// Whether `text` matches the first rule; `ast` must not be left-recursive.
    pub(crate) fn matches(ast: &'a Ast, text: &str) -> bool {
        let mut reference = Reference { ast, text: text.chars().collect(), known: BTreeMap::new() };
        let end = reference.text.len();
        reference.ends(&ast.rules[0].body, 0).contains(&end)
    }

    /// Where a match of `expr` that begins at `from` can end.
    fn ends(&mut self, expr: &'a Expr, from: usize) -> BTreeSet<usize> {
        match expr {
            Expr::Literal(literal) => {
                let literal: Vec<char> = literal.chars().collect();
                let found = self.text[from..].starts_with(&literal);
                found.then_some(from + literal.len()).into_iter().collect()
            }
            Expr::Class(class) => {
                let in_range = |&c: &char| class.ranges.iter().any(|r| (r.0..=r.1).contains(&u32::from(c)));
                let found = self.text.get(from).is_some_and(|c| *c != '\0' && in_range(c) != class.negated);
                found.then_some(from + 1).into_iter().collect()
            }
            Expr::Any => {
                let found = self.text.get(from).is_some_and(|c| *c != '\0');
                found.then_some(from + 1).into_iter().collect()
            }
            Expr::Rule(name) => {
                if let Some(ends) = self.known.get(&(name.as_str(), from)) {
                    return ends.clone();
                }
                let rule = self.ast.rules.iter().find(|rule| rule.name == *name).unwrap();
                let ends = self.ends(&rule.body, from);
                self.known.insert((name, from), ends.clone());
                ends
            }
            Expr::Token(_) => unreachable!("no tokens in these trees"),
            Expr::Seq(parts) => parts.iter().fold([from].into(), |at, part| self.all_ends(part, &at)),
            Expr::Alt(parts) => parts.iter().flat_map(|part| self.ends(part, from)).collect(),
            Expr::Repeat { expr, min, max } => {
                let mut at = BTreeSet::from([from]);
                let mut ends = BTreeSet::new();
                let mut seen = BTreeSet::new();
                let mut times = 0;
                loop {
                    if times >= *min {
                        ends.extend(&at);
                    }
                    if at.is_empty() || Some(times) == *max {
                        return ends;
                    }
                    // The same places again lead to the same again.
                    if !seen.insert((at.clone(), times >= *min)) {
                        if times >= *min {
                            return ends;
                        }
                        times = *min;
                        continue;
                    }
                    at = self.all_ends(expr, &at);
                    times += 1;
                }
            }
        }
    }

    fn all_ends(&mut self, expr: &'a Expr, at: &BTreeSet<usize>) -> BTreeSet<usize> {
        at.iter().flat_map(|&from| self.ends(expr, from)).collect()
    }
}

/// What can be told about a tree by going round until nothing changes.
pub(crate) struct Facts {
    pub(crate) left_recursive: bool,
    pub(crate) productive: bool,
}

impl Facts {
    pub(crate) fn of(ast: &Ast) -> Self {
        let nullable =
            fixpoint(ast, &|expr, known| holds(expr, known, &|leaf| matches!(leaf, Expr::Literal(t) if t.is_empty())));
        let productive = fixpoint(ast, &|expr, known| {
            holds(expr, known, &|leaf| match leaf {
                Expr::Class(class) => !class.text_ranges().is_empty(),
                _ => true,
            })
        });
        let mut before: BTreeSet<(String, String)> = BTreeSet::new();
        for rule in &ast.rules {
            let mut firsts = BTreeSet::new();
            first_rules(&rule.body, &nullable, &mut firsts);
            before.extend(firsts.into_iter().map(|first| (rule.name.to_string(), first)));
        }
        loop {
            let joined = before.iter().flat_map(|(a, b)| {
                before.iter().filter(move |(c, _)| b == c).map(move |(_, d)| (a.clone(), d.clone()))
            });
            let all: BTreeSet<_> = before.iter().cloned().chain(joined).collect();
            if all.len() == before.len() {
                break;
            }
            before = all;
        }
        Facts {
            left_recursive: before.iter().any(|(a, b)| a == b),
            productive: productive.contains(ast.rules[0].name.as_str()),
        }
    }
}

fn fixpoint(ast: &Ast, test: &dyn Fn(&Expr, &BTreeSet<String>) -> bool) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    loop {
        let now: BTreeSet<String> =
            ast.rules.iter().filter(|rule| test(&rule.body, &known)).map(|rule| rule.name.to_string()).collect();
        if now == known {
            return known;
        }
        known = now;
    }
}

/// Whether something holds for a tree if it holds for the leaves for which `leaf` does and for the rules in `known`.
fn holds(expr: &Expr, known: &BTreeSet<String>, leaf: &dyn Fn(&Expr) -> bool) -> bool {
    match expr {
        Expr::Rule(name) => known.contains(name.as_str()),
        Expr::Seq(parts) => parts.iter().all(|part| holds(part, known, leaf)),
        Expr::Alt(parts) => parts.iter().any(|part| holds(part, known, leaf)),
        Expr::Repeat { expr, min, .. } => *min == 0 || holds(expr, known, leaf),
        other => leaf(other),
    }
}

fn first_rules(expr: &Expr, nullable: &BTreeSet<String>, out: &mut BTreeSet<String>) {
    let empty = |expr: &Expr| holds(expr, nullable, &|leaf| matches!(leaf, Expr::Literal(text) if text.is_empty()));
    match expr {
        Expr::Rule(name) => {
            out.insert(name.to_string());
        }
        Expr::Seq(parts) => {
            for part in parts {
                first_rules(part, nullable, out);
                if !empty(part) {
                    break;
                }
            }
        }
        Expr::Alt(parts) => parts.iter().for_each(|part| first_rules(part, nullable, out)),
        Expr::Repeat { expr, .. } => first_rules(expr, nullable, out),
        _ => {}
    }
}
