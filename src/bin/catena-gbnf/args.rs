//! What the command line may say.
use catena::structured::{Formats, Options, Whitespace};
use catena::{Grammar, Result};
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

use crate::input;

/// Make, check and try grammars in GBNF, the notation of llama.cpp.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 success or yes, 1 no, 2 error. `-` stands for standard input.")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the grammar of a JSON Schema
    FromSchema(FromSchema),
    /// Print the grammar of a TypeScript type
    FromTypescript(FromTypescript),
    /// Check a grammar and say what it is
    Check(Check),
    /// Try a text: exit code 0 if the grammar accepts it, 1 if not
    Match(Match),
    /// Print random texts that the grammar accepts
    Generate(Generate),
    /// Print a shortest text that completes the one given
    Complete(Complete),
    /// Print a grammar in canonical form, comments kept
    Format(Format),
    /// Convert JSON Schemas, one JSON line {"id":..,"schema":..} each, to JSON lines {"id":..,"grammar":..,"micros":..}
    Batch(Batch),
}

/// Which of a schema's values a grammar writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// As for Rust types: objects hold what is declared and nothing else
    Typed,
    /// As the standard says: objects are open unless the schema closes them
    Spec,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FromSchema {
    /// The file with the schema
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// Which values the grammar writes
    #[arg(long, value_enum, default_value_t = Mode::Typed)]
    pub(crate) mode: Mode,
    /// The white space between the parts of a text
    #[arg(long, value_enum, default_value_t = Space::Compact)]
    pub(crate) whitespace: Space,
    /// Whether `format` binds strings
    #[arg(long, value_enum, default_value_t = Binding::Standard)]
    pub(crate) formats: Binding,
    /// The most characters of strings for which the schema sets no end
    #[arg(long, value_name = "N")]
    pub(crate) max_length: Option<u64>,
    /// The most items of arrays, and undeclared properties of objects, for which the schema sets no end
    #[arg(long, value_name = "N")]
    pub(crate) max_items: Option<u64>,
    /// How deep arrays and objects may be nested, the outermost counting as 1
    #[arg(long, value_name = "N")]
    pub(crate) max_depth: Option<u32>,
    /// Objects of up to four declared properties in any order
    #[arg(long)]
    pub(crate) any_order: bool,
    /// Leave `uniqueItems` to a check of the finished value where the grammar cannot keep it
    #[arg(long)]
    pub(crate) check_unique: bool,
    /// Print on standard error what became of each keyword that is not simply kept
    #[arg(long)]
    pub(crate) report: bool,
}

impl FromSchema {
    /// The options of the compiler.
    pub(crate) fn options(&self) -> Options {
        let mut options = crate::convert::options(self.mode).any_order(self.any_order).check_unique(self.check_unique);
        options = options.whitespace(match self.whitespace {
            Space::Compact => Whitespace::Compact,
            Space::Spaced => Whitespace::Spaced,
            Space::Pretty => Whitespace::Pretty(20),
        });
        options = options.formats(match self.formats {
            Binding::Standard => Formats::Standard,
            Binding::Assert => Formats::Assert,
            Binding::Annotate => Formats::Annotate,
        });
        if let Some(characters) = self.max_length {
            options = options.max_length(characters);
        }
        if let Some(items) = self.max_items {
            options = options.max_items(items);
        }
        match self.max_depth {
            Some(depth) => options.max_depth(depth),
            None => options,
        }
    }
}

/// The white space between the parts of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Space {
    /// None
    Compact,
    /// One space behind each comma and colon
    Spaced,
    /// Nothing, one space, or a line break and up to 20 spaces
    Pretty,
}

/// Whether `format` binds strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Binding {
    /// As the version of the standard has it
    Standard,
    /// It does
    Assert,
    /// It does not
    Annotate,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FromTypescript {
    /// The file with the declarations
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// The type, or one written with those declared, as `User[]`; else the one that no other refers to
    #[arg(long, value_name = "TYPE")]
    pub(crate) root: Option<String>,
    /// Print the type's JSON Schema
    #[arg(long)]
    pub(crate) schema: bool,
    /// Which values the grammar writes
    #[arg(long, value_enum, default_value_t = Mode::Typed)]
    pub(crate) mode: Mode,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The file with the grammar
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// The rule that all of a text matches
    #[arg(long, value_name = "NAME", default_value = "root")]
    pub(crate) root: String,
}

/// A grammar that a command works with.
#[derive(Debug, clap::Args)]
pub(crate) struct Given {
    /// The file with the grammar
    grammar: PathBuf,
    /// The rule that all of a text matches
    #[arg(long, value_name = "NAME", default_value = "root")]
    root: String,
}

impl Given {
    pub(crate) fn read(&self) -> Result<Grammar> {
        input::grammar(&self.grammar, &self.root)
    }

    pub(crate) fn is_stdin(&self) -> bool {
        input::is_stdin(&self.grammar)
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Match {
    #[command(flatten)]
    pub(crate) grammar: Given,
    /// The text
    #[arg(required_unless_present = "file", conflicts_with = "file", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// Read the text from this file, every byte of it
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
    /// Leave out one line end at the end of the text
    #[arg(long)]
    pub(crate) chomp: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) grammar: Given,
    /// Where chance begins; the same seed gives the same texts
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many texts
    #[arg(long, default_value_t = 1)]
    pub(crate) count: u64,
    /// The bytes a text should stay below
    #[arg(long, default_value_t = 200)]
    pub(crate) budget: usize,
    /// Print one of the shortest texts
    #[arg(long, conflicts_with_all = ["seed", "count", "budget"])]
    pub(crate) shortest: bool,
    /// Print each text as a JSON string, so that line ends show
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Complete {
    #[command(flatten)]
    pub(crate) grammar: Given,
    /// How the text begins
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
    /// Print it as a JSON string, so that line ends show
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Format {
    /// The file with the grammar
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// Print nothing, and exit with 1 if the file is not in canonical form
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Batch {
    /// Which values the grammars write
    #[arg(long, value_enum, default_value_t = Mode::Spec)]
    pub(crate) mode: Mode,
}
