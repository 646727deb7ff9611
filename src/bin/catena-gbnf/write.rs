//! Texts of a grammar.
use catena::{
    Error, ErrorKind, Result,
    gbnf::{Generator, Matcher},
};

use crate::{
    Answer,
    args::{Complete, Generate},
    output,
};

/// The longest completion, in bytes.
const LONGEST: usize = 1 << 20;

pub(crate) fn generate(args: &Generate) -> Result<Answer> {
    let generator = Generator::new(&args.grammar.read()?)?;
    let shown = |text: String| if args.json { output::json(&text) } else { text };
    if args.shortest {
        output::line(&shown(generator.shortest()))?;
        return Ok(Answer::Yes);
    }
    for number in 0..args.count {
        let text = generator.generate(args.seed.wrapping_add(number), args.budget);
        if !output::line(&shown(text))? {
            break;
        }
    }
    Ok(Answer::Yes)
}

pub(crate) fn complete(args: &Complete) -> Result<Answer> {
    let mut matcher = Matcher::new(&args.grammar.read()?)?;
    matcher.push(&args.text)?;
    let Some(rest) = matcher.completion(LONGEST)? else {
        let message =
            format!("the shortest completion is longer than {LONGEST} bytes: bound the grammar's repetitions");
        return Err(Error::new(ErrorKind::Grammar, message));
    };
    // What completes whole characters is whole characters.
    let rest = String::from_utf8_lossy(&rest);
    output::line(&if args.json { output::json(&rest) } else { rest.into_owned() })?;
    Ok(Answer::Yes)
}
