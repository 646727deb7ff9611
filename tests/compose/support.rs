//! Steps and helpers that several tests use.
#[path = "../common/steps.rs"]
mod steps;

use catena::{
    Chunk, Delta, DynRunnable, Error, ErrorKind, Model, Result, RunContext,
    callback::{Collector, RunTree},
    testing::FakeLlm,
};
use futures::{Stream, StreamExt};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
pub(crate) use steps::{block_on, never, pauses, text, watched};

pub(crate) fn failure() -> Error {
    Error::new(ErrorKind::Engine, "it broke")
}

pub(crate) async fn fails(_: String) -> Result<String> {
    Err(failure())
}

/// A context whose runs are kept.
pub(crate) fn collected() -> (RunContext, Collector) {
    let collector = Collector::new();
    (RunContext::new().with(collector.clone()), collector)
}

pub(crate) fn part(branch: &str, text: &str) -> Delta {
    Delta::Branch { branch: branch.into(), delta: Box::new(Delta::Text(text.to_owned())) }
}

/// A model that writes these deltas.
pub(crate) fn writes(deltas: &[&str]) -> Model<FakeLlm> {
    Model::new(deltas.iter().fold(FakeLlm::always(""), |llm, text| llm.then_write(*text)))
}

/// Fails this many times, each time after writing so many words, and then writes `a b`.
pub(crate) fn flaky(failures: usize, words: usize) -> DynRunnable<String, String> {
    let broken = (0..words).fold(FakeLlm::always(""), |llm, at| llm.then_write(format!("w{at} ")));
    let (broken, sound) = (Model::new(broken.then_fail(failure())), writes(&["a ", "b"]));
    let left = Arc::new(AtomicUsize::new(failures));
    DynRunnable::new(catena::delegate(move |_: &String| {
        let fails = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        Ok(if fails { broken.clone() } else { sound.clone() })
    }))
}

/// All chunks of a stream, which must come without waiting for anything outside of it.
pub(crate) fn chunks<T>(stream: impl Stream<Item = Result<Chunk<T>>>) -> Vec<Result<Chunk<T>, ErrorKind>> {
    block_on(stream.map(|chunk| chunk.map_err(|error| error.kind())).collect())
}

/// The names of a run and of those in it, each with its outcome's first letter, as `chain:V(map:V)`.
pub(crate) fn drawn(tree: &RunTree) -> String {
    let outcome = tree.outcome.map_or("-".to_owned(), |outcome| format!("{outcome:?}"));
    let children: Vec<_> = tree.children.iter().map(drawn).collect();
    let children = if children.is_empty() { String::new() } else { format!("({})", children.join(" ")) };
    format!("{}:{}{children}", tree.name, outcome.chars().next().unwrap())
}
