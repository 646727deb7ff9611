//! Where a grammar is slow in llama.cpp, whose time goes with the number of its stacks.
//!
//! [`expand`] makes the rules that llama.cpp's loader makes, [`engine`] follows texts through them as it does, [`walk`]
//! writes the texts, and [`observe`] counts which rules the stacks are in.
mod engine;
mod expand;
mod observe;
mod report;
mod walk;

pub use report::{Hazard, HazardKind, Hazards, Stacks};

#[cfg(test)]
mod tests;
