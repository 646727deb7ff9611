//! Named steps side by side give one type; those of several types are a tuple.
use catena::{Parallel, input, map};

fn main() {
    let both = Parallel::new().with("length", map(|text: String| text.len())).with("text", map(|text: String| text));
    let _ = input::<String>() | both;
}
