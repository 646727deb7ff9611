//! Which variables a template takes, and whether those given fit.
use super::vars::{Vars, to_value};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::{
    any::Any,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// The variables a text names.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Must be given.
    pub(super) required: BTreeSet<String>,
    /// May be given.
    pub(super) optional: BTreeSet<String>,
    /// Of the required: must be more than null.
    pub(super) printed: BTreeSet<String>,
}

impl Names {
    /// The names of both; what one of them requires is required.
    pub(super) fn join(&mut self, other: &Names) {
        self.required.extend(other.required.iter().cloned());
        self.printed.extend(other.printed.iter().cloned());
        self.optional.extend(other.optional.iter().cloned());
        let required = &self.required;
        self.optional.retain(|name| !required.contains(name));
    }
}

/// A variable that was filled in ahead.
#[derive(Clone)]
pub(super) enum Filled {
    With(Value),
    /// Made anew each time the template is filled.
    By(Arc<dyn Fn() -> Result<Value> + Send + Sync>),
}

impl Filled {
    pub(super) fn value(&self) -> Result<Value> {
        match self {
            Filled::With(value) => Ok(value.clone()),
            Filled::By(make) => make(),
        }
    }
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filled::With(value) => value.fmt(f),
            Filled::By(_) => f.write_str("closure"),
        }
    }
}

/// The input side of a template: its names, what was filled in ahead, and how strict it is.
#[derive(Debug, Clone)]
pub(super) struct Inputs {
    names: Names,
    partial: BTreeMap<String, Filled>,
    // A struct may have fields a template does not use; a variable given by name is meant for it.
    unknown_allowed: bool,
}

impl Inputs {
    pub(super) fn new(names: Names, unknown_allowed: bool) -> Self {
        Inputs { names, partial: BTreeMap::new(), unknown_allowed }
    }

