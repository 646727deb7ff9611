//! A parser on a text that is still being written.
use super::{OutputParser, Progress};
use crate::{Chunk, ChunkStream, Delta, Result};
use futures::{StreamExt, stream};
use std::collections::VecDeque;

/// Reads a text while it is written: what a parser's [`transform`](crate::Runnable::transform) does.
///
/// Hands out what the parser's [`progress`](OutputParser::progress) knows, and then the value of the whole text. A text
/// that can no longer become a value is an error at once.
pub fn follow<'a, P: OutputParser + ?Sized>(
    parser: &'a P,
    input: ChunkStream<'a, String>,
) -> ChunkStream<'a, P::Output> {
    let following = Following {
        parser,
        input: Some(input),
        progress: parser.progress(),
        seen: String::new(),
        known: VecDeque::new(),
        outcome: None,
    };
    stream::unfold(following, |mut following| async { following.next().await.map(|chunk| (chunk, following)) }).boxed()
}

struct Following<'a, P: OutputParser + ?Sized> {
    parser: &'a P,
    /// Gone once there is an outcome.
    input: Option<ChunkStream<'a, String>>,
    progress: Box<dyn Progress>,
    seen: String,
    known: VecDeque<Delta>,
    outcome: Option<Result<P::Output>>,
}

impl<P: OutputParser + ?Sized> Following<'_, P> {
    async fn next(&mut self) -> Option<Result<Chunk<P::Output>>> {
        loop {
            if let Some(delta) = self.known.pop_front() {
                return Some(Ok(Chunk::Delta(delta)));
            }
            if let Some(outcome) = self.outcome.take() {
                return Some(outcome.map(Chunk::Done));
            }
            let chunk = match self.input.as_mut()?.next().await? {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.input = None;
                    return Some(Err(error));
                }
            };
            let outcome = match chunk {
                Chunk::Delta(Delta::Text(text)) => {
                    self.seen.push_str(&text);
                    self.push(&text).err().map(|error| {
                        // Of the text so far the parser tells the same as it would of the whole.
                        let told = self.parser.parse(&self.seen).err();
                        Err(told.unwrap_or_else(|| error.with_partial(self.seen.as_str())))
                    })
                }
                Chunk::Delta(Delta::Restart) => {
                    self.progress = self.parser.progress();
                    self.seen.clear();
                    self.known.push_back(Delta::Restart);
                    None
                }
                Chunk::Delta(_) => None,
                Chunk::Done(text) => Some(self.whole(&text)),
            };
            if outcome.is_some() {
                self.outcome = outcome;
                self.input = None;
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<()> {
        let mut out = Vec::new();
        let pushed = self.progress.push(text, &mut out);
        self.known.extend(out);
        pushed
    }

    /// The whole text is there, which need not have come in increments.
    fn whole(&mut self, text: &str) -> Result<P::Output> {
        if let Some(rest) = text.strip_prefix(self.seen.as_str()) {
            // What is wrong here is what is wrong with the whole text.
            if rest.is_empty() || self.push(rest).is_ok() {
                let mut out = Vec::new();
                self.progress.end(&mut out);
                self.known.extend(out);
            }
        }
        self.parser.parse(text)
    }
}
