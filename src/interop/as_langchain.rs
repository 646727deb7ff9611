//! Models where langchain-rust wants an LLM.
use super::{errors, format, messages, options, tools};
use crate::{
    CallbackHandler, Chunk, Completion, Delta, Detailed, Error, ErrorKind, Grammar, LLM, Model, Request, Result,
    RunContext, RunInfo, Runnable, ToolAnswer, Usage, WithTools, llm::second_grammar,
};
use async_stream::try_stream;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use langchain_rust::{
    language_models::{
        GenerateResult, LLMError, LLMEvent, LLMEventStream, TokenUsage, llm::LLM as Theirs, options::CallOptions,
    },
    schemas::{Message, StreamData},
};
use serde_json::{Value, json};
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

/// A [`Model`] where langchain-rust wants an LLM.
///
/// Its options, grammar and handlers are those of the model. `add_options` adds to them:
///
/// - `response_format` holds answers to a grammar: a schema with its objects closed, `JsonObject`, or any JSON. An answer
///   cut off before its form is complete is an error.
/// - `functions` become tools; calls are held to a grammar, too, and come as `tool_calls`.
/// - `stop_words` are joined to those there are; numbers replace. `seed` and `top_k` must fit into 32 bits.
/// - `streaming_func` is called by `generate` with each part of the text, and aborts the call by its error.
/// - `candidate_count` and `n` above 1, `min_length`, `max_length`, and images in messages are errors of kind
///   [`Unsupported`](ErrorKind::Unsupported).
///
/// Messages go through the model's chat template. Dropping a future or a stream stops the model. What a model thinks before
/// its answer is not part of what langchain-rust's types hold. [`error_of`](super::error_of) gets errors back out.
///
/// # Examples
///
/// ```
/// use catena::{Model, interop::AsLangchain, testing::FakeLlm};
/// use langchain_rust::{
///     chain::{Chain, LLMChainBuilder}, fmt_template, message_formatter, prompt::HumanMessagePromptTemplate, prompt_args,
///     template_fstring,
/// };
///
/// let prompt = message_formatter![fmt_template!(HumanMessagePromptTemplate::new(template_fstring!("Name a {thing}.", "thing")))];
/// let llm = AsLangchain::new(Model::new(FakeLlm::always("oak")));
/// let chain = LLMChainBuilder::new().prompt(prompt).llm(llm).build().unwrap();
/// let answer = futures::executor::block_on(chain.invoke(prompt_args! { "thing" => "tree" }));
/// assert_eq!(answer.unwrap(), "oak");
/// ```
#[must_use = "a model does nothing until it is asked"]
pub struct AsLangchain<L: ?Sized = dyn LLM> {
    model: Model<L>,
    options: CallOptions,
}

impl<L: LLM + ?Sized> AsLangchain<L> {
    /// This model, for langchain-rust.
    pub fn new(model: Model<L>) -> Self {
        AsLangchain { model, options: CallOptions::new() }
    }

    /// The model.
    pub fn model(&self) -> &Model<L> {
        &self.model
    }

    fn call(&self, messages: &[Message]) -> Result<Call<L>> {
        let format = self.options.response_format.as_ref();
        let prompt = format::told(messages::ours(messages)?, format);
        let request = Request::new(prompt).with_options(options::ours(&self.options)?);
        let grammar = format::grammar(format)?;
        let second = |other: &str| Err(second_grammar(&format!("`{other}` brings its own")).with_path(other));
        match (tools::offered(&self.options)?, grammar) {
            (Some(_), Some(_)) => second("functions"),
            (Some((tools, mode)), None) => Ok(Call::Tools(self.model.with_tools(tools)?.mode(mode)?, request)),
            (None, Some(_)) if self.model.grammar().is_some() => second("response_format"),
            (None, Some(grammar)) => {
                Ok(Call::Text(self.model.detailed(), request.with_grammar(grammar.clone()), Some(grammar)))
            }
            (None, None) => Ok(Call::Text(self.model.detailed(), request, None)),
        }
    }

