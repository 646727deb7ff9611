//! Objects as automata over their properties.
//!
//! All forms of an object are read at once: where the next property has the same name and value in several of them, it
//! is written once. A state is the place in the order of names, and the forms that are still possible there.
use foldhash::{HashMap, HashMapExt};
use smol_str::SmolStr;

use super::{
    Lowering,
    expr::{rule, seq, text},
    factor::alt,
    object::{Undeclared, member},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{
        document::schema_error,
        ir::{Field, ObjectShape, ValueId},
    },
};

/// The most optional properties of which each place looks at all that may follow. With more, places share rules for
/// blocks of names, whose sizes are powers of two: the rules grow with the number of names times its logarithm instead
/// of its square.
const DIRECT: usize = 12;
/// The fewest names of a block.
const BLOCK: usize = 4;
/// The most states of one object.
const MAX_STATES: usize = 5_000;
/// The most properties that are written in any order.
pub(super) const ANY_ORDER: usize = 4;

/// A form that is still possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Thread {
    form: usize,
    /// How many properties there were, up to where it no longer matters.
    count: u64,
}

/// A place between two properties.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// The names before this one are behind; in any order, a bit for each name that is.
    at: usize,
    /// In the rule of a block, the names from this one on, and the end of the object, belong to other rules.
    end: Option<usize>,
    /// Whether no property was written yet.
    first: bool,
    threads: Vec<Thread>,
}

/// The members that may follow, each with the state behind it, and the ends.
type Choices = (Vec<(Expr, State)>, Vec<Expr>);

/// Writes the rules of an object.
pub(super) struct Machine<'m, 'l, 'i, 'a> {
    lowering: &'m mut Lowering<'i, 'a>,
    near: &'l str,
    shapes: &'l [ObjectShape<'a>],
    undeclared: Vec<Option<Undeclared>>,
    /// For each name in order, the field of each form that has it.
    columns: Vec<Vec<Option<Field<'a>>>>,
    /// The members written for a name and a value.
    members: HashMap<(usize, ValueId), Expr>,
    rules: HashMap<State, SmolStr>,
    waiting: Vec<State>,
    /// What was written behind members.
    afters: HashMap<State, Expr>,
    any_order: bool,
    in_blocks: bool,
    /// For each form, how many of its fields follow a place, and how many of these are required.
    left: Vec<Vec<(u64, u64)>>,
}

impl<'m, 'l, 'i, 'a> Machine<'m, 'l, 'i, 'a> {
    pub(super) fn new(
        lowering: &'m mut Lowering<'i, 'a>,
        near: &'l str,
        order: &[&'a str],
        shapes: &'l [ObjectShape<'a>],
    ) -> Result<Self> {
        let places: HashMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let mut columns: Vec<Vec<Option<Field<'a>>>> = vec![vec![None; shapes.len()]; order.len()];
        let mut undeclared = Vec::with_capacity(shapes.len());
        for (form, shape) in shapes.iter().enumerate() {
            undeclared.push(Undeclared::new(lowering, near, shape, shapes.len() == 1)?);
            for field in &shape.fields {
                let place = places.get(field.name).copied().unwrap_or_default();
                if let Some(slot) = columns.get_mut(place).and_then(|column| column.get_mut(form)) {
                    *slot = Some(*field);
                }
            }
        }
        let optional =
            |column: &&Vec<Option<Field<'_>>>| column.iter().any(|field| field.is_none_or(|field| !field.required));
        let in_blocks = columns.iter().filter(optional).count() > DIRECT;
        let any_order = lowering.any_order || shapes.iter().all(|shape| shape.is_map);
        let any_order = any_order && columns.len() <= ANY_ORDER;
        let left = (0..shapes.len()).map(|form| left(&columns, form)).collect();
        Ok(Machine {
            left,
            lowering,
            near,
            shapes,
            undeclared,
            columns,
            members: HashMap::new(),
            rules: HashMap::new(),
            waiting: Vec::new(),
            afters: HashMap::new(),
            any_order,
            in_blocks,
        })
    }

    /// The object.
    pub(super) fn object(mut self) -> Result<Expr> {
        let possible = self.undeclared.iter().enumerate().filter(|(_, undeclared)| undeclared.is_some());
        let threads = possible.map(|(form, _)| Thread { form, count: 0 }).collect();
        let start = State { at: 0, end: None, first: true, threads };
        let content = self.state(start)?;
        while let Some(state) = self.waiting.pop() {
            let name = self.rules.get(&state).cloned().unwrap_or_default();
            let body = self.state(state)?;
            self.lowering.rules.define(name, body)?;
        }
        Ok(seq([self.lowering.style.open("{"), content]))
    }

