//! A history is cut to size by a step.
use catena::{InMemoryHistory, Model, Template, testing::FakeLlm, with_message_history};

fn main() {
    let chain = Template::new("{history}{input}").unwrap() | Model::new(FakeLlm::always("x"));
    let _ = with_message_history(chain, InMemoryHistory::new()).trimmed_by(10);
}
