//! Around a model: answers kept in memory and in a database, a rate, a recording that answers without the model. Needs no
//! model file.
//!
//! ```sh
//! cargo run --no-default-features --features full --example layers
//! ```
use catena::{
    Error, Model, Result,
    layer::{Limiter, MemoryCache, Recorder, Replay, SqliteCache},
    testing::FakeLlm,
};
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("catena-layers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Error::other)?;
    let shown = show(&folder).await;
    std::fs::remove_dir_all(&folder).map_err(Error::other)?;
    shown
}

async fn show(folder: &std::path::Path) -> Result<()> {
    // Answers differently each time it is asked.
    let model = || Model::new(FakeLlm::scripted([["Paris", "."], ["Lyon", "."], ["Nice", "."]]));

    // In memory, up to so many bytes. The key is the prompt, the options, the grammar and the model's identity.
    let llm = model().cached(MemoryCache::new(1 << 20));
    println!("first: {}", llm.invoke("A city?").await?);
    let again = llm.detailed().invoke("A city?").await?;
    println!("again: {}, from the cache: {}", again.text, again.cached);

    // In a database, which the next process finds.
    let file = folder.join("answers.db");
    println!("kept: {}", model().cached(SqliteCache::open(&file).await?).invoke("A city?").await?);
    let next = model().cached(SqliteCache::open(&file).await?);
    println!("in the next process: {}", next.detailed().invoke("A city?").await?.text);

    // Two at once, and then a hundred a second.
    let llm = model().limited(Limiter::new(100.0, 2)?);
    let begun = Instant::now();
    for _ in 0..3 {
        llm.invoke("A city?").await?;
    }
    println!("the third call waited: {}", begun.elapsed() >= Duration::from_millis(8));

    // Written down with its increments, and read back without the model.
    let file = folder.join("recording.jsonl");
    model().recorded(Recorder::create(&file)?).invoke("A city?").await?;
    let replayed = Model::new(Replay::open(&file)?);
    println!("replayed: {}", replayed.invoke("A city?").await?);
    let other = Model::new(Replay::open(&file)?).invoke("A river?").await;
    println!("another request: {:?}", other.map_err(|error| error.kind()));
    Ok(())
}
