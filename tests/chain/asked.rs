//! Models, and what is made of them, asked within a context.
use crate::support::{block_on, watched};
use catena::{
    Agent, Cancellation, Chunk, ChunkStream, ErrorKind, Model, Result, RunConfig, RunContext, Tool, ToolAnswer,
    testing::{Expect, FakeLlm},
};
use futures::TryStreamExt;

fn llm(answer: &str) -> Model<FakeLlm> {
    Model::new(FakeLlm::always(answer))
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Number {
    n: u32,
}

fn double() -> Tool {
    Tool::new("double", "Doubles a number.", |number: Number| async move { Ok(number.n * 2) }).unwrap()
}

/// What is given within a context whose handler is to see this run, from its start to its end.
fn seen<T>(run: &str, ask: impl AsyncFnOnce(&RunContext) -> Result<T>) -> T {
    let (cx, handle) = watched(Expect::new().start(run).end(run));
    let value = block_on(ask(&cx)).unwrap();
    handle.assert_finished();
    value
}

/// The value at the end of a stream.
async fn last<T>(chunks: ChunkStream<'_, T>) -> Result<T> {
    let chunks: Vec<_> = chunks.try_collect().await?;
    match chunks.into_iter().last() {
        Some(Chunk::Done(value)) => Ok(value),
        _ => panic!("the stream ended without a value"),
    }
}

#[test]
fn a_call_of_a_model_is_watched_by_the_handlers_of_its_context() {
    let llm = llm("[7]");
    assert_eq!(seen("fake", async |cx| llm.invoke_in("x", cx).await), "[7]");
    assert_eq!(seen("fake", async |cx| last(llm.stream_in("x", cx)).await), "[7]");
    let detailed = llm.detailed();
    assert_eq!(seen("fake", async |cx| detailed.invoke_in("x", cx).await).text, "[7]");
    assert_eq!(seen("fake", async |cx| last(detailed.stream_in("x", cx)).await).text, "[7]");
    let typed = llm.structured::<Vec<u8>>();
    assert_eq!(seen("fake", async |cx| typed.invoke_in("x", cx).await), [7]);
    assert_eq!(seen("fake", async |cx| last(typed.stream_in("x", cx)).await), [7]);
    let raw = typed.with_raw();
    assert_eq!(seen("fake", async |cx| raw.invoke_in("x", cx).await).parsed.unwrap(), [7]);
    assert_eq!(seen("fake", async |cx| last(raw.stream_in("x", cx)).await).raw.text, "[7]");
    assert_eq!(block_on(last(raw.stream("x"))).unwrap().parsed.unwrap(), [7]);
}

#[test]
fn a_call_of_a_model_with_tools_is_watched_by_the_handlers_of_its_context() {
    let llm = llm("Yes.");
    let tools = llm.with_tools([double()]).unwrap();
    let yes = ToolAnswer::Text("Yes.".to_owned());
    assert_eq!(seen("fake", async |cx| tools.invoke_in("x", cx).await), yes);
    assert_eq!(seen("fake", async |cx| last(tools.stream_in("x", cx)).await), yes);
    assert_eq!(block_on(last(tools.stream("x"))).unwrap(), yes);
    let agent = Agent::new(&llm, [double()]).unwrap();
    assert_eq!(seen("agent", async |cx| agent.invoke_in("x", cx).await), "Yes.");
    assert_eq!(seen("agent", async |cx| last(agent.stream_in("x", cx)).await), "Yes.");
    assert_eq!(block_on(last(agent.stream("x"))).unwrap(), "Yes.");
}

#[test]
fn a_call_is_bounded_by_its_context() {
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let cx: RunContext = RunConfig::new().cancelled_by(&cancellation).into();
    let llm = llm("Yes.");
    assert_eq!(block_on(llm.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Cancelled);
    let agent = Agent::new(&llm, [double()]).unwrap();
    assert_eq!(block_on(last(agent.stream_in("x", &cx))).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(llm.requests().len(), 0);
}
