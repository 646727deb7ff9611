//! What is to read an answer again is no parser.
use catena::{Model, Template, map, parse::RetryParser, testing::FakeLlm};

fn main() {
    let length = map(|text: String| text.len());
    let _ = Template::new("A tree?").unwrap() | RetryParser::new(Model::new(FakeLlm::always("oak")), length);
}
