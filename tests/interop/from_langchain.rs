//! LLMs of langchain-rust as providers.
use crate::support::Scripted;
use catena::{
    Chunk, Delta, ErrorKind, FinishReason, GenerateOptions, Grammar, JsonParser, Message, Mirostat, Model, Overflow,
    Prompt, Request, Role, Template, Thinking, Usage, Vars,
    interop::{AsLangchain, CallOption, FromLangchain},
    testing::FakeLlm,
};
use futures::{StreamExt, executor::block_on};
use langchain_rust::{
    language_models::{GenerateResult, LLMEvent, TokenUsage},
    schemas::{MessageType, ToolCall},
};
use std::time::Duration;

fn model(llm: Scripted) -> Model<FromLangchain> {
    Model::new(FromLangchain::new("theirs", llm).carries(CallOption::ALL))
}

#[test]
fn a_chain_asks_it_and_streams() {
    let llm = Scripted::writing(&["oak", " tree"], "oak tree", Some(TokenUsage::new(5, 2)));
    let chain = Template::new("Name a {thing}.").unwrap() | model(llm.clone());
    let chunks = block_on(chain.stream([("thing", "tree")]).map(Result::unwrap).collect::<Vec<_>>());
    let text = |text: &str| Chunk::Delta(Delta::Text(text.to_owned()));
    assert_eq!(chunks, [text("oak"), text(" tree"), Chunk::Done("oak tree".to_owned())]);
    let asked = llm.asked.lock().unwrap()[0].0.clone();
    assert_eq!((asked.len(), asked[0].content.as_str()), (1, "Name a tree."));
    assert_eq!(asked[0].message_type, MessageType::HumanMessage);

    let completion = block_on(model(llm).detailed().invoke("hi")).unwrap();
    assert_eq!((completion.usage, completion.finish_reason), (Usage::new(5, 2), FinishReason::EndOfText));
}

#[test]
fn what_it_carries_arrives_and_calls_do_not_mix() {
    let llm = Scripted::writing(&[], "x", Some(TokenUsage::new(1, 6)));
    let model = model(llm.clone());
    let options = GenerateOptions::new().max_tokens(6).temperature(0.5).stop(["a", "b"]).top_k(7).top_p(0.25).seed(9);
    let options = options.repeat_penalty(1.25).frequency_penalty(0.5).presence_penalty(0.75).echo(false).lookup(false);
    let completion = block_on(model.clone().with_options(options).detailed().invoke("hi")).unwrap();
    assert_eq!(completion.finish_reason, FinishReason::Length);
    block_on(model.invoke("ho")).unwrap();
    let asked = llm.asked.lock().unwrap();
    let given = &asked[0].1;
    assert_eq!(
        (given.max_tokens, given.temperature, given.top_k, given.top_p),
        (Some(6), Some(0.5), Some(7), Some(0.25))
    );
    assert_eq!(given.stop_words, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!((given.seed, given.repetition_penalty), (Some(9), Some(1.25)));
    assert_eq!((given.frequency_penalty, given.presence_penalty), (Some(0.5), Some(0.75)));
    let next = &asked[1].1;
    assert!(next.max_tokens.is_none() && next.stop_words.is_none() && next.seed.is_none());
}

#[test]
fn what_it_is_not_known_to_carry_is_refused() {
    let options = || GenerateOptions::new();
    let placed = [
        (CallOption::MaxTokens, options().max_tokens(1)),
        (CallOption::Temperature, options().temperature(0.0)),
        (CallOption::Stop, options().stop(["x"])),
        (CallOption::TopK, options().top_k(0)),
        (CallOption::TopP, options().top_p(1.0)),
        (CallOption::Seed, options().seed(0)),
        (CallOption::RepeatPenalty, options().repeat_penalty(1.0)),
        (CallOption::FrequencyPenalty, options().frequency_penalty(0.0)),
        (CallOption::PresencePenalty, options().presence_penalty(0.0)),
    ];
    assert_eq!(placed.len(), CallOption::ALL.len());
    for (option, options) in placed {
        let refused = |carried: Vec<CallOption>| {
            let llm = Scripted::writing(&[], "x", None);
            let model =
                Model::new(FromLangchain::new("theirs", llm.clone()).carries(carried)).with_options(options.clone());
            let answer = block_on(model.invoke("hi"));
            assert_eq!(llm.asked.lock().unwrap().len(), usize::from(answer.is_ok()));
            answer.err().map(|error| (error.kind(), error.path().map(str::to_owned)))
        };
        let others = CallOption::ALL.into_iter().filter(|other| *other != option).collect();
        for carried in [vec![], others] {
            assert_eq!(refused(carried), Some((ErrorKind::Unsupported, Some(option.to_string()))));
        }
        assert_eq!(refused(vec![option]), None);
    }

    let without_place = [
        ("timeout", options().timeout(Duration::from_secs(1))),
        ("priority", options().priority(0)),
        ("lora", options().lora("x".into())),
        ("fast_forward", options().fast_forward(true)),
        ("close", options().close(false)),
        ("lookup", options().lookup(true)),
        ("thinking", options().thinking(Thinking::until("</think>"))),
        ("overflow", options().overflow(Overflow::DropOldest)),
        ("n_keep", options().n_keep(1)),
        ("echo", options().echo(true)),
        ("suffix", options().suffix("x".into())),
        ("logprobs", options().logprobs(0)),
        ("min_p", options().min_p(0.1)),
        ("typical_p", options().typical_p(1.0)),
        ("penalty_last_n", options().penalty_last_n(1)),
        ("mirostat", options().mirostat(Mirostat::Off)),
        ("mirostat_tau", options().mirostat_tau(1.0)),
        ("mirostat_eta", options().mirostat_eta(1.0)),
        ("dry_multiplier", options().dry_multiplier(0.0)),
        ("dry_base", options().dry_base(1.0)),
        ("dry_allowed_length", options().dry_allowed_length(1)),
        ("dry_penalty_last_n", options().dry_penalty_last_n(1)),
        ("dry_sequence_breakers", options().dry_sequence_breakers(Vec::new())),
        ("xtc_probability", options().xtc_probability(0.0)),
        ("xtc_threshold", options().xtc_threshold(0.0)),
        ("logit_bias", options().logit_bias(5, f32::NEG_INFINITY)),
    ];
    let all = serde_json::to_value(options()).unwrap().as_object().unwrap().len();
    assert_eq!(without_place.len() + CallOption::ALL.len(), all, "an option is tested nowhere");
    for (name, options) in without_place {
        let llm = Scripted::writing(&[], "x", None);
        let error = block_on(model(llm.clone()).with_options(options).invoke("hi")).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some(name)));
        assert!(error.message().contains(name) && llm.asked.lock().unwrap().is_empty());
    }
}

