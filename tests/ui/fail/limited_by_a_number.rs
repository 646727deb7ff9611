//! A rate is that of a limiter, which several models may share.
use catena::{Model, testing::FakeLlm};

fn main() {
    let _ = Model::new(FakeLlm::always("x")).limited(5.0);
}
