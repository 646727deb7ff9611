//! From alternatives to the intermediate form: one shape for each JSON type of each alternative.
use std::collections::HashMap;

use serde_json::{Number, Value};

use super::{
    atom::{Atom, KeyPattern, NodeId, ObjectPart, Slot, same},
    bounds::{Bounds, Count, Types},
    decimal::Decimal,
    disjoint, format,
    ir::{ArrayShape, Extra, Field, Ir, Keys, NumberShape, ObjectShape, Shape, ValueId, ValueIr, Width},
    normal::Normalizer,
    schema::{Document, error_at},
};
use crate::Result;

/// The most values that one schema may describe.
const MAX_VALUES: usize = 20_000;

/// Whether a value only has to be one of the type, or must satisfy the schema to the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// serde reads the value; it accepts an item of a set twice.
    Type,
    /// Every keyword must hold.
    Schema,
}

/// Reads a schema document.
pub(crate) fn build(document: &Value, target: Target) -> Result<Ir> {
    let mut document = Document::new(document);
    let root = document.node("")?;
    let mut builder = Builder { normal: Normalizer::new(document), target, slots: Vec::new(), ids: HashMap::new() };
    builder.value(vec![root])?;
    let mut values = Vec::new();
    while let Some(slot) = builder.slots.get(values.len()).cloned() {
        let shapes = builder.shapes(&slot)?;
        let pointer = slot.first().map_or("", |node| builder.normal.document.pointer(*node)).to_owned();
        values.push(ValueIr { pointer, shapes });
    }
    Ok(Ir { values })
}

struct Builder<'a> {
    normal: Normalizer<'a>,
    target: Target,
    /// The slots of the table, those not yet read included.
    slots: Vec<Slot>,
    ids: HashMap<Slot, ValueId>,
}

