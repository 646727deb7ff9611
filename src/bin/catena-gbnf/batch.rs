//! Many schemas, a line each.
use catena::{Error, ErrorKind, Result};
use std::{
    any::Any,
    io::{self, BufRead},
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    Answer,
    args::{Batch, Mode},
    clock::Clock,
    convert,
    line::Line,
    output,
};

pub(crate) fn run(args: &Batch) -> Result<Answer> {
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line).map_err(|cause| {
            Error::new(ErrorKind::Io, format!("standard input cannot be read: {cause}")).with_source(cause)
        })?;
        if read == 0 || !output::line(&answer(&line, args.mode))? {
            return Ok(Answer::Yes);
        }
    }
}

/// The line that answers a line.
fn answer(line: &[u8], mode: Mode) -> String {
    let parsed = Line::read(line);
    let clock = Clock::start();
    let (id, outcome) = match parsed {
        Ok(Line { id, schema: Some(schema) }) => (id, convert(schema, mode)),
        Ok(Line { id, schema: None }) => {
            (id, Err("the line has no schema: write {\"id\":..,\"schema\":..}".to_owned()))
        }
        Err(why) => (None, Err(format!("the line is not {{\"id\":..,\"schema\":..}} in JSON: {why}"))),
    };
    let micros = clock.micros();
    let id = id.unwrap_or("null");
    match outcome {
        Ok(grammar) => format!(r#"{{"id":{id},"grammar":{},"micros":{micros}}}"#, output::json(&grammar)),
        Err(error) => format!(r#"{{"id":{id},"error":{},"micros":{micros}}}"#, output::json(&error)),
    }
}

fn convert(schema: &str, mode: Mode) -> std::result::Result<String, String> {
    match catch_unwind(AssertUnwindSafe(|| convert::grammar(schema, mode))) {
        Ok(Ok(grammar)) => Ok(grammar),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(format!("the compiler failed, which is a defect of it: {}", said(panic.as_ref()))),
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
