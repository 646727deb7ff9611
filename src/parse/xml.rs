//! XML.
use super::{OutputParser, fault, fence};
use crate::{Error, Result};
use quick_xml::{
    Reader,
    errors::{IllFormedError, SyntaxError},
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};
use std::{collections::HashSet, fmt};

/// How deeply elements nest at most.
const MAX_DEPTH: usize = 127;
/// What `<!` may begin.
const MARKS: [&str; 2] = ["<!--", "<![CDATA["];

/// An element of XML.
///
/// It displays as XML that is read back as the same element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Element {
    /// The name, with the prefix as it is written.
    pub name: String,
    /// Attributes in their order, references resolved.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Node>,
}

/// What is in an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Another element.
    Element(Element),
    /// Text, references resolved. White space between elements is left out.
    Text(String),
}

impl Element {
    /// An element without anything in it.
    pub fn new(name: impl Into<String>) -> Self {
        Element { name: name.into(), ..Element::default() }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element in it of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// The text in it, that of elements in it left out.
    pub fn text(&self) -> String {
        let text = |node: &Node| match node {
            Node::Element(_) => None,
            Node::Text(text) => Some(text.clone()),
        };
        self.children.iter().filter_map(text).collect()
    }

    fn push_text(&mut self, text: &str) {
        // Nothing is written of it, so nothing of it would be read back.
        if text.is_empty() {
            return;
        }
        match self.children.last_mut() {
            Some(Node::Text(last)) => last.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}=\"{}\"", escaped(value))?;
        }
        if self.children.is_empty() {
            return f.write_str("/>");
        }
        f.write_str(">")?;
        for node in &self.children {
            match node {
                Node::Element(element) => element.fmt(f)?,
                Node::Text(text) => f.write_str(&escaped(text))?,
            }
        }
        write!(f, "</{}>", self.name)
    }
}

/// The text with references where a reader would take something else for it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            _ => out.push(c),
        }
    }
    out
}

/// Reads XML: one element and what is in it. A Markdown fence around it is passed over, as are comments, processing
/// instructions and the declaration.
///
/// Elements nest at most 127 deep. A document type is refused, and with it every entity but the five of XML.
///
/// ```
/// use catena::{Model, parse::XmlParser, testing::FakeLlm};
///
/// let llm = Model::new(FakeLlm::always("<film year=\"1979\"><title>Alien</title></film>"));
/// let film = futures::executor::block_on((llm | XmlParser::new()).invoke("A film?"))?;
/// assert_eq!((film.attribute("year"), film.child("title").unwrap().text().as_str()), (Some("1979"), "Alien"));
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[doc(alias = "XMLOutputParser")]
pub struct XmlParser {
    tags: Vec<String>,
}

impl XmlParser {
    /// A parser of any XML.
    pub fn new() -> Self {
        XmlParser::default()
    }

    /// The same parser, its format instructions naming these tags; what is read may have others.
    #[must_use]
    pub fn tags<S: Into<String>>(mut self, tags: impl IntoIterator<Item = S>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }
}

impl OutputParser for XmlParser {
    type Output = Element;

    fn parse(&self, text: &str) -> Result<Element> {
        let truncated = || fault::truncated(text, "the answer ends before the XML is complete");
        let (start, inner) = fence::inside(text).ok_or_else(truncated)?;
        // The reader counts from behind a byte order mark.
        let (start, inner) = inner.strip_prefix('\u{feff}').map_or((start, inner), |inner| (start + 3, inner));
        let mut reader = Reader::from_str(inner);
        let mut tree = Tree::default();
        loop {
            let event = reader.read_event();
            let at = start + usize::try_from(reader.error_position().max(reader.buffer_position())).unwrap_or_default();
            let taken = match event {
                Ok(Event::Eof) => return tree.root.ok_or_else(truncated),
                Ok(event) => tree.take(&event),
                Err(error) => {
                    let rest = usize::try_from(reader.error_position()).ok().and_then(|at| inner.get(at..));
                    if cut(&error, rest.unwrap_or_default()) {
                        return Err(truncated());
                    }
                    Err(match error {
                        quick_xml::Error::Syntax(_) => "`<!` begins neither a comment nor CDATA".to_owned(),
                        error => error.to_string(),
                    })
                }
            };
            taken.map_err(|why| wrong(text, at, &why))?;
        }
    }

