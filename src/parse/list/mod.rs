//! Lists of texts.
mod comma;
mod items;
mod markdown;
mod marked;
mod numbered;
#[cfg(test)]
mod tests;

pub use comma::CommaListParser;
pub use markdown::MarkdownListParser;
pub use numbered::NumberedListParser;
