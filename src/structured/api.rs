//! From a type or a schema to the grammar.
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::{
    build::{Target, build},
    lower::lower,
    prune::prune,
};
use crate::{Grammar, Result};

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

/// The grammar of the JSON texts that serde reads as a type.
///
/// Duplicates are possible in sets, which serde reads as one item.
///
/// # Errors
///
/// [`ErrorKind::Schema`](crate::ErrorKind::Schema), with the JSON pointer of the keyword, if part of the type's schema
/// cannot be kept: see [the module](super).
pub fn grammar_for_type<T: JsonSchema + ?Sized>() -> Result<Grammar> {
    compile(&schema_for_type::<T>(), Target::Type)
}

/// The grammar of the JSON texts that satisfy a schema of draft 2020-12.
///
/// # Errors
///
/// [`ErrorKind::Schema`](crate::ErrorKind::Schema), with the JSON pointer of the keyword, if the schema is malformed,
/// describes no value, or holds what no grammar here can keep: see [the module](super).
pub fn grammar_for_schema(schema: &Value) -> Result<Grammar> {
    compile(schema, Target::Schema)
}

fn compile(schema: &Value, target: Target) -> Result<Grammar> {
    let mut ir = build(schema, target)?;
    prune(&mut ir)?;
    Grammar::from_ast(lower(&ir)?, "root")
}

impl Grammar {
    /// The grammar of the JSON texts that serde reads as a type: [`grammar_for_type`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema), with the JSON pointer of the keyword.
    pub fn from_type<T: JsonSchema + ?Sized>() -> Result<Self> {
        grammar_for_type::<T>()
    }

    /// The grammar of the JSON texts that satisfy a schema: [`grammar_for_schema`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema), with the JSON pointer of the keyword.
    pub fn from_schema(schema: &Value) -> Result<Self> {
        grammar_for_schema(schema)
    }
}
