//! A chain that remembers.
use async_trait::async_trait;
use catena::{
    ChatPrompt, Chunk, Error, ErrorKind, InMemoryHistory, JsonParser, Message, MessageHistory, Model, Result,
    RunContext, Vars, keep_last,
    testing::{Expect, FakeLlm},
    with_message_history,
};
use futures::{StreamExt, TryStreamExt, executor::block_on};
use std::sync::Arc;

fn prompt() -> ChatPrompt {
    ChatPrompt::from_messages([("system", "Be {mood}."), ("placeholder", "{history}"), ("user", "{input}")]).unwrap()
}

fn vars(input: &str) -> Vars {
    Vars::from([("mood", "kind"), ("input", input)])
}

fn said(history: &dyn MessageHistory, session: &str) -> Vec<Message> {
    block_on(history.messages(session)).unwrap()
}

#[test]
fn each_session_remembers_its_own() {
    let llm = Model::new(FakeLlm::scripted([["a1"], ["b1"], ["a2"]]));
    let store = Arc::new(InMemoryHistory::new());
    let chat = with_message_history(prompt() | llm.clone(), Arc::clone(&store));
    let (a, b) = (chat.session("a"), chat.session("b"));
    for (session, input, answer) in [(&a, "1", "a1"), (&b, "2", "b1"), (&a, "3", "a2")] {
        assert_eq!(block_on(session.invoke(vars(input))).unwrap(), answer);
    }
    let asked = llm.requests()[2].prompt.to_string();
    assert_eq!(asked, "System: Be kind.\nHuman: 1\nAI: a1\nHuman: 3");
    assert_eq!(said(&*store, "b"), [Message::user("2"), Message::assistant("b1")]);
    block_on(store.clear("a")).unwrap();
    assert_eq!(said(&*store, "a"), []);
}

#[test]
fn streaming_remembers_as_well_and_a_dropped_stream_does_not() {
    let llm = Model::new(FakeLlm::scripted([["a", "b"], ["c", "d"]]));
    let store = Arc::new(InMemoryHistory::new());
    let session = with_message_history(prompt() | llm, Arc::clone(&store)).session("s");
    let chunks: Vec<_> = block_on(session.stream(vars("1")).try_collect()).unwrap();
    assert_eq!(chunks.last(), Some(&Chunk::Done("ab".to_owned())));
    assert_eq!(chunks.len(), 3);
    let mut dropped = session.stream(vars("2"));
    assert!(block_on(dropped.next()).unwrap().is_ok());
    drop(dropped);
    assert_eq!(said(&*store, "s"), [Message::user("1"), Message::assistant("ab")]);
}

#[test]
fn a_turn_that_fails_leaves_no_trace() {
    let broken = FakeLlm::scripted([["a"]]).then_fail(Error::new(ErrorKind::Engine, "it broke"));
    let store = Arc::new(InMemoryHistory::new());
    let session = with_message_history(prompt() | Model::new(broken), Arc::clone(&store)).session("s");
    assert_eq!(block_on(session.invoke(vars("1"))).unwrap_err().kind(), ErrorKind::Engine);
    assert_eq!(said(&*store, "s"), []);
}

#[test]
fn mistakes_with_variables_are_told() {
    let chat = with_message_history(prompt() | Model::new(FakeLlm::always("x")), InMemoryHistory::new());
    for (vars, says) in [
        (Vars::from([("mood", "kind")]), "`input` is missing"),
        (vars("1").with("history", [Message::user("x")]), "filled from the history"),
        (Vars::new().with("mood", "kind").with("input", 3), "text or messages"),
    ] {
        let error = block_on(chat.session("s").invoke(vars)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Variables);
        assert!(error.message().contains(says), "{error}");
    }
    let several = Vars::new().with("mood", "kind").with("input", [Message::user("1"), Message::user("2")]);
    let fails = with_message_history(
        ChatPrompt::from_messages([("user", "{input}")]).unwrap() | Model::new(FakeLlm::always("x")),
        InMemoryHistory::new(),
    );
    // The prompt has no place for the history.
    assert!(block_on(fails.session("s").invoke([("input", "1")])).unwrap_err().message().contains("unknown `history`"));
    let chat = chat.input_variable("input");
    assert!(block_on(chat.session("t").invoke(several)).is_ok());
    assert_eq!(said(chat.history(), "t").len(), 3);
}

#[test]
fn it_is_cut_to_size_and_the_store_stays_whole() {
    let llm = Model::new(FakeLlm::always("ok"));
    let store = Arc::new(InMemoryHistory::new());
    let chat = with_message_history(prompt() | llm.clone(), Arc::clone(&store)).trimmed_by(keep_last(2));
    for input in ["1", "2", "3"] {
        block_on(chat.session("s").invoke(vars(input))).unwrap();
    }
    assert_eq!(llm.requests()[2].prompt.to_string(), "System: Be kind.\nHuman: 2\nAI: ok\nHuman: 3");
    assert_eq!(said(&*store, "s").len(), 6);
}

#[test]
fn runs_are_in_the_tree_and_a_session_pipes() {
    let script = Expect::new().start("chain").start("session").within("chain").start("keep_last").within("session");
    let script = script.end("keep_last").start("chain").within("session").start("ChatPrompt").within("chain");
    let (handler, handle) = script.end("session").start("JsonParser").end("JsonParser").end("chain").handler();
    let chat = with_message_history(prompt() | Model::new(FakeLlm::always("[1]")), InMemoryHistory::new());
    let chain = chat.trimmed_by(keep_last(9)).session("s") | JsonParser::<Vec<u8>>::new();
    assert_eq!(block_on(chain.invoke_in(vars("1"), &RunContext::new().with(handler))).unwrap(), [1]);
    handle.assert_finished();
    handle.assert_outcomes();
}

/// Cannot be written, or not be read.
struct Broken {
    reads: bool,
}

#[async_trait]
impl MessageHistory for Broken {
    async fn messages(&self, _: &str) -> Result<Vec<Message>> {
        if self.reads { Ok(vec![]) } else { Err(Error::new(ErrorKind::Io, "unreadable")) }
    }

    async fn append(&self, _: &str, _: &[Message]) -> Result<()> {
        Err(Error::new(ErrorKind::Io, "unwritable"))
    }

    async fn clear(&self, _: &str) -> Result<()> {
        Ok(())
    }
}

#[test]
fn an_answer_that_cannot_be_kept_is_in_the_error() {
    let llm = Model::new(FakeLlm::always("the answer"));
    let session = with_message_history(prompt() | llm.clone(), Broken { reads: true }).session("s");
    let error = block_on(session.invoke(vars("1"))).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("the answer")));
    let chunks: Vec<_> = block_on(session.stream(vars("1")).collect());
    let error = chunks.last().unwrap().as_ref().unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("the answer")));

    // A history that cannot be read is not taken for an empty one.
    let unread = with_message_history(prompt() | llm.clone(), Broken { reads: false }).session("s");
    let asked = llm.requests().len();
    assert_eq!(block_on(unread.invoke(vars("1"))).unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(llm.requests().len(), asked);
}
