//! What a model with tools may answer, and how it is read.
use crate::support::{City, broken, sum, weather};
use catena::{
    Chunk, Delta, ErrorKind, FinishReason, GenerateOptions, Grammar, Message, Model, Request, RunContext, Template,
    Tool, ToolAnswer, ToolCall, ToolMode, gbnf::Generator, testing::FakeLlm,
};
use futures::{TryStreamExt, executor::block_on};
use serde_json::json;

fn model(text: &str) -> Model<FakeLlm> {
    Model::new(FakeLlm::always(text))
}

const RAIN: &str = r#"{"name":"weather","arguments":{"city":"Bergen"}}"#;
const FOUR: &str = r#"{"name":"sum_up","arguments":{"numbers":[1,3]}}"#;

#[test]
fn only_declared_tools_with_valid_arguments() {
    let tools = model("").with_tools([weather(), sum()]).unwrap();
    let allowed = |mode, text: &str| tools.clone().mode(mode).unwrap().grammar().matches(text).unwrap();
    let two = format!("[{RAIN},{FOUR}]");
    let one = format!("[{FOUR}]");
    for (text, auto, any, single) in [
        (one.as_str(), true, true, true),
        (two.as_str(), true, true, false),
        ("It rains.\n[maybe]", true, false, false),
        ("[]", false, false, false),
        ("", false, false, false),
        (r#"[{"name":"other","arguments":{}}]"#, false, false, false),
        (r#"[{"name":"weather","arguments":{"numbers":[1]}}]"#, false, false, false),
        (r#"[{"name":"weather","arguments":{}}]"#, false, false, false),
        (r#"[{"name":"sum_up","arguments":{"numbers":["1"]}}]"#, false, false, false),
        ("[1] is a footnote", false, false, false),
    ] {
        assert_eq!(allowed(ToolMode::Auto, text), auto, "{text}");
        assert_eq!(allowed(ToolMode::Any, text), any, "{text}");
        assert_eq!(allowed(ToolMode::One, text), single, "{text}");
    }
    let few = tools.max_calls(2).unwrap();
    assert!(few.grammar().matches(&two).unwrap());
    assert!(!few.grammar().matches(&format!("[{RAIN},{RAIN},{FOUR}]")).unwrap());
}

/// Whatever the grammar allows is read, and the arguments are those of the tool.
#[test]
fn every_sentence_is_read() {
    let grammar = model("").with_tools([weather(), sum()]).unwrap().mode(ToolMode::Any).unwrap().grammar().clone();
    let generator = Generator::new(&grammar).unwrap();
    for seed in 0..60 {
        let text = generator.generate(seed, 40);
        let tools = model(&text).with_tools([weather(), sum()]).unwrap().mode(ToolMode::Any).unwrap();
        let ToolAnswer::Calls(calls) = block_on(tools.invoke("?")).unwrap() else { panic!("{text}") };
        for call in calls {
            let tool = tools.tools().iter().find(|tool| tool.name() == call.name).unwrap();
            // Sums may be too large; the arguments as such are always right.
            assert!(tool.grammar().matches(&call.arguments.to_string()).unwrap(), "{call:?}");
        }
    }
}

#[test]
fn calls_and_text_stream_in_their_own_ways() {
    let llm =
        Model::new(FakeLlm::scripted([vec!["[", &RAIN[..40], &RAIN[40..], ",", FOUR, "]"], vec!["It ", "rains."]]));
    let chain = Template::new("{q}?").unwrap() | llm.with_tools([weather(), sum()]).unwrap();
    let chunks: Vec<_> = block_on(chain.stream([("q", "Rain")]).try_collect()).unwrap();
    let mut value = serde_json::Value::Null;
    for chunk in &chunks {
        match chunk {
            Chunk::Delta(Delta::Patch(patch)) => patch.apply(&mut value).unwrap(),
            Chunk::Delta(other) => panic!("{other:?}"),
            Chunk::Done(_) => {}
        }
    }
    assert_eq!(value[1], json!({"name": "sum_up", "arguments": {"numbers": [1, 3]}}));
    let rain = ToolCall { name: "weather".into(), arguments: json!({"city": "Bergen"}) };
    let four = ToolCall { name: "sum_up".into(), arguments: json!({"numbers": [1, 3]}) };
    assert_eq!(chunks.last(), Some(&Chunk::Done(ToolAnswer::Calls(vec![rain, four]))));
    let texts: Vec<_> = block_on(chain.stream_text([("q", "Rain")]).try_collect()).unwrap();
    assert_eq!(texts, ["It ", "rains."]);
}

#[test]
fn the_prompt_tells_about_the_tools() {
    let llm = model("ok");
    let tools = llm.with_tools([weather(), sum()]).unwrap();
    block_on(tools.invoke("Rain?")).unwrap();
    block_on(tools.invoke(vec![Message::system("Be brief."), Message::user("Rain?")])).unwrap();
    block_on(tools.invoke(vec![Message::user("Rain?")])).unwrap();
    block_on(tools.clone().without_instructions().invoke("Rain?")).unwrap();
    let asked: Vec<_> = llm.requests().iter().map(|request| request.prompt.to_string()).collect();
    for asked in &asked[..3] {
        assert!(
            asked.contains("The city's name.") && asked.contains(r#""description":"Adds \"numbers\".""#),
            "{asked}"
        );
        assert!(asked.ends_with("Rain?"), "{asked}");
    }
    assert!(asked[1].starts_with("System: Be brief.\n\nYou may call tools."), "{}", asked[1]);
    assert_eq!(asked[1].matches("System:").count(), 1);
    assert_eq!(asked[3], "Rain?");
}

#[test]
fn mistakes_are_told_before_the_first_token() {
    let llm = model("x");
    let kind = |outcome: catena::Result<_>| outcome.map(|_: catena::WithTools<FakeLlm>| ()).unwrap_err().kind();
    assert_eq!(kind(llm.with_tools([])), ErrorKind::InvalidOption);
    assert_eq!(kind(llm.with_tools([weather(), weather()])), ErrorKind::InvalidOption);
    assert_eq!(kind(llm.with_tools([weather()]).unwrap().max_calls(0)), ErrorKind::InvalidOption);
    let grammar = Grammar::one_of(["a"]).unwrap();
    assert_eq!(kind(llm.clone().with_grammar(grammar.clone()).with_tools([weather()])), ErrorKind::InvalidOption);
    let request = Request::new("x").with_grammar(grammar);
    let error = block_on(llm.with_tools([weather()]).unwrap().invoke(request)).unwrap_err();
    assert_eq!((error.kind(), llm.requests().len()), (ErrorKind::InvalidOption, 0));
    // Calls behind the prompt would be read as text.
    let echo = GenerateOptions::new().echo(true);
    let tools = llm.with_tools([weather()]).unwrap();
    let loud = llm.clone().with_options(echo.clone()).with_tools([weather()]).unwrap();
    let chain = Template::new("{q}").unwrap() | tools.clone();
    for error in [
        block_on(loud.invoke("x")).unwrap_err(),
        block_on(tools.invoke(Request::new("x").with_options(echo.clone()))).unwrap_err(),
        block_on(chain.bind(echo).invoke([("q", "x")])).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("echo")));
    }
    assert_eq!(llm.requests().len(), 0);
    for name in ["", "two words", "ü", &"x".repeat(65)] {
        let tool = Tool::new(name, "", |at: City| async move { Ok(at.city) });
        assert_eq!(tool.unwrap_err().kind(), ErrorKind::InvalidOption, "{name}");
    }
    let no_object = Tool::new("n", "", |n: u8| async move { Ok(n) });
    assert_eq!(no_object.unwrap_err().kind(), ErrorKind::InvalidOption);
}

#[test]
fn calls_that_are_cut_off_are_an_error() {
    let llm = Model::new(FakeLlm::scripted([["[{\"name\":\"wea"]]).then_finish(FinishReason::Length));
    let tools = llm.with_options(GenerateOptions::new().max_tokens(3)).with_tools([weather()]).unwrap();
    let error = block_on(tools.invoke("?")).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::OutOfTokens, Some("[{\"name\":\"wea")));
}

#[test]
fn a_tool_is_called_with_what_its_type_reads() {
    let cx = RunContext::new();
    let called = |tool: &Tool, arguments| block_on(tool.call(arguments, &cx));
    assert_eq!(called(&weather(), json!({"city": "Bergen"})).unwrap(), "Rain in Bergen.");
    assert_eq!(called(&sum(), json!({"numbers": [1, 2]})).unwrap(), r#"{"total":3}"#);
    let error = called(&sum(), json!({"numbers": "x"})).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Parse, Some("sum_up")));
    assert_eq!(called(&broken(), json!({"city": "x"})).unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(
        called(&broken().telling_errors(), json!({"city": "x"})).unwrap(),
        "error: the line is dead (in step `broken`)"
    );
}
