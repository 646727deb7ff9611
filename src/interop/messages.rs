//! Conversations, from one side to the other.
use super::tools;
use crate::{Error, ErrorKind, Message, Prompt, Result, Role};
use langchain_rust::schemas::{Message as Theirs, MessageType};

/// Theirs as ours. Calls of tools are told as the JSON that models write for them here, and results of tools stand in
/// the order of the calls.
pub(super) fn ours(messages: &[Theirs]) -> Result<Prompt> {
    let one = |(index, message): (usize, &Theirs)| {
        if message.images.as_ref().is_some_and(|images| !images.is_empty()) {
            let why = "a message has images, and models are asked with text: leave them out";
            return Err(Error::new(ErrorKind::Unsupported, why).with_path(format!("/{index}/images")));
        }
        let role = match message.message_type {
            MessageType::SystemMessage => Role::System,
            MessageType::HumanMessage => Role::User,
            MessageType::AIMessage => Role::Assistant,
            MessageType::ToolMessage => Role::Tool,
        };
        let said = [Some(message.content.clone()).filter(|text| !text.is_empty()), tools::called(message, index)?];
        Ok(Message::new(role, said.into_iter().flatten().collect::<Vec<_>>().join("\n")))
    };
    Ok(Prompt::Messages(messages.iter().enumerate().map(one).collect::<Result<_>>()?))
}

/// Ours as theirs, who know no text that is only continued: it is what the person says.
pub(super) fn theirs(prompt: Prompt) -> Result<Vec<Theirs>> {
    let one = |(index, Message { role, content }): (usize, Message)| match role {
        Role::System => Ok(Theirs::new_system_message(content)),
        Role::User => Ok(Theirs::new_human_message(content)),
        Role::Assistant => Ok(Theirs::new_ai_message(content)),
        Role::Tool => {
            let why = "a model of langchain-rust wants the id of the call that a tool's message answers, and there is none: \
                       tell the result as the user";
            Err(Error::new(ErrorKind::Unsupported, why).with_path(format!("/{index}/role")))
        }
    };
    prompt.into_messages().into_iter().enumerate().map(one).collect()
}
