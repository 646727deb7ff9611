//! Lists with bullets.
use super::{
    items::{Reading, all},
    marked::{Mark, MarkedReader, render},
};
use crate::{
    Result,
    parse::{OutputParser, Progress},
    structured::schema_for_type,
};
use serde_json::Value;

/// Reads `- oak`, `- ash`: an item a line, each behind a dash, a star or a plus, as in Markdown.
///
/// An item goes on in lines that are set in behind it; empty lines mean nothing. Any other line is an error, unless
/// [`skipping_other_lines`](MarkdownListParser::skipping_other_lines) is asked for. Items within items are items.
///
/// ```
/// use catena::{Model, parse::MarkdownListParser, testing::FakeLlm};
///
/// let parser = MarkdownListParser::new().skipping_other_lines();
/// let chain = Model::new(FakeLlm::always("Two trees:\n- oak\n- ash")) | parser;
/// assert_eq!(futures::executor::block_on(chain.invoke("Trees?"))?, ["oak", "ash"]);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "MarkdownListOutputParser")]
pub struct MarkdownListParser {
    skipping: bool,
}

impl MarkdownListParser {
    /// A parser that takes nothing but the list.
    pub fn new() -> Self {
        MarkdownListParser::default()
    }

    /// The same parser, passing over what stands before, between and behind the items.
    #[must_use]
    pub fn skipping_other_lines(mut self) -> Self {
        self.skipping = true;
        self
    }

    /// The items as a list, which is read back as the same items.
    ///
    /// # Errors
    /// [`InvalidOption`](crate::ErrorKind::InvalidOption) for an item with a line break, or with white space around it.
    pub fn render<S: AsRef<str>>(items: &[S]) -> Result<String> {
        render(items, |_| "- ".to_owned())
    }

    fn reader(self) -> MarkedReader {
        MarkedReader::new(Mark::Bullet, self.skipping)
    }
}

impl OutputParser for MarkdownListParser {
    type Output = Vec<String>;

    fn parse(&self, text: &str) -> Result<Vec<String>> {
        all(self.reader(), text)
    }

    fn format_instructions(&self) -> String {
        "Answer with a Markdown list and nothing else, an item a line, like this:\n- first\n- second".to_owned()
    }

    fn schema(&self) -> Option<Value> {
        Some(schema_for_type::<Vec<String>>())
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Reading::new(self.reader()))
    }
}

crate::parser_step!(MarkdownListParser);
