//! The type that JSON is read as has no schema for the format instructions.
use catena::{JsonParser, Model, testing::FakeLlm};

#[derive(serde::Deserialize)]
struct Recipe {
    title: String,
}

fn main() {
    let _ = Model::new(FakeLlm::always("{}")) | JsonParser::<Recipe>::new();
}
