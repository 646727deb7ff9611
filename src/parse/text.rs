//! The text itself.
use super::{OutputParser, Progress};
use crate::{Chunk, ChunkStream, Completion, Delta, Graph, Result, RunContext, Runnable, StepKind};
use futures::{StreamExt, TryStreamExt};

/// Gives the text as it is, and hands it out as it is written.
///
/// A model gives text by itself; behind [`detailed`](crate::Model::detailed) this takes the text out of the
/// [`Completion`]. LangChain calls it `StrOutputParser`.
///
/// ```
/// use catena::{Model, parse::TextParser, testing::FakeLlm};
///
/// let chain = Model::new(FakeLlm::always("Hello")).detailed() | TextParser;
/// assert_eq!(futures::executor::block_on(chain.invoke("Hi"))?, "Hello");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "StrOutputParser")]
pub struct TextParser;

impl OutputParser for TextParser {
    type Output = String;

    fn parse(&self, text: &str) -> Result<String> {
        Ok(text.to_owned())
    }

    fn format_instructions(&self) -> String {
        "Answer with plain text.".to_owned()
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Copying)
    }
}

crate::parser_step!(TextParser);

impl Runnable<Completion> for TextParser {
    type Output = String;

    async fn run(&self, completion: Completion, _: &RunContext) -> Result<String> {
        Ok(completion.text)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, Completion>, _: &RunContext) -> ChunkStream<'a, String> {
        let text = input.map_ok(|chunk| match chunk {
            Chunk::Delta(delta) => Chunk::Delta(delta),
            Chunk::Done(completion) => Chunk::Done(completion.text),
        });
        text.boxed()
    }

    fn kind(&self) -> StepKind {
        StepKind::Parser
    }

    fn graph(&self) -> Graph {
        Graph::of::<Completion, String>(Runnable::<Completion>::name(self), StepKind::Parser)
    }
}

struct Copying;

impl Progress for Copying {
    fn push(&mut self, text: &str, out: &mut Vec<Delta>) -> Result<()> {
        out.push(Delta::Text(text.to_owned()));
        Ok(())
    }
}
