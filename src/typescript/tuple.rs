//! Tuples.
use super::{
    ast::{Body, Kind},
    convert::{Bound, Converter, Meaning, scope_of},
    fault::{Fault, Outcome},
};
use serde_json::{Map, Value, json};

/// The most elements of a tuple, those of tuples spread in it counted.
const MAX_ELEMENTS: usize = 1_000;

/// The elements of a tuple, spread ones among them.
struct Flat<'a> {
    elements: Vec<(Bound<'a>, bool)>,
    rest: Option<Bound<'a>>,
}

impl<'a> Converter<'a> {
    pub(super) fn tuple(&mut self, bound: &Bound<'a>) -> Outcome<Value> {
        let mut flat = Flat { elements: Vec::new(), rest: None };
        self.flatten(bound, &mut flat)?;
        let least = flat.elements.iter().take_while(|(_, is_optional)| !is_optional).count();
        let mut prefix = Vec::new();
        for (element, is_optional) in &flat.elements {
            let parts = self.parts(element)?;
            let defined: Vec<Bound<'a>> =
                parts.into_iter().filter(|part| !(*is_optional && part.is_undefined())).collect();
            prefix.push(self.union(&defined)?);
        }
        let rest = flat.rest.as_ref().map(|rest| self.schema(rest)).transpose()?;
        let mut out = Map::new();
        out.insert("type".to_owned(), "array".into());
        let count = prefix.len();
        if count > 0 {
            out.insert("prefixItems".to_owned(), prefix.into());
        }
        if least > 0 {
            out.insert("minItems".to_owned(), least.into());
        }
        match rest {
            Some(rest) => drop(out.insert("items".to_owned(), rest)),
            None => {
                out.insert("maxItems".to_owned(), count.into());
                if count > 0 {
                    out.insert("items".to_owned(), json!(false));
                }
            }
        }
        Ok(Value::Object(out))
    }

    fn flatten(&mut self, bound: &Bound<'a>, flat: &mut Flat<'a>) -> Outcome<()> {
        let Kind::Tuple(elements) = &bound.of.kind else { return Ok(()) };
        self.deeper(&bound.of.at)?;
        for element in elements {
            let at = &element.of.at;
            if flat.rest.is_some() {
                return Err(Fault::new(at, "nothing is read behind the rest of a tuple: put the rest last"));
            }
            let inner = bound.inner(&element.of);
            if element.is_rest {
                let inner = self.list(&inner)?;
                match &inner.of.kind {
                    Kind::Tuple(_) => self.flatten(&inner, flat)?,
                    Kind::Array(of) => flat.rest = Some(inner.inner(of)),
                    Kind::Named { arguments, .. } => flat.rest = arguments.first().map(|of| inner.inner(of)),
                    _ => {}
                }
            } else {
                if !element.is_optional && flat.elements.last().is_some_and(|(_, is_optional)| *is_optional) {
                    return Err(Fault::new(at, "an element that is needed follows an optional one: exchange them"));
                }
                flat.elements.push((inner, element.is_optional));
            }
            if flat.elements.len() > MAX_ELEMENTS {
                return Err(Fault::new(at, format!("a tuple has at most {MAX_ELEMENTS} elements: write an array")));
            }
        }
        self.higher();
        Ok(())
    }

    /// The array or tuple that a type is, names followed.
    fn list(&mut self, bound: &Bound<'a>) -> Outcome<Bound<'a>> {
        self.deeper(&bound.of.at)?;
        let no_list = || Fault::new(&bound.of.at, "only arrays and tuples follow `...`: write `...Type[]`");
        let found = match &bound.of.kind {
            Kind::Array(_) | Kind::Tuple(_) => bound.clone(),
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.list(&inner)?,
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        self.list(&Bound { of, scope })?
                    }
                    _ => return Err(no_list()),
                },
                Meaning::Unknown if matches!(name.as_str(), "Array" | "ReadonlyArray") && arguments.len() == 1 => {
                    bound.clone()
                }
                _ => return Err(no_list()),
            },
            _ => return Err(no_list()),
        };
        self.higher();
        Ok(found)
    }
}
