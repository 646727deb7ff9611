//! What users hold of a language model.
use crate::{
    CallbackHandler, Chunk, ChunkStream, Completion, GenerateOptions, Grammar, Graph, IntoRequest, LLM, Request,
    Result, RunContext, Runnable, StepKind, Structured,
    chain::text_of,
    chunk::whole,
    head::asked,
    report::{LlmEvents, Report, Upstream},
};
use futures::{FutureExt, Stream, StreamExt, TryStreamExt, stream};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::{borrow::Cow, fmt, ops::Deref, sync::Arc};

/// What a user holds of a language model: a shared provider, known (`Model<LlamaCpp>`) or chosen at run time (`Model`),
/// and how it is to generate. Cheap to clone; clones share the provider.
///
/// As a step it takes a [`Prompt`](crate::Prompt), text or a [`Request`], and gives the text written;
/// [`detailed`](Model::detailed) gives the whole [`Completion`], and [`structured`](Model::structured) a value of a
/// Rust type. It dereferences to the provider.
///
/// # Examples
///
/// ```
/// use catena::{GenerateOptions, Model, testing::FakeLlm};
///
/// let llm = Model::new(FakeLlm::always("Once upon a time"));
/// let brief = llm.clone().with_options(GenerateOptions::new().max_tokens(16));
/// assert_eq!(futures::executor::block_on(brief.invoke("Tell a story."))?, "Once upon a time");
/// # Ok::<(), catena::Error>(())
/// ```
#[must_use = "a model does nothing until it is asked"]
pub struct Model<L: ?Sized = dyn LLM> {
    settings: Settings,
    provider: Arc<L>,
}

#[derive(Clone, Default)]
struct Settings {
    options: GenerateOptions,
    grammar: Option<Grammar>,
    handlers: Vec<Arc<dyn CallbackHandler>>,
}

impl<L: LLM> Model<L> {
    /// A model of this provider.
    pub fn new(provider: L) -> Self {
        Model { settings: Settings::default(), provider: Arc::new(provider) }
    }

    /// The same model with the provider's type forgotten.
    pub fn erase(self) -> Model {
        Model { settings: self.settings, provider: self.provider }
    }
}

impl<L: LLM + ?Sized> Model<L> {
    /// The same model with these options; what they leave open stays as it was.
    pub fn with_options(mut self, options: GenerateOptions) -> Self {
        self.settings.options = self.settings.options.overridden_by(options);
        self
    }

    /// The same model, held to this grammar.
    pub fn with_grammar(mut self, grammar: Grammar) -> Self {
        self.settings.grammar = Some(grammar);
        self
    }

    /// The same model, watched by this handler wherever it runs.
    pub fn with_callback(mut self, handler: impl CallbackHandler + 'static) -> Self {
        self.settings.handlers.push(Arc::new(handler));
        self
    }

    /// The options that hold where a call gives no others.
    pub fn options(&self) -> &GenerateOptions {
        &self.settings.options
    }

    /// The grammar that answers are held to.
    pub fn grammar(&self) -> Option<&Grammar> {
        self.settings.grammar.as_ref()
    }

    /// The same model with something around its provider; options, grammar and handlers stay.
    pub(crate) fn around<A: LLM>(self, around: impl FnOnce(Arc<L>) -> A) -> Model<A> {
        Model { settings: self.settings, provider: Arc::new(around(self.provider)) }
    }

    /// A step that gives the whole [`Completion`]: text, finish reason, usage and timings.
    pub fn detailed(&self) -> Detailed<L> {
        Detailed(self.clone())
    }

