//! From the syntax tree to states that read bytes or call rules.
use super::{
    super::{Ast, Expr, Rule as NamedRule, chars},
    reached::reached,
};
use crate::{Error, ErrorKind, Result};
use regex_syntax::utf8::{Utf8Range, Utf8Sequences};
use std::collections::HashMap;

/// A repetition of at most so many times and states is written out; a larger one is counted.
const WRITTEN_OUT: (u32, usize) = (4, 64);
/// Expressions may be nested this deep.
const MAX_NESTING: usize = 500;
/// A grammar may have this many states.
const MAX_STATES: usize = 4_000_000;

/// A grammar as one state graph per rule.
#[derive(Debug)]
pub(crate) struct Nfa {
    pub(super) states: Vec<State>,
    /// The rules of the grammar in its own order, then those made for repetitions.
    pub(crate) rules: Vec<Rule>,
    pub(crate) root: u32,
}

#[derive(Debug)]
pub(super) enum State {
    /// Goes on in any of these.
    Split(Vec<u32>),
    /// Reads a byte of a range with both ends included.
    Byte { low: u8, high: u8, next: u32 },
    /// Reads what the rule matches.
    Call { rule: u32, next: u32 },
    /// The end of the rule.
    Accept,
}

#[derive(Debug)]
pub(crate) struct Rule {
    /// The rule's name; for one made for a repetition, the name of the rule it stands in.
    pub(crate) name: String,
    pub(super) body: Body,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    /// The graph from this state.
    States(u32),
    /// The rule `of`, this often.
    Counted { of: u32, min: u32, max: u32 },
}

impl Nfa {
    /// The states of all rules that the root needs; the others, which may name tokens, read nothing.
    pub(crate) fn new(ast: &Ast, root: &str) -> Result<Self> {
        let mut builder = Builder::default();
        for rule in &ast.rules {
            let number = builder.new_rule(&rule.name)?;
            if builder.names.insert(&rule.name, number).is_some() {
                return Err(grammar(format!("rule `{}` is defined twice; remove one definition", rule.name)));
            }
        }
        let root = builder.find(root)?;
        let reached = reached(ast, &builder.names, root);
        let nothing = builder.state(State::Split(Vec::new()))?;
        for ((number, rule), is_reached) in ast.rules.iter().enumerate().zip(reached) {
            check_nesting(rule)?;
            let mut start = nothing;
            if is_reached {
                builder.within = &rule.name;
                let accept = builder.state(State::Accept)?;
                start = builder.expr(&rule.body, accept)?;
            }
            if let Some(rule) = builder.rules.get_mut(number) {
                rule.body = Body::States(start);
            }
        }
        Ok(Nfa { states: builder.states, rules: builder.rules, root })
    }
}

fn grammar(message: String) -> Error {
    Error::new(ErrorKind::Grammar, message)
}

#[derive(Default)]
struct Builder<'a> {
    states: Vec<State>,
    rules: Vec<Rule>,
    names: HashMap<&'a str, u32>,
    /// The rule that is being built.
    within: &'a str,
    bodies: HashMap<&'a Expr, u32>,
    counted: HashMap<(u32, u32, u32), u32>,
}

impl<'a> Builder<'a> {
    fn state(&mut self, state: State) -> Result<u32> {
        if self.states.len() >= MAX_STATES {
            return Err(grammar("the grammar is too large; make it smaller".to_owned()));
        }
        self.states.push(state);
        Ok(number(self.states.len() - 1))
    }

    fn new_rule(&mut self, name: &str) -> Result<u32> {
        if self.rules.len() >= MAX_STATES {
            return Err(grammar("the grammar has too many rules; make it smaller".to_owned()));
        }
        self.rules.push(Rule { name: name.to_owned(), body: Body::States(0) });
        Ok(number(self.rules.len() - 1))
    }

    fn find(&self, name: &str) -> Result<u32> {
        let missing = || grammar(format!("rule `{name}` is not defined; define it or correct its name"));
        self.names.get(name).copied().ok_or_else(missing)
    }

    /// A state that reads `expr` and goes on in `next`.
    fn expr(&mut self, expr: &'a Expr, next: u32) -> Result<u32> {
        match expr {
            Expr::Literal(text) => text.bytes().rev().try_fold(next, |next, byte| self.byte(byte, byte, next)),
            Expr::Class(class) => self.ranges(&class.text_ranges(), next),
            Expr::Any => self.ranges(&chars::IN_TEXTS, next),
            Expr::Rule(name) => {
                let rule = self.find(name)?;
                self.state(State::Call { rule, next })
            }
            Expr::Token(_) => Err(Error::new(
                ErrorKind::Unsupported,
                format!("rule `{}` names a token of the vocabulary; write the token's text instead", self.within),
            )),
            Expr::Seq(parts) => parts.iter().rev().try_fold(next, |next, part| self.expr(part, next)),
            Expr::Alt(parts) => {
                let starts = parts.iter().map(|part| self.expr(part, next)).collect::<Result<_>>()?;
                self.state(State::Split(starts))
            }
            Expr::Repeat { expr, min, max } => self.repeat(expr, *min, *max, next),
        }
    }

