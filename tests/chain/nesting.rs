//! How a chain is put together does not matter: (a | b) | c is a | (b | c).
use crate::support::{Upper, block_on, pauses, watched};
use catena::{
    Chunk, DynRunnable, Model, Result, RunContext, input, map, passthrough, testing::Expect, testing::FakeLlm,
};
use futures::StreamExt;
use proptest::prelude::*;

/// One of several steps, by number.
fn step(number: u8) -> DynRunnable<String, String> {
    match number % 7 {
        0 => DynRunnable::new(Upper),
        1 => DynRunnable::new(passthrough()),
        2 => DynRunnable::new(map(|text: String| text.chars().rev().collect::<String>())),
        3 => DynRunnable::new(|text: String| async move {
            pauses(2).await;
            Ok(text + "!")
        }),
        4 => DynRunnable::new(Model::new(FakeLlm::always("once upon a time"))),
        5 => DynRunnable::new(crate::support::fails),
        _ => DynRunnable::new(Model::new(FakeLlm::scripted([["a"], ["b"]]).then_fail(crate::support::failure()))),
    }
}

/// What is seen of a run: the chunks or the error, and the events without those of inner chains.
#[derive(Debug, PartialEq)]
struct Seen {
    chunks: Vec<Result<Chunk<String>, String>>,
    events: Vec<String>,
}

fn seen(chain: &DynRunnable<String, String>, streaming: bool) -> Seen {
    let (cx, handle) = watched(Expect::new());
    let chunks: Vec<_> = if streaming {
        block_on(chain.stream_in("x", &cx).collect())
    } else {
        vec![block_on(chain.invoke_in("x", &cx)).map(Chunk::Done)]
    };
    handle.assert_outcomes();
    let events = handle.events().into_iter().filter(|event| !event.contains(" inner")).collect();
    Seen { chunks: chunks.into_iter().map(|chunk| chunk.map_err(|error| error.to_string())).collect(), events }
}

proptest! {
    #[test]
    fn is_associative(a in 0..7_u8, b in 0..7_u8, c in 0..7_u8, streaming: bool) {
        let shapes = || {
            let flat = input::<String>() | step(a) | step(b) | step(c);
            let left = input::<String>() | (input::<String>() | step(a) | step(b)).named("inner") | step(c);
            let right = input::<String>() | step(a) | (input::<String>() | step(b) | step(c)).named("inner");
            let erased = input::<String>() | step(a) | (input::<String>() | step(b) | step(c)).named("inner").erase();
            [flat.erase(), left.erase(), right.erase(), erased.erase()]
        };
        let [flat, left, right, erased] = shapes().map(|chain| seen(&chain, streaming));
        prop_assert_eq!(&flat, &left);
        prop_assert_eq!(&flat, &right);
        prop_assert_eq!(&flat, &erased);
    }

    /// A chain behind `input` is that chain.
    #[test]
    fn input_changes_nothing(a in 0..7_u8, b in 0..7_u8, streaming: bool) {
        let bare = (step(a) | step(b)).erase();
        let with_input = (input::<String>() | step(a) | step(b)).erase();
        prop_assert_eq!(seen(&bare, streaming), seen(&with_input, streaming));
    }
}

#[test]
fn an_inner_chain_is_a_run_with_its_name() {
    let script = Expect::new().start("outer").start("inner").within("outer").start("Upper").within("inner");
    let (cx, handle) = watched(script.end("Upper").end("inner").end("outer").only());
    let inner = (input::<String>() | Upper).named("inner");
    block_on((input::<String>() | inner).named("outer").invoke_in("x", &cx)).unwrap();
    handle.assert_finished();
}

#[test]
fn a_chain_can_be_invoked_within_a_step_of_another() {
    let (cx, handle) = watched(Expect::new());
    let inner = (input::<String>() | Upper).named("inner");
    let chain = input::<Vec<String>>()
        | catena::with_context(move |texts: Vec<String>, cx: RunContext| {
            let inner = inner.clone();
            async move { inner.batch_in(texts, 2, &cx).await.into_iter().collect::<Result<Vec<_>>>() }
        });
    let texts = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    assert_eq!(block_on(chain.invoke_in(texts, &cx)).unwrap(), ["A", "B", "C"]);
    handle.assert_outcomes();
    assert_eq!(handle.events().iter().filter(|event| *event == "start inner").count(), 3);
}
