//! Types that TypeScript brings along.
use super::{
    ast::{Body, Keyword, Kind, Type},
    convert::{Bound, Converter, Meaning, scope_of},
    fault::{Fault, Outcome},
    object::{Property, Shape},
    table::Table,
    union::any_of,
};
use serde_json::{Value, json};

/// What is known without a declaration.
pub(super) const KNOWN: [&str; 10] =
    ["Array", "ReadonlyArray", "Date", "Readonly", "NonNullable", "Partial", "Required", "Record", "Pick", "Omit"];

impl<'a> Converter<'a> {
    /// The schema of a type that is not declared in the text.
    pub(super) fn utility(&mut self, bound: &Bound<'a>, name: &str, arguments: &'a [Type]) -> Outcome<Value> {
        match (name, arguments) {
            ("Array" | "ReadonlyArray", [of]) => {
                return Ok(json!({ "type": "array", "items": self.schema(&bound.inner(of))? }));
            }
            ("Date", []) => return Ok(json!({ "type": "string", "format": "date-time" })),
            ("Readonly", [of]) => return self.schema(&bound.inner(of)),
            ("NonNullable", [of]) => {
                let (parts, _) = self.without_null(&bound.inner(of))?;
                return self.union(&parts);
            }
            _ => {}
        }
        let Some(shapes) = self.object_utility(bound, name, arguments)? else {
            return Err(Fault::new(&bound.of.at, unknown(name, &self.table)));
        };
        let mut schemas = Vec::new();
        for shape in shapes {
            schemas.push(self.object(shape)?);
        }
        Ok(any_of(schemas))
    }

    /// The types of which this is the union, `null` and `undefined` left out, and whether one of these was among them.
    ///
    /// Names are followed only where that leaves something out, so that other types keep their definitions.
    fn without_null(&mut self, bound: &Bound<'a>) -> Outcome<(Vec<Bound<'a>>, bool)> {
        self.deeper(&bound.of.at)?;
        let whole = || (vec![bound.clone()], false);
        let found = match &bound.of.kind {
            Kind::Keyword(Keyword::Null | Keyword::Undefined) => (Vec::new(), true),
            Kind::Union(all) => {
                let (mut parts, mut is_less) = (Vec::new(), false);
                for of in all {
                    let (others, left_out) = self.without_null(&bound.inner(of))?;
                    parts.extend(others);
                    is_less |= left_out;
                }
                (parts, is_less)
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.without_null(&inner)?,
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        let (parts, is_less) = self.without_null(&Bound { of, scope })?;
                        if is_less { (parts, true) } else { whole() }
                    }
                    _ => whole(),
                },
                _ => whole(),
            },
            _ => whole(),
        };
        self.higher();
        Ok(found)
    }

    /// The object types that a type not declared in the text comes to, if it is one of objects.
    pub(super) fn object_utility(
        &mut self,
        bound: &Bound<'a>,
        name: &str,
        arguments: &'a [Type],
    ) -> Outcome<Option<Vec<Shape<'a>>>> {
        let shapes = match (name, arguments) {
            ("Readonly", [of]) => self.shapes(&bound.inner(of))?,
            ("Partial", [of]) => self.each_property(&bound.inner(of), |property| property.is_optional = true)?,
            ("Required", [of]) => self.each_property(&bound.inner(of), |property| {
                property.is_optional = false;
                property.is_required = true;
            })?,
            ("Record", [keys, of]) => vec![self.record(&bound.inner(keys), &bound.inner(of))?],
            ("Pick" | "Omit", [of, keys]) => vec![self.select(&bound.inner(of), &bound.inner(keys), name == "Pick")?],
            _ if KNOWN.contains(&name) => {
                let count = match name {
                    "Record" | "Pick" | "Omit" => "two type arguments",
                    "Date" => "no type argument",
                    _ => "one type argument",
                };
                return Err(Fault::new(&bound.of.at, format!("`{name}` takes {count}")));
            }
            _ => return Ok(None),
        };
        Ok(Some(shapes))
    }

    fn each_property(&mut self, bound: &Bound<'a>, change: impl Fn(&mut Property<'a>)) -> Outcome<Vec<Shape<'a>>> {
        let mut shapes = self.shapes(bound)?;
        shapes.iter_mut().flat_map(|shape| &mut shape.properties).for_each(change);
        Ok(shapes)
    }

    fn record(&mut self, keys: &Bound<'a>, of: &Bound<'a>) -> Outcome<Shape<'a>> {
        let keys = self.keys(keys)?;
        let property = |name: String| Property {
            name,
            is_optional: keys.any_text,
            of: vec![of.clone()],
            doc: None,
            is_required: false,
        };
        // Any text is any name.
        let names = if keys.any_text { Vec::new() } else { keys.names.clone() };
        let index = (keys.any_text || keys.any_number).then(|| (!keys.any_text, of.clone()));
        Ok(Shape { properties: names.into_iter().map(property).collect(), index })
    }

    fn select(&mut self, of: &Bound<'a>, keys: &Bound<'a>, picks: bool) -> Outcome<Shape<'a>> {
        let (mut shape, at) = (self.shape(of)?, &keys.of.at);
        let keys = self.keys(keys)?;
        if keys.any_text || keys.any_number {
            return Err(Fault::new(at, "names are needed here: write a union of texts"));
        }
        if let Some(name) =
            keys.names.iter().find(|name| shape.properties.iter().all(|property| property.name != **name))
        {
            return Err(Fault::new(at, format!("the type has no property `{name}`: correct the name, or remove it")));
        }
        shape.properties.retain(|property| keys.names.contains(&property.name) == picks);
        if picks {
            shape.index = None;
        }
        Ok(shape)
    }
}

/// What to do about a name that stands for nothing.
pub(super) fn unknown(name: &str, table: &Table<'_>) -> String {
    match name {
        "String" | "Number" | "Boolean" | "Object" => format!("write `{}` for `{name}`", name.to_lowercase()),
        "Set" | "ReadonlySet" => format!("JSON has no `{name}`: write an array, `Type[]`"),
        "Map" | "ReadonlyMap" => format!("JSON has no `{name}`: write `Record<string, Type>`"),
        "BigInt" => "JSON has no big integers: write `number`, or a string".to_owned(),
        "Function" => super::parser::FUNCTION.to_owned(),
        "Promise" | "PromiseLike" | "Awaited" => format!("`{name}` is not read: write the type inside of it"),
        "Exclude" | "Extract" | "Parameters" | "ReturnType" | "InstanceType" | "Uppercase" | "Lowercase"
        | "Capitalize" | "Uncapitalize" => format!("`{name}` is not read: write the type that it comes to"),
        _ if table.get(name.split('.').next().unwrap_or_default()).is_some() => {
            format!("`{name}` is no member of an enum: correct the name, or give the type a name of its own")
        }
        _ => format!("`{name}` is not declared in this text: add its declaration ({} are)", table.names()),
    }
}
