//! What a chain costs beside plain async functions that do the same: 1, 5 and 20 steps, with and without a handler,
//! static and erased, invoked and streamed; a chunk of a stream through so many steps; a batch of 1,000.
use catena::{
    CallbackHandler, Chunk, ChunkStream, Delta, DynRunnable, Result, RunConfig, RunContext, Runnable, input,
    passthrough,
};
use criterion::{BenchmarkId, Criterion, Throughput, async_executor::FuturesExecutor, criterion_group};
use futures::{FutureExt, StreamExt, executor::block_on, future::BoxFuture, stream};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

async fn step(n: u64) -> Result<u64> {
    Ok(black_box(n) + 1)
}

/// Is told of everything and does nothing.
#[derive(Clone)]
struct Idle;

impl CallbackHandler for Idle {}

/// A chain of as many steps as there are arguments.
macro_rules! chain {
    ($step:expr; $($x:tt)*) => { input::<u64>() $( | { let _ = stringify!($x); $step } )* };
}

/// Plain async functions called one after the other.
macro_rules! plain {
    ($($x:tt)*) => {
        |n: u64| async move { $( let _ = stringify!($x); let n = step(n).await?; )* Ok(n) as Result<u64> }
    };
}

/// Plain async functions, the future of each in a box.
macro_rules! boxed {
    ($($x:tt)*) => {
        |n: u64| async move { $( let _ = stringify!($x); let n = step(n).boxed().await?; )* Ok(n) as Result<u64> }
    };
}

/// One way to do the work, with a number of steps.
struct Case {
    way: &'static str,
    steps: usize,
    run: Box<dyn Fn(u64) -> BoxFuture<'static, Result<u64>>>,
}

fn case<R, F>(way: &'static str, steps: usize, made: R, run: F) -> Case
where
    R: Send + Sync + 'static,
    F: for<'a> Fn(&'a R, u64) -> BoxFuture<'a, Result<u64>> + 'static,
{
    // A benchmark runs as long as the process.
    let made: &'static R = Box::leak(Box::new(made));
    Case { way, steps, run: Box::new(move |n| run(made, n)) }
}

/// Each way with this number of steps, given as so many arguments.
macro_rules! cases {
    ($steps:literal: $($x:tt)*) => {{
        fn erased() -> DynRunnable<u64, u64> {
            DynRunnable::new(step)
        }
        let watched = || RunContext::new().with(Idle);
        [
            case("plain async", $steps, plain!($($x)*), |run, n| run(n).boxed()),
            case("plain async, boxed", $steps, boxed!($($x)*), |run, n| run(n).boxed()),
            case("chain", $steps, chain!(step; $($x)*), |chain, n| chain.invoke(n).boxed()),
            case("chain, erased steps", $steps, chain!(erased(); $($x)*), |chain, n| chain.invoke(n).boxed()),
            case("chain, a handler", $steps, (chain!(step; $($x)*), watched()), |(chain, cx), n| chain.invoke_in(n, cx).boxed()),
            case("chain, erased, a handler", $steps, (chain!(erased(); $($x)*), watched()), |(chain, cx), n| {
                chain.invoke_in(n, cx).boxed()
            }),
            case("chain, streamed", $steps, chain!(step; $($x)*), |chain, n| last(chain.stream(n)).boxed()),
        ]
    }};
}

async fn last(mut chunks: catena::ChunkStream<'_, u64>) -> Result<u64> {
    let mut value = 0;
    while let Some(chunk) = chunks.next().await {
        if let catena::Chunk::Done(done) = chunk? {
            value = done;
        }
    }
    Ok(value)
}

fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(cases!(1: a));
    cases.extend(cases!(5: a b c d e));
    cases.extend(cases!(20: a b c d e f g h i j k l m n o p q r s t));
    cases
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chain");
    for Case { way, steps, run } in all() {
        group.throughput(Throughput::Elements(steps as u64));
        group.bench_function(BenchmarkId::new(way, steps), |bencher| {
            bencher.to_async(FuturesExecutor).iter(|| run(black_box(1)));
        });
    }
    group.finish();
}

/// A stream of so many chunks.
struct Chunks(usize);

impl Runnable<u64> for Chunks {
    type Output = u64;

    async fn run(&self, n: u64, _: &RunContext) -> Result<u64> {
        Ok(n)
    }

