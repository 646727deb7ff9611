//! A step that is told of the error takes it beside the input.
use catena::{fallback, input, map};

fn main() {
    let first = map(|text: String| text);
    let _ = input::<String>() | fallback(first).or_told(map(|text: String| text));
}
