//! Every start has exactly one outcome: whatever the chain, whichever way it is called, wherever it is dropped, whoever
//! panics or aborts.
use crate::support::{Upper, failure, pauses, watched};
use catena::{
    Backoff, CallbackHandler, Cancellation, Chunk, ChunkStream, Completion, Delta, DynRunnable, Model, PanicPolicy,
    Parallel, Request, Result, RunConfig, RunContext, RunInfo, Runnable, StreamPolicy, branch, delegate, fallback,
    input, map, map_each, passthrough, retry,
    testing::{Expect, FakeLlm},
    with_config, with_context,
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use proptest::prelude::*;
use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

type Text = DynRunnable<String, String>;

#[derive(Debug, Clone)]
enum Node {
    Map,
    Upper,
    Passthrough,
    Pauses(usize),
    Writes(usize, usize),
    FailsAfter(usize),
    ModelFails(usize),
    Panics(usize),
    NoValue,
    StopsEarly(usize),
    Chain(Vec<Node>),
    Tuple(Vec<Node>),
    Within(Box<Node>),
    Retry(Box<Node>, StreamPolicy),
    Fallback(Box<Node>, Box<Node>, StreamPolicy),
    Branch(Box<Node>, Box<Node>),
    Parallel(Vec<Node>),
    Each(Box<Node>),
    Delegate(Box<Node>),
    Limited(usize, Box<Node>),
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        3 => Just(Node::Map),
        3 => Just(Node::Upper),
        2 => Just(Node::Passthrough),
        3 => (0..4_usize).prop_map(Node::Pauses),
        6 => (0..4_usize, 0..3_usize).prop_map(|(words, pause)| Node::Writes(words, pause)),
        1 => (0..3_usize).prop_map(Node::FailsAfter),
        1 => (0..3_usize).prop_map(Node::ModelFails),
        1 => (0..3_usize).prop_map(Node::Panics),
        1 => Just(Node::NoValue),
        2 => (0..3_usize).prop_map(Node::StopsEarly),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 0..4).prop_map(Node::Chain),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Tuple),
            1 => inner.clone().prop_map(|node| Node::Within(Box::new(node))),
            1 => (inner.clone(), policy()).prop_map(|(node, policy)| Node::Retry(Box::new(node), policy)),
            1 => (inner.clone(), inner.clone(), policy())
                .prop_map(|(node, other, policy)| Node::Fallback(Box::new(node), Box::new(other), policy)),
            1 => (inner.clone(), inner.clone())
                .prop_map(|(node, other)| Node::Branch(Box::new(node), Box::new(other))),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Node::Parallel),
            1 => inner.clone().prop_map(|node| Node::Each(Box::new(node))),
            1 => inner.clone().prop_map(|node| Node::Delegate(Box::new(node))),
            1 => (1..3_usize, inner).prop_map(|(limit, node)| Node::Limited(limit, Box::new(node))),
        ]
    })
}

fn policy() -> impl Strategy<Value = StreamPolicy> {
    prop_oneof![Just(StreamPolicy::BeforeFirst), Just(StreamPolicy::Restart), Just(StreamPolicy::Buffer)]
}

