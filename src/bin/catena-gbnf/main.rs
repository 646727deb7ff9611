//! `catena-gbnf`: makes, checks and tries grammars in GBNF from the shell.
//!
//! Exit codes: 0 for success and for "yes", 1 for "no" (the text does not match, the file is not in canonical form),
//! 2 for an error, which stands on stderr with the line it is about.
mod args;
mod batch;
mod check;
mod clock;
mod convert;
mod format;
mod input;
mod line;
mod matching;
mod numbers;
mod output;
mod write;

use args::{Args, Command};
use catena::{Error, ErrorKind, Result};
use clap::Parser;
use std::{
    io::{self, Write},
    process::ExitCode,
    thread,
};

/// Making a grammar is making many small things.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Room for deep schemas and grammars, in bytes; what is not used costs nothing.
const STACK: usize = 256 << 20;

/// The answer of a command that went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match thread::Builder::new().stack_size(STACK).spawn(move || run(args)) {
        Ok(thread) => match thread.join() {
            Ok(outcome) => outcome,
            // The panic's message has been printed.
            Err(_) => return ExitCode::from(2),
        },
        Err(cause) => Err(Error::new(ErrorKind::Io, format!("no thread can be started: {cause}"))),
    };
    match outcome {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => {
            // There is nowhere else to tell it.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(args: Args) -> Result<Answer> {
    match args.command {
        Command::FromSchema(args) => convert::run(&args),
        Command::FromTypescript(args) => convert::run_typescript(&args),
        Command::Check(args) => check::run(&args),
        Command::Match(args) => matching::run(&args),
        Command::Generate(args) => write::generate(&args),
        Command::Complete(args) => write::complete(&args),
        Command::Format(args) => format::run(&args),
        Command::Batch(args) => batch::run(&args),
    }
}
