//! From a schema or TypeScript to a grammar: the one place that calls the compiler.
use catena::{
    Error, ErrorKind, Result, Span,
    structured::{Formats, Options},
    typescript,
};
use serde_json::Value;

use crate::{
    Answer,
    args::{FromSchema, FromTypescript, Mode},
    input, numbers, output,
};

pub(crate) fn run(args: &FromSchema) -> Result<Answer> {
    let text = input::text(&args.file)?;
    let schema = read(&text).map_err(|error| input::in_file(error, &args.file))?;
    let compiled = args.options().compile(&schema)?;
    if args.report {
        eprint!("{}", compiled.report());
    }
    output::write(compiled.grammar().text().as_bytes())?;
    Ok(Answer::Yes)
}

pub(crate) fn run_typescript(args: &FromTypescript) -> Result<Answer> {
    let text = input::text(&args.file)?;
    let schema = typescript::schema(&text, args.root.as_deref());
    let schema = schema.map_err(|error| input::in_file(error, &args.file))?;
    if args.schema {
        output::line(&format!("{schema:#}"))?;
    } else {
        // What TypeScript calls a `Date` is one in either mode.
        let options = options(args.mode).formats(Formats::Assert);
        output::write(options.compile(&schema)?.grammar().text().as_bytes())?;
    }
    Ok(Answer::Yes)
}

/// The text of the grammar of the schema that a JSON text holds.
pub(crate) fn grammar(text: &str, mode: Mode) -> Result<String> {
    options(mode).text(&read(text)?)
}

/// The options of a mode.
pub(crate) fn options(mode: Mode) -> Options {
    match mode {
        Mode::Typed => Options::typed(),
        Mode::Spec => Options::spec(),
    }
}

fn read(text: &str) -> Result<Value> {
    let schema = serde_json::from_str(text).map_err(|cause| {
        let at = offset(text, cause.line(), cause.column());
        // serde_json ends its messages with the place, which the span tells already.
        let whole = cause.to_string();
        let said = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(said, _)| said);
        Error::new(ErrorKind::Parse, format!("the schema is not JSON that can be read: {said}"))
            .with_span(Span::new(text, at..at + 1))
    })?;
    numbers::check(text)?;
    Ok(schema)
}

/// The byte at a line, from 1, and a column in bytes, from 1; 0 is before the line.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}
