//! All alternatives give one type.
use catena::{alternatives, input, map};

fn main() {
    let step = alternatives("how", "length", map(|text: String| text.len())).or("text", map(|text: String| text));
    let _ = input::<String>() | step;
}
