//! Each attempt gets a clone of the input.
use catena::{input, map, retry};

struct Once;

fn main() {
    let _ = input::<Once>() | retry(map(|_: Once| 1));
}
