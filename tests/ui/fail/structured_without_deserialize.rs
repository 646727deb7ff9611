//! The target type can be described, but not read.
use catena::{Model, testing::FakeLlm};

#[derive(schemars::JsonSchema)]
struct Person {
    name: String,
}

fn main() {
    let _ = Model::new(FakeLlm::always("x")).structured::<Person>();
}
