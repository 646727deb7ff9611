//! What holds for all chains: how they are put together does not matter, nor whether they run side by side or by
//! themselves, nor in which way they are called.
use crate::support::{block_on, collected, failure, pauses, writes};
use catena::{
    Backoff, ChainEvent, Chunk, Delta, DynRunnable, Error, Model, Parallel, Result, alternatives, branch,
    callback::{EventFilter, RunEvent, RunTree},
    delegate, fallback, input, map, passthrough, retry,
    testing::FakeLlm,
};
use futures::StreamExt;
use proptest::prelude::*;
use std::collections::BTreeMap;

type Text = DynRunnable<String, String>;

/// One of several steps, by number; those from 10 on fail.
fn step(number: u8) -> Text {
    match number % 12 {
        0 => DynRunnable::new(passthrough()),
        1 => DynRunnable::new(map(|text: String| text.chars().rev().collect::<String>())),
        2 => DynRunnable::new(|text: String| async move {
            pauses(2).await;
            Ok(text + "!")
        }),
        3 => DynRunnable::new(writes(&["once ", "upon ", "a time"])),
        4 => (input::<String>() | (passthrough(), writes(&["x", "y"]))).map(|(a, b)| a + &b).erase(),
        5 => {
            let first = retry(writes(&["r"])).attempts(2).backoff(Backoff::none());
            DynRunnable::new(fallback(|_: String| async move { Err(failure()) as Result<String> }).or(first))
        }
        6 => {
            DynRunnable::new(branch().when(|text: &String| text.len() > 3, writes(&["long"])).otherwise(passthrough()))
        }
        7 => DynRunnable::new(delegate(|_: &String| Ok(writes(&["d", "e"])))),
        8 => DynRunnable::new(alternatives("which", "a", writes(&["a"])).or("b", passthrough())),
        9 => (input::<String>() | Parallel::new().with("p", passthrough()).with("q", writes(&["q"])))
            .map(|both: BTreeMap<String, String>| both.into_values().collect::<String>())
            .erase(),
        10 => DynRunnable::new(|_: String| async move { Err(failure()) as Result<String> }),
        _ => DynRunnable::new(Model::new(FakeLlm::always("a b").then_fail(failure()))),
    }
}

/// What is seen of a run.
#[derive(Debug, PartialEq)]
struct Seen {
    chunks: Vec<Result<Chunk<String>, String>>,
    runs: Vec<RunTree>,
}

/// The runs, with those of inner chains replaced by the runs in them.
fn flat(tree: RunTree) -> Vec<RunTree> {
    let (inner, mut tree) = (tree.name == "inner", tree);
    tree.children = tree.children.into_iter().flat_map(flat).collect();
    tree.children.sort();
    if inner { tree.children } else { vec![tree] }
}

fn seen(chain: &Text, streaming: bool) -> Seen {
    let (cx, collector) = collected();
    let chunks: Vec<_> = if streaming {
        block_on(chain.stream_in("x", &cx).collect())
    } else {
        vec![block_on(chain.invoke_in("x", &cx)).map(Chunk::Done)]
    };
    let chunks = chunks.into_iter().map(|chunk: Result<_, Error>| chunk.map_err(|error| error.to_string())).collect();
    Seen { chunks, runs: collector.trees().into_iter().flat_map(flat).collect() }
}

