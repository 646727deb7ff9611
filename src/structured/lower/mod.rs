//! From the intermediate form to the rules of a grammar.
mod array;
mod digits;
mod expr;
mod factor;
mod key;
mod lowering;
mod machine;
mod multiple;
mod name;
mod number;
mod object;
mod repeat;
mod rules;
mod shared;
mod string;
mod style;
mod written;

use lowering::Lowering;
pub(crate) use lowering::lower;
pub(crate) use multiple::numerals;
pub(crate) use rules::MAX_EDGES;
pub(crate) use written::Written;
