//! Steps side by side, and the step for each item.
use crate::support::{block_on, chunks, collected, drawn, fails, failure, never, part, pauses, watched, writes};
use catena::{
    Chunk, Delta, DynRunnable, ErrorKind, Parallel, Result, RunConfig, RunContext, Vars, assign, input, map, map_each,
    passthrough, testing::Expect,
};
use futures::{FutureExt, StreamExt};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[test]
fn named_branches_give_a_map() {
    let (cx, collector) = collected();
    let both = Parallel::new().with("up", map(|text: String| text.to_uppercase())).with("kept", passthrough());
    let chain =
        input::<String>() | both | map(|mut both: std::collections::BTreeMap<String, String>| both.remove("up"));
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap().as_deref(), Some("X"));
    assert_eq!(drawn(&collector.trees()[0]), "chain:V(map:V parallel:V(kept:V up:V))");
    let none = input::<String>() | Parallel::<String, String>::new();
    assert!(block_on(none.invoke("x")).unwrap().is_empty());
    assert_eq!(chunks(none.stream("x")).len(), 1);
}

#[test]
fn branches_stream_as_they_come() {
    let chain = input::<String>() | Parallel::new().with("a", writes(&["1", "2"])).with("b", writes(&["3"]));
    let seen = chunks(chain.stream("x"));
    let of = |branch: &str| -> Vec<_> {
        let deltas = seen.iter().filter_map(|chunk| match chunk {
            Ok(Chunk::Delta(Delta::Branch { branch: of, delta })) if &**of == branch => Some((**delta).clone()),
            _ => None,
        });
        deltas.collect()
    };
    assert_eq!(of("a"), [Delta::Text("1".into()), Delta::Text("2".into())]);
    assert_eq!(of("b"), [Delta::Text("3".into())]);
    assert_eq!(seen.len(), 4);
    let Some(Ok(Chunk::Done(values))) = seen.last() else { panic!("{seen:?}") };
    assert_eq!((values["a"].as_str(), values["b"].as_str()), ("12", "3"));
}

#[test]
fn an_increment_is_seen_before_another_branch_is_done() {
    let chain = input::<String>() | (writes(&["1"]), never);
    let mut stream = chain.stream("x");
    assert_eq!(stream.next().now_or_never().unwrap().unwrap().unwrap(), Chunk::Delta(part("0", "1")));
    assert!(stream.next().now_or_never().is_none());
}

#[test]
fn tuples_stream_in_each_other() {
    let chain = input::<String>() | (passthrough(), (writes(&["1"]), map(|text: String| text.len())));
    let seen = chunks(chain.stream("x"));
    let inner = Delta::Branch { branch: "1".into(), delta: Box::new(part("0", "1")) };
    assert_eq!(seen, [Ok(Chunk::Delta(inner)), Ok(Chunk::Done(("x".to_owned(), ("1".to_owned(), 1))))]);
}

#[test]
fn the_first_failure_cancels_the_others_in_a_stream_too() {
    let script = Expect::new().start("chain").start("parallel").start("0:never").start("1:fails");
    let script = script.error("1:fails", ErrorKind::Engine).cancel("0:never").error("parallel", ErrorKind::Engine);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Engine).only());
    let chain = input::<String>() | (never, fails);
    assert_eq!(chunks(chain.stream_in("x", &cx)), [Err(ErrorKind::Engine)]);
    handle.assert_finished();
}

/// However many they are.
#[test]
fn the_first_failure_in_time_cancels_the_others() {
    let branch = |fails: bool| if fails { DynRunnable::new(crate::support::fails) } else { DynRunnable::new(never) };
    let chain = input::<String>() | (0..40).map(|at| (at.to_string(), branch(at == 39))).collect::<Parallel<_, _>>();
    let outcome = chain.invoke("x").now_or_never().expect("it does not wait");
    assert_eq!(outcome.unwrap_err().step(), Some("39"));

    let assigned = |fails: bool| map_of(branch(fails));
    let first = assign("0", assigned(false));
    let chain = input::<Vars>() | (1..40).fold(first, |all, at| all.and(at.to_string(), assigned(at == 39)));
    let outcome = chain.invoke(Vars::new()).now_or_never().expect("it does not wait");
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Engine);
}

/// The same step from variables.
fn map_of(step: DynRunnable<String, String>) -> DynRunnable<Vars, String> {
    (input::<Vars>() | map(|_: Vars| String::new()) | step).erase()
}

#[test]
fn a_name_given_twice_is_an_error() {
    let chain = input::<String>() | Parallel::new().with("a", passthrough()).with("a", passthrough());
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(chunks(chain.stream("x")).len(), 1);
}

#[test]
fn each_item_is_a_run_and_keeps_its_place() {
    let (cx, collector) = collected();
    let slow_first = |n: usize| async move {
        pauses(10 - n).await;
        Ok(n * n)
    };
    let chain = input::<Vec<usize>>() | map_each(slow_first, 3);
    assert_eq!(block_on(chain.invoke_in(vec![1, 2, 3, 4], &cx)).unwrap(), [1, 4, 9, 16]);
    assert_eq!(collector.trees()[0].children[0].children.len(), 4);
    assert_eq!(block_on(chain.invoke(vec![])).unwrap(), [0_usize; 0]);
    let Some(Ok(Chunk::Done(squares))) = chunks(chain.stream(vec![1, 2, 3, 4])).pop() else { panic!() };
    assert_eq!(squares, [1, 4, 9, 16]);
}

