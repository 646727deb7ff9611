//! What is known so far is taken for the value.
use catena::Partial;

struct Recipe {
    title: String,
}

fn cook(_: Recipe) {}

fn main() {
    cook(Partial::<Recipe>::parse("{\"title\": \"So").unwrap());
}
