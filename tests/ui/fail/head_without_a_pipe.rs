//! A step of one's own stands at the head, without `pipe_head!`.
use catena::{Result, RunContext, Runnable, map};

struct Double;

impl Runnable<u32> for Double {
    type Output = u32;

    async fn run(&self, n: u32, _: &RunContext) -> Result<u32> {
        Ok(2 * n)
    }
}

fn main() {
    let _ = Double | map(|n: u32| n + 1);
}
