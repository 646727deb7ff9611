//! What a configuration says of runs: names, ids, tags, metadata, handlers, options, limits.
use crate::support::{Upper, block_on, fails, never, pauses, watched};
use catena::{
    CallbackHandler, Cancellation, ErrorKind, GenerateOptions, Model, Request, Result, RunConfig, RunContext, RunId,
    RunInfo, input, map, passthrough,
    testing::{Expect, FakeLlm},
    with_config, with_context,
};
use futures::StreamExt;
use serde_json::json;
use std::{
    any::Any,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A line for each run that began.
#[derive(Default)]
struct Begun(Mutex<Vec<String>>);

impl CallbackHandler for Begun {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        let tags = run.tags().collect::<Vec<_>>().join(",");
        let metadata = serde_json::to_string(run.metadata()).unwrap();
        self.0.lock().unwrap().push(format!(
            "{} {} [{tags}] {metadata} {}",
            run.name(),
            run.kind(),
            run.parents().len()
        ));
    }
}

impl Begun {
    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn tags_are_joined_and_the_inner_metadata_holds() {
    let begun = Arc::new(Begun::default());
    let config = RunConfig::new().name("call").tags(["z", "call"]).metadata("who", "caller").metadata("n", 1);
    let cx = RunContext::from(config.handler(begun.clone()));
    let inner = (input::<String>() | Upper).named("inner").with_tags(["inner", "z"]).with_metadata("who", "inner");
    let step = with_config(passthrough(), RunConfig::new().name("kept").tags(["step"]));
    let chain = input::<String>() | inner | step | Model::new(FakeLlm::always("x"));
    let wanted = [
        r#"call chain [call,z] {"who":"caller","n":1} 0"#,
        r#"inner chain [call,inner,z] {"who":"inner","n":1} 1"#,
        r#"Upper step [call,inner,z] {"who":"inner","n":1} 2"#,
        r#"kept step [call,step,z] {"who":"caller","n":1} 1"#,
        r#"fake model [call,z] {"who":"caller","n":1} 1"#,
    ];
    block_on(chain.invoke_in("x", &cx)).unwrap();
    assert_eq!(begun.lines(), wanted);
    block_on(chain.stream_in("x", &cx).count());
    assert_eq!(begun.lines(), wanted);
    block_on(chain.erase().invoke_in("x", &cx)).unwrap();
    assert_eq!(begun.lines(), wanted);
}

#[test]
fn a_name_is_that_of_one_run() {
    let (cx, handle) = watched(Expect::new().start("outer").start("closure").start("inner").start("Upper"));
    let inner = input::<String>() | Upper;
    let delegate = with_context(move |text: String, cx: RunContext| {
        let inner = inner.clone();
        async move { inner.invoke_in(text, &cx.configured(&RunConfig::new().name("inner"))).await }
    });
    let chain = input::<String>() | delegate;
    block_on(chain.invoke_in("x", &cx.configured(&RunConfig::new().name("outer")))).unwrap();
    handle.assert_finished();
}

#[test]
fn an_id_is_that_of_one_run() {
    struct Ids(Mutex<Vec<RunId>>);
    impl CallbackHandler for Ids {
        fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
            self.0.lock().unwrap().push(run.id());
        }
    }
    let (id, ids) = (RunId::new(), Arc::new(Ids(Mutex::default())));
    let cx = RunContext::from(RunConfig::new().id(id).handler(ids.clone()));
    let chain = input::<String>() | Upper;
    let results = block_on(chain.batch_in(["a", "b"], 1, &cx));
    assert_eq!(results[0].as_ref().unwrap(), "A");
    assert_eq!(results[1].as_ref().unwrap_err().kind(), ErrorKind::InvalidOption);
    let ids = std::mem::take(&mut *ids.0.lock().unwrap());
    assert_eq!(ids[0], id);
    assert!(ids[1..].iter().all(|other| *other != id));
}

