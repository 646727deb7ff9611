//! From a type or a schema to the grammar.
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::{
    build::build,
    lower::{Written, lower},
    options::{Options, Settings},
    prune::prune,
    report::Report,
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
        grammar(&schema_for_type::<T>(), Options::typed(), true)
    }

    /// The grammar of the JSON texts that satisfy a schema, its objects closed; [`Options`] has other ways.
    ///
    /// Every sentence is a valid instance; not every instance is a sentence. [The module](super) says which are, and
    /// what cannot be kept.
    ///
    /// ```
    /// # use catena::{ErrorKind, Grammar};
    /// let error = Grammar::from_schema(&serde_json::json!({"type": "string", "pattern": r"(a+)\1"})).unwrap_err();
    /// assert_eq!((error.kind(), error.path()), (ErrorKind::Schema, Some("/pattern")));
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Schema`] and the JSON pointer of the keyword, if the schema is malformed, describes no value,
    /// or holds what cannot be kept.
    pub fn from_schema(schema: &Value) -> Result<Self> {
        grammar(schema, Options::typed(), false)
    }
}

/// A grammar made from a schema, and what became of each keyword.
#[derive(Debug, Clone)]
pub struct Compiled {
    grammar: Grammar,
    report: Report,
}

impl Compiled {
    /// The grammar.
    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// What became of each keyword.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The grammar alone.
    pub fn into_grammar(self) -> Grammar {
        self.grammar
    }
}

impl Options {
    /// Makes the grammar of the JSON texts that satisfy a schema.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Schema`] and the JSON pointer of the keyword, if the schema is malformed, describes no value,
    /// or holds what cannot be kept.
    pub fn compile(&self, schema: &Value) -> Result<Compiled> {
        let settings = Settings { options: self.clone(), of_type: false, report: Some(Report::default()) };
        let (written, settings) = written(schema, settings)?;
        let mut report = settings.report.unwrap_or_default();
        report.finish();
        Ok(Compiled { grammar: checked(written)?, report })
    }

    /// The text of that grammar, as quickly as can be: neither is it read again nor is a report kept.
    ///
    /// # Errors
    ///
    /// Those of [`compile`](Self::compile).
    pub fn text(&self, schema: &Value) -> Result<String> {
        let settings = Settings { options: self.clone(), of_type: false, report: None };
        Ok(written(schema, settings)?.0.into_text())
    }
}

fn grammar(schema: &Value, options: Options, of_type: bool) -> Result<Grammar> {
    checked(written(schema, Settings { options, of_type, report: None })?.0)
}

fn written(schema: &Value, settings: Settings) -> Result<(Written, Settings)> {
    let (mut ir, mut settings) = build(schema, settings)?;
    prune(&mut ir, &mut settings)?;
    Ok((lower(&ir, &settings.options)?, settings))
}

fn checked(written: Written) -> Result<Grammar> {
    Grammar::from_ast(written.into_ast()?, "root").map_err(|error| {
        let message = format!("the grammar of the schema cannot be used: {}", error.message());
        Error::new(ErrorKind::Schema, message).with_path("#").with_source(error)
    })
}
