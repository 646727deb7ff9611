//! The items of a generator's stream say what is an increment and what is the value.
use catena::{generator, input};
use futures::stream;

fn main() {
    let _ = input::<String>() | generator(|word: String| stream::iter(word.chars().collect::<Vec<_>>()));
}
