//! What llama.cpp's loader makes of a grammar: how many rules and elements, against its limits and ours.
use super::shape::MAX_REPEAT;
use std::collections::HashSet;

/// The most elements (characters, ranges, references) that a loaded grammar may have; llama.cpp itself sets no limit
/// and holds each in 8 bytes, several times over.
const MAX_ELEMENTS: u64 = 1 << 22;

/// What the text read so far loads as.
///
/// llama.cpp numbers a rule's name where it first occurs, and makes a rule of its own for every group and for the
/// optional part of every repetition.
#[derive(Debug, Default)]
pub(super) struct Load<'a> {
    names: HashSet<&'a str>,
    generated: u64,
    elements: u64,
}

/// What the item read last loads as: what a repetition after it multiplies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    /// Rules made inside of it, at least 1.
    rules: u64,
    elements: u64,
}

impl Symbol {
    /// The symbol as if it were written as so many elements, if those are more.
    pub(super) fn at_least(self, elements: usize) -> Symbol {
        Symbol { elements: self.elements.max(u64::try_from(elements).unwrap_or(u64::MAX)), ..self }
    }
}

impl<'a> Load<'a> {
    /// A rule's name, defined or referred to.
    pub(super) fn name(&mut self, name: &'a str) {
        self.names.insert(name);
    }

    /// An item of this many elements that makes no rule.
    pub(super) fn item(&mut self, elements: usize) -> Symbol {
        let elements = u64::try_from(elements).unwrap_or(u64::MAX);
        self.elements = self.elements.saturating_add(elements);
        Symbol { rules: 1, elements }
    }

    /// Begins a group; [`group`](Self::group) takes what this returns.
    pub(super) fn open_group(&mut self) -> u64 {
        let before = self.rules();
        self.generated += 1;
        before
    }

    /// Ends a group.
    pub(super) fn group(&mut self, before: u64) -> Symbol {
        Symbol { rules: (self.rules() - before).max(1), ..self.item(1) }
    }

    /// The symbol, read since there were so many rules, as if it stood in a group.
    pub(super) fn as_group(&mut self, symbol: Symbol, before: u64) -> Symbol {
        self.generated += 1;
        self.item(1);
        Symbol { rules: symbol.rules.max(self.rules() - before), ..symbol }
    }

    /// The symbol repeated, its bounds being in order.
    pub(super) fn repeat(&mut self, symbol: Symbol, min: u32, max: Option<u32>) -> Result<Symbol, String> {
        if symbol.elements == 0 {
            return Err("llama.cpp cannot repeat what is written as nothing: remove the repetition".to_owned());
        }
        let times = max.filter(|max| *max > 0).unwrap_or(min).max(1);
        let rules = symbol.rules.saturating_mul(times.into());
        if rules > MAX_REPEAT.into() {
            return Err(format!(
                "repeating this makes {rules} rules, and llama.cpp stops at {MAX_REPEAT}: lower the bound, or give \
                 what is repeated a rule of its own"
            ));
        }
        let optional = u64::from(max.map_or(1, |max| max - min));
        let copies = u64::from(min.saturating_sub(1)).saturating_mul(symbol.elements);
        let tails = optional.saturating_mul(symbol.elements.saturating_add(3));
        self.generated += optional;
        self.elements = self.elements.saturating_add(copies).saturating_add(tails);
        if self.elements > MAX_ELEMENTS {
            return Err(format!(
                "with this the grammar loads as more than {MAX_ELEMENTS} elements: lower the bound, or give what is \
                 repeated a rule of its own"
            ));
        }
        let elements = u64::from(min).saturating_mul(symbol.elements).saturating_add(optional.min(1));
        Ok(Symbol { rules, elements })
    }

    /// How many rules there are.
    pub(super) fn rules(&self) -> u64 {
        self.generated + u64::try_from(self.names.len()).unwrap_or(u64::MAX)
    }
}
