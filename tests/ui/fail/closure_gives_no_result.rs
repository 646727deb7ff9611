//! The closure's future gives a bare value.
use catena::input;

fn main() {
    let _ = input::<String>() | |text: String| async move { text.len() };
}
