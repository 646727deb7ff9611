//! A grammar as llama.cpp loads it: groups and repetitions become rules of their own.
use super::super::{Ast, Expr, chars, print};
use std::collections::HashMap;

/// The most elements; the loader's own limit is checked when a grammar is made.
const MAX_ELEMENTS: usize = 1 << 23;

/// One element of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Char(char),
    /// A character of this class.
    Class(u32),
    /// A token, which no text is known to match.
    Token,
    Rule(u32),
    /// The end of an alternative.
    End,
}

/// Where an element comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Origin {
    /// The rule of the grammar that it stands in.
    pub(super) rule: u32,
    /// Whether it is one of the copies that a bounded repetition is written out to.
    pub(super) is_copy: bool,
}

/// The rules that llama.cpp makes.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    pub(super) elements: Vec<Element>,
    /// One for each element.
    pub(super) origins: Vec<Origin>,
    /// Where the alternatives of each rule begin; the rules of the grammar come first.
    pub(super) rules: Vec<Vec<u32>>,
    pub(super) classes: Vec<Vec<(char, char)>>,
}

impl Expanded {
    /// The rules of a checked grammar; nothing if they are too many.
    pub(super) fn new(ast: &Ast) -> Option<Self> {
        let names = ast.rules.iter().zip(0..).map(|(rule, number)| (rule.name.as_str(), number)).collect();
        let mut expansion = Expansion { names, out: Expanded::default(), of: 0, is_full: false };
        expansion.out.rules.resize(ast.rules.len(), Vec::new());
        for (rule, number) in ast.rules.iter().zip(0..) {
            expansion.of = number;
            expansion.alternatives(number, &rule.body, false);
        }
        (!expansion.is_full).then_some(expansion.out)
    }

    pub(super) fn element(&self, at: u32) -> Element {
        self.elements.get(at as usize).copied().unwrap_or(Element::End)
    }

    pub(super) fn class(&self, class: u32) -> &[(char, char)] {
        self.classes.get(class as usize).map_or(&[], Vec::as_slice)
    }
}

struct Expansion<'a> {
    names: HashMap<&'a str, u32>,
    out: Expanded,
    /// The rule of the grammar that is being expanded.
    of: u32,
    is_full: bool,
}

impl<'a> Expansion<'a> {
    fn new_rule(&mut self) -> u32 {
        self.out.rules.push(Vec::new());
        u32::try_from(self.out.rules.len() - 1).unwrap_or(u32::MAX)
    }

    /// Writes the alternatives of a rule.
    fn alternatives(&mut self, rule: u32, body: &'a Expr, is_copy: bool) {
        let parts = if let Expr::Alt(parts) = body { parts.as_slice() } else { std::slice::from_ref(body) };
        for part in parts {
            let mut sequence = Vec::new();
            self.sequence(part, is_copy, &mut sequence);
            self.alternative(rule, &sequence, is_copy);
        }
    }

    fn alternative(&mut self, rule: u32, sequence: &[Element], is_copy: bool) {
        if self.out.elements.len() + sequence.len() >= MAX_ELEMENTS {
            self.is_full = true;
            return;
        }
        let start = u32::try_from(self.out.elements.len()).unwrap_or(u32::MAX);
        self.out.elements.extend_from_slice(sequence);
        self.out.elements.push(Element::End);
        self.out.origins.resize(self.out.elements.len(), Origin { rule: self.of, is_copy });
        if let Some(starts) = self.out.rules.get_mut(rule as usize) {
            starts.push(start);
        }
    }

    /// Appends the elements of an expression.
    fn sequence(&mut self, expr: &'a Expr, is_copy: bool, out: &mut Vec<Element>) {
        match expr {
            Expr::Literal(text) => out.extend(text.chars().map(Element::Char)),
            Expr::Class(class) => out.push(self.class(class.text_ranges())),
            Expr::Any => out.push(self.class(chars::IN_TEXTS.to_vec())),
            Expr::Token(_) => out.push(Element::Token),
            Expr::Rule(name) => out.extend(self.names.get(name.as_str()).map(|rule| Element::Rule(*rule))),
            Expr::Seq(parts) => {
                for part in parts {
                    self.item(expr, part, is_copy, out);
                }
            }
            // Alternatives that no group was made for are those of a rule.
            Expr::Alt(_) => self.group(expr, is_copy, out),
            Expr::Repeat { expr: inner, min, max } => {
                let is_copy = is_copy || max.is_none_or(|max| max - min > 1);
                let mut symbol = Vec::new();
                self.item(expr, inner, is_copy, &mut symbol);
                self.repeat(&symbol, *min, *max, is_copy, out);
            }
        }
    }

    fn item(&mut self, outer: &Expr, part: &'a Expr, is_copy: bool, out: &mut Vec<Element>) {
        if print::is_grouped(outer, part) { self.group(part, is_copy, out) } else { self.sequence(part, is_copy, out) }
    }

    fn group(&mut self, expr: &'a Expr, is_copy: bool, out: &mut Vec<Element>) {
        let rule = self.new_rule();
        self.alternatives(rule, expr, is_copy);
        out.push(Element::Rule(rule));
    }

    /// The symbol as often as it must come, then rules for the times that it may: `s(n) ::= symbol s(n-1) | ""`.
    fn repeat(&mut self, symbol: &[Element], min: u32, max: Option<u32>, is_copy: bool, out: &mut Vec<Element>) {
        for _ in 0..min {
            if out.len() > MAX_ELEMENTS {
                self.is_full = true;
                return;
            }
            out.extend_from_slice(symbol);
        }
        let mut last = None;
        for _ in 0..max.map_or(1, |max| max - min) {
            let rule = self.new_rule();
            let next = if max.is_none() { Some(rule) } else { last };
            let mut sequence = symbol.to_vec();
            sequence.extend(next.map(Element::Rule));
            self.alternative(rule, &sequence, is_copy);
            self.alternative(rule, &[], is_copy);
            last = Some(rule);
        }
        out.extend(last.map(Element::Rule));
    }

    fn class(&mut self, ranges: Vec<(char, char)>) -> Element {
        self.out.classes.push(ranges);
        Element::Class(u32::try_from(self.out.classes.len() - 1).unwrap_or(u32::MAX))
    }
}
