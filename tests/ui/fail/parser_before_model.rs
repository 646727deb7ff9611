//! A parser stands where a model belongs: it takes text, not a prompt.
use catena::{Model, Result, RunContext, Runnable, Template, testing::FakeLlm};

struct LinesParser;

impl Runnable<String> for LinesParser {
    type Output = Vec<String>;

    async fn run(&self, text: String, _: &RunContext) -> Result<Vec<String>> {
        Ok(text.lines().map(str::to_owned).collect())
    }
}

fn main() {
    let prompt = Template::new("{topic}").unwrap();
    let _ = prompt | LinesParser | Model::new(FakeLlm::always("x"));
}
