//! Models where langchain-rust wants an LLM.
use crate::support::{chain, read};
use catena::{
    Completion, Error, ErrorKind, FinishReason, GenerateOptions, Grammar, Message, Model, Prompt, Role,
    interop::{AsLangchain, error_of},
    testing::FakeLlm,
};
use futures::{StreamExt, executor::block_on};
use langchain_rust::{
    chain::{Chain, ChainError, options::ChainCallOptions},
    language_models::{LLMError, LLMEvent, TokenUsage, llm::LLM, options::CallOptions},
    prompt_args,
    schemas::{Message as Theirs, ResponseFormat},
};
use serde_json::json;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

fn kind(error: &LLMError) -> (ErrorKind, Option<&str>) {
    let error = error_of(error).unwrap();
    (error.kind(), error.path())
}

fn with_options(llm: FakeLlm, options: CallOptions) -> AsLangchain<FakeLlm> {
    let mut theirs = AsLangchain::new(Model::new(llm));
    theirs.add_options(options);
    theirs
}

fn schema(schema: serde_json::Value) -> ResponseFormat {
    ResponseFormat::JsonSchema { description: None, name: "answer".into(), schema: Some(schema), strict: Some(true) }
}

#[test]
fn a_chain_of_theirs_invokes_calls_and_streams() {
    block_on(async {
        let llm =
            Model::new(FakeLlm::scripted([["oak ", "tree"], ["ash ", "tree"], ["elm ", "tree"], ["fir ", "tree"]]));
        let options = ChainCallOptions::new().with_max_tokens(7).with_stop_words(vec!["\n".into()]).with_seed(3);
        let chain = chain(AsLangchain::new(llm.clone()), options);
        let thing = || prompt_args! { "thing" => "tree" };

        assert_eq!(chain.invoke(thing()).await.unwrap(), "oak tree");
        let called = chain.call(thing()).await.unwrap();
        assert_eq!((called.generation.as_str(), called.tokens), ("ash tree", Some(TokenUsage::new(4, 2))));

        let (texts, done) = read(chain.call_stream(thing())).await;
        assert_eq!(texts, ["elm ", "tree"]);
        assert_eq!((done.generation.as_str(), done.tokens), ("elm tree", Some(TokenUsage::new(4, 2))));

        let data: Vec<_> = chain.stream(thing()).await.unwrap().map(Result::unwrap).collect().await;
        let contents: Vec<_> = data.iter().map(|data| data.content.as_str()).collect();
        assert_eq!(contents, ["fir ", "tree", ""]);
        assert_eq!(data[2].tokens, Some(TokenUsage::new(4, 2)));
        assert_eq!(data[2].value["generation"], "fir tree");

        for request in llm.requests() {
            assert_eq!(request.prompt, Prompt::from(Message::user("Name a tree.")));
            assert_eq!(request.options, GenerateOptions::new().max_tokens(7).stop(["\n"]).seed(3));
        }
        assert_eq!(llm.requests().len(), 4);
    });
}

#[test]
fn every_option_goes_over_and_later_ones_win() {
    let llm = FakeLlm::always("x");
    let model = Model::new(llm.clone()).with_options(GenerateOptions::new().min_p(0.1).top_k(1).stop(["a"]));
    let mut theirs = AsLangchain::from(model);
    theirs.add_options(CallOptions::new().with_temperature(0.1).with_top_k(9).with_stop_words(vec!["b".into()]));
    theirs.add_options(
        CallOptions::new()
            .with_temperature(0.5)
            .with_top_p(0.25)
            .with_max_tokens(12)
            .with_seed(5)
            .with_repetition_penalty(1.5)
            .with_frequency_penalty(0.5)
            .with_presence_penalty(-0.5)
            .with_stop_words(vec!["c".into()])
            .with_n(1)
            .with_candidate_count(1)
            .with_response_format(ResponseFormat::Text),
    );
    block_on(theirs.clone().generate(&[Theirs::new_human_message("hi")])).unwrap();
    let wanted = GenerateOptions::new().min_p(0.1).top_k(9).stop(["a", "b", "c"]).temperature(0.5).top_p(0.25);
    let wanted = wanted.max_tokens(12).seed(5).repeat_penalty(1.5).frequency_penalty(0.5).presence_penalty(-0.5);
    assert_eq!(llm.requests()[0].options, wanted);
}

