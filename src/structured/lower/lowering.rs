//! The way from values to rules.
use std::collections::VecDeque;

use super::{
    array::array,
    expr::{many, optional, rule, seq, text},
    factor::alt,
    format, name,
    number::{any_number, integer, number},
    object::object,
    rules::Rules,
    string::{any_string, string},
};
use crate::{
    Result,
    gbnf::{Ast, Expr},
    structured::{
        ir::{Ir, Shape, ValueId, Width},
        schema::error_at,
    },
};

/// Writes the grammar of the first value.
pub(crate) fn lower(ir: &Ir) -> Result<Ast> {
    let mut names = vec![None; ir.values.len()];
    if let Some(root) = names.first_mut() {
        *root = Some("root".to_owned());
    }
    let mut lowering = Lowering { ir, rules: Rules::new(), names, waiting: VecDeque::from([0]) };
    while let Some(id) = lowering.waiting.pop_front() {
        let name = lowering.names.get(id).cloned().flatten().unwrap_or_default();
        let place = lowering.rules.len();
        let body = lowering.shapes(id, &name).map_err(|error| at(error, ir.pointer(id)))?;
        lowering.rules.insert(place, name, body).map_err(|error| at(error, ir.pointer(id)))?;
    }
    Ok(lowering.rules.finish())
}

fn at(error: crate::Error, pointer: &str) -> crate::Error {
    if error.path().is_some() { error } else { error_at(pointer, error.message()) }
}

/// Writes rules; values that need a rule of their own wait for their turn, so that nothing is written recursively.
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    ir: &'a Ir,
    pub(super) rules: Rules,
    /// The rule of each value that has one.
    names: Vec<Option<String>>,
    waiting: VecDeque<ValueId>,
}

impl Lowering<'_> {
    /// The value: written here if it is short, else the rule that is it.
    pub(super) fn value(&mut self, id: ValueId) -> Result<Expr> {
        if let Some(Some(name)) = self.names.get(id) {
            return Ok(rule(name));
        }
        let shapes = self.ir.shapes(id);
        if shapes.iter().all(is_short) {
            return self.shapes(id, "").map_err(|error| at(error, self.ir.pointer(id)));
        }
        let name = self.rules.name(&name::of_pointer(self.ir.pointer(id)));
        let reference = rule(&name);
        if let Some(slot) = self.names.get_mut(id) {
            *slot = Some(name);
        }
        self.waiting.push_back(id);
        Ok(reference)
    }

    fn shapes(&mut self, id: ValueId, near: &str) -> Result<Expr> {
        let ir = self.ir;
        let mut alternatives = Vec::new();
        for shape in ir.shapes(id) {
            match shape {
                Shape::Literals(values) => alternatives.extend(values.iter().map(|value| text(value.to_string()))),
                shape => alternatives.push(self.shape(shape, near)?),
            }
        }
        Ok(alt(alternatives))
    }

    fn shape(&mut self, shape: &Shape, near: &str) -> Result<Expr> {
        Ok(match shape {
            Shape::Anything => anything(&mut self.rules),
            Shape::Null => text("null"),
            Shape::Boolean => alt([text("true"), text("false")]),
            Shape::Literals(values) => alt(values.iter().map(|value| text(value.to_string()))),
            Shape::Integer(ranges) => integer(&mut self.rules, ranges)?,
            Shape::Number(shape) => number(&mut self.rules, shape)?,
            Shape::Text { min, max } => string(&mut self.rules, *min, *max)?,
            Shape::Format(name) => format::format(&mut self.rules, name),
            Shape::Array(shape) => array(self, near, shape)?,
            Shape::Object(shape) => object(self, near, shape)?,
        })
    }
}

/// Whether the alternative is short enough to be written wherever it is used.
fn is_short(shape: &Shape) -> bool {
    match shape {
        Shape::Array(_) => false,
        Shape::Object(object) => object.fields.is_empty() && object.extra.is_none(),
        Shape::Literals(values) => values.len() == 1,
        Shape::Text { min, max } => max.unwrap_or(*min) <= SHORT_TEXT,
        _ => true,
    }
}

/// The longest bound of a string that is written wherever it is used.
const SHORT_TEXT: u64 = 256;

/// Any JSON value.
fn anything(rules: &mut Rules) -> Expr {
    rules.shared("value", |rules| {
        let (string, number) = (any_string(rules), any_number(rules, Width::Double));
        let array = rules.shared("array", |_| list("[", rule("value"), "]"));
        let member = rules.shared("member", |_| seq([string.clone(), text(":"), rule("value")]));
        let object = rules.shared("object", |_| list("{", member, "}"));
        alt([object, array, string, number, text("true"), text("false"), text("null")])
    })
}

fn list(open: &str, item: Expr, close: &str) -> Expr {
    let more = many(seq([text(","), item.clone()]));
    seq([text(open), optional(seq([item, more])), text(close)])
}
