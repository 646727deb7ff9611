//! Trying again.
use crate::support::{block_on, chunks, collected, drawn, failure, flaky, never, text, watched};
use catena::{
    Backoff, CallbackHandler, Cancellation, Chunk, Delta, Error, ErrorKind, JsonParser, Model, Partial, Result,
    RunConfig, RunContext, RunInfo, StreamPolicy, fallback, input, map, retry,
    testing::{Expect, FakeLlm},
};
use futures::StreamExt;
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

#[test]
fn tries_as_often_as_it_may() {
    let (cx, collector) = collected();
    let step = |failures| retry(flaky(failures, 0)).attempts(3).backoff(Backoff::none());
    let chain = input::<String>() | step(2) | map(|text: String| text);
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap(), "a b");
    let tree = &collector.trees()[0];
    assert_eq!(drawn(tree), "chain:V(map:V retry:V(delegate:E(fake:E) delegate:E(fake:E) delegate:V(fake:V)))");
    let attempts: Vec<_> = tree.children[1].children.iter().map(|run| (run.attempt, run.tags.join(","))).collect();
    let tagged = |n: u32| (Some(n), if n == 1 { String::new() } else { format!("retry:attempt:{n}") });
    assert_eq!(attempts, [tagged(1), tagged(2), tagged(3)]);

    let error = block_on((input::<String>() | step(3)).invoke("x")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Engine, Some("fake")));
}

#[test]
fn of_nothing_is_an_error() {
    let chain = input::<String>() | retry(never).attempts(0);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(chunks(chain.stream("x")), [Err(ErrorKind::InvalidOption)]);
}

/// Counts its runs, all of which fail with an error of this kind.
fn counts(kind: ErrorKind) -> (Arc<AtomicUsize>, impl Fn(String) -> std::future::Ready<Result<String>> + Send + Sync) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let step = move |_: String| {
        counter.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Err(Error::new(kind, "no")))
    };
    (count, step)
}

#[test]
fn what_trying_again_cannot_help_is_not_tried_again() {
    for (kind, tries) in
        [(ErrorKind::InvalidOption, 1), (ErrorKind::Variables, 1), (ErrorKind::Parse, 3), (ErrorKind::Io, 3)]
    {
        let (count, step) = counts(kind);
        let chain = input::<String>() | retry(step).backoff(Backoff::none());
        assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), kind);
        assert_eq!(count.load(Ordering::Relaxed), tries, "{kind:?}");
    }
    let (count, step) = counts(ErrorKind::Io);
    let chain = input::<String>() | retry(step).when(|error| error.kind() == ErrorKind::Parse);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

/// Notes what it is told of retries.
#[derive(Default)]
struct Retries(Mutex<Vec<(u32, ErrorKind, Duration)>>);

impl CallbackHandler for Retries {
    fn on_retry(&self, run: &RunInfo, attempts: u32, error: &Error, wait: Duration) {
        assert_eq!(run.name(), "retry");
        self.0.lock().unwrap().push((attempts, error.kind(), wait));
    }
}

#[test]
fn waits_longer_each_time_and_tells_of_it() {
    let retries = Arc::new(Retries::default());
    let backoff = Backoff::exponential(Duration::from_millis(10)).jitter(0.0);
    let chain = input::<String>() | retry(flaky(2, 0)).backoff(backoff);
    let began = Instant::now();
    block_on(chain.invoke_in("x", &RunContext::new().with(retries.clone()))).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(30));
    let ms = Duration::from_millis;
    assert_eq!(*retries.0.lock().unwrap(), [(1, ErrorKind::Engine, ms(10)), (2, ErrorKind::Engine, ms(20))]);
}

