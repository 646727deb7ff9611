//! The chat template that comes with a model.
use super::{
    Message, Vars,
    clock::strftime,
    jinja::{Compiled, Dialect},
};
use crate::{Error, ErrorKind, Result};
use minijinja::{Value, context, value::Serde};
use std::{fmt, sync::Arc, time::SystemTime};

/// A model's own chat template: how it was trained to see a conversation.
///
/// The text, a Jinja template, comes from the model's file and is not trusted: it stands alone, and its time, memory and
/// nesting are bounded. It is parsed once; clones share it. It is filled as the Python tools around such models fill it:
/// with `messages`, `add_generation_prompt`, `bos_token` and `eos_token`, Python's methods of text and maps,
/// `raise_exception`, `strftime_now` (in UTC) and `tojson`; `tools` and `documents` are none.
///
/// ```
/// use catena::{ChatTemplate, Message};
/// let template = ChatTemplate::parse(
///     "{{ bos_token }}{% for message in messages %}<{{ message.role }}>{{ message['content'] | trim }}{{ eos_token }}\n\
///      {% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}",
///     "<s>",
///     "</s>",
/// )?;
/// let text = template.render(&[Message::system("Be brief."), Message::user(" Why? ")], true)?;
/// assert_eq!(text, "<s><system>Be brief.</s>\n<user>Why?</s>\n<assistant>");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone)]
pub struct ChatTemplate {
    template: Arc<Compiled>,
    bos: String,
    eos: String,
    extra: Vars,
}

impl ChatTemplate {
    /// Parses a chat template. `bos` and `eos` are the texts of the model's tokens for the begin of a text and the end of
    /// a message, empty where it has none.
    ///
    /// # Errors
    /// [`ChatTemplate`](ErrorKind::ChatTemplate), with the place, for text the engine cannot read or that nests beyond any
    /// use.
    pub fn parse(text: &str, bos: impl Into<String>, eos: impl Into<String>) -> Result<Self> {
        let template = Compiled::parse(text, Dialect::Chat, |env| {
            env.add_function("strftime_now", |format: String| {
                strftime(&format, SystemTime::now())
                    .map_err(|why| minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, why))
            });
        })?;
        Ok(ChatTemplate { template: Arc::new(template), bos: bos.into(), eos: eos.into(), extra: Vars::new() })
    }

    /// The same template with variables of its own, such as `enable_thinking`.
    ///
    /// They stand beside those that every template gets, and in place of those of the same name.
    #[must_use]
    pub fn with_vars(mut self, vars: impl Into<Vars>) -> Self {
        self.extra = vars.into();
        self
    }

    /// Writes a conversation as the model was trained to see it; with `add_generation_prompt`, up to where its answer
    /// begins.
    ///
    /// Many templates write the begin-of-text token themselves; tokenize the text without adding a second one.
    ///
    /// # Errors
    /// [`ChatTemplate`](ErrorKind::ChatTemplate), with the place: the template refuses the conversation, in its own words
    /// (roles in an order the model never saw, say), or fails or does not end while it runs.
    pub fn render(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String> {
        let extra = self.extra.checked().map_err(|error| Error::new(ErrorKind::ChatTemplate, error.message()))?;
        self.template.render(context! {
            ..Value::from(Serde(extra)),
            ..context! {
                messages => Value::from(Serde(messages)),
                add_generation_prompt,
                bos_token => self.bos.as_str(),
                eos_token => self.eos.as_str(),
                tools => (),
                documents => (),
            }
        })
    }

    /// The text of the template.
    pub fn source(&self) -> &str {
        self.template.source()
    }
}

impl fmt::Debug for ChatTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatTemplate").field("text", &self.source()).finish_non_exhaustive()
    }
}
