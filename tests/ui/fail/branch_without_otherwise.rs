//! Conditions without a step for all other inputs are not a step yet.
use catena::{branch, input, map};

fn main() {
    let step = branch().when(|n: &u32| *n > 1, map(|n: u32| n));
    let _ = input::<u32>() | step;
}
