//! Chains whose types are forgotten.
use crate::support::{Upper, block_on, never, poll_once, ready_now, text, watched};
use catena::{
    Chunk, DynRunnable, ErrorKind, Model, RunContext, input, map,
    testing::{Expect, FakeLlm},
};
use futures::{StreamExt, TryStreamExt};

fn script() -> Expect {
    Expect::new().start("story").start("fake").llm_start("fake").llm_tokens(2).llm_end("fake").end("fake")
}

fn chain() -> DynRunnable<String, String> {
    (input::<String>() | Model::new(FakeLlm::scripted([["a", "b"]])) | Upper).named("story").erase()
}

#[test]
fn one_run_however_it_is_called() {
    let (cx, handle) = watched(script().start("Upper").end("Upper").end("story").only());
    assert_eq!(block_on(chain().invoke_in("x", &cx)).unwrap(), "AB");
    handle.assert_finished();

    let streaming = || {
        let script = Expect::new().start("story").start("fake").llm_start("fake").start("Upper").llm_tokens(2);
        watched(script.llm_end("fake").end("fake").end("Upper").end("story").only())
    };
    let wanted = [text("A"), text("B"), Chunk::Done("AB".to_owned())];
    let (cx, handle) = streaming();
    assert_eq!(block_on(chain().stream_in("x", &cx).try_collect::<Vec<_>>()).unwrap(), wanted);
    handle.assert_finished();

    let (cx, handle) = streaming();
    assert_eq!(block_on(chain().into_stream("x", cx).try_collect::<Vec<_>>()).unwrap(), wanted);
    handle.assert_finished();
}

#[test]
fn the_handlers_of_an_erased_chain_see_every_invocation() {
    let (handler, handle) = Expect::new().start("own").start("Upper").end("Upper").end("own").only().handler();
    let chain = (input::<String>() | Upper).named("own").with_callback(handler).erase();
    block_on(chain.clone().invoke("x")).unwrap();
    handle.assert_finished();
}

#[test]
fn an_owned_stream_outlives_what_it_was_made_from_and_moves_to_another_thread() {
    fn is_static<T: Send + 'static>(value: T) -> T {
        value
    }
    let chunks = is_static(chain().into_stream("x", RunContext::new()));
    let got = std::thread::spawn(|| block_on(chunks.try_collect::<Vec<_>>())).join().unwrap().unwrap();
    assert_eq!(got.len(), 3);
}

#[test]
fn dropping_an_owned_stream_cancels_the_run() {
    let script = Expect::new().start("chain").start("fake").start("Upper").llm_tokens(1).llm_cancel("fake");
    let (cx, handle) = watched(script.cancel("fake").cancel("Upper").cancel("chain"));
    let llm = FakeLlm::scripted([["a"]]).then_wait(std::future::pending());
    let mut chunks = (Model::new(llm) | Upper).erase().into_stream("x", cx);
    assert_eq!(ready_now(&mut chunks).unwrap().unwrap().unwrap(), text("A"));
    assert!(ready_now(&mut chunks).is_none());
    drop(chunks);
    handle.assert_finished();
}

#[test]
fn an_owned_stream_is_not_read_ahead() {
    let (cx, handle) = watched(Expect::new());
    let mut chunks = (Model::new(FakeLlm::always("a b c d e f")) | Upper).erase().into_stream("x", cx);
    for read in 1..=3 {
        block_on(chunks.next()).unwrap().unwrap();
        let written = handle.events().iter().filter(|event| event.starts_with("llm_token")).count();
        assert!(written <= read + 1, "{written} written, {read} read");
    }
}

#[test]
fn an_owned_stream_gives_the_error_and_ends() {
    let broken = FakeLlm::scripted([["a"]]).then_fail(crate::support::failure());
    let chunks = (Model::new(broken) | Upper).erase().into_stream("x", RunContext::new());
    let got: Vec<_> = block_on(chunks.collect());
    assert_eq!(got.len(), 2);
    assert_eq!(got[1].as_ref().unwrap_err().kind(), ErrorKind::Other);
}

#[test]
fn an_abort_ends_an_owned_stream() {
    struct Stop;
    impl catena::CallbackHandler for Stop {
        fn on_llm_token(&self, run: &catena::RunInfo, _: &str) {
            run.abort("enough");
        }
    }
    let chain = (Model::new(FakeLlm::always("a b c d")) | Upper | Upper).erase();
    let got: Vec<_> = block_on(chain.into_stream("x", RunContext::new().with(Stop)).collect());
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].as_ref().unwrap_err().kind(), ErrorKind::Aborted);
}

#[test]
fn clones_share_the_step_and_run_side_by_side() {
    let chain = (input::<u64>() | map(|n: u64| n * n)).erase();
    let squares: Vec<_> = (0..8_u64)
        .map(|n| {
            let chain = chain.clone();
            std::thread::spawn(move || block_on(chain.invoke(n)).unwrap())
        })
        .collect();
    let squares: Vec<_> = squares.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(squares, [0, 1, 4, 9, 16, 25, 36, 49]);
}

#[test]
fn a_dropped_invocation_is_cancelled() {
    let (cx, handle) = watched(Expect::new().start("chain").start("never").cancel("never").cancel("chain").only());
    let chain = (input::<String>() | never).erase();
    assert!(poll_once(Box::pin(chain.invoke_in("x", &cx))).is_none());
    handle.assert_finished();
}
