//! A type that is no provider of a language model.
use catena::Model;

struct Weather;

fn main() {
    let _ = Model::new(Weather);
}
