//! The target type can be read, but has no schema.
use catena::{Model, testing::FakeLlm};

#[derive(serde::Deserialize)]
struct Person {
    name: String,
}

fn main() {
    let _ = Model::new(FakeLlm::always("x")).structured::<Person>();
}