impl Builder<'_> {
    fn value(&mut self, slot: Slot) -> Result<ValueId> {
        if let Some(id) = self.ids.get(&slot) {
            return Ok(*id);
        }
        let id = self.slots.len();
        if id >= MAX_VALUES {
            let at = slot.first().map_or("", |node| self.normal.document.pointer(*node));
            return Err(error_at(at, format!("more than {MAX_VALUES} values are described: split the schema")));
        }
        self.ids.insert(slot.clone(), id);
        self.slots.push(slot);
        Ok(id)
    }

    fn shapes(&mut self, slot: &Slot) -> Result<Vec<Shape>> {
        let atoms = self.normal.alternatives(slot)?;
        disjoint::check(&mut self.normal, &atoms)?;
        let node = slot.first().copied().unwrap_or_default();
        let mut shapes: Vec<Shape> = Vec::new();
        for atom in atoms.iter() {
            for shape in self.of_atom(atom, node)? {
                if shape == Shape::Anything {
                    return Ok(vec![shape]);
                }
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
        }
        Ok(shapes)
    }

    fn of_atom(&mut self, atom: &Atom, node: NodeId) -> Result<Vec<Shape>> {
        if let Some(literals) = &atom.literals {
            let integral = !atom.types.meets(Types::FRACTION);
            let spelled = literals.iter().map(|value| if integral { as_integer(value) } else { value.clone() });
            return Ok(Shape::literals(spelled.collect()).into_iter().collect());
        }
        if is_anything(atom) {
            return Ok(vec![Shape::Anything]);
        }
        let types = atom.types;
        let mut shapes = Vec::new();
        if types.meets(Types::BOOLEAN) {
            let left: Vec<Value> =
                [true, false].map(Value::Bool).into_iter().filter(|value| !excludes(atom, value)).collect();
            shapes.extend(if left.len() == 2 { Some(Shape::Boolean) } else { Shape::literals(left) });
        }
        if types.meets(Types::FRACTION) {
            shapes.extend(self.number(atom)?);
        } else if types.meets(Types::INTEGER) {
            shapes.extend(integer(atom));
        }
        if types.meets(Types::STRING) {
            shapes.extend(self.text(atom)?);
        }
        if types.meets(Types::ARRAY) {
            shapes.extend(self.array(atom)?);
        }
        if types.meets(Types::OBJECT) {
            shapes.extend(self.object(atom, node)?);
        }
        if types.meets(Types::NULL) && !excludes(atom, &Value::Null) {
            shapes.push(Shape::Null);
        }
        Ok(shapes)
    }

    fn number(&self, atom: &Atom) -> Result<Option<Shape>> {
        self.refuse_excluded(atom, Types::NUMBER)?;
        let single = atom.formats.iter().any(|(name, _)| name == "float");
        let width = if single { Width::Single } else { Width::Double };
        let bounds = atom.bounds.clone();
        Ok((!bounds.is_empty()).then_some(Shape::Number(NumberShape { width, bounds })))
    }

    fn text(&self, atom: &Atom) -> Result<Option<Shape>> {
        self.refuse_excluded(atom, Types::STRING)?;
        if atom.length.is_empty() {
            return Ok(None);
        }
        let mut known = atom.formats.iter().filter(|(name, _)| format::is_known(name));
        let Some((name, node)) = known.next() else {
            return Ok(Some(Shape::Text { min: atom.length.min, max: atom.length.max }));
        };
        let refuse = |message: String| Err(self.normal.document.error(*node, "format", message));
        if let Some((other, _)) = known.next() {
            return refuse(format!("`format` cannot be `{name}` and `{other}` at once: keep one"));
        }
        if atom.length != Count::default() {
            return refuse(format!("`format` `{name}` beside `minLength` or `maxLength` cannot be kept: keep one"));
        }
        match format::supported(name) {
            Some(name) => Ok(Some(Shape::Format(name))),
            None => refuse(format!(
                "`format` `{name}` cannot be kept by a grammar: remove it, or check the value afterwards"
            )),
        }
    }

    fn array(&mut self, atom: &Atom) -> Result<Option<Shape>> {
        self.refuse_excluded(atom, Types::ARRAY)?;
        let array = &atom.array;
        if let (Some(node), Target::Schema) = (array.unique, self.target) {
            if array.count.max.is_none_or(|max| max > 1) {
                let message = "`uniqueItems` cannot be kept by a grammar: remove it, or compile the set's Rust type";
                return Err(self.normal.document.error(node, "uniqueItems", message));
            }
        }
        let prefix = array.prefix.iter().map(|slot| self.value(slot.clone())).collect::<Result<Vec<_>>>()?;
        let length = prefix.len() as u64;
        // Nothing follows the prefix of a tuple, unless something must.
        let open = prefix.is_empty() || array.count.min > length;
        let rest = match &array.rest {
            Some(slot) => Some(self.value(slot.clone())?),
            None if open => Some(self.value(Slot::new())?),
            None => None,
        };
        let Count { min, max } = array.count;
        Ok((!array.count.is_empty()).then_some(Shape::Array(ArrayShape { prefix, rest, min, max })))
    }

    fn object(&mut self, atom: &Atom, node: NodeId) -> Result<Option<Shape>> {
        self.refuse_excluded(atom, Types::OBJECT)?;
        let object = &atom.object;
        let mut fields = Vec::new();
        for (name, slot) in &object.properties {
            let value = self.value(slot.clone())?;
            fields.push(Field { name: name.clone(), value, required: object.is_required(name) });
        }
        for name in &object.required {
            if !fields.iter().any(|field| field.name == *name) {
                let value = self.value(object.property(name).unwrap_or_default())?;
                fields.push(Field { name: name.clone(), value, required: true });
            }
        }
        let mut extra = self.extra(object, node)?;
        if object.count.is_empty() {
            return Ok(None);
        }
        let required = fields.iter().filter(|field| field.required).count() as u64;
        let most = fields.len() as u64;
        let Count { min, max } = object.count;
        match &mut extra {
            Some(extra) if fields.is_empty() => (extra.min, extra.max) = (min, max),
            _ => {
                let path = |keyword| self.normal.document.error(node, keyword, count_message(keyword));
                if min > required {
                    return Err(path("minProperties"));
                }
                if max.is_some_and(|max| max < most || extra.is_some()) {
                    return Err(path("maxProperties"));
                }
            }
        }
        Ok(Some(Shape::Object(ObjectShape { fields, absent: Vec::new(), extra })))
    }

    fn extra(&mut self, object: &ObjectPart, node: NodeId) -> Result<Option<Extra>> {
        let additional = match &object.additional {
            Some(slot) if !self.normal.alternatives(slot)?.is_empty() => Some(slot.clone()),
            _ => None,
        };
        let (keys, slot) = match (object.patterns.as_slice(), additional) {
            ([], None) => return Ok(None),
            ([], Some(slot)) => (Keys::Free, slot),
            ([(KeyPattern::Unsigned, slot)], None) => (Keys::Unsigned, slot.clone()),
            ([(KeyPattern::Signed, slot)], None) => (Keys::Signed, slot.clone()),
            _ => {
                let message = "`patternProperties` with other undeclared properties cannot be kept: keep one pattern and `additionalProperties: false`";
                return Err(self.normal.document.error(node, "patternProperties", message));
            }
        };
        if object.properties.iter().any(|(name, _)| object.patterns.iter().any(|(pattern, _)| pattern.matches(name))) {
            let message =
                "`patternProperties` matches a declared property: give the keys of the map a name of their own";
            return Err(self.normal.document.error(node, "patternProperties", message));
        }
        Ok(Some(Extra { keys, value: self.value(slot)?, min: 0, max: None }))
    }

    /// Refuses `not` with a value of these types, which is kept for integers, booleans and `null` only.
    fn refuse_excluded(&self, atom: &Atom, types: Types) -> Result<()> {
        match atom.excluded.iter().find(|(value, _)| types.meets(Types::of(value))) {
            Some((value, node)) => {
                let message =
                    format!("`not` with the value {value} cannot be kept by a grammar: say what is allowed instead");
                Err(self.normal.document.error(*node, "not", message))
            }
            None => Ok(()),
        }
    }
}

