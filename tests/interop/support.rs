//! What the tests share: an LLM of langchain-rust's, and how its chains and streams are asked.
use async_trait::async_trait;
use futures::{Stream, StreamExt, stream};
use langchain_rust::{
    chain::{LLMChain, LLMChainBuilder, options::ChainCallOptions},
    fmt_template,
    language_models::{GenerateResult, LLMError, LLMEvent, LLMEventStream, TokenUsage, llm::LLM, options::CallOptions},
    message_formatter,
    prompt::HumanMessagePromptTemplate,
    schemas::{Message, StreamData},
    template_fstring,
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

/// Answers with these events, and remembers what it was asked with which options.
#[derive(Clone, Default)]
pub(crate) struct Scripted {
    events: Vec<Result<LLMEvent, String>>,
    options: CallOptions,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
}

type Asked = (Vec<Message>, CallOptions);

impl Scripted {
    pub(crate) fn new(events: impl IntoIterator<Item = Result<LLMEvent, String>>) -> Self {
        Scripted { events: events.into_iter().collect(), ..Scripted::default() }
    }

    pub(crate) fn writing(texts: &[&str], done: &str, tokens: Option<TokenUsage>) -> Self {
        let result = GenerateResult { tokens, generation: done.to_owned(), tool_calls: vec![] };
        let texts = texts.iter().map(|text| Ok(LLMEvent::Text((*text).to_owned())));
        Scripted::new(texts.chain([Ok(LLMEvent::Done(result))]))
    }
}

#[async_trait]
impl LLM for Scripted {
    async fn generate(&self, messages: &[Message]) -> Result<GenerateResult, LLMError> {
        let mut events = self.generate_stream(messages);
        while let Some(event) = events.next().await {
            if let LLMEvent::Done(result) = event? {
                return Ok(result);
            }
        }
        Err(LLMError::ContentNotFound("Done".to_owned()))
    }

    async fn stream(
        &self,
        _: &[Message],
    ) -> Result<Pin<Box<dyn Stream<Item = Result<StreamData, LLMError>> + Send>>, LLMError> {
        Err(LLMError::OtherError("not streamed like this".to_owned()))
    }

    fn generate_stream<'a>(&'a self, messages: &'a [Message]) -> LLMEventStream<'a> {
        self.asked.lock().unwrap().push((messages.to_vec(), self.options.clone()));
        stream::iter(self.events.clone()).map(|event| event.map_err(LLMError::OtherError)).boxed()
    }

    fn add_options(&mut self, options: CallOptions) {
        self.options.merge_options(options);
    }
}

/// A chain of langchain-rust's that asks to name a thing.
pub(crate) fn chain(llm: impl Into<Box<dyn LLM>>, options: ChainCallOptions) -> LLMChain {
    let prompt = message_formatter![fmt_template!(HumanMessagePromptTemplate::new(template_fstring!(
        "Name a {thing}.",
        "thing"
    )))];
    LLMChainBuilder::new().prompt(prompt).llm(llm).options(options).build().unwrap()
}

/// The texts and the result of a stream.
pub(crate) async fn read<E: std::fmt::Debug>(
    events: impl Stream<Item = Result<LLMEvent, E>>,
) -> (Vec<String>, GenerateResult) {
    let (mut texts, mut result) = (Vec::new(), None);
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        assert!(result.is_none(), "something follows the result");
        match event.unwrap() {
            LLMEvent::Text(text) => texts.push(text),
            LLMEvent::Done(done) => result = Some(done),
            other => panic!("{other:?}"),
        }
    }
    (texts, result.unwrap())
}
