//! Lists with commas between the items.
use super::items::{Fault, Reader, Reading, all};
use crate::{
    Result,
    parse::{OutputParser, Progress},
    structured::schema_for_type,
};
use serde_json::Value;

/// Reads `oak, ash, "elm, or beech"`: items with commas between them, by the rules of CSV.
///
/// White space around an item is passed over. An item in double quotes may hold commas and line breaks, and quotes
/// written twice. A line break ends an item as a comma does. The empty text is the list without items.
///
/// ```
/// use catena::{Model, parse::CommaListParser, testing::FakeLlm};
///
/// let chain = Model::new(FakeLlm::always("oak, ash, \"elm, or beech\"\n")) | CommaListParser;
/// assert_eq!(futures::executor::block_on(chain.invoke("Trees?"))?, ["oak", "ash", "elm, or beech"]);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "CommaSeparatedListOutputParser")]
pub struct CommaListParser;

impl CommaListParser {
    /// The parser.
    #[must_use]
    pub fn new() -> Self {
        CommaListParser
    }

    /// The items as one text, which is read back as the same items.
    pub fn render<S: AsRef<str>>(items: &[S]) -> String {
        let quoted = |item: &str| {
            let plain =
                !item.is_empty() && item.trim() == item && !item.starts_with('"') && !item.contains([',', '\n']);
            if plain { item.to_owned() } else { format!("\"{}\"", item.replace('"', "\"\"")) }
        };
        items.iter().map(|item| quoted(item.as_ref())).collect::<Vec<_>>().join(", ")
    }
}

impl OutputParser for CommaListParser {
    type Output = Vec<String>;

    fn parse(&self, text: &str) -> Result<Vec<String>> {
        all(CommaReader::default(), text)
    }

    fn format_instructions(&self) -> String {
        "Answer with a list of items separated by commas and nothing else, like this: first, second, third".to_owned()
    }

    fn schema(&self) -> Option<Value> {
        Some(schema_for_type::<Vec<String>>())
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Reading::new(CommaReader::default()))
    }
}

crate::parser_step!(CommaListParser);

#[derive(Debug, Default)]
struct CommaReader {
    item: String,
    place: Place,
    after_comma: bool,
    at: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// Before an item.
    #[default]
    Before,
    /// In an item without quotes.
    Plain,
    /// In quotes.
    Quoted,
    /// Behind a quote in quotes: the end of them, or the first of two.
    Quote,
    /// Behind the quotes.
    Behind,
}

impl CommaReader {
    fn finish(&mut self, items: &mut Vec<String>) {
        let item = std::mem::take(&mut self.item);
        items.push(if self.place == Place::Plain { item.trim_end().to_owned() } else { item });
        self.place = Place::Before;
    }

    fn character(&mut self, c: char, items: &mut Vec<String>) -> Result<(), &'static str> {
        match (self.place, c) {
            (Place::Quoted, '"') => self.place = Place::Quote,
            (Place::Quoted, _) => self.item.push(c),
            (Place::Quote, '"') => {
                self.item.push('"');
                self.place = Place::Quoted;
            }
            (_, ',') => {
                self.finish(items);
                self.after_comma = true;
            }
            (Place::Before, _) if c.is_whitespace() => {}
            (_, '\n') => {
                self.finish(items);
                self.after_comma = false;
            }
            (Place::Before, '"') => self.place = Place::Quoted,
            (Place::Before | Place::Plain, _) => {
                self.item.push(c);
                self.place = Place::Plain;
            }
            (Place::Quote | Place::Behind, _) if c.is_whitespace() => self.place = Place::Behind,
            (Place::Quote | Place::Behind, _) => {
                return Err("text follows the quotes around an item: write quotes within quotes twice");
            }
        }
        Ok(())
    }
}

impl Reader for CommaReader {
    fn push(&mut self, text: &str, items: &mut Vec<String>) -> Result<(), Fault> {
        for c in text.chars() {
            self.character(c, items).map_err(|message| Fault { at: Some(self.at), message })?;
            self.at += c.len_utf8();
        }
        Ok(())
    }

    fn end(&mut self, items: &mut Vec<String>) -> Result<(), Fault> {
        match self.place {
            Place::Quoted => {
                return Err(Fault { at: None, message: "the answer ends within the quotes around an item" });
            }
            Place::Before if !self.after_comma => {}
            _ => self.finish(items),
        }
        Ok(())
    }
}
