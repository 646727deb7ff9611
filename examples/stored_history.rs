//! Conversations in a database, which go on in the next process, with the old turns left out of the prompt. Needs no model
//! file.
//!
//! ```sh
//! cargo run --no-default-features --features sqlite --example stored_history
//! ```
use catena::{
    ChatPrompt, Error, MessageHistory, Model, Result, SqliteHistory, keep_last, testing::FakeLlm, with_message_history,
};
use futures::executor::block_on;
use std::path::Path;

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("catena-history-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Error::other)?;
    let talked = block_on(async {
        talk(&folder.join("chat.db"), "Hello, I am Ada.", "Good day, Ada.").await?;
        // In the next process, say:
        talk(&folder.join("chat.db"), "What do you know of me?", "Your name.").await?;
        talk(&folder.join("chat.db"), "And what did I say first?", "I see the last turn only.").await
    });
    std::fs::remove_dir_all(&folder).map_err(Error::other)?;
    talked
}

async fn talk(file: &Path, question: &str, answer: &str) -> Result<()> {
    let llm = Model::new(FakeLlm::always(answer));
    let prompt =
        ChatPrompt::from_messages([("system", "Be brief."), ("placeholder", "{history}"), ("user", "{input}")])?;
    let history = SqliteHistory::open(file).await?;
    let chat = with_message_history(prompt | llm.clone(), history.clone()).trimmed_by(keep_last(2));
    println!("{question} — {}", chat.session("ada").invoke([("input", question)]).await?);
    let seen = llm.requests().pop().map(|request| request.prompt.into_messages().len()).unwrap_or_default();
    println!("  the model saw {seen} messages, the database holds {}", history.messages("ada").await?.len());
    Ok(())
}
