//! A cache that can be told to fail, and a model with a script.
use async_trait::async_trait;
use catena::{
    Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, LLM, Model, Request, Result, RunContext,
    layer::{Answer, Cache},
    testing::FakeLlm,
};
use futures::{StreamExt, TryStreamExt};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Keeps everything; fails to read or to write when told so.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    pub(crate) answers: Arc<Mutex<HashMap<String, Answer>>>,
    pub(crate) unreadable: bool,
    pub(crate) full: bool,
}

impl Shelf {
    pub(crate) fn len(&self) -> usize {
        self.answers.lock().unwrap().len()
    }
}

#[async_trait]
impl Cache for Shelf {
    async fn get(&self, key: &str) -> Result<Option<Answer>> {
        if self.unreadable {
            return Err(Error::new(ErrorKind::Io, "unreadable"));
        }
        Ok(self.answers.lock().unwrap().get(key).cloned())
    }

    async fn put(&self, key: &str, answer: &Answer) -> Result<()> {
        if self.full {
            return Err(Error::new(ErrorKind::Io, "full"));
        }
        self.answers.lock().unwrap().insert(key.to_owned(), answer.clone());
        Ok(())
    }
}

/// Answers "1", "2", … in two increments each.
pub(crate) fn counting() -> Model<FakeLlm> {
    Model::new(FakeLlm::scripted((1..100).map(|number| vec!["answer ".to_owned(), number.to_string()])))
}

/// The increments of a stream.
pub(crate) async fn deltas<L: LLM + ?Sized>(llm: &Model<L>, prompt: &str) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut chunks = llm.stream(prompt);
    while let Some(chunk) = chunks.try_next().await? {
        if let Chunk::Delta(Delta::Text(text)) = chunk {
            texts.push(text);
        }
    }
    Ok(texts)
}

/// Answers with the configurable value `tone`.
pub(crate) struct Toned;

impl LLM for Toned {
    fn generate(&self, _: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let tone = cx.configurable("tone").map_or_else(|| "plain".to_owned(), ToString::to_string);
        futures::stream::iter([Ok(Chunk::Done(Completion::new(tone)))]).boxed()
    }

    fn id(&self) -> &'static str {
        "toned"
    }

    fn configurable(&self) -> Vec<String> {
        vec!["tone".to_owned()]
    }
}
