//! The keywords about objects.
use serde_json::Value;

use super::{
    fields::Fields,
    own::{Own, count},
};
use crate::{
    Result,
    regular::{Dfa, TooLarge},
    structured::{
        sets::{Cell, Item, Property},
        term::{Term, Terms},
    },
};

/// The most parts that the names of one object may fall into.
const MAX_CELLS: usize = 64;

/// Reads the keywords about the properties of objects.
///
/// With `typed`, a property that is required and not declared is taken for declared, so that closing leaves it.
pub(super) fn object<'a>(fields: &mut Fields<'_, 'a>, terms: &mut Terms, own: &mut Own<'a>, typed: bool) -> Result<()> {
    own.object.count = count(fields, "minProperties", "maxProperties")?;
    own.object.rest = rest(fields, terms)?;
    if let Some((keyword, map)) = fields.map("properties")? {
        for (name, value) in map {
            let literal = fields.member(keyword, name, value)?;
            let mut item = Item::evaluated(terms.literal(literal));
            // Patterns bind declared properties too; `additionalProperties` does not.
            let cell = own.object.unnamed(name);
            if fields.object.contains_key("patternProperties") && is_matched(fields, name)? {
                item = item.and(cell, terms);
            }
            own.object.properties.push(Property { name, item, required: false, is_tag: false });
        }
    }
    let Some((_, value)) = fields.get("required") else { return Ok(()) };
    let names = fields.texts("required", value)?;
    let mut seen = foldhash::HashSet::default();
    if let Some(twice) = names.iter().find(|name| typed && !seen.insert(**name)) {
        let message = format!(
            "`{twice}` is required twice, as where a flattened type has a field of the same name, which serde gives to one of \
             the two: rename one"
        );
        return Err(fields.error("required", message));
    }
    for name in names {
        if let Some(property) = own.object.properties.iter_mut().find(|property| property.name == name) {
            property.required = true;
        } else {
            let item = own.object.unnamed(name);
            let item = if typed { item.and(Item::named(Term::ANY), terms) } else { item };
            own.object.properties.push(Property { name, item, required: true, is_tag: false });
        }
    }
    Ok(())
}

/// Whether the schema is that of a map whose keys are the variants of an enum: schemars writes them in the order of the
/// alphabet, whatever order the keys have.
pub(super) fn is_map_of_units(fields: &Fields<'_, '_>) -> bool {
    let Some((_, Value::Object(map))) = fields.get("properties") else { return false };
    let is_closed = fields.get("additionalProperties").is_some_and(|(_, value)| *value == Value::Bool(false));
    let first = map.values().next();
    is_closed
        && fields.get("required").is_none()
        && first.is_some_and(|first| first.get("default").is_none() && map.values().all(|value| value == first))
}

/// Marks the properties of an enum's variant that hold its tag: constants beside the reference to the content.
pub(super) fn mark_tags<'a>(fields: &Fields<'_, 'a>, own: &mut Own<'a>) {
    let Some((_, Value::Object(map))) = fields.get("properties") else { return };
    for property in &mut own.object.properties {
        property.is_tag =
            property.required && map.get(property.name).is_some_and(|schema| schema.get("const").is_some());
    }
}

fn is_matched(fields: &mut Fields<'_, '_>, name: &str) -> Result<bool> {
    let Some((_, map)) = fields.map("patternProperties")? else { return Ok(false) };
    for pattern in map.keys() {
        if names(fields, pattern)?.contains(name) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn names<'a>(fields: &mut Fields<'_, 'a>, pattern: &'a str) -> Result<Dfa> {
    let texts = fields.document.pattern(pattern);
    texts.map_err(|cause| fields.error("patternProperties", format!("the pattern `{pattern}` cannot be kept: {cause}")))
}

/// A part of all names, as it takes shape.
struct Draft {
    names: Option<Dfa>,
    value: Term,
    matched: bool,
}

/// The parts into which patterns split all names.
fn rest(fields: &mut Fields<'_, '_>, terms: &mut Terms) -> Result<Vec<Cell>> {
    let mut drafts = vec![Draft { names: None, value: Term::ANY, matched: false }];
    if let Some((keyword, map)) = fields.map("patternProperties")? {
        for (pattern, schema) in map {
            let texts = names(fields, pattern)?;
            let literal = fields.member(keyword, pattern, schema)?;
            let value = terms.literal(literal);
            drafts = split(drafts, &texts, value, terms)
                .map_err(|cause| fields.error(keyword, format!("the patterns together cannot be kept: {cause}")))?;
        }
    }
    let additional = fields.schema("additionalProperties")?.map(|literal| terms.literal(literal));
    let cells = drafts.into_iter().map(|draft| {
        let value = if draft.matched { draft.value } else { additional.unwrap_or(Term::ANY) };
        let is_evaluated = draft.matched || additional.is_some();
        let item = if is_evaluated { Item::evaluated(value) } else { Item::unspoken(value) };
        Cell { names: draft.names, item }
    });
    Ok(cells.collect())
}

fn split(drafts: Vec<Draft>, texts: &Dfa, value: Term, terms: &mut Terms) -> std::result::Result<Vec<Draft>, TooLarge> {
    let mut parts = Vec::with_capacity(2 * drafts.len());
    for draft in drafts {
        let inside = draft.names.as_ref().map_or_else(|| Ok(texts.clone()), |names| names.and(texts))?;
        let outside = draft.names.as_ref().map_or_else(|| Ok(texts.not()), |names| names.minus(texts))?;
        let both = terms.and(draft.value, value);
        for (names, value, matched) in [(inside, both, true), (outside, draft.value, draft.matched)] {
            if !names.is_none() {
                parts.push(Draft { names: (!names.is_all()).then_some(names), value, matched });
            }
        }
    }
    if parts.len() > MAX_CELLS { Err(TooLarge) } else { Ok(parts) }
}
