//! Models that fail: tried again, timed out, replaced, while the answer streams. Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example resilient
//! ```
use catena::{
    Backoff, Chunk, Delta, Error, ErrorKind, Model, Result, RunContext, StreamPolicy, Template, callback::ConsoleTree,
    fallback, retry, testing::FakeLlm, timeout,
};
use futures::{StreamExt, executor::block_on};
use std::time::Duration;

fn main() -> Result<()> {
    block_on(async {
        // Writes a word and breaks; never answers; answers.
        let broken = FakeLlm::always("Oaks ").then_fail(Error::new(ErrorKind::Engine, "the graphics card fell out"));
        let stuck = FakeLlm::always("").then_wait(std::future::pending());
        let sound = FakeLlm::always("Oaks live for a thousand years.");

        let backoff = Backoff::exponential(Duration::from_millis(20));
        let twice = retry(Model::new(broken)).attempts(2).backoff(backoff).streaming(StreamPolicy::Restart);
        let brief = timeout(Model::new(stuck), Duration::from_millis(50));
        let answer = fallback(twice).or(brief).or(Model::new(sound)).streaming(StreamPolicy::Restart);
        let chain = (Template::new("How old do {trees} get?")? | answer).named("ask");

        let cx = RunContext::new().with(ConsoleTree::new());
        let mut chunks = chain.stream_in([("trees", "oaks")], &cx);
        while let Some(chunk) = chunks.next().await {
            match chunk? {
                Chunk::Delta(Delta::Text(text)) => print!("{text}"),
                Chunk::Delta(Delta::Restart) => println!("… void, again:"),
                Chunk::Delta(_) => (),
                Chunk::Done(text) => println!("\nin all: {text}"),
            }
        }
        Ok(())
    })
}
