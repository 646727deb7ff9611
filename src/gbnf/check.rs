//! What the rules of a grammar must hold together, so that llama.cpp loads it and text can be generated from it.
use super::{Expr, fault::Fault, idle, least, leftmost, parser::Parsed};
use std::collections::HashMap;

/// How many names a message lists at most.
const MAX_NAMES: usize = 8;

/// A grammar all of whose references are known to lead to a rule.
pub(super) struct Linked<'a> {
    pub(super) parsed: &'a Parsed,
    index: HashMap<&'a str, usize>,
}

/// Refuses a grammar that cannot be used from this root, with where and why.
pub(super) fn check(parsed: &Parsed, root: &str) -> Result<(), Fault> {
    let linked = link(parsed)?;
    if !linked.index.contains_key(root) {
        let first = parsed.spans.first().map(|spans| spans.name.clone()).unwrap_or_default();
        let names = list(parsed.ast.rules.iter().map(|rule| rule.name.as_str()));
        let which = if parsed.ast.rules.len() == 1 { "" } else { "the rule that texts begin with, one of " };
        return Err(Fault::new(first, format!("no rule is named `{root}`: give that name to {which}{names}")));
    }
    let nullable = least::solution(&linked, &|leaf| matches!(leaf, Expr::Literal(text) if text.is_empty()));
    let beginnings = leftmost::check(&linked, &nullable)?;
    idle::check(&linked, &nullable, &beginnings)?;
    linked.unproductive()
}

/// Finds the rule of each reference.
fn link(parsed: &Parsed) -> Result<Linked<'_>, Fault> {
    if parsed.ast.rules.is_empty() {
        return Err(Fault::new(0..0, "the grammar has no rules: write at least `root ::= ...`"));
    }
    let mut index = HashMap::new();
    for (at, (rule, spans)) in parsed.ast.rules.iter().zip(&parsed.spans).enumerate() {
        if index.insert(rule.name.as_str(), at).is_some() {
            let why = format!(
                "the rule `{}` is defined twice, and llama.cpp would use this definition alone: remove or rename one",
                rule.name
            );
            return Err(Fault::new(spans.name.clone(), why));
        }
    }
    for (rule, spans) in parsed.ast.rules.iter().zip(&parsed.spans) {
        for (name, at) in references(&rule.body).into_iter().zip(&spans.refs) {
            if !index.contains_key(name) {
                return Err(Fault::new(at.clone(), undefined(name, index.keys().copied())));
            }
        }
    }
    Ok(Linked { parsed, index })
}

impl<'a> Linked<'a> {
    /// The number of a rule.
    pub(super) fn rule(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// What `of_rules` holds for the rule of this name.
    pub(super) fn of_rule<T: Copy + Default>(&self, of_rules: &[T], name: &str) -> T {
        self.rule(name).and_then(|rule| of_rules.get(rule).copied()).unwrap_or_default()
    }

    /// Refuses rules whose text can never be complete.
    fn unproductive(&self) -> Result<(), Fault> {
        let productive = least::solution(self, &|_| true);
        let stuck = |names: &dyn Fn(&str) -> bool, body: &'a Expr| {
            references(body).into_iter().find(|name| !names(name)).unwrap_or_default()
        };
        for ((rule, spans), ends) in self.parsed.ast.rules.iter().zip(&self.parsed.spans).zip(&productive) {
            if !ends {
                let needs = stuck(&|name| self.of_rule(&productive, name), &rule.body);
                let why = format!(
                    "rule `{}` can never be complete, it always needs `{needs}` once more: give it an alternative \
                     without",
                    rule.name
                );
                return Err(Fault::new(spans.name.clone(), why));
            }
        }
        Ok(())
    }
}

/// Whether an expression can match the empty text, given which rules can.
pub(super) fn is_nullable(expr: &Expr, rule: &dyn Fn(&str) -> bool) -> bool {
    match expr {
        Expr::Literal(text) => text.is_empty(),
        Expr::Class(_) | Expr::Any | Expr::Token(_) => false,
        Expr::Rule(name) => rule(name),
        Expr::Seq(parts) => parts.iter().all(|part| is_nullable(part, rule)),
        Expr::Alt(parts) => parts.iter().any(|part| is_nullable(part, rule)),
        Expr::Repeat { expr, min, .. } => *min == 0 || is_nullable(expr, rule),
    }
}

/// The names an expression refers to, in the order of the text.
fn references(expr: &Expr) -> Vec<&str> {
    fn collect<'a>(expr: &'a Expr, out: &mut Vec<&'a str>) {
        match expr {
            Expr::Rule(name) => out.push(name),
            Expr::Seq(parts) | Expr::Alt(parts) => parts.iter().for_each(|part| collect(part, out)),
            Expr::Repeat { expr, .. } => collect(expr, out),
            Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => {}
        }
    }
    let mut out = Vec::new();
    collect(expr, &mut out);
    out
}

fn undefined<'a>(name: &str, defined: impl Iterator<Item = &'a str>) -> String {
    let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
    match defined.filter(|other| plain(other) == plain(name)).min() {
        Some(other) => format!("rule `{name}` is not defined: did you mean `{other}`?"),
        None if name.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("rule `{name}` is not defined: put numbers in double quotes, as all text")
        }
        None => format!(
            "rule `{name}` is not defined: define it, or put text in double quotes, with `\\\"` for a quote in it"
        ),
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.get(..MAX_NAMES) {
        Some(first) if names.len() > MAX_NAMES => format!("{} and {} more", first.join(", "), names.len() - MAX_NAMES),
        _ => names.join(", "),
    }
}
