//! From a type to its schema.
use super::{
    ast::{Body, Declaration, Keyword, Kind, Literal, Place, Type},
    doc,
    fault::{Fault, Outcome},
    object::members_of,
    table::Table,
};
use serde_json::{Map, Number, Value, json};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

/// How deep types may contain one another, names followed.
const MAX_DEPTH: usize = 200;
/// The most steps of work, so that types that double at each name do not take for ever.
const MAX_STEPS: usize = 200_000;
/// The most types, each with its arguments.
const MAX_DEFINITIONS: usize = 5_000;

/// What the type parameters stand for.
pub(super) type Scope<'a> = Option<Rc<HashMap<&'a str, Bound<'a>>>>;

/// A type and what its parameters stand for.
#[derive(Debug, Clone)]
pub(super) struct Bound<'a> {
    pub(super) of: &'a Type,
    pub(super) scope: Scope<'a>,
}

impl<'a> Bound<'a> {
    /// A type within this one.
    pub(super) fn inner(&self, of: &'a Type) -> Bound<'a> {
        Bound { of, scope: self.scope.clone() }
    }
}

/// What a name stands for.
pub(super) enum Meaning<'a> {
    /// A parameter of the declaration.
    Parameter(Bound<'a>),
    Declared(&'a Declaration),
    /// A member of an enum.
    Member(&'a Literal),
    Unknown,
}

pub(super) struct Converter<'a> {
    text: &'a str,
    pub(super) table: Table<'a>,
    /// For each type that was referred to, with its arguments, the reference.
    references: HashMap<String, String>,
    names: HashSet<String>,
    /// Definitions that are still to be written.
    pending: VecDeque<(String, &'a Declaration, Scope<'a>)>,
    depth: usize,
    /// How deep joined properties lie in one another.
    pub(super) joins: usize,
    steps: usize,
}

impl<'a> Converter<'a> {
    pub(super) fn new(text: &'a str, table: Table<'a>) -> Self {
        Converter {
            text,
            table,
            references: HashMap::new(),
            names: HashSet::new(),
            pending: VecDeque::new(),
            depth: 0,
            joins: 0,
            steps: 0,
        }
    }

    /// The schema of the root, and the definitions that it refers to.
    pub(super) fn root(mut self, root: &'a Declaration) -> Outcome<(Value, Map<String, Value>)> {
        let scope = scope_of(root, &[], &None, &root.at)?;
        if root.parameters.is_empty() {
            self.references.insert(root.name.clone(), "#".to_owned());
        }
        let schema = self.declaration(root, &scope)?;
        let mut definitions = Map::new();
        while let Some((name, declaration, scope)) = self.pending.pop_front() {
            let schema = self.declaration(declaration, &scope)?;
            definitions.insert(name, schema);
        }
        Ok((schema, definitions))
    }

    fn declaration(&mut self, declaration: &'a Declaration, scope: &Scope<'a>) -> Outcome<Value> {
        let schema = match &declaration.body {
            Body::Interface { .. } => {
                let shape = self.interface(declaration, scope)?;
                self.object(shape)?
            }
            Body::Alias(of) => self.schema(&Bound { of, scope: scope.clone() })?,
            Body::Enum(members) => {
                let mut values: Vec<Value> = members.iter().map(|(_, value)| literal(value)).collect();
                let mut seen = HashSet::new();
                values.retain(|value| seen.insert(value.to_string()));
                json!({ "enum": values })
            }
        };
        self.documented(declaration.doc.as_ref(), schema)
    }

    /// The schema with what a doc comment says.
    pub(super) fn documented(&self, doc: Option<&Place>, schema: Value) -> Outcome<Value> {
        doc::apply(self.text, doc, schema)
    }

    /// The schema of a type.
    pub(super) fn schema(&mut self, bound: &Bound<'a>) -> Outcome<Value> {
        self.deeper(&bound.of.at)?;
        let schema = match &bound.of.kind {
            Kind::Keyword(keyword) => of_keyword(*keyword, &bound.of.at)?,
            Kind::Literal(value) => json!({ "const": literal(value) }),
            Kind::Template { .. } => self.template(bound)?,
            Kind::Array(of) => json!({ "type": "array", "items": self.schema(&bound.inner(of))? }),
            Kind::Tuple(_) => self.tuple(bound)?,
            Kind::Object(members) => {
                let shape = members_of(members, &bound.scope)?;
                self.object(shape)?
            }
            Kind::Union(_) => {
                let parts = self.parts(bound)?;
                self.union(&parts)?
            }
            Kind::Intersection(_) => self.intersection(bound)?,
            Kind::Named { name, arguments } => match self.meaning(bound, name) {
                Meaning::Parameter(inner) => self.schema(&inner)?,
                Meaning::Declared(declaration) => self.reference(bound, declaration, arguments)?,
                Meaning::Member(value) => json!({ "const": literal(value) }),
                Meaning::Unknown => self.utility(bound, name, arguments)?,
            },
        };
        self.depth -= 1;
        Ok(schema)
    }

    /// Goes a level down; whoever calls this goes up again.
    pub(super) fn deeper(&mut self, at: &Place) -> Outcome<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::new(at, "this type contains itself without end: put a property or an array between"));
        }
        self.spend(1, at)
    }

    /// Counts so much work.
    pub(super) fn spend(&mut self, steps: usize, at: &Place) -> Outcome<()> {
        self.steps += steps;
        if self.steps > MAX_STEPS {
            return Err(Fault::new(at, "the types come to too much: use each fewer times in intersections and unions"));
        }
        Ok(())
    }

    pub(super) fn higher(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn meaning(&self, bound: &Bound<'a>, name: &str) -> Meaning<'a> {
        if let Some(inner) = bound.scope.as_ref().and_then(|scope| scope.get(name)) {
            return Meaning::Parameter(inner.clone());
        }
        if let Some(declaration) = self.table.get(name) {
            return Meaning::Declared(declaration);
        }
        let member = name.split_once('.').and_then(|(of, member)| match &self.table.get(of)?.body {
            Body::Enum(members) => members.iter().find(|(name, _)| name == member).map(|(_, value)| value),
            _ => None,
        });
        member.map_or(Meaning::Unknown, Meaning::Member)
    }

    /// A reference to the definition of a declared type.
    fn reference(&mut self, bound: &Bound<'a>, declaration: &'a Declaration, arguments: &'a [Type]) -> Outcome<Value> {
        let scope = scope_of(declaration, arguments, &bound.scope, &bound.of.at)?;
        let (mut key, mut name) = (declaration.name.clone(), declaration.name.clone());
        for parameter in &declaration.parameters {
            let Some(argument) = scope.as_ref().and_then(|scope| scope.get(parameter.name.as_str())) else { continue };
            key = format!("{key}<{}", self.schema(argument)?);
            if let Kind::Named { name: argument, .. } = &argument.of.kind {
                name = format!("{name}_{argument}");
            }
        }
        if let Some(reference) = self.references.get(&key) {
            return Ok(json!({ "$ref": reference }));
        }
        if self.references.len() >= MAX_DEFINITIONS {
            let why = format!("the text comes to more than {MAX_DEFINITIONS} types: a type grows without end here");
            return Err(Fault::new(&bound.of.at, why));
        }
        let name = self.unique(&name);
        let reference = format!("#/$defs/{name}");
        self.references.insert(key, reference.clone());
        self.pending.push_back((name, declaration, scope));
        Ok(json!({ "$ref": reference }))
    }

    /// A name of a definition, of characters that need no escape.
    fn unique(&mut self, near: &str) -> String {
        let base: String = near.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let mut name = base.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        name
    }
}

/// What the parameters of a declaration stand for, given the arguments and where they stand.
pub(super) fn scope_of<'a>(
    declaration: &'a Declaration,
    arguments: &'a [Type],
    outer: &Scope<'a>,
    at: &Place,
) -> Outcome<Scope<'a>> {
    let name = &declaration.name;
    if arguments.len() > declaration.parameters.len() {
        let count = declaration.parameters.len();
        let why = match count {
            0 => format!("`{name}` takes no type arguments: remove them"),
            _ => format!("`{name}` takes only {count} of these type arguments: remove the others"),
        };
        return Err(Fault::new(at, why));
    }
    let mut scope: HashMap<&'a str, Bound<'a>> = HashMap::new();
    for (place, parameter) in declaration.parameters.iter().enumerate() {
        let bound = match (arguments.get(place), &parameter.default) {
            (Some(of), _) => Bound { of, scope: outer.clone() },
            // A default may use the parameters before it.
            (None, Some(of)) => Bound { of, scope: Some(Rc::new(scope.clone())) },
            (None, None) => {
                let why = format!("`{name}` needs a type argument for `{}`: write `{name}<...>`", parameter.name);
                return Err(Fault::new(at, why));
            }
        };
        scope.insert(&parameter.name, bound);
    }
    Ok(Some(Rc::new(scope)))
}

fn of_keyword(keyword: Keyword, at: &Place) -> Outcome<Value> {
    Ok(match keyword {
        Keyword::Any => Value::Bool(true),
        Keyword::Never => Value::Bool(false),
        Keyword::Object => json!({ "type": "object", "additionalProperties": true }),
        Keyword::String => json!({ "type": "string" }),
        Keyword::Number => json!({ "type": "number" }),
        Keyword::Boolean => json!({ "type": "boolean" }),
        Keyword::Null => json!({ "type": "null" }),
        Keyword::Undefined => {
            let why = "JSON has no `undefined`: make the property optional with `?`, or write `null`";
            return Err(Fault::new(at, why));
        }
    })
}

/// The value of a literal.
pub(super) fn literal(value: &Literal) -> Value {
    match value {
        Literal::Text(text) => Value::from(text.as_str()),
        Literal::Boolean(value) => Value::from(*value),
        Literal::Number(number) => {
            // Whole numbers that a double tells apart from their neighbours, without a point.
            #[expect(clippy::cast_possible_truncation, reason = "it is below 2⁵³ and has no fraction")]
            let whole = (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(*number as i64);
            match whole {
                Some(whole) => Value::from(whole),
                None => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            }
        }
    }
}
