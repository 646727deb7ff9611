//! Repetitions whose rounds may go by without reading anything.
use super::{
    Expr,
    check::{Linked, is_nullable},
    fault::Fault,
    leftmost::{Beginning, beginning},
};

/// In how many ways the rounds of a repetition may begin when they may be empty: llama.cpp tries each of them again
/// after every character, in time that grows with the cube.
const MAX_STARTS: u64 = 256;

/// Refuses repetitions of what may be empty, without end or too often.
///
/// llama.cpp refuses those without end that it sees to be empty; the others it loads, and then takes long over every
/// character. What is refused can be written otherwise: `(a? b?)*` is `(a | b)*`.
pub(super) fn check(linked: &Linked<'_>, nullable: &[bool], beginnings: &[Beginning]) -> Result<(), Fault> {
    let rules =
        Rules { is_empty: &|name| linked.of_rule(nullable, name), beginning: &|name| linked.of_rule(beginnings, name) };
    for (rule, spans) in linked.parsed.ast.rules.iter().zip(&linked.parsed.spans) {
        let mut found = Vec::new();
        rules.collect(&rule.body, &mut found);
        if let Some((_, at)) = found.into_iter().zip(&spans.repeats).find(|(idle, _)| *idle) {
            let why = format!(
                "rule `{}` repeats what may be empty, without end or too often for llama.cpp: make what is repeated \
                 read at least one character",
                rule.name
            );
            return Err(Fault::new(at.clone(), why));
        }
    }
    Ok(())
}

struct Rules<'a> {
    is_empty: &'a dyn Fn(&str) -> bool,
    beginning: &'a dyn Fn(&str) -> Beginning,
}

impl Rules<'_> {
    /// For each repetition, by where it ends, whether it is to be refused.
    fn collect(&self, expr: &Expr, out: &mut Vec<bool>) {
        match expr {
            Expr::Seq(parts) | Expr::Alt(parts) => parts.iter().for_each(|part| self.collect(part, out)),
            Expr::Repeat { expr: inner, max, .. } => {
                self.collect(inner, out);
                let is_endless = || max.is_none() || beginning(expr, self.is_empty, self.beginning).starts > MAX_STARTS;
                out.push(is_nullable(inner, self.is_empty) && is_endless());
            }
            Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Rule(_) | Expr::Token(_) => {}
        }
    }
}
