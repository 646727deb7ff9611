//! Conversations with variables in them.
use super::{
    ChatPromptBuilder, Message, MessagesPlaceholder, Prompt, PromptTemplate, Role, Template, Vars,
    inputs::{Filled, Inputs, Names},
};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::{fmt, marker::PhantomData, ops::RangeBounds, sync::Arc};

/// A conversation with variables in it: messages, templates of messages, and places for messages.
///
/// What [`Template`] is for text, with the same rules for variables, checked over all parts at once. LangChain calls it
/// `ChatPromptTemplate`.
///
/// ```
/// use catena::{ChatPrompt, Message, MessagesPlaceholder, Prompt, Vars, map};
///
/// # futures::executor::block_on(async {
/// let prompt = ChatPrompt::builder()
///     .system("You answer as {persona}.")
///     .placeholder(MessagesPlaceholder::new("history").optional().last(6))
///     .user("{question}")
///     .build()?;
/// assert_eq!(prompt.variables().collect::<Vec<_>>(), ["history", "persona", "question"]);
///
/// let chain = prompt | map(|prompt: Prompt| prompt.into_messages());
/// let vars = Vars::from([("persona", "a pirate"), ("question", "Where to?")])
///     .with("history", [Message::user("Ahoy"), Message::assistant("Arr")]);
/// assert_eq!(
///     chain.invoke(vars).await?,
///     [
///         Message::system("You answer as a pirate."),
///         Message::user("Ahoy"),
///         Message::assistant("Arr"),
///         Message::user("Where to?"),
///     ]
/// );
/// # Ok::<(), catena::Error>(())
/// # }).unwrap();
/// ```
#[doc(alias = "ChatPromptTemplate")]
pub struct ChatPrompt<V = Vars> {
    pub(super) parts: Arc<[Part]>,
    pub(super) inputs: Inputs,
    vars: PhantomData<fn(V)>,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Message(Message),
    Template(Role, Template),
    /// And what it was filled in with ahead.
    Placeholder(MessagesPlaceholder, Option<Filled>),
}

impl ChatPrompt {
    /// Begins a conversation that is filled from [`Vars`].
    pub fn builder() -> ChatPromptBuilder {
        ChatPromptBuilder::new(false)
    }

    /// A conversation of (role, template) pairs, the templates in LangChain's f-string form.
    ///
    /// The role `placeholder` takes the name of a variable in braces, `{history}`, that may hold messages.
    ///
    /// ```
    /// use catena::{ChatPrompt, Vars};
    /// let prompt = ChatPrompt::from_messages([
    ///     ("system", "You are helpful."),
    ///     ("placeholder", "{history}"),
    ///     ("human", "{question}"),
    /// ])?;
    /// let text = prompt.format(&Vars::from([("question", "Why?")]))?.to_string();
    /// assert_eq!(text, "System: You are helpful.\nHuman: Why?");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for an unknown role, [`Template`](ErrorKind::Template) for a malformed
    /// text; the [`path`](Error::path) is the number of the message from 0, as `/2`.
    pub fn from_messages<R: AsRef<str>, T: AsRef<str>>(messages: impl IntoIterator<Item = (R, T)>) -> Result<Self> {
        let part = |role: &str, text: &str| match role {
            "placeholder" => named_placeholder(text).map(|placeholder| Part::Placeholder(placeholder, None)),
            role => Ok(Part::Template(role.parse()?, Template::new(text)?)),
        };
        let add = |builder: ChatPromptBuilder, (role, text): (R, T)| builder.part(part(role.as_ref(), text.as_ref()));
        messages.into_iter().fold(ChatPrompt::builder(), add).build()
    }
}

impl<V: Serialize + Send + 'static> ChatPrompt<V> {
    /// Begins a conversation that is filled from a type of your own, as [`Template::typed`] is.
    ///
    /// ```
    /// use catena::{ChatPrompt, Message};
    /// #[derive(serde::Serialize)]
    /// struct Turn {
    ///     history: Vec<Message>,
    ///     question: String,
    /// }
    /// let prompt = ChatPrompt::<Turn>::typed().placeholder("history").user("{question}").build()?;
    /// let turn = Turn { history: vec![Message::user("Hi")], question: "Who?".into() };
    /// assert_eq!(prompt.format(&turn)?.to_string(), "Human: Hi\nHuman: Who?");
    /// # Ok::<(), catena::Error>(())
    /// ```
    pub fn typed() -> ChatPromptBuilder<V> {
        ChatPromptBuilder::new(true)
    }

    /// Fills the conversation.
    ///
    /// # Errors
    /// As [`Template::format`], and [`Variables`](ErrorKind::Variables) when a placeholder's variable holds no messages.
    pub fn format(&self, vars: &V) -> Result<Prompt> {
        self.fill(self.inputs.resolve(vars)?.as_ref()).map(Prompt::Messages)
    }
}

