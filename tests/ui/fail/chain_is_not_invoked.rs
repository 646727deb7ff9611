//! A chain that is built and dropped.
#![deny(unused_must_use)]
use catena::{input, map};

fn main() {
    input::<String>() | map(|text: String| text.len());
    input::<String>().map(|text: String| text.len());
}
