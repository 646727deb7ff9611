//! Tokens on the terminal as they are written, through a callback: `streaming [PROMPT] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result, callback::StreamingStdout};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments();
    let prompt = match words.join(" ") {
        prompt if prompt.is_empty() => "Name five dishes as a bulleted list.\n".to_owned(),
        prompt => prompt,
    };
    let llm = builder
        .load_async()
        .await?
        .with_options(GenerateOptions::new().max_tokens(96))
        .with_callback(StreamingStdout::new());
    let answer = llm.invoke(prompt).await?;
    println!("({} characters)", answer.chars().count());
    Ok(())
}
