//! What a model with tools answers.
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call of a tool. As JSON: `{"name": "sum", "arguments": {"numbers": [1, 2]}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// The tool's name.
    pub name: String,
    /// What it is called with.
    pub arguments: Value,
}

/// What a model with tools answers.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolAnswer {
    /// Text: no tool is needed.
    Text(String),
    /// These tools are to be called.
    Calls(Vec<ToolCall>),
}

/// Whether a model must call tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ToolMode {
    /// It may: it answers with text or with one call or more.
    #[default]
    Auto,
    /// It must: it answers with one call or more.
    Any,
    /// It must call exactly one.
    One,
}
