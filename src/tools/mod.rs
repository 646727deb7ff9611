//! Tools: functions that a model may call.
mod agent;
mod call;
mod function;
mod grammar;
mod instructions;
mod with_tools;

pub use agent::Agent;
pub use call::{ToolAnswer, ToolCall, ToolMode};
pub use function::Tool;
pub use with_tools::WithTools;
