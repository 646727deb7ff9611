//! An invocation that nobody awaits.
#![deny(unused_must_use)]
use catena::{input, map};

async fn run() {
    let chain = input::<String>() | map(|text: String| text.len());
    chain.invoke("x");
    chain.stream("x");
}

fn main() {
    drop(run());
}
