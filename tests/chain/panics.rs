//! Handlers and steps that panic.
use crate::support::{Upper, block_on, watched};
use catena::{
    CallbackHandler, ErrorKind, Model, PanicPolicy, RunContext, RunInfo, input, map,
    testing::{Expect, FakeLlm},
};
use futures::StreamExt;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Panics whenever a run of this name begins.
struct PanicAt {
    name: &'static str,
    policy: PanicPolicy,
    calls: AtomicUsize,
}

impl PanicAt {
    fn new(name: &'static str, policy: PanicPolicy) -> Arc<Self> {
        Arc::new(PanicAt { name, policy, calls: AtomicUsize::new(0) })
    }

    fn calls(&self) -> usize {
        self.calls.swap(0, Ordering::Relaxed)
    }
}

impl CallbackHandler for PanicAt {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if run.name() == self.name {
            quiet_panic("the handler broke");
        }
    }

    fn on_end(&self, _: &RunInfo, _: &dyn Any) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn panic_policy(&self) -> PanicPolicy {
        self.policy
    }
}

/// Panics without the message on the standard error output.
fn quiet_panic(message: &str) -> ! {
    resume_unwind(Box::new(message.to_owned()))
}

fn chain() -> catena::DynRunnable<String, String> {
    (input::<String>() | Upper | Model::new(FakeLlm::always("a b")) | Upper).erase()
}

fn whole_script() -> Expect {
    let script = Expect::new().start("chain").start("Upper").end("Upper").start("fake").llm_start("fake").llm_tokens(2);
    script.llm_end("fake").end("fake").start("Upper").end("Upper").end("chain")
}

#[test]
fn a_handler_that_panics_is_left_out_and_the_run_goes_on() {
    let broken = PanicAt::new("fake", PanicPolicy::Skip);
    let (before, handle_before) = whole_script().only().handler();
    let (after, handle_after) = whole_script().only().handler();
    let cx = RunContext::new().with(before).with(broken.clone()).with(after);
    assert_eq!(block_on(chain().invoke_in("x", &cx)).unwrap(), "A B");
    handle_before.assert_finished();
    handle_after.assert_finished();
    // The starts of the chain, of `Upper`, its end, and the start that broke it.
    assert_eq!(broken.calls(), 4);
}

#[test]
fn the_next_invocation_calls_it_again() {
    let broken = PanicAt::new("fake", PanicPolicy::Skip);
    let cx = RunContext::new().with(broken.clone());
    for _ in 0..3 {
        assert!(block_on(chain().invoke_in("x", &cx)).is_ok());
        assert_eq!(broken.calls(), 4);
    }
    let results = block_on((input::<String>() | chain()).batch_in(["a", "b"], 2, &cx));
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(broken.calls(), 2 * 5, "each input of a batch is an invocation");
}

#[test]
fn a_handler_that_panics_in_a_stream_is_left_out() {
    let broken = PanicAt::new("fake", PanicPolicy::Skip);
    let (cx, handle) = watched(Expect::new());
    let chain = chain();
    let chunks: Vec<_> = block_on(chain.stream_in("x", &cx.with(broken.clone())).collect());
    assert!(chunks.iter().all(Result::is_ok));
    assert_eq!(chunks.len(), 3);
    handle.assert_outcomes();
    assert_eq!(broken.calls(), 3, "the starts of the chain, of `Upper`, and the one that broke it");
}

#[test]
fn a_handler_may_ask_that_its_panic_aborts() {
    for streaming in [false, true] {
        let broken = PanicAt::new("fake", PanicPolicy::Abort);
        let (cx, handle) = watched(Expect::new());
        let (cx, chain) = (cx.with(broken), chain());
        let error = if streaming {
            let chunks: Vec<_> = block_on(chain.stream_in("x", &cx).collect());
            assert_eq!(chunks.len(), 1);
            chunks.into_iter().next().unwrap().unwrap_err()
        } else {
            block_on(chain.invoke_in("x", &cx)).unwrap_err()
        };
        assert_eq!(error.kind(), ErrorKind::Aborted);
        assert!(error.message().contains("the handler broke"), "{error}");
        handle.assert_outcomes();
    }
}

#[test]
fn a_step_that_panics_is_reported_as_cancelled() {
    let script = Expect::new().start("chain").start("Upper").end("Upper").start("map").cancel("map").cancel("chain");
    let (cx, handle) = watched(script.only());
    let chain = input::<String>() | Upper | map(|_: String| -> String { quiet_panic("the step broke") }) | Upper;
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(chain.invoke_in("x", &cx)))).is_err());
    handle.assert_finished();

    let (cx, handle) = watched(Expect::new());
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(chain.stream_in("x", &cx).next()))).is_err());
    handle.assert_outcomes();
    let cancelled = handle.events().iter().filter(|event| event.starts_with("cancel")).count();
    assert_eq!(cancelled, 3, "the step, the one behind it and the chain: {:#?}", handle.events());
}

#[test]
fn a_step_that_panics_in_a_handlers_company_of_panics_does_not_end_the_process() {
    struct PanicAtCancel;
    impl CallbackHandler for PanicAtCancel {
        fn on_cancel(&self, _: &RunInfo) {
            quiet_panic("while unwinding");
        }
    }
    let (cx, handle) = watched(Expect::new());
    let chain = input::<String>() | map(|_: String| -> String { quiet_panic("the step broke") });
    let cx = cx.with(PanicAtCancel);
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(chain.invoke_in("x", &cx)))).is_err());
    handle.assert_outcomes();
}

#[test]
fn a_payload_that_panics_when_dropped_harms_nobody() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            quiet_panic("dropped");
        }
    }
    struct Thrower;
    impl CallbackHandler for Thrower {
        fn on_start(&self, _: &RunInfo, _: Option<&dyn Any>) {
            resume_unwind(Box::new(Bomb));
        }
    }
    assert!(block_on(chain().invoke_in("x", &RunContext::new().with(Thrower))).is_ok());
}
