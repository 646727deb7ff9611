//! The plain call, with what it cost: `plain_call [PROMPT] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["Name five dishes, separated by commas.\n"]);
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(64));
    let completion = llm.detailed().invoke(words.join(" ")).await?;
    println!("{}\n\n{:?}, {:?}\n{}", completion.text, completion.finish_reason, completion.usage, completion.timings);
    Ok(())
}
