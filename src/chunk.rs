//! What a streaming run hands out.
use crate::{Error, ErrorKind, Result, parse::JsonPatch};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One item of a streaming run: any number of increments, then the value, once.
#[derive(Debug, Clone, PartialEq)]
pub enum Chunk<T> {
    /// A part of a value that is still being produced.
    Delta(Delta),
    /// The whole value; nothing follows it.
    Done(T),
}

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delta {
    /// More text, cut at a character boundary.
    Text(String),
    /// More of what a model thinks before its answer, cut at a character boundary.
    Reasoning(String),
    /// The JSON value as far as it is known.
    Json(serde_json::Value),
    /// A change of a JSON value, which begins as null: what parsers hand out.
    Patch(JsonPatch),
    /// A part of the value of one of several steps that run side by side.
    Branch {
        /// Which of them: a name, or a place.
        branch: Arc<str>,
        /// The part.
        delta: Box<Delta>,
    },
    /// What came before is void, and the value begins anew: after a failure, where
    /// [`StreamPolicy::Restart`](crate::StreamPolicy::Restart) allows it.
    Restart,
}

/// The stream of a run. Dropping it cancels the run.
pub type ChunkStream<'a, T> = BoxStream<'a, Result<Chunk<T>>>;

/// The stream of a run that failed at once.
pub(crate) fn failed<'a, T: Send + 'a>(error: Error) -> ChunkStream<'a, T> {
    stream::iter([Err(error)]).boxed()
}

/// Waits for the value, passing over the increments.
pub(crate) async fn whole<T>(mut chunks: ChunkStream<'_, T>) -> Result<T> {
    while let Some(chunk) = chunks.next().await {
        if let Chunk::Done(value) = chunk? {
            return Ok(value);
        }
    }
    Err(Error::new(ErrorKind::Incomplete, "the stream ended without a value: a step must end its stream with `Done`"))
}
