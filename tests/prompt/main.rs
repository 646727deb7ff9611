//! Prompts: what fills them, what is refused, how they go together.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
mod composition;
mod few_shot;
mod mustache;
mod mustache_spec;
mod templates;
