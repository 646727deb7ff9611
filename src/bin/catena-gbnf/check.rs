//! What a grammar is, and where it is slow.
use catena::Result;

use crate::{Answer, args::Check, input, output};

pub(crate) fn run(args: &Check) -> Result<Answer> {
    let grammar = input::grammar(&args.file, &args.root)?;
    let rules = grammar.ast().rules.len();
    let count = if rules == 1 { "rule" } else { "rules" };
    // What is too large to be followed is a grammar all the same.
    let hazards =
        grammar.hazards().map_or_else(|error| format!("not followed: {error}"), |hazards| hazards.to_string());
    output::line(&format!("ok: {rules} {count}, root `{}`\n{hazards}", grammar.root()))?;
    Ok(Answer::Yes)
}
