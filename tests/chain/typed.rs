//! Models that give values of a Rust type, on scripted answers.
use crate::support::{block_on, text, watched};
use catena::{
    Chunk, ErrorKind, FinishReason, Model, input, map,
    testing::{Expect, FakeLlm},
};
use futures::{StreamExt, TryStreamExt};

#[derive(Debug, Clone, PartialEq, serde::Deserialize, schemars::JsonSchema)]
struct Person {
    name: String,
    age: u8,
}

fn ada() -> Person {
    Person { name: "Ada".into(), age: 36 }
}

fn llm(deltas: &[&str]) -> Model<FakeLlm> {
    Model::new(FakeLlm::scripted([deltas.to_vec()]))
}

#[test]
fn the_text_streams_and_the_value_comes_last() {
    let script = Expect::new().start("chain").start("fake").llm_start("fake").llm_tokens(2).llm_end("fake").end("fake");
    let (cx, handle) = watched(script.end("chain").only());
    let parts = [r#"{"name":"Ada","#, r#""age":36}"#];
    let chain = input::<String>() | llm(&parts).structured::<Person>();
    let chunks: Vec<_> = block_on(chain.stream_in("Who?", &cx).try_collect()).unwrap();
    assert_eq!(chunks, [text(parts[0]), text(parts[1]), Chunk::Done(ada())]);
    handle.assert_finished();
}

#[test]
fn the_value_goes_on_to_the_next_step() {
    let chain = llm(&[r#"{"name":"Ada","age":36}"#]).structured::<Person>() | map(|person: Person| person.age);
    assert_eq!(block_on(chain.invoke("Who?")).unwrap(), 36);
}

#[test]
fn what_no_model_could_have_written_is_an_error() {
    let chain = input::<String>() | llm(&[r#"{"name":"Ada"}"#]).structured::<Person>();
    let error = block_on(chain.invoke("Who?")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::DeadEnd, Some("fake")));
    assert!(error.message().ends_with("request's grammar: at byte 13 it wants `,`"), "{error}");
}

#[test]
fn running_out_of_tokens_is_its_own_error() {
    let short = FakeLlm::scripted([[r#"{"name":"A"#]]).then_finish(FinishReason::Length);
    let script = Expect::new().llm_end("fake").error("fake", ErrorKind::OutOfTokens);
    let (cx, handle) = watched(script.error("chain", ErrorKind::OutOfTokens));
    let chain = input::<String>() | Model::new(short).structured::<Person>();
    let chunks: Vec<_> = block_on(chain.stream_in("Who?", &cx).collect());
    let error = chunks.last().unwrap().as_ref().unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::OutOfTokens, Some(r#"{"name":"A"#)));
    handle.assert_finished();
}