fn count_message(keyword: &str) -> String {
    format!("`{keyword}` is kept only for maps without declared properties: remove it, or use `required`")
}

fn excludes(atom: &Atom, value: &Value) -> bool {
    atom.excluded.iter().any(|(other, _)| same(other, value))
}

/// An integer that is spelled with a fraction of zero, spelled without.
fn as_integer(value: &Value) -> Value {
    let number = value.as_number().filter(|number| number.is_f64()).and_then(Decimal::from_number);
    match number.filter(Decimal::is_integer).and_then(|number| i64::try_from(number.whole()).ok().zip(Some(number))) {
        Some((whole, number)) => Value::Number(Number::from(if number.is_negative() { -whole } else { whole })),
        None => value.clone(),
    }
}

fn is_anything(atom: &Atom) -> bool {
    let object = &atom.object;
    atom.types == Types::ALL
        && atom.excluded.is_empty()
        && atom.formats.is_empty()
        && atom.bounds == Bounds::default()
        && atom.length == Count::default()
        && atom.array.prefix.is_empty()
        && atom.array.rest.is_none()
        && atom.array.count == Count::default()
        && atom.array.unique.is_none()
        && object.properties.is_empty()
        && object.required.is_empty()
        && object.patterns.is_empty()
        && object.additional.is_none()
        && object.count == Count::default()
}

/// The integers of the format that lie within the bounds, without those excluded.
fn integer(atom: &Atom) -> Option<Shape> {
    let mut bounds = atom.bounds.clone();
    let mut formats = atom.formats.iter().filter_map(|(name, _)| format::integer_range(name)).peekable();
    if formats.peek().is_none() {
        // What serde_json holds as an integer, where nothing says how wide the integer is.
        bounds = bounds.and(&format::range(&i64::MIN.to_string(), &u64::MAX.to_string()));
    }
    for range in formats {
        bounds = bounds.and(&range);
    }
    let min = bounds.min.map(|bound| bound.at.integer_from(bound.strict))?;
    let max = bounds.max.map(|bound| bound.at.integer_to(bound.strict))?;
    let mut ranges = vec![(min, max)];
    for excluded in atom.excluded.iter().filter_map(|(value, _)| value.as_number().and_then(Decimal::from_number)) {
        if excluded.is_integer() {
            ranges = ranges.into_iter().flat_map(|range| split(range, &excluded)).collect();
        }
    }
    Shape::integer(ranges)
}

fn split((min, max): (Decimal, Decimal), at: &Decimal) -> Vec<(Decimal, Decimal)> {
    if *at < min || *at > max {
        return vec![(min, max)];
    }
    vec![(min, at.integer_to(true)), (at.integer_from(true), max)].into_iter().filter(|(min, max)| min <= max).collect()
}
