//! The llama.cpp provider on a real model file.
#![cfg(feature = "llama-cpp")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod batching;
mod cancel;
mod chat;
mod classify;
mod closing;
mod concurrent;
mod distribution;
mod draft;
mod embeddings;
mod events;
mod faults;
mod forward;
mod generate;
mod gguf;
mod grammar;
mod identity;
mod lookup;
mod lora;
mod pits;
mod prefix;
mod recurrent;
mod rerank;
mod scoring;
mod shift;
mod state;
mod steady;
mod thinking;
mod typed;
mod window;

use catena::{LlamaCpp, LlamaCppBuilder, Model};
use std::path::{Path, PathBuf};

/// The bundled model with random weights: its words are noise, and everything around them is real.
fn tiny_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny-random.gguf")
}

/// One thread: two models that decode at once on the same cores would wait for each other.
fn tiny() -> LlamaCppBuilder {
    LlamaCpp::builder(tiny_path()).n_ctx(512).n_threads(1)
}

fn load(builder: LlamaCppBuilder) -> Model<LlamaCpp> {
    builder.load().unwrap()
}

/// A copy of the model file, changed.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> tempfile::NamedTempFile {
    let mut bytes = std::fs::read(tiny_path()).unwrap();
    change(&mut bytes);
    let file = tempfile::Builder::new().suffix(".gguf").tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

/// A model whose file has no chat template: the key is there under another name of the same length.
fn without_template() -> tempfile::NamedTempFile {
    changed(|bytes| {
        let key = b"tokenizer.chat_template";
        let at = bytes.windows(key.len()).position(|window| window == key).unwrap();
        bytes[at..at + key.len()].copy_from_slice(b"tokenizer.chat_templatX");
    })
}
