//! Answers kept in memory.
use super::{Answer, Cache};
use crate::{Completion, Result};
use async_trait::async_trait;
use std::{fmt, sync::Arc};

/// Answers kept in memory, up to so many bytes of text; the ones asked for least go first. Clones share the answers.
///
/// # Examples
///
/// ```
/// use catena::{Model, layer::MemoryCache, testing::FakeLlm};
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["Paris"]])).cached(MemoryCache::new(64 << 20));
/// assert!(!llm.detailed().invoke("The capital of France?").await?.cached);
/// assert!(llm.detailed().invoke("The capital of France?").await?.cached);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryCache(moka::future::Cache<String, Arc<Answer>>);

impl MemoryCache {
    /// A cache of at most `bytes` of keys and answers. With 0 it keeps nothing.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, answer: &Arc<Answer>| {
            let Completion { text, reasoning, logprobs, .. } = &answer.completion;
            // Texts are there twice: in the increments and as a whole.
            let texts = 2 * (text.len() + reasoning.as_ref().map_or(0, String::len));
            let tokens = logprobs.iter().flat_map(|token| token.top.iter().chain([&token.chosen]));
            let tokens: usize = tokens.map(|token| size_of_val(token) + token.text.len()).sum();
            let increments = size_of_val(answer.deltas.as_slice());
            u32::try_from(key.len() + texts + tokens + increments).unwrap_or(u32::MAX)
        };
        MemoryCache(moka::future::Cache::builder().max_capacity(bytes).weigher(weigh).build())
    }

    /// Bytes of keys and answers that are kept, [`settle`](MemoryCache::settle)d or about to be.
    pub fn bytes(&self) -> u64 {
        self.0.weighted_size()
    }

    /// Waits until answers over the limit are gone; by itself that is done now and then.
    pub async fn settle(&self) {
        self.0.run_pending_tasks().await;
    }

    /// Forgets all answers.
    pub fn clear(&self) {
        self.0.invalidate_all();
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<Answer>> {
        Ok(self.0.get(key).await.map(|answer| answer.as_ref().clone()))
    }

    async fn put(&self, key: &str, answer: &Answer) -> Result<()> {
        self.0.insert(key.to_owned(), Arc::new(answer.clone())).await;
        Ok(())
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCache").field("answers", &self.0.entry_count()).finish()
    }
}
