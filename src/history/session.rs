//! A chain that remembers.
use super::MessageHistory;
use crate::{
    Chunk, ChunkStream, Completion, DynRunnable, Error, ErrorKind, Graph, Message, Parts, Result, RunContext, Runnable,
    StepKind, Vars,
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use serde_json::Value;
use std::{borrow::Cow, fmt, sync::Arc};

/// A chain that remembers its conversations; see [`with_message_history`].
#[must_use = "a chain with a history runs within a session"]
pub struct WithMessageHistory<R> {
    step: Arc<R>,
    history: Arc<dyn MessageHistory>,
    input: String,
    placeholder: String,
    trim: Option<DynRunnable<Vec<Message>, Vec<Message>>>,
}

/// A chain that remembers its conversations: what was said is put into the variable `history` of its prompt, and after
/// the answer the question, in the variable `input`, and the answer are added.
///
/// Each conversation is a [`session`](WithMessageHistory::session). A turn that fails, or is dropped before its answer is
/// complete, leaves no trace in the history. One that is dropped while it is being kept is kept as a whole or not at all,
/// as the history has it: after a timeout look before you ask again. When the history cannot be written, the turn fails with the answer as the
/// error's [`partial`](Error::partial).
///
/// ```
/// use catena::{ChatPrompt, InMemoryHistory, Model, Vars, testing::FakeLlm, with_message_history};
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["Hello Ada."], ["You are Ada."]]));
/// let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{input}")])?;
/// let chat = with_message_history(prompt | llm.clone(), InMemoryHistory::new());
///
/// let ada = chat.session("ada");
/// ada.invoke([("input", "I am Ada.")]).await?;
/// assert_eq!(ada.invoke([("input", "Who am I?")]).await?, "You are Ada.");
/// assert_eq!(llm.requests()[1].prompt.to_string(), "Human: I am Ada.\nAI: Hello Ada.\nHuman: Who am I?");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[doc(alias = "RunnableWithMessageHistory")]
pub fn with_message_history<R: Runnable<Vars, Output: Reply>>(
    step: R,
    history: impl MessageHistory + 'static,
) -> WithMessageHistory<R> {
    WithMessageHistory {
        step: Arc::new(step),
        history: Arc::new(history),
        input: "input".to_owned(),
        placeholder: "history".to_owned(),
        trim: None,
    }
}

impl<R> WithMessageHistory<R> {
    /// The same, the question being in this variable.
    pub fn input_variable(mut self, name: impl Into<String>) -> Self {
        self.input = name.into();
        self
    }

    /// The same, the history going into this variable.
    pub fn history_variable(mut self, name: impl Into<String>) -> Self {
        self.placeholder = name.into();
        self
    }

    /// The same, the history cut to size by this step before it goes into the prompt:
    /// [`keep_last`](super::keep_last), [`keep_tokens`](super::keep_tokens), [`summarise_older`](super::summarise_older),
    /// or a chain of them. What is kept in the store stays whole.
    pub fn trimmed_by(mut self, trim: impl Runnable<Vec<Message>, Output = Vec<Message>> + 'static) -> Self {
        self.trim = Some(DynRunnable::new(trim));
        self
    }

    /// The conversation of this name.
    pub fn session(&self, name: impl Into<String>) -> Session<R> {
        Session { chat: self.clone(), name: name.into() }
    }

    /// What keeps the conversations.
    pub fn history(&self) -> &dyn MessageHistory {
        &*self.history
    }
}

impl<R> Clone for WithMessageHistory<R> {
    fn clone(&self) -> Self {
        WithMessageHistory {
            step: Arc::clone(&self.step),
            history: Arc::clone(&self.history),
            input: self.input.clone(),
            placeholder: self.placeholder.clone(),
            trim: self.trim.clone(),
        }
    }
}

impl<R> fmt::Debug for WithMessageHistory<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WithMessageHistory { input, placeholder, trim, .. } = self;
        f.debug_struct("WithMessageHistory")
            .field("input", input)
            .field("placeholder", placeholder)
            .field("trim", trim)
            .finish_non_exhaustive()
    }
}

/// What a chain may give that is to be remembered.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer that a history can keep",
    label = "the chain must give text, a `Completion` or a `Message`",
    note = "put what makes a `{Self}` of the answer behind the session: `session | parser`"
)]
pub trait Reply: Send + 'static {
    /// The message to remember.
    fn to_message(&self) -> Message;
}

impl Reply for String {
    fn to_message(&self) -> Message {
        Message::assistant(self.as_str())
    }
}

impl Reply for Completion {
    fn to_message(&self) -> Message {
        Message::assistant(self.text.as_str())
    }
}

impl Reply for Message {
    fn to_message(&self) -> Message {
        self.clone()
    }
}

