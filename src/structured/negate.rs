//! What a place does not admit.
use std::rc::Rc;

use serde_json::Value;

use super::{
    bounds::{Count, Types},
    expand::Expander,
    read::{Own, Part, Schema},
    sets::{ArraySet, Booleans, Contains, Item, NumberSet, ObjectSet, TextSet, Values, Witness},
    term::{NodeId, Term},
};
use crate::Result;

impl<'a> Expander<'a> {
    /// All values that do not satisfy a schema: those that fail one of its parts.
    pub(super) fn not_schema(&mut self, node: NodeId, schema: &Schema<'a>) -> Result<Values<'a>> {
        for (keyword, unevaluated) in
            [("unevaluatedProperties", schema.unevaluated_properties), ("unevaluatedItems", schema.unevaluated_items)]
        {
            if unevaluated.is_some() {
                let message = format!(
                    "`{keyword}` cannot be negated, as `not`, `if` or a `oneOf` whose branches overlap would: \
                     declare what there may be instead"
                );
                return Err(self.document.error(node, keyword, message));
            }
        }
        let mut values = Values::none();
        for part in &schema.parts {
            let fails = self.not_part(node, part)?;
            values.add(&fails);
            self.check_size(&values, node)?;
        }
        Ok(values)
    }

    fn not_part(&mut self, node: NodeId, part: &Part<'a>) -> Result<Values<'a>> {
        let mut values = Values::none();
        match part {
            Part::Own(own) => values = self.not_own(node, own)?,
            Part::Listed(listed, places) => {
                values = self.not_values(node, listed)?;
                for place in places {
                    let other = self.literal(place.not(), false)?;
                    values = self.and(&values, &other, node)?;
                }
            }
            Part::All(literals) => {
                for literal in literals {
                    values.add(&*self.literal(literal.not(), false)?);
                }
            }
            Part::Any(literals) => {
                values = Values::any();
                for literal in literals {
                    let other = self.literal(literal.not(), false)?;
                    values = self.and(&values, &other, node)?;
                }
            }
            Part::One(literals) => values = self.not_one(node, literals)?,
            Part::Not(literal) => values = (*self.literal(*literal, false)?).clone(),
            Part::If(condition, then, otherwise) => {
                for (condition, branch) in [(*condition, then), (condition.not(), otherwise)] {
                    if let Some(branch) = branch {
                        let (a, b) = (self.literal(condition, false)?, self.literal(branch.not(), false)?);
                        let both = self.and(&a, &b, node)?;
                        values.add(&both);
                    }
                }
            }
            Part::Names(literal) => {
                let names = self.names(*literal)?.not();
                if !names.is_none() {
                    let names = Some(names);
                    values.objects.push(some(Witness { names, except: Rc::default(), value: Term::ANY }));
                }
            }
            Part::Needs(name, needed) => {
                let with = ObjectSet::with(name, Term::ANY, true);
                for needed in needed.iter().filter(|needed| *needed != name) {
                    let lacks = ObjectSet::with(needed, Term::NEVER, false);
                    let object = with.and(&lacks, &mut self.terms).map_err(|cause| self.too_large(node, cause))?;
                    values.objects.push(object);
                }
            }
            Part::Dependent(name, literal) => {
                let with = Values::of_objects(vec![ObjectSet::with(name, Term::ANY, true)]);
                let fails = self.literal(literal.not(), false)?;
                values = self.and(&with, &fails, node)?;
            }
        }
        Ok(values)
    }

    /// The values that satisfy none of the branches, or two of them.
    fn not_one(&mut self, node: NodeId, literals: &[super::term::Literal]) -> Result<Values<'a>> {
        let mut failing = Values::any();
        for literal in literals {
            let other = self.literal(literal.not(), false)?;
            failing = self.and(&failing, &other, node)?;
        }
        for (at, first) in literals.iter().enumerate() {
            for second in literals.iter().skip(at + 1) {
                let (a, b) = (self.literal(*first, false)?, self.literal(*second, false)?);
                let both = self.and(&a, &b, node)?;
                failing.add(&both);
                self.check_size(&failing, node)?;
            }
        }
        Ok(failing)
    }

    /// What is not in a union of booleans, numbers and strings.
    fn not_values(&mut self, node: NodeId, listed: &Values<'a>) -> Result<Values<'a>> {
        let mut values = Values::any();
        values.null = !listed.null;
        values.booleans = Booleans { yes: !listed.booleans.yes, no: !listed.booleans.no };
        for number in &listed.numbers {
            let others = Values { numbers: number.not(), ..Values::any() };
            values = self.and(&values, &others, node)?;
        }
        for text in &listed.texts {
            let others = Values { texts: text.not(), ..Values::any() };
            values = self.and(&values, &others, node)?;
        }
        Ok(values)
    }

    fn not_own(&mut self, node: NodeId, own: &Own<'a>) -> Result<Values<'a>> {
        let has = |types| own.types.meets(types);
        let mut values = Values::any();
        values.null = !has(Types::NULL);
        values.booleans = Booleans { yes: !has(Types::BOOLEAN), no: !has(Types::BOOLEAN) };
        if has(Types::NUMBER) {
            let of_type = own.values().numbers;
            // An empty set of numbers leaves all of them.
            values.numbers = of_type.first().map_or_else(|| vec![NumberSet::ANY], NumberSet::not);
        }
        if has(Types::STRING) {
            let empty = own.text.length.is_empty();
            values.texts = if empty { vec![TextSet::ANY] } else { own.text.not() };
        }
        if has(Types::ARRAY) {
            values.arrays = self.not_array(node, &own.array)?;
        }
        if has(Types::OBJECT) {
            values.objects = self.not_object(&own.object);
        }
        Ok(values)
    }

    fn not_array(&mut self, node: NodeId, array: &ArraySet) -> Result<Vec<ArraySet>> {
        if array.unique.is_some() && !self.settings.unique_is_left() {
            let message = "`uniqueItems` cannot be negated, as `not`, `if` or a `oneOf` whose branches overlap would: \
                           remove it";
            return Err(self.document.error(node, "uniqueItems", message));
        }
        let mut parts: Vec<ArraySet> = array.count.not().map(|count| ArraySet { count, ..ArraySet::ANY }).collect();
        for (at, item) in array.prefix.iter().enumerate() {
            for value in self.others(item.value) {
                let mut prefix = vec![Item::ANY; at];
                prefix.push(Item::unspoken(value));
                let count = Count { min: at as u64 + 1, max: None };
                parts.push(ArraySet { prefix, count, ..ArraySet::ANY });
            }
        }
        let one = Count { min: 1, max: None };
        for value in self.others(array.rest.value) {
            let contains = vec![Contains { from: array.prefix.len(), value, count: one, evaluates: false }];
            parts.push(ArraySet { contains, ..ArraySet::ANY });
        }
        for contains in &array.contains {
            for count in contains.count.not() {
                parts.push(ArraySet {
                    contains: vec![Contains { count, evaluates: false, ..*contains }],
                    ..ArraySet::ANY
                });
            }
        }
        Ok(parts)
    }

    fn not_object(&mut self, object: &ObjectSet<'a>) -> Vec<ObjectSet<'a>> {
        let mut parts: Vec<ObjectSet<'a>> =
            object.count.not().map(|count| ObjectSet { count, ..ObjectSet::any() }).collect();
        for property in &object.properties {
            if property.required {
                parts.push(ObjectSet::with(property.name, Term::NEVER, false));
            }
            let others = self.others(property.item.value);
            parts.extend(others.into_iter().map(|value| ObjectSet::with(property.name, value, true)));
        }
        let except: Rc<Vec<&'a str>> = Rc::new(object.properties.iter().map(|property| property.name).collect());
        for cell in &object.rest {
            for value in self.others(cell.item.value) {
                parts.push(some(Witness { names: cell.names.clone(), except: Rc::clone(&except), value }));
            }
        }
        parts
    }

    pub(super) fn not_constant(&mut self, node: NodeId, value: &'a Value) -> Result<Values<'a>> {
        let is = self.literal(super::term::Literal::of(node), false)?;
        match value {
            Value::Array(_) => {
                let mut arrays = Vec::new();
                for array in &is.arrays {
                    arrays.extend(self.not_array(node, array)?);
                }
                Ok(Values { arrays, ..Values::any() })
            }
            Value::Object(_) => {
                let objects = is.objects.iter().flat_map(|object| self.not_object(object)).collect();
                Ok(Values { objects, ..Values::any() })
            }
            _ => self.not_values(node, &is),
        }
    }

    /// Terms that together admit what this one does not.
    fn others(&mut self, term: Term) -> Vec<Term> {
        if term == Term::NEVER {
            return vec![Term::ANY];
        }
        let literals = self.terms.literals(term);
        literals.iter().map(|literal| self.terms.literal(literal.not())).collect()
    }
}

/// The objects of which a property is so.
fn some(witness: Witness<'_>) -> ObjectSet<'_> {
    ObjectSet { witnesses: vec![witness], ..ObjectSet::any() }
}
