//! Asking again when an answer cannot be read.
use catena::{
    ChatPrompt, Error, ErrorKind, JsonParser, Message, Model, RunContext, Template,
    parse::RetryParser,
    testing::{Expect, FakeLlm},
};
use futures::executor::block_on;

fn numbers() -> JsonParser<Vec<u8>> {
    JsonParser::new()
}

#[test]
fn each_attempt_is_a_run_and_the_next_sees_the_prompt_and_the_error() {
    let llm = Model::new(FakeLlm::scripted([["[1,"], ["[300]"], ["[3]"]]));
    let chain =
        ChatPrompt::from_messages([("user", "{n} numbers?")]).unwrap() | RetryParser::new(llm.clone(), numbers());
    let mut script = Expect::new().start("retry_parser");
    for (attempt, outcome) in
        [("attempt:1", Some(ErrorKind::Truncated)), ("attempt:2", Some(ErrorKind::Parse)), ("attempt:3", None)]
    {
        script = script.start(attempt).within("retry_parser").start("fake").within(attempt).end("fake");
        script = script.start("parse").within(attempt);
        script = match outcome {
            Some(kind) => script.error("parse", kind).error(attempt, kind),
            None => script.end("parse").end(attempt),
        };
    }
    let (handler, handle) = script.end("retry_parser").handler();
    let value = block_on(chain.invoke_in([("n", "two")], &RunContext::new().with(handler))).unwrap();
    assert_eq!(value, [3]);
    handle.assert_finished();
    handle.assert_outcomes();

    let asked = llm.requests();
    assert_eq!(asked[0].prompt.as_messages().unwrap(), [Message::user("two numbers?")]);
    // The last answer alone, so that the prompt does not grow.
    let last = asked[2].prompt.as_messages().unwrap();
    assert_eq!((last.len(), &last[0], &last[1]), (3, &Message::user("two numbers?"), &Message::assistant("[300]")));
    assert!(last[2].content.contains("invalid value: integer `300`"), "{}", last[2].content);
    assert!(last[2].content.contains("line 1, column"), "{}", last[2].content);
}

#[test]
fn attempts_are_bounded() {
    for attempts in [1, 2, 5] {
        let llm = Model::new(FakeLlm::always("no"));
        let chain = Template::new("?").unwrap() | RetryParser::new(llm.clone(), numbers()).attempts(attempts);
        let error = block_on(chain.invoke([("", ""); 0])).unwrap_err();
        assert_eq!((error.kind(), error.partial(), error.step()), (ErrorKind::Parse, Some("no"), Some("parse")));
        assert_eq!(llm.requests().len(), attempts);
    }
    let llm = Model::new(FakeLlm::always("[1]"));
    let never = RetryParser::new(llm.clone(), numbers()).attempts(0);
    let error = block_on((Template::new("?").unwrap() | never).invoke([("", ""); 0])).unwrap_err();
    assert_eq!((error.kind(), llm.requests().len()), (ErrorKind::InvalidOption, 0));
}

#[test]
fn errors_of_the_model_are_not_tried_again() {
    let llm = Model::new(FakeLlm::scripted([["[1"]]).then_fail(Error::new(ErrorKind::Engine, "it broke")));
    let chain = Template::new("?").unwrap() | RetryParser::new(llm.clone(), numbers());
    assert_eq!(block_on(chain.invoke([("", ""); 0])).unwrap_err().kind(), ErrorKind::Engine);
    assert_eq!(llm.requests().len(), 1);
}
