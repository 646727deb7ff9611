//! The type that JSON is read as cannot be read.
use catena::{JsonParser, Model, testing::FakeLlm};

#[derive(schemars::JsonSchema)]
struct Recipe {
    title: String,
}

fn main() {
    let _ = Model::new(FakeLlm::always("{}")) | JsonParser::<Recipe>::new();
}
