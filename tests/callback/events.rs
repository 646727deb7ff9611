//! Events as a stream, kept, filtered, counted.
use crate::support::{Page, block_on, chain, fails, never};
use catena::{
    CallbackHandler, ChainEvent, Chunk, ChunkStream, Completion, DynRunnable, Error, ErrorKind, LLM, Model,
    PanicPolicy, Request, RunConfig, RunContext, RunId, RunInfo, StepKind, Usage,
    callback::{
        Collector, EventFilter, EventKind, Filtered, Listeners, Outcome, RunEvent, StdoutHandler, UsageTotals,
        with_panic_policy,
    },
    input, map, passthrough,
    testing::FakeLlm,
    with_context,
};
use futures::{FutureExt, StreamExt};
use serde_json::json;
use std::{
    any::Any,
    sync::{Arc, Mutex},
};

/// A line for each event.
fn lines(events: &[RunEvent]) -> Vec<String> {
    let line = |event: &RunEvent| {
        let what = match &event.what {
            EventKind::Start { input } => format!("start {}", input.clone().unwrap_or_default()),
            EventKind::Delta(delta) => format!("delta {delta:?}"),
            EventKind::End { output } => format!("end {}", output.clone().unwrap_or_default()),
            EventKind::Error(error) => format!("error {:?}", error.kind()),
            EventKind::Cancel => "cancel".to_owned(),
            EventKind::LlmStart { prompt, .. } => format!("asked {prompt}"),
            EventKind::LlmToken(text) => format!("token {text}"),
            EventKind::LlmEnd(completion) => format!("wrote {}", completion.text),
            EventKind::LlmError(error) => format!("model {:?}", error.kind()),
            EventKind::LlmCancel => "stopped".to_owned(),
            EventKind::Retry { attempts, .. } => format!("again after {attempts}"),
            EventKind::Custom { name, data } => format!("{name} {data}"),
            other => format!("{other:?}"),
        };
        format!("{}: {what}", event.run.name)
    };
    events.iter().map(line).collect()
}

fn split<O>(events: Vec<ChainEvent<O>>) -> (Vec<RunEvent>, Option<Result<O, Error>>) {
    let (mut runs, mut outcome) = (Vec::new(), None);
    for event in events {
        assert!(outcome.is_none(), "nothing follows the outcome");
        match event {
            ChainEvent::Run(event) => runs.push(event),
            ChainEvent::Outcome(result) => outcome = Some(result),
            _ => (),
        }
    }
    (runs, outcome)
}

#[test]
fn a_run_as_a_stream_of_events() {
    let chain = Model::new(FakeLlm::scripted([["a", "b"]])) | map(|text: String| text.len());
    let (events, outcome) = split(block_on(chain.events("x").collect()));
    assert_eq!(outcome.unwrap().unwrap(), 2);
    let wanted = [
        "chain: start \"x\"",
        "fake: start \"x\"",
        "fake: asked x",
        "map: start null",
        "fake: token a",
        "fake: delta Text(\"a\")",
        "fake: token b",
        "fake: delta Text(\"b\")",
        "fake: wrote ab",
        "fake: end \"ab\"",
        "map: end 2",
        "chain: end 2",
    ];
    assert_eq!(lines(&events), wanted);
    assert!(events.iter().zip(&events[1..]).all(|(a, b)| a.at <= b.at));
    let root = events[0].run.id;
    assert!(events[1..11].iter().all(|event| event.run.parents == [root]));
}

#[test]
fn failures_and_cancellations_are_events() {
    let chain = input::<String>() | fails | map(|text: String| text);
    let (events, outcome) = split(block_on(chain.events("x").collect()));
    assert_eq!(outcome.unwrap().unwrap_err().kind(), ErrorKind::Other);
    let ends = lines(&events[3..]);
    assert_eq!(ends, ["fails: error Other", "map: cancel", "chain: error Other"]);
}