#[test]
fn a_run_that_is_to_stop_does_not_wait() {
    let cancellation = Cancellation::new();
    let cx = RunContext::from(RunConfig::new().cancelled_by(&cancellation));
    let cancels = cancellation.clone();
    let step = move |_: String| {
        let cancels = cancels.clone();
        async move {
            cancels.cancel();
            Err(failure()) as Result<String>
        }
    };
    let chain = input::<String>() | retry(step).backoff(Backoff::exponential(Duration::from_secs(3_600)));
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Engine);
    let cx = RunContext::from(RunConfig::new().timeout(Duration::from_millis(10)));
    let chain = input::<String>() | retry(flaky(9, 0)).backoff(Backoff::exponential(Duration::from_secs(3_600)));
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Timeout);
}

/// Whatever the policy, and wherever the failure falls: what is seen is right.
#[test]
fn streams_as_its_policy_says() {
    for words in 0..3_usize {
        let seen = |policy| {
            let (cx, handle) = watched(Expect::new());
            let step = retry(flaky(1, words)).backoff(Backoff::none()).streaming(policy);
            let seen = chunks((input::<String>() | step).stream_in("x", &cx));
            handle.assert_outcomes();
            seen
        };
        let whole = [Ok(text("a ")), Ok(text("b")), Ok(Chunk::Done("a b".to_owned()))];
        let broken: Vec<_> = (0..words).map(|at| Ok(text(&format!("w{at} ")))).collect();

        let before_first =
            if words == 0 { whole.to_vec() } else { [broken.clone(), vec![Err(ErrorKind::Engine)]].concat() };
        assert_eq!(seen(StreamPolicy::BeforeFirst), before_first);

        let mark: &[_] = if words == 0 { &[] } else { &[Ok(Chunk::Delta(Delta::Restart))] };
        assert_eq!(seen(StreamPolicy::Restart), [&broken[..], mark, &whole].concat());

        assert_eq!(seen(StreamPolicy::Buffer), whole);
    }
}

#[test]
fn streams_fail_when_the_attempts_are_used_up() {
    let step = retry(flaky(5, 1)).attempts(2).backoff(Backoff::none()).streaming(StreamPolicy::Restart);
    let wanted = [Ok(text("w0 ")), Ok(Chunk::Delta(Delta::Restart)), Ok(text("w0 ")), Err(ErrorKind::Engine)];
    assert_eq!(chunks((input::<String>() | step).stream("x")), wanted);
}

/// A parser behind a stream that begins anew begins anew.
#[test]
fn parsers_forget_what_is_void() {
    let broken = FakeLlm::always("").then_write(r#"{"a":[1,2"#).then_fail(failure());
    let (broken, sound) = (Model::new(broken), Model::new(FakeLlm::scripted([[r#"{"b":"#, "3}"]])));
    let llm = fallback(broken).or(sound).streaming(StreamPolicy::Restart);
    let chain = input::<String>() | llm | JsonParser::<BTreeMap<String, u8>>::new();
    let (mut partial, mut restarts, mut seen) = (Partial::<BTreeMap<String, u8>>::new(), 0, Vec::new());
    for chunk in block_on(chain.stream("x").collect::<Vec<_>>()) {
        match chunk.unwrap() {
            Chunk::Delta(delta) => {
                restarts += usize::from(delta == Delta::Restart);
                partial.apply_delta(&delta).unwrap();
                seen.push(partial.value().clone());
            }
            Chunk::Done(value) => assert_eq!(value, BTreeMap::from([("b".to_owned(), 3)])),
        }
    }
    assert_eq!(restarts, 1);
    assert!(seen.contains(&json!({ "a": [1] })) && seen.contains(&json!(null)), "{seen:?}");
    assert_eq!(partial.value(), &json!({ "b": 3 }));
}

#[test]
fn a_batch_tries_only_what_failed() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let step = move |n: usize| {
        let first = !log.lock().unwrap().contains(&n);
        log.lock().unwrap().push(n);
        async move { if n == 2 && first { Err(failure()) } else { Ok(n) } }
    };
    let chain = input::<usize>() | retry(step).backoff(Backoff::none());
    let results: Result<Vec<_>> = block_on(chain.batch(0..4_usize, 1)).into_iter().collect();
    assert_eq!(results.unwrap(), [0, 1, 2, 3]);
    assert_eq!(*seen.lock().unwrap(), [0, 1, 2, 2, 3]);
}
