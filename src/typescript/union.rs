//! Unions and intersections.
use super::{
    ast::{Keyword, Kind},
    convert::{Bound, Converter, Meaning},
    fault::Outcome,
};
use serde_json::{Map, Value, json};

impl Bound<'_> {
    pub(super) fn is_undefined(&self) -> bool {
        matches!(self.of.kind, Kind::Keyword(Keyword::Undefined))
    }
}

impl<'a> Converter<'a> {
    /// The types of which this is written as the union, type parameters followed.
    pub(super) fn parts(&mut self, bound: &Bound<'a>) -> Outcome<Vec<Bound<'a>>> {
        self.deeper(&bound.of.at)?;
        let parts = match &bound.of.kind {
            Kind::Union(all) => {
                let mut out = Vec::new();
                for of in all {
                    out.extend(self.parts(&bound.inner(of))?);
                }
                out
            }
            Kind::Named { name, .. } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.parts(&inner)?,
                _ => vec![bound.clone()],
            },
            _ => vec![bound.clone()],
        };
        self.higher();
        Ok(parts)
    }

    /// The schema of any of these.
    pub(super) fn union(&mut self, parts: &[Bound<'a>]) -> Outcome<Value> {
        let mut schemas = Vec::new();
        for part in parts {
            schemas.push(self.schema(part)?);
        }
        Ok(any_of(schemas))
    }

    /// The schema of what is of all types of an intersection.
    pub(super) fn intersection(&mut self, bound: &Bound<'a>) -> Outcome<Value> {
        // What every value is says nothing: `string & {}` keeps a union of literals from being read as `string`.
        let says_nothing = |kind: &Kind| match kind {
            Kind::Keyword(Keyword::Any) => true,
            Kind::Object(members) => members.is_empty(),
            _ => false,
        };
        if let Kind::Intersection(all) = &bound.of.kind {
            let mut saying = all.iter().filter(|of| !says_nothing(&of.kind));
            if let (Some(of), None) = (saying.next(), saying.next()) {
                return self.schema(&bound.inner(of));
            }
        }
        let shapes = self.shapes(bound)?;
        let mut schemas = Vec::new();
        for shape in shapes {
            schemas.push(self.object(shape)?);
        }
        Ok(any_of(schemas))
    }
}

/// The schema of what satisfies any of these; values and bare types are gathered.
pub(super) fn any_of(schemas: Vec<Value>) -> Value {
    let (mut values, mut types, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for schema in schemas {
        let object = match schema {
            Value::Bool(false) => continue,
            Value::Object(object) => object,
            _ => return Value::Bool(true),
        };
        let only = |key: &str| if object.len() == 1 { object.get(key) } else { None };
        match (only("const"), only("enum"), only("type")) {
            (Some(value), ..) => push_new(&mut values, value.clone()),
            (_, Some(Value::Array(all)), _) => all.iter().for_each(|value| push_new(&mut values, value.clone())),
            (.., Some(Value::Array(all))) => all.iter().for_each(|name| push_new(&mut types, name.clone())),
            (.., Some(name)) => push_new(&mut types, name.clone()),
            _ => push_new(&mut others, Value::Object(object)),
        }
    }
    values.retain(|value| !types.contains(&Value::from(type_of(value))));
    if !values.is_empty() && types == ["null"] {
        types.clear();
        values.push(Value::Null);
    }
    let mut branches = Vec::new();
    match values.as_slice() {
        [] => {}
        [value] => branches.push(json!({ "const": value })),
        _ => branches.push(json!({ "enum": values })),
    }
    match types.as_slice() {
        [] => {}
        [name] => branches.push(json!({ "type": name })),
        _ => branches.push(json!({ "type": types })),
    }
    // Members of `anyOf` of their own say what the union says.
    for other in others {
        match alternatives(&other) {
            Some(all) => all.into_iter().for_each(|branch| push_new(&mut branches, branch)),
            None => push_new(&mut branches, other),
        }
    }
    match branches.len() {
        0 => Value::Bool(false),
        1 => branches.swap_remove(0),
        _ => json!({ "anyOf": branches }),
    }
}

fn alternatives(schema: &Value) -> Option<Vec<Value>> {
    let object: &Map<String, Value> = schema.as_object().filter(|object| object.len() == 1)?;
    object.get("anyOf")?.as_array().cloned()
}

fn push_new(to: &mut Vec<Value>, value: Value) {
    if !to.contains(&value) {
        to.push(value);
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
