//! LLMs of langchain-rust as providers.
use super::{CallOption, errors, messages, options};
use crate::{
    Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, FinishReason, LLM, Request, Result, RunContext, Usage,
    chunk::failed,
};
use async_stream::try_stream;
use futures::StreamExt;
use langchain_rust::{
    language_models::{GenerateResult, LLMEvent, llm::LLM as Theirs},
    schemas::Message,
};
use std::fmt;

/// An LLM of langchain-rust's as a provider of a [`Model`](crate::Model).
///
/// It has no place for grammars, so it refuses them, [`structured`](crate::Model::structured) included: read its answers with a
/// [`JsonParser`](crate::JsonParser). Of options it takes those that it is said to [carry](FromLangchain::carries), and refuses all
/// others. Both are errors of kind [`Unsupported`](ErrorKind::Unsupported) before it is asked, with the name as their path.
///
/// Text is asked as what the person says. Where it tells how many tokens it wrote, and they are as many as it was allowed to,
/// the finish reason is [`Length`](FinishReason::Length); langchain-rust tells no other. Most LLMs of langchain-rust need a
/// tokio runtime around the call.
///
/// # Examples
///
/// ```no_run
/// use catena::{GenerateOptions, Model, Template, interop::{CallOption, FromLangchain}};
/// use langchain_rust::llm::openai::{OpenAI, OpenAIConfig};
///
/// # async fn ask() -> catena::Result<()> {
/// let openai = OpenAI::new(OpenAIConfig::new().with_api_key("…")).with_model("gpt-4o-mini");
/// let sends = [CallOption::MaxTokens, CallOption::Temperature, CallOption::Stop];
/// let llm = Model::new(FromLangchain::new("gpt-4o-mini", openai).carries(sends));
/// let chain = Template::new("Name a {thing}.")? | llm.with_options(GenerateOptions::new().temperature(0.2));
/// println!("{}", chain.invoke([("thing", "tree")]).await?);
/// # Ok(()) }
/// ```
pub struct FromLangchain {
    id: String,
    llm: Box<dyn Theirs>,
    carried: Vec<CallOption>,
}

impl FromLangchain {
    /// This LLM, under a name that stands for it in the run tree, in errors, and in the keys of caches.
    pub fn new(id: impl Into<String>, llm: impl Into<Box<dyn Theirs>>) -> Self {
        FromLangchain { id: id.into(), llm: llm.into(), carried: Vec::new() }
    }

    /// The same, said to honour these options, besides those said before. Default: none.
    ///
    /// An LLM of langchain-rust leaves out what it does not know without a word, and cannot be asked what it does. In 7.0:
    ///
    /// | LLM | sends |
    /// |:--|:--|
    /// | `OpenAI` | `MaxTokens`, `Temperature`, `Stop` |
    /// | `Claude` | `MaxTokens`, `Temperature`, `Stop`, `TopK`, `TopP` |
    /// | `Qwen`, `Bedrock` | `MaxTokens`, `Temperature`, `Stop`, `TopP` |
    /// | `Deepseek` | `MaxTokens`, `Temperature`, `Stop`, `TopP`, `FrequencyPenalty`, `PresencePenalty` |
    /// | `Ollama` | none |
    /// | [`AsLangchain`](super::AsLangchain) | [all](CallOption::ALL) |
    ///
    /// Options of a call are added to those the LLM has; those of `Deepseek` are replaced, which is how it does that.
    #[must_use]
    pub fn carries(mut self, options: impl IntoIterator<Item = CallOption>) -> Self {
        self.carried.extend(options);
        self
    }

    /// The LLM with the options of this request, and what it is asked.
    fn asked(&self, request: Request) -> Result<(Box<dyn Theirs>, Vec<Message>)> {
        if request.grammar.is_some() {
            let why = "a grammar cannot be carried: langchain-rust has no place for it; read the answer with a `JsonParser`, or \
                       set a `response_format` on the model of langchain-rust";
            return Err(Error::new(ErrorKind::Unsupported, why).with_path("grammar"));
        }
        let options = options::theirs(request.options, &self.carried, &self.id)?;
        let mut llm = self.llm.clone_box();
        if let Some(options) = options {
            llm.add_options(options);
        }
        Ok((llm, messages::theirs(request.prompt)?))
    }
}

impl LLM for FromLangchain {
    fn generate(&self, request: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let most = request.options.max_tokens;
        let (llm, messages) = match self.asked(request) {
            Ok(asked) => asked,
            Err(error) => return failed(error),
        };
        let chunks = try_stream! {
            let mut events = llm.generate_stream(&messages);
            let mut written = String::new();
            let result = loop {
                match events.next().await.transpose().map_err(errors::ours)? {
                    Some(LLMEvent::Text(text)) => {
                        written.push_str(&text);
                        yield Chunk::Delta(Delta::Text(text));
                    }
                    Some(LLMEvent::Done(result)) => break result,
                    // The whole text comes with the end, whatever other events there will be.
                    Some(_) => {}
                    None => Err(Error::new(ErrorKind::Incomplete, "the LLM's stream ended without `Done`"))?,
                }
            };
            let completion = completion(result, most)?;
            for delta in missing(&written, &completion.text) {
                yield Chunk::Delta(delta);
            }
            yield Chunk::Done(completion);
        };
        chunks.boxed()
    }

    fn id(&self) -> &str {
        &self.id
    }
}

/// What the increments lack of the text: an LLM may hand out less than it wrote, or other text.
fn missing(written: &str, text: &str) -> Vec<Delta> {
    match text.strip_prefix(written) {
        Some("") => vec![],
        Some(rest) => vec![Delta::Text(rest.to_owned())],
        None => vec![Delta::Restart, Delta::Text(text.to_owned())],
    }
}

fn completion(result: GenerateResult, most: Option<usize>) -> Result<Completion> {
    let GenerateResult { tokens, generation, tool_calls } = result;
    if let Some(call) = tool_calls.first() {
        let why =
            format!("the answer calls the tool `{}`, and a `Model` gives text: take the tools off the LLM", call.name);
        return Err(Error::new(ErrorKind::Unsupported, why).with_path("tool_calls").with_partial(generation));
    }
    let completion = Completion::new(generation);
    let Some(tokens) = tokens else { return Ok(completion) };
    let number = |tokens: u32| usize::try_from(tokens).unwrap_or(usize::MAX);
    let usage = Usage::new(number(tokens.prompt_tokens), number(tokens.completion_tokens));
    let full = most.is_some_and(|most| usage.completion_tokens >= most);
    let reason = if full { FinishReason::Length } else { FinishReason::EndOfText };
    Ok(completion.with_usage(usage).with_finish_reason(reason))
}

impl fmt::Debug for FromLangchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromLangchain").field("id", &self.id).field("carried", &self.carried).finish_non_exhaustive()
    }
}
