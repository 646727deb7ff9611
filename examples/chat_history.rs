//! A chat that remembers, with what is older summed up by a chain. Without a model: what it would write is scripted.
//!
//! With the feature `sqlite`, `SqliteHistory::open(path)` in place of `InMemoryHistory` keeps it in a file.
use catena::{
    ChatPrompt, InMemoryHistory, MessageHistory, Model, Result, Template, summarise_older, testing::FakeLlm,
    with_message_history,
};
use futures::executor::block_on;
use std::sync::Arc;

fn main() -> Result<()> {
    block_on(async {
        let llm = Model::new(FakeLlm::scripted([
            ["Hello Ada, what shall we do?"],
            ["Chess it is: e4."],
            ["Ada greeted me and wants to play."],
            ["You are Ada."],
        ]));
        let prompt = ChatPrompt::from_messages([
            ("system", "You are a friend."),
            ("placeholder", "{history}"),
            ("user", "{input}"),
        ])?;
        let summary = Template::new("Sum this up in one sentence:\n{conversation}")? | llm.clone();

        let store = Arc::new(InMemoryHistory::new());
        let chat =
            with_message_history(prompt | llm.clone(), Arc::clone(&store)).trimmed_by(summarise_older(2, summary));
        let session = chat.session("ada");
        for said in ["Hi, I am Ada.", "Let us play.", "Who am I?"] {
            println!("> {said}\n{}", session.invoke([("input", said)]).await?);
        }

        let asked = llm.requests().pop().map(|request| request.prompt.pretty()).unwrap_or_default();
        println!("\nwhat the model was asked last:\n{asked}");
        println!("\nthe store has all {} messages", store.messages("ada").await?.len());
        Ok(())
    })
}