    fn format_instructions(&self) -> String {
        let tags = match self.tags.as_slice() {
            [] => String::new(),
            tags => format!(" Use these tags: {}.", tags.join(", ")),
        };
        format!("Answer with one XML element and nothing else; every tag that is opened must be closed.{tags}")
    }
}

crate::parser_step!(XmlParser);

/// Whether an error says that the text ends too early; `rest` is the text from its place on.
fn cut(error: &quick_xml::Error, rest: &str) -> bool {
    match error {
        // Said of unknown marks in the middle of a text too.
        quick_xml::Error::Syntax(
            SyntaxError::InvalidBangMarkup
            | SyntaxError::UnclosedComment
            | SyntaxError::UnclosedCData
            | SyntaxError::UnclosedDoctype,
        ) => MARKS.iter().any(|mark| mark.starts_with(rest) || rest.starts_with(*mark)),
        quick_xml::Error::Syntax(_) | quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(_)) => true,
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
            rest.chars().skip(1).all(|c| c.is_alphanumeric() || c == '#')
        }
        _ => false,
    }
}

/// Whether this is what XML takes for white space; other spaces are text.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

fn wrong(text: &str, at: usize, why: &str) -> Error {
    fault::wrong(text, at..at + 1, format!("the answer is not XML that can be read: {why}"))
}

