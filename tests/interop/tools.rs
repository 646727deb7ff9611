//! Tools that langchain-rust offers to a model of ours.
use crate::support::read;
use catena::{
    ErrorKind, Message, Model,
    interop::{AsLangchain, error_of},
    testing::FakeLlm,
};
use futures::executor::block_on;
use langchain_rust::{
    language_models::{TokenUsage, llm::LLM, options::CallOptions},
    schemas::{FunctionCallBehavior, FunctionDefinition, Message as Theirs, ToolCall},
};
use serde_json::json;

const CALL: &str = r#"[{"name":"weather","arguments":{"city":"Bergen"}}]"#;

fn weather() -> FunctionDefinition {
    let city = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    FunctionDefinition::new("weather", "Tells the weather.", city)
}

fn clock() -> FunctionDefinition {
    FunctionDefinition::new("clock", "Tells the time.", json!({"type": "object", "properties": {}}))
}

fn offering(llm: &FakeLlm, behavior: Option<FunctionCallBehavior>) -> AsLangchain<FakeLlm> {
    let mut theirs = AsLangchain::new(Model::new(llm.clone()));
    let options = CallOptions::new().with_functions(vec![weather(), clock()]);
    theirs.add_options(CallOptions { function_call_behavior: behavior, ..options });
    theirs
}

#[test]
fn calls_come_as_calls_and_text_as_text() {
    let llm = FakeLlm::scripted([[CALL], [CALL], ["It rains."]]);
    let theirs = offering(&llm, None);
    let messages = [Theirs::new_human_message("Do I need an umbrella in Bergen?")];
    block_on(async {
        let result = theirs.generate(&messages).await.unwrap();
        let [call] = result.tool_calls.as_slice() else { panic!("{result:?}") };
        assert_eq!((call.name.as_str(), call.arguments.as_str()), ("weather", r#"{"city":"Bergen"}"#));
        assert!(call.id.starts_with("call_") && call.id.len() <= 40, "{}", call.id);
        assert_eq!(ToolCall::parse_list(&result.generation).unwrap(), result.tool_calls);
        let words = llm.requests()[0].prompt.to_string().split_whitespace().count();
        assert_eq!(result.tokens, Some(TokenUsage::new(u32::try_from(words).unwrap(), 1)));

        let (texts, done) = read(theirs.generate_stream(&messages)).await;
        assert!(texts.is_empty() && done.has_tool_calls());
        assert_ne!(done.tool_calls[0].id, call.id);

        let (texts, done) = read(theirs.generate_stream(&messages)).await;
        assert_eq!((texts.concat().as_str(), done.generation.as_str()), ("It rains.", "It rains."));
        assert!(done.tool_calls.is_empty());
    });
    let told = llm.requests()[0].prompt.to_string();
    assert!(told.contains("Tells the weather.") && told.contains("Tells the time."), "{told}");
}

#[test]
fn how_they_are_called_is_as_asked_for() {
    let answers =
        |behavior, text: &str| block_on(offering(&FakeLlm::always(text), Some(behavior)).invoke("hi")).is_ok();
    let named = || FunctionCallBehavior::Named("weather".into());
    assert!(answers(named(), CALL));
    assert!(!answers(named(), "It rains."));
    assert!(!answers(named(), r#"[{"name":"clock","arguments":{}}]"#));
    assert!(answers(FunctionCallBehavior::Auto, r#"[{"name":"clock","arguments":{}}]"#));
    assert!(!answers(FunctionCallBehavior::Auto, r#"[{"name":"clock","arguments":{"city":"Bergen"}}]"#));

    let llm = FakeLlm::always("[no call]");
    assert_eq!(block_on(offering(&llm, Some(FunctionCallBehavior::None)).invoke("hi")).unwrap(), "[no call]");
    assert!(llm.requests()[0].grammar.is_none());
}

#[test]
fn the_turns_of_tools_are_told_in_order() {
    let llm = FakeLlm::always("Yes.");
    let calls = [ToolCall::new("1", "weather", r#"{"city":"Bergen"}"#), ToolCall::new("2", "clock", "")];
    let messages = [
        Theirs::new_human_message("hi"),
        Theirs::new_ai_message_with_tool_calls("", &calls),
        Theirs::new_tool_message("Rain", "1"),
        Theirs::new_tool_message("Noon", "2"),
        Theirs::new_ai_message("").with_tool_calls(json!([])),
    ];
    block_on(AsLangchain::new(Model::new(llm.clone())).generate(&messages)).unwrap();
    let asked = llm.requests()[0].prompt.clone().into_messages();
    let written = r#"[{"name":"weather","arguments":{"city":"Bergen"}},{"name":"clock","arguments":{}}]"#;
    assert_eq!(asked[1], Message::assistant(written));
    assert_eq!(asked[4], Message::assistant(""));
}

#[test]
fn mistakes_are_told() {
    let ask = |options: CallOptions, message: Theirs| {
        let mut theirs = AsLangchain::new(Model::new(FakeLlm::always("x")));
        theirs.add_options(options);
        let error = error_of(&block_on(theirs.generate(&[message])).unwrap_err()).unwrap().clone();
        (error.kind(), error.path().map(str::to_owned))
    };
    let hi = || Theirs::new_human_message("hi");
    let named = CallOptions::new().with_function_call_behavior(FunctionCallBehavior::Named("x".into()));
    assert_eq!(ask(named, hi()), (ErrorKind::InvalidOption, Some("function_call_behavior".into())));
    let unnamed =
        CallOptions::new().with_functions(vec![FunctionDefinition::new("a/b", "", json!({"type": "object"}))]);
    assert_eq!(ask(unnamed, hi()).0, ErrorKind::InvalidOption);
    let both = CallOptions::new()
        .with_functions(vec![weather()])
        .with_response_format(langchain_rust::schemas::ResponseFormat::JsonObject);
    assert_eq!(ask(both, hi()), (ErrorKind::InvalidOption, Some("functions".into())));
    let unread = |calls| Theirs::new_ai_message("").with_tool_calls(calls);
    for calls in [
        json!("x"),
        json!([{"id": "1"}]),
        json!([{"id": "1", "type": "function", "function": {"name": "a", "arguments": "{"}}]),
    ] {
        assert_eq!(ask(CallOptions::new(), unread(calls)), (ErrorKind::Parse, Some("/0/tool_calls".into())));
    }
}
