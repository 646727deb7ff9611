//! The erased chain gives text, and a number was promised.
use catena::{DynRunnable, input, map};

fn main() {
    let _: DynRunnable<String, u32> = (input::<String>() | map(|text: String| text + "!")).erase();
}
