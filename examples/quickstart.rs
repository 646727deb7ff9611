//! A sentence becomes a Rust struct: `quickstart [TEXT] [--model PATH]`.
mod common;

use catena::{ChatPrompt, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who a text is about.
#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "printed only")]
struct Person {
    #[schemars(length(min = 1, max = 40))]
    name: String,
    age: u8,
    #[schemars(length(max = 40))]
    city: Option<String>,
    #[schemars(length(max = 40))]
    occupation: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["Ada Lovelace, 36, is a mathematician who lives in London."]);
    let text = words.join(" ");
    let llm = builder.load_async().await?;
    let prompt = ChatPrompt::from_messages([
        ("system", "You read a text and fill in what it says about the person in it, as JSON."),
        ("user", "{text}"),
    ])?;

    let chain = prompt | llm.structured::<Person>();
    println!("Text: {text}");
    let person = chain.invoke([("text", text)]).await?;
    println!("{person:#?}");
    Ok(())
}