#[test]
fn events_come_as_they_happen_and_dropping_them_cancels() {
    let collector = Collector::new();
    let chain = input::<String>() | passthrough() | never;
    let mut events = chain.events_in("x", &RunContext::new().with(collector.clone()), EventFilter::new());
    let mut seen = 0;
    while let Some(Some(_)) = events.next().now_or_never() {
        seen += 1;
    }
    assert_eq!(seen, 4, "three beginnings and an end: {:?}", lines(&collector.events()));
    drop(events);
    assert_eq!(lines(&collector.events()).last().unwrap(), "chain: cancel");
    assert_eq!(collector.trees()[0].outcome, Some(Outcome::Cancelled));
}

#[test]
fn steps_tell_of_things_of_their_own() {
    let step = with_context(|n: u8, cx: RunContext| async move {
        cx.emit("progress", json!({ "done": n }));
        Ok(n)
    });
    let chain = input::<u8>() | step;
    let (events, _) = split(block_on(chain.events(3_u8).collect()));
    assert!(lines(&events).contains(&"closure: progress {\"done\":3}".to_owned()));
}

#[test]
fn filters_choose_by_name_kind_and_tag() {
    let ask = (input::<String>() | Model::new(FakeLlm::always("yes"))).named("ask").with_tags(["quiet"]);
    let chain = (input::<String>() | map(|text: String| text) | ask | passthrough()).named("story");
    let names = |filter| {
        let (events, _) = split(block_on(chain.events_in("x", &RunContext::new(), filter).collect()));
        let starts = events.iter().filter(|event| matches!(event.what, EventKind::Start { .. }));
        starts.map(|event| event.run.name.clone()).collect::<Vec<_>>()
    };
    let filter = EventFilter::new;
    assert_eq!(names(filter()), ["story", "map", "ask", "fake", "Passthrough"]);
    assert_eq!(names(filter().names(["map", "fake"])), ["map", "fake"]);
    assert_eq!(names(filter().kinds([StepKind::Chain])), ["story", "ask"]);
    assert_eq!(names(filter().kinds([StepKind::Chain]).without_names(["ask"])), ["story"]);
    assert_eq!(names(filter().tags(["quiet"])), ["ask", "fake"]);
    assert_eq!(names(filter().without_tags(["quiet"]).without_kinds([StepKind::Step])), ["story"]);

    let collector = Collector::new();
    let cx = RunContext::new().with(Filtered::new(collector.clone(), filter().kinds([StepKind::Model])));
    block_on(chain.invoke_in("x", &cx)).unwrap();
    assert_eq!(
        lines(&collector.events()),
        ["fake: start \"x\"", "fake: asked x", "fake: token yes", "fake: wrote yes", "fake: end \"yes\""]
    );
}

#[test]
fn a_policy_is_chosen_where_a_handler_is_registered() {
    struct Broken;
    impl CallbackHandler for Broken {
        fn on_end(&self, _: &RunInfo, _: &dyn Any) {
            std::panic::resume_unwind(Box::new("planned"));
        }
    }
    let chain = input::<u8>() | map(|n: u8| n);
    assert!(block_on(chain.invoke_in(1_u8, &RunContext::new().with(Broken))).is_ok());
    let strict = RunContext::new().with(with_panic_policy(Broken, PanicPolicy::Abort));
    assert_eq!(block_on(chain.invoke_in(1_u8, &strict)).unwrap_err().kind(), ErrorKind::Aborted);
    let lenient =
        RunContext::new().with(with_panic_policy(with_panic_policy(Broken, PanicPolicy::Abort), PanicPolicy::Skip));
    assert!(block_on(chain.invoke_in(1_u8, &lenient)).is_ok());
}

/// A model of another name.
struct Other;

impl LLM for Other {
    fn generate(&self, _: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let completion = Completion::new("one two three").with_usage(Usage::new(2, 3));
        futures::stream::iter([Ok(Chunk::Done(completion))]).boxed()
    }

    fn id(&self) -> &'static str {
        "other"
    }
}

#[test]
fn usage_adds_up_by_model() {
    let usage = UsageTotals::new();
    let llm = || Model::new(FakeLlm::always("one two three"));
    let chain = input::<String>() | (llm(), llm(), Model::new(Other)) | map(|_: (String, String, String)| ());
    let cx = RunContext::new().with(usage.clone());
    for result in block_on(chain.batch_in(["a b", "c d"], 2, &cx)) {
        result.unwrap();
    }
    assert_eq!((usage.total().prompt_tokens, usage.total().completion_tokens), (12, 18));
    assert_eq!(usage.by_model()["fake"].completion_tokens, 12);
    assert_eq!(usage.by_model()["other"].completion_tokens, 6);
}

