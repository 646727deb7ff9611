//! A choice of texts as a tree of their beginnings.
//!
//! The engine follows every alternative that is still possible, so a flat list of 2000 texts costs two thousand times
//! what one text costs. In a tree it costs as many as there are characters that can come next.
use smol_str::ToSmolStr;

use super::{super::shape, builder::Builder};
use crate::{Error, ErrorKind, Result, gbnf::Expr};
use std::collections::HashMap;

/// Groups nested this deep, or with this many alternatives in all, get a rule of their own: llama.cpp reads groups by
/// recursion, and makes none optional that comes to 2000 rules.
const MAX_GROUPS: (usize, usize) = (16, 400);

/// One of these texts.
pub(super) fn one_of(rules: &mut Builder, texts: Vec<String>) -> Result<Expr> {
    if texts.is_empty() {
        return Err(Error::new(ErrorKind::Grammar, "there is no text to choose from: give at least one"));
    }
    for text in &texts {
        shape::literal(text).map_err(|why| Error::new(ErrorKind::Grammar, format!("{why} ({text:?})")))?;
    }
    let mut texts: Vec<(String, usize)> = texts.into_iter().zip(0..).collect();
    texts.sort();
    texts.dedup_by(|later, earlier| later.0 == earlier.0);
    // A node comes before those below it.
    let nodes = tree(&texts);
    let mut built: Vec<Option<Built>> = Vec::new();
    built.resize_with(nodes.len(), || None);
    for (at, node) in nodes.iter().enumerate().rev() {
        let branches = node.edges.iter().map(|edge| (edge, built.get_mut(edge.to).and_then(Option::take)));
        let branches = branches.map(|(edge, below)| (edge.text, below.unwrap_or_else(Built::nothing))).collect();
        let here = merge(rules, branches, node.ends).bounded(rules, at > 0);
        if let Some(slot) = built.get_mut(at) {
            *slot = Some(here);
        }
    }
    Ok(built.into_iter().next().flatten().unwrap_or_else(Built::nothing).expr)
}

/// What texts have in common so far.
struct Node<'a> {
    /// Whether a text ends here.
    ends: bool,
    edges: Vec<Edge<'a>>,
}

struct Edge<'a> {
    text: &'a str,
    to: usize,
    /// Where the first of its texts stood in the list.
    first: usize,
}

/// The tree of sorted texts, as far as they differ: edges hold all that the texts behind them share.
fn tree(texts: &[(String, usize)]) -> Vec<Node<'_>> {
    let mut nodes = vec![Node { ends: false, edges: Vec::new() }];
    let mut open = vec![(0, texts, 0)];
    while let Some((at, mut texts, read)) = open.pop() {
        let rest = |text: &'_ (String, usize)| text.0.len() > read;
        let ends = texts.first().is_some_and(|text| !rest(text));
        if ends {
            texts = texts.get(1..).unwrap_or_default();
        }
        let mut edges = Vec::new();
        while let Some(((first, _), (head, _))) = texts.first().zip(texts.first()) {
            let next = head.get(read..).and_then(|rest| rest.chars().next());
            let alike = |text: &(String, usize)| text.0.get(read..).and_then(|rest| rest.chars().next()) == next;
            let (same, others) = texts.split_at(texts.partition_point(alike).max(1));
            let last = same.last().map_or(first, |(last, _)| last);
            let end = read + common(first.get(read..).unwrap_or_default(), last.get(read..).unwrap_or_default());
            let order = same.iter().map(|(_, place)| *place).min().unwrap_or_default();
            edges.push(Edge { text: first.get(read..end).unwrap_or_default(), to: nodes.len(), first: order });
            open.push((nodes.len(), same, end));
            nodes.push(Node { ends: false, edges: Vec::new() });
            texts = others;
        }
        edges.sort_by_key(|edge| edge.first);
        if let Some(node) = nodes.get_mut(at) {
            *node = Node { ends, edges };
        }
    }
    nodes
}

/// The bytes that two texts have in common at the start, whole characters only.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// An expression, how deep groups nest in it, and how many alternatives there are in all.
struct Built {
    expr: Expr,
    nesting: usize,
    groups: usize,
}

impl Built {
    fn nothing() -> Self {
        Built { expr: Expr::empty(), nesting: 0, groups: 0 }
    }

    /// The same, as a rule if it would be too much for a group.
    fn bounded(self, rules: &mut Builder, below: bool) -> Self {
        if below && (self.nesting >= MAX_GROUPS.0 || self.groups >= MAX_GROUPS.1) {
            Built { expr: rules.rule("text", self.expr), nesting: 0, groups: 1 }
        } else {
            self
        }
    }
}

/// The choice between branches, or nothing if it may end. Characters behind which all is the same become a class.
fn merge(rules: &mut Builder, branches: Vec<(&str, Built)>, ends: bool) -> Built {
    let (mut nesting, mut groups) = (0, 0);
    // Characters, and what follows any of them.
    let mut choices: Vec<(Vec<char>, Expr)> = Vec::new();
    let mut alike: HashMap<Expr, usize> = HashMap::new();
    for (text, below) in branches {
        nesting = nesting.max(below.nesting);
        let mut characters = text.chars();
        let head = characters.next();
        let rest = Expr::seq([Expr::literal(characters.as_str()), below.expr]);
        match alike.get(&rest).and_then(|&at| choices.get_mut(at)) {
            Some((heads, _)) => heads.extend(head),
            None => {
                groups += below.groups;
                alike.insert(rest.clone(), choices.len());
                choices.push((head.into_iter().collect(), rest));
            }
        }
    }
    if choices.is_empty() {
        return Built::nothing();
    }
    groups += choices.len();
    let mut choice = Expr::alt(choices.into_iter().map(|(heads, rest)| Expr::seq([one(heads), rest])));
    if ends && groups >= MAX_GROUPS.1 {
        choice = rules.rule("text", choice);
        (nesting, groups) = (0, 1);
    }
    let is_group = matches!(choice, Expr::Alt(_)) || (ends && matches!(choice, Expr::Seq(_)));
    let expr = if ends { choice.optional() } else { choice };
    Built { expr, nesting: nesting + usize::from(is_group), groups }
}

/// One of these characters.
fn one(characters: Vec<char>) -> Expr {
    match characters.as_slice() {
        [c] => Expr::literal(c.to_smolstr()),
        _ => Expr::class(ranges(characters)),
    }
}

/// Ranges of at least three neighbours; the others by themselves.
fn ranges(mut characters: Vec<char>) -> Vec<(char, char)> {
    characters.sort_unstable();
    let mut ranges: Vec<(char, char)> = Vec::new();
    for c in characters {
        match ranges.last_mut() {
            Some((_, high)) if u32::from(*high) + 1 == u32::from(c) => *high = c,
            _ => ranges.push((c, c)),
        }
    }
    let two = |(low, high): (char, char)| u32::from(low) + 1 == u32::from(high);
    let split =
        |range: (char, char)| if two(range) { vec![(range.0, range.0), (range.1, range.1)] } else { vec![range] };
    ranges.into_iter().flat_map(split).collect()
}