#[test]
fn a_local_handler_sees_one_run_and_an_inherited_one_all_below() {
    let (local, local_handle) = Expect::new().start("inner").end("inner").only().handler();
    let (below, below_handle) = Expect::new().start("inner").start("Upper").end("Upper").end("inner").only().handler();
    let inner = (input::<String>() | Upper).named("inner");
    let inner = inner.with_config(RunConfig::new().local_handler(local).handler(below));
    block_on((input::<String>() | passthrough() | inner | passthrough()).invoke("x")).unwrap();
    local_handle.assert_finished();
    below_handle.assert_finished();
}

#[test]
fn options_reach_the_models_below() {
    let fake = FakeLlm::always("x");
    let llm = Model::new(fake.clone()).with_options(GenerateOptions::new().max_tokens(1).seed(1).top_k(1));
    let chain = (input::<String>() | llm.clone() | map(Request::new) | map(with_seed) | llm)
        .bind(GenerateOptions::new().max_tokens(3));
    let call = RunConfig::new().options(GenerateOptions::new().max_tokens(2).seed(2));
    block_on(chain.invoke_in("x", &call.into())).unwrap();
    let options: Vec<_> = fake.requests().into_iter().map(|request| request.options).collect();
    let seen: Vec<_> = options.iter().map(|options| (options.max_tokens, options.seed, options.top_k)).collect();
    assert_eq!(seen, [(Some(3), Some(2), Some(1)), (Some(3), Some(9), Some(1))]);
}

fn with_seed(request: Request) -> Request {
    request.with_options(GenerateOptions::new().seed(9))
}

#[test]
fn steps_can_ask_for_configurable_values() {
    let chain = input::<u8>()
        | with_context(
            |_: u8, cx: RunContext| async move { Ok((cx.configurable("a").cloned(), cx.deadline().is_some())) },
        );
    let config = RunConfig::new().configurable("a", "outer").timeout(Duration::from_secs(60));
    let seen = block_on(chain.clone().invoke_in(0, &config.clone().into())).unwrap();
    assert_eq!(seen, (Some(json!("outer")), true));
    let chain = chain.with_config(RunConfig::new().configurable("a", 7));
    assert_eq!(block_on(chain.invoke_in(0, &config.into())).unwrap(), (Some(json!(7)), true));
    assert_eq!(block_on(chain.invoke(0)).unwrap(), (Some(json!(7)), false));
}

#[test]
fn each_input_of_a_batch_may_have_its_own() {
    let begun = Arc::new(Begun::default());
    let chain = input::<String>() | map(|text: String| text);
    let ids = [RunId::new(), RunId::new()];
    let inputs = ids.iter().zip(["a", "b"]).map(|(id, text)| (text, RunConfig::new().name(text).id(*id).tags([text])));
    let cx = RunContext::new().with(begun.clone());
    let results: Result<Vec<_>> = block_on(chain.batch_with(inputs, 1, &cx)).into_iter().collect();
    assert_eq!(results.unwrap(), ["a", "b"]);
    assert_eq!(begun.lines(), ["a chain [a] {} 0", "map step [a] {} 1", "b chain [b] {} 0", "map step [b] {} 1"]);
}

#[test]
fn a_timeout_ends_a_run_that_waits() {
    let script = || {
        let script = Expect::new().start("chain").start("never").cancel("never");
        script.error("chain", ErrorKind::Timeout).only()
    };
    let chain = input::<String>() | never;
    let config = || RunConfig::new().timeout(Duration::from_millis(20));
    let (cx, handle) = watched(script());
    let began = Instant::now();
    assert_eq!(block_on(chain.invoke_in("x", &cx.configured(&config()))).unwrap_err().kind(), ErrorKind::Timeout);
    assert!(began.elapsed() >= Duration::from_millis(20));
    handle.assert_finished();

    let (cx, handle) = watched(script());
    let chunks: Vec<_> = block_on(chain.stream_in("x", &cx.configured(&config())).collect());
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].as_ref().unwrap_err().kind(), ErrorKind::Timeout);
    handle.assert_finished();
}

#[test]
fn a_timeout_of_a_step_ends_that_step() {
    let script = Expect::new().start("chain").start("slow").error("slow", ErrorKind::Timeout);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Timeout).only());
    let config = RunConfig::new().name("slow").timeout(Duration::from_millis(5));
    let chain = input::<String>() | with_config(never, config);
    let error = block_on(chain.invoke_in("x", &cx)).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Timeout, Some("slow")));
    handle.assert_finished();
}

