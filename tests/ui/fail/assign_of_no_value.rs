//! What is assigned to a variable must serialize.
use catena::{Vars, assign, input, map};

struct Secret;

fn main() {
    let _ = input::<Vars>() | assign("secret", map(|_: Vars| Secret));
}
