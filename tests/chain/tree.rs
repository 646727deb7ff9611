//! The events of a chain, in their exact order.
use crate::support::{Upper, block_on, fails, never, poll_once, ready_now, watched};
use catena::{
    CallbackHandler, Error, ErrorKind, Model, RunContext, RunInfo, input, map, passthrough,
    testing::{Expect, FakeLlm},
    with_context,
};
use futures::StreamExt;
use std::{
    any::Any,
    sync::{Arc, Mutex},
};

fn llm() -> Model<FakeLlm> {
    Model::new(FakeLlm::scripted([["a", "b"]]))
}

#[test]
fn invoke() {
    let script = Expect::new().start("story").start("map").within("story").end("map");
    let script = script.start("fake").within("story").llm_start("fake").llm_token("a").llm_token("b").llm_end("fake");
    let script = script.end("fake").start("Upper").within("story").end("Upper").end("story").only();
    let (cx, handle) = watched(script);
    let chain = (input::<String>() | map(|text: String| text) | llm() | Upper).named("story");
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap(), "AB");
    handle.assert_finished();
}

#[test]
fn stream() {
    let script = Expect::new().start("story").start("fake").llm_start("fake").start("Upper").start("map");
    let script = ["a", "b"]
        .iter()
        .fold(script, |script, text| script.llm_token(text).delta("fake", text).delta("Upper", &text.to_uppercase()));
    let script = script.llm_end("fake").end("fake").end("Upper").end("map").end("story").only();
    let (cx, handle) = watched(script);
    let chain = (llm() | Upper | map(|text: String| text.len())).named("story");
    block_on(chain.stream_in("x", &cx).for_each(|chunk| async move { drop(chunk.unwrap()) }));
    handle.assert_finished();
}

#[test]
fn increments_are_told_from_the_inside_out() {
    let script = Expect::new().start("outer").start("inner").start("fake").llm_start("fake");
    let script = ["a", "b"].iter().fold(script, |script, text| {
        script.llm_token(text).delta("fake", text).delta("inner", text).delta("outer", text)
    });
    let script = script.llm_end("fake").end("fake").end("inner").end("outer").only();
    let (cx, handle) = watched(script);
    let chain = (input::<String>() | (input::<String>() | llm()).named("inner")).named("outer");
    block_on(chain.stream_in("x", &cx).for_each(|chunk| async move { drop(chunk.unwrap()) }));
    handle.assert_finished();
}

#[test]
fn error() {
    let script = Expect::new().start("story").start("map").end("map").start("fails");
    let script = script.error("fails", ErrorKind::Other).error("story", ErrorKind::Other).only();
    let (cx, handle) = watched(script);
    let chain = (input::<String>() | map(|text: String| text) | fails | Upper).named("story");
    assert!(block_on(chain.invoke_in("x", &cx)).is_err());
    handle.assert_finished();
}

#[test]
fn error_of_a_model() {
    let script = Expect::new().start("chain").start("fake").llm_start("fake").llm_token("a");
    let script = script.llm_error("fake", ErrorKind::Engine).error("fake", ErrorKind::Engine);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Engine).only());
    let broken = FakeLlm::scripted([["a"]]).then_fail(Error::new(ErrorKind::Engine, "out of order"));
    assert!(block_on((Model::new(broken) | Upper).invoke_in("x", &cx)).is_err());
    handle.assert_finished();
}

#[test]
fn in_a_stream_the_steps_behind_a_failure_are_cancelled() {
    let script = Expect::new().start("chain").start("fails").start("Upper").start("map");
    let script = script.error("fails", ErrorKind::Other).cancel("Upper").cancel("map");
    let (cx, handle) = watched(script.error("chain", ErrorKind::Other).only());
    let chain = input::<String>() | fails | Upper | map(|text: String| text);
    let chunks: Vec<_> = block_on(chain.stream_in("x", &cx).collect());
    assert_eq!(chunks[0].as_ref().unwrap_err().step(), Some("fails"));
    handle.assert_finished();
}

#[test]
fn in_a_stream_the_steps_before_a_failure_are_cancelled() {
    let script = Expect::new().start("chain").start("fake").llm_start("fake").start("Impatient").llm_tokens(1);
    let script = script.llm_cancel("fake").cancel("fake").error("Impatient", ErrorKind::Other);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Other).only());
    block_on((llm() | Impatient).stream_in("x", &cx).for_each(|chunk| async move { drop(chunk.unwrap_err()) }));
    handle.assert_finished();
}

/// Fails at the first increment.
struct Impatient;

impl catena::Runnable<String> for Impatient {
    type Output = String;

    async fn run(&self, _: String, _: &RunContext) -> catena::Result<String> {
        Err(crate::support::failure())
    }

    fn transform<'a>(
        &'a self,
        input: catena::ChunkStream<'a, String>,
        _: &RunContext,
    ) -> catena::ChunkStream<'a, String> {
        input.map(|_| Err(crate::support::failure())).boxed()
    }
}

#[test]
fn a_future_dropped_midway_is_cancelled_from_the_inside_out() {
    let script = Expect::new().start("story").start("map").end("map").start("inner").start("never");
    let (cx, handle) = watched(script.cancel("never").cancel("inner").cancel("story").only());
    let inner = (input::<String>() | never).named("inner");
    let chain = (input::<String>() | map(|text: String| text) | inner | Upper).named("story");
    assert!(poll_once(Box::pin(chain.invoke_in("x", &cx))).is_none());
    handle.assert_finished();
}

