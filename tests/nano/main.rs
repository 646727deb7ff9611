//! The bundled model reads texts: its answers are right or wrong, and not merely well formed, so they show where a prompt,
//! a batch, a prefix or a forced token went wrong.
//!
//! `items.jsonl` is `tools/nano/generate.py --held-out`: forms of sentences, schemas and names that the model never saw.
#![cfg(feature = "llama-cpp")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod file;
#[path = "../../examples/evaluate/items.rs"]
mod items;
mod modes;
#[path = "../../examples/evaluate/score.rs"]
mod score;
mod scores;
mod texts;

use catena::{LlamaCpp, LlamaCppBuilder};
use items::Item;
use std::{path::Path, sync::LazyLock};

/// One thread: two models that decode at once on the same cores would wait for each other.
fn nano() -> LlamaCppBuilder {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nano.gguf");
    LlamaCpp::builder(path).n_threads(1).temperature(0.0).max_tokens(400)
}

static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| items::read(include_str!("items.jsonl")).unwrap());
