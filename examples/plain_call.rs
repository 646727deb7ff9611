//! The plain call, with what it cost: `plain_call [QUESTION] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments();
    let question = match words.join(" ") {
        question if question.is_empty() => "Name the planets in the solar system.".to_owned(),
        question => question,
    };
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(64));
    let completion = llm.detailed().invoke(format!("Q: {question} A:")).await?;
    println!("{}\n\n{:?}, {:?}\n{}", completion.text, completion.finish_reason, completion.usage, completion.timings);
    Ok(())
}
