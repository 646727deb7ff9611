//! Without parentheses the closure's body goes on to the end of the line.
use catena::{input, map};

fn main() {
    let _ = input::<String>() | |text: String| async move { Ok(text) } | map(|text: String| text.len());
}