fn build(node: &Node) -> Text {
    match node.clone() {
        Node::Map => DynRunnable::new(map(|text: String| text + ".")),
        Node::Upper => DynRunnable::new(Upper),
        Node::Passthrough => DynRunnable::new(passthrough()),
        Node::Pauses(count) => DynRunnable::new(move |text: String| pauses(count).map(|()| Ok(text))),
        Node::Writes(words, pause) => DynRunnable::new(writer(words, pause)),
        Node::FailsAfter(count) => {
            DynRunnable::new(move |_: String| pauses(count).map(|()| Err::<String, _>(failure())))
        }
        Node::ModelFails(words) => DynRunnable::new(Model::new(fake(words, 1).then_fail(failure()))),
        Node::Panics(count) => {
            DynRunnable::new(move |_: String| pauses(count).map(|()| -> Result<String> { quiet_panic() }))
        }
        Node::NoValue => DynRunnable::new(NoValue),
        Node::StopsEarly(after) => DynRunnable::new(StopsEarly(after)),
        Node::Chain(nodes) => {
            let mut steps = nodes.iter().map(build);
            match (steps.next(), steps.next(), steps.next()) {
                (Some(a), Some(b), Some(c)) => (input::<String>() | a | b | c).erase(),
                (Some(a), Some(b), _) => (a | b).erase(),
                (Some(a), _, _) => (input::<String>() | a).erase(),
                _ => input::<String>().erase(),
            }
        }
        Node::Tuple(nodes) => {
            let mut steps = nodes.iter().map(build);
            match (steps.next(), steps.next(), steps.next()) {
                (Some(a), Some(b), Some(c)) => (input::<String>() | (a, b, c)).map(|(a, b, c)| a + &b + &c).erase(),
                (Some(a), Some(b), _) => (input::<String>() | (a, b)).map(|(a, b)| a + &b).erase(),
                _ => input::<String>().erase(),
            }
        }
        Node::Within(inner) => {
            let inner = build(&inner);
            DynRunnable::new(with_context(move |text: String, cx: RunContext| {
                let inner = inner.clone();
                async move { inner.invoke_in(text, &cx).await }
            }))
        }
        Node::Retry(inner, policy) => {
            DynRunnable::new(retry(build(&inner)).attempts(2).backoff(Backoff::none()).streaming(policy))
        }
        Node::Fallback(first, other, policy) => {
            DynRunnable::new(fallback(build(&first)).or(build(&other)).streaming(policy))
        }
        Node::Branch(short, long) => {
            DynRunnable::new(branch().when(|text: &String| text.len() < 3, build(&short)).otherwise(build(&long)))
        }
        Node::Parallel(nodes) => {
            let steps = nodes.iter().enumerate().map(|(at, node)| (at.to_string(), build(node)));
            let joined = |values: BTreeMap<String, String>| values.into_values().collect::<String>();
            (input::<String>() | steps.collect::<Parallel<_, _>>() | map(joined)).erase()
        }
        Node::Each(inner) => {
            let twice = map(|text: String| vec![text.clone(), text]);
            (input::<String>() | twice | map_each(build(&inner), 2) | map(|texts: Vec<String>| texts.concat())).erase()
        }
        Node::Delegate(inner) => {
            let inner = build(&inner);
            DynRunnable::new(delegate(move |_: &String| Ok(inner.clone())))
        }
        Node::Limited(limit, inner) => {
            let config = RunConfig::new().max_concurrency(limit).timeout(Duration::from_secs(3_600)).tags(["limited"]);
            DynRunnable::new(with_config(build(&inner), config.cancelled_by(&Cancellation::new())))
        }
    }
}

fn fake(words: usize, pause: usize) -> FakeLlm {
    (0..words).fold(FakeLlm::always(""), |llm, _| llm.then_wait(pauses(pause)).then_write("w "))
}

fn writer(words: usize, pause: usize) -> Model<FakeLlm> {
    Model::new(fake(words, pause))
}

/// Ends its stream without a value.
struct NoValue;

impl Runnable<String> for NoValue {
    type Output = String;

    async fn run(&self, _: String, _: &RunContext) -> Result<String> {
        Err(failure())
    }

    fn run_stream(&self, text: String, _: &RunContext) -> ChunkStream<'_, String> {
        stream::iter([Ok(Chunk::Delta(Delta::Text(text)))]).boxed()
    }
}

/// Gives its value after this many increments, before the step that it reads from is done.
struct StopsEarly(usize);

impl Runnable<String> for StopsEarly {
    type Output = String;

    async fn run(&self, text: String, _: &RunContext) -> Result<String> {
        Ok(text)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, String>, _: &RunContext) -> ChunkStream<'a, String> {
        input.take(self.0).chain(stream::iter([Ok(Chunk::Done("early".to_owned()))])).boxed()
    }
}

/// Panics without the message on the standard error output.
fn quiet_panic() -> ! {
    resume_unwind(Box::new("planned"))
}

/// Does something bad at one event.
struct Troublemaker {
    trouble: Option<Trouble>,
    at: usize,
    seen: AtomicUsize,
}

#[derive(Debug, Clone, Copy)]
enum Trouble {
    Abort,
    Panic(PanicPolicy),
}

impl Troublemaker {
    fn event(&self, run: &RunInfo) {
        if self.seen.fetch_add(1, Ordering::Relaxed) == self.at {
            match self.trouble {
                Some(Trouble::Abort) => run.abort("planned"),
                Some(Trouble::Panic(_)) => quiet_panic(),
                None => (),
            }
        }
    }
}

