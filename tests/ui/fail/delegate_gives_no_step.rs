//! A delegate gives the step to run, not the value.
use catena::{delegate, input};

fn main() {
    let _ = input::<String>() | delegate(|text: &String| Ok(text.len()));
}
