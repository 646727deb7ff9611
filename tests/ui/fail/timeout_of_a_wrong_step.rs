//! What may not take long must fit as the step itself does.
use catena::{input, map, timeout};
use std::time::Duration;

fn main() {
    let _ = input::<String>() | timeout(map(|n: u32| n), Duration::from_secs(1));
}