    /// What may stand from a state on, the closing brace included. As long as there is one way only, it is followed.
    fn state(&mut self, mut state: State) -> Result<Expr> {
        let mut parts: Vec<Expr> = Vec::new();
        loop {
            let (mut members, mut ends) = self.choices(&state)?;
            if ends.is_empty() && members.len() == 1 {
                if let Some((member, next)) = members.pop() {
                    parts.push(member);
                    state = next;
                    continue;
                }
            }
            let mut starts = Vec::with_capacity(members.len() + ends.len());
            for (member, next) in members {
                let next = self.after(next)?;
                starts.push(seq([member, next]));
            }
            starts.append(&mut ends);
            if starts.is_empty() {
                return Err(schema_error("the properties of an object contradict one another: loosen one of them"));
            }
            parts.push(alt(starts));
            return Ok(seq(parts));
        }
    }

    /// What follows a member: written here if there is no choice, else a rule.
    fn after(&mut self, state: State) -> Result<Expr> {
        if let Some(expr) = self.afters.get(&state) {
            return Ok(expr.clone());
        }
        let (members, mut ends) = self.choices(&state)?;
        let expr = match (members.as_slice(), ends.len()) {
            ([], 1) => ends.remove(0),
            ([_], 0) => self.state(state.clone())?,
            _ => rule(&self.name(state.clone())?),
        };
        self.afters.insert(state, expr.clone());
        Ok(expr)
    }

    fn name(&mut self, state: State) -> Result<SmolStr> {
        if let Some(name) = self.rules.get(&state) {
            return Ok(name.clone());
        }
        if self.rules.len() >= MAX_STATES {
            return Err(schema_error(format!("an object here takes more than {MAX_STATES} rules: use fewer branches")));
        }
        let name = self.lowering.rules.name(&format!("{}-rest", self.near));
        self.rules.insert(state.clone(), name.clone());
        self.waiting.push(state);
        Ok(name)
    }

    /// The members that may stand in a state, each with the state behind it, and the ends.
    fn choices(&mut self, state: &State) -> Result<Choices> {
        let mut alive = state.threads.clone();
        let mut members = Vec::new();
        let mut ends = Vec::new();
        let mut place = if self.any_order { 0 } else { state.at };
        let is_block = state.end.is_some();
        while place < state.end.unwrap_or(self.columns.len()) {
            if alive.is_empty() {
                return Ok((members, ends));
            }
            if self.in_blocks && !self.any_order && !state.first && !is_block {
                if let Some(size) = self.block(place, &alive) {
                    let block = State { at: place, end: Some(place + size), first: false, threads: alive.clone() };
                    ends.push(rule(&self.name(block)?));
                    place += size;
                    continue;
                }
            }
            let here = place;
            place += 1;
            let place = here;
            if self.any_order && state.at & (1 << place) != 0 {
                continue;
            }
            let mut ways: Vec<(ValueId, Vec<Thread>)> = Vec::new();
            for thread in &alive {
                let (Some(field), true) = (self.field(place, thread.form), self.has_room(*thread)) else { continue };
                let next = self.counted(*thread);
                let viable = if self.any_order {
                    self.leaves_room(next, state.at | (1 << place))
                } else {
                    self.is_viable(next, place + 1)
                };
                if !viable {
                    continue;
                }
                match ways.iter_mut().find(|(value, _)| *value == field.value) {
                    Some((_, threads)) => threads.push(next),
                    None => ways.push((field.value, vec![next])),
                }
            }
            for (value, threads) in ways {
                let at = if self.any_order { state.at | (1 << place) } else { place + 1 };
                let member = self.member(place, value)?;
                let member = if state.first { member } else { seq([self.lowering.style.comma(), member]) };
                members.push((member, State { at, end: None, first: false, threads }));
            }
            if !self.any_order {
                alive.retain(|thread| !self.field(place, thread.form).is_some_and(|field| field.required));
            }
        }
        for thread in if is_block { Vec::new() } else { alive } {
            let lacks = |place: usize| {
                state.at & (1 << place) == 0 && self.field(place, thread.form).is_some_and(|field| field.required)
            };
            if self.any_order && (0..self.columns.len()).any(lacks) {
                continue;
            }
            let count = self.shapes.get(thread.form).map(|shape| shape.count).unwrap_or_default();
            let Some(undeclared) = self.undeclared.get(thread.form).cloned().flatten() else { continue };
            let end = undeclared.tail(self.lowering, self.near, count, thread.count, state.first)?;
            ends.extend(end.filter(|end| !ends.contains(end)));
        }
        Ok((members, ends))
    }

