//! Lists with numbers.
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

/// Reads `1. oak`, `2. ash`: an item a line, each behind its number.
///
/// An item goes on in lines that are set in behind it; empty lines mean nothing. Any other line is an error, unless
/// [`skipping_other_lines`](NumberedListParser::skipping_other_lines) is asked for. The numbers are not compared.
///
/// ```
/// use catena::{Model, parse::NumberedListParser, testing::FakeLlm};
///
/// let parser = NumberedListParser::new().skipping_other_lines();
/// let chain = Model::new(FakeLlm::always("Two trees:\n1. oak\n2. ash")) | parser;
/// assert_eq!(futures::executor::block_on(chain.invoke("Trees?"))?, ["oak", "ash"]);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "NumberedListOutputParser")]
pub struct NumberedListParser {
    skipping: bool,
}

impl NumberedListParser {
    /// A parser that takes nothing but the list.
    pub fn new() -> Self {
        NumberedListParser::default()
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
        render(items, |index| format!("{}. ", index + 1))
    }

    fn reader(self) -> MarkedReader {
        MarkedReader::new(Mark::Number, self.skipping)
    }
}

impl OutputParser for NumberedListParser {
    type Output = Vec<String>;

    fn parse(&self, text: &str) -> Result<Vec<String>> {
        all(self.reader(), text)
    }

    fn format_instructions(&self) -> String {
        "Answer with a numbered list and nothing else, an item a line, like this:\n1. first\n2. second".to_owned()
    }

    fn schema(&self) -> Option<Value> {
        Some(schema_for_type::<Vec<String>>())
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Reading::new(self.reader()))
    }
}

crate::parser_step!(NumberedListParser);
