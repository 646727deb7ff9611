//! Which variables a template takes, and whether those given fit.
use super::vars::{Vars, to_value};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::Value;
use std::{any::Any, borrow::Cow, collections::BTreeSet};

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

/// The input side of a template: its names, what was filled in ahead, and how strict it is.
#[derive(Debug, Clone)]
pub(super) struct Inputs {
    names: Names,
    partial: Vars,
    // A struct may have fields a template does not use; a variable given by name is meant for it.
    unknown_allowed: bool,
}

impl Inputs {
    pub(super) fn new(names: Names, unknown_allowed: bool) -> Self {
        Inputs { names, partial: Vars::new(), unknown_allowed }
    }

    /// The names that may be given, sorted.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> =
            self.names.required.iter().chain(&self.names.optional).map(String::as_str).collect();
        names.into_iter().filter(|name| self.partial.get(name).is_none())
    }

    /// Fills a variable in ahead; a value given later takes its place.
    pub(super) fn fill(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        if !self.names.required.contains(name) && !self.names.optional.contains(name) {
            let expected = list(self.variables());
            let message = format!("variable `{name}` is unknown to the template; it takes {expected}");
            return Err(Error::new(ErrorKind::Variables, message));
        }
        self.partial.insert(name, value);
        self.partial.checked()?;
        if self.names.printed.contains(name) && self.partial.get(name).is_some_and(Value::is_null) {
            return Err(Error::new(
                ErrorKind::Variables,
                format!("variable `{name}` cannot be null: null is no value"),
            ));
        }
        if self.names.required.remove(name) {
            self.names.optional.insert(name.to_owned());
        }
        Ok(())
    }

    /// The names that are not filled in ahead.
    pub(super) fn open_names(&self) -> Names {
        let mut names = self.names.clone();
        names.optional.retain(|name| self.partial.get(name).is_none());
        names.printed.retain(|name| self.partial.get(name).is_none());
        names
    }

    /// These variables, with those filled in ahead in place of theirs.
    pub(super) fn overlay<'a>(&self, vars: &'a Vars) -> Cow<'a, Vars> {
        let mut vars = Cow::Borrowed(vars);
        for (name, value) in self.partial.iter() {
            vars.to_mut().insert(name, value);
        }
        vars
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
        for (name, value) in self.partial.iter() {
            if vars.get(name).is_none() {
                vars.to_mut().insert(name, value);
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
