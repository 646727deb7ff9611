//! What one schema says: its own constraints, and the schemas that hold in place of it.
use serde_json::{Map, Value};

use super::{
    contract,
    fields::Fields,
    object,
    own::{self, Own},
};
use crate::{
    Result,
    structured::{
        bounds::Types,
        decimal::Decimal,
        document::{Document, Step},
        keywords::{self, Standing as Keyword},
        options::Settings,
        report::Standing,
        sets::{Kind, NumberSet, TextSet, Values},
        term::{Literal, NodeId, Terms},
    },
};

/// Keywords about arrays and objects, whose readers need not look at schemas without them.
const ARRAY: &[&str] = &["additionalItems", "contains", "items", "maxItems", "minItems", "prefixItems", "uniqueItems"];
const OBJECT: &[&str] =
    &["additionalProperties", "maxProperties", "minProperties", "patternProperties", "properties", "required"];

/// What one place of a schema says; all of it must hold.
#[derive(Debug, Default)]
pub(crate) struct Schema<'a> {
    /// In the order in which properties are written.
    pub(crate) parts: Vec<Part<'a>>,
    /// The schema of the properties that no part speaks of.
    pub(crate) unevaluated_properties: Option<Literal>,
    /// The schema of the items that no part speaks of.
    pub(crate) unevaluated_items: Option<Literal>,
}

/// One of the things that must hold.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    Own(Box<Own<'a>>),
    /// One of the values listed: those that are spelled one way, and places of the others.
    Listed(Box<Values<'a>>, Vec<Literal>),
    All(Vec<Literal>),
    Any(Vec<Literal>),
    One(Vec<Literal>),
    Not(Literal),
    If(Literal, Option<Literal>, Option<Literal>),
    /// The names of all properties.
    Names(Literal),
    /// Where the first property is, the others are.
    Needs(&'a str, Vec<&'a str>),
    /// Where the property is, the object satisfies this.
    Dependent(&'a str, Literal),
}

/// Reads the schema at a place.
pub(crate) fn read<'a>(
    document: &mut Document<'a>,
    terms: &mut Terms,
    settings: &mut Settings,
    node: NodeId,
    value: &'a Value,
) -> Result<Schema<'a>> {
    let object = match value {
        Value::Bool(true) => return Ok(Schema::default()),
        Value::Bool(false) => {
            let never = Own { types: Types::NONE, ..Own::any() };
            return Ok(Schema { parts: vec![Part::Own(Box::new(never))], ..Schema::default() });
        }
        Value::Object(object) => object,
        _ => return Err(document.error(node, "", "a schema is an object, `true` or `false`")),
    };
    let mut fields = Fields { document, node, object };
    let mut schema = Schema::default();
    let (mut place, mut last) = (None, Vec::new());
    let (mut own, mut has_array, mut has_object) = (false, false, false);
    let alone = fields.document.draft.ref_stands_alone() && object.contains_key("$ref");
    for (keyword, value) in object {
        if alone && keyword != "$ref" {
            continue;
        }
        let keyword = keyword.as_str();
        match keywords::standing(keyword, fields.document.draft) {
            Keyword::Kept => settings.note(fields.document, node, keyword, Standing::Exact),
            other => {
                check_standing(&fields, settings, keyword, other)?;
                continue;
            }
        }
        match keyword {
            "$ref" => {
                let text = fields.text(keyword)?.unwrap_or_default();
                let part = Part::All(vec![fields.document.reference(node, text)?]);
                // The tag of an enum stands beside the reference to its content, and is written first.
                if settings.is_typed() { last.push(part) } else { schema.parts.push(part) }
            }
            "$dynamicRef" | "$recursiveRef" => {
                let text = fields.text(keyword)?.unwrap_or_default();
                schema.parts.push(Part::All(vec![fields.document.dynamic_reference(node, text, keyword)?]));
            }
            "allOf" => schema.parts.push(Part::All(fields.schemas(keyword)?)),
            "anyOf" => schema.parts.push(Part::Any(fields.schemas(keyword)?)),
            "oneOf" => schema.parts.push(Part::One(fields.schemas(keyword)?)),
            "not" => schema.parts.extend(fields.schema(keyword)?.map(Part::Not)),
            "if" => {
                let (then, otherwise) = (fields.schema("then")?, fields.schema("else")?);
                let condition = fields.schema(keyword)?;
                schema.parts.extend(condition.map(|condition| Part::If(condition, then, otherwise)));
            }
            "then" | "else" | "minContains" | "maxContains" => {}
            "const" | "enum" => schema.parts.push(listed(&mut fields, settings, keyword, value)?),
            "propertyNames" => schema.parts.extend(fields.schema(keyword)?.map(Part::Names)),
            "dependencies" | "dependentRequired" | "dependentSchemas" => {
                // What they name is written where `properties` declares it.
                dependent(&mut fields, keyword, &mut last)?;
            }
            "unevaluatedProperties" => schema.unevaluated_properties = fields.schema(keyword)?,
            "unevaluatedItems" => schema.unevaluated_items = fields.schema(keyword)?,
            _ => {
                own = true;
                has_array |= ARRAY.contains(&keyword);
                if OBJECT.contains(&keyword) {
                    has_object = true;
                    if keyword == "properties" {
                        place = Some(schema.parts.len());
                    }
                }
            }
        }
    }
    if own {
        let mut record = Own::any();
        own::scalars(&mut fields, settings, &mut record)?;
        if has_array {
            own::array(&mut fields, terms, &mut record)?;
        }
        if has_object {
            object::object(&mut fields, terms, &mut record, settings.is_typed())?;
            if settings.of_type {
                record.object.is_map = object::is_map_of_units(&fields);
                if object.contains_key("$ref") {
                    object::mark_tags(&fields, &mut record);
                }
            }
        }
        if settings.of_type {
            contract::check(&fields, &record)?;
        }
        let alone = if settings.is_typed() { 0 } else { schema.parts.len() };
        schema.parts.insert(place.unwrap_or(alone), Part::Own(Box::new(record)));
    }
    schema.parts.append(&mut last);
    Ok(schema)
}

