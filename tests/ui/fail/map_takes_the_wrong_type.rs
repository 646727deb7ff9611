//! The model gives text, and the plain function wants a number.
use catena::{Model, Template, map, testing::FakeLlm};

fn main() {
    let llm = Model::new(FakeLlm::always("x"));
    let _ = Template::new("{topic}").unwrap() | llm | map(|n: u32| n + 1);
}
