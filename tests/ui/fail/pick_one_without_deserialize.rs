//! A variable is read as a type that serde reads.
use catena::{Vars, input, pick_one};

struct Count(u32);

fn main() {
    let _ = input::<Vars>() | pick_one::<Count>("count");
}
