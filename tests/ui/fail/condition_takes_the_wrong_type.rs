//! A condition looks at what the steps take.
use catena::{branch, input, map};

fn main() {
    let step = branch().when(|text: &String| text.is_empty(), map(|n: u32| n)).otherwise(map(|n: u32| n));
    let _ = input::<u32>() | step;
}