/// One conversation of a chain that remembers, as a step from variables; see [`with_message_history`].
#[must_use = "a step does nothing until it is run"]
pub struct Session<R> {
    chat: WithMessageHistory<R>,
    name: String,
}

impl<R: Runnable<Vars, Output: Reply>> Session<R> {
    /// Says something and gives the answer.
    ///
    /// # Errors
    /// Those of the chain and of the history; [`Variables`](ErrorKind::Variables) without a question.
    pub async fn invoke(&self, vars: impl Into<Vars>) -> Result<R::Output> {
        self.invoke_in(vars, &RunContext::new()).await
    }

    /// As [`invoke`](Session::invoke), within this context.
    ///
    /// # Errors
    /// As [`invoke`](Session::invoke).
    pub async fn invoke_in(&self, vars: impl Into<Vars>, cx: &RunContext) -> Result<R::Output> {
        cx.step(Runnable::<Vars>::name(self), self, vars.into()).await
    }

    /// Says something, handing out increments on the way. Dropping the stream cancels the turn.
    pub fn stream(&self, vars: impl Into<Vars>) -> ChunkStream<'_, R::Output> {
        self.stream_in(vars, &RunContext::new())
    }

    /// As [`stream`](Session::stream), within this context.
    pub fn stream_in(&self, vars: impl Into<Vars>, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        cx.stream_step(Runnable::<Vars>::name(self), self, vars.into())
    }

    /// The variables with the history, and the question.
    async fn begin(&self, mut vars: Vars, cx: &RunContext) -> Result<(Vars, Vec<Message>)> {
        let WithMessageHistory { history, input, placeholder, trim, .. } = &self.chat;
        let wrong = |why: String| Error::new(ErrorKind::Variables, why);
        let question = match vars.get(input) {
            Some(Value::String(text)) => vec![Message::user(text.as_str())],
            Some(value) => serde_json::from_value(value.clone()).map_err(|cause| {
                wrong(format!("variable `{input}` is what is said: text or messages")).with_source(cause)
            })?,
            None => return Err(wrong(format!("variable `{input}` is missing: it is what is said"))),
        };
        if vars.get(placeholder).is_some() {
            let why = format!("variable `{placeholder}` is filled from the history: leave it out");
            return Err(wrong(why));
        }
        let mut past = history.messages(&self.name).await?;
        if let Some(trim) = trim {
            past = cx.step(trim.name(), trim, past).await?;
        }
        vars.insert(placeholder.as_str(), past);
        Ok((vars, question))
    }

    async fn end(&self, mut turn: Vec<Message>, reply: Message) -> Result<()> {
        let text = reply.content.clone();
        turn.push(reply);
        self.chat.history.append(&self.name, &turn).await.map_err(|error| error.with_partial(text))
    }
}

impl<R: Runnable<Vars, Output: Reply>> Runnable<Vars> for Session<R> {
    type Output = R::Output;

    async fn run(&self, vars: Vars, cx: &RunContext) -> Result<R::Output> {
        let (vars, question) = self.begin(vars, cx).await?;
        let output = cx.step(self.chat.step.name(), &*self.chat.step, vars).await?;
        self.end(question, output.to_message()).await?;
        Ok(output)
    }

    fn run_stream(&self, vars: Vars, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        let cx = cx.clone();
        let turn = async move {
            let (vars, question) = self.begin(vars, &cx).await?;
            let chunks = cx.stream_step(self.chat.step.name(), &*self.chat.step, vars);
            // The answer is handed out as a whole once it is kept.
            Ok(chunks.and_then(move |chunk| {
                let turn = match &chunk {
                    Chunk::Delta(_) => None,
                    Chunk::Done(output) => Some((question.clone(), output.to_message())),
                };
                async move {
                    if let Some((question, reply)) = turn {
                        self.end(question, reply).await?;
                    }
                    Ok(chunk)
                }
            })) as Result<_>
        };
        turn.into_stream().try_flatten().boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        "session".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let step = self.chat.step.graph();
        let parts = match &self.chat.trim {
            Some(trim) => Parts::Sequence(vec![trim.graph(), step]),
            None => Parts::Inner(Box::new(step)),
        };
        Graph::of::<Vars, R::Output>("session", StepKind::Chain).with_note("with a history").with_parts(parts)
    }
}

crate::pipe_head!(impl<R> Session<R>: Vars where R: Runnable<Vars, Output: Reply>);

impl<R> Clone for Session<R> {
    fn clone(&self) -> Self {
        Session { chat: self.chat.clone(), name: self.name.clone() }
    }
}

impl<R> fmt::Debug for Session<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("name", &self.name).field("chat", &self.chat).finish()
    }
}
