//! The form of an answer that langchain-rust asks for, as a grammar.
use crate::{Completion, Error, ErrorKind, FinishReason, Grammar, Message, Prompt, Result, Role, structured::Options};
use langchain_rust::schemas::ResponseFormat;
use serde_json::json;

/// The grammar of the answers in this form. A schema's objects are closed; without a schema any JSON will do.
pub(super) fn grammar(format: Option<&ResponseFormat>) -> Result<Option<Grammar>> {
    let any = |schema| Options::spec().compile(&schema).map(|compiled| Some(compiled.into_grammar()));
    match format {
        None | Some(ResponseFormat::Text) => Ok(None),
        Some(ResponseFormat::JsonObject) => any(json!({"type": "object"})),
        Some(ResponseFormat::JsonSchema { schema: None, .. }) => any(json!({})),
        Some(ResponseFormat::JsonSchema { schema: Some(schema), .. }) => Grammar::from_schema(schema).map(Some),
    }
}

/// The prompt, told what the form is for, where that is said.
pub(super) fn told(mut prompt: Prompt, format: Option<&ResponseFormat>) -> Prompt {
    if let Some(ResponseFormat::JsonSchema { description: Some(description), name, .. }) = format {
        let note = format!("Answer with `{name}` as JSON: {description}");
        if let Prompt::Messages(messages) = &mut prompt {
            match messages.first_mut() {
                Some(first) if first.role == Role::System => first.content = format!("{}\n\n{note}", first.content),
                _ => messages.insert(0, Message::system(note)),
            }
        }
    }
    prompt
}

/// The completion, if it is whole: langchain-rust's results do not say why they end.
pub(super) fn whole(completion: Completion, grammar: Option<&Grammar>) -> Result<Completion> {
    let (kind, why) = match &completion.finish_reason {
        FinishReason::Length => {
            (ErrorKind::OutOfTokens, "the tokens were not enough for the form asked for: allow more with `max_tokens`")
        }
        FinishReason::Stop(_) => (ErrorKind::Parse, "a stop text ended the answer before its form was complete"),
        _ => return Ok(completion),
    };
    match grammar {
        Some(grammar) if !grammar.matches(&completion.text)? => {
            Err(Error::new(kind, why).with_partial(completion.text))
        }
        _ => Ok(completion),
    }
}
