//! Random texts that match a grammar.
use super::{
    Ast, Expr, chars,
    matcher::{Nfa, Program, Weights},
};
use crate::{Error, ErrorKind, Grammar, Result};
use std::collections::HashMap;

/// The shortest text of a grammar may have this many bytes.
const MAX_SHORTEST: u64 = 1 << 24;

/// Writes random texts that match a grammar, for tests of what reads them.
///
/// The same seed gives the same text. Alternatives are equally likely as long as the budget allows them; characters are
/// mostly printable ASCII, now and then any other or the first or last of a range.
#[derive(Debug, Clone)]
pub struct Generator {
    items: Vec<Item>,
    /// The fewest bytes of each item.
    weights: Vec<u64>,
    rules: Vec<usize>,
    root: usize,
}

#[derive(Debug, Clone)]
enum Item {
    Text(String),
    Chars(Vec<(char, char)>),
    Rule(usize),
    Seq(Vec<usize>),
    Alt(Vec<usize>),
    Repeat { of: usize, min: u32, max: Option<u32> },
}

/// What is still to be written.
enum Task {
    Item(usize),
    /// Repetitions of an item: so many that must come, and so many that may.
    Times(usize, u32, Option<u32>),
}

impl Generator {
    /// A generator of the grammar's sentences.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::new`](super::Matcher::new), and [`ErrorKind::Grammar`] if the shortest text has more than
    /// 16 MiB.
    pub fn new(grammar: &Grammar) -> Result<Self> {
        Self::from_ast(grammar.ast(), grammar.root())
    }

    /// A generator for the rules of `ast` beginning with the one named `root`.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::from_ast`](super::Matcher::from_ast), and [`ErrorKind::Grammar`] if the shortest text has
    /// more than 16 MiB.
    pub fn from_ast(ast: &Ast, root: &str) -> Result<Self> {
        Program::new(ast, root)?;
        let nfa = Nfa::new(ast, root)?;
        let weights = Weights::new(&nfa);
        if weights.rule(nfa.root) > MAX_SHORTEST {
            let message = "the shortest text of the grammar is longer than 16 MiB; lower its repetitions";
            return Err(Error::new(ErrorKind::Grammar, message));
        }
        let names = ast.rules.iter().enumerate().map(|(number, rule)| (rule.name.as_str(), number)).collect();
        let mut lower = Lower { names, rules: weights.rules, items: Vec::new(), weights: Vec::new() };
        let rules = ast.rules.iter().map(|rule| lower.expr(&rule.body)).collect();
        Ok(Generator { items: lower.items, weights: lower.weights, rules, root: nfa.root as usize })
    }

    /// A text of at most `budget` bytes if there is one, otherwise one of the shortest.
    pub fn generate(&self, seed: u64, budget: usize) -> String {
        self.write(Random(seed), budget as u64, budget.saturating_mul(64).saturating_add(4096))
    }

    /// One of the shortest texts.
    pub fn shortest(&self) -> String {
        self.write(Random(0), 0, 0)
    }

    /// Takes choices at random for so many `steps`, then those that end soonest.
    fn write(&self, mut random: Random, budget: u64, mut steps: usize) -> String {
        let mut out = String::new();
        let Some(&root) = self.rules.get(self.root) else { return out };
        let mut open = vec![Task::Item(root)];
        // The fewest bytes that all open tasks together come to.
        let mut owed = self.weight(root);
        while let Some(task) = open.pop() {
            steps = steps.saturating_sub(1);
            owed = owed.saturating_sub(self.task_weight(&task));
            let spare = budget.saturating_sub(out.len() as u64).saturating_sub(owed);
            let spare = if steps == 0 { 0 } else { spare };
            let first = open.len();
            match task {
                Task::Item(item) if steps == 0 && self.weight(item) == 0 => {}
                Task::Item(item) => match self.items.get(item) {
                    Some(Item::Text(text)) => out.push_str(text),
                    Some(Item::Chars(ranges)) => out.extend(random.character(ranges, spare)),
                    Some(Item::Rule(rule)) => open.extend(self.rules.get(*rule).map(|&item| Task::Item(item))),
                    Some(Item::Seq(parts)) => open.extend(parts.iter().rev().map(|&part| Task::Item(part))),
                    Some(Item::Alt(parts)) => open.extend(self.choose(parts, &mut random, spare).map(Task::Item)),
                    Some(&Item::Repeat { of, min, max }) => {
                        open.push(Task::Times(of, min, max.map(|max| max.saturating_sub(min))));
                    }
                    None => {}
                },
                Task::Times(of, min, more) if min > 0 => {
                    open.push(Task::Times(of, min - 1, more));
                    open.push(Task::Item(of));
                }
                Task::Times(of, _, more) => {
                    let goes_on = more != Some(0) && steps > 0 && random.below(4) > 0;
                    if goes_on && self.weight(of) <= spare {
                        open.push(Task::Times(of, 0, more.map(|more| more - 1)));
                        open.push(Task::Item(of));
                    }
                }
            }
            owed = open.iter().skip(first).map(|task| self.task_weight(task)).fold(owed, u64::saturating_add);
        }
        out
    }

