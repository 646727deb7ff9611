//! One limit for everything that runs at a time.
use crate::support::{block_on, pauses, watched};
use catena::{
    DynRunnable, ErrorKind, Result, RunConfig, RunContext, input, map, testing::Expect, with_config, with_context,
};
use futures::StreamExt;
use proptest::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

type Numbers = DynRunnable<u64, u64>;

/// Counts how many work at a time.
#[derive(Debug, Clone, Default)]
struct Gauge {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Gauge {
    fn step(&self, delay: usize) -> Numbers {
        let gauge = self.clone();
        DynRunnable::new(move |n: u64| {
            let gauge = gauge.clone();
            async move {
                gauge.most.fetch_max(gauge.now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                pauses(delay).await;
                gauge.now.fetch_sub(1, Ordering::Relaxed);
                Ok(n + 1)
            }
        })
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Clone)]
enum Node {
    Work(usize),
    Chain(Vec<Node>),
    Tuple(Vec<Node>),
    Batch(usize, Box<Node>),
    Limited(usize, Box<Node>),
}

fn node() -> impl Strategy<Value = Node> {
    (0..4_usize).prop_map(Node::Work).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Chain),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Tuple),
            (1..5_usize, inner.clone()).prop_map(|(inputs, node)| Node::Batch(inputs, Box::new(node))),
            (1..4_usize, inner).prop_map(|(limit, node)| Node::Limited(limit, Box::new(node))),
        ]
    })
}

fn build(node: &Node, gauge: &Gauge) -> Numbers {
    match node {
        Node::Work(delay) => gauge.step(*delay),
        Node::Chain(nodes) => {
            nodes.iter().fold(input::<u64>().erase(), |chain, node| (chain | build(node, gauge)).erase())
        }
        Node::Tuple(nodes) => {
            let mut steps = nodes.iter().map(|node| build(node, gauge));
            match (steps.next(), steps.next(), steps.next()) {
                (Some(a), Some(b), Some(c)) => (input::<u64>() | (a, b, c)).map(|(a, b, c)| a + b + c).erase(),
                (Some(a), Some(b), _) => (input::<u64>() | (a, b)).map(|(a, b)| a + b).erase(),
                _ => input::<u64>().erase(),
            }
        }
        Node::Batch(inputs, inner) => {
            let (inputs, inner) = (*inputs, input::<u64>() | build(inner, gauge));
            DynRunnable::new(with_context(move |n: u64, cx: RunContext| {
                let inner = inner.clone();
                async move {
                    let results = inner.batch_in(vec![n; inputs], 100, &cx).await;
                    results.into_iter().sum::<Result<u64>>()
                }
            }))
        }
        Node::Limited(limit, inner) => {
            DynRunnable::new(with_config(build(inner, gauge), RunConfig::new().max_concurrency(*limit)))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Batches and tuples in each other: never more at a time than allowed, and nobody waits for ever.
    #[test]
    fn holds_however_things_nest(node in node(), limit in 1..5_usize, inputs in 1..6_usize, streaming: bool) {
        let gauge = Gauge::default();
        let chain = input::<u64>() | build(&node, &gauge);
        let (cx, handle) = watched(Expect::new());
        let cx = cx.configured(&RunConfig::new().max_concurrency(limit));
        if streaming {
            let runs = (0..inputs).map(|_| chain.stream_in(1_u64, &cx).for_each(|chunk| async move { drop(chunk.unwrap()) }));
            block_on(futures::future::join_all(runs));
        } else {
            let wanted = block_on((input::<u64>() | build(&node, &Gauge::default())).invoke(1_u64)).unwrap();
            for result in block_on(chain.batch_in(vec![1_u64; inputs], 100, &cx)) {
                prop_assert_eq!(result.unwrap(), wanted);
            }
        }
        prop_assert!(gauge.most() <= limit, "{} at a time", gauge.most());
        handle.assert_outcomes();
    }
}

#[test]
fn all_of_it_is_used() {
    let gauge = Gauge::default();
    let chain =
        input::<u64>() | (gauge.step(3), gauge.step(3), gauge.step(3)) | map(|(a, b, c): (u64, u64, u64)| a + b + c);
    let cx = RunContext::from(RunConfig::new().max_concurrency(4));
    assert!(block_on(chain.batch_in([1_u64, 2, 3], 3, &cx)).iter().all(Result::is_ok));
    assert_eq!(gauge.most(), 4, "of nine");
}

#[test]
fn an_inner_limit_holds_beside_the_outer_one() {
    let gauge = Gauge::default();
    let four = (gauge.step(2), gauge.step(2), gauge.step(2), gauge.step(2));
    let chain = input::<u64>() | with_config(four, RunConfig::new().max_concurrency(2));
    assert!(
        block_on(chain.batch_in([1_u64, 2], 2, &RunConfig::new().max_concurrency(3).into())).iter().all(Result::is_ok)
    );
    assert_eq!(gauge.most(), 2);
}

/// A run lends its turn once, not once to each of the fan-outs that go on in it.
#[test]
fn fan_outs_beside_each_other_in_one_step_share_its_turn() {
    let gauge = Gauge::default();
    let inner = input::<u64>() | gauge.step(3);
    let both = with_context(move |n: u64, cx: RunContext| {
        let inner = inner.clone();
        async move {
            let (a, b) = futures::join!(inner.batch_in([n, n], 9, &cx), inner.batch_in([n, n], 9, &cx));
            a.into_iter().chain(b).sum::<Result<u64>>()
        }
    });
    let chain = input::<u64>() | both;
    assert_eq!(block_on(chain.invoke_in(1_u64, &RunConfig::new().max_concurrency(1).into())).unwrap(), 8);
    assert_eq!(gauge.most(), 1);
}

#[test]
fn a_dropped_call_gives_its_turn_back() {
    let cx = RunContext::from(RunConfig::new().max_concurrency(1));
    let (gauge, never) = (Gauge::default(), input::<String>() | crate::support::never);
    let chain = input::<u64>() | gauge.step(0);
    let mut stuck = Box::pin(never.invoke_in("x", &cx));
    assert!(crate::support::poll_once(&mut stuck).is_none());
    let (mut gone, mut waits) = (Box::pin(chain.invoke_in(1_u64, &cx)), Box::pin(chain.invoke_in(2_u64, &cx)));
    assert!(crate::support::poll_once(&mut gone).is_none());
    assert!(crate::support::poll_once(&mut waits).is_none());
    drop(gone);
    drop(stuck);
    assert_eq!(crate::support::poll_once(&mut waits).unwrap().unwrap(), 3);
    assert_eq!(gauge.most(), 1);
    assert!(block_on(chain.invoke_in(1_u64, &cx)).is_ok());
}

#[test]
fn a_limit_of_nothing_is_an_error() {
    let (cx, handle) = watched(Expect::new().start("chain").error("chain", ErrorKind::InvalidOption).only());
    let chain = input::<u64>() | map(|n: u64| n);
    let cx = cx.configured(&RunConfig::new().max_concurrency(0));
    assert_eq!(block_on(chain.invoke_in(1_u64, &cx)).unwrap_err().kind(), ErrorKind::InvalidOption);
    handle.assert_finished();
}
