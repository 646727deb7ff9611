//! A provider that answers from a cache.
use super::{
    Answer, Cache,
    request::{Written, values_read},
};
use crate::{Chunk, ChunkStream, Completion, Delta, LLM, Model, Request, Result, RunContext};
use futures::{StreamExt, TryStreamExt, stream};
use std::{fmt, sync::Arc};

/// A provider that answers again what it answered before, in the same increments.
///
/// The key is the model's [identity](LLM::identity), the prompt, every option, the stop texts, the grammar and the values
/// of the [configurable](LLM::configurable) keys that the provider reads. An answer out of the cache is marked so
/// ([`Completion::cached`]), and its run starts and ends like any other. Only whole answers are kept: not those that
/// failed or were cancelled.
///
/// A cache that cannot be read is the run's error, before the model is asked. One that cannot be written is an error
/// that holds the answer ([`Error::partial`](crate::Error::partial)). [`lenient`](Cached::lenient) logs both and goes on.
///
/// Made by [`Model::cached`].
pub struct Cached<L: ?Sized> {
    cache: Arc<dyn Cache>,
    lenient: bool,
    provider: Arc<L>,
}

impl<L: LLM + ?Sized> Cached<L> {
    /// Answers of `provider` are kept in `cache`.
    pub fn new(provider: Arc<L>, cache: impl Cache) -> Self {
        Cached { cache: Arc::new(cache), lenient: false, provider }
    }

    /// The same, but a cache that fails is logged and passed by.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Nothing where the failure may be passed by.
    fn forgiven<T>(&self, outcome: Result<Option<T>>) -> Result<Option<T>> {
        match outcome {
            Err(error) if self.lenient => {
                tracing::warn!(model = self.provider.id(), %error, "the cache failed; the model is asked");
                Ok(None)
            }
            outcome => outcome,
        }
    }

    /// All that may change the answer.
    fn key(&self, request: &Request, cx: &RunContext) -> String {
        let values = values_read(self.provider.configurable(), cx);
        Written::new(&self.provider.identity(), request, values).key()
    }

    async fn answer(&self, request: Request, cx: &RunContext) -> Result<ChunkStream<'_, Completion>> {
        let key = self.key(&request, cx);
        if let Some(mut answer) = self.forgiven(self.cache.get(&key).await)? {
            answer.completion.cached = true;
            return Ok(stream::iter(answer.into_chunks().map(Ok)).boxed());
        }
        let mut deltas: Vec<Delta> = Vec::new();
        let chunks = self.provider.generate(request, cx).and_then(move |chunk| {
            let kept = match &chunk {
                Chunk::Delta(delta) => {
                    deltas.push(delta.clone());
                    None
                }
                Chunk::Done(completion) => {
                    Some((key.clone(), Answer::new(std::mem::take(&mut deltas), completion.clone())))
                }
            };
            async move {
                if let Some((key, answer)) = kept {
                    let put = self.cache.put(&key, &answer).await.map(Some);
                    self.forgiven(put).map_err(|error| error.with_partial(answer.completion.text))?;
                }
                Ok(chunk)
            }
        });
        Ok(chunks.boxed())
    }
}

impl<L: LLM + ?Sized> LLM for Cached<L> {
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let cx = cx.clone();
        stream::once(async move { self.answer(request, &cx).await }).try_flatten().boxed()
    }

    fn id(&self) -> &str {
        self.provider.id()
    }

    fn identity(&self) -> String {
        self.provider.identity()
    }

    fn configurable(&self) -> Vec<String> {
        self.provider.configurable()
    }
}

impl<L: LLM + ?Sized> Model<L> {
    /// The same model, answering again what it answered before; see [`Cached`].
    pub fn cached(self, cache: impl Cache) -> Model<Cached<L>> {
        self.cached_with(cache, |cached| cached)
    }

    /// The same, and `settle` says how: `llm.cached_with(cache, Cached::lenient)`.
    pub fn cached_with(self, cache: impl Cache, settle: impl FnOnce(Cached<L>) -> Cached<L>) -> Model<Cached<L>> {
        self.around(|provider| settle(Cached::new(provider, cache)))
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Cached<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("provider", &self.provider.id())
            .field("lenient", &self.lenient)
            .finish_non_exhaustive()
    }
}
