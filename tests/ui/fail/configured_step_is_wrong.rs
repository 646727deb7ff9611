//! A configuration does not make a step fit.
use catena::{RunConfig, input, map, with_config};

fn main() {
    let _ = input::<String>() | with_config(map(|n: u32| n), RunConfig::new().name("count"));
}
