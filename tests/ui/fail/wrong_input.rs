//! A chain from text is invoked with a number.
use catena::{input, map};

fn main() {
    let chain = input::<String>() | map(|text: String| text.len());
    let _ = chain.invoke(5);
}
