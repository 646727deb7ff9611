//! Answers are kept by a cache.
use catena::{Model, testing::FakeLlm};
use std::collections::HashMap;

fn main() {
    let _ = Model::new(FakeLlm::always("x")).cached(HashMap::<String, String>::new());
}
