//! The way from values to rules.
use std::collections::VecDeque;

use foldhash::{HashMap, HashMapExt};

use super::{
    array,
    expr::{many, optional, rule, seq, text},
    factor::alt,
    name,
    number::{any_number, number},
    object::{Names, objects},
    rules::{Rules, size},
    shared::Flavour,
    string::{any_string, string},
    style::Style,
    written::Written,
};
use crate::{
    Result,
    gbnf::Expr,
    regular::Encoding,
    structured::{
        document::error_at,
        ir::{Ir, Shape, ValueId},
        options::{Mode, Options},
        sets::Width,
    },
};

/// The longest expression that is written wherever its value is used.
const SHORT: usize = 12;

/// Writes the grammar of the first value.
pub(crate) fn lower(ir: &Ir<'_>, options: &Options) -> Result<Written> {
    let mut names = vec![None; ir.values.len()];
    if let Some(root) = names.first_mut() {
        *root = Some(rule("root"));
    }
    let typed = options.mode == Mode::Typed;
    let mut rules = Rules::new(Flavour { whitespace: options.whitespace, typed });
    let style = Style::new(options.whitespace, &mut rules);
    let any_order = options.any_order;
    let mut lowering = Lowering {
        ir,
        rules,
        style,
        typed,
        any_order,
        names,
        waiting: VecDeque::from([0]),
        keys: HashMap::new(),
        members: HashMap::new(),
    };
    while let Some(id) = lowering.waiting.pop_front() {
        let name = match lowering.names.get(id) {
            Some(Some(Expr::Rule(name))) => name.clone(),
            _ => continue,
        };
        let place = lowering.rules.len();
        let body = lowering.shapes(id, &name).map_err(|error| at(error, &ir.pointer(id)))?;
        lowering.rules.insert(place, name, body).map_err(|error| at(error, &ir.pointer(id)))?;
    }
    Ok(lowering.rules.finish())
}

fn at(error: crate::Error, pointer: &str) -> crate::Error {
    if error.path().is_some() { error } else { error_at(pointer, error.message()) }
}

/// Writes rules; values that need a rule of their own wait for their turn, so that nothing is written recursively.
#[derive(Debug)]
pub(super) struct Lowering<'i, 'a> {
    ir: &'i Ir<'a>,
    pub(super) rules: Rules,
    pub(super) style: Style,
    /// Whether serde reads what is written.
    pub(super) typed: bool,
    pub(super) any_order: bool,
    /// What is written for each value that was met.
    names: Vec<Option<Expr>>,
    waiting: VecDeque<ValueId>,
    /// What was written for the names of undeclared properties, where several forms have them.
    pub(super) keys: HashMap<Names<'a>, Option<Expr>>,
    /// The rules of undeclared properties, by their names and values.
    pub(super) members: HashMap<(Names<'a>, ValueId), Option<Expr>>,
}

impl<'i, 'a> Lowering<'i, 'a> {
    /// The value: written here if it is short, else the rule that is it.
    pub(super) fn value(&mut self, id: ValueId) -> Result<Expr> {
        if let Some(Some(expr)) = self.names.get(id) {
            return Ok(expr.clone());
        }
        let is_scalar = |shape: &Shape<'_>| !matches!(shape, Shape::Array(_) | Shape::Items(_) | Shape::Objects(_));
        let mut short = None;
        if self.ir.shapes(id).iter().all(is_scalar) {
            let expr = self.shapes(id, "").map_err(|error| at(error, &self.ir.pointer(id)))?;
            if size(&expr) <= SHORT {
                short = Some(expr);
            } else {
                let name = name::of_pointer(&self.ir.pointer(id));
                short = Some(self.rules.once(&name, expr)?);
            }
        }
        let expr = short.unwrap_or_else(|| {
            self.waiting.push_back(id);
            rule(&self.rules.name(&name::of_pointer(&self.ir.pointer(id))))
        });
        if let Some(slot) = self.names.get_mut(id) {
            *slot = Some(expr.clone());
        }
        Ok(expr)
    }

    fn shapes(&mut self, id: ValueId, near: &str) -> Result<Expr> {
        let ir: &'i Ir<'a> = self.ir;
        let shapes = ir.shapes(id);
        if let [shape] = shapes {
            return self.shape(shape, near);
        }
        let mut alternatives = Vec::with_capacity(shapes.len());
        for shape in shapes {
            alternatives.push(self.shape(shape, near)?);
        }
        Ok(alt(alternatives))
    }

    fn shape(&mut self, shape: &Shape<'a>, near: &str) -> Result<Expr> {
        Ok(match shape {
            Shape::Anything => anything(&mut self.rules, &self.style, self.typed),
            Shape::Null => text("null"),
            Shape::Boolean(yes) => text(yes.to_string()),
            Shape::Number(set) => number(&mut self.rules, set, self.typed || self.ir.plain_integers, self.typed)?,
            Shape::Numerals(numerals) => self.rules.written(numerals, Encoding::Raw, "digits")?,
            Shape::Text(set) => string(&mut self.rules, set)?,
            Shape::Array(shape) => array::array(self, near, shape)?,
            Shape::Items(machine) => array::items(self, near, machine)?,
            Shape::Objects(shapes) => objects(self, near, shapes)?,
        })
    }
}

/// Any JSON value.
fn anything(rules: &mut Rules, style: &Style, typed: bool) -> Expr {
    let width = if typed { Width::Double } else { Width::Loose };
    rules.shared("value", |rules| {
        let (string, number) = (any_string(rules), any_number(rules, width));
        let array = rules.shared("array", |_| list(style, "[", rule("value"), "]"));
        let member = rules.shared("member", |_| seq([string.clone(), style.colon(), rule("value")]));
        let object = rules.shared("object", |_| list(style, "{", member, "}"));
        alt([object, array, string, number, text("true"), text("false"), text("null")])
    })
}

fn list(style: &Style, open: &str, item: Expr, close: &str) -> Expr {
    let more = many(seq([style.comma(), item.clone()]));
    let (after, alone) = (style.close(close, false), style.close(close, true));
    if after == alone {
        return seq([style.open(open), optional(seq([item, more])), after]);
    }
    seq([style.open(open), alt([alone, seq([item, more, after])])])
}
