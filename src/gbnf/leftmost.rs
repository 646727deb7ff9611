//! What rules begin with: left recursion, and how many ways there are to begin.
use super::{
    Expr,
    check::{Linked, is_nullable},
    fault::Fault,
};

/// In how many ways a rule may begin: llama.cpp walks them all when it loads, and keeps a stack for each.
const MAX_WAYS: u64 = 1 << 14;

/// How long a chain of rules that begin with one another may be: llama.cpp follows it by recursion on the C stack.
const MAX_CHAIN: u64 = 2500;

/// Refuses rules that come back to themselves before they read anything, and rules with too many beginnings. Returns how
/// the rules begin.
///
/// llama.cpp refuses most of the former; where a rule is empty only by way of another it does not see them, and
/// allocates until it is killed.
pub(super) fn check(linked: &Linked<'_>, nullable: &[bool]) -> Result<Vec<Beginning>, Fault> {
    let rules = &linked.parsed.ast.rules;
    let is_empty = |name: &str| linked.of_rule(nullable, name);
    let edges: Vec<Vec<Edge>> = rules.iter().map(|rule| edges(linked, &rule.body, &is_empty)).collect();
    let mut beginnings = vec![Beginning::default(); rules.len()];
    let mut marks = vec![Mark::New; rules.len()];
    for rule in 0..rules.len() {
        if marks.get(rule) != Some(&Mark::New) {
            continue;
        }
        set(&mut marks, rule, Mark::Open);
        // The rules on the way, and for each the number of edges gone.
        let mut way = vec![(rule, 0)];
        while let Some((at, gone)) = way.last_mut() {
            let edge = edges.get(*at).and_then(|edges| edges.get(*gone)).copied();
            *gone += 1;
            let Some(edge) = edge else {
                let at = *at;
                way.pop();
                set(&mut marks, at, Mark::Done);
                let beginning = bounded(linked, at, &is_empty, &beginnings)?;
                set(&mut beginnings, at, beginning);
                continue;
            };
            match marks.get(edge.to) {
                Some(Mark::Open) => return Err(left_recursion(linked, &edges, &way, edge.to)),
                Some(Mark::New) => {
                    set(&mut marks, edge.to, Mark::Open);
                    way.push((edge.to, 0));
                }
                _ => {}
            }
        }
    }
    Ok(beginnings)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

/// A reference by which a rule may begin.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: usize,
    /// Which of the rule's references it is.
    reference: usize,
}

fn edges(linked: &Linked<'_>, body: &Expr, is_empty: &dyn Fn(&str) -> bool) -> Vec<Edge> {
    let mut walk = Walk { linked, is_empty, references: 0, edges: Vec::new() };
    walk.expr(body, true);
    walk.edges
}

struct Walk<'a> {
    linked: &'a Linked<'a>,
    is_empty: &'a dyn Fn(&str) -> bool,
    references: usize,
    edges: Vec<Edge>,
}

impl Walk<'_> {
    /// Returns whether the expression may be empty.
    fn expr(&mut self, expr: &Expr, leads: bool) -> bool {
        match expr {
            Expr::Rule(name) => {
                if let Some(to) = self.linked.rule(name).filter(|_| leads) {
                    self.edges.push(Edge { to, reference: self.references });
                }
                self.references += 1;
                (self.is_empty)(name)
            }
            Expr::Seq(parts) => parts.iter().fold(true, |empty, part| self.expr(part, leads && empty) & empty),
            Expr::Alt(parts) => parts.iter().fold(false, |empty, part| self.expr(part, leads) | empty),
            Expr::Repeat { expr, min, max } => self.expr(expr, leads && *max != Some(0)) || *min == 0,
            Expr::Literal(text) => text.is_empty(),
            Expr::Class(_) | Expr::Any | Expr::Token(_) => false,
        }
    }
}

