//! Tokens are counted by a number.
use catena::{Message, input, keep_tokens};

fn main() {
    let _ = input::<Vec<Message>>() | keep_tokens(100, 4);
}
