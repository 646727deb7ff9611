//! What a tool takes has no schema.
use catena::Tool;

#[derive(serde::Deserialize)]
struct City {
    city: String,
}

fn main() {
    let _ = Tool::new("weather", "Tells the weather.", |at: City| async move { Ok(at.city) });
}
