//! Object types by their properties.
use super::{
    ast::{Body, Declaration, Keyword, Kind, Member, Place, Type},
    convert::{Bound, Converter, Meaning, Scope, scope_of},
    fault::{Fault, Outcome},
};
use serde_json::{Map, Value, json};

/// The most object types that a union or an intersection of unions may come to.
pub(super) const MAX_ALTERNATIVES: usize = 64;

/// The properties of an object type.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape<'a> {
    pub(super) properties: Vec<Property<'a>>,
    /// What names that are not declared hold, and whether these are numbers.
    pub(super) index: Option<(bool, Bound<'a>)>,
}

#[derive(Debug, Clone)]
pub(super) struct Property<'a> {
    pub(super) name: String,
    pub(super) is_optional: bool,
    /// All of these.
    pub(super) of: Vec<Bound<'a>>,
    pub(super) doc: Option<Place>,
    /// Whether `undefined` is left out without making it optional.
    pub(super) is_required: bool,
}

impl<'a> Shape<'a> {
    /// Takes a property, in the place of one that has its name.
    fn replace(&mut self, property: Property<'a>) {
        match self.properties.iter_mut().find(|other| other.name == property.name) {
            Some(other) => *other = property,
            None => self.properties.push(property),
        }
    }
}

impl<'a> Converter<'a> {
    /// The properties of an interface, those that it extends first.
    pub(super) fn interface(&mut self, declaration: &'a Declaration, scope: &Scope<'a>) -> Outcome<Shape<'a>> {
        let Body::Interface { extends, members } = &declaration.body else { return Ok(Shape::default()) };
        self.deeper(&declaration.at)?;
        let mut shape = Shape::default();
        for of in extends {
            let base = self.shape(&Bound { of, scope: scope.clone() })?;
            shape.index = base.index.or(shape.index);
            base.properties.into_iter().for_each(|property| shape.replace(property));
        }
        let own = members_of(members, scope)?;
        shape.index = own.index.or(shape.index);
        own.properties.into_iter().for_each(|property| shape.replace(property));
        self.higher();
        Ok(shape)
    }

    /// The properties of a type that is one object type.
    pub(super) fn shape(&mut self, bound: &Bound<'a>) -> Outcome<Shape<'a>> {
        let mut shapes = self.shapes(bound)?;
        match (shapes.pop(), shapes.is_empty()) {
            (Some(shape), true) => Ok(shape),
            _ => {
                Err(Fault::new(&bound.of.at, "this is a union, and one object type is needed: write the union outside"))
            }
        }
    }

    /// The object types of which this is the union.
    pub(super) fn shapes(&mut self, bound: &Bound<'a>) -> Outcome<Vec<Shape<'a>>> {
        self.deeper(&bound.of.at)?;
        let no_object = |of: &Type| {
            Fault::new(
                &of.at,
                "only object types are joined, extended and picked from: write an interface or `{ ... }`",
            )
        };
        let shapes = match &bound.of.kind {
            Kind::Object(members) => vec![members_of(members, &bound.scope)?],
            Kind::Union(all) => {
                let mut out = Vec::new();
                for of in all {
                    out.extend(self.shapes(&bound.inner(of))?);
                }
                out
            }
            Kind::Intersection(all) => {
                let mut out = vec![Shape::default()];
                let is_any = |of: &Type| matches!(of.kind, Kind::Keyword(Keyword::Any));
                for of in all.iter().filter(|of| !is_any(of)) {
                    let next = self.shapes(&bound.inner(of))?;
                    out = self.both(&out, &next, &bound.of.at)?;
                }
                out
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.shapes(&inner)?,
                Meaning::Declared(declaration) => {
                    let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                    match &declaration.body {
                        Body::Interface { .. } => vec![self.interface(declaration, &scope)?],
                        Body::Alias(of) => self.shapes(&Bound { of, scope })?,
                        Body::Enum(_) => return Err(no_object(bound.of)),
                    }
                }
                Meaning::Member(_) => return Err(no_object(bound.of)),
                Meaning::Unknown => match self.object_utility(bound, name, arguments)? {
                    Some(shapes) => shapes,
                    None => return Err(no_object(bound.of)),
                },
            },
            _ => return Err(no_object(bound.of)),
        };
        if shapes.len() > MAX_ALTERNATIVES {
            let why = format!("the union comes to more than {MAX_ALTERNATIVES} object types: name them");
            return Err(Fault::new(&bound.of.at, why));
        }
        self.higher();
        Ok(shapes)
    }

    /// The schema of an object type.
    pub(super) fn object(&mut self, shape: Shape<'a>) -> Outcome<Value> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for property in shape.properties {
            let mut is_optional = property.is_optional;
            let (mut schemas, mut types): (Vec<Value>, Vec<Vec<Bound<'a>>>) = (Vec::new(), Vec::new());
            for of in &property.of {
                let (schema, defined, is_less) = self.defined(of)?;
                is_optional |= is_less && !property.is_required;
                if !schemas.contains(&schema) {
                    schemas.push(schema);
                    types.push(defined);
                }
            }
            // A property that can only be missing. An index signature must not hold for its name.
            if is_optional && schemas.contains(&Value::Bool(false)) {
                if shape.index.is_some() {
                    properties.insert(property.name, Value::Bool(false));
                }
                continue;
            }
            let schema = if schemas.len() == 1 {
                schemas.swap_remove(0)
            } else if self.are_objects(types.iter().flatten().cloned())? {
                self.joined(&types)?
            } else {
                json!({ "allOf": schemas })
            };
            let schema = self.documented(property.doc.as_ref(), schema)?;
            if !is_optional {
                required.push(Value::from(property.name.as_str()));
            }
            properties.insert(property.name, schema);
        }
        let mut out = Map::new();
        out.insert("type".to_owned(), "object".into());
        if !properties.is_empty() {
            out.insert("properties".to_owned(), properties.into());
        }
        if !required.is_empty() {
            out.insert("required".to_owned(), required.into());
        }
        let mut additional = Value::Bool(false);
        match &shape.index {
            // Each name of an index signature may be missing, so `undefined` says nothing.
            Some((true, of)) => {
                let (of, ..) = self.defined(of)?;
                out.insert("patternProperties".to_owned(), json!({ r"^-?\d+$": of }));
            }
            Some((false, of)) => additional = self.defined(of)?.0,
            None => {}
        }
        out.insert("additionalProperties".to_owned(), additional);
        Ok(Value::Object(out))
    }

    /// The schema of a type without `undefined`, the types of which it is the union, and whether `undefined` was among them.
    fn defined(&mut self, of: &Bound<'a>) -> Outcome<(Value, Vec<Bound<'a>>, bool)> {
        let mut parts = self.parts(of)?;
        let count = parts.len();
        parts.retain(|part| !part.is_undefined());
        let is_less = parts.len() < count;
        let schema = if is_less { self.union(&parts)? } else { self.schema(of)? };
        Ok((schema, parts, is_less))
    }
}

/// The properties that members write down.
pub(super) fn members_of<'a>(members: &'a [Member], scope: &Scope<'a>) -> Outcome<Shape<'a>> {
    let mut shape = Shape::default();
    for member in members {
        match member {
            Member::Property { name, is_optional, of, doc, at } => {
                if shape.properties.iter().any(|other| other.name == *name) {
                    return Err(Fault::new(at, format!("the property `{name}` stands here twice: remove one")));
                }
                shape.properties.push(Property {
                    name: name.clone(),
                    is_optional: *is_optional,
                    of: vec![Bound { of, scope: scope.clone() }],
                    doc: doc.clone(),
                    is_required: false,
                });
            }
            Member::Index { is_numeric, of } => {
                if shape.index.is_some() {
                    return Err(Fault::new(&of.at, "the type has two index signatures: write one"));
                }
                shape.index = Some((*is_numeric, Bound { of, scope: scope.clone() }));
            }
        }
    }
    Ok(shape)
}