/// A model that says it answers out of a cache.
struct Remembers;

impl LLM for Remembers {
    fn generate(&self, _: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let mut completion = Completion::new("one two three").with_usage(Usage::new(2, 3));
        completion.cached = true;
        futures::stream::iter([Ok(Chunk::Done(completion))]).boxed()
    }

    fn id(&self) -> &'static str {
        "remembers"
    }
}

#[test]
fn answers_out_of_a_cache_cost_nothing() {
    let usage = UsageTotals::new();
    let chain = input::<String>() | Model::new(Remembers) | Model::new(Other);
    block_on(chain.invoke_in("a b", &RunContext::new().with(usage.clone()))).unwrap();
    assert_eq!(usage.total(), usage.by_model()["other"]);
    assert_eq!(usage.total().completion_tokens, 3);
}

/// Ids are given by users, and a file of events may say anything: a run that is said to lie in itself is drawn once.
#[test]
fn a_run_in_itself_is_drawn_once() {
    let (id, collector) = (RunId::new(), Collector::new());
    let inner = (input::<u8>() | map(|n: u8| n)).named("inner");
    let step = with_context(move |n: u8, cx: RunContext| {
        let (inner, cx) = (inner.clone(), cx.configured(&RunConfig::new().id(id)));
        async move { inner.invoke_in(n, &cx).await }
    });
    let chain = (input::<u8>() | step).with_config(RunConfig::new().id(id));
    block_on(chain.invoke_in(1_u8, &RunContext::new().with(collector.clone()))).unwrap();
    let trees = collector.trees();
    assert_eq!((trees.len(), trees[0].name.as_str()), (1, "chain"));
}

#[test]
fn beginnings_and_ends_as_lines() {
    let page = Page::default();
    let cx = RunContext::new().with(StdoutHandler::to(page.clone()));
    let _ = block_on(chain(DynRunnable::new(fails)).invoke_in("x\ny", &cx));
    let wanted = "\
> story \"x\\ny\"
  > map \"x\\ny\"
  < map \"x\\ny\"
  > ask \"x\\ny\"
    > fake \"x\\ny\"
    < fake \"secret answer\"
  < ask \"secret answer\"
  > fails \"secret answer\"
  ! fails failed: the well is dry
! story failed: the well is dry (in step `fails`)
";
    assert_eq!(page.text(), wanted);
}

/// What is told of by a stream that is not read to its end is told all the same.
#[test]
fn a_stream_tells_the_collector_of_its_increments() {
    let collector = Collector::new();
    let chain = Model::new(FakeLlm::scripted([["a", "b"]])) | passthrough();
    let mut chunks = chain.stream_in("x", &RunContext::new().with(collector.clone()));
    assert!(matches!(block_on(chunks.next()), Some(Ok(Chunk::Delta(_)))));
    drop(chunks);
    let tree = &collector.trees()[0];
    let outcomes: Vec<_> = tree.children.iter().map(|run| (run.outcome, run.model)).collect();
    let cancelled = Some(Outcome::Cancelled);
    assert_eq!(outcomes, [(cancelled, None), (cancelled, cancelled)]);
}

#[test]
fn listeners_are_told_what_goes_in_and_what_comes_out() {
    let number = |value: &dyn Any| value.downcast_ref::<u32>().copied();
    let told = Arc::new(Mutex::new(Vec::new()));
    let (starts, ends) = (Arc::clone(&told), Arc::clone(&told));
    let listeners = Listeners::new()
        .on_start(move |_, input| starts.lock().unwrap().push(input.and_then(number)))
        .on_end(move |_, output| ends.lock().unwrap().push(number(output)));
    let chain = (input::<u32>() | map(|n: u32| n + 1)).with_listeners(listeners);
    assert_eq!(block_on(chain.invoke(1_u32)).unwrap(), 2);
    assert_eq!(*told.lock().unwrap(), [Some(1), Some(2)]);
}
