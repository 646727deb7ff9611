//! JSON text of a schema, read into constraints: one [`Schema`] for each place of the document.
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use serde_json::{Map, Value};

use super::{
    atom::{Atom, KeyPattern, NodeId, Slot, both, canonical, same},
    bounds::{Bound, Types},
    decimal::Decimal,
    keywords::{IMPLEMENTED, REFUSED, is_annotation},
    pointer,
};
use crate::{Error, ErrorKind, Result};

/// The most places of one document that are looked at.
const MAX_NODES: usize = 50_000;

/// The most values that one `enum` may list.
const MAX_LITERALS: usize = 10_000;

/// The most properties that one place may declare.
const MAX_PROPERTIES: usize = 5_000;

/// The most values that one `not` may exclude.
const MAX_EXCLUDED: usize = 256;

/// What one place of a schema says.
#[derive(Debug)]
pub(crate) struct Schema {
    /// What must hold at once, in the order in which properties are written.
    pub(crate) parts: Vec<Part>,
    /// The schema of the properties that no part declares.
    pub(crate) unevaluated: Option<NodeId>,
}

/// One of the things that must hold.
#[derive(Debug)]
pub(crate) enum Part {
    Own(Box<Atom>),
    Ref(NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    One(Vec<NodeId>),
}

/// A schema document. Places are read when they are first asked for.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    root: &'a Value,
    pointers: Vec<String>,
    ids: HashMap<String, NodeId>,
    schemas: HashMap<NodeId, Rc<Schema>>,
}

impl<'a> Document<'a> {
    pub(crate) fn new(root: &'a Value) -> Self {
        Document { root, pointers: Vec::new(), ids: HashMap::new(), schemas: HashMap::new() }
    }

    /// The place with this pointer. A place that only refers to another one is that other one.
    pub(crate) fn node(&mut self, pointer: &str) -> Result<NodeId> {
        let mut pointer = pointer.to_owned();
        let mut steps = 0;
        while let Some(target) = self.alias(&pointer)? {
            steps += 1;
            if steps > 100 {
                return Err(error_at(&pointer, "`$ref` leads back to itself: refer to a schema with content"));
            }
            pointer = target;
        }
        if let Some(id) = self.ids.get(&pointer) {
            return Ok(*id);
        }
        let id = self.pointers.len();
        if id >= MAX_NODES {
            return Err(error_at(&pointer, format!("more than {MAX_NODES} subschemas: split the schema")));
        }
        self.ids.insert(pointer.clone(), id);
        self.pointers.push(pointer);
        Ok(id)
    }

    /// The pointer of a place.
    pub(crate) fn pointer(&self, id: NodeId) -> &str {
        self.pointers.get(id).map_or("", String::as_str)
    }

    /// An error at a keyword of a place.
    pub(crate) fn error(&self, id: NodeId, keyword: &str, message: impl Into<String>) -> Error {
        schema_error(message).with_path(pointer::child(self.pointer(id), keyword))
    }

    /// What the place says.
    pub(crate) fn schema(&mut self, id: NodeId) -> Result<Rc<Schema>> {
        if let Some(schema) = self.schemas.get(&id) {
            return Ok(Rc::clone(schema));
        }
        let at = self.pointer(id).to_owned();
        let schema = match self.value(&at)? {
            Value::Bool(true) => Schema { parts: Vec::new(), unevaluated: None },
            Value::Bool(false) => {
                let never = Atom { types: Types::NONE, ..Atom::any() };
                Schema { parts: vec![Part::Own(Box::new(never))], unevaluated: None }
            }
            Value::Object(object) => Reader { document: self, object, at: &at, id }.schema()?,
            _ => return Err(error_at(&at, "a schema is an object, `true` or `false`")),
        };
        let schema = Rc::new(schema);
        self.schemas.insert(id, Rc::clone(&schema));
        Ok(schema)
    }