#[test]
fn items_stream_under_their_places() {
    let chain = input::<Vec<String>>() | map_each(writes(&["1", "2"]), 1);
    let seen = chunks(chain.stream(vec!["x".to_owned(), "y".to_owned()]));
    let deltas = [("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")].map(|(at, text)| Ok(Chunk::Delta(part(at, text))));
    assert_eq!(seen[..4], deltas);
    assert_eq!(seen[4], Ok(Chunk::Done(vec!["12".to_owned(), "12".to_owned()])));
}

#[test]
fn a_failing_item_cancels_the_others() {
    let step = || {
        DynRunnable::new(
            |text: String| async move { if text == "fails" { fails(text).await } else { never(text).await } },
        )
    };
    let chain = input::<Vec<String>>() | map_each(step(), 9);
    let items = || vec!["never".to_owned(), "fails".to_owned()];
    let (cx, handle) = watched(Expect::new());
    assert_eq!(block_on(chain.invoke_in(items(), &cx)).unwrap_err().kind(), ErrorKind::Engine);
    assert_eq!(chunks(chain.stream_in(items(), &cx)), [Err(ErrorKind::Engine)]);
    handle.assert_outcomes();
    let none = input::<Vec<String>>() | map_each(step(), 0);
    assert_eq!(block_on(none.invoke(items())).unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(chunks(none.stream(items())), [Err(ErrorKind::InvalidOption)]);
}

/// The limit of the configuration holds for branches and items, run and streamed.
#[test]
fn the_budget_holds() {
    for streaming in [false, true] {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (running, peak) = (now.clone(), most.clone());
        let step = DynRunnable::new(move |n: usize| {
            let (running, peak) = (running.clone(), peak.clone());
            async move {
                peak.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                pauses(3).await;
                running.fetch_sub(1, Ordering::Relaxed);
                Ok(n)
            }
        });
        let eight = (0..8).map(|at| (at.to_string(), step.clone())).collect::<Parallel<_, _>>();
        let all = input::<usize>() | eight | map(|values: std::collections::BTreeMap<String, usize>| values.len());
        let chain = input::<Vec<usize>>() | map_each(all, 8);
        let cx = RunContext::from(RunConfig::new().max_concurrency(3));
        let lengths = if streaming {
            match chunks(chain.stream_in(vec![1, 2, 3], &cx)).pop() {
                Some(Ok(Chunk::Done(lengths))) => lengths,
                other => panic!("{other:?}"),
            }
        } else {
            block_on(chain.invoke_in(vec![1, 2, 3], &cx)).unwrap()
        };
        assert_eq!(lengths, [8, 8, 8]);
        assert_eq!(most.load(Ordering::Relaxed), 3);
    }
}

#[test]
fn errors_name_the_branch() {
    let broken = |_: String| async move { Err(failure()) as Result<String> };
    let chain = input::<String>() | Parallel::new().with("sound", passthrough()).with("broken", broken);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().step(), Some("broken"));
}

/// Behind a step that streams, branches begin with it. What fails or stops before them is told once for each run.
#[test]
fn what_comes_before_branches_fails_or_stops() {
    let script = Expect::new().start("chain").start("fake").start("parallel").start("0:Passthrough").start("1:map");
    let failing = script.clone().error("fake", ErrorKind::Engine);
    let (cx, handle) = watched(failing);
    let broken = catena::Model::new(catena::testing::FakeLlm::always("").then_write("a").then_fail(failure()));
    let chain = broken | (passthrough(), map(|text: String| text.len()));
    let error = block_on(chain.stream_in("x", &cx).collect::<Vec<_>>()).pop().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Engine, Some("fake")));
    handle.assert_finished();
    handle.assert_outcomes();

    let stopped = script.cancel("fake").cancel("0:Passthrough").cancel("1:map").cancel("parallel").cancel("chain");
    let (cx, handle) = watched(stopped);
    let waits =
        catena::Model::new(catena::testing::FakeLlm::always("").then_write("a").then_wait(std::future::pending()));
    let chain = waits | (passthrough(), map(|text: String| text.len()));
    let mut stream = chain.stream_in("x", &cx);
    assert_eq!(stream.next().now_or_never().unwrap().unwrap().unwrap(), Chunk::Delta(part("0", "a")));
    assert!(stream.next().now_or_never().is_none());
    drop(stream);
    handle.assert_finished();
}

/// With one permit, branches wait for each other and still have all that came.
#[test]
fn branches_behind_a_stream_keep_to_the_budget() {
    let chain = writes(&["1", "2"]) | (passthrough(), map(|text: String| text.len())) | (passthrough(), passthrough());
    let cx = RunContext::from(RunConfig::new().max_concurrency(1));
    let seen = chunks(chain.stream_in("x", &cx));
    let value = ("12".to_owned(), 2);
    assert_eq!(seen.last(), Some(&Ok(Chunk::Done((value.clone(), value)))));
    assert!(seen.iter().all(Result::is_ok));
}
