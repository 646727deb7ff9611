//! What takes a step's place gives what that step gives.
use catena::{fallback, input, map};

fn main() {
    let step = fallback(map(|text: String| text.len())).or(map(|text: String| text));
    let _ = input::<String>() | step;
}