#[test]
fn what_cannot_be_carried_is_named_before_the_model_is_asked() {
    let image = || Theirs::new_human_message("look").with_images(vec!["https://example.org/cat.png"]);
    let cases = [
        (CallOptions::new().with_n(2), ErrorKind::Unsupported, "n"),
        (CallOptions::new().with_candidate_count(0), ErrorKind::Unsupported, "candidate_count"),
        (CallOptions::new().with_min_length(3), ErrorKind::Unsupported, "min_length"),
        (CallOptions::new().with_max_length(3), ErrorKind::Unsupported, "max_length"),
        (CallOptions::new().with_seed(1 << 40), ErrorKind::InvalidOption, "seed"),
        (CallOptions::new().with_top_k(1 << 40), ErrorKind::InvalidOption, "top_k"),
        (CallOptions::new().with_top_p(7.0), ErrorKind::InvalidOption, "top_p"),
        (CallOptions::new().with_response_format(schema(json!({"type": 7}))), ErrorKind::Schema, "/type"),
        (
            CallOptions::new().with_response_format(schema(json!({"type": "string", "pattern": r"(a)\1"}))),
            ErrorKind::Schema,
            "/pattern",
        ),
    ];
    for (options, wanted, path) in cases {
        let llm = FakeLlm::always("x");
        let theirs = with_options(llm.clone(), options);
        let messages = [Theirs::new_human_message("hi")];
        block_on(async {
            assert_eq!(kind(&theirs.generate(&messages).await.unwrap_err()), (wanted, Some(path)));
            let mut events = theirs.generate_stream(&messages);
            assert_eq!(kind(&events.next().await.unwrap().unwrap_err()), (wanted, Some(path)));
            assert!(events.next().await.is_none());
            let streamed = match theirs.stream(&messages).await {
                Err(error) => error,
                Ok(mut data) => data.next().await.unwrap().unwrap_err(),
            };
            assert_eq!(kind(&streamed), (wanted, Some(path)));
        });
        assert!(llm.requests().is_empty());
    }
    let theirs = AsLangchain::new(Model::new(FakeLlm::always("x")));
    let error = block_on(theirs.generate(&[Theirs::new_system_message("s"), image()])).unwrap_err();
    assert_eq!(kind(&error), (ErrorKind::Unsupported, Some("/1/images")));
}