    /// The size of the block of names that begins here, if there is one in which these forms need nothing.
    fn block(&self, place: usize, alive: &[Thread]) -> Option<usize> {
        let needs =
            |at: usize| alive.iter().any(|thread| self.field(at, thread.form).is_some_and(|field| field.required));
        let mut size = if place == 0 { 1 << 20 } else { 1 << place.trailing_zeros() };
        let has =
            |at: usize| alive.iter().any(|thread| self.has_room(*thread) && self.field(at, thread.form).is_some());
        while size >= BLOCK {
            let mut names = place..place + size;
            if names.end <= self.columns.len() && !names.clone().any(needs) && names.any(has) {
                return Some(size);
            }
            size /= 2;
        }
        None
    }

    fn field(&self, place: usize, form: usize) -> Option<Field<'a>> {
        self.columns.get(place).and_then(|column| column.get(form)).copied().flatten()
    }

    /// Whether an object of the form can still be completed, by the number of its properties.
    fn is_viable(&self, thread: Thread, place: usize) -> bool {
        let Some(shape) = self.shapes.get(thread.form) else { return false };
        let (fields, required) =
            self.left.get(thread.form).and_then(|left| left.get(place)).copied().unwrap_or_default();
        let Some(Some(undeclared)) = self.undeclared.get(thread.form) else { return false };
        let needs = undeclared.needs.len() as u64;
        let enough = undeclared.free.is_some() || thread.count + fields + needs >= shape.count.min;
        enough && shape.count.max.is_none_or(|max| thread.count + required + needs <= max)
    }

    /// Whether what an object must still have fits into it, in any order, behind the names of these bits.
    fn leaves_room(&self, thread: Thread, behind: usize) -> bool {
        let Some(max) = self.shapes.get(thread.form).and_then(|shape| shape.count.max) else { return true };
        let is_missing = |place: &usize| {
            behind & (1 << *place) == 0 && self.field(*place, thread.form).is_some_and(|field| field.required)
        };
        let missing = (0..self.columns.len()).filter(is_missing).count();
        let undeclared = self.undeclared.get(thread.form).and_then(Option::as_ref);
        let needs = undeclared.map_or(0, |undeclared| undeclared.needs.len());
        thread.count + (missing + needs) as u64 <= max
    }

    fn has_room(&self, thread: Thread) -> bool {
        let max = self.shapes.get(thread.form).and_then(|shape| shape.count.max);
        max.is_none_or(|max| thread.count < max)
    }

    /// The thread with one more property, if it is counted.
    fn counted(&self, thread: Thread) -> Thread {
        let Some(shape) = self.shapes.get(thread.form) else { return thread };
        let far = shape.count.max.unwrap_or(shape.count.min);
        Thread { count: (thread.count + 1).min(far), ..thread }
    }

    fn member(&mut self, place: usize, value: ValueId) -> Result<Expr> {
        if let Some(member) = self.members.get(&(place, value)) {
            return Ok(member.clone());
        }
        let field = self.columns.get(place).into_iter().flatten().flatten().find(|field| field.value == value);
        let expr = match field.copied() {
            Some(field) => member(self.lowering, &field)?,
            None => text(""),
        };
        self.members.insert((place, value), expr.clone());
        Ok(expr)
    }
}

/// How many fields of a form follow each place, and how many of these are required.
fn left(columns: &[Vec<Option<Field<'_>>>], form: usize) -> Vec<(u64, u64)> {
    let mut left = vec![(0, 0); columns.len() + 1];
    let mut sum = (0, 0);
    for (slot, column) in left.iter_mut().rev().skip(1).zip(columns.iter().rev()) {
        if let Some(field) = column.get(form).copied().flatten() {
            sum = (sum.0 + 1, sum.1 + u64::from(field.required));
        }
        *slot = sum;
    }
    left
}
