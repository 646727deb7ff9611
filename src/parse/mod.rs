//! Parsers: from the text that a model wrote to a value.
//!
//! A parser is a step from text, so it stands behind a model: `prompt | llm | JsonParser::<Recipe>::new()`. Each is an
//! [`OutputParser`]: it reads a whole text strictly, tells in words what form it wants, and may hand out what is known
//! while the text is still being written, as a [`Delta`](crate::Delta).
//!
//! | parser | gives | on the way |
//! |:--|:--|:--|
//! | [`TextParser`] | the text | the text |
//! | [`JsonParser`] | a Rust type, or any JSON | [`JsonPatch`]es |
//! | [`CommaListParser`], [`NumberedListParser`], [`MarkdownListParser`] | a list of texts | each item as it is complete |
//! | [`EnumParser`] | one of a few values | |
//! | [`DateTimeParser`] | a [`DateTime`] | |
//! | [`FromStrParser`] | what the standard library's `parse` gives | |
//! | [`CodeBlockParser`] | the code between fences | the code, line by line |
//! | `RegexParser` (feature `regex`) | the groups of a match | |
//! | `XmlParser` (feature `xml`) | a tree of elements | |
//!
//! [`RetryParser`] asks the model again, with the error, when its answer cannot be read.
mod choice;
mod code;
mod datetime;
mod fault;
mod fence;
mod follow;
mod from_str;
mod json;
mod list;
mod parser;
#[cfg(feature = "regex")]
mod regex;
mod retry;
mod text;
#[cfg(feature = "xml")]
mod xml;

#[cfg(feature = "regex")]
pub use self::regex::RegexParser;
pub use choice::EnumParser;
pub use code::{CodeBlock, CodeBlockParser, CodeBlocksParser};
pub use datetime::{DateTime, DateTimeParser};
pub use follow::follow;
pub use from_str::FromStrParser;
pub use json::{JsonParser, JsonPatch, JsonPath, Partial, Segment};
pub use list::{CommaListParser, MarkdownListParser, NumberedListParser};
pub use parser::{OutputParser, Progress, graph};
pub use retry::RetryParser;
pub use text::TextParser;
#[cfg(feature = "xml")]
pub use xml::{Element, Node, XmlParser};
