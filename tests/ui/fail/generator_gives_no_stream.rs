//! A generator gives a stream of increments and a value, not the value.
use catena::{generator, input};

fn main() {
    let _ = input::<String>() | generator(|word: String| word.len());
}
