//! A model that gives values of a Rust type.
use crate::{
    Chunk, ChunkStream, Completion, Error, ErrorKind, FinishReason, Grammar, Graph, IntoRequest, JsonParser, LLM,
    Model, OutputParser, Request, Result, RunContext, Runnable, StepKind, chunk::whole, head::asked, llm::invalid,
    structured::schema_for_type,
};
use futures::{FutureExt, StreamExt, stream};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// A [`Model`] that gives a `T`; see [`Model::structured`].
#[must_use = "a step does nothing until it is run"]
pub struct Structured<T, L: ?Sized = dyn LLM> {
    grammar: Result<Grammar>,
    schema: fn() -> Value,
    value: PhantomData<fn() -> T>,
    model: Model<L>,
}

impl<T: JsonSchema + DeserializeOwned + Send + 'static, L: LLM + ?Sized> Structured<T, L> {
    pub(crate) fn new(model: Model<L>) -> Self {
        let grammar = match model.grammar() {
            None => Grammar::from_type::<T>(),
            Some(_) => Err(second_grammar(BRINGS)),
        };
        Structured { grammar, schema: schema_for_type::<T>, value: PhantomData, model }
    }

    /// What to tell the model about the value: its JSON schema, doc comments included, to be filled into a prompt.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{Model, Template, testing::FakeLlm};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Review {
    ///     /// From 1, bad, to 5, good.
    ///     stars: u8,
    /// }
    ///
    /// # futures::executor::block_on(async {
    /// let llm = Model::new(FakeLlm::always(r#"{"stars":5}"#));
    /// let review = llm.structured::<Review>();
    /// let prompt = Template::new("{form}\n\n{text}")?.partial("form", review.format_instructions())?;
    /// assert_eq!((prompt | review).invoke([("text", "I loved it.")]).await?.stars, 5);
    /// assert!(llm.requests()[0].prompt.to_string().contains("From 1, bad, to 5, good."));
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub fn format_instructions(&self) -> String {
        JsonParser::<T>::new().format_instructions()
    }
}

impl<T: DeserializeOwned + Send + 'static, L: LLM + ?Sized> Structured<T, L> {
    /// The same step, once its schema is known to be one that a grammar can honour.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with the path in the schema.
    pub fn check(self) -> Result<Self> {
        match self.grammar {
            Ok(_) => Ok(self),
            Err(error) => Err(error),
        }
    }

    /// The grammar that answers are held to.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with the path in the schema.
    pub fn grammar(&self) -> Result<&Grammar> {
        self.grammar.as_ref().map_err(Clone::clone)
    }

    /// Asks once and gives the value.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with the path in the schema, [`ErrorKind::OutOfTokens`] and [`ErrorKind::Parse`] with the text,
    /// and those of [`Model::invoke`].
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<T> {
        self.invoke_in(prompt, &RunContext::new()).await
    }

    pub(super) fn id(&self) -> Cow<'static, str> {
        self.model.id()
    }

    pub(super) fn configurable(&self) -> Vec<String> {
        self.model.configurable()
    }

    pub(super) fn answer(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        if request.options.echo.or(cx.options().echo).or(self.model.options().echo) == Some(true) {
            let error = invalid("echo", &true, "left out: a typed answer has no prompt in it");
            return stream::iter([Err(error)]).boxed();
        }
        let held = self.grammar.clone().and_then(|grammar| match request.grammar {
            None => Ok(request.with_grammar(grammar)),
            Some(_) => Err(second_grammar(BRINGS)),
        });
        match held {
            Ok(request) => self.model.answer(request, cx),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}

const BRINGS: &str = "a typed answer brings its own";

/// Where a grammar is given to what brings another.
pub(crate) fn second_grammar(brings: &str) -> Error {
    let message = format!("there is a grammar already, and {brings}: leave out one of the two");
    Error::new(ErrorKind::InvalidOption, message)
}

pub(crate) fn parse<T: DeserializeOwned>(completion: Completion) -> Result<T> {
    let Completion { text, finish_reason, usage, .. } = completion;
    // A number alone is a value wherever it is cut.
    let is_cut = matches!(finish_reason, FinishReason::Length | FinishReason::Stop(_))
        && text.ends_with(|last: char| last.is_ascii_digit());
    let read = serde_json::from_str(&text).and_then(|value| {
        if is_cut { Err(serde::de::Error::custom("the number may have been cut")) } else { Ok(value) }
    });
    match (read, finish_reason) {
        (Ok(value), _) => Ok(value),
        (Err(_), FinishReason::Length) => Err(Error::new(
            ErrorKind::OutOfTokens,
            format!(
                "the {} tokens written were not enough for the value: allow more with `max_tokens`, or a larger context",
                usage.completion_tokens
            ),
        )
        .with_partial(text)),
        (Err(error), FinishReason::Stop(stop)) => Err(Error::new(
            ErrorKind::Parse,
            format!("the stop text {stop:?} ended the answer before the value was complete: leave it out"),
        )
        .with_source(error)
        .with_partial(text)),
        (Err(error), _) => {
            let message = format!("the answer is not a `{}`: {error}", std::any::type_name::<T>());
            Err(Error::new(ErrorKind::Parse, message).with_source(error).with_partial(text))
        }
    }
}

impl<T: DeserializeOwned + Send + 'static, L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I>
    for Structured<T, L>
{
    type Output = T;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<T>> + Send {
        whole(self.answer(input.into_request(), cx)).map(|completion| parse(completion?))
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, T> {
        let chunks = self.answer(input.into_request(), cx).map(|chunk| match chunk? {
            Chunk::Delta(delta) => Ok(Chunk::Delta(delta)),
            Chunk::Done(completion) => parse(completion).map(Chunk::Done),
        });
        chunks.boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        self.model.id()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, T>(self.model.id(), StepKind::Model)
            .with_output_schema((self.schema)())
            .reading(self.model.configurable())
    }
}

asked!(
    impl<T, L> Structured<T, L> => T, "the JSON text as it is written"
    where T: DeserializeOwned + Send + 'static, L: LLM + ?Sized
);
crate::pipe_head!(impl<T, L> Structured<T, L>: crate::Prompt where T: DeserializeOwned + Send + 'static, L: LLM);

impl<T, L: ?Sized> Clone for Structured<T, L> {
    fn clone(&self) -> Self {
        Structured { grammar: self.grammar.clone(), schema: self.schema, value: PhantomData, model: self.model.clone() }
    }
}

impl<T, L: LLM + ?Sized> fmt::Debug for Structured<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = std::any::type_name::<T>();
        f.debug_struct("Structured").field("target", &target).field("model", &self.model).finish_non_exhaustive()
    }
}
