//! From a type or a schema to the grammar.
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::{
    build::{Target, build},
    lower::lower,
    prune::prune,
};
use crate::{Error, ErrorKind, Grammar, Result};

/// The JSON Schema of the text that serde reads a type from.
///
/// It is what schemars derives for draft 2020-12 with the deserialize contract: fields with a default and `Option`s
/// are not required, and properties stand in the order of the declaration.
///
/// ```
/// #[derive(schemars::JsonSchema)]
/// struct City {
///     name: String,
///     mayor: Option<String>,
/// }
///
/// let schema = catena::structured::schema_for_type::<City>();
/// assert_eq!(schema["required"], serde_json::json!(["name"]));
/// ```
pub fn schema_for_type<T: JsonSchema + ?Sized>() -> Value {
    SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}

/// The grammar of the JSON texts that serde reads as a type, the same as [`Grammar::from_type`].
///
/// # Errors
///
/// With [`ErrorKind::Schema`], as there.
pub fn grammar_for_type<T: JsonSchema + ?Sized>() -> Result<Grammar> {
    compile(&schema_for_type::<T>(), Target::Type)
}

/// The grammar of the JSON texts that satisfy a schema, the same as [`Grammar::from_schema`].
///
/// # Errors
///
/// With [`ErrorKind::Schema`], as there.
pub fn grammar_for_schema(schema: &Value) -> Result<Grammar> {
    compile(schema, Target::Schema)
}

/// Grammars of JSON texts.
impl Grammar {
    /// The grammar of the JSON texts that serde reads as a type, by its [schema](schema_for_type).
    ///
    /// Every sentence is a value of the type. [The module](super) says what is written and what cannot be.
    ///
    /// ```
    /// # use catena::Grammar;
    /// #[derive(schemars::JsonSchema)]
    /// struct Answer {
    ///     correct: bool,
    /// }
    ///
    /// let grammar = Grammar::from_type::<Answer>()?;
    /// assert_eq!(grammar.text(), "root ::= \"{\\\"correct\\\":\" (\"true\" | \"false\") \"}\"\n");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Schema`] and the JSON pointer of the keyword, if part of the type's schema cannot be kept.
    pub fn from_type<T: JsonSchema + ?Sized>() -> Result<Self> {
        grammar_for_type::<T>()
    }

    /// The grammar of the JSON texts that satisfy a schema of draft 2020-12.
    ///
    /// Every sentence is a valid instance; not every instance is a sentence. [The module](super) says which are, and
    /// what cannot be kept.
    ///
    /// ```
    /// # use catena::{ErrorKind, Grammar};
    /// let error = Grammar::from_schema(&serde_json::json!({"type": "string", "pattern": "a+"})).unwrap_err();
    /// assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some("/pattern")));
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Schema`] and the JSON pointer of the keyword, if the schema is malformed, describes no value,
    /// or holds what cannot be kept.
    pub fn from_schema(schema: &Value) -> Result<Self> {
        grammar_for_schema(schema)
    }
}

fn compile(schema: &Value, target: Target) -> Result<Grammar> {
    let mut ir = build(schema, target)?;
    prune(&mut ir)?;
    Grammar::from_ast(lower(&ir)?, "root").map_err(|error| {
        let message = format!("the grammar of the schema cannot be used: {}", error.message());
        Error::new(ErrorKind::Schema, message).with_path("#").with_source(error)
    })
}
