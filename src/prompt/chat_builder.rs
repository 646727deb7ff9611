//! How a conversation with variables is put together.
use super::{ChatPrompt, Message, MessagesPlaceholder, Role, Template, Vars, chat_prompt::Part};
use crate::{Error, ErrorKind, Result};
use std::{fmt, marker::PhantomData};

/// Puts a [`ChatPrompt`] together, part by part.
///
/// The first malformed part is remembered, and [`build`](ChatPromptBuilder::build) reports it.
#[must_use = "a builder does nothing until it is built"]
pub struct ChatPromptBuilder<V = Vars> {
    parts: Result<Vec<Part>>,
    unknown_allowed: bool,
    vars: PhantomData<fn(V)>,
}

impl<V> ChatPromptBuilder<V> {
    pub(super) fn new(unknown_allowed: bool) -> Self {
        ChatPromptBuilder { parts: Ok(Vec::new()), unknown_allowed, vars: PhantomData }
    }

    /// Adds instructions, a template in f-string form.
    pub fn system(self, text: impl AsRef<str>) -> Self {
        self.text(Role::System, text.as_ref())
    }

    /// Adds what the person says, a template in f-string form.
    pub fn user(self, text: impl AsRef<str>) -> Self {
        self.text(Role::User, text.as_ref())
    }

    /// Adds what the model said, a template in f-string form; for examples.
    pub fn assistant(self, text: impl AsRef<str>) -> Self {
        self.text(Role::Assistant, text.as_ref())
    }

    /// Adds a template of any form. Variables filled in ahead by [`Template::partial`] keep their values.
    pub fn template(self, role: Role, template: Template) -> Self {
        self.part(Ok(Part::Template(role, template)))
    }

    /// Adds a message as it stands: braces in it mean nothing.
    pub fn message(self, message: Message) -> Self {
        self.part(Ok(Part::Message(message)))
    }

    /// Adds a place for messages: the name of a variable, or a [`MessagesPlaceholder`].
    pub fn placeholder(self, placeholder: impl Into<MessagesPlaceholder>) -> Self {
        self.part(Ok(Part::Placeholder(placeholder.into(), None)))
    }

    /// The finished prompt.
    ///
    /// # Errors
    /// [`Template`](ErrorKind::Template) for the first malformed template, the [`path`](Error::path) the number of its part
    /// from 0, as `/2`; and for a prompt without parts.
    pub fn build(self) -> Result<ChatPrompt<V>> {
        let parts = self.parts?;
        if parts.is_empty() {
            return Err(Error::new(ErrorKind::Template, "a chat prompt needs at least one message"));
        }
        Ok(ChatPrompt::from_parts(parts, self.unknown_allowed))
    }

    fn text(self, role: Role, text: &str) -> Self {
        let template = Template::new(text).map(|template| Part::Template(role, template));
        self.part(template)
    }

    pub(super) fn part(mut self, part: Result<Part>) -> Self {
        if let Ok(parts) = &mut self.parts {
            match part {
                Ok(part) => parts.push(part),
                Err(error) => self.parts = Err(error.with_path(format!("/{}", parts.len()))),
            }
        }
        self
    }
}

impl<V> fmt::Debug for ChatPromptBuilder<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatPromptBuilder").field("parts", &self.parts).finish_non_exhaustive()
    }
}
