//! Alternatives with their common beginnings written once.
//!
//! The engine follows every alternative that is still possible at once, so its time goes with their number: an
//! enumeration written as a tree of prefixes costs what one value costs.
use smol_str::SmolStr;

use super::expr::{empty, optional, seq, text};
use crate::gbnf::Expr;

/// How deep groups may be nested before the rest is written flat. Engines read groups recursively.
const MAX_DEPTH: usize = 48;

/// One of these.
pub(super) fn alt(alternatives: impl IntoIterator<Item = Expr>) -> Expr {
    factor(alternatives.into_iter().map(parts).collect(), 0)
}

fn parts(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Seq(parts) => parts,
        Expr::Literal(text) if text.is_empty() => Vec::new(),
        expr => vec![expr],
    }
}

/// The alternatives that begin alike.
struct Group {
    members: Vec<Vec<Expr>>,
}

fn factor(alternatives: Vec<Vec<Expr>>, depth: usize) -> Expr {
    let mut groups: Vec<Group> = Vec::new();
    let mut nothing = false;
    for alternative in alternatives {
        if alternative.is_empty() {
            nothing = true;
            continue;
        }
        let alike = groups.iter_mut().find(|group| {
            group.members.first().is_some_and(|first| depth < MAX_DEPTH && begin_alike(first, &alternative))
        });
        match alike {
            Some(group) => group.members.push(alternative),
            None => groups.push(Group { members: vec![alternative] }),
        }
    }
    let mut branches: Vec<Expr> = groups.into_iter().map(|group| merge(group.members, depth)).collect();
    let choice = match branches.len() {
        0 => return empty(),
        1 => branches.remove(0),
        _ => Expr::Alt(branches),
    };
    if nothing { optional(choice) } else { choice }
}

fn begin_alike(a: &[Expr], b: &[Expr]) -> bool {
    match (a.first(), b.first()) {
        (Some(Expr::Literal(a)), Some(Expr::Literal(b))) => a.chars().next() == b.chars().next(),
        (a, b) => a == b,
    }
}

fn merge(mut members: Vec<Vec<Expr>>, depth: usize) -> Expr {
    if members.len() == 1 {
        return seq(members.remove(0));
    }
    let mut heads = members.iter().filter_map(|member| match member.first() {
        Some(Expr::Literal(text)) => Some(text.as_str()),
        _ => None,
    });
    let common = match heads.next() {
        Some(first) => {
            let length = heads.fold(first.len(), |length, other| length.min(common_prefix(first, other)));
            Some(first.get(..length).unwrap_or_default().to_owned())
        }
        None => None,
    };
    let head = match &common {
        Some(prefix) => text(prefix.as_str()),
        None => members.first().and_then(|member| member.first()).cloned().unwrap_or_else(empty),
    };
    let rests = members.into_iter().map(|member| strip(member, common.as_deref())).collect();
    seq([head, factor(rests, depth + 1)])
}

/// What is left behind the head: behind `prefix` of its text, or behind the whole.
fn strip(mut member: Vec<Expr>, prefix: Option<&str>) -> Vec<Expr> {
    let rest = match (prefix, member.first()) {
        (Some(prefix), Some(Expr::Literal(text))) => text.strip_prefix(prefix).unwrap_or_default().into(),
        _ => SmolStr::default(),
    };
    if rest.is_empty() {
        member.remove(0);
    } else if let Some(first) = member.first_mut() {
        *first = Expr::Literal(rest);
    }
    member
}

/// The bytes that two texts have in common at the start, whole characters only.
fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Expr {
        alt(texts.iter().map(|t| text(*t)))
    }

    #[test]
    fn texts_become_a_tree() {
        let expected =
            seq([text("c"), Expr::Alt(vec![seq([text("a"), Expr::Alt(vec![text("t"), text("r")])]), text("ow")])]);
        assert_eq!(texts(&["cat", "cow", "car"]), expected);
    }

    #[test]
    fn a_prefix_of_another_text_makes_the_rest_optional() {
        assert_eq!(texts(&["a", "ab"]), seq([text("a"), optional(text("b"))]));
        assert_eq!(texts(&["same", "same"]), text("same"));
        assert_eq!(texts(&[]), empty());
    }

    #[test]
    fn characters_are_not_cut() {
        assert_eq!(texts(&["ä", "ö"]), Expr::Alt(vec![text("ä"), text("ö")]));
    }

    #[test]
    fn deep_trees_end_flat() {
        let long: Vec<String> = (1..200).map(|n| "a".repeat(n)).collect();
        let mut depth = 0;
        let mut at = alt(long.iter().map(text));
        while let Expr::Seq(parts) = at {
            let Some(Expr::Repeat { expr, .. }) = parts.into_iter().next_back() else { break };
            depth += 1;
            at = *expr;
        }
        assert_eq!(depth, MAX_DEPTH);
    }
}
