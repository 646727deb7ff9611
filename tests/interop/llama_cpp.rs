//! The real provider in chains of langchain-rust, and back.
use crate::support::{chain, read};
use catena::{
    ErrorKind, GenerateOptions, LlamaCpp, Model,
    interop::{AsLangchain, CallOption, FromLangchain, error_of},
};
use futures::{StreamExt, executor::block_on};
use langchain_rust::{
    chain::{Chain, ChainError, options::ChainCallOptions},
    language_models::{llm::LLM, options::CallOptions},
    prompt_args,
    schemas::{FunctionCallBehavior, FunctionDefinition, ResponseFormat},
};
use serde_json::{Value, json};
use std::path::Path;

/// The bundled model: its words are noise, and everything around them is real.
fn tiny() -> Model<LlamaCpp> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny-random.gguf");
    LlamaCpp::builder(path).n_ctx(1024).n_threads(1).deterministic(true).load().unwrap()
}

fn seeded() -> ChainCallOptions {
    ChainCallOptions::new().with_max_tokens(24).with_seed(7).with_temperature(0.8)
}

#[test]
fn a_chain_of_theirs_runs_on_llama_cpp() {
    let model = tiny();
    let ours = model.clone().with_options(GenerateOptions::new().max_tokens(24).seed(7).temperature(0.8));
    let chain = chain(AsLangchain::new(model), seeded());
    let thing = || prompt_args! { "thing" => "tree" };
    block_on(async {
        let wanted = ours.detailed().invoke(vec![catena::Message::user("Name a tree.")]).await.unwrap();
        let called = chain.call(thing()).await.unwrap();
        assert_eq!(called.generation.trim(), wanted.text.trim());
        let tokens = called.tokens.unwrap();
        assert_eq!(
            (tokens.prompt_tokens as usize, tokens.completion_tokens as usize),
            (wanted.usage.prompt_tokens, 24)
        );

        assert_eq!(chain.invoke(thing()).await.unwrap(), wanted.text);
        let (texts, _) = read(chain.call_stream(thing())).await;
        assert!(texts.len() > 1);
        assert_eq!(texts.concat(), wanted.text);
        let data: Vec<_> = chain.stream(thing()).await.unwrap().map(Result::unwrap).collect().await;
        assert_eq!(data.iter().map(|data| data.content.as_str()).collect::<String>(), wanted.text);
    });
}

#[test]
fn stop_words_stop_it() {
    let model = tiny();
    let whole =
        block_on(chain(AsLangchain::new(model.clone()), seeded()).invoke(prompt_args! { "thing" => "tree" })).unwrap();
    let stop: String = whole.chars().skip(8).take(2).collect();
    let stopped = chain(AsLangchain::new(model), seeded().with_stop_words(vec![stop.clone()]));
    let text = block_on(stopped.invoke(prompt_args! { "thing" => "tree" })).unwrap();
    assert_eq!(text, whole.split(&stop).next().unwrap());
}

#[test]
fn a_schema_holds_it_inside_of_their_chain() {
    let schema = json!({
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 6}, "age": {"type": "integer", "minimum": 0, "maximum": 99}},
        "required": ["name", "age"]
    });
    let format = ResponseFormat::JsonSchema {
        description: None,
        name: "person".into(),
        schema: Some(schema),
        strict: Some(true),
    };
    let mut theirs = AsLangchain::new(tiny());
    theirs.add_options(CallOptions::new().with_response_format(format));
    let chain = chain(theirs, ChainCallOptions::new().with_seed(3));
    let text = block_on(chain.invoke(prompt_args! { "thing" => "person" })).unwrap();
    let person: Value = serde_json::from_str(&text).unwrap();
    assert!(person["name"].is_string() && person["age"].as_u64().unwrap() <= 99, "{text}");
}

#[test]
fn their_functions_are_called() {
    let city =
        json!({"type": "object", "properties": {"city": {"type": "string", "maxLength": 8}}, "required": ["city"]});
    let mut theirs = AsLangchain::new(tiny());
    theirs.add_options(
        CallOptions::new()
            .with_seed(5)
            .with_functions(vec![FunctionDefinition::new("weather", "Tells the weather.", city)])
            .with_function_call_behavior(FunctionCallBehavior::Named("weather".into())),
    );
    let result = block_on(theirs.generate(&[langchain_rust::schemas::Message::new_human_message("Bergen?")])).unwrap();
    let [call] = result.tool_calls.as_slice() else { panic!("{result:?}") };
    assert_eq!(call.name, "weather");
    assert!(call.arguments_value()["city"].is_string());
    assert!(result.tokens.unwrap().completion_tokens > 0);
}

#[test]
fn what_llama_cpp_refuses_keeps_its_kind() {
    let thing = "x ".repeat(2000);
    let error =
        block_on(chain(AsLangchain::new(tiny()), seeded()).invoke(prompt_args! { "thing" => thing })).unwrap_err();
    let ChainError::LLMError(error) = error else { panic!("{error}") };
    assert_eq!(error_of(&error).unwrap().kind(), ErrorKind::ContextOverflow);
}

#[test]
fn there_and_back_again_writes_the_same() {
    let model = tiny();
    let options = GenerateOptions::new().max_tokens(16).seed(11).temperature(0.7).top_k(20).top_p(0.9);
    let prompt = || vec![catena::Message::user("Name a tree.")];
    let wanted = block_on(model.clone().with_options(options.clone()).detailed().invoke(prompt())).unwrap();
    let back = Model::new(FromLangchain::new("back", AsLangchain::new(model)).carries(CallOption::ALL));
    let got = block_on(back.with_options(options).detailed().invoke(prompt())).unwrap();
    assert_eq!((got.text, got.finish_reason), (wanted.text, wanted.finish_reason));
    assert_eq!((got.usage.prompt_tokens, got.usage.completion_tokens), (wanted.usage.prompt_tokens, 16));
}
