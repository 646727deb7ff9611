//! Text on the terminal as it is written: `streaming [PROMPT] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result};
use futures::TryStreamExt;
use std::io::Write;

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["Name five dishes as a bulleted list.\n"]);
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(96));

    // Chains do the same. `stream` in place of `stream_text` also gives the whole text, as `Chunk::Done`.
    let mut texts = llm.stream_text(words.join(" "));
    while let Some(text) = texts.try_next().await? {
        print!("{text}");
        let _ = std::io::stdout().flush();
    }
    println!();
    Ok(())
}
