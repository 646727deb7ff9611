//! The closure gives its value at once; `map` is for that.
use catena::input;

fn main() {
    let _ = input::<String>() | |text: String| text.len();
}
