//! Types whose values are few texts: templates, and the names of properties.
use super::{
    ast::{Body, Keyword, Kind, Literal},
    convert::{Bound, Converter, Meaning, literal, scope_of},
    fault::{Fault, Outcome},
};
use serde_json::{Value, json};

/// A template of at most so many texts is a list of them.
const MAX_TEXTS: usize = 2_000;

/// What the names of properties may be.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) names: Vec<String>,
    pub(super) any_text: bool,
    pub(super) any_number: bool,
}

impl<'a> Converter<'a> {
    /// The schema of a template.
    pub(super) fn template(&mut self, bound: &Bound<'a>) -> Outcome<Value> {
        if let Some(texts) = self.texts(bound)? {
            return Ok(json!({ "enum": texts }));
        }
        Ok(json!({ "type": "string", "pattern": format!("^{}$", self.pattern(bound)?) }))
    }

    /// The texts of a type, if there are few.
    fn texts(&mut self, bound: &Bound<'a>) -> Outcome<Option<Vec<String>>> {
        self.deeper(&bound.of.at)?;
        let texts = match &bound.of.kind {
            Kind::Literal(value) => Some(vec![text(value)]),
            Kind::Keyword(Keyword::Boolean) => Some(vec!["true".to_owned(), "false".to_owned()]),
            Kind::Keyword(Keyword::Null) => Some(vec!["null".to_owned()]),
            Kind::Union(all) => self.joined_texts(bound, all)?,
            Kind::Template { texts, types } => {
                let mut out: Vec<String> = texts.first().cloned().into_iter().collect();
                for (of, behind) in types.iter().zip(texts.iter().skip(1)) {
                    let Some(next) = self.texts(&bound.inner(of))?.filter(|next| next.len() * out.len() <= MAX_TEXTS)
                    else {
                        self.higher();
                        return Ok(None);
                    };
                    let with =
                        |before: &String| next.iter().map(|next| format!("{before}{next}{behind}")).collect::<Vec<_>>();
                    out = out.iter().flat_map(with).collect();
                }
                Some(out)
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.texts(&inner)?,
                Meaning::Member(value) => Some(vec![text(value)]),
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Enum(members) => Some(members.iter().map(|(_, value)| text(value)).collect()),
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        self.texts(&Bound { of, scope })?
                    }
                    Body::Interface { .. } => None,
                },
                Meaning::Unknown => None,
            },
            _ => None,
        };
        self.higher();
        Ok(texts)
    }

    fn joined_texts(&mut self, bound: &Bound<'a>, all: &'a [super::ast::Type]) -> Outcome<Option<Vec<String>>> {
        let mut out = Vec::new();
        for of in all {
            match self.texts(&bound.inner(of))? {
                Some(texts) if out.len() + texts.len() <= MAX_TEXTS => out.extend(texts),
                _ => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// The regular expression of a type's texts.
    fn pattern(&mut self, bound: &Bound<'a>) -> Outcome<String> {
        if let Some(texts) = self.texts(bound)? {
            let texts: Vec<String> = texts.iter().map(|text| escaped(text)).collect();
            return Ok(format!("(?:{})", texts.join("|")));
        }
        self.deeper(&bound.of.at)?;
        let pattern = match &bound.of.kind {
            Kind::Keyword(Keyword::String | Keyword::Any) => r"[\s\S]*".to_owned(),
            Kind::Keyword(Keyword::Number) => r"-?(?:0|[1-9]\d*)(?:\.\d+)?".to_owned(),
            Kind::Template { texts, types } => {
                let mut out = escaped(texts.first().map_or("", String::as_str));
                for (of, behind) in types.iter().zip(texts.iter().skip(1)) {
                    out += &self.pattern(&bound.inner(of))?;
                    out += &escaped(behind);
                }
                out
            }
            Kind::Union(all) => {
                let mut branches = Vec::new();
                for of in all {
                    branches.push(self.pattern(&bound.inner(of))?);
                }
                format!("(?:{})", branches.join("|"))
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.pattern(&inner)?,
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        self.pattern(&Bound { of, scope })?
                    }
                    _ => return Err(no_text(bound)),
                },
                _ => return Err(no_text(bound)),
            },
            _ => return Err(no_text(bound)),
        };
        self.higher();
        Ok(pattern)
    }

    /// The names that a type of keys stands for.
    pub(super) fn keys(&mut self, bound: &Bound<'a>) -> Outcome<Keys> {
        let mut keys = Keys::default();
        for part in self.parts(bound)? {
            self.add_keys(&part, &mut keys)?;
        }
        Ok(keys)
    }

    fn add_keys(&mut self, bound: &Bound<'a>, keys: &mut Keys) -> Outcome<()> {
        if let Some(texts) = self.texts(bound)? {
            for text in texts {
                if !keys.names.contains(&text) {
                    keys.names.push(text);
                }
            }
            return Ok(());
        }
        self.deeper(&bound.of.at)?;
        match &bound.of.kind {
            Kind::Keyword(Keyword::String | Keyword::Any) => keys.any_text = true,
            Kind::Keyword(Keyword::Number) => keys.any_number = true,
            Kind::Union(_) => {
                for part in self.parts(bound)? {
                    self.add_keys(&part, keys)?;
                }
            }
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.add_keys(&inner, keys)?,
                Meaning::Declared(declaration) => match &declaration.body {
                    Body::Alias(of) => {
                        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
                        self.add_keys(&Bound { of, scope }, keys)?;
                    }
                    _ => return Err(no_key(bound)),
                },
                _ => return Err(no_key(bound)),
            },
            _ => return Err(no_key(bound)),
        }
        self.higher();
        Ok(())
    }
}

fn no_text(bound: &Bound<'_>) -> Fault {
    Fault::new(&bound.of.at, "this does not stand in a template: write a text, `string`, `number` or a union of these")
}

fn no_key(bound: &Bound<'_>) -> Fault {
    Fault::new(&bound.of.at, "this names no properties: write `string`, `number`, or a union of texts")
}

/// The text as a pattern. Nothing else is escaped: with the flag `u`, as JSON Schema has it, ECMA-262 refuses `\-`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"^$\.*+?()[]{}|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A literal as it stands in a text.
fn text(value: &Literal) -> String {
    match value {
        Literal::Text(text) => text.clone(),
        other => literal(other).to_string(),
    }
}
