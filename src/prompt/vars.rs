//! The variables that fill a template.
use crate::{Error, ErrorKind, Result};
use serde::{Serialize, Serializer, ser};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// The variables that fill a template: values by name, in the order they were given.
///
/// A value is anything that serializes: text, numbers, lists, structs, messages. When a name is given twice, the later
/// value holds. A value that cannot be represented (its `Serialize` fails, or a map in it has keys that are no text)
/// makes the *render* fail, with kind [`Variables`](ErrorKind::Variables), so that building never has to.
///
/// ```
/// use catena::{Message, Template, Vars};
/// let template = Template::new("{count} facts about {topic}")?;
/// let vars = Vars::new().with("topic", "tides").with("count", 3);
/// assert_eq!(template.format(&vars)?, "3 facts about tides");
/// // values of one type fit into an array
/// let vars = Vars::from([("topic", "tides"), ("count", "three")]);
/// assert_eq!(template.format(&vars)?, "three facts about tides");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vars {
    values: Map<String, Value>,
    // The first value that could not be represented.
    failed: Option<Error>,
}

impl Vars {
    /// No variables.
    pub fn new() -> Self {
        Vars::default()
    }

    /// The same variables and this one.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.insert(name, value);
        self
    }

    /// Adds a variable, or replaces its value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Serialize) {
        let name = name.into();
        match serde_json::to_value(value) {
            Ok(value) => {
                self.values.insert(name, value);
            }
            Err(cause) => {
                let error = Error::new(
                    ErrorKind::Variables,
                    format!("the value of variable `{name}` cannot be represented: {cause}"),
                );
                self.failed.get_or_insert(error.with_source(cause));
            }
        }
    }

    /// The fields of a struct, or the entries of a map, as variables.
    ///
    /// # Errors
    /// [`Variables`](ErrorKind::Variables) for a value that is no struct and no map, or that cannot be represented.
    pub fn from_fields<T: Serialize + ?Sized>(fields: &T) -> Result<Self> {
        match to_value(fields)? {
            Value::Object(values) => Ok(Vars::from(values)),
            _ => Err(Error::new(ErrorKind::Variables, "only a struct or a map with text as keys has named variables")),
        }
    }

    /// Only the variables whose names are kept.
    pub(crate) fn keeping(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.values.retain(|name, _| keep(name));
        self
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The value of a variable that is text: what a router or a branch mostly asks for.
    ///
    /// ```
    /// use catena::Vars;
    /// let vars = Vars::new().with("topic", "oaks").with("count", 3);
    /// assert_eq!((vars.text("topic"), vars.text("count"), vars.text("other")), (Some("oaks"), None, None));
    /// ```
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The variables, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many variables there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no variables.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values, unless one of them could not be represented.
    pub(super) fn checked(&self) -> Result<&Map<String, Value>> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => Ok(&self.values),
        }
    }
}

pub(super) fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| {
        Error::new(ErrorKind::Variables, format!("the variables cannot be represented: {cause}")).with_source(cause)
    })
}

impl<K: Into<String>, V: Serialize> Extend<(K, V)> for Vars {
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, variables: T) {
        for (name, value) in variables {
            self.insert(name, value);
        }
    }
}

impl<K: Into<String>, V: Serialize> FromIterator<(K, V)> for Vars {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(variables: T) -> Self {
        let mut vars = Vars::new();
        vars.extend(variables);
        vars
    }
}

impl<K: Into<String>, V: Serialize, const N: usize> From<[(K, V); N]> for Vars {
    fn from(variables: [(K, V); N]) -> Self {
        variables.into_iter().collect()
    }
}

impl<V: Serialize> From<BTreeMap<String, V>> for Vars {
    fn from(variables: BTreeMap<String, V>) -> Self {
        variables.into_iter().collect()
    }
}

impl<V: Serialize, S> From<HashMap<String, V, S>> for Vars {
    fn from(variables: HashMap<String, V, S>) -> Self {
        variables.into_iter().collect()
    }
}

impl From<Map<String, Value>> for Vars {
    fn from(values: Map<String, Value>) -> Self {
        Vars { values, failed: None }
    }
}

impl Serialize for Vars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.checked().map_err(ser::Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_keep_their_order_and_the_last_value_holds() {
        let vars = Vars::from([("b", 1), ("a", 2), ("b", 3)]);
        assert_eq!(vars.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(vars.get("b"), Some(&Value::from(3)));
        assert_eq!((vars.len(), vars.is_empty()), (2, false));
    }

    #[test]
    fn a_value_that_cannot_be_represented_is_reported_by_name() {
        let keys = BTreeMap::from([(vec![1], 2)]);
        let error = Vars::new().with("good", 1).with("table", keys).checked().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Variables);
        assert!(error.message().contains("`table`"), "{error}");
        assert_eq!(Vars::from_fields(&3).unwrap_err().kind(), ErrorKind::Variables);
    }
}
