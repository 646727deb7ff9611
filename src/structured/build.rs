//! From sets of values to the intermediate form.
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};
use serde_json::Value;

use super::{
    bounds::Count,
    buffered,
    decimal::Decimal,
    document::{Document, error_at},
    draft::Draft,
    expand::Expander,
    ir::{ArrayShape, Ir, Shape, ValueId, ValueIr},
    lower::{MAX_EDGES, numerals},
    options::Settings,
    report::Standing,
    sets::{ArraySet, Kind, NumberSet, Spoken, TextSet, Values},
    term::Term,
};
use crate::Result;

/// The most values that one schema may describe.
const MAX_VALUES: usize = 20_000;

/// A value of the table before it is described.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Wanted<'a> {
    Term(Term),
    Null,
    Boolean(bool),
    Word(&'a str),
    Number(Decimal),
}

/// Reads a schema document.
pub(crate) fn build(document: &Value, settings: Settings) -> Result<(Ir<'_>, Settings)> {
    let mut expander = Expander::new(Document::new(document)?, settings);
    if expander.settings.of_type {
        buffered::check(&expander.document, document)?;
    }
    let root = expander.document.root()?;
    let root = expander.terms.literal(root);
    let depth = expander.settings.options.max_depth;
    let mut builder = Builder { expander, wanted: Vec::new(), ids: HashMap::new(), depth, numerals: Vec::new() };
    builder.value(Wanted::Term(root), root)?;
    let mut values = Vec::new();
    while let Some((wanted, near, depth)) = builder.wanted.get(values.len()).cloned() {
        builder.depth = depth;
        let node = builder.expander.node_of(near);
        let shapes = builder.shapes(&wanted)?;
        values.push(ValueIr { node, shapes });
    }
    let Expander { document, settings, .. } = builder.expander;
    let plain_integers = document.draft == Draft::Four;
    Ok((Ir { values, plain_integers, document }, settings))
}