#[test]
fn a_stream_dropped_midway_is_cancelled_from_the_inside_out() {
    let script = Expect::new().start("story").start("fake").llm_start("fake").start("Upper").llm_token("a");
    let script = script.llm_cancel("fake").cancel("fake").cancel("Upper").cancel("story");
    let (cx, handle) = watched(script.only());
    let chain = (llm() | Upper).named("story");
    let mut chunks = chain.stream_in("x", &cx);
    ready_now(&mut chunks).unwrap();
    drop(chunks);
    handle.assert_finished();
}

#[test]
fn a_stream_dropped_unpolled_is_cancelled() {
    let script = Expect::new().start("story").start("passthrough-like").start("Upper");
    let script = script.cancel("passthrough-like").cancel("Upper").cancel("story");
    let (cx, handle) = watched(script.only());
    let first = crate::support::Named("passthrough-like", passthrough());
    let chain = (input::<String>() | first | Upper).named("story");
    drop(chain.stream_in("x", &cx));
    handle.assert_finished();
}

#[test]
fn a_future_dropped_unpolled_never_began() {
    let (cx, handle) = watched(Expect::new().only());
    let chain = input::<String>() | Upper;
    drop(chain.invoke_in("x", &cx));
    handle.assert_finished();
}

#[test]
fn runs_started_with_the_context_are_children() {
    let script = Expect::new().start("outer").start("closure").within("outer").start("inner").within("closure");
    let script = script.start("Upper").within("inner").end("Upper").end("inner").end("closure").end("outer");
    let (cx, handle) = watched(script.only());
    let inner = (input::<String>() | Upper).named("inner");
    let delegate = with_context(move |text: String, cx: RunContext| {
        let inner = inner.clone();
        async move { inner.invoke_in(text, &cx).await }
    });
    block_on((input::<String>() | delegate).named("outer").invoke_in("x", &cx)).unwrap();
    handle.assert_finished();
}

#[test]
fn a_handler_of_a_chain_sees_every_invocation_of_it() {
    let (handler, handle) = Expect::new().start("own").start("Upper").end("Upper").end("own").only().handler();
    let chain = (input::<String>() | Upper).named("own").with_callback(handler);
    block_on(chain.invoke("x")).unwrap();
    handle.assert_finished();
}

#[test]
fn a_handler_of_an_inner_chain_sees_the_steps_in_it() {
    let (handler, handle) = Expect::new().start("Upper").end("Upper").only().handler();
    let inner = (input::<String>() | Upper).with_callback(handler);
    block_on((input::<String>() | passthrough() | inner | passthrough()).invoke("x")).unwrap();
    handle.assert_finished();
}

#[test]
fn a_handler_of_a_model_sees_its_answers_wherever_it_runs() {
    let script = Expect::new().llm_start("fake").llm_tokens(1).llm_end("fake").llm_start("fake").llm_tokens(1);
    let (handler, handle) = script.llm_end("fake").only().handler();
    let llm = Model::new(FakeLlm::always("yes")).with_callback(handler);
    block_on((input::<String>() | llm.clone() | Upper).invoke("x")).unwrap();
    block_on(llm.invoke("x")).unwrap();
    handle.assert_finished();
}

#[test]
fn ids_are_unique_and_form_a_tree() {
    let (cx, handle) = watched(Expect::new());
    let chain = input::<String>() | Upper | (passthrough(), Upper) | map(|(a, b): (String, String)| a + &b);
    for _ in 0..3 {
        block_on(chain.invoke_in("x", &cx)).unwrap();
    }
    handle.assert_outcomes();
    let starts = handle.events().iter().filter(|event| event.starts_with("start")).count();
    assert_eq!(starts, 3 * 6);
}

/// Notes the names of runs that began with an input, and of those that gave text.
#[derive(Default)]
struct Values {
    inputs: Mutex<Vec<String>>,
    outputs: Mutex<Vec<String>>,
}

impl CallbackHandler for Values {
    fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {
        if let Some(text) = input.and_then(|input| input.downcast_ref::<String>()) {
            self.inputs.lock().unwrap().push(format!("{} {text}", run.name()));
        }
    }

    fn on_end(&self, run: &RunInfo, output: &dyn Any) {
        if let Some(text) = output.downcast_ref::<String>() {
            self.outputs.lock().unwrap().push(format!("{} {text}", run.name()));
        }
    }
}

#[test]
fn handlers_see_inputs_and_outputs() {
    let chain = input::<String>() | Upper | map(|text: String| text + "!");
    let outputs = ["Upper X", "map X!", "chain X!"];
    let values = Arc::new(Values::default());
    block_on(chain.invoke_in("x", &RunContext::new().with(values.clone()))).unwrap();
    assert_eq!(*values.inputs.lock().unwrap(), ["chain x", "Upper x", "map X"]);
    assert_eq!(*values.outputs.lock().unwrap(), outputs);

    let values = Arc::new(Values::default());
    block_on(chain.stream_in("x", &RunContext::new().with(values.clone())).count());
    assert_eq!(*values.inputs.lock().unwrap(), ["chain x", "Upper x"], "what `map` reads is still to come");
    assert_eq!(*values.outputs.lock().unwrap(), outputs);
}
