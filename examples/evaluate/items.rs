//! Tasks with their right answers.
use catena::{Error, ErrorKind, Grammar, Message, Request, Result, Role};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One task.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) task: String,
    pub(crate) messages: Vec<Said>,
    pub(crate) answer: String,
    #[serde(default)]
    pub(crate) domain: String,
    #[serde(default)]
    pub(crate) kinds: BTreeMap<String, String>,
    /// Whether the prompt shows the schema.
    #[serde(default)]
    pub(crate) shown: bool,
    schema: Option<Value>,
    #[serde(default)]
    labels: Vec<String>,
}

/// A message, or with the role `plain` a text to be continued.
#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    pub(crate) role: String,
    pub(crate) content: String,
}

/// Reads items, one a line.
pub(crate) fn read(text: &str) -> Result<Vec<Item>> {
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line)
            .map_err(|error| Error::new(ErrorKind::Parse, format!("line {}: {error}", number + 1)).with_source(error))
    };
    text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(parse).collect()
}

impl Item {
    /// The request that asks for it; `free` leaves out what would hold the answer.
    pub(crate) fn request(&self, free: bool) -> Result<Request> {
        let request = match self.messages.as_slice() {
            [Said { role, content }] if role == "plain" => Request::new(content.as_str()),
            messages => {
                let messages = messages.iter().map(|said| Ok(Message::new(said.role.parse::<Role>()?, &said.content)));
                Request::new(messages.collect::<Result<Vec<_>>>()?)
            }
        };
        Ok(match self.grammar()? {
            Some(grammar) if !free => request.with_grammar(grammar),
            _ => request,
        })
    }

    /// Whether a text is an answer of the item's schema, or one of its labels.
    pub(crate) fn fits(&self, answer: &str) -> Result<bool> {
        self.grammar()?.map_or(Ok(true), |grammar| grammar.matches(answer))
    }

    fn grammar(&self) -> Result<Option<Grammar>> {
        if let Some(schema) = &self.schema {
            return Grammar::from_schema(schema).map(Some);
        }
        if self.labels.is_empty() {
            return Ok(None);
        }
        // Labels stand as the right answer does: in quotes, after a blank, or bare.
        let label = self.answer.trim().trim_matches('"');
        Grammar::one_of(self.labels.iter().map(|other| self.answer.replacen(label, other, 1))).map(Some)
    }
}