    fn choose(&self, parts: &[usize], random: &mut Random, spare: u64) -> Option<usize> {
        let fit = || parts.iter().copied().filter(|&part| self.weight(part) <= spare);
        let lightest = || parts.iter().copied().min_by_key(|&part| self.weight(part));
        if spare == 0 { lightest() } else { fit().nth(random.below(fit().count())).or_else(lightest) }
    }

    fn weight(&self, item: usize) -> u64 {
        self.weights.get(item).copied().unwrap_or_default()
    }

    fn task_weight(&self, task: &Task) -> u64 {
        match *task {
            Task::Item(item) => self.weight(item),
            Task::Times(_, 0, _) => 0,
            Task::Times(of, min, _) => self.weight(of).saturating_mul(u64::from(min)),
        }
    }
}

struct Lower<'a> {
    names: HashMap<&'a str, usize>,
    /// The fewest bytes of each rule.
    rules: Vec<u64>,
    items: Vec<Item>,
    weights: Vec<u64>,
}

impl Lower<'_> {
    fn expr(&mut self, expr: &Expr) -> usize {
        let (item, weight) = match expr {
            Expr::Literal(text) => (Item::Text(text.to_string()), text.len() as u64),
            Expr::Class(class) => chars_item(class.text_ranges()),
            Expr::Any => chars_item(chars::IN_TEXTS.to_vec()),
            Expr::Rule(name) => {
                let rule = self.names.get(name.as_str()).copied().unwrap_or_default();
                (Item::Rule(rule), self.rules.get(rule).copied().unwrap_or(u64::MAX))
            }
            // The program was built, so the root needs none.
            Expr::Token(_) => (Item::Alt(Vec::new()), u64::MAX),
            Expr::Seq(parts) => {
                let parts: Vec<usize> = parts.iter().map(|part| self.expr(part)).collect();
                let weight = parts.iter().map(|&part| self.weight(part)).fold(0, u64::saturating_add);
                (Item::Seq(parts), weight)
            }
            Expr::Alt(parts) => {
                let parts: Vec<usize> = parts.iter().map(|part| self.expr(part)).collect();
                let weight = parts.iter().map(|&part| self.weight(part)).min().unwrap_or(u64::MAX);
                (Item::Alt(parts), weight)
            }
            Expr::Repeat { expr, min, max } => {
                let of = self.expr(expr);
                let weight = if *min == 0 { 0 } else { self.weight(of).saturating_mul(u64::from(*min)) };
                (Item::Repeat { of, min: *min, max: *max }, weight)
            }
        };
        self.items.push(item);
        self.weights.push(weight);
        self.items.len() - 1
    }

    fn weight(&self, item: usize) -> u64 {
        self.weights.get(item).copied().unwrap_or_default()
    }
}

fn chars_item(ranges: Vec<(char, char)>) -> (Item, u64) {
    let weight = ranges.first().map_or(u64::MAX, |range| range.0.len_utf8() as u64);
    (Item::Chars(ranges), weight)
}

/// A generator of random numbers (splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from((u128::from(self.next()) * end as u128) >> 64).unwrap_or_default()
    }

    /// A character of at most `spare` bytes; the first one if all are longer.
    pub(super) fn character(&mut self, ranges: &[(char, char)], spare: u64) -> Option<char> {
        let &(first, _) = ranges.first()?;
        let legible = (' ', '~');
        let common = |&(low, high): &(char, char)| (low.max(legible.0), high.min(legible.1));
        let printable: Vec<_> = ranges.iter().map(common).filter(|(low, high)| low <= high).collect();
        let plain = !printable.is_empty() && self.below(4) > 0;
        let among = if plain { printable.as_slice() } else { ranges };
        let &(low, high) = among.get(self.below(among.len()))?;
        let chosen = match self.below(8) {
            0 => low,
            1 => high,
            _ => {
                let (low, high) = (u32::from(low), u32::from(high));
                let above = u32::try_from(self.below((high - low) as usize + 1)).unwrap_or_default();
                char::from_u32(low + above).unwrap_or(first)
            }
        };
        Some(if chosen.len_utf8() as u64 <= spare { chosen } else { first })
    }
}