    /// A step that gives a `T`: the model is held to a grammar of compact JSON texts, each of which `T` deserializes from,
    /// with the fields in the order of the declaration; see [`structured`](crate::structured).
    ///
    /// The prompt goes to the model as it is. The grammar leads the model to the name of each field, but what doc comments
    /// say of a field it learns only from a prompt with [`format_instructions`](Structured::format_instructions).
    ///
    /// A schema that no grammar can honour is an [`ErrorKind::Schema`](crate::ErrorKind::Schema) of the first run,
    /// before the first token; [`Structured::check`] tells it at once. Running out of tokens is an
    /// [`ErrorKind::OutOfTokens`](crate::ErrorKind::OutOfTokens) that carries the text so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{Model, Template, testing::FakeLlm};
    ///
    /// #[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
    /// struct Person {
    ///     name: String,
    ///     age: u8,
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let llm = Model::new(FakeLlm::always(r#"{"name":"Ada","age":36}"#));
    /// let chain = Template::new("Who is in this text? {text}")? | llm.structured::<Person>();
    /// let person = chain.invoke([("text", "Ada is 36.")]).await?;
    /// assert_eq!(person, Person { name: "Ada".into(), age: 36 });
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    #[doc(alias = "with_structured_output")]
    pub fn structured<T: JsonSchema + DeserializeOwned + Send + 'static>(&self) -> Structured<T, L> {
        Structured::new(self.clone())
    }

    /// Asks once and gives the text written.
    ///
    /// # Errors
    /// Those of the provider, which [`LLM::generate`] lists, and [`ErrorKind::Aborted`](crate::ErrorKind::Aborted) where a
    /// handler asked for it.
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<String> {
        self.invoke_in(prompt, &RunContext::new()).await
    }

    /// Only the text of [`stream`](Model::stream).
    pub fn stream_text(&self, prompt: impl IntoRequest) -> impl Stream<Item = Result<String>> + Send + Unpin {
        text_of(self.stream(prompt))
    }

    /// Asks the provider, reporting the typed events of the run `cx`.
    pub(crate) fn answer(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let settings = &self.settings;
        let request = Request {
            prompt: request.prompt,
            options: settings.options.clone().overridden_by(cx.options().clone()).overridden_by(request.options),
            grammar: request.grammar.or_else(|| settings.grammar.clone()),
        };
        let cx = cx.of_model(self.provider.id(), &settings.handlers);
        cx.tell(|handler, run| handler.on_llm_start(run, &request));
        let report = Report::<Completion, LlmEvents>::open(cx.clone());
        let chunks = match cx.aborted().and_then(|()| request.options.validate()) {
            Ok(()) => self.provider.generate(request, &cx),
            Err(error) => stream::iter([Err(error)]).boxed(),
        };
        report.watch(chunks, Upstream::default())
    }

    pub(crate) fn id(&self) -> Cow<'static, str> {
        self.provider.id().to_owned().into()
    }
}

impl<L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I> for Model<L> {
    type Output = String;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<String>> + Send {
        whole(self.answer(input.into_request(), cx)).map(|completion| Ok(completion?.text))
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, String> {
        let chunks = self.answer(input.into_request(), cx).map_ok(|chunk| match chunk {
            Chunk::Delta(delta) => Chunk::Delta(delta),
            Chunk::Done(completion) => Chunk::Done(completion.text),
        });
        chunks.boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        self.id()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, String>(self.id(), StepKind::Model).reading(self.provider.configurable())
    }
}

asked!(impl<L> Model<L> => String, "the text as it is written" where L: LLM + ?Sized);
crate::pipe_head!(impl<L> Model<L>: crate::Prompt where L: LLM);
crate::pipe_head!(Model: crate::Prompt);

impl<L: ?Sized> Clone for Model<L> {
    fn clone(&self) -> Self {
        Model { settings: self.settings.clone(), provider: Arc::clone(&self.provider) }
    }
}

impl<L: ?Sized> Deref for Model<L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.provider
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Model<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { options, grammar, handlers } = &self.settings;
        f.debug_struct("Model")
            .field("provider", &self.provider.id())
            .field("options", options)
            .field("grammar", &grammar.is_some())
            .field("handlers", &handlers.len())
            .finish()
    }
}

/// A [`Model`] that gives the whole [`Completion`]; see [`Model::detailed`].
#[must_use = "a step does nothing until it is run"]
pub struct Detailed<L: ?Sized = dyn LLM>(Model<L>);

impl<L: LLM + ?Sized> Detailed<L> {
    /// Asks once and gives the completion.
    ///
    /// # Errors
    /// As [`Model::invoke`].
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<Completion> {
        self.invoke_in(prompt, &RunContext::new()).await
    }
}

impl<L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I> for Detailed<L> {
    type Output = Completion;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<Completion>> + Send {
        whole(self.0.answer(input.into_request(), cx))
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, Completion> {
        self.0.answer(input.into_request(), cx)
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.id()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, Completion>(self.0.id(), StepKind::Model).reading(self.0.provider.configurable())
    }
}

asked!(impl<L> Detailed<L> => Completion, "the text as it is written" where L: LLM + ?Sized);
crate::pipe_head!(impl<L> Detailed<L>: crate::Prompt where L: LLM);
crate::pipe_head!(Detailed: crate::Prompt);

impl<L: ?Sized> Clone for Detailed<L> {
    fn clone(&self) -> Self {
        Detailed(self.0.clone())
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Detailed<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Detailed").field(&self.0).finish()
    }
}
