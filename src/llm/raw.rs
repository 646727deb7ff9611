//! Typed answers beside the text they were read from.
use super::typed::parse;
use crate::{
    Chunk, ChunkStream, Completion, Graph, IntoRequest, LLM, Result, RunContext, Runnable, StepKind, Structured,
    chunk::whole, head::asked,
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use std::{borrow::Cow, fmt};

/// A typed answer, and what the model wrote.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RawAnswer<T> {
    /// What the model wrote, and what it cost.
    pub raw: Completion,
    /// The value, or why the text is none.
    pub parsed: Result<T>,
}

/// A [`Structured`] step that also gives what the model wrote; see [`Structured::with_raw`].
#[must_use = "a step does nothing until it is run"]
pub struct WithRaw<T, L: ?Sized = dyn LLM>(Structured<T, L>);

impl<T: DeserializeOwned + Send + 'static, L: LLM + ?Sized> Structured<T, L> {
    /// The same step, giving what the model wrote beside the value. A text that cannot be read is then no error of the
    /// run. LangChain has this as `include_raw`.
    ///
    /// ```
    /// use catena::{Model, testing::FakeLlm};
    ///
    /// let llm = Model::new(FakeLlm::always("[1,2]"));
    /// let answer = futures::executor::block_on(llm.structured::<Vec<u8>>().with_raw().invoke("Two numbers?"))?;
    /// assert_eq!((answer.raw.text.as_str(), answer.parsed?), ("[1,2]", vec![1, 2]));
    /// # Ok::<(), catena::Error>(())
    /// ```
    #[doc(alias = "include_raw")]
    pub fn with_raw(self) -> WithRaw<T, L> {
        WithRaw(self)
    }
}

impl<T: DeserializeOwned + Send + 'static, L: LLM + ?Sized> WithRaw<T, L> {
    /// Asks once and gives the text and the value.
    ///
    /// # Errors
    /// As [`Structured::invoke`], but for those of a text that cannot be read.
    pub async fn invoke(&self, prompt: impl IntoRequest) -> Result<RawAnswer<T>> {
        self.invoke_in(prompt, &RunContext::new()).await
    }
}

fn both<T: DeserializeOwned>(raw: Completion) -> RawAnswer<T> {
    RawAnswer { parsed: parse(raw.clone()), raw }
}

impl<T: DeserializeOwned + Send + 'static, L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I>
    for WithRaw<T, L>
{
    type Output = RawAnswer<T>;

    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<RawAnswer<T>>> + Send {
        whole(self.0.answer(input.into_request(), cx)).map(|completion| Ok(both(completion?)))
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, RawAnswer<T>> {
        let chunks = self.0.answer(input.into_request(), cx).map_ok(|chunk| match chunk {
            Chunk::Delta(delta) => Chunk::Delta(delta),
            Chunk::Done(completion) => Chunk::Done(both(completion)),
        });
        chunks.boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.id()
    }

    fn kind(&self) -> StepKind {
        StepKind::Model
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, RawAnswer<T>>(self.0.id(), StepKind::Model).reading(self.0.configurable())
    }
}

asked!(
    impl<T, L> WithRaw<T, L> => RawAnswer<T>, "the JSON text as it is written"
    where T: DeserializeOwned + Send + 'static, L: LLM + ?Sized
);
crate::pipe_head!(impl<T, L> WithRaw<T, L>: crate::Prompt where T: DeserializeOwned + Send + 'static, L: LLM);

impl<T, L: ?Sized> Clone for WithRaw<T, L> {
    fn clone(&self) -> Self {
        WithRaw(self.0.clone())
    }
}

impl<T, L: LLM + ?Sized> fmt::Debug for WithRaw<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WithRaw").field(&self.0).finish()
    }
}
