//! Typed answers with the text they were read from.
use catena::{Chunk, Delta, Error, ErrorKind, FinishReason, Model, testing::FakeLlm};
use futures::{TryStreamExt, executor::block_on};

#[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
struct Person {
    name: String,
}

#[test]
fn both_the_value_and_the_text() {
    let llm = Model::new(FakeLlm::always("{\"name\":\"Ada\"}"));
    let answer = block_on(llm.structured::<Person>().with_raw().invoke("Who?")).unwrap();
    assert_eq!(answer.raw.text, "{\"name\":\"Ada\"}");
    assert_eq!(answer.parsed.unwrap(), Person { name: "Ada".into() });
}

#[test]
fn an_answer_that_cannot_be_read_is_told_beside_the_text() {
    let llm = Model::new(FakeLlm::scripted([["{\"na"]]).then_finish(FinishReason::Length));
    let answer = block_on(llm.structured::<Person>().with_raw().invoke("Who?")).unwrap();
    assert_eq!((answer.raw.text.as_str(), answer.raw.finish_reason), ("{\"na", FinishReason::Length));
    assert_eq!(answer.parsed.unwrap_err().kind(), ErrorKind::OutOfTokens);
}

#[test]
fn what_is_no_answer_is_an_error() {
    let llm = Model::new(FakeLlm::scripted([["{"]]).then_fail(Error::new(ErrorKind::Engine, "it broke")));
    assert_eq!(block_on(llm.structured::<Person>().with_raw().invoke("Who?")).unwrap_err().kind(), ErrorKind::Engine);
}

#[test]
fn it_streams_and_pipes() {
    let llm = Model::new(FakeLlm::scripted([["{\"name\":", "\"Ada\"}"]]));
    let chain = catena::Template::new("Who?").unwrap() | llm.structured::<Person>().with_raw();
    let chunks: Vec<_> = block_on(chain.stream([("", ""); 0]).try_collect()).unwrap();
    assert!(matches!(&chunks[0], Chunk::Delta(Delta::Text(text)) if text == "{\"name\":"));
    assert!(matches!(&chunks[2], Chunk::Done(answer) if answer.parsed.is_ok()));
}
