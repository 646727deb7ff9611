//! A model stands behind a step that gives a number.
use catena::{Model, input, testing::FakeLlm};

fn main() {
    let _ = input::<u32>() | Model::new(FakeLlm::always("x"));
}
