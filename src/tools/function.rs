//! A function that a model may call.
use crate::{
    DynRunnable, Error, ErrorKind, Grammar, Graph, Parts, Result, RunConfig, RunContext, Runnable, StepKind,
    structured::schema_for_type,
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

/// A function that a model may call, with a name, a description and the type of what it takes. Cheap to clone.
///
/// The function is any step: an async function or closure, or a chain. What it takes is an object that the schema of its
/// type describes, so a struct; doc comments on the fields tell the model what they mean.
///
/// ```
/// use catena::{Result, Tool};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct Sum {
///     /// What to add up.
///     numbers: Vec<f64>,
/// }
///
/// async fn sum(input: Sum) -> Result<f64> {
///     Ok(input.numbers.iter().sum())
/// }
///
/// let tool = Tool::new("sum", "Adds numbers up.", sum)?;
/// assert!(tool.grammar().matches(r#"{"numbers":[1,2.5]}"#)?);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone)]
pub struct Tool {
    name: Arc<str>,
    description: Arc<str>,
    schema: Arc<Value>,
    grammar: Grammar,
    step: DynRunnable<Value, String>,
    telling_errors: bool,
}

impl Tool {
    /// A tool of this name, described to the model like this.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for a name that is not 1 to 64 letters, digits, `_` or `-`, or for a type
    /// that is no object; [`Schema`](ErrorKind::Schema) for a type that no grammar can hold a model to.
    pub fn new<I, R>(name: impl Into<String>, description: impl Into<String>, step: R) -> Result<Self>
    where
        I: DeserializeOwned + JsonSchema + Send + 'static,
        R: Runnable<I, Output: Serialize> + 'static,
    {
        let step = DynRunnable::new(Calling { step, input: PhantomData });
        Tool::made(name.into(), description.into(), schema_for_type::<I>(), |_| Grammar::from_type::<I>(), step)
    }

    /// A tool that is only declared: who declared it calls it.
    #[cfg(feature = "langchain-rust")]
    pub(crate) fn declared(name: &str, description: &str, schema: Value) -> Result<Self> {
        let refused =
            |_: Value| async { Err(Error::new(ErrorKind::Unsupported, "a declared tool is not called here")) };
        let step = DynRunnable::<Value, String>::new(refused);
        Tool::made(name.to_owned(), description.to_owned(), schema, Grammar::from_schema, step)
    }

    fn made(
        name: String,
        description: String,
        schema: Value,
        grammar: impl FnOnce(&Value) -> Result<Grammar>,
        step: DynRunnable<Value, String>,
    ) -> Result<Self> {
        let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !(1..=64).contains(&name.len()) || !name.chars().all(of_name) {
            let message = format!("`{name}` is not a tool's name: use 1 to 64 letters, digits, `_` or `-`");
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        if schema.get("type").is_none_or(|kind| kind != "object") {
            let message = format!("tool `{name}` takes no object: let its function take a struct");
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        let grammar = grammar(&schema)?;
        let (name, description, schema) = (name.into(), description.into(), schema.into());
        Ok(Tool { name, description, schema, grammar, step, telling_errors: false })
    }

    /// The same tool, an error of it being told to the model instead of ending an [`Agent`](super::Agent)'s run.
    #[doc(alias = "handle_tool_error")]
    #[must_use]
    pub fn telling_errors(mut self) -> Self {
        self.telling_errors = true;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the model is told about it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The JSON schema of what it takes.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The grammar of what it takes.
    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// What it is made of, as a step that a model calls.
    pub(super) fn graph(&self) -> Graph {
        let inner = Parts::Inner(Box::new(self.step.graph()));
        let graph = Graph::of::<Value, String>(self.name(), StepKind::Tool).with_parts(inner);
        graph.with_input_schema(self.schema().clone())
    }

    /// Calls it, as a run of its name. Gives what the function gives: text as it is, anything else as JSON.
    ///
    /// # Errors
    /// [`Parse`](ErrorKind::Parse) for arguments that are not what it takes, and those of the function.
    pub async fn call(&self, arguments: Value, cx: &RunContext) -> Result<String> {
        let called = cx.step(self.name.to_string(), &self.step, arguments).await;
        match called {
            Err(error) if self.telling_errors && error.kind() != ErrorKind::Aborted => Ok(format!("error: {error}")),
            called => called,
        }
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tool { name, description, telling_errors, .. } = self;
        f.debug_struct("Tool")
            .field("name", name)
            .field("description", description)
            .field("telling_errors", telling_errors)
            .finish_non_exhaustive()
    }
}

/// A step from its own type as one from JSON to text.
struct Calling<I, R> {
    step: R,
    input: PhantomData<fn(I)>,
}

impl<I, R> Runnable<Value> for Calling<I, R>
where
    I: DeserializeOwned + Send + 'static,
    R: Runnable<I, Output: Serialize>,
{
    type Output = String;

    async fn run(&self, arguments: Value, cx: &RunContext) -> Result<String> {
        let input = I::deserialize(&arguments).map_err(|cause| {
            let message = format!("the arguments are not what the tool takes: {cause}");
            Error::new(ErrorKind::Parse, message).with_source(cause).with_partial(arguments.to_string())
        })?;
        let output = self.step.run(input, cx).await?;
        let value = serde_json::to_value(output).map_err(|cause| {
            let message = format!("what the tool gives cannot be written as JSON: {cause}");
            Error::new(ErrorKind::Other, message).with_source(cause)
        })?;
        Ok(match value {
            Value::String(text) => text,
            value => value.to_string(),
        })
    }

    fn name(&self) -> Cow<'static, str> {
        self.step.name()
    }

    fn kind(&self) -> StepKind {
        StepKind::Tool
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        self.step.config()
    }

    fn graph(&self) -> Graph {
        self.step.graph()
    }
}
