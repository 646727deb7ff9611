//! What a model is told about tools.
use super::{Tool, ToolMode};
use crate::{Message, Prompt, Role};
use serde_json::{Value, json};

/// The tools, and how they are called.
pub(super) fn instructions(tools: &[Tool], mode: ToolMode) -> String {
    let one = |tool: &Tool| {
        let mut schema = tool.schema().clone();
        if let Value::Object(schema) = &mut schema {
            schema.shift_remove("$schema");
            schema.shift_remove("title");
        }
        json!({"name": tool.name(), "description": tool.description(), "arguments": schema}).to_string()
    };
    let listed = tools.iter().map(one).collect::<Vec<_>>().join("\n");
    let must = match mode {
        ToolMode::Auto => "You may call tools. Answer in plain text when you need none.",
        ToolMode::Any => "Answer by calling one tool or more.",
        ToolMode::One => "Answer by calling exactly one tool.",
    };
    let form = r#"[{"name":"TOOL","arguments":{…}}]"#;
    format!(
        "{must} A call is a JSON array and nothing else, like {form}; arguments satisfy the tool's JSON schema. These are \
         the tools:\n{listed}"
    )
}

/// The prompt with the instructions before it: in a conversation, behind the first instructions there are.
pub(super) fn instructed(prompt: Prompt, instructions: &str) -> Prompt {
    match prompt {
        Prompt::Text(text) => Prompt::Text(format!("{instructions}\n\n{text}")),
        Prompt::Messages(mut messages) => {
            match messages.first_mut() {
                Some(first) if first.role == Role::System => {
                    first.content = format!("{}\n\n{instructions}", first.content);
                }
                _ => messages.insert(0, Message::system(instructions)),
            }
            Prompt::Messages(messages)
        }
    }
}
