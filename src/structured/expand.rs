//! From places to sets of values: references followed, conjunctions multiplied out, disjunctions united.
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use serde_json::Value;

use super::{
    bounds::Count,
    decimal::Decimal,
    document::{Content, Document, Step},
    options::Settings,
    read::{self, Part, Schema},
    sets::{ArraySet, Cell, Item, Kind, NumberSet, ObjectSet, Property, Spoken, TextSet, Values, is_new},
    term::{Literal, NodeId, Term, Terms},
};
use crate::{
    Result,
    regular::{Dfa, TooLarge},
};

/// The most records that the values of one place may be made of.
pub(super) const MAX_RECORDS: usize = 1_000;
/// How deep schemas may hold in place of one another, without a property or item between.
const MAX_DEPTH: usize = 100;
/// The most conjunctions of schemas that one document may lead to.
pub(super) const MAX_TERMS: usize = 50_000;
/// The most steps of multiplying out.
const MAX_WORK: usize = 100_000;

/// Finds the values of places and of conjunctions, each once.
#[derive(Debug)]
pub(crate) struct Expander<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) terms: Terms,
    pub(crate) settings: Settings,
    schemas: HashMap<NodeId, Rc<Schema<'a>>>,
    /// Values by literal, and by whether overlapping branches are told apart.
    literals: HashMap<(Literal, bool), Rc<Values<'a>>>,
    conjunctions: HashMap<Term, Rc<Values<'a>>>,
    /// The literals whose values are being found.
    open: HashSet<(Literal, bool)>,
    work: usize,
    /// How many searches for what is empty are within one another.
    pub(super) looking: usize,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(document: Document<'a>, settings: Settings) -> Self {
        Expander {
            document,
            terms: Terms::new(),
            settings,
            schemas: HashMap::new(),
            literals: HashMap::new(),
            conjunctions: HashMap::new(),
            open: HashSet::new(),
            work: 0,
            looking: 0,
        }
    }

    /// A place that says where a term comes from.
    pub(crate) fn node_of(&self, term: Term) -> NodeId {
        self.terms.literals(term).first().map_or(0, |literal| literal.node())
    }

    /// The values of a conjunction.
    pub(crate) fn term(&mut self, term: Term) -> Result<Rc<Values<'a>>> {
        if let Some(values) = self.conjunctions.get(&term) {
            return Ok(Rc::clone(values));
        }
        if self.terms.len() > MAX_TERMS {
            let message = format!("the schema leads to more than {MAX_TERMS} conjunctions of its parts: simplify it");
            return Err(self.document.error(self.node_of(term), "", message));
        }
        let literals = self.terms.literals(term);
        let values = match &*literals {
            [] if term == Term::NEVER => Rc::new(Values::none()),
            [] => Rc::new(Values::any()),
            [literal] => self.literal(*literal, false)?,
            [first, rest @ ..] => {
                let mut values = (*self.literal(*first, false)?).clone();
                for literal in rest {
                    let other = self.literal(*literal, false)?;
                    values = self.and(&values, &other, literal.node())?;
                }
                Rc::new(values)
            }
        };
        self.conjunctions.insert(term, Rc::clone(&values));
        Ok(values)
    }

    /// The values of a literal. If `track` is set, which parts evaluate a property or item is kept exactly: values that
    /// satisfy several branches of an `anyOf` are records of their own.
    pub(crate) fn literal(&mut self, literal: Literal, track: bool) -> Result<Rc<Values<'a>>> {
        match literal {
            Literal::ANY => return Ok(Rc::new(Values::any())),
            Literal::NEVER => return Ok(Rc::new(Values::none())),
            _ => {}
        }
        let key = (literal, track);
        if let Some(values) = self.literals.get(&key) {
            return Ok(Rc::clone(values));
        }
        let node = literal.node();
        if self.open.len() >= MAX_DEPTH {
            let message = format!("schemas hold in place of one another more than {MAX_DEPTH} deep: flatten them");
            return Err(self.document.error(node, "", message));
        }
        if !self.open.insert(key) {
            let message =
                "`$ref` leads back to itself without a property or item between: refer to a schema with content";
            return Err(self.document.error(node, "", message));
        }
        let values = self.content(node, literal, track);
        self.open.remove(&key);
        let mut values = values?;
        if literal.is_negated() {
            values.forget();
        }
        let values = Rc::new(values);
        self.literals.insert(key, Rc::clone(&values));
        Ok(values)
    }

    fn content(&mut self, node: NodeId, literal: Literal, track: bool) -> Result<Values<'a>> {
        Ok(match self.document.content(node) {
            Content::Schema(value) => {
                let schema = self.schema(node, value)?;
                if literal.is_negated() {
                    self.not_schema(node, &schema)?
                } else {
                    self.of_schema(node, &schema, track)?
                }
            }
            Content::Const(value) => {
                if literal.is_negated() {
                    self.not_constant(node, value)?
                } else {
                    self.constant(node, value)?
                }
            }
            Content::Either(literals) => {
                if literal.is_negated() {
                    let mut values = Values::any();
                    for literal in literals {
                        let other = self.literal(literal.not(), false)?;
                        values = self.and(&values, &other, node)?;
                    }
                    values
                } else {
                    self.union(&literals, track, node)?
                }
            }
        })
    }

    fn schema(&mut self, node: NodeId, value: &'a Value) -> Result<Rc<Schema<'a>>> {
        if let Some(schema) = self.schemas.get(&node) {
            return Ok(Rc::clone(schema));
        }
        let schema = read::read(&mut self.document, &mut self.terms, &mut self.settings, node, value)?;
        let schema = Rc::new(schema);
        self.schemas.insert(node, Rc::clone(&schema));
        Ok(schema)
    }

    fn of_schema(&mut self, node: NodeId, schema: &Schema<'a>, track: bool) -> Result<Values<'a>> {
        let evaluates = schema.unevaluated_properties.is_some() || schema.unevaluated_items.is_some();
        let track = track || evaluates;
        let mut values: Option<Values<'a>> = None;
        for part in &schema.parts {
            if let Part::All(literals) = part {
                for literal in literals {
                    let other = self.literal(*literal, track)?;
                    values = Some(match values {
                        Some(values) => self.and(&values, &other, node)?,
                        None => (*other).clone(),
                    });
                }
                continue;
            }
            let other = self.part(node, part, track)?;
            values = Some(match values {
                Some(values) => self.and(&values, &other, node)?,
                None => other,
            });
        }
        let mut values = values.unwrap_or_else(Values::any);
        if let Some(literal) = schema.unevaluated_properties {
            let rest = self.terms.literal(literal);
            for object in &mut values.objects {
                let named = object.properties.iter_mut().map(|property| &mut property.item);
                for item in named.chain(object.rest.iter_mut().map(|cell| &mut cell.item)) {
                    self.evaluate(item, rest);
                }
            }
        }
        if let Some(literal) = schema.unevaluated_items {
            let rest = self.terms.literal(literal);
            for array in &mut values.arrays {
                // What `contains` finds is evaluated by it.
                let evaluating = array.contains.iter().filter(|contains| contains.evaluates);
                let found: Vec<Literal> =
                    evaluating.flat_map(|contains| self.terms.literals(contains.value).to_vec()).collect();
                let rest = if found.is_empty() || !self.document.draft.contains_evaluates() {
                    rest
                } else {
                    let either = self.document.either(node, "unevaluatedItems", [vec![literal], found].concat())?;
                    self.terms.literal(either)
                };
                for item in array.prefix.iter_mut().chain(std::iter::once(&mut array.rest)) {
                    self.evaluate(item, rest);
                }
            }
        }
        Ok(values)
    }

    fn evaluate(&mut self, item: &mut Item, rest: Term) {
        if item.spoken != Spoken::Evaluated {
            *item = Item::evaluated(self.terms.and(item.value, rest));
        }
    }

    fn part(&mut self, node: NodeId, part: &Part<'a>, track: bool) -> Result<Values<'a>> {
        Ok(match part {
            Part::Own(own) => own.values(),
            Part::Listed(values, places) => {
                let mut values = (**values).clone();
                for place in places {
                    values.add(&*self.literal(*place, false)?);
                }
                values
            }
            Part::All(_) => Values::any(),
            Part::Any(branches) => self.union(branches, track, node)?,
            Part::One(branches) => self.one(branches, track, node)?,
            Part::Not(literal) => (*self.literal(literal.not(), false)?).clone(),
            Part::If(_, None, None) if !track => Values::any(),
            Part::If(condition, then, otherwise) => {
                let mut first = (*self.literal(*condition, track)?).clone();
                if let Some(then) = then {
                    let then = self.literal(*then, track)?;
                    first = self.and(&first, &then, node)?;
                }
                let mut second = (*self.literal(condition.not(), false)?).clone();
                if let Some(otherwise) = otherwise {
                    let otherwise = self.literal(*otherwise, track)?;
                    second = self.and(&second, &otherwise, node)?;
                }
                first.add(&second);
                first
            }
            Part::Names(literal) => {
                let names = self.names(*literal)?;
                let rest = [(names.not(), Term::NEVER), (names, Term::ANY)];
                let cell = |(names, value)| Cell { names: Some(names), item: Item::unspoken(value) };
                let rest = rest.into_iter().filter(|(names, _)| !names.is_none()).map(cell).collect();
                let mut values = Values::any();
                values.objects = vec![ObjectSet { rest, ..ObjectSet::any() }];
                values
            }
            Part::Needs(name, needed) => {
                let mut values = without(name);
                let mut object = ObjectSet::with(name, Term::ANY, true);
                for needed in needed.iter().filter(|needed| *needed != name) {
                    object.properties.push(Property { name: needed, item: Item::ANY, required: true, is_tag: false });
                }
                values.objects.push(object);
                values
            }
            Part::Dependent(name, literal) => {
                let mut values = without(name);
                let with = Values::of_objects(vec![ObjectSet::with(name, Term::ANY, true)]);
                let dependent = self.literal(*literal, track)?;
                values.add(&self.and(&with, &dependent, node)?);
                values
            }
        })
    }

    /// The names that a schema of names admits.
    pub(crate) fn names(&mut self, literal: Literal) -> Result<Dfa> {
        let values = self.literal(literal, false)?;
        let mut names = Dfa::none();
        for text in &values.texts {
            let joined = text.regular().and_then(|texts| names.or(&texts));
            names = joined.map_err(|cause| self.too_large(literal.node(), cause))?;
        }
        Ok(names)
    }

    /// What any of the branches admits.
    pub(super) fn union(&mut self, branches: &[Literal], track: bool, node: NodeId) -> Result<Values<'a>> {
        let mut values = Values::none();
        for branch in branches {
            let other = self.literal(*branch, track)?;
            if other.is_none() && *branch != Literal::NEVER && !branch.is_negated() {
                self.settings.note_impossible(&self.document, branch.node());
            }
            if track {
                let both = self.and(&values, &other, node)?;
                values.add_apart(&both);
                values.add_apart(&other);
            } else if self.settings.is_typed() {
                // What an object of a type may hold depends on what is declared in each branch.
                values.add_apart(&other);
            } else {
                values.add(&other);
            }
            self.check_size(&values, node)?;
        }
        Ok(values)
    }

    pub(super) fn check_size(&self, values: &Values<'a>, node: NodeId) -> Result<()> {
        if values.len() > MAX_RECORDS || self.work > MAX_WORK {
            let message = format!("the combinations of branches are more than {MAX_RECORDS}: use fewer branches");
            return Err(self.document.error(node, "", message));
        }
        Ok(())
    }

    /// Both at once.
    pub(crate) fn and(&mut self, a: &Values<'a>, b: &Values<'a>, node: NodeId) -> Result<Values<'a>> {
        if b.is_any() || a.is_none() {
            return Ok(a.clone());
        }
        if a.is_any() {
            return Ok(b.clone());
        }
        let mut both = Values::none();
        both.null = a.null && b.null;
        both.booleans.yes = a.booleans.yes && b.booleans.yes;
        both.booleans.no = a.booleans.no && b.booleans.no;
        both.numbers = product(&a.numbers, &b.numbers, |x, y| Ok(x.and(y))).unwrap_or_default();
        both.texts = product(&a.texts, &b.texts, |x, y| x.and(y, &mut self.terms.languages))
            .map_err(|cause| self.too_large(node, cause))?;
        self.work += a.numbers.len() * b.numbers.len() + a.texts.len() * b.texts.len();
        self.check_size(&both, node)?;
        for x in &a.arrays {
            for y in &b.arrays {
                self.work += 1 + x.prefix.len() + y.prefix.len();
                let array = x.and(y, &mut self.terms);
                if !array.count.is_empty() && is_new(&both.arrays, &array) {
                    both.arrays.push(array);
                }
            }
            self.check_size(&both, node)?;
        }
        for x in &a.objects {
            for y in &b.objects {
                self.work += 1 + x.properties.len() + y.properties.len();
                let object = x.and(y, &mut self.terms).map_err(|cause| self.too_large(node, cause))?;
                let many = a.objects.len() * b.objects.len() > 1;
                if !(many && self.is_empty_object(&object, 1)?) && is_new(&both.objects, &object) {
                    both.objects.push(object);
                }
            }
            self.check_size(&both, node)?;
        }
        Ok(both)
    }

    pub(crate) fn too_large(&self, node: NodeId, cause: TooLarge) -> crate::Error {
        self.document.error(node, "", format!("the patterns and lengths of a string together cannot be kept: {cause}"))
    }

    /// A value that stands for itself.
    fn constant(&mut self, node: NodeId, value: &'a Value) -> Result<Values<'a>> {
        let mut values = Values::none();
        match value {
            Value::Null => values.null = true,
            Value::Bool(yes) => (values.booleans.yes, values.booleans.no) = (*yes, !yes),
            Value::Number(number) => match Decimal::from_number(number) {
                Some(number) => {
                    let whole = self.settings.is_typed() && number.is_integer();
                    let kind = if whole { Kind::Integer } else { Kind::Any };
                    values.numbers.push(NumberSet { kind, ..NumberSet::point(&number) });
                }
                None => {
                    let message = format!("the number {number} has more digits than can be kept: leave it out");
                    return Err(self.document.error(node, "", message));
                }
            },
            Value::String(text) => values.texts.push(TextSet::words(vec![text.as_str()])),
            Value::Array(items) => {
                let mut prefix = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    prefix.push(self.part_of(node, item, "", Step::Number(at))?);
                }
                let length = items.len() as u64;
                let rest = Item::evaluated(Term::NEVER);
                let count = Count { min: length, max: Some(length) };
                values.arrays.push(ArraySet { prefix, rest, count, ..ArraySet::ANY });
            }
            Value::Object(members) => {
                let mut properties = Vec::with_capacity(members.len());
                for (name, value) in members {
                    let item = self.part_of(node, value, "", Step::Name(name))?;
                    properties.push(Property { name, item, required: true, is_tag: false });
                }
                let rest = vec![Cell { names: None, item: Item::evaluated(Term::NEVER) }];
                values.objects.push(ObjectSet { properties, rest, ..ObjectSet::any() });
            }
        }
        Ok(values)
    }

    fn part_of(&mut self, node: NodeId, value: &'a Value, keyword: &'a str, step: Step<'a>) -> Result<Item> {
        let literal = self.document.constant(node, value, keyword, Some(step))?;
        // What is listed is compared, not looked into.
        Ok(Item::named(self.terms.literal(literal)))
    }
}

/// Any value but objects with this property.
fn without(name: &str) -> Values<'_> {
    let mut values = Values::any_but_objects();
    values.objects.push(ObjectSet::with(name, Term::NEVER, false));
    values
}

/// What is in a record of each union.
fn product<T: Clone + PartialEq>(
    left: &[T],
    right: &[T],
    mut and: impl FnMut(&T, &T) -> std::result::Result<Option<T>, TooLarge>,
) -> std::result::Result<Vec<T>, TooLarge> {
    let mut all = Vec::new();
    for a in left {
        for b in right {
            if let Some(both) = and(a, b)? {
                if is_new(&all, &both) {
                    all.push(both);
                }
            }
            if all.len() > MAX_RECORDS {
                return Ok(all);
            }
        }
    }
    Ok(all)
}
