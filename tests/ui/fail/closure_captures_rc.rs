//! What a step captures moves between threads.
use catena::input;
use std::rc::Rc;

fn main() {
    let suffix = Rc::new("!".to_owned());
    let _ = input::<String>()
        | move |text: String| {
            let suffix = suffix.clone();
            async move { Ok(text + &suffix) }
        };
}
