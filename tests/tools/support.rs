//! Tools that several tests use.
use catena::{Error, ErrorKind, Result, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
pub(crate) struct City {
    /// The city's name.
    pub(crate) city: String,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Sum {
    numbers: Vec<i32>,
}

#[derive(Serialize)]
struct Total {
    total: i32,
}

pub(crate) fn weather() -> Tool {
    Tool::new("weather", "Tells the weather.", |at: City| async move { Ok(format!("Rain in {}.", at.city)) }).unwrap()
}

pub(crate) fn sum() -> Tool {
    Tool::new("sum_up", "Adds \"numbers\".", |sum: Sum| async move { Ok(Total { total: sum.numbers.iter().sum() }) })
        .unwrap()
}

pub(crate) fn broken() -> Tool {
    async fn fail(_: City) -> Result<String> {
        Err(Error::new(ErrorKind::Io, "the line is dead"))
    }
    Tool::new("broken", "Never works.", fail).unwrap()
}
