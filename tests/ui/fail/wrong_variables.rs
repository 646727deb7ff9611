//! A template's variables are a map, and a number is given.
use catena::{Model, Template, testing::FakeLlm};

fn main() {
    let chain = Template::new("{topic}").unwrap() | Model::new(FakeLlm::always("x"));
    let _ = chain.invoke(5);
}
