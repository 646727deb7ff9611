//! A handler must implement the trait.
use catena::RunConfig;

struct Log;

fn main() {
    let _ = RunConfig::new().handler(Log);
}