    fn parts(&self, messages: &[Message]) -> BoxStream<'static, Result<Part>> {
        match self.call(messages) {
            Ok(call) => call.parts(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}

impl<L: LLM + ?Sized> From<Model<L>> for AsLangchain<L> {
    fn from(model: Model<L>) -> Self {
        AsLangchain::new(model)
    }
}

#[async_trait::async_trait]
impl<L: LLM + ?Sized> Theirs for AsLangchain<L> {
    async fn generate(&self, messages: &[Message]) -> Result<GenerateResult, LLMError> {
        let mut parts = self.parts(messages);
        while let Some(part) = parts.next().await {
            match (part.map_err(errors::theirs)?, &self.options.streaming_func) {
                (Part::Done(result), _) => return Ok(result),
                (Part::Text(text), Some(hear)) => {
                    let mut hear = hear.lock().await;
                    let heard = hear(text).await;
                    let aborted = |()| Error::new(ErrorKind::Aborted, "`streaming_func` gave an error");
                    heard.map_err(aborted).map_err(errors::theirs)?;
                }
                (Part::Text(_), None) => {}
            }
        }
        Err(errors::theirs(Error::new(ErrorKind::Incomplete, "the model's stream ended without an answer")))
    }

    async fn stream(
        &self,
        messages: &[Message],
    ) -> Result<Pin<Box<dyn futures::Stream<Item = Result<StreamData, LLMError>> + Send>>, LLMError> {
        let call = self.call(messages).map_err(errors::theirs)?;
        let telling_usage = self.options.stream_usage != Some(false);
        let data = call.parts().map(move |part| match part.map_err(errors::theirs)? {
            Part::Text(text) => Ok(StreamData::new(Value::from(text.as_str()), None, text)),
            Part::Done(result) => {
                let tokens = result.tokens.clone().filter(|_| telling_usage);
                Ok(StreamData::new(json!(result), tokens, ""))
            }
        });
        Ok(data.boxed())
    }

    fn generate_stream<'a>(&'a self, messages: &'a [Message]) -> LLMEventStream<'a> {
        let events = self.parts(messages).map(|part| match part.map_err(errors::theirs)? {
            Part::Text(text) => Ok(LLMEvent::Text(text)),
            Part::Done(result) => Ok(LLMEvent::Done(result)),
        });
        events.boxed()
    }

    fn add_options(&mut self, options: CallOptions) {
        self.options.merge_options(options);
    }
}

/// A call, ready to be made.
enum Call<L: ?Sized> {
    /// Asks for text, held to this grammar.
    Text(Detailed<L>, Request, Option<Grammar>),
    /// Asks for text or calls.
    Tools(WithTools<L>, Request),
}

/// What comes of it.
enum Part {
    Text(String),
    Done(GenerateResult),
}

impl<L: LLM + ?Sized> Call<L> {
    /// Makes the call: parts of the text, then the result, or an error.
    fn parts(self) -> BoxStream<'static, Result<Part>> {
        match self {
            Call::Text(step, request, grammar) => parts(step, request, move |completion| {
                let generation = format::whole(completion, grammar.as_ref())?.text;
                Ok(GenerateResult { generation, ..GenerateResult::default() })
            }),
            Call::Tools(step, request) => parts(step, request, |answer| match answer {
                ToolAnswer::Text(generation) => Ok(GenerateResult { generation, ..GenerateResult::default() }),
                ToolAnswer::Calls(calls) => Ok(GenerateResult::default().with_tool_calls(tools::theirs(calls))),
            }),
        }
    }
}

fn parts<S: Runnable<Request> + 'static>(
    step: S,
    request: Request,
    result: impl FnOnce(S::Output) -> Result<GenerateResult> + Send + 'static,
) -> BoxStream<'static, Result<Part>> {
    let parts = try_stream! {
        let usage = Arc::new(UsageOfCall::default());
        let cx = RunContext::new().with(Arc::clone(&usage));
        let mut chunks = cx.stream_step(step.name(), &step, request);
        let mut begun = false;
        let output = loop {
            match chunks.next().await.transpose()? {
                Some(Chunk::Done(output)) => break output,
                Some(Chunk::Delta(Delta::Text(text))) => {
                    begun = true;
                    yield Part::Text(text);
                }
                Some(Chunk::Delta(Delta::Restart)) if begun => Err(restarted())?,
                Some(Chunk::Delta(_)) => {}
                None => Err(Error::new(ErrorKind::Incomplete, "the model's stream ended without an answer"))?,
            }
        };
        yield Part::Done(GenerateResult { tokens: usage.get(), ..result(output)? });
    };
    parts.boxed()
}

fn restarted() -> Error {
    let why = "the model began anew, and langchain-rust cannot take back what it was told: let the provider hold its text back \
               until it is done";
    Error::new(ErrorKind::Unsupported, why)
}

/// What a call costs, which answers with tools do not tell.
#[derive(Default)]
struct UsageOfCall(Mutex<Option<Usage>>);

impl UsageOfCall {
    fn get(&self) -> Option<TokenUsage> {
        let usage =
            (*self.0.lock().unwrap_or_else(PoisonError::into_inner)).filter(|usage| *usage != Usage::default())?;
        let number = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
        Some(TokenUsage::new(number(usage.prompt_tokens), number(usage.completion_tokens)))
    }
}

impl CallbackHandler for UsageOfCall {
    fn on_llm_end(&self, _: &RunInfo, completion: &Completion) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(completion.usage);
    }
}

impl<L: ?Sized> Clone for AsLangchain<L> {
    fn clone(&self) -> Self {
        AsLangchain { model: self.model.clone(), options: self.options.clone() }
    }
}

impl<L: LLM + ?Sized> fmt::Debug for AsLangchain<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsLangchain").field("model", &self.model).finish_non_exhaustive()
    }
}
