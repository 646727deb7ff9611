//! A chat that remembers: `chat [SAID...] [--model PATH]`.
mod common;

use catena::{ChatPrompt, GenerateOptions, InMemoryHistory, Result, with_message_history};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&[
        "My name is Ada.",
        "I live in London.",
        "My dog is called Turing.",
        "Where do I live?",
        "What is my name?",
    ]);
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(200));
    let prompt = ChatPrompt::from_messages([
        ("system", "You are a helpful assistant."),
        ("placeholder", "{history}"),
        ("user", "{input}"),
    ])?;

    // What was said before stands in the model's cache: each turn evaluates only what is new.
    let chat = with_message_history(prompt | llm, InMemoryHistory::new()).session("ada");
    for said in words {
        println!("> {said}");
        println!("{}", chat.invoke([("input", said)]).await?);
    }
    Ok(())
}