fn check_standing(fields: &Fields<'_, '_>, settings: &mut Settings, keyword: &str, standing: Keyword) -> Result<()> {
    match standing {
        Keyword::Foreign(instead) if settings.is_typed() || settings.refuses_unknown() => {
            let message = format!("`{keyword}` cannot be kept by a grammar: {instead}");
            return Err(fields.error(keyword, message));
        }
        Keyword::Unknown if settings.refuses_unknown() => {
            let message = match keywords::meant(keyword, fields.document.draft) {
                Some(meant) => format!("`{keyword}` is no keyword: did you mean `{meant}`?"),
                None => format!("`{keyword}` is no known keyword: remove it, or begin an annotation's name with `x-`"),
            };
            return Err(fields.error(keyword, message));
        }
        _ if keywords::is_place(keyword) => {}
        _ => settings.note(fields.document, fields.node, keyword, Standing::Ignored),
    }
    Ok(())
}

/// The values of `const` and `enum`.
fn listed<'a>(
    fields: &mut Fields<'_, 'a>,
    settings: &Settings,
    keyword: &'a str,
    value: &'a Value,
) -> Result<Part<'a>> {
    let items = match (keyword, value) {
        ("const", value) => std::slice::from_ref(value),
        (_, Value::Array(items)) => items,
        _ => return Err(fields.error(keyword, "`enum` must be a list of values")),
    };
    fields.check_length(keyword, items.len())?;
    let mut values = Values::none();
    let (mut words, mut places) = (Vec::new(), Vec::new());
    for (at, value) in items.iter().enumerate() {
        match value {
            Value::Null => values.null = true,
            Value::Bool(true) => values.booleans.yes = true,
            Value::Bool(false) => values.booleans.no = true,
            Value::String(text) => words.push(text.as_str()),
            Value::Number(number) => match Decimal::from_number(number) {
                Some(number) => values.numbers.push(NumberSet::point(&number)),
                None => {
                    let message = format!("the number {number} has more digits than can be kept: leave it out");
                    return Err(fields.error(keyword, message));
                }
            },
            Value::Array(_) | Value::Object(_) => {
                let step = (keyword == "enum").then_some(Step::Number(at));
                places.push(fields.document.constant(fields.node, value, keyword, step)?);
            }
        }
    }
    values.numbers.dedup();
    if settings.is_typed() {
        // Integers that are listed are written as integers.
        let integers = values.numbers.iter_mut().filter(|n| n.as_point().is_some_and(Decimal::is_integer));
        integers.for_each(|number| number.kind = Kind::Integer);
    }
    if !words.is_empty() {
        let mut seen = foldhash::HashSet::with_capacity_and_hasher(words.len(), foldhash::fast::RandomState::default());
        words.retain(|word| seen.insert(*word));
        values.texts.push(TextSet::words(words));
    }
    Ok(Part::Listed(Box::new(values), places))
}

fn dependent<'a>(fields: &mut Fields<'_, 'a>, keyword: &str, parts: &mut Vec<Part<'a>>) -> Result<()> {
    let Some((keyword, map)): Option<(&str, &Map<String, Value>)> = fields.map(keyword)? else { return Ok(()) };
    for (name, value) in map {
        let needs_names = match keyword {
            "dependencies" => value.is_array() || value.is_string(),
            _ => keyword == "dependentRequired",
        };
        parts.push(match value {
            Value::String(needed) if needs_names => Part::Needs(name, vec![needed.as_str()]),
            value if needs_names => Part::Needs(name, fields.texts(keyword, value)?),
            value => Part::Dependent(name, fields.member(keyword, name, value)?),
        });
    }
    Ok(())
}
