//! Where a conversation so far goes.
use super::Message;
use crate::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::Value;

/// A place in a [`ChatPrompt`](crate::ChatPrompt) that a variable fills with messages.
///
/// ```
/// use catena::MessagesPlaceholder;
/// let history = MessagesPlaceholder::new("history").optional().last(10);
/// # let _ = history;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a placeholder does nothing until it is part of a prompt"]
pub struct MessagesPlaceholder {
    pub(super) variable: String,
    pub(super) optional: bool,
    last: Option<usize>,
}

impl MessagesPlaceholder {
    /// The messages in this variable.
    pub fn new(variable: impl Into<String>) -> Self {
        MessagesPlaceholder { variable: variable.into(), optional: false, last: None }
    }

    /// Without the variable, or when it is null, no messages.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Only the last `count` messages.
    pub fn last(mut self, count: usize) -> Self {
        self.last = Some(count);
        self
    }

    /// The messages, from the value of the variable, which has been checked for.
    pub(super) fn messages(&self, value: Option<&Value>) -> Result<Vec<Message>> {
        let Some(value) = value.filter(|value| !(self.optional && value.is_null())) else {
            return Ok(Vec::new());
        };
        let mut messages = Vec::<Message>::deserialize(value).map_err(|cause| {
            let message = format!(
                "variable `{}` holds no messages: {cause}; give a list of `Message`, or of objects with role and content",
                self.variable
            );
            Error::new(ErrorKind::Variables, message).with_source(cause)
        })?;
        match self.last {
            Some(count) => Ok(messages.split_off(messages.len().saturating_sub(count))),
            None => Ok(messages),
        }
    }
}

impl From<&str> for MessagesPlaceholder {
    fn from(variable: &str) -> Self {
        MessagesPlaceholder::new(variable)
    }
}
