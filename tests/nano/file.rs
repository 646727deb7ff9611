//! The file itself: its tokenizer, its template, what llama.cpp says of it.
use super::nano;
use catena::{ChatPrompt, Vars};
use futures::executor::block_on;
use serde::Deserialize;
use std::sync::{Arc, Mutex};
use tracing_subscriber::{Layer, layer::SubscriberExt};

/// What the tokenizer gave that the model was trained with.
#[derive(Deserialize)]
struct Tokens {
    text: String,
    tokens: Vec<u32>,
}

#[test]
fn texts_are_the_tokens_the_model_was_trained_on() {
    let llm = nano().load().unwrap();
    for line in include_str!("tokens.jsonl").lines() {
        let Tokens { text, tokens } = serde_json::from_str(line).unwrap();
        assert_eq!(block_on(llm.tokenize(text.as_str(), false)).unwrap(), tokens, "{text:?}");
        assert_eq!(block_on(llm.detokenize(tokens)).unwrap(), text);
    }
}

/// Keeps the warnings of llama.cpp.
struct Warnings(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if *event.metadata().level() <= tracing::Level::WARN {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
    }
}

#[test]
fn llama_cpp_has_nothing_to_say_against_it() {
    let heard = Arc::default();
    let subscriber = tracing_subscriber::registry().with(Warnings(Arc::clone(&heard)));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let llm = nano().verbose(true).load().unwrap();
    assert_eq!(llm.report().warnings, [""; 0]);
    assert!(heard.lock().unwrap().is_empty(), "{heard:#?}");
}

#[test]
fn a_chat_is_written_as_in_training() {
    let llm = nano().echo(true).max_tokens(1).load().unwrap();
    let prompt = ChatPrompt::from_messages([("system", "Be brief."), ("user", "{said}")]).unwrap();
    let written = block_on((prompt | llm).invoke(Vars::new().with("said", "Hi!"))).unwrap();
    let expected = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi!<|im_end|>\n<|im_start|>assistant\n";
    assert!(written.starts_with(expected), "{written}");
}
