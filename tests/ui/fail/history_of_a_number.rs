//! A chain that remembers gives no answer that can be kept.
use catena::{ChatPrompt, InMemoryHistory, Model, map, testing::FakeLlm, with_message_history};

fn main() {
    let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{input}")]).unwrap();
    let count = prompt | Model::new(FakeLlm::always("hello")) | map(|text: String| text.len());
    let _ = with_message_history(count, InMemoryHistory::new());
}