/// The value, increments and events apart.
fn value(chunks: &[Result<Chunk<String>, String>]) -> Result<String, String> {
    match chunks.last() {
        Some(Ok(Chunk::Done(value))) => Ok(value.clone()),
        Some(Err(error)) => Err(error.clone()),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_pipe_is_associative(a in 0..12_u8, b in 0..12_u8, c in 0..12_u8, streaming: bool) {
        let left = input::<String>() | (input::<String>() | step(a) | step(b)).named("inner") | step(c);
        let right = input::<String>() | step(a) | (input::<String>() | step(b) | step(c)).named("inner");
        let flat = input::<String>() | step(a) | step(b) | step(c);
        let [flat, left, right] = [flat.erase(), left.erase(), right.erase()].map(|chain| seen(&chain, streaming));
        prop_assert_eq!(&flat, &left);
        prop_assert_eq!(&flat, &right);
    }

    #[test]
    fn side_by_side_is_as_by_themselves(numbers in prop::collection::vec(0..10_u8, 0..5), streaming: bool) {
        let together = numbers.iter().enumerate().map(|(at, number)| (at.to_string(), step(*number)));
        let together = input::<String>() | together.collect::<Parallel<_, _>>();
        let mut values = BTreeMap::new();
        let mut deltas: BTreeMap<String, Vec<Delta>> = BTreeMap::new();
        if streaming {
            for chunk in block_on(together.stream("x").collect::<Vec<_>>()) {
                match chunk.unwrap() {
                    Chunk::Delta(Delta::Branch { branch, delta }) => deltas.entry(branch.to_string()).or_default().push(*delta),
                    Chunk::Delta(other) => prop_assert!(false, "{:?}", other),
                    Chunk::Done(done) => values = done,
                }
            }
        } else {
            values = block_on(together.invoke("x")).unwrap();
        }
        prop_assert_eq!(values.len(), numbers.len());
        for (at, number) in numbers.iter().enumerate() {
            let alone = seen(&step(*number), streaming);
            prop_assert_eq!(Ok(values[&at.to_string()].clone()), value(&alone.chunks));
            let alone: Vec<_> = alone.chunks.into_iter().filter_map(|chunk| match chunk {
                Ok(Chunk::Delta(delta)) => Some(delta),
                _ => None,
            }).collect();
            prop_assert_eq!(deltas.remove(&at.to_string()).unwrap_or_default(), alone);
        }
    }

    #[test]
    fn a_batch_is_each_by_itself(numbers in prop::collection::vec(0..12_u8, 1..4), inputs in prop::collection::vec("[a-z]{0,6}", 0..6), limit in 1..5_usize) {
        let chain = || numbers.iter().fold(input::<String>().erase(), |chain, number| (chain | step(*number)).erase());
        let chain = input::<String>() | chain();
        let each: Vec<_> = inputs.iter().map(|text| block_on(chain.invoke(text.as_str())).map_err(|error| error.to_string())).collect();
        let batch: Vec<_> = block_on(chain.batch(inputs.clone(), limit)).into_iter().map(|result| result.map_err(|error| error.to_string())).collect();
        prop_assert_eq!(&each, &batch);
        let mut completed = block_on(chain.batch_as_completed(inputs.clone(), limit).collect::<Vec<_>>());
        completed.sort_by_key(|(at, _)| *at);
        let completed: Vec<_> = completed.into_iter().map(|(_, result)| result.map_err(|error| error.to_string())).collect();
        prop_assert_eq!(&each, &completed);
        let all: Result<Vec<_>, _> = each.into_iter().collect();
        let at_once = block_on(chain.try_batch(inputs, limit)).map_err(|error| error.to_string());
        prop_assert_eq!(all.ok(), at_once.ok());
    }

    /// Invoked, streamed, as one of a batch, or as events: the same runs with the same outcomes.
    #[test]
    fn the_tree_is_the_same_however_a_chain_is_called(numbers in prop::collection::vec(0..10_u8, 1..5)) {
        let chain = numbers.iter().fold(input::<String>().erase(), |chain, number| (chain | step(*number)).erase());
        let chain = (input::<String>() | chain | map(|text: String| text)).named("whole").with_tags(["t"]);
        let (cx, collector) = collected();
        block_on(chain.invoke_in("x", &cx)).unwrap();
        let wanted = collector.trees();
        prop_assert_eq!(wanted.len(), 1);

        let (cx, collector) = collected();
        block_on(chain.stream_in("x", &cx).for_each(|chunk| async move { drop(chunk.unwrap()) }));
        prop_assert_eq!(&collector.trees(), &wanted);

        let (cx, collector) = collected();
        block_on(chain.batch_in(["x", "x"], 2, &cx));
        prop_assert_eq!(collector.trees(), [wanted.clone(), wanted.clone()].concat());

        let mut events: Vec<RunEvent> = Vec::new();
        let mut outcome = None;
        let mut stream = chain.events_in("x", &catena::RunContext::new(), EventFilter::new());
        block_on(async {
            while let Some(event) = stream.next().await {
                match event {
                    ChainEvent::Run(event) => events.push(event),
                    ChainEvent::Outcome(result) => outcome = Some(result.unwrap()),
                    _ => (),
                }
            }
        });
        prop_assert_eq!(RunTree::of(&events), wanted);
        prop_assert_eq!(outcome, Some(block_on(chain.invoke("x")).unwrap()));
    }
}
