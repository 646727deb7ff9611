//! A step for each item takes a list.
use catena::{input, map, map_each};

fn main() {
    let _ = input::<String>() | map_each(map(|text: String| text.len()), 4);
}
