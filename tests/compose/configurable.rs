//! Configurable keys: each that is given is read, or refused.
use crate::support::{chunks, writes};
use catena::{
    Backoff, ChunkStream, Completion, DynRunnable, ErrorKind, GenerateOptions, Graph, LLM, Model, Request, Result,
    RunConfig, RunContext, Runnable, StepKind, alternatives, assign, branch, delegate, fallback, input, map, map_each,
    passthrough, retry, testing::FakeLlm, with_config, with_context,
};
use futures::executor::block_on;
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

fn given(key: &str) -> RunContext {
    RunContext::from(config(key))
}

fn config(key: &str) -> RunConfig {
    RunConfig::new().configurable(key, "large")
}

fn models() -> catena::Alternatives<String, String> {
    alternatives("model", "small", writes(&["1"])).or("large", writes(&["2", "3"]))
}

/// Asks for a key, whatever comes.
fn asks(key: &'static str) -> impl Runnable<String, Output = String> + Clone + 'static {
    with_context(move |text: String, cx: RunContext| async move {
        let value = cx.configurable(key).and_then(Value::as_str).map(str::to_owned);
        Ok(value.unwrap_or(text))
    })
}

#[test]
fn a_key_that_nothing_reads_is_refused_before_anything_runs() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let count = map(move |text: String| {
        counted.fetch_add(1, Ordering::Relaxed);
        text
    });
    let chain = (input::<String>() | count | models()).named("answer");
    let error = block_on(chain.invoke_in("x", &given("modle"))).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::UnknownKey, Some("answer")));
    assert_eq!(error.message(), "nothing reads the configurable key `modle`: choose among `model`");
    assert_eq!(chunks(chain.stream_in("x", &given("modle"))), [Err(ErrorKind::UnknownKey)]);
    assert_eq!(runs.load(Ordering::Relaxed), 0);

    let both = config("modle").configurable("temperature", 1);
    let error = block_on(chain.invoke_in("x", &both.into())).unwrap_err();
    assert!(error.message().starts_with("nothing reads the configurable keys `modle`, `temperature`: "), "{error}");
    let none = block_on((input::<String>() | passthrough()).invoke_in("x", &given("a"))).unwrap_err();
    assert_eq!(none.message(), "nothing reads the configurable key `a`: no step here reads any");
}

