//! An answer that can be given again.
use crate::{Chunk, Completion, Delta};
use serde::{Deserialize, Serialize};

/// An answer, with the increments in which it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Answer {
    /// What came on the way.
    pub deltas: Vec<Delta>,
    /// What it came to.
    pub completion: Completion,
}

impl Answer {
    /// An answer that came in these increments.
    pub fn new(deltas: Vec<Delta>, completion: Completion) -> Self {
        Answer { deltas, completion }
    }

    /// The answer as the chunks of a stream.
    pub fn into_chunks(self) -> impl Iterator<Item = Chunk<Completion>> {
        self.deltas.into_iter().map(Chunk::Delta).chain([Chunk::Done(self.completion)])
    }
}