fn left_recursion(linked: &Linked<'_>, edges: &[Vec<Edge>], way: &[(usize, usize)], to: usize) -> Fault {
    let parsed = linked.parsed;
    let circle = || way.iter().skip_while(|(rule, _)| *rule != to);
    let name = |rule: usize| parsed.ast.rules.get(rule).map_or("", |rule| rule.name.as_str());
    let at = circle().next().and_then(|(rule, gone)| {
        let edge = edges.get(*rule)?.get(gone.checked_sub(1)?)?;
        parsed.spans.get(*rule)?.refs.get(edge.reference).cloned()
    });
    let mut names: Vec<String> = circle().map(|(rule, _)| format!("`{}`", name(*rule))).collect();
    let shown = if names.len() > 1 {
        names.push(format!("`{}`", name(to)));
        if names.len() > 8 {
            names.splice(4..names.len() - 3, ["...".to_owned()]);
        }
        format!(" ({})", names.join(" -> "))
    } else {
        String::new()
    };
    Fault::new(
        at.unwrap_or_default(),
        format!(
            "rule `{}` comes back to itself before it reads a character{shown}: write what repeats with `*` or `+`, or \
             put what it reads first",
            name(to)
        ),
    )
}

/// How an expression may begin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beginning {
    /// In how many ways, of those that read something.
    pub(super) starts: u64,
    /// In how many ways llama.cpp goes into it, of which it walks also those that read nothing.
    ways: u64,
    /// Over how many rules at most.
    chain: u64,
}

impl Beginning {
    fn or(self, other: Beginning) -> Beginning {
        Beginning {
            starts: self.starts.saturating_add(other.starts),
            ways: self.ways.saturating_add(other.ways),
            chain: self.chain.max(other.chain),
        }
    }
}

/// The beginning of a rule, those of the rules that it begins with being known.
fn bounded(
    linked: &Linked<'_>,
    rule: usize,
    is_empty: &dyn Fn(&str) -> bool,
    known: &[Beginning],
) -> Result<Beginning, Fault> {
    let parsed = linked.parsed;
    let (Some(rule), Some(spans)) = (parsed.ast.rules.get(rule), parsed.spans.get(rule)) else {
        return Ok(Beginning::default());
    };
    let found = beginning(&rule.body, is_empty, &|name| linked.of_rule(known, name));
    let name = &rule.name;
    if found.ways > MAX_WAYS {
        let why = format!(
            "rule `{name}` can begin in {} ways, and llama.cpp takes too long over more than {MAX_WAYS}: write what \
             its alternatives have in common once, before them",
            found.ways
        );
        return Err(Fault::new(spans.name.clone(), why));
    }
    if found.chain > MAX_CHAIN {
        let why = format!(
            "rule `{name}` begins with a chain of {} rules, and llama.cpp cannot follow more than {MAX_CHAIN}: shorten \
             it",
            found.chain
        );
        return Err(Fault::new(spans.name.clone(), why));
    }
    Ok(found)
}

pub(super) fn beginning(expr: &Expr, is_empty: &dyn Fn(&str) -> bool, rule: &dyn Fn(&str) -> Beginning) -> Beginning {
    let nothing = Beginning { starts: 0, ways: 1, chain: 0 };
    match expr {
        Expr::Literal(text) if text.is_empty() => nothing,
        Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => Beginning { starts: 1, ..nothing },
        Expr::Rule(name) => {
            let inner = rule(name);
            Beginning { chain: inner.chain.saturating_add(1), ..inner }
        }
        Expr::Seq(parts) => {
            let mut out = Beginning::default();
            for part in parts {
                out = out.or(beginning(part, is_empty, rule));
                if !is_nullable(part, is_empty) {
                    break;
                }
            }
            out
        }
        Expr::Alt(parts) => {
            parts.iter().map(|part| beginning(part, is_empty, rule)).fold(Beginning::default(), Beginning::or)
        }
        Expr::Repeat { max: Some(0), .. } => nothing,
        Expr::Repeat { expr, min, max } => {
            let inner = beginning(expr, is_empty, rule);
            // Each round that may be empty lets the next one begin as well.
            let rounds = if is_nullable(expr, is_empty) { max.unwrap_or(*min).max(1).into() } else { 1 };
            Beginning {
                starts: inner.starts.saturating_mul(rounds),
                ways: inner.ways.saturating_mul(rounds),
                chain: inner.chain.saturating_add(1).saturating_add(rounds),
            }
        }
    }
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}