    fn run_stream(&self, n: u64, _: &RunContext) -> ChunkStream<'_, u64> {
        let deltas = (0..self.0).map(|_| Ok(Chunk::Delta(Delta::Text("token".to_owned()))));
        stream::iter(deltas.chain([Ok(Chunk::Done(n))])).boxed()
    }
}

/// What a chunk costs: by itself, and through each step and handler more.
fn chunks(criterion: &mut Criterion) {
    const COUNT: usize = 1_000;
    let mut group = criterion.benchmark_group("chunk");
    group.throughput(Throughput::Elements(COUNT as u64));
    let bare = Chunks(COUNT);
    group.bench_function("plain stream", |bencher| {
        bencher.to_async(FuturesExecutor).iter(|| bare.run_stream(1, &RunContext::new()).count());
    });
    let (one, five) = (
        input::<u64>() | Chunks(COUNT),
        input::<u64>() | Chunks(COUNT) | passthrough() | passthrough() | passthrough() | passthrough(),
    );
    for handlers in 0..3_usize {
        let cx = (0..handlers).fold(RunContext::new(), |cx, _| cx.with(Idle));
        group.bench_function(BenchmarkId::new("a step, handlers", handlers), |bencher| {
            bencher.to_async(FuturesExecutor).iter(|| one.stream_in(1_u64, &cx).count());
        });
        group.bench_function(BenchmarkId::new("five steps, handlers", handlers), |bencher| {
            bencher.to_async(FuturesExecutor).iter(|| five.stream_in(1_u64, &cx).count());
        });
    }
    group.bench_function("five steps, as events", |bencher| {
        bencher.to_async(FuturesExecutor).iter(|| five.events(1_u64).count());
    });
    group.bench_function("one of two side by side", |bencher| {
        let both = input::<u64>() | (Chunks(COUNT / 2), Chunks(COUNT / 2));
        bencher.to_async(FuturesExecutor).iter(|| both.stream(1_u64).count().boxed());
    });
    group.finish();
}

/// A batch of 1,000 chains of three steps, beside the same functions in a buffered stream.
fn batches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batch of 1000");
    group.throughput(Throughput::Elements(1_000));
    let plain = plain!(a b c);
    let chain = chain!(step; a b c);
    let bounded = RunContext::from(RunConfig::new().max_concurrency(8));
    group.bench_function("plain async", |bencher| {
        bencher.to_async(FuturesExecutor).iter(|| stream::iter((0..1_000).map(&plain)).buffered(8).collect::<Vec<_>>());
    });
    group.bench_function("chain", |bencher| {
        bencher.to_async(FuturesExecutor).iter(|| chain.batch(0..1_000_u64, 8));
    });
    group.bench_function("chain, max_concurrency", |bencher| {
        bencher.to_async(FuturesExecutor).iter(|| chain.batch_in(0..1_000_u64, 8, &bounded));
    });
    group.finish();
}

/// The least time of one run in nanoseconds, over many rounds.
#[expect(clippy::cast_precision_loss, reason = "a figure for display")]
fn nanoseconds(case: &Case) -> f64 {
    const RUNS: u32 = 2_000;
    let round = || {
        let began = Instant::now();
        for _ in 0..RUNS {
            black_box(block_on((case.run)(black_box(1)))).ok();
        }
        began.elapsed()
    };
    let least = (0..50).map(|_| round()).min().unwrap_or(Duration::ZERO);
    least.as_nanos() as f64 / f64::from(RUNS)
}

/// Prints what a further step costs: the slope between 1 and 20 steps.
fn per_step() {
    println!("\n| way | 1 step, ns | 20 steps, ns | per step, ns |\n|---|---|---|---|");
    let cases = all();
    for short in cases.iter().filter(|case| case.steps == 1) {
        if let Some(long) = cases.iter().find(|case| case.way == short.way && case.steps == 20) {
            let (one, twenty) = (nanoseconds(short), nanoseconds(long));
            println!("| {} | {one:.0} | {twenty:.0} | {:.1} |", short.way, (twenty - one) / 19.0);
        }
    }
}

criterion_group!(benches, bench, chunks, batches);

fn main() {
    benches();
    if !std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        per_step();
    }
    Criterion::default().configure_from_args().final_summary();
}
