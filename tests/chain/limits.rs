//! Limits that several parts of a chain share: everything ends, and no limit is ever passed.
use crate::support::{block_on, pauses};
use catena::{
    Chunk, Delta, DynRunnable, Result, RunConfig, RunContext, delegate, generator, input, map, map_each, passthrough,
    with_config, with_context,
};
use futures::{StreamExt, future::join_all, stream};
use proptest::prelude::*;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

type Numbers = DynRunnable<u64, u64>;

/// What `run` gives. One that waits for ever is a failure, and is left to itself.
fn in_time<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || drop(sender.send(run())));
    match receiver.recv_timeout(Duration::from_secs(30)) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("it waits for ever"),
        Err(RecvTimeoutError::Disconnected) => panic!("it panicked"),
    }
}

/// A limit, and how many work under it.
#[derive(Debug, Clone)]
struct Limit {
    config: RunConfig,
    permits: usize,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Limit {
    fn new(permits: usize) -> Self {
        let config = RunConfig::new().max_concurrency(permits);
        Limit { config, permits, now: Arc::default(), most: Arc::default() }
    }

    fn enter(&self) {
        self.most.fetch_max(self.now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    fn leave(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

/// One configuration of all these limits.
fn joined<'a>(limits: impl IntoIterator<Item = &'a Limit>) -> RunConfig {
    limits.into_iter().fold(RunConfig::new(), |config, limit| config.overridden_by(limit.config.clone()))
}

/// Works for a while under these limits.
fn work(under: &[Limit], delay: usize) -> Numbers {
    let under = under.to_vec();
    DynRunnable::new(move |n: u64| {
        let under = under.clone();
        async move {
            under.iter().for_each(Limit::enter);
            pauses(delay).await;
            under.iter().for_each(Limit::leave);
            Ok(n + 1)
        }
    })
}

/// The same, handing out an increment on the way.
fn write(under: &[Limit], delay: usize) -> Numbers {
    let under = under.to_vec();
    DynRunnable::new(generator(move |n: u64| {
        let (begins, ends) = (under.clone(), under.clone());
        let first = async move {
            begins.iter().for_each(Limit::enter);
            pauses(delay).await;
            Ok(Chunk::Delta(Delta::Text(n.to_string())))
        };
        let last = async move {
            pauses(delay).await;
            ends.iter().for_each(Limit::leave);
            Ok(Chunk::Done(n + 1))
        };
        stream::once(first).chain(stream::once(last))
    }))
}

#[derive(Debug, Clone)]
enum Node {
    Work(usize),
    Write(usize),
    Pass,
    Chain(Vec<Node>),
    Tuple(Vec<Node>),
    Each(usize, Box<Node>),
    Delegate(Box<Node>),
    /// Under limits that the context has, that the step has, or that a chain has.
    Batch(usize, Vec<usize>, Box<Node>),
    Limited(Vec<usize>, Box<Node>),
    LimitedChain(Vec<usize>, Box<Node>),
}

fn which() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..3_usize, 0..3)
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![(0..4_usize).prop_map(Node::Work), (0..4_usize).prop_map(Node::Write), Just(Node::Pass)];
    leaf.prop_recursive(4, 20, 3, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Chain),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(Node::Tuple),
            1 => (1..4_usize, boxed()).prop_map(|(items, node)| Node::Each(items, node)),
            1 => boxed().prop_map(Node::Delegate),
            1 => (1..4_usize, which(), boxed()).prop_map(|(inputs, limits, node)| Node::Batch(inputs, limits, node)),
            2 => (which(), boxed()).prop_map(|(limits, node)| Node::Limited(limits, node)),
            1 => (which(), boxed()).prop_map(|(limits, node)| Node::LimitedChain(limits, node)),
        ]
    })
}

/// Chains under some of these limits, `under` being those around.
#[derive(Clone)]
struct Builder<'a> {
    limits: &'a [Limit],
    under: Vec<usize>,
}