#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Tree {
    fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(start) => {
                if self.open.len() == MAX_DEPTH {
                    return Err(format!("elements nest more than {MAX_DEPTH} deep"));
                }
                let element = self.element(start)?;
                self.open.push(element);
            }
            Event::Empty(start) => {
                let element = self.element(start)?;
                self.close(element);
            }
            Event::End(_) => {
                if let Some(element) = self.open.pop() {
                    self.close(element);
                }
            }
            Event::Text(text) => self.text(&text.xml10_content().map_err(|error| error.to_string())?)?,
            Event::CData(text) => self.text(&text.xml10_content().map_err(|error| error.to_string())?)?,
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| error.to_string())?;
                match reference.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(c) => self.text(c.encode_utf8(&mut [0; 4]))?,
                    None => {
                        let text = resolve_predefined_entity(&name);
                        self.text(text.ok_or_else(|| format!("the entity `&{name};` is not known"))?)?;
                    }
                }
            }
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn element(&self, start: &BytesStart<'_>) -> Result<Element, String> {
        if self.open.is_empty() && self.root.is_some() {
            return Err("a second element follows the first".to_owned());
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut element = Element::new(text(start.name().as_ref()));
        if element.name.is_empty() {
            return Err("a tag has no name".to_owned());
        }
        // The reader looks for names that come twice by comparing each with each.
        let mut names = HashSet::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if !names.insert(attribute.key) {
                return Err(format!("duplicate attribute `{}`", text(attribute.key.as_ref())));
            }
            let value =
                attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            element.attributes.push((text(attribute.key.as_ref()), value.into_owned()));
        }
        Ok(element)
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(element) => {
                element.push_text(text);
                Ok(())
            }
            None if is_blank(text) => Ok(()),
            None => Err("text stands outside of the element".to_owned()),
        }
    }

    fn close(&mut self, mut element: Element) {
        let blank = |node: &Node| matches!(node, Node::Text(text) if is_blank(text));
        // White space is text where there is nothing else.
        if element.elements().next().is_some() {
            element.children.retain(|node| !blank(node));
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use proptest::prelude::*;

    fn elements() -> impl Strategy<Value = Element> {
        let text = "[a-c&<>\"'é\n\r\t ]{0,6}[x]";
        let leaf =
            ("[a-c]{1,3}", proptest::collection::btree_map("[a-z]{1,3}", text, 0..3), proptest::option::of(text))
                .prop_map(|(name, attributes, text)| Element {
                    name,
                    attributes: attributes.into_iter().collect(),
                    children: text.map(Node::Text).into_iter().collect(),
                });
        leaf.prop_recursive(4, 24, 4, |inner| {
            ("[a-c]{1,3}", proptest::collection::vec(inner, 1..4)).prop_map(|(name, children)| Element {
                children: children.into_iter().map(Node::Element).collect(),
                ..Element::new(name)
            })
        })
    }

    proptest! {
        #[test]
        fn what_is_rendered_is_read_back(element in elements()) {
            prop_assert_eq!(XmlParser::new().parse(&element.to_string()).unwrap(), element);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|<a>|</a>|<a b='c'/>|&lt;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE )*") {
            if let Err(error) = XmlParser::new().parse(&text) {
                prop_assert!(matches!(error.kind(), ErrorKind::Parse | ErrorKind::Truncated));
            }
        }

        #[test]
        fn every_beginning_is_truncated(element in elements(), at: usize) {
            let text = element.to_string();
            let at = (0..=at % text.len()).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            prop_assert_eq!(XmlParser::new().parse(&text[..at]).unwrap_err().kind(), ErrorKind::Truncated, "{}", &text[..at]);
        }
    }

    #[test]
    fn what_is_refused() {
        let parser = XmlParser::new();
        for (text, says) in [
            ("<a></b>", "expected `</a>`"),
            ("<a/><b/>", "a second element"),
            ("<a/>text", "outside"),
            ("text", "outside"),
            ("<a>&nbsp;</a>", "`&nbsp;` is not known"),
            ("<!DOCTYPE a><a/>", "document type"),
            ("<a b='1' b='2'/>", "duplicate"),
            ("<a><!x></a>", "neither a comment"),
            ("<a><!-x--></a>", "neither a comment"),
            ("<a><![foo]]></a>", "neither a comment"),
            ("<a><![foo", "neither a comment"),
            ("<!DOCTYPE a", "neither a comment"),
            ("<a>&b&c", "not closed"),
            ("<></>", "no name"),
            ("\u{a0}<a/>", "outside"),
        ] {
            let error = parser.parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Parse, "{text}");
            assert!(error.message().contains(says), "{text}: {error}");
        }
        for cut in ["<a><!", "<a><!-", "<a><!-- x", "<a><![CDA", "<a><![CDATA[x]]", "\u{feff}<a><!-- x", "<a>&#1"] {
            assert_eq!(parser.parse(cut).unwrap_err().kind(), ErrorKind::Truncated, "{cut}");
        }
        assert!(parser.parse(&("<a>".repeat(127) + &"</a>".repeat(127))).is_ok());
        assert!(parser.parse(&"<a>".repeat(1_000_000)).unwrap_err().message().contains("127 deep"));
        // Comparing each with each would take minutes.
        let many = (0..100_000).map(|number| format!(" a{number}=''")).collect::<Vec<_>>().concat();
        assert_eq!(parser.parse(&format!("<a{many}/>")).unwrap().attributes.len(), 100_000);
        let fenced = parser.parse("```xml\n<?xml version=\"1.0\"?>\n<a> <b>1</b>\n <!-- c --> </a>\n```").unwrap();
        assert_eq!(fenced.to_string(), "<a><b>1</b></a>");
    }

    #[test]
    fn what_was_read_is_read_back() {
        let parser = XmlParser::new();
        for text in ["<a><![CDATA[]]></a>", "<p> <b>5</b>&#160;<i>km</i>\n</p>", "<a>\u{2003}</a>"] {
            let element = parser.parse(text).unwrap();
            assert_eq!(parser.parse(&element.to_string()).unwrap(), element, "{text}");
        }
        let spaced = parser.parse("<p> <b>5</b>&#160;<i>km</i>\n</p>").unwrap();
        assert_eq!(spaced.to_string(), "<p><b>5</b>\u{a0}<i>km</i></p>");
    }
}
