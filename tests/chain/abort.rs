//! Handlers that stop what they watch.
use crate::support::{Upper, block_on, watched};
use catena::{
    CallbackHandler, Delta, ErrorKind, Model, RunContext, RunInfo, input, map, passthrough,
    testing::{Expect, FakeLlm},
};
use futures::StreamExt;
use std::{
    any::Any,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Asks to abort at the event of this number, from 1, of the sort it was made for.
struct AbortAt {
    sort: Sort,
    at: usize,
    seen: AtomicUsize,
}

#[derive(PartialEq, Clone, Copy)]
enum Sort {
    Start,
    Delta,
    Token,
    End,
}

impl AbortAt {
    fn new(sort: Sort, at: usize) -> Self {
        AbortAt { sort, at, seen: AtomicUsize::new(0) }
    }

    fn seen(&self, sort: Sort, run: &RunInfo) {
        if sort == self.sort && self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.at {
            run.abort("enough");
        }
    }
}

impl CallbackHandler for AbortAt {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        self.seen(Sort::Start, run);
    }

    fn on_delta(&self, run: &RunInfo, _: &Delta) {
        self.seen(Sort::Delta, run);
    }

    fn on_llm_token(&self, run: &RunInfo, _: &str) {
        self.seen(Sort::Token, run);
    }

    fn on_end(&self, run: &RunInfo, _: &dyn Any) {
        self.seen(Sort::End, run);
    }
}

fn llm() -> Model<FakeLlm> {
    Model::new(FakeLlm::always("one two three four five"))
}

#[test]
fn an_invocation_stops_at_the_token_that_asked() {
    let script = Expect::new().start("chain").start("fake").llm_start("fake").llm_tokens(2);
    let script = script.llm_error("fake", ErrorKind::Aborted).error("fake", ErrorKind::Aborted);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Aborted).only());
    let cx = cx.with(AbortAt::new(Sort::Token, 2));
    let error = block_on((llm() | Upper).invoke_in("x", &cx)).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Aborted, Some("fake")));
    assert!(error.message().contains("enough"), "{error}");
    handle.assert_finished();
}

#[test]
fn a_stream_stops_at_the_token_that_asked() {
    let script = Expect::new().start("chain").start("fake").llm_start("fake").start("Upper").llm_tokens(2);
    let script = script.llm_error("fake", ErrorKind::Aborted).error("fake", ErrorKind::Aborted).cancel("Upper");
    let (cx, handle) = watched(script.error("chain", ErrorKind::Aborted).only());
    let cx = cx.with(AbortAt::new(Sort::Token, 2));
    let chunks: Vec<_> = block_on((llm() | Upper).stream_in("x", &cx).collect());
    assert_eq!(chunks.len(), 2, "the first token, and the error instead of the second");
    assert_eq!(chunks[1].as_ref().unwrap_err().kind(), ErrorKind::Aborted);
    handle.assert_finished();
}

#[test]
fn a_stream_stops_at_the_increment_that_asked() {
    for at in 1..=6 {
        let (cx, handle) = watched(Expect::new());
        let cx = cx.with(AbortAt::new(Sort::Delta, at));
        let chain = llm() | Upper | passthrough();
        let chunks: Vec<_> = block_on(chain.stream_in("x", &cx).collect());
        // Each token is told four times: by the model, the two steps behind it, and the chain.
        assert_eq!(chunks.len(), at.div_ceil(4), "at {at}");
        assert_eq!(chunks.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Aborted);
        handle.assert_outcomes();
        let tokens = handle.events().iter().filter(|event| event.starts_with("llm_token")).count();
        assert_eq!(tokens, at.div_ceil(4), "no token after the one that asked");
    }
}

#[test]
fn an_abort_at_a_start_keeps_the_step_from_running() {
    let fake = FakeLlm::always("never");
    for streaming in [false, true] {
        let (cx, handle) = watched(Expect::new());
        let cx = cx.with(AbortAt::new(Sort::Start, 1));
        let chain = input::<String>() | map(|_: String| -> String { panic!("it ran") }) | Model::new(fake.clone());
        let error = if streaming {
            block_on(chain.stream_in("x", &cx).next()).unwrap().unwrap_err()
        } else {
            block_on(chain.invoke_in("x", &cx)).unwrap_err()
        };
        assert_eq!(error.kind(), ErrorKind::Aborted);
        handle.assert_outcomes();
    }
    assert!(fake.requests().is_empty());
}

#[test]
fn an_aborted_chain_does_not_ask_its_model() {
    let fake = FakeLlm::always("never");
    let cx = RunContext::new().with(AbortAt::new(Sort::Start, 1));
    let chain = Model::new(fake.clone()) | Upper;
    assert!(block_on(chain.invoke_in("x", &cx)).is_err());
    assert!(
        block_on(chain.stream_in("x", &RunContext::new().with(AbortAt::new(Sort::Start, 1))).next()).unwrap().is_err()
    );
    assert!(fake.requests().is_empty(), "{:?}", fake.requests());
}

#[test]
fn an_abort_at_an_end_keeps_the_next_step_from_running() {
    for (at, started) in [(1, 2), (2, 3), (3, 3)] {
        let (cx, handle) = watched(Expect::new());
        let cx = cx.with(AbortAt::new(Sort::End, at));
        let chain = input::<String>() | Upper | Upper;
        assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Aborted);
        let starts = handle.events().iter().filter(|event| event.starts_with("start")).count();
        assert_eq!(starts, started);
        handle.assert_outcomes();
    }
}

#[test]
fn an_abort_stops_the_whole_invocation_and_only_that() {
    let (cx, handle) = watched(Expect::new());
    let cx = cx.with(AbortAt::new(Sort::Token, 1));
    let chain = input::<String>() | (llm(), llm()) | map(|(a, b): (String, String)| a + &b);
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Aborted);
    assert!(block_on(chain.invoke_in("x", &cx)).is_ok(), "the context is as good as new");
    handle.assert_outcomes();
}

#[test]
fn only_the_first_reason_counts() {
    struct Twice;
    impl CallbackHandler for Twice {
        fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
            run.abort("first");
            run.abort("second");
        }
    }
    let chain = input::<String>() | Upper;
    let error = block_on(chain.invoke_in("x", &RunContext::new().with(Twice))).unwrap_err();
    assert!(error.message().contains("first") && !error.message().contains("second"), "{error}");
}

#[test]
fn a_step_can_ask_whether_it_is_to_stop() {
    let chain = input::<u8>()
        | catena::with_context(|_: u8, cx: RunContext| async move {
            assert!(cx.aborted().is_ok());
            cx.run().abort("by the step itself");
            cx.aborted()
        });
    let error = block_on(chain.invoke(1_u8)).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Aborted, Some("closure")));
}
