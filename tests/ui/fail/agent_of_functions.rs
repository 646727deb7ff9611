//! An agent calls tools: functions with a name and a description.
use catena::{Agent, Model, Result, testing::FakeLlm};

async fn weather(city: String) -> Result<String> {
    Ok(format!("Rain in {city}."))
}

fn main() {
    let _ = Agent::new(&Model::new(FakeLlm::always("x")), [weather]);
}