/// What a step asks for is known when it ran, and not before.
#[test]
fn a_key_that_no_step_asks_for_is_refused_at_the_end() {
    let chain = input::<String>() | asks("tone") | models();
    assert_eq!(block_on(chain.invoke_in("x", &given("tone"))).unwrap(), "1");
    let error = block_on(chain.invoke_in("x", &given("tune"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    assert_eq!(error.message(), "nothing reads the configurable key `tune`: choose among `model`, `tone`");
    let streamed = chunks(chain.stream_in("x", &given("tune")));
    assert_eq!(streamed.last(), Some(&Err(ErrorKind::UnknownKey)));
    // An error of the run is told rather than this.
    let failing =
        input::<String>() | asks("tone") | |_: String| async { Err(catena::Error::other("no")) as Result<()> };
    assert_eq!(block_on(failing.invoke_in("x", &given("tune"))).unwrap_err().kind(), ErrorKind::Other);
}

#[test]
fn a_step_may_tell_what_it_reads() {
    let reads = with_context(|text: String, cx: RunContext| async move {
        if text == "ask" {
            cx.configurable("tone");
        }
        Ok(text)
    });
    let chain = input::<String>() | reads.reading(["tone"]);
    assert_eq!(chain.graph().configurable_keys(), ["tone"]);
    for text in ["ask", "do not"] {
        assert_eq!(block_on(chain.invoke_in(text, &given("tone"))).unwrap(), text);
        assert_eq!(block_on(chain.invoke_in(text, &given("tune"))).unwrap_err().kind(), ErrorKind::UnknownKey);
    }
}

#[test]
fn nested_chains_know_their_own_keys_and_those_around() {
    let inner = || (input::<String>() | models()).named("inner");
    // Given to the outer, read in the inner.
    let chain = input::<String>() | inner() | map(|text: String| text);
    assert_eq!(block_on(chain.invoke_in("x", &given("model"))).unwrap(), "23");
    assert_eq!(block_on(chain.clone().erase().invoke_in("x", &given("model"))).unwrap(), "23");
    assert_eq!(block_on(chain.erase().invoke_in("x", &given("modle"))).unwrap_err().kind(), ErrorKind::UnknownKey);
    // Given to the inner, where nothing reads it, though something around does.
    let chain = input::<String>() | asks("tone") | inner().with_config(config("tone"));
    let error = block_on(chain.invoke_in("x", &given("tone"))).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::UnknownKey, Some("inner")));
    // Given to both: the inner value holds, and the key is read.
    let chain = input::<String>() | inner().with_config(RunConfig::new().configurable("model", "small"));
    assert_eq!(block_on(chain.invoke_in("x", &given("model"))).unwrap(), "1");
    // Given to a step.
    let chain = input::<String>() | with_config(models(), config("modle").name("chosen"));
    let error = block_on(chain.invoke("x")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::UnknownKey, Some("chosen")));
    // A step that starts a chain of its own.
    let started = with_context(move |text: String, cx: RunContext| {
        let inner = (input::<String>() | models()).named("inner");
        async move { inner.invoke_in(text, &cx).await }
    });
    let chain = input::<String>() | started;
    assert_eq!(block_on(chain.invoke_in("x", &given("model"))).unwrap(), "23");
    assert_eq!(block_on(chain.invoke_in("x", &given("modle"))).unwrap_err().kind(), ErrorKind::UnknownKey);
}

#[test]
fn each_input_of_a_batch_is_looked_at() {
    let chain = input::<String>() | models();
    let results = block_on(chain.batch_in(["a", "b"], 2, &given("model")));
    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|text| text == "23")));
    let inputs = [("a", config("model")), ("b", config("modle")), ("c", RunConfig::new())];
    let results = block_on(chain.batch_with(inputs, 3, &RunContext::new()));
    let kinds: Vec<_> = results.iter().map(|result| result.as_ref().map_err(catena::Error::kind)).collect();
    assert_eq!(kinds, [Ok(&"23".to_owned()), Err(ErrorKind::UnknownKey), Ok(&"1".to_owned())]);
}

/// A key that is read in what was not run this time is no mistake.
#[test]
fn what_was_not_run_might_have_read_it() {
    let cases: Vec<(&str, DynRunnable<String, String>)> = vec![
        ("fallback", DynRunnable::new(fallback(passthrough()).or(asks("tone")))),
        ("a fallback that is told", DynRunnable::new(fallback(passthrough()).or(models()))),
        ("branch", DynRunnable::new(branch().when(|_: &String| false, asks("tone")).otherwise(passthrough()))),
        ("delegate", DynRunnable::new(delegate(|_: &String| Ok(passthrough())))),
        (
            "a list without items",
            (input::<String>()
                | map(|_: String| vec![])
                | map_each(asks("tone"), 2)
                | map(|_: Vec<String>| String::new()))
            .erase(),
        ),
    ];
    for (name, step) in cases {
        let key = if name == "a fallback that is told" { "model" } else { "tone" };
        let chain = input::<String>() | step;
        assert!(block_on(chain.invoke_in("x", &given(key))).is_ok(), "{name}");
        assert!(chunks(chain.stream_in("x", &given(key))).iter().all(Result::is_ok), "{name}");
    }
    let closed = input::<String>() | fallback(passthrough()).or(models());
    assert_eq!(block_on(closed.invoke_in("x", &given("tone"))).unwrap_err().kind(), ErrorKind::UnknownKey);
}

