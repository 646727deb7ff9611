//! What is tried again must fit as the step itself does.
use catena::{input, map, retry};

fn main() {
    let _ = input::<String>() | retry(map(|n: u32| n));
}