    /// The names that may be given, sorted.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> =
            self.names.required.iter().chain(&self.names.optional).map(String::as_str).collect();
        names.into_iter().filter(|name| !self.partial.contains_key(*name))
    }

    /// Fills a variable in ahead; a value given later takes its place.
    pub(super) fn fill(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        self.known(name)?;
        let value = one_value(name, value)?;
        if self.names.printed.contains(name) && value.is_null() {
            return Err(Error::new(
                ErrorKind::Variables,
                format!("variable `{name}` cannot be null: null is no value"),
            ));
        }
        self.take(name, Filled::With(value));
        Ok(())
    }

    /// As [`fill`](Inputs::fill), with what this gives each time.
    pub(super) fn fill_by<T: Serialize>(
        &mut self,
        name: &str,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<()> {
        self.known(name)?;
        let owned = name.to_owned();
        self.take(name, Filled::By(Arc::new(move || one_value(&owned, make()))));
        Ok(())
    }

    /// Fills in ahead what others were filled with, where the name is known and open.
    pub(super) fn fill_from(&mut self, other: &Inputs) {
        for (name, filled) in &other.partial {
            if self.variables().any(|known| known == name) {
                self.take(name, filled.clone());
            }
        }
    }

    /// What a variable was filled in with.
    pub(super) fn filled(&self, name: &str) -> Option<&Filled> {
        self.partial.get(name)
    }

    /// The variables that were filled in ahead, sorted.
    pub(super) fn all_filled(&self) -> impl Iterator<Item = (&String, &Filled)> {
        self.partial.iter()
    }

    /// Whether a struct may have more fields than the template takes.
    pub(super) fn unknown_allowed(&self) -> bool {
        self.unknown_allowed
    }

    fn take(&mut self, name: &str, filled: Filled) {
        self.partial.insert(name.to_owned(), filled);
        if self.names.required.remove(name) {
            self.names.optional.insert(name.to_owned());
        }
    }

    fn known(&self, name: &str) -> Result<()> {
        if !self.names.required.contains(name) && !self.names.optional.contains(name) {
            let expected = list(self.variables());
            let message = format!("variable `{name}` is unknown to the template; it takes {expected}");
            return Err(Error::new(ErrorKind::Variables, message));
        }
        Ok(())
    }

    /// The JSON schema of the variables: their names, which of them must be given, and whether there may be others.
    pub(super) fn schema(&self) -> Value {
        let properties: Map<String, Value> = self.variables().map(|name| (name.to_owned(), json!({}))).collect();
        let required: Vec<&String> = self.names.required.iter().collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": self.unknown_allowed,
        })
    }

    /// The names that are not filled in ahead.
    pub(super) fn open_names(&self) -> Names {
        let mut names = self.names.clone();
        names.optional.retain(|name| !self.partial.contains_key(name));
        names.printed.retain(|name| !self.partial.contains_key(name));
        names
    }

    /// These variables, with those filled in ahead in place of theirs.
    pub(super) fn overlay<'a>(&self, vars: &'a Vars) -> Result<Cow<'a, Vars>> {
        let mut vars = Cow::Borrowed(vars);
        for (name, filled) in &self.partial {
            let value = filled.value()?;
            if value.is_null() && self.names.printed.contains(name) {
                let message = format!("variable `{name}` was filled in with null: null is no value");
                return Err(Error::new(ErrorKind::Variables, message));
            }
            vars.to_mut().insert(name, value);
        }
        Ok(vars)
    }

    /// The variables to fill the template with, checked against its names.
    pub(super) fn resolve<'a, V: Serialize + 'static>(&self, vars: &'a V) -> Result<Cow<'a, Vars>> {
        let mut vars = match (vars as &dyn Any).downcast_ref::<Vars>() {
            Some(vars) => {
                vars.checked()?;
                Cow::Borrowed(vars)
            }
            None => Cow::Owned(self.named(to_value(vars)?)?),
        };
        for (name, filled) in &self.partial {
            if vars.get(name).is_none() {
                vars.to_mut().insert(name, filled.value()?);
            }
        }
        self.check(&vars)?;
        Ok(vars)
    }

    /// A value that has no named parts fills the one variable there is.
    fn named(&self, value: Value) -> Result<Vars> {
        let mut required = self.names.required.iter();
        match (value, required.next(), required.next()) {
            (Value::Object(values), ..) => Ok(Vars::from(values)),
            (Value::Null, None, _) => Ok(Vars::new()),
            (value, Some(name), None) => Ok(Vars::from([(name.as_str(), value)])),
            _ => Err(Error::new(
                ErrorKind::Variables,
                format!(
                    "a value without named fields fills a template with exactly one variable, this one takes {}; give a \
                     struct or `Vars`",
                    list(self.variables())
                ),
            )),
        }
    }

    fn check(&self, vars: &Vars) -> Result<()> {
        let names = &self.names;
        let absent = |name: &&String| match vars.get(name) {
            None => names.required.contains(*name),
            Some(value) => value.is_null() && names.printed.contains(*name),
        };
        let missing: Vec<&str> = names.required.union(&names.printed).filter(absent).map(String::as_str).collect();
        let known = |name: &str| names.required.contains(name) || names.optional.contains(name);
        let unknown: Vec<&str> = if self.unknown_allowed {
            vec![]
        } else {
            vars.iter().map(|(name, _)| name).filter(|name| !known(name)).collect()
        };
        if missing.is_empty() && unknown.is_empty() { Ok(()) } else { Err(self.mismatch(&missing, &unknown, vars)) }
    }

    fn mismatch(&self, missing: &[&str], unknown: &[&str], vars: &Vars) -> Error {
        let null = missing.iter().any(|name| vars.get(name).is_some());
        let parts = [
            (!missing.is_empty()).then(|| {
                format!("missing {}{}", list(missing.iter().copied()), if null { " (null is no value)" } else { "" })
            }),
            (!unknown.is_empty()).then(|| format!("unknown {}", list(unknown.iter().copied()))),
            Some(self.given_and_expected(vars)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Error::new(ErrorKind::Variables, format!("the variables do not fit the template: {}", parts.join("; ")))
    }

    pub(super) fn given_and_expected(&self, vars: &Vars) -> String {
        format!("given {}; expected {}", list(vars.iter().map(|(name, _)| name)), list(self.variables()))
    }
}

/// The value of one variable.
fn one_value(name: &str, value: impl Serialize) -> Result<Value> {
    let vars = Vars::new().with(name, value);
    Ok(vars.checked()?.get(name).cloned().unwrap_or_default())
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(unknown_allowed: bool) -> Inputs {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let names = Names { required: set(&["a", "b"]), optional: set(&["o"]), printed: set(&["a"]) };
        Inputs::new(names, unknown_allowed)
    }

    #[test]
    fn the_error_names_everything() {
        let error = inputs(false).resolve(&Vars::from([("b", 1), ("c", 2)])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Variables);
        assert_eq!(
            error.message(),
            "the variables do not fit the template: missing `a`; unknown `c`; given `b`, `c`; expected `a`, `b`, `o`"
        );
    }

    #[test]
    fn null_is_no_value_where_it_would_be_printed() {
        let error = inputs(false).resolve(&Vars::from([("a", None::<u8>), ("b", None)])).unwrap_err();
        assert!(error.message().contains("missing `a` (null is no value);"), "{error}");
        assert!(inputs(false).resolve(&Vars::from([("a", Some(1)), ("b", None)])).is_ok());
    }

    #[test]
    fn a_struct_may_have_more_fields_and_a_bare_value_fills_the_only_variable() {
        #[derive(Serialize)]
        struct Wide {
            a: u8,
            b: u8,
            c: u8,
        }
        let vars = inputs(true).resolve(&Wide { a: 1, b: 2, c: 3 }).unwrap().into_owned();
        assert_eq!(vars.get("b"), Some(&Value::from(2)));
        let mut one = inputs(true);
        assert!(one.resolve(&"x".to_owned()).unwrap_err().message().contains("exactly one variable"));
        one.fill("a", "filled").unwrap();
        let vars = one.resolve(&"x".to_owned()).unwrap().into_owned();
        assert_eq!(vars.iter().map(|(_, value)| value.as_str().unwrap()).collect::<Vec<_>>(), ["x", "filled"]);
        assert_eq!(one.fill("a", None::<u8>).unwrap_err().kind(), ErrorKind::Variables);
        assert_eq!(one.fill("nope", 1).unwrap_err().kind(), ErrorKind::Variables);
        assert_eq!(one.variables().collect::<Vec<_>>(), ["b", "o"]);
    }
}
