//! A model is asked with a number.
use catena::{Model, testing::FakeLlm};

fn main() {
    let _ = Model::new(FakeLlm::always("x")).invoke(5_u32);
}