#[test]
fn grammars_are_refused_and_parsers_are_not() {
    let llm = Scripted::writing(&[], "[1,2]", None);
    let held = Request::new("hi").with_grammar(Grammar::parse("root ::= \"x\"").unwrap());
    let error = block_on(model(llm.clone()).invoke(held)).unwrap_err();
    assert_eq!((error.kind(), error.path(), error.step()), (ErrorKind::Unsupported, Some("grammar"), Some("theirs")));
    let error = block_on(model(llm.clone()).structured::<Vec<u8>>().invoke("hi")).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some("grammar")));
    assert!(llm.asked.lock().unwrap().is_empty());

    let chain = Template::new("Count.").unwrap() | model(llm) | JsonParser::<Vec<u8>>::new();
    assert_eq!(block_on(chain.invoke(Vars::new())).unwrap(), [1, 2]);
}

#[test]
fn conversations_go_over() {
    let llm = Scripted::writing(&[], "x", None);
    let chat = Prompt::from([Message::system("Be brief."), Message::user("Hi."), Message::assistant("Ho.")]);
    block_on(model(llm.clone()).invoke(chat)).unwrap();
    let asked = llm.asked.lock().unwrap()[0].0.clone();
    let roles: Vec<_> =
        asked.iter().map(|message| (message.message_type.to_string(), message.content.as_str())).collect();
    let wanted = [("system", "Be brief."), ("human", "Hi."), ("ai", "Ho.")];
    assert_eq!(roles, wanted.map(|(role, text)| (role.to_owned(), text)));

    let answered = Prompt::from(vec![Message::user("Hi."), Message::new(Role::Tool, "9 degrees")]);
    let error = block_on(model(llm).invoke(answered)).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some("/1/role")));
}

#[test]
fn the_increments_are_the_text_whatever_it_hands_out() {
    let all = |llm: Scripted| block_on(model(llm).stream("hi").collect::<Vec<_>>());
    let deltas = |llm| {
        all(llm).into_iter().fold(String::new(), |text, chunk| match chunk.unwrap() {
            Chunk::Delta(Delta::Text(more)) => text + &more,
            Chunk::Delta(Delta::Restart) => String::new(),
            Chunk::Delta(other) => panic!("{other:?}"),
            Chunk::Done(whole) => {
                assert_eq!(whole, text);
                text
            }
        })
    };
    assert_eq!(deltas(Scripted::writing(&[], "whole", None)), "whole");
    assert_eq!(deltas(Scripted::writing(&["wh"], "whole", None)), "whole");
    assert_eq!(deltas(Scripted::writing(&["other"], "whole", None)), "whole");
    assert_eq!(deltas(Scripted::writing(&[], "", None)), "");

    let without_end = Scripted::new([Ok(LLMEvent::Text("a".into()))]);
    assert_eq!(all(without_end).pop().unwrap().unwrap_err().kind(), ErrorKind::Incomplete);

    let calls = GenerateResult::default().with_tool_calls(vec![ToolCall::new("1", "weather", "{}")]);
    let error = all(Scripted::new([Ok(LLMEvent::Done(calls))])).pop().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some("tool_calls")));
    assert!(error.message().contains("weather"));
}

#[test]
fn its_errors_are_causes_and_ours_come_back() {
    let broken = Scripted::new([Ok(LLMEvent::Text("a".into())), Err("the line is dead".to_owned())]);
    let error = block_on(model(broken).invoke("hi")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Engine, Some("theirs")));
    assert!(error.message().contains("the line is dead") && std::error::Error::source(&error).is_some());

    let ours = AsLangchain::new(Model::new(FakeLlm::scripted::<[&str; 0], _>([])));
    let theirs = Model::new(FromLangchain::new("theirs", ours));
    let error = block_on(theirs.invoke("hi")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Other, Some("fake")));
}

#[test]
fn there_and_back_again_is_the_same() {
    let inner = FakeLlm::scripted([["a", "b", "c"]]);
    let theirs = AsLangchain::new(Model::new(inner.clone()));
    let options = GenerateOptions::new().max_tokens(9).temperature(0.5).top_k(3).top_p(0.5).seed(4).stop(["x"]);
    let options = options.repeat_penalty(1.5).frequency_penalty(0.25).presence_penalty(0.5);
    let back = Model::new(FromLangchain::new("back", theirs).carries(CallOption::ALL)).with_options(options.clone());
    let texts = block_on(back.stream_text(vec![Message::user("hi")]).map(Result::unwrap).collect::<Vec<_>>());
    assert_eq!(texts, ["a", "b", "c"]);
    assert_eq!(inner.requests()[0].options, options);
    assert_eq!(inner.requests()[0].prompt, Prompt::from(Message::user("hi")));
}
