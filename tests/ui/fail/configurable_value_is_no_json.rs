//! A configurable value is JSON.
use catena::RunConfig;

struct Size;

fn main() {
    let _ = RunConfig::new().configurable("size", Size);
}
