//! What flows through a chain while a value is still being produced.
use crate::support::{Upper, block_on, fails, failure, text};
use catena::{
    Chunk, ChunkStream, Delta, Error, ErrorKind, Model, Result, RunContext, Runnable, input, map, passthrough,
    testing::FakeLlm,
};
use futures::{StreamExt, TryStreamExt, stream};

fn llm() -> Model<FakeLlm> {
    Model::new(FakeLlm::scripted([["Hel", "lo", " you"], ["Hel", "lo", " you"]]))
}

#[test]
fn increments_pass_through_every_step_that_can_stream() {
    let chain = llm() | passthrough() | Upper | Upper;
    let chunks: Vec<_> = block_on(chain.stream("x").try_collect()).unwrap();
    assert_eq!(chunks, [text("HEL"), text("LO"), text(" YOU"), Chunk::Done("HELLO YOU".to_owned())]);
}

#[test]
fn a_step_that_cannot_stream_waits_for_the_value() {
    let chain = llm() | (|text: String| async move { Ok(text.len()) }) | map(|n: usize| n.to_string()) | Upper;
    let chunks: Vec<_> = block_on(chain.stream("x").try_collect()).unwrap();
    assert_eq!(chunks, [Chunk::Done("9".to_owned())]);
}

#[test]
fn behind_a_step_that_waits_a_model_streams_again() {
    let chain = llm() | (|text: String| async move { Ok(text) }) | llm() | Upper;
    let texts: Vec<_> = block_on(chain.stream_text("x").try_collect()).unwrap();
    assert_eq!(texts, ["HEL", "LO", " YOU"]);
}

#[test]
fn invoking_and_streaming_give_the_same_value() {
    let chain = llm() | Upper | map(|text: String| text.len());
    let value = block_on(chain.invoke("x")).unwrap();
    let chunks: Vec<_> = block_on(chain.stream("x").try_collect()).unwrap();
    assert_eq!(chunks, [Chunk::Done(value)]);
}

#[test]
fn nothing_follows_an_error() {
    let chain = llm() | fails | Upper;
    let chunks: Vec<_> = block_on(chain.stream("x").collect());
    assert_eq!(chunks.len(), 1);
    let error = chunks[0].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Other, Some("fails")));
}

#[test]
fn increments_before_a_failure_are_handed_out() {
    let broken = Model::new(FakeLlm::scripted([["a", "b"]]).then_fail(failure()).then_write("never"));
    let chunks: Vec<_> = block_on((broken | Upper).stream("x").collect());
    let got: Vec<_> = chunks.iter().map(|chunk| chunk.as_ref().map_err(Error::kind)).collect();
    assert_eq!(got, [Ok(&text("A")), Ok(&text("B")), Err(ErrorKind::Other)]);
}

/// Gives these chunks, whatever it is asked.
struct Raw(Vec<Chunk<String>>);

impl Runnable<String> for Raw {
    type Output = String;

    async fn run(&self, _: String, _: &RunContext) -> Result<String> {
        Err(failure())
    }

    fn run_stream(&self, _: String, _: &RunContext) -> ChunkStream<'_, String> {
        stream::iter(self.0.clone()).map(Ok).boxed()
    }
}

#[test]
fn a_stream_without_a_value_is_an_error() {
    let chain = input::<String>() | Raw(vec![text("a")]) | Upper;
    let chunks: Vec<_> = block_on(chain.stream("x").collect());
    assert_eq!(chunks.len(), 2);
    let error = chunks[1].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Incomplete, Some("Raw")));
}

#[test]
fn what_a_step_gives_after_its_value_is_not_handed_out() {
    let done = Chunk::Done("v".to_owned());
    let chain = input::<String>() | Raw(vec![done.clone(), text("late"), done.clone()]);
    let chunks: Vec<_> = block_on(chain.stream("x").try_collect()).unwrap();
    assert_eq!(chunks, [done]);
}

#[test]
fn a_finished_stream_stays_finished() {
    let chain = llm() | Upper;
    let mut chunks = chain.stream("x");
    block_on(async {
        while chunks.next().await.is_some() {}
        assert!(chunks.next().await.is_none());
        assert!(chunks.next().await.is_none());
    });
}

#[test]
fn json_increments_are_not_text() {
    struct Json;
    impl Runnable<String> for Json {
        type Output = u8;

        async fn run(&self, _: String, _: &RunContext) -> Result<u8> {
            Ok(1)
        }

        fn run_stream(&self, _: String, _: &RunContext) -> ChunkStream<'_, u8> {
            let json = Chunk::Delta(Delta::Json(serde_json::json!({"a": 1})));
            stream::iter([Ok(json), Ok(Chunk::Delta(Delta::Text("t".into()))), Ok(Chunk::Done(1))]).boxed()
        }
    }
    let chain = input::<String>() | Json;
    let texts: Vec<_> = block_on(chain.stream_text("x").try_collect()).unwrap();
    assert_eq!(texts, ["t"]);
}
