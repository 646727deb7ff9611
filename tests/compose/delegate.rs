//! Steps that give the step to run.
use crate::support::{block_on, chunks, collected, drawn, failure, text, watched, writes};
use catena::{Chunk, DynRunnable, ErrorKind, Result, RunConfig, RunContext, delegate, input, map, testing::Expect};

/// Counts down, one chain in the other.
fn countdown() -> DynRunnable<u32, u32> {
    DynRunnable::new(delegate(|n: &u32| {
        let n = *n;
        Ok(if n == 0 {
            DynRunnable::new(map(|n: u32| n))
        } else {
            (input::<u32>() | map(|n: u32| n - 1) | countdown()).erase()
        })
    }))
}

#[test]
fn as_deep_as_allowed_and_no_deeper() {
    let run = |from: u32, cx: &RunContext| block_on(countdown().invoke_in(from, cx)).map_err(|error| error.kind());
    assert_eq!(run(24, &RunContext::new()), Ok(0));
    assert_eq!(run(25, &RunContext::new()), Err(ErrorKind::RecursionLimit));
    let deep = RunContext::from(RunConfig::new().recursion_limit(60));
    assert_eq!(run(50, &deep), Ok(0));
    let none = RunContext::from(RunConfig::new().recursion_limit(0));
    assert_eq!(run(0, &none), Err(ErrorKind::RecursionLimit));
    assert_eq!(chunks(countdown().stream(24_u32)).pop(), Some(Ok(Chunk::Done(0))));
    let (cx, handle) = watched(Expect::new());
    assert_eq!(chunks(countdown().stream_in(25_u32, &cx)), [Err(ErrorKind::RecursionLimit)]);
    handle.assert_outcomes();
}

#[test]
fn what_is_given_is_a_run_and_streams() {
    let (cx, collector) = collected();
    let chain = input::<String>() | delegate(|_: &String| Ok(writes(&["1", "2"])));
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap(), "12");
    assert_eq!(drawn(&collector.trees()[0]), "chain:V(delegate:V(fake:V))");
    assert_eq!(chunks(chain.stream_in("x", &cx)), [Ok(text("1")), Ok(text("2")), Ok(Chunk::Done("12".to_owned()))]);
    assert_eq!(collector.trees()[1], collector.trees()[0]);
}

#[test]
fn not_knowing_what_to_run_is_an_error() {
    let chain = input::<String>() | delegate(|_: &String| Err(failure()) as Result<DynRunnable<String, String>>);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().step(), Some("delegate"));
    assert_eq!(chunks(chain.stream("x")), [Err(ErrorKind::Engine)]);
}
