//! The canonical form of a grammar.
use catena::{Result, gbnf};

use crate::{Answer, args::Format, input, output};

pub(crate) fn run(args: &Format) -> Result<Answer> {
    let text = input::text(&args.file)?;
    let formatted = gbnf::format(&text).map_err(|error| error.with_path(input::shown(&args.file)))?;
    if args.check {
        return Ok(if text == formatted { Answer::Yes } else { Answer::No });
    }
    output::write(formatted.as_bytes())?;
    Ok(Answer::Yes)
}