/// A timeout counts from the run's beginning, a deadline is a point in time.
#[test]
fn a_timeout_counts_anew_for_each_invocation() {
    let config = RunConfig::new().timeout(Duration::from_millis(40));
    let cx = RunContext::from(config);
    let chain = input::<String>() | map(|text: String| text);
    assert!(block_on(chain.invoke_in("x", &cx)).is_ok());
    std::thread::sleep(Duration::from_millis(60));
    assert!(block_on(chain.invoke_in("x", &cx)).is_ok());
    let late = RunContext::from(RunConfig::new().deadline(Instant::now()));
    assert_eq!(block_on(chain.invoke_in("x", &late)).unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn cancelling_stops_what_waits_and_what_comes_after() {
    let cancellation = Cancellation::new();
    let script = Expect::new().start("chain").start("never").cancel("never").cancel("chain");
    let (cx, handle) = watched(script.start("chain").cancel("chain").only());
    let cx = cx.configured(&RunConfig::new().cancelled_by(&cancellation));
    let chain = input::<String>() | never;
    let call = std::thread::spawn({
        let (chain, cx) = (chain.clone(), cx.clone());
        move || block_on(chain.invoke_in("x", &cx)).unwrap_err().kind()
    });
    while handle.events().len() < 2 {
        std::thread::yield_now();
    }
    cancellation.cancel();
    assert_eq!(call.join().unwrap(), ErrorKind::Cancelled);
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Cancelled);
    handle.assert_finished();
}

#[test]
fn cancelling_stops_a_stream_between_increments() {
    let cancellation = Cancellation::new();
    let (cx, handle) = watched(Expect::new());
    let cx = cx.configured(&RunConfig::new().cancelled_by(&cancellation));
    let chain = Model::new(FakeLlm::always("a b c d")) | Upper;
    let mut chunks = chain.stream_in("x", &cx);
    assert!(block_on(chunks.next()).unwrap().is_ok());
    cancellation.cancel();
    assert_eq!(block_on(chunks.next()).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(block_on(chunks.next()).is_none());
    handle.assert_outcomes();
    assert_eq!(handle.events().last().map(String::as_str), Some("cancel chain"));
    assert!(!handle.events().iter().any(|event| event.starts_with("error")), "{:?}", handle.events());
}

#[test]
fn a_batch_by_completion_tells_the_places() {
    let chain = input::<usize>()
        | |n: usize| async move {
            pauses(10 - n).await;
            if n == 2 { Err(crate::support::failure()) } else { Ok(n * 10) }
        };
    let results: Vec<_> = block_on(chain.batch_as_completed(0..5_usize, 5).collect());
    let places: Vec<_> = results.iter().map(|(at, _)| *at).collect();
    assert_eq!(places, [4, 3, 2, 1, 0]);
    assert!(results.iter().all(|(at, result)| result.as_ref().is_ok_and(|value| *value == at * 10) != (*at == 2)));
    let none: Vec<_> = block_on(chain.batch_as_completed([1_usize, 2], 0).collect());
    assert!(none.iter().all(|(_, result)| result.as_ref().unwrap_err().kind() == ErrorKind::InvalidOption));
    assert_eq!(block_on(chain.batch_as_completed(Vec::<usize>::new(), 0).count()), 0);
}

#[test]
fn a_batch_that_fails_fast_cancels_the_rest() {
    let chain = input::<String>()
        | |text: String| async move {
            match text.as_str() {
                "fails" => fails(text).await,
                "never" => never(text).await,
                _ => Ok(text),
            }
        };
    assert_eq!(block_on(chain.try_batch(["a", "b"], 2)).unwrap(), ["a", "b"]);
    let (cx, handle) = watched(Expect::new());
    let error = block_on(chain.try_batch_in(["never", "a", "fails", "b"], 2, &cx)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other);
    handle.assert_outcomes();
    assert_eq!(handle.events().iter().filter(|event| *event == "start chain").count(), 3, "the last did not begin");
    assert_eq!(block_on(chain.try_batch(["a"], 0)).unwrap_err().kind(), ErrorKind::InvalidOption);
}
