//! Jinja templates, made safe to fill when their text comes from strangers.
//!
//! The engine bounds the work of a template (fuel) but not how deeply expressions and values nest, and depth that is
//! not bounded ends the process. [`guard`] bounds it, before and while a template runs.
mod engine;
mod error;
mod guard;
mod json;
mod methods;
mod names;
mod paid;
mod rewrite;
mod scan;

pub(super) use engine::{Compiled, Dialect};
