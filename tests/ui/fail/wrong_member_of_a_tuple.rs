//! One member of a tuple takes something else.
use catena::{Result, input};

async fn count(text: String) -> Result<usize> {
    Ok(text.len())
}

async fn double(n: u32) -> Result<u32> {
    Ok(2 * n)
}

fn main() {
    let _ = input::<String>() | (count, double);
}
