//! From a text to the schema of its root.
use super::{convert::Converter, fault::Fault, parser, table::Table, utility::unknown};
use crate::{Error, ErrorKind, Grammar, Result};
use serde_json::{Map, Value};

/// The JSON Schema (draft 2020-12) of a type in a text of TypeScript declarations.
///
/// `root` is the type's name, or any type written with the declared ones, such as `Page<User>[]`. Without it the root is
/// the declaration that no other refers to; where there are none or several, the one that is exported.
/// [The module](super) says what is read.
///
/// ```
/// let text = "
///     /** A city. */
///     interface City {
///         name: string;
///         /** @integer
///          *  @minimum 0 */
///         people?: number;
///     }
/// ";
/// let schema = catena::typescript::schema(text, None)?;
/// assert_eq!(schema["properties"]["people"], serde_json::json!({"type": "integer", "minimum": 0}));
/// assert_eq!(schema["required"], serde_json::json!(["name"]));
/// # Ok::<(), catena::Error>(())
/// ```
///
/// # Errors
///
/// With [`ErrorKind::Schema`] and the place in the text, where it cannot be read or holds what JSON has not; without a
/// place, where the root is not clear or not declared.
pub fn schema(text: &str, root: Option<&str>) -> Result<Value> {
    let declarations = parser::declarations(text).map_err(|fault| fault.in_text(text))?;
    let table = Table::new(&declarations).map_err(|fault| fault.in_text(text))?;
    let fault = |message| Error::new(ErrorKind::Schema, message);
    let root = match root {
        None => match (table.root(), table.undeclared()) {
            (Ok(root), _) => root,
            // A name with a slip leaves the type that was meant without a use.
            (Err(_), Some((name, at))) => return Err(Fault::new(at, unknown(name, &table)).in_text(text)),
            (Err(why), None) => return Err(fault(why)),
        },
        Some(name) => match table.get(name.trim()) {
            Some(declaration) => declaration,
            None if is_name(name) => {
                return Err(fault(format!("no type is named `{name}`: {} are declared", table.names())));
            }
            None => return schema_of(text, name, &table),
        },
    };
    let title = root.name.clone();
    let (schema, definitions) = Converter::new(text, table).root(root).map_err(|fault| fault.in_text(text))?;
    Ok(document(Some(title), schema, definitions))
}

/// The schema of a type that is written with the declared ones.
fn schema_of(text: &str, root: &str, table: &Table<'_>) -> Result<Value> {
    let mut name = "Root".to_owned();
    while table.get(&name).is_some() {
        name.push('_');
    }
    let text = format!("{text}\ntype {name} = {root};");
    let declarations = parser::declarations(&text).map_err(|fault| fault.in_text(&text))?;
    let table = Table::new(&declarations).map_err(|fault| fault.in_text(&text))?;
    let Some(declaration) = table.get(&name) else {
        return Err(Error::new(ErrorKind::Schema, format!("`{root}` is no type: name one of {}", table.names())));
    };
    let converted = Converter::new(&text, table).root(declaration);
    let (schema, definitions) = converted.map_err(|fault| fault.in_text(&text))?;
    Ok(document(None, schema, definitions))
}

fn is_name(text: &str) -> bool {
    text.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
}

fn document(title: Option<String>, schema: Value, definitions: Map<String, Value>) -> Value {
    let mut out = Map::new();
    out.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    out.extend(title.map(|title| ("title".to_owned(), title.into())));
    match schema {
        Value::Object(schema) => out.extend(schema),
        Value::Bool(false) => drop(out.insert("not".to_owned(), Value::Object(Map::new()))),
        _ => {}
    }
    if !definitions.is_empty() {
        out.insert("$defs".to_owned(), definitions.into());
    }
    Value::Object(out)
}

/// Grammars of TypeScript's types.
impl Grammar {
    /// The grammar of the JSON texts of a type in a text of TypeScript declarations, by its [schema].
    ///
    /// ```
    /// # use catena::Grammar;
    /// let grammar = Grammar::from_typescript("type Answer = { verdict: 'yes' | 'no', why?: string }", None)?;
    /// assert!(grammar.matches(r#"{"verdict":"no"}"#)?);
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`schema`] and of [`from_schema`](Self::from_schema).
    pub fn from_typescript(text: &str, root: Option<&str>) -> Result<Self> {
        Self::from_schema(&schema(text, root)?)
    }
}
