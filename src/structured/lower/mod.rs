//! From the intermediate form to the rules of a grammar.
mod array;
mod digits;
mod expr;
mod factor;
mod format;
mod key;
mod lowering;
mod name;
mod number;
mod object;
mod repeat;
mod rules;
mod string;

use lowering::Lowering;
pub(crate) use lowering::lower;
