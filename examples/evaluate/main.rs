//! How well a model reads texts: `evaluate ITEMS.jsonl [free] [--model PATH]`.
//!
//! The items are what `tools/nano/generate.py --held-out` writes. Each is asked greedily, held to its schema or its labels;
//! with `free` nothing holds the answers.
#[path = "../common/mod.rs"]
mod common;
mod items;
mod score;

use catena::{Error, ErrorKind, GenerateOptions, Result};
use items::Item;
use score::Scores;
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&[]);
    let free = words.iter().any(|word| word == "free");
    let Some(path) = words.iter().find(|word| *word != "free") else {
        eprintln!("usage: evaluate ITEMS.jsonl [free] [--model PATH]");
        std::process::exit(2);
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(ErrorKind::Io, format!("the items cannot be read: {error}")).with_path(path))?;
    let items = items::read(&text)?;

    let llm = builder.load_async().await?.with_options(GenerateOptions::new().temperature(0.0).max_tokens(400));
    let started = Instant::now();
    let mut scores = Scores::default();
    for item in &items {
        scores.add(item, &answer(&llm, item, free).await?);
    }
    println!("{scores}\n{} items in {:.1} s", items.len(), started.elapsed().as_secs_f64());
    Ok(())
}

/// What the model answers to an item; text that is no sentence of the grammar where tokens run out.
async fn answer(llm: &catena::Model<catena::LlamaCpp>, item: &Item, free: bool) -> Result<String> {
    match llm.invoke(item.request(free)?).await {
        Err(error) if error.kind() == ErrorKind::OutOfTokens => Ok(error.partial().unwrap_or_default().to_owned()),
        answer => answer,
    }
}
