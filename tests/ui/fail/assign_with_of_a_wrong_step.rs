//! What is put together with the input is made of that input.
use catena::{assign_with, input, map};

fn main() {
    let _ = input::<String>() | assign_with(map(|n: u32| n), |text: String, n: u32| (text, n));
}