#[test]
fn a_schema_holds_the_answer() {
    let point = json!({"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]});
    let ask = |llm: FakeLlm, format: ResponseFormat| {
        let theirs = with_options(llm.clone(), CallOptions::new().with_response_format(format));
        let answer = block_on(theirs.generate(&[Theirs::new_human_message("Where?")]));
        (answer.map(|result| result.generation), llm.requests().pop().unwrap())
    };

    let (answer, request) = ask(FakeLlm::always(r#"{"x":1}"#), schema(point.clone()));
    assert_eq!(answer.unwrap(), r#"{"x":1}"#);
    assert_eq!(request.grammar.unwrap().text(), Grammar::from_schema(&point).unwrap().text());
    let (answer, _) = ask(FakeLlm::always("it is at 1"), schema(point.clone()));
    assert_eq!(kind(&answer.unwrap_err()).0, ErrorKind::DeadEnd);

    // Any object, and any JSON.
    for (text, object) in [(r#"{"a":[1,{"b":null}]}"#, true), ("[1]", false)] {
        let (answer, _) = ask(FakeLlm::always(text), ResponseFormat::JsonObject);
        assert_eq!(answer.is_ok(), object, "{text}");
        let any = ResponseFormat::JsonSchema { description: None, name: "any".into(), schema: None, strict: None };
        assert_eq!(ask(FakeLlm::always(text), any).0.unwrap(), text);
    }

    // What it is for is told to the model.
    let told = ResponseFormat::JsonSchema {
        description: Some("A place on the line.".into()),
        name: "point".into(),
        schema: Some(point.clone()),
        strict: None,
    };
    let (_, request) = ask(FakeLlm::always(r#"{"x":1}"#), told);
    let first = request.prompt.as_messages().unwrap()[0].clone();
    assert_eq!(first, Message::system("Answer with `point` as JSON: A place on the line."));

    // langchain-rust would not see that the answer is cut off.
    let cut = FakeLlm::scripted([[r#"{"x":"#]]).then_finish(FinishReason::Length);
    let error = ask(cut, schema(point.clone())).0.unwrap_err();
    assert_eq!(kind(&error).0, ErrorKind::OutOfTokens);
    assert_eq!(error_of(&error).unwrap().partial(), Some(r#"{"x":"#));

    let model = Model::new(FakeLlm::always("x")).with_grammar(Grammar::parse("root ::= \"x\"").unwrap());
    let mut held = AsLangchain::new(model);
    assert_eq!(block_on(held.invoke("hi")).unwrap(), "x");
    held.add_options(CallOptions::new().with_response_format(schema(point)));
    let error = block_on(held.invoke("hi")).unwrap_err();
    assert_eq!(kind(&error), (ErrorKind::InvalidOption, Some("response_format")));
}

#[test]
fn messages_keep_their_roles() {
    let llm = FakeLlm::always("x");
    let theirs = AsLangchain::new(Model::new(llm.clone()));
    let messages = [
        Theirs::new_system_message("Be brief."),
        Theirs::new_human_message("Hi."),
        Theirs::new_ai_message("Ho."),
        Theirs::new_tool_message("9 degrees", "call_1"),
    ];
    block_on(theirs.generate(&messages)).unwrap();
    let wanted = [
        Message::system("Be brief."),
        Message::user("Hi."),
        Message::assistant("Ho."),
        Message::new(Role::Tool, "9 degrees"),
    ];
    assert_eq!(llm.requests()[0].prompt, Prompt::from(wanted));
}

#[test]
fn a_function_hears_the_text_and_may_stop_it() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = Arc::clone(&heard);
    let options = CallOptions::new().with_streaming_func(move |text| {
        let hear = Arc::clone(&hear);
        async move {
            let mut hear = hear.lock().unwrap();
            hear.push(text);
            if hear.len() < 3 { Ok(()) } else { Err(()) }
        }
    });
    let theirs = with_options(FakeLlm::scripted([["a", "b"], ["c", "d"]]), options);
    assert_eq!(block_on(theirs.invoke("hi")).unwrap(), "ab");
    assert_eq!(kind(&block_on(theirs.invoke("hi")).unwrap_err()).0, ErrorKind::Aborted);
    assert_eq!(*heard.lock().unwrap(), ["a", "b", "c"]);
}

#[test]
fn usage_is_left_out_of_streams_where_it_is_not_wanted() {
    let theirs = with_options(FakeLlm::always("a b"), CallOptions::new().with_stream_usage(false));
    let data = block_on(async {
        theirs.stream(&[Theirs::new_human_message("hi")]).await.unwrap().map(Result::unwrap).collect::<Vec<_>>().await
    });
    assert_eq!(data.len(), 3);
    assert!(data.iter().all(|data| data.tokens.is_none()));
}

#[test]
fn errors_come_out_of_chains_as_they_were() {
    let broken =
        FakeLlm::failing_after(1, "never finished", Error::new(ErrorKind::Engine, "it broke").with_partial("never"));
    let chain = chain(AsLangchain::new(Model::new(broken)), ChainCallOptions::new());
    let error = block_on(chain.invoke(prompt_args! { "thing" => "tree" })).unwrap_err();
    let ChainError::LLMError(error) = error else { panic!("{error}") };
    let ours = error_of(&error).unwrap();
    assert_eq!((ours.kind(), ours.partial(), ours.step()), (ErrorKind::Engine, Some("never"), Some("fake")));
    assert!(error_of(&LLMError::OtherError("x".into())).is_none());
    assert!(error_of(&LLMError::IoError(std::io::Error::other("x"))).is_none());
}

/// Counts what becomes of calls.
#[derive(Default)]
struct Outcomes {
    ended: AtomicUsize,
    cancelled: AtomicUsize,
}

impl catena::CallbackHandler for Outcomes {
    fn on_llm_end(&self, _: &catena::RunInfo, _: &Completion) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    fn on_llm_cancel(&self, _: &catena::RunInfo) {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn dropping_a_stream_of_theirs_stops_the_model() {
    let outcomes = Arc::new(Outcomes::default());
    let model = Model::new(FakeLlm::always("a b c")).with_callback(Arc::clone(&outcomes));
    let theirs = AsLangchain::new(model);
    let messages = [Theirs::new_human_message("hi")];
    block_on(async {
        let mut events = theirs.generate_stream(&messages);
        assert!(matches!(events.next().await, Some(Ok(LLMEvent::Text(text))) if text == "a "));
        drop(events);
        assert_eq!(outcomes.cancelled.load(Ordering::Relaxed), 1);

        let mut data = theirs.stream(&messages).await.unwrap();
        assert_eq!(data.next().await.unwrap().unwrap().content, "a ");
        drop(data);
        assert_eq!(outcomes.cancelled.load(Ordering::Relaxed), 2);
        assert_eq!(outcomes.ended.load(Ordering::Relaxed), 0);

        theirs.invoke("hi").await.unwrap();
        assert_eq!(outcomes.ended.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_provider_chosen_at_run_time_goes_over_too() {
    let model: Model = Model::new(FakeLlm::always("x")).erase();
    let theirs: Box<dyn LLM> = AsLangchain::new(model).into();
    assert_eq!(block_on(theirs.clone_box().invoke("hi")).unwrap(), "x");
}
