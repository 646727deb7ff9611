//! Steps side by side each get a clone of the input.
use catena::{Parallel, input, map};

struct Once;

fn main() {
    let _ = input::<Once>() | Parallel::new().with("one", map(|_: Once| 1));
}
