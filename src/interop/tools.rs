//! Tools and calls of them, from one side to the other.
use crate::{Error, ErrorKind, Result, RunId, Tool, ToolCall, ToolMode};
use langchain_rust::{
    language_models::options::CallOptions,
    schemas::{FunctionCallBehavior, FunctionDefinition, Message, ToolCall as Theirs},
};
use serde_json::Value;

/// The tools that a call may use, and whether it must; none where it is asked for text.
pub(super) fn offered(options: &CallOptions) -> Result<Option<(Vec<Tool>, ToolMode)>> {
    let functions = options.functions.as_deref().unwrap_or_default();
    let named = match &options.function_call_behavior {
        Some(FunctionCallBehavior::None) => return Ok(None),
        Some(FunctionCallBehavior::Named(name)) => Some(name),
        Some(FunctionCallBehavior::Auto) | None if functions.is_empty() => return Ok(None),
        Some(FunctionCallBehavior::Auto) | None => None,
    };
    let wanted = functions.iter().filter(|function| named.is_none_or(|name| *name == function.name));
    let tools = wanted.map(tool).collect::<Result<Vec<_>>>()?;
    match named {
        Some(name) if tools.is_empty() => {
            let why =
                format!("the function `{name}` is to be called and is none of those given: give it in `functions`");
            Err(Error::new(ErrorKind::InvalidOption, why).with_path("function_call_behavior"))
        }
        Some(_) => Ok(Some((tools, ToolMode::One))),
        None => Ok(Some((tools, ToolMode::Auto))),
    }
}

fn tool(function: &FunctionDefinition) -> Result<Tool> {
    let FunctionDefinition { name, description, parameters } = function;
    Tool::declared(name, description, parameters.clone())
}

/// Calls as langchain-rust has them, each with an id of its own.
pub(super) fn theirs(calls: Vec<ToolCall>) -> Vec<Theirs> {
    let one = |ToolCall { name, arguments }: ToolCall| {
        Theirs::new(format!("call_{:032x}", RunId::new().as_u128()), name, arguments.to_string())
    };
    calls.into_iter().map(one).collect()
}

/// The calls in a message, as a model writes them here.
pub(super) fn called(message: &Message, index: usize) -> Result<Option<String>> {
    let Some(value) = message.tool_calls.as_ref().filter(|value| !value.is_null()) else { return Ok(None) };
    let unread = |cause: serde_json::Error| {
        let why = format!("the calls of tools in a message cannot be read: {cause}");
        Error::new(ErrorKind::Parse, why).with_path(format!("/{index}/tool_calls")).with_source(cause)
    };
    let calls: Vec<Theirs> = serde_json::from_value(value.clone()).map_err(unread)?;
    let ours = calls.into_iter().map(|call| {
        let arguments = match call.arguments.trim() {
            "" => Value::Object(serde_json::Map::new()),
            text => serde_json::from_str(text).map_err(unread)?,
        };
        Ok(ToolCall { name: call.name, arguments })
    });
    match ours.collect::<Result<Vec<_>>>()? {
        calls if calls.is_empty() => Ok(None),
        calls => serde_json::to_string(&calls).map(Some).map_err(Error::other),
    }
}