#[test]
fn an_attempt_that_failed_has_asked_as_well() {
    let tries = Arc::new(AtomicUsize::new(0));
    let flaky = with_context(move |text: String, cx: RunContext| {
        let tries = Arc::clone(&tries);
        async move {
            if tries.fetch_add(1, Ordering::Relaxed) == 0 {
                cx.configurable("tone");
                return Err(catena::Error::other("again"));
            }
            Ok(text)
        }
    });
    let chain = input::<String>() | retry(flaky).attempts(2).backoff(Backoff::none());
    assert_eq!(block_on(chain.invoke_in("x", &given("tone"))).unwrap(), "x");
    let first = with_context(|_: String, cx: RunContext| async move {
        cx.configurable("tone");
        Err(catena::Error::other("no")) as Result<String>
    });
    let chain = input::<String>() | (fallback(first).or(passthrough()), asks("other"));
    assert!(block_on(chain.invoke_in("x", &given("tone"))).is_ok());
}

#[test]
fn side_by_side_and_assigned() {
    let chain = input::<catena::Vars>() | assign("a", asked_of_vars("x")).and("b", asked_of_vars("y"));
    for key in ["x", "y"] {
        assert!(block_on(chain.invoke_in([("n", 1)], &given(key))).is_ok());
    }
    assert_eq!(block_on(chain.invoke_in([("n", 1)], &given("z"))).unwrap_err().kind(), ErrorKind::UnknownKey);
}

fn asked_of_vars(key: &'static str) -> impl Runnable<catena::Vars, Output = bool> + 'static {
    with_context(move |_: catena::Vars, cx: RunContext| async move { Ok(cx.configurable(key).is_some()) })
}

/// A provider that reads a key of its own.
struct Speaks(FakeLlm);

impl LLM for Speaks {
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let seed = cx.configurable("seed").and_then(Value::as_u64).and_then(|seed| u32::try_from(seed).ok());
        let options = seed.map_or_else(GenerateOptions::new, |seed| GenerateOptions::new().seed(seed));
        self.0.generate(request.with_options(options), cx)
    }

    fn id(&self) -> &str {
        self.0.id()
    }

    fn configurable(&self) -> Vec<String> {
        vec!["seed".to_owned()]
    }
}

#[test]
fn a_provider_tells_what_it_reads() {
    let fake = FakeLlm::always("x");
    let chain = Model::new(Speaks(fake.clone())) | passthrough();
    let seed = RunConfig::new().configurable("seed", 7);
    assert_eq!(block_on(chain.invoke_in("Say", &seed.clone().into())).unwrap(), "x");
    assert_eq!(fake.requests()[0].options.seed, Some(7));
    assert_eq!(block_on(chain.invoke_in("Say", &given("sead"))).unwrap_err().kind(), ErrorKind::UnknownKey);
    let plain = Model::new(fake) | passthrough();
    assert_eq!(block_on(plain.invoke_in("Say", &seed.into())).unwrap_err().kind(), ErrorKind::UnknownKey);
}

/// A step of one's own that says nothing of itself.
struct Shy;

impl Runnable<String> for Shy {
    type Output = String;

    async fn run(&self, text: String, cx: &RunContext) -> Result<String> {
        Ok(cx.configurable("word").and_then(Value::as_str).map_or(text, str::to_owned))
    }
}

/// And one that does.
struct Open;

impl Runnable<String> for Open {
    type Output = String;

    async fn run(&self, text: String, cx: &RunContext) -> Result<String> {
        Shy.run(text, cx).await
    }

    fn graph(&self) -> Graph {
        Graph::of::<String, String>("open", StepKind::Step).reading(["word"])
    }
}

#[test]
fn steps_of_ones_own_read_too() {
    for chain in [(input::<String>() | Shy).erase(), (input::<String>() | Open).erase()] {
        assert_eq!(block_on(chain.invoke_in("x", &given("word"))).unwrap(), "large");
        let error = block_on(chain.invoke_in("x", &given("wort"))).unwrap_err();
        assert_eq!(error.message(), "nothing reads the configurable key `wort`: choose among `word`");
    }
}
