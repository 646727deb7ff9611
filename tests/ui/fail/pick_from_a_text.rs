//! Variables are picked from variables.
use catena::{input, pick};

fn main() {
    let _ = input::<String>() | pick(["topic"]);
}
