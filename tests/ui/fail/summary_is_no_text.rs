//! What is put in place of older messages is text.
use catena::{Vars, input, map, summarise_older};

fn main() {
    let _ = summarise_older(2, input::<Vars>() | map(|vars: Vars| vars.len()));
}
