//! A route takes what the key is made of.
use catena::{input, map, router};

fn main() {
    let step = router(|text: &String| text.clone()).route("a", map(|n: u32| n));
    let _ = input::<String>() | step;
}