impl<V> ChatPrompt<V> {
    /// Fills the conversation as a part of something that has checked the variables; those filled in ahead stay.
    pub(super) fn fill_part(&self, vars: &Vars) -> Result<Vec<Message>> {
        self.fill(self.inputs.overlay(vars)?.as_ref())
    }

    fn fill(&self, vars: &Vars) -> Result<Vec<Message>> {
        let mut messages = Vec::with_capacity(self.parts.len());
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Message(message) => messages.push(message.clone()),
                Part::Template(role, template) => {
                    let content = template.fill_part(vars).map_err(|error| error.with_path(format!("/{index}")))?;
                    messages.push(Message::new(*role, content));
                }
                Part::Placeholder(placeholder, None) => {
                    messages.extend(placeholder.messages(vars.get(&placeholder.variable))?);
                }
                Part::Placeholder(placeholder, Some(filled)) => {
                    messages.extend(placeholder.messages(Some(&filled.value()?))?);
                }
            }
        }
        Ok(messages)
    }

    pub(super) fn from_parts(parts: Vec<Part>, unknown_allowed: bool) -> Self {
        let mut names = Names::default();
        for part in &parts {
            match part {
                Part::Message(_) | Part::Placeholder(_, Some(_)) => {}
                Part::Template(_, template) => names.join(&template.open_names()),
                Part::Placeholder(placeholder, None) => names.join(&placeholder.names()),
            }
        }
        ChatPrompt { parts: parts.into(), inputs: Inputs::new(names, unknown_allowed), vars: PhantomData }
    }

    /// How many parts there are: messages, templates and placeholders.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are no parts, as in an empty slice.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Some of the parts, as a conversation of their own; none where the range reaches beyond them.
    ///
    /// ```
    /// use catena::{ChatPrompt, Vars};
    /// let prompt = ChatPrompt::from_messages([("system", "Be {mood}."), ("user", "{question}")])?;
    /// let question = prompt.slice(1..).unwrap();
    /// assert_eq!(question.variables().collect::<Vec<_>>(), ["question"]);
    /// assert!(prompt.slice(1..9).is_none());
    /// # Ok::<(), catena::Error>(())
    /// ```
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Option<Self> {
        let range = (range.start_bound().cloned(), range.end_bound().cloned());
        let parts = self.own_parts().get(range)?.to_vec();
        Some(ChatPrompt::from_parts(parts, self.inputs.unknown_allowed()))
    }

    /// The names of the variables, sorted.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.inputs.variables()
    }

    /// The same conversation with one variable filled in; a value given later takes its place.
    ///
    /// # Errors
    /// [`Variables`](ErrorKind::Variables) for a name that no part knows.
    pub fn partial(mut self, name: &str, value: impl Serialize) -> Result<Self> {
        self.inputs.fill(name, value)?;
        Ok(self)
    }

    /// As [`partial`](ChatPrompt::partial), with what a closure gives each time the conversation is filled.
    ///
    /// # Errors
    /// [`Variables`](ErrorKind::Variables) for a name that no part knows.
    pub fn partial_with<T: Serialize>(
        mut self,
        name: &str,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        self.inputs.fill_by(name, make)?;
        Ok(self)
    }

    /// What has to be given.
    pub(super) fn open_names(&self) -> Names {
        self.inputs.open_names()
    }
}

/// `{history}`, as LangChain writes it.
fn named_placeholder(text: &str) -> Result<MessagesPlaceholder> {
    let template = Template::new(text)?;
    let mut variables = template.variables();
    match (variables.next(), variables.next()) {
        (Some(name), None) if text == format!("{{{name}}}") => Ok(MessagesPlaceholder::new(name).optional()),
        _ => Err(Error::new(
            ErrorKind::Template,
            format!("a placeholder is one variable in braces, such as `{{history}}`, not `{text}`"),
        )),
    }
}

impl MessagesPlaceholder {
    fn names(&self) -> Names {
        let mut names = Names::default();
        let set = if self.optional { &mut names.optional } else { &mut names.required };
        set.insert(self.variable.clone());
        names
    }
}

impl<V: Serialize + Send + 'static> PromptTemplate for ChatPrompt<V> {
    type Vars = V;

    fn render(&self, vars: &V) -> Result<Prompt> {
        self.format(vars)
    }

    fn schema(&self) -> Option<serde_json::Value> {
        Some(self.inputs.schema())
    }
}

crate::prompt_step!(impl<V> ChatPrompt<V> where V: Serialize + Send + 'static);

impl<V> Clone for ChatPrompt<V> {
    fn clone(&self) -> Self {
        ChatPrompt { parts: Arc::clone(&self.parts), inputs: self.inputs.clone(), vars: PhantomData }
    }
}

impl<V> fmt::Debug for ChatPrompt<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatPrompt").field("parts", &self.parts).finish_non_exhaustive()
    }
}
