//! The grammar of a type, or of a JSON schema in a file: `schema_to_gbnf [SCHEMA.json]`.
use catena::{Error, ErrorKind, Grammar, Result};
use schemars::JsonSchema;

/// A recipe, for when no schema is given.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Recipe {
    title: String,
    minutes: u16,
    vegetarian: bool,
    ingredients: Vec<String>,
    rating: Option<f32>,
}

fn main() {
    if let Err(error) = run() {
        eprintln!("error: {error:#}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let grammar = match std::env::args().nth(1) {
        None => Grammar::from_type::<Recipe>()?,
        Some(path) => {
            let unreadable = |error: std::io::Error| {
                Error::new(ErrorKind::Io, format!("the schema cannot be read: {error}")).with_path(&path)
            };
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            let broken = |error: serde_json::Error| {
                Error::new(ErrorKind::Parse, format!("the schema is not JSON: {error}")).with_path(&path)
            };
            Grammar::from_schema(&serde_json::from_str(&text).map_err(broken)?)?
        }
    };
    print!("{grammar}");
    Ok(())
}
