//! Handlers behind a queue, and events in files.
use crate::support::{Page, block_on, chain, fails, never};
use catena::{
    Backoff, DynRunnable, ErrorKind, GenerateOptions, Model, Result, RunConfig, RunContext,
    callback::{Collector, EventKind, FileHandler, QueuePolicy, RunEvent, queue, replay},
    input, map, passthrough, retry,
    testing::{Expect, FakeLlm},
    with_context,
};
use futures::{FutureExt, StreamExt};
use std::io::{self, Write};

fn numbered() -> catena::Chain<Vec<u32>, usize, impl catena::Runnable<Vec<u32>, Output = usize>> {
    input::<Vec<u32>>()
        | with_context(|numbers: Vec<u32>, cx: RunContext| async move {
            for n in &numbers {
                cx.emit("n", *n);
            }
            Ok(numbers.len())
        })
}

fn custom(events: &[RunEvent]) -> Vec<u64> {
    let numbers = events.iter().filter_map(|event| match &event.what {
        catena::callback::EventKind::Custom { data, .. } => data.as_u64(),
        _ => None,
    });
    numbers.collect()
}

#[test]
fn a_full_queue_loses_what_its_policy_says_and_counts() {
    for (policy, kept) in [(QueuePolicy::DropNewest, [0, 1]), (QueuePolicy::DropOldest, [98, 99])] {
        // Two beginnings come before, two ends behind.
        let length = 4;
        let (handler, events) = queue(length, policy);
        let cx = RunContext::new().with(handler);
        assert_eq!(block_on(numbered().invoke_in((0..100).collect::<Vec<_>>(), &cx)).unwrap(), 100);
        assert_eq!(events.lost(), 100);
        drop(cx);
        let events: Vec<_> = block_on(events.collect());
        assert_eq!((events.len(), custom(&events)), (4, kept.to_vec()));
    }
}

#[test]
fn a_full_queue_may_abort_the_run() {
    let (handler, events) = queue(3, QueuePolicy::Abort);
    let chain = numbered() | map(|n: usize| n);
    let error = block_on(chain.invoke_in(vec![1, 2, 3], &RunContext::new().with(handler))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Aborted);
    assert!(events.lost() > 0);
}

#[test]
fn a_queue_without_room_has_room_for_one_and_one_that_nobody_reads_is_left_alone() {
    let (handler, events) = queue(0, QueuePolicy::DropOldest);
    let cx = RunContext::new().with(handler);
    block_on(numbered().invoke_in(vec![1], &cx)).unwrap();
    assert_eq!(events.lost(), 4);
    drop(events);
    block_on(numbered().invoke_in(vec![1], &cx)).unwrap();
}

#[test]
fn an_async_handler_reads_on_a_thread_of_its_own() {
    let (handler, mut events) = queue(10_000, QueuePolicy::Abort);
    let reader = std::thread::spawn(move || {
        block_on(async move {
            let mut seen = Vec::new();
            while let Some(event) = events.next().await {
                seen.push(event);
            }
            seen
        })
    });
    let cx = RunContext::new().with(handler);
    block_on(numbered().invoke_in((0..1_000).collect::<Vec<_>>(), &cx)).unwrap();
    drop(cx);
    let seen = reader.join().unwrap();
    assert_eq!(custom(&seen), (0..1_000).collect::<Vec<_>>());
    assert_eq!(seen.len(), 1_004);
}

/// Replayed events are the events: for a handler that draws, and for one that keeps.
#[test]
fn what_was_written_can_be_replayed() {
    let (page, collector) = (Page::default(), Collector::new());
    let (recorder, handle) = Expect::new().handler();
    let config = RunConfig::new().tags(["t"]).metadata("who", "me");
    let cx = RunContext::from(config).with(FileHandler::to(page.clone())).with(collector.clone()).with(recorder);
    let flaky = retry(fails).attempts(2).backoff(Backoff::none());
    let chains = [chain(DynRunnable::new(passthrough())), chain(DynRunnable::new(flaky))];
    for chain in &chains {
        let _: Result<_> = block_on(chain.invoke_in("x", &cx));
        block_on(chain.stream_in("x", &cx).for_each(|_| async {}));
    }
    let chain = input::<String>() | never;
    assert!(chain.invoke_in("x", &cx).now_or_never().is_none());
    let emits = input::<u8>()
        | with_context(|n: u8, cx: RunContext| async move {
            cx.emit("n", n);
            Ok(n)
        });
    block_on(emits.invoke_in(1_u8, &cx)).unwrap();

    let (again, again_handle) = Expect::new().handler();
    let (kept, text) = (Collector::new(), page.text());
    replay(text.as_bytes(), &again).unwrap();
    replay(text.as_bytes(), &kept).unwrap();
    assert_eq!(handle.events(), again_handle.events());
    again_handle.assert_outcomes();
    assert_eq!(collector.trees(), kept.trees());
    let ids = |collector: &Collector| collector.events().iter().map(|event| (*event.run).clone()).collect::<Vec<_>>();
    assert_eq!(ids(&collector), ids(&kept));
    let rewritten = Page::default();
    replay(text.as_bytes(), &FileHandler::to(rewritten.clone())).unwrap();
    let without_time = |text: &str| -> Vec<serde_json::Value> {
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines
            .map(|mut line| {
                line["at"].take();
                line
            })
            .collect()
    };
    assert_eq!(without_time(&text), without_time(&rewritten.text()));
}

/// JSON has no infinities.
#[test]
fn what_was_written_of_forbidden_tokens_can_be_replayed() {
    let (page, kept) = (Page::default(), Collector::new());
    let forbids = GenerateOptions::new().logit_bias(5, f32::NEG_INFINITY).logit_bias(6, 1.5);
    let llm = Model::new(FakeLlm::always("x")).with_options(forbids.clone());
    let chain = input::<String>() | llm;
    block_on(chain.invoke_in("x", &RunContext::new().with(FileHandler::to(page.clone())))).unwrap();
    replay(page.text().as_bytes(), &kept).unwrap();
    let asked: Vec<_> = kept
        .events()
        .into_iter()
        .filter_map(|event| match event.what {
            EventKind::LlmStart { options, .. } => Some(options.logit_bias),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [forbids.logit_bias]);
}

/// Cannot be read.
struct Broken;

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("gone"))
    }
}

#[test]
fn what_is_no_event_is_told_with_its_line() {
    let error = replay("\n{\"at\":1}\n".as_bytes(), &Collector::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert!(error.message().starts_with("line 2 is no event"), "{error}");
    assert_eq!(replay(io::BufReader::new(Broken), &Collector::new()).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn a_file_that_cannot_be_written_is_told_and_the_run_goes_on() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let file = std::sync::Arc::new(FileHandler::to(Full));
    assert!(file.check().is_ok());
    let chain = input::<u8>() | map(|n: u8| n);
    assert!(block_on(chain.invoke_in(1_u8, &RunContext::new().with(file.clone()))).is_ok());
    assert_eq!(file.check().unwrap_err().kind(), ErrorKind::Io);

    let folder = tempfile::tempdir().unwrap();
    let error = FileHandler::create(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.path(), folder.path().to_str());
    let path = folder.path().join("events.jsonl");
    for _ in 0..2 {
        let cx = RunContext::new().with(FileHandler::append(&path).unwrap());
        block_on(chain.invoke_in(1_u8, &cx)).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 8);
    drop(FileHandler::create(&path).unwrap());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}
