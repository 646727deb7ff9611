//! The model gives text, and the closure wants a number.
use catena::{Model, Template, testing::FakeLlm};

fn main() {
    let llm = Model::new(FakeLlm::always("x"));
    let _ = Template::new("{topic}").unwrap() | llm | |n: u32| async move { Ok(n + 1) };
}
