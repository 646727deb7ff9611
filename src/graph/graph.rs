//! What a chain is made of.
use super::{reads::Reads, type_name::short};
use crate::StepKind;
use serde::Serialize;
use serde_json::Value;
use std::any::type_name;

/// What a step is made of, as [`Runnable::graph`](crate::Runnable::graph) tells it: names, types, and the steps inside.
///
/// It is told without running anything. Draw it as [`mermaid`](Graph::mermaid) or [`ascii`](Graph::ascii) text, or
/// serialize it.
///
/// # Examples
///
/// ```
/// use catena::{Model, Template, map, testing::FakeLlm};
///
/// let chain = Template::new("Name a {thing}.")? | Model::new(FakeLlm::always("oak")) | map(|text: String| text.len());
/// assert_eq!(
///     chain.graph().ascii(),
///     "\
/// chain        Vars -> usize
/// ├─ Template  Vars -> Prompt
/// ├─ fake      Prompt -> String
/// └─ map       String -> usize
/// "
/// );
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Graph {
    /// The step's name.
    pub name: String,
    /// What sort of step it is.
    pub kind: StepKind,
    /// What is particular to it, such as how often it is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The type it takes, without paths.
    pub input: String,
    /// The type it gives, without paths.
    pub output: String,
    /// The JSON Schema of what it takes, where the step knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// The JSON Schema of what it gives, where the step knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// The configurable keys that it reads itself, where the step tells them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub configurable: Vec<String>,
    /// Whether those are all.
    #[serde(skip)]
    pub(crate) reads: Reads,
    /// The steps inside.
    #[serde(flatten)]
    pub parts: Parts,
}

/// The steps inside of a step.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Parts {
    /// One after the other.
    Sequence(Vec<Graph>),
    /// All of them on the same input.
    Parallel(Vec<Branch>),
    /// One of them.
    Choice(Vec<Branch>),
    /// One, which is run in a way of its own: again, or for each of many.
    Inner(Box<Graph>),
    /// None that are told of.
    #[default]
    #[serde(untagged)]
    None,
}

/// A step among others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Branch {
    /// What it is called there, or when it is chosen.
    pub label: String,
    /// The step.
    pub step: Graph,
}

impl Branch {
    /// A step under this label.
    pub fn new(label: impl Into<String>, step: Graph) -> Self {
        Branch { label: label.into(), step }
    }
}

impl Graph {
    /// A step from `I` to `O` with nothing inside.
    pub fn of<I, O>(name: impl Into<String>, kind: StepKind) -> Self {
        Graph {
            name: name.into(),
            kind,
            note: None,
            input: short(type_name::<I>()),
            output: short(type_name::<O>()),
            input_schema: None,
            output_schema: None,
            configurable: Vec::new(),
            reads: Reads::default(),
            parts: Parts::None,
        }
    }

    /// The same with these steps inside.
    #[must_use]
    pub fn with_parts(mut self, parts: Parts) -> Self {
        self.parts = parts;
        self
    }

    /// The same with this remark.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same with this JSON Schema of what it gives.
    #[must_use]
    pub fn with_output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// The same with this JSON Schema of what it takes.
    #[must_use]
    pub fn with_input_schema(mut self, schema: Value) -> Self {
        self.input_schema = Some(schema);
        self
    }

    /// The same, reading these configurable keys and no others.
    ///
    /// A step that reads with [`RunContext::configurable`](crate::RunContext::configurable), and that has a
    /// [`graph`](crate::Runnable::graph) of its own, tells of its keys here: others are refused as unknown.
    #[must_use]
    pub fn reading<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.configurable.extend(keys.into_iter().map(Into::into));
        self.reads = Reads::Told;
        self
    }

    /// The graph as JSON.
    pub fn json(&self) -> Value {
        // Names and schemas always serialize.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The steps of `first` and then `second`, laid out in one row.
pub(crate) fn in_a_row<I, O>(first: Graph, second: Graph) -> Graph {
    let input_schema = first.input_schema.clone();
    let mut steps = match first.parts {
        Parts::Sequence(steps) if first.name.is_empty() => steps,
        _ => vec![first],
    };
    let input_schema = if steps.is_empty() { second.input_schema.clone() } else { input_schema };
    let output_schema = second.output_schema.clone();
    steps.push(second);
    Graph { input_schema, output_schema, ..Graph::of::<I, O>("", StepKind::Chain) }.with_parts(Parts::Sequence(steps))
}
