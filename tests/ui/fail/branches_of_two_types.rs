//! All steps of a branch give one type.
use catena::{branch, input, map};

fn main() {
    let step = branch().when(|n: &u32| *n > 1, map(|n: u32| n)).otherwise(map(|n: u32| n.to_string()));
    let _ = input::<u32>() | step;
}