    fn byte(&mut self, low: u8, high: u8, next: u32) -> Result<u32> {
        self.state(State::Byte { low, high, next })
    }

    /// A state that reads the UTF-8 form of a character of `ranges`.
    fn ranges(&mut self, ranges: &[(char, char)], next: u32) -> Result<u32> {
        let mut shared: HashMap<(u8, u8, u32), u32> = HashMap::new();
        let mut starts = Vec::new();
        for &(low, high) in ranges {
            for sequence in Utf8Sequences::new(low, high) {
                let mut to = next;
                for &Utf8Range { start, end } in sequence.as_slice().iter().rev() {
                    let key = (start, end, to);
                    to = if let Some(&state) = shared.get(&key) { state } else { self.byte(start, end, to)? };
                    shared.insert(key, to);
                }
                starts.push(to);
            }
        }
        self.state(State::Split(starts))
    }

    fn repeat(&mut self, expr: &'a Expr, min: u32, max: Option<u32>, next: u32) -> Result<u32> {
        let Some(max) = max else {
            let again = self.state(State::Split(Vec::new()))?;
            let start = self.expr(expr, again)?;
            if let Some(state) = self.states.get_mut(again as usize) {
                *state = State::Split(vec![start, next]);
            }
            // After the first of `+` comes `again`; `*` begins there.
            return if min == 0 { Ok(again) } else { self.bounded(expr, min - 1, min - 1, start) };
        };
        if min > max {
            return Err(grammar(format!(
                "rule `{}` repeats at least {min} and at most {max} times; exchange the two",
                self.within
            )));
        }
        self.bounded(expr, min, max, next)
    }

    fn bounded(&mut self, expr: &'a Expr, min: u32, max: u32, next: u32) -> Result<u32> {
        if max > WRITTEN_OUT.0 || size(expr, WRITTEN_OUT.1).saturating_mul(max as usize) > WRITTEN_OUT.1 {
            let rule = self.counted(expr, min, max)?;
            return self.state(State::Call { rule, next });
        }
        let mut entry = next;
        for _ in min..max {
            let start = self.expr(expr, entry)?;
            entry = self.state(State::Split(vec![start, next]))?;
        }
        for _ in 0..min {
            entry = self.expr(expr, entry)?;
        }
        Ok(entry)
    }

    /// A rule that reads `expr`, the same for equal ones.
    fn body(&mut self, expr: &'a Expr) -> Result<u32> {
        if let Some(&rule) = self.bodies.get(expr) {
            return Ok(rule);
        }
        let rule = self.new_rule(self.within)?;
        let accept = self.state(State::Accept)?;
        let start = self.expr(expr, accept)?;
        if let Some(rule) = self.rules.get_mut(rule as usize) {
            rule.body = Body::States(start);
        }
        self.bodies.insert(expr, rule);
        Ok(rule)
    }

    /// A rule that reads `expr` so often.
    fn counted(&mut self, expr: &'a Expr, min: u32, max: u32) -> Result<u32> {
        let of = match expr {
            Expr::Rule(name) => self.find(name)?,
            _ => self.body(expr)?,
        };
        if let Some(&rule) = self.counted.get(&(of, min, max)) {
            return Ok(rule);
        }
        let rule = self.new_rule(self.within)?;
        if let Some(rule) = self.rules.get_mut(rule as usize) {
            rule.body = Body::Counted { of, min, max };
        }
        self.counted.insert((of, min, max), rule);
        Ok(rule)
    }
}

/// Refuses what the recursive functions here could not walk.
fn check_nesting(rule: &NamedRule) -> Result<()> {
    let mut open = vec![(&rule.body, 0)];
    while let Some((expr, depth)) = open.pop() {
        if depth > MAX_NESTING {
            let message = format!("rule `{}` is nested too deep; move inner parts to rules of their own", rule.name);
            return Err(grammar(message));
        }
        match expr {
            Expr::Seq(parts) | Expr::Alt(parts) => open.extend(parts.iter().map(|part| (part, depth + 1))),
            Expr::Repeat { expr, .. } => open.push((expr, depth + 1)),
            Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Rule(_) | Expr::Token(_) => {}
        }
    }
    Ok(())
}

/// About how many states `expr` takes, or anything above `limit` if it takes more.
fn size(expr: &Expr, limit: usize) -> usize {
    let sum = |parts: &[Expr]| {
        let mut total = 1usize;
        for part in parts {
            if total > limit {
                break;
            }
            total = total.saturating_add(size(part, limit));
        }
        total
    };
    match expr {
        Expr::Literal(text) => text.len(),
        Expr::Class(class) => 1 + class.ranges.len(),
        Expr::Any | Expr::Rule(_) | Expr::Token(_) => 1,
        Expr::Seq(parts) | Expr::Alt(parts) => sum(parts),
        Expr::Repeat { expr, min, max } => {
            let once = size(expr, limit);
            let times = max.unwrap_or(*min);
            let all = once.saturating_mul(times.max(1) as usize);
            match max {
                _ if times <= WRITTEN_OUT.0 && all <= WRITTEN_OUT.1 => all,
                // A repetition that is counted is one call.
                Some(_) => 1,
                None => once.saturating_add(1),
            }
        }
    }
}

/// The number of an entry of a table that is kept below 2³² entries.
pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