    fn value(&self, pointer: &str) -> Result<&'a Value> {
        pointer::resolve(self.root, pointer)
            .ok_or_else(|| error_at(pointer, "nothing is defined here: add the definition"))
    }

    /// Where the place leads, if it does nothing else.
    fn alias(&self, pointer: &str) -> Result<Option<String>> {
        let Value::Object(object) = self.value(pointer)? else { return Ok(None) };
        let Some(reference) = object.get("$ref") else { return Ok(None) };
        if object.keys().any(|keyword| keyword != "$ref" && !is_annotation(keyword)) {
            return Ok(None);
        }
        self.target(reference, pointer).map(Some)
    }

    /// The pointer that the `$ref` at this place means.
    fn target(&self, reference: &Value, at: &str) -> Result<String> {
        let refuse = |error: Error| error.with_path(pointer::child(at, "$ref"));
        let text = reference.as_str().ok_or_else(|| refuse(schema_error("`$ref` must be a string")))?;
        let target = pointer::from_reference(text).map_err(refuse)?;
        if pointer::resolve(self.root, &target).is_none() {
            return Err(refuse(schema_error(format!("`$ref` to `{text}` leads nowhere: add the definition"))));
        }
        Ok(target)
    }
}

/// An error about a schema whose place is added later.
pub(crate) fn schema_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Schema, message)
}

/// An error at this place, or about the document if it is the root.
pub(crate) fn error_at(pointer: &str, message: impl Into<String>) -> Error {
    schema_error(message).with_path(if pointer.is_empty() { "#" } else { pointer })
}

/// Reads the keywords of one place.
struct Reader<'d, 'a> {
    document: &'d mut Document<'a>,
    object: &'a Map<String, Value>,
    at: &'d str,
    id: NodeId,
}