/// Describes values, each once.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub(super) expander: Expander<'a>,
    /// The values of the table, those not yet described included, each with the term that it is part of, and with how
    /// deep arrays and objects may still be nested in it.
    wanted: Vec<(Wanted<'a>, Term, Option<u32>)>,
    ids: HashMap<(Wanted<'a>, Option<u32>), ValueId>,
    depth: Option<u32>,
    /// What sets of numbers that are no ranges are.
    numerals: Vec<(NumberSet, Option<Shape<'a>>)>,
}

impl<'a> Builder<'a> {
    /// The value that an item or property is, by a term.
    pub(super) fn below(&mut self, term: Term) -> Result<ValueId> {
        self.part(Wanted::Term(term), term)
    }

    /// The value that an item or property is.
    pub(super) fn part(&mut self, wanted: Wanted<'a>, near: Term) -> Result<ValueId> {
        let outside = self.depth;
        self.depth = outside.map(|depth| depth.saturating_sub(1));
        let id = self.value(wanted, near);
        self.depth = outside;
        id
    }

    fn value(&mut self, wanted: Wanted<'a>, near: Term) -> Result<ValueId> {
        let key = (wanted, self.depth);
        if let Some(id) = self.ids.get(&key) {
            return Ok(*id);
        }
        let id = self.wanted.len();
        if id >= MAX_VALUES {
            let message = format!("more than {MAX_VALUES} values are described: split the schema");
            return Err(self.expander.document.error(self.expander.node_of(near), "", message));
        }
        self.wanted.push((key.0.clone(), near, self.depth));
        self.ids.insert(key, id);
        Ok(id)
    }

    fn shapes(&mut self, wanted: &Wanted<'a>) -> Result<Vec<Shape<'a>>> {
        Ok(match wanted {
            Wanted::Term(term) => {
                let values = self.expander.term(*term)?;
                self.of_values(&values, *term)?
            }
            Wanted::Null => vec![Shape::Null],
            Wanted::Boolean(yes) => vec![Shape::Boolean(*yes)],
            Wanted::Word(word) => vec![Shape::Text(TextSet::words(vec![word]))],
            Wanted::Number(number) => {
                // Integers that are listed are written as integers, as where they need not differ.
                let is_plain = self.expander.settings.is_typed() || self.expander.document.draft == Draft::Four;
                let kind = if is_plain && number.is_integer() { Kind::Integer } else { Kind::Any };
                vec![Shape::Number(NumberSet { kind, ..NumberSet::point(number) })]
            }
        })
    }

    fn of_values(&mut self, values: &Rc<Values<'a>>, term: Term) -> Result<Vec<Shape<'a>>> {
        let options = &self.expander.settings.options;
        let bounded = options.max_length.is_some() || options.max_items.is_some() || options.max_depth.is_some();
        if values.is_any() && !bounded {
            return Ok(vec![Shape::Anything]);
        }
        let mut shapes = Vec::new();
        if values.booleans.yes {
            shapes.push(Shape::Boolean(true));
        }
        if values.booleans.no {
            shapes.push(Shape::Boolean(false));
        }
        for number in &values.numbers {
            shapes.extend(self.number(number, term)?);
        }
        for text in &values.texts {
            shapes.extend(self.text(text, term)?.map(Shape::Text));
        }
        if self.depth != Some(0) {
            for array in &values.arrays {
                let shape = self.array(array, term)?;
                shapes.extend(shape.filter(|shape| !shapes.contains(shape)));
            }
            let objects = self.objects(&values.objects, term)?;
            if !objects.is_empty() {
                shapes.push(Shape::Objects(objects));
            }
        }
        if values.null {
            shapes.push(Shape::Null);
        }
        Ok(shapes)
    }

    /// In types, an integer whose width nothing gives is one that `serde_json` holds.
    fn number(&mut self, number: &NumberSet, term: Term) -> Result<Option<Shape<'a>>> {
        let Some(set) = self.of_width(number) else { return Ok(None) };
        let is_range = set.multiples.is_empty() && set.others.is_empty();
        if is_range && set.kind != Kind::Fraction {
            return Ok(Some(Shape::Number(set)));
        }
        if let Some((_, shape)) = self.numerals.iter().find(|(known, _)| *known == set) {
            return Ok(shape.clone());
        }
        let plain = self.expander.settings.is_typed() || self.expander.document.draft == Draft::Four;
        let numerals = numerals(&set, plain).map_err(|why| {
            let keyword = if is_range { "type" } else { "multipleOf" };
            let message =
                format!("`{keyword}` cannot be kept here: {why}; widen the range or check the finished value");
            self.error(term, keyword, message)
        })?;
        let shape = match set.as_point() {
            _ if numerals.is_none() => None,
            Some(_) if is_range => Some(Shape::Number(set.clone())),
            _ => Some(Shape::Numerals(numerals)),
        };
        self.numerals.push((set, shape.clone()));
        Ok(shape)
    }

    fn of_width(&self, number: &NumberSet) -> Option<NumberSet> {
        if !self.expander.settings.is_typed() || number.kind != Kind::Integer || number.sized {
            return Some(number.clone());
        }
        let bounds = super::format::range(&i64::MIN.to_string(), &u64::MAX.to_string());
        number.and(&NumberSet { bounds, ..NumberSet::ANY })
    }

    fn text(&self, text: &TextSet<'a>, term: Term) -> Result<Option<TextSet<'a>>> {
        let most = self.expander.settings.options.max_length.filter(|_| text.length.max.is_none());
        let mut text = text.clone();
        let Some(language) = text.language.as_ref().filter(|_| text.words.is_none()) else {
            if text.words.is_none() {
                text.length.max = most.map(|most| most.max(text.length.min)).or(text.length.max);
            }
            return Ok(Some(text));
        };
        // A format has texts as long as its standard wants, and takes too large an automaton to be cut short.
        let most = most.filter(|_| language.format.is_none() && !language.texts.is_finite());
        if most.is_some() || text.length != Count::default() {
            let texts = text.regular().and_then(|texts| match most {
                Some(most) => texts.up_to(most, MAX_EDGES),
                None => Ok(texts),
            });
            text = TextSet::language(texts.map_err(|cause| {
                let message =
                    format!("a `pattern` or `format` with this `minLength` or `maxLength` cannot be kept: {cause}");
                self.error(term, "", message)
            })?);
        }
        let is_none = text.language.as_ref().is_some_and(|language| language.texts.is_none());
        Ok((!is_none).then_some(text))
    }

    fn array(&mut self, array: &ArraySet, term: Term) -> Result<Option<Shape<'a>>> {
        let mut array = array.clone();
        let least = usize::try_from(array.count.min).unwrap_or(usize::MAX);
        let is_tuple = !array.prefix.is_empty() && least <= array.prefix.len();
        if self.expander.settings.is_typed() && is_tuple && array.rest.spoken == Spoken::No {
            array.rest.value = Term::NEVER;
        }
        if array.rest.value == Term::NEVER {
            let length = array.prefix.len() as u64;
            array.count = array.count.and(Count { min: 0, max: Some(length) });
        } else if let (Some(max), None) = (self.expander.settings.options.max_items, array.count.max) {
            array.count.max = Some(max.max(array.count.min).max(array.prefix.len() as u64));
        }
        if array.count.is_empty() {
            return Ok(None);
        }
        // What any number of items may be binds nothing; it has only evaluated them.
        array.contains.retain(|contains| contains.count != Count::default());
        if !array.contains.is_empty() || array.unique.is_some() {
            if let Some(machine) = self.machine(&array, term)? {
                return Ok(Some(Shape::Items(machine)));
            }
        }
        let prefix = array.prefix.iter().map(|item| self.below(item.value)).collect::<Result<Vec<_>>>()?;
        let rest = match array.rest.value {
            Term::NEVER => None,
            rest => Some(self.below(rest)?),
        };
        Ok(Some(Shape::Array(ArrayShape { prefix, rest, count: array.count })))
    }

    /// Notes what becomes of a keyword of a term's schema.
    pub(super) fn note(&mut self, term: Term, keyword: &str, standing: Standing) {
        let node = self.expander.node_of(term);
        self.expander.settings.note(&self.expander.document, node, keyword, standing);
    }

    /// An error at a term's schema.
    pub(super) fn error(&self, term: Term, keyword: &str, message: impl Into<String>) -> crate::Error {
        let document = &self.expander.document;
        let literals = self.expander.terms.literals(term);
        let found = literals.iter().find_map(|literal| document.find(literal.node(), keyword));
        let at = found.unwrap_or_else(|| document.pointer(self.expander.node_of(term)));
        error_at(&at, message)
    }
}
