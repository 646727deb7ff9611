//! Whether a grammar accepts a text, and where it stops to.
use catena::{Error, ErrorKind, Result, gbnf::Matcher};

use crate::{Answer, args::Match, input, output};

pub(crate) fn run(args: &Match) -> Result<Answer> {
    if args.grammar.is_stdin() && args.file.as_deref().is_some_and(input::is_stdin) {
        let message = "the grammar and the text cannot both be standard input: name a file for one of them";
        return Err(Error::new(ErrorKind::InvalidOption, message));
    }
    let mut matcher = Matcher::new(&args.grammar.read()?)?;
    let text = match (&args.text, &args.file) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(path)) => input::bytes(path)?,
        (None, None) => Vec::new(),
    };
    let text = if args.chomp { chomp(&text) } else { &text };
    match matcher.push(text) {
        Ok(()) if matcher.is_accepting() => {
            output::line("accepted")?;
            Ok(Answer::Yes)
        }
        Ok(()) => {
            output::line(&format!("needs more: after {} bytes expected {}", text.len(), matcher.expected()?))?;
            Ok(Answer::No)
        }
        Err(error) if error.kind() == ErrorKind::Parse => {
            output::line(&format!("refused at byte {}: {error:#}", matcher.offset()))?;
            Ok(Answer::No)
        }
        Err(error) => Err(error),
    }
}

/// Without one line end at the end.
fn chomp(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.strip_suffix(b"\r").unwrap_or(text)
}