impl<'a> Reader<'_, 'a> {
    fn schema(mut self) -> Result<Schema> {
        self.check_keywords()?;
        let own = self.own()?;
        let mut own = Some(Part::Own(Box::new(own)));
        let mut parts = Vec::new();
        // Properties are written in the order of the keywords, but a tag stands beside `$ref` and is written first.
        for (keyword, value) in self.object {
            match keyword.as_str() {
                "properties" => parts.extend(own.take()),
                "allOf" => parts.push(Part::All(self.branches(keyword, value)?)),
                "anyOf" => parts.push(Part::Any(self.branches(keyword, value)?)),
                "oneOf" => parts.push(Part::One(self.branches(keyword, value)?)),
                _ => {}
            }
        }
        if let Some(own) = own {
            parts.insert(0, own);
        }
        if let Some(reference) = self.object.get("$ref") {
            let target = self.document.target(reference, self.at)?;
            parts.push(Part::Ref(self.document.node(&target)?));
        }
        let unevaluated = match self.object.get("unevaluatedProperties") {
            Some(_) => Some(self.below("unevaluatedProperties")?),
            None => None,
        };
        Ok(Schema { parts, unevaluated })
    }

    fn check_keywords(&self) -> Result<()> {
        for keyword in self.object.keys() {
            let known = IMPLEMENTED.contains(&keyword.as_str()) || is_annotation(keyword);
            // The base address of the root changes nothing, as only pointers into the document are followed.
            if known || (keyword == "$id" && self.at.is_empty()) {
                continue;
            }
            let refused = REFUSED.iter().find(|(name, _)| name == keyword);
            return Err(match refused {
                Some((_, advice)) => self.error(keyword, format!("`{keyword}` cannot be kept by a grammar: {advice}")),
                None => self.error(keyword, format!("`{keyword}` is no keyword that is understood: remove it")),
            });
        }
        Ok(())
    }

    fn own(&mut self) -> Result<Atom> {
        let mut atom = Atom::any();
        if let Some(types) = self.object.get("type") {
            atom.types = self.types(types)?;
        }
        self.literals(&mut atom)?;
        self.excluded(&mut atom)?;
        if let Some(format) = self.object.get("format") {
            let format = format.as_str().ok_or_else(|| self.error("format", "`format` must be a string"))?;
            atom.formats.push((format.to_owned(), self.id));
        }
        for (keyword, strict) in [("minimum", false), ("exclusiveMinimum", true)] {
            if let Some(at) = self.number(keyword)? {
                atom.bounds.raise(Bound { at, strict });
            }
        }
        for (keyword, strict) in [("maximum", false), ("exclusiveMaximum", true)] {
            if let Some(at) = self.number(keyword)? {
                atom.bounds.lower(Bound { at, strict });
            }
        }
        atom.length.min = self.count("minLength")?.unwrap_or(0);
        atom.length.max = self.count("maxLength")?;
        self.array(&mut atom)?;
        self.object(&mut atom)?;
        Ok(atom)
    }

    fn types(&self, types: &Value) -> Result<Types> {
        let refuse = |found: &Value| {
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            self.error("type", format!("`type` cannot be `{found}`: use the names of the seven JSON types"))
        };
        let one = |value: &Value| value.as_str().and_then(Types::named).ok_or_else(|| refuse(value));
        match types {
            Value::Array(names) => names.iter().try_fold(Types::NONE, |types, name| Ok(types.or(one(name)?))),
            name => one(name),
        }
    }

    fn literals(&self, atom: &mut Atom) -> Result<()> {
        if let Some(values) = self.object.get("enum") {
            let values = values.as_array().ok_or_else(|| self.error("enum", "`enum` must be an array"))?;
            if values.len() > MAX_LITERALS {
                let message = format!("`enum` lists more than {MAX_LITERALS} values: use a type, a format or a range");
                return Err(self.error("enum", message));
            }
            let mut seen = HashSet::new();
            let distinct = values.iter().filter(|value| seen.insert(canonical(value)));
            atom.literals = Some(distinct.cloned().collect());
        }
        if let Some(value) = self.object.get("const") {
            let kept = atom.literals.as_ref().is_none_or(|all| all.iter().any(|other| same(other, value)));
            atom.literals = Some(if kept { vec![value.clone()] } else { Vec::new() });
        }
        Ok(())
    }

    /// `not`, of which only values and types are understood.
    fn excluded(&self, atom: &mut Atom) -> Result<()> {
        let Some(not) = self.object.get("not") else { return Ok(()) };
        let refuse =
            || self.error("not", "`not` is kept only for `const`, `enum` and `type`: say what is allowed instead");
        let object = match not {
            Value::Bool(everything) => {
                if *everything {
                    atom.types = Types::NONE;
                }
                return Ok(());
            }
            Value::Object(object) => object,
            _ => return Err(self.error("not", "a schema is an object, `true` or `false`")),
        };
        let mut keywords = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
        match (keywords.next(), keywords.next()) {
            (None, _) => atom.types = Types::NONE,
            (Some((keyword, value)), None) => match (keyword.as_str(), value) {
                ("const", value) => atom.excluded.push((value.clone(), self.id)),
                ("enum", Value::Array(values)) if values.len() <= MAX_EXCLUDED => {
                    atom.excluded.extend(values.iter().map(|value| (value.clone(), self.id)));
                }
                ("type", value) => {
                    atom.types = atom.types.without(self.types(value)?);
                    // No grammar tells the numbers that are not integers from all numbers.
                    if atom.types.meets(Types::FRACTION) && !atom.types.meets(Types::INTEGER) {
                        return Err(refuse());
                    }
                }
                _ => return Err(refuse()),
            },
            _ => return Err(refuse()),
        }
        Ok(())
    }

    fn array(&mut self, atom: &mut Atom) -> Result<()> {
        let array = &mut atom.array;
        if let Some(items) = self.object.get("prefixItems") {
            array.prefix = self.branches("prefixItems", items)?.into_iter().map(|node| vec![node]).collect();
        }
        if self.object.get("items").is_some_and(Value::is_array) {
            return Err(self.error("items", "`items` is an array, the old form of a tuple: use `prefixItems`"));
        }
        array.rest = self.slot("items")?;
        array.count.min = self.count("minItems")?.unwrap_or(0);
        array.count.max = self.count("maxItems")?;
        match self.object.get("uniqueItems") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => array.unique = Some(self.id),
            Some(_) => return Err(self.error("uniqueItems", "`uniqueItems` must be `true` or `false`")),
        }
        Ok(())
    }

    fn object(&mut self, atom: &mut Atom) -> Result<()> {
        let object = &mut atom.object;
        for (pattern, _) in self.map("patternProperties")? {
            let Some(known) = KeyPattern::named(pattern) else {
                let message = format!(
                    "`patternProperties` with the pattern `{pattern}` cannot be kept by a grammar: declare the names under `properties`"
                );
                let path = pointer::child(&pointer::child(self.at, "patternProperties"), pattern);
                return Err(schema_error(message).with_path(path));
            };
            let node = self.below_map("patternProperties", pattern)?;
            object.patterns.push((known, vec![node]));
        }
        if self.map("properties")?.len() > MAX_PROPERTIES {
            return Err(
                self.error("properties", format!("`properties` has more than {MAX_PROPERTIES} names: use a map"))
            );
        }
        for (name, _) in self.map("properties")? {
            let node = self.below_map("properties", name)?;
            let matching = object.patterns.iter().filter(|(pattern, _)| pattern.matches(name));
            let slot = matching.fold(vec![node], |slot, (_, more)| both(&slot, more));
            object.properties.push((name.clone(), slot));
        }
        if let Some(required) = self.object.get("required") {
            let names =
                required.as_array().and_then(|names| names.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
            for name in names.ok_or_else(|| self.error("required", "`required` must be an array of strings"))? {
                if !object.is_required(name) {
                    object.required.push(name.to_owned());
                }
            }
        }
        object.additional = self.slot("additionalProperties")?;
        object.count.min = self.count("minProperties")?.unwrap_or(0);
        object.count.max = self.count("maxProperties")?;
        Ok(())
    }

    fn slot(&mut self, keyword: &str) -> Result<Option<Slot>> {
        match self.object.get(keyword) {
            Some(_) => Ok(Some(vec![self.below(keyword)?])),
            None => Ok(None),
        }
    }

    fn below(&mut self, keyword: &str) -> Result<NodeId> {
        self.document.node(&pointer::child(self.at, keyword))
    }

    fn below_map(&mut self, keyword: &str, name: &str) -> Result<NodeId> {
        self.document.node(&pointer::child(&pointer::child(self.at, keyword), name))
    }

    fn branches(&mut self, keyword: &str, value: &Value) -> Result<Vec<NodeId>> {
        let count = value.as_array().map_or(0, Vec::len);
        if count == 0 {
            return Err(self.error(keyword, format!("`{keyword}` must be an array of at least one schema")));
        }
        (0..count).map(|at| self.below_map(keyword, &at.to_string())).collect()
    }

    fn map(&self, keyword: &str) -> Result<&'a Map<String, Value>> {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        match self.object.get(keyword) {
            None => Ok(&EMPTY),
            Some(Value::Object(map)) => Ok(map),
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be an object"))),
        }
    }

    fn count(&self, keyword: &str) -> Result<Option<u64>> {
        let Some(value) = self.object.get(keyword) else { return Ok(None) };
        let number = value.as_number().and_then(Decimal::from_number);
        let count = number.filter(|n| n.is_integer() && !n.is_negative()).and_then(|n| u64::try_from(n.whole()).ok());
        match count {
            Some(count) => Ok(Some(count)),
            None => Err(self.error(keyword, format!("`{keyword}` must be a whole number, zero or more"))),
        }
    }

    fn number(&self, keyword: &str) -> Result<Option<Decimal>> {
        match self.object.get(keyword) {
            None => Ok(None),
            Some(Value::Number(number)) => Decimal::from_number(number).map(Some).ok_or_else(|| {
                self.error(
                    keyword,
                    format!("`{keyword}` has more digits than can be kept: leave it out or choose a smaller bound"),
                )
            }),
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be a number"))),
        }
    }

    fn error(&self, keyword: &str, message: impl Into<String>) -> Error {
        schema_error(message).with_path(pointer::child(self.at, keyword))
    }
}
