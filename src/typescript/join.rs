//! Object types joined into one, as an intersection joins them and their properties.
use super::{
    ast::{Body, Keyword, Kind, Place},
    convert::{Bound, Converter, Meaning, scope_of},
    fault::{Fault, Outcome},
    object::{MAX_ALTERNATIVES, Shape},
    union::any_of,
};
use serde_json::Value;

/// How deep joined properties may lie in one another.
const MAX_JOINS: usize = 50;

impl<'a> Shape<'a> {
    /// What is of both types.
    fn and(mut self, other: Shape<'a>) -> Shape<'a> {
        for property in other.properties {
            match self.properties.iter_mut().find(|mine| mine.name == property.name) {
                Some(mine) => {
                    mine.is_optional &= property.is_optional;
                    mine.is_required |= property.is_required;
                    mine.of.extend(property.of);
                    mine.doc = mine.doc.take().or(property.doc);
                }
                None => self.properties.push(property),
            }
        }
        self.index = self.index.or(other.index);
        self
    }
}

impl<'a> Converter<'a> {
    /// What is of one of the first and of one of the second types.
    pub(super) fn both(&mut self, first: &[Shape<'a>], second: &[Shape<'a>], at: &Place) -> Outcome<Vec<Shape<'a>>> {
        if first.len() * second.len() > MAX_ALTERNATIVES {
            let why = format!("the unions in this come to more than {MAX_ALTERNATIVES} object types: name them");
            return Err(Fault::new(at, why));
        }
        let both = |one: &Shape<'a>| second.iter().map(|other| one.clone().and(other.clone())).collect::<Vec<_>>();
        let out: Vec<Shape<'a>> = first.iter().flat_map(both).collect();
        self.spend(out.iter().map(|shape| shape.properties.len()).sum(), at)?;
        Ok(out)
    }

    /// Whether these are types of objects alone, which can be joined.
    pub(super) fn are_objects(&mut self, types: impl Iterator<Item = Bound<'a>>) -> Outcome<bool> {
        for of in types {
            if !self.is_object(&of)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_object(&mut self, bound: &Bound<'a>) -> Outcome<bool> {
        self.deeper(&bound.of.at)?;
        let found = match &bound.of.kind {
            Kind::Object(_) => true,
            Kind::Union(all) => self.are_objects(all.iter().map(|of| bound.inner(of)))?,
            Kind::Intersection(all) => {
                let saying = all.iter().filter(|of| !matches!(of.kind, Kind::Keyword(Keyword::Any)));
                self.are_objects(saying.map(|of| bound.inner(of)))?
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.is_object(&inner)?,
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Interface { .. } => true,
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        self.is_object(&Bound { of, scope })?
                    }
                    Body::Enum(_) => false,
                },
                Meaning::Member(_) => false,
                Meaning::Unknown => match (name.as_str(), arguments.as_slice()) {
                    ("Readonly", [of]) => self.is_object(&bound.inner(of))?,
                    (name, _) => matches!(name, "Partial" | "Required" | "Record" | "Pick" | "Omit"),
                },
            },
            _ => false,
        };
        self.higher();
        Ok(found)
    }

    /// The schema of what is of all of these types of objects, each of them written as the types of which it is the union.
    ///
    /// `allOf` would be satisfied by nothing: each of its schemas is closed, and refuses the properties of the others.
    pub(super) fn joined(&mut self, types: &[Vec<Bound<'a>>]) -> Outcome<Value> {
        let Some(at) = types.iter().flatten().next().map(|of| &of.of.at) else { return Ok(Value::Bool(false)) };
        self.joins += 1;
        if self.joins > MAX_JOINS {
            let why = "the types joined here meet in this property again, and so on: write an interface that `extends` one \
                       of them, and the property in it anew";
            return Err(Fault::new(at, why));
        }
        let mut shapes = vec![Shape::default()];
        for parts in types {
            let mut next = Vec::new();
            for part in parts {
                next.extend(self.shapes(part)?);
            }
            shapes = self.both(&shapes, &next, at)?;
        }
        let mut schemas = Vec::new();
        for shape in shapes {
            schemas.push(self.object(shape)?);
        }
        self.joins -= 1;
        Ok(any_of(schemas))
    }
}
