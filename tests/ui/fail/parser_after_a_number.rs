//! A parser stands behind a step that gives a number.
use catena::{input, map, parse::CommaListParser};

fn main() {
    let _ = input::<String>() | map(|text: String| text.len()) | CommaListParser;
}