impl Builder<'_> {
    /// The configuration of these limits and what is built within it. A limit is around those of higher numbers only:
    /// limits may be shared in any way but crosswise.
    fn within(&self, wanted: &[usize]) -> (RunConfig, Self) {
        let last = self.under.iter().max();
        let fits = |at: &&usize| self.under.contains(at) || last.is_none_or(|last| *at > last);
        let chosen: Vec<usize> = wanted.iter().filter(fits).copied().collect();
        let mut inner = self.clone();
        inner.under.extend(&chosen);
        inner.under.sort_unstable();
        inner.under.dedup();
        (joined(chosen.iter().filter_map(|at| self.limits.get(*at))), inner)
    }

    fn around(&self) -> Vec<Limit> {
        self.under.iter().filter_map(|at| self.limits.get(*at)).cloned().collect()
    }

    fn build(&self, node: &Node) -> Numbers {
        match node {
            Node::Work(delay) => work(&self.around(), *delay),
            Node::Write(delay) => write(&self.around(), *delay),
            Node::Pass => DynRunnable::new(passthrough()),
            Node::Chain(nodes) => {
                nodes.iter().fold(input::<u64>().erase(), |chain, node| (chain | self.build(node)).erase())
            }
            Node::Tuple(nodes) => {
                let mut steps = nodes.iter().map(|node| self.build(node));
                match (steps.next(), steps.next(), steps.next()) {
                    (Some(a), Some(b), Some(c)) => (input::<u64>() | (a, b, c)).map(|(a, b, c)| a + b + c).erase(),
                    (Some(a), Some(b), _) => (input::<u64>() | (a, b)).map(|(a, b)| a + b).erase(),
                    _ => input::<u64>().erase(),
                }
            }
            Node::Each(items, inner) => {
                let (items, inner) = (*items, self.build(inner));
                let each = input::<u64>() | map(move |n: u64| vec![n; items]) | map_each(inner, 9);
                each.map(|values| values.into_iter().sum::<u64>()).erase()
            }
            Node::Delegate(inner) => {
                let inner = self.build(inner);
                DynRunnable::new(delegate(move |_: &u64| -> Result<Numbers> { Ok(inner.clone()) }))
            }
            Node::Batch(inputs, limits, inner) => {
                let (config, within) = self.within(limits);
                let (inputs, inner) = (*inputs, input::<u64>() | within.build(inner));
                DynRunnable::new(with_context(move |n: u64, cx: RunContext| {
                    let (inner, cx) = (inner.clone(), cx.configured(&config));
                    async move { inner.batch_in(vec![n; inputs], 9, &cx).await.into_iter().sum::<Result<u64>>() }
                }))
            }
            Node::Limited(limits, inner) => {
                let (config, within) = self.within(limits);
                DynRunnable::new(with_config(within.build(inner), config))
            }
            Node::LimitedChain(limits, inner) => {
                let (config, within) = self.within(limits);
                (input::<u64>() | within.build(inner)).with_config(config).erase()
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Call {
    Invoke,
    Stream,
    Batch,
    Threads,
}

/// The values of so many calls at once.
fn called(chain: &Numbers, call: Call, inputs: usize, cx: &RunContext) -> Vec<u64> {
    match call {
        Call::Invoke => {
            let runs = (0..inputs).map(|_| chain.invoke_in(1_u64, cx));
            block_on(join_all(runs)).into_iter().map(Result::unwrap).collect()
        }
        Call::Stream => block_on(join_all((0..inputs).map(|_| streamed(chain, cx)))),
        Call::Batch => {
            let chain = input::<u64>() | chain.clone();
            block_on(chain.batch_in(vec![1_u64; inputs], 9, cx)).into_iter().map(Result::unwrap).collect()
        }
        Call::Threads => thread::scope(|scope| {
            let run = |at: usize| {
                block_on(async {
                    if at % 2 == 0 { streamed(chain, cx).await } else { chain.invoke_in(1_u64, cx).await.unwrap() }
                })
            };
            let runs: Vec<_> = (0..inputs).map(|at| scope.spawn(move || run(at))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        }),
    }
}

async fn streamed(chain: &Numbers, cx: &RunContext) -> u64 {
    let mut chunks = chain.stream_in(1_u64, cx);
    let mut value = None;
    while let Some(chunk) = chunks.next().await {
        if let Chunk::Done(done) = chunk.unwrap() {
            value = Some(done);
        }
    }
    value.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn everything_ends_and_none_is_passed(
        node in node(),
        permits in prop::array::uniform3(1..4_usize),
        outer in which(),
        inputs in 1..5_usize,
        call in prop_oneof![Just(Call::Invoke), Just(Call::Stream), Just(Call::Batch), Just(Call::Threads)],
    ) {
        let limits = permits.map(Limit::new);
        let (config, within) = Builder { limits: &limits, under: Vec::new() }.within(&outer);
        let (chain, cx) = (within.build(&node), RunContext::from(config));
        let wanted = block_on(Builder { limits: &[], under: Vec::new() }.build(&unlimited(&node)).invoke(1_u64)).unwrap();
        // Twice: what the first took must be there again.
        let values = in_time(move || [called(&chain, call, inputs, &cx), called(&chain, call, inputs, &cx)].concat());
        prop_assert_eq!(values, vec![wanted; 2 * inputs]);
        for limit in &limits {
            prop_assert!(limit.most() <= limit.permits, "{} at a time, and not {}", limit.most(), limit.permits);
        }
    }
}

/// The same without limits.
fn unlimited(node: &Node) -> Node {
    let all = |nodes: &[Node]| nodes.iter().map(unlimited).collect();
    match node {
        Node::Work(_) | Node::Write(_) | Node::Pass => node.clone(),
        Node::Chain(nodes) => Node::Chain(all(nodes)),
        Node::Tuple(nodes) => Node::Tuple(all(nodes)),
        Node::Each(items, inner) => Node::Each(*items, Box::new(unlimited(inner))),
        Node::Delegate(inner) => Node::Delegate(Box::new(unlimited(inner))),
        Node::Batch(inputs, _, inner) => Node::Batch(*inputs, Vec::new(), Box::new(unlimited(inner))),
        Node::Limited(_, inner) | Node::LimitedChain(_, inner) => unlimited(inner),
    }
}

/// The last step of a stream is polled first, and must not keep its turn from those before it.
#[test]
fn two_steps_of_one_chain_share_a_limit() {
    for call in [Call::Invoke, Call::Stream, Call::Batch, Call::Threads] {
        let limit = Limit::new(1);
        let step = || with_config(write(std::slice::from_ref(&limit), 2), limit.config.clone());
        let chain = (input::<u64>() | step() | passthrough() | step()).erase();
        assert_eq!(in_time(move || called(&chain, call, 3, &RunContext::new())), [3, 3, 3]);
        assert_eq!(limit.most(), 1, "{call:?}");
    }
}

#[test]
fn a_limit_that_comes_twice_on_the_way_down_is_one() {
    for call in [Call::Invoke, Call::Stream, Call::Batch, Call::Threads] {
        let limit = Limit::new(1);
        let config = || limit.config.clone();
        let step = with_config(with_config(work(std::slice::from_ref(&limit), 2), config()), config());
        let inner = (input::<u64>() | step).with_config(config());
        let batched = with_context({
            let config = config();
            move |n: u64, cx: RunContext| {
                let (inner, cx) = (inner.clone(), cx.configured(&config));
                async move { inner.batch_in([n, n], 2, &cx).await.into_iter().sum::<Result<u64>>() }
            }
        });
        let chain = (input::<u64>() | (batched, passthrough())).map(|(a, b)| a + b).with_config(config()).erase();
        let cx = RunContext::from(config());
        assert_eq!(in_time(move || called(&chain, call, 3, &cx)), [5, 5, 5]);
        assert_eq!(limit.most(), 1, "{call:?}");
    }
}

/// Runs that ask for the same two in different orders, beside some that ask for one of them.
#[test]
fn the_order_of_limits_does_not_matter() {
    let (a, b) = (Limit::new(1), Limit::new(1));
    let lists: [&[&Limit]; 4] = [&[&a, &b], &[&b, &a], &[&a], &[&b]];
    let chains = lists.map(|list| {
        let under: Vec<Limit> = list.iter().map(|limit| (*limit).clone()).collect();
        ((input::<u64>() | work(&under, 3)).erase(), RunContext::from(joined(&under)))
    });
    let values = in_time(move || {
        let runs = (0..80).map(|at| {
            let (chain, cx) = &chains[at % chains.len()];
            chain.invoke_in(1_u64, cx)
        });
        block_on(join_all(runs)).into_iter().sum::<Result<u64>>().unwrap()
    });
    assert_eq!((values, a.most(), b.most()), (160, 1, 1));
}
