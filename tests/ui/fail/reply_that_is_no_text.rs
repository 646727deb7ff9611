//! What a chain that remembers gives can be remembered.
use catena::{InMemoryHistory, Model, Template, map, testing::FakeLlm, with_message_history};

fn main() {
    let chain = Template::new("{history}{input}").unwrap() | Model::new(FakeLlm::always("x")) | map(|text: String| text.len());
    let _ = with_message_history(chain, InMemoryHistory::new());
}
