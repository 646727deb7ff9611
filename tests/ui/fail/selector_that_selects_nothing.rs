//! Examples are given as what chooses them.
use catena::{FewShotPrompt, Template, Vars};

fn main() {
    let examples = vec![Vars::from([("q", "1+1"), ("a", "2")])];
    let _ = FewShotPrompt::of_selector(Template::new("{q}: {a}").unwrap(), examples);
}
