//! Values are assigned to variables; for other types there is `assign_with`.
use catena::{assign, input, map};

fn main() {
    let _ = input::<String>() | assign("length", map(|text: String| text.len()));
}