impl CallbackHandler for Troublemaker {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        self.event(run);
    }
    fn on_delta(&self, run: &RunInfo, _: &Delta) {
        self.event(run);
    }
    fn on_end(&self, run: &RunInfo, _: &dyn Any) {
        self.event(run);
    }
    fn on_error(&self, run: &RunInfo, _: &catena::Error) {
        self.event(run);
    }
    fn on_cancel(&self, run: &RunInfo) {
        self.event(run);
    }
    fn on_llm_start(&self, run: &RunInfo, _: &Request) {
        self.event(run);
    }
    fn on_llm_token(&self, run: &RunInfo, _: &str) {
        self.event(run);
    }
    fn on_llm_end(&self, run: &RunInfo, _: &Completion) {
        self.event(run);
    }
    fn panic_policy(&self) -> PanicPolicy {
        match self.trouble {
            Some(Trouble::Panic(policy)) => policy,
            _ => PanicPolicy::Skip,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Call {
    Invoke,
    Stream,
    Owned,
}

/// How a call came out when it was polled so many times and then dropped.
#[derive(Debug, PartialEq)]
enum Outcome {
    Value,
    Error,
    Dropped,
    Panicked,
}

fn run(chain: &Text, call: Call, polls: usize, cx: &RunContext) -> Outcome {
    let whole = async |mut chunks: ChunkStream<'_, String>| {
        let mut value = None;
        while let Some(chunk) = chunks.next().await {
            if let Chunk::Done(text) = chunk? {
                value = Some(text);
            }
        }
        Ok(value.expect("a stream without an error has a value"))
    };
    let calls = AssertUnwindSafe(|| {
        let mut future: BoxFuture<'_, Result<String>> = match call {
            Call::Invoke => chain.invoke_in("x", cx).boxed(),
            Call::Stream => {
                let chunks = chain.stream_in("x", cx);
                async move { whole(chunks).await }.boxed()
            }
            Call::Owned => {
                let chunks = chain.clone().into_stream("x", cx.clone());
                async move { whole(chunks).await }.boxed()
            }
        };
        let mut task = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            match future.poll_unpin(&mut task) {
                Poll::Ready(Ok(_)) => return Outcome::Value,
                Poll::Ready(Err(_)) => return Outcome::Error,
                Poll::Pending => (),
            }
        }
        Outcome::Dropped
    });
    catch_unwind(calls).unwrap_or(Outcome::Panicked)
}

fn trouble() -> impl Strategy<Value = Option<Trouble>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Trouble::Abort)),
        1 => Just(Some(Trouble::Panic(PanicPolicy::Skip))),
        1 => Just(Some(Trouble::Panic(PanicPolicy::Abort))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_start_has_exactly_one(
        node in node(),
        call in prop_oneof![Just(Call::Invoke), Just(Call::Stream), Just(Call::Owned)],
        polls in 0..24_usize,
        trouble in trouble(),
        at in 0..20_usize,
    ) {
        let chain = (input::<String>() | build(&node)).named("whole").erase();
        let (cx, handle) = watched(Expect::new());
        let cx = cx.with(Troublemaker { trouble, at, seen: AtomicUsize::new(0) });
        let outcome = run(&chain, call, polls, &cx);
        handle.assert_outcomes();
        let events = handle.events();
        let last = events.last().map(String::as_str);
        let wanted: &[Option<&str>] = match outcome {
            Outcome::Value => &[Some("end whole")],
            // A handler may ask to abort when it is told of the end.
            Outcome::Error if trouble.is_some() => &[Some("error whole Other"), Some("error whole Incomplete"), Some("error whole Aborted"), Some("end whole")],
            Outcome::Error => &[Some("error whole Other"), Some("error whole Incomplete")],
            // What had come out inside of an owned stream may not have been handed out yet.
            Outcome::Dropped if matches!(call, Call::Owned) => &[last],
            // What was not polled has not begun, but for streams.
            Outcome::Dropped => &[Some("cancel whole"), None],
            Outcome::Panicked => &[Some("cancel whole")],
        };
        prop_assert!(wanted.contains(&last), "{outcome:?} but {last:?}: {events:#?}");
    }
}
