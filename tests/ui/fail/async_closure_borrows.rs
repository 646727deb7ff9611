//! An `async` closure that borrows what it captured lends it to its future, which an `Fn` cannot.
use catena::input;

fn main() {
    let suffix = "!".to_owned();
    let _ = input::<String>() | async move |text: String| Ok(text + &suffix);
}
