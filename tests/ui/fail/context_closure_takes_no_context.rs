//! A function that is given the context takes it.
use catena::{input, with_context};

fn main() {
    let _ = input::<String>() | with_context(|text: String| async move { Ok(text) });
}
