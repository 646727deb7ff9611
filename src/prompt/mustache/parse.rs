//! Reads a Mustache template.
use super::{Name, Node};
use crate::{Error, ErrorKind, Result, Span};
use std::ops::Range;

/// How deeply sections nest at most.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Vec<Node>> {
    let mut parser = Parser {
        text,
        at: 0,
        open: "{{".to_owned(),
        close: "}}".to_owned(),
        literal: String::new(),
        nodes: Vec::new(),
        sections: Vec::new(),
    };
    while parser.tag()? {}
    parser.finish()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    open: String,
    close: String,
    literal: String,
    nodes: Vec<Node>,
    /// The sections that are open, each with what stands before it.
    sections: Vec<Open>,
}

struct Open {
    before: Vec<Node>,
    name: Name,
    inverted: bool,
    place: Range<usize>,
}

impl Parser<'_> {
    /// Reads up to the end of the next tag; false at the end of the text.
    fn tag(&mut self) -> Result<bool> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(before) = rest.find(self.open.as_str()) else {
            self.literal.push_str(rest);
            self.at = self.text.len();
            return Ok(false);
        };
        self.literal.push_str(rest.get(..before).unwrap_or_default());
        let (previous, start) = (self.at, self.at + before);
        let inside = start + self.open.len();
        let kind = self.text.get(inside..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        let (close, skip) = match kind {
            '{' => (format!("}}{}", self.close), 1),
            '=' => (format!("={}", self.close), 1),
            '#' | '^' | '/' | '!' | '&' | '>' | '<' | '$' => (self.close.clone(), 1),
            _ => (self.close.clone(), 0),
        };
        let content = inside + skip;
        let length = self.text.get(content..).and_then(|rest| rest.find(close.as_str()));
        let Some(end) = length.map(|length| content + length) else {
            return Err(self.refused(
                start..inside,
                "this tag is never closed; for braces in the text change the tags, as in `{{=<% %>=}}`",
            ));
        };
        self.at = end + close.len();
        if matches!(kind, '#' | '^' | '/' | '!' | '=') {
            self.take_line(previous, start);
        }
        let (inner, place) = (self.text.get(content..end).unwrap_or_default().trim(), start..end + close.len());
        match kind {
            '!' => {}
            '=' => self.delimiters(inner, place)?,
            '#' | '^' => self.begin(inner, kind == '^', place)?,
            '/' => self.end(inner, place)?,
            '>' | '<' | '$' => {
                let what = match kind {
                    '>' => "a partial",
                    '<' => "a parent template",
                    _ => "a block of a parent template",
                };
                let message = format!(
                    "`{inner}` is {what}: a template stands alone, and partials and inheritance are not supported"
                );
                return Err(self.refused(place, &message));
            }
            _ => self.variable(inner, !matches!(kind, '{' | '&'), place)?,
        }
        Ok(true)
    }

    /// A tag that stands alone on its line takes the line with it. Looks no further than to the tag before and over what
    /// is blank behind, so that many tags on a long line cost no more than their text.
    fn take_line(&mut self, previous: usize, start: usize) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let before = self.text.as_bytes().get(previous..start).unwrap_or_default();
        let indent = before.iter().rev().take_while(|byte| blank(byte)).count();
        let starts_line = match start.checked_sub(indent + 1) {
            None => true,
            Some(at) => self.text.as_bytes().get(at) == Some(&b'\n'),
        };
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| blank(byte)).count();
        let ended = match rest.get(skipped..) {
            Some([]) => 0,
            Some([b'\n', ..]) => 1,
            Some([b'\r', b'\n', ..]) => 2,
            _ => return,
        };
        if starts_line {
            self.literal.truncate(self.literal.len() - indent);
            self.at += skipped + ended;
        }
    }

    fn variable(&mut self, inner: &str, escaped: bool, place: Range<usize>) -> Result<()> {
        let name = self.found_name(inner, &place)?;
        self.flush();
        self.nodes.push(Node::Variable { name, escaped, place });
        Ok(())
    }

    fn begin(&mut self, inner: &str, inverted: bool, place: Range<usize>) -> Result<()> {
        let name = self.found_name(inner, &place)?;
        if self.sections.len() == MAX_DEPTH {
            return Err(self.refused(place, &format!("sections nest more than {MAX_DEPTH} deep")));
        }
        self.flush();
        let before = std::mem::take(&mut self.nodes);
        self.sections.push(Open { before, name, inverted, place });
        Ok(())
    }

    fn end(&mut self, inner: &str, place: Range<usize>) -> Result<()> {
        let name = self.name(inner, &place)?;
        self.flush();
        match self.sections.pop() {
            Some(Open { before, name: begun, inverted, .. }) if begun == name => {
                let nodes = std::mem::replace(&mut self.nodes, before);
                self.nodes.push(Node::Section { name, inverted, nodes });
                Ok(())
            }
            Some(open) => {
                let message = format!("`{inner}` is closed where `{}` is open", open.name.join("."));
                Err(self.refused(place, &message))
            }
            None => Err(self.refused(place, &format!("`{inner}` is closed and was never opened"))),
        }
    }

    fn delimiters(&mut self, inner: &str, place: Range<usize>) -> Result<()> {
        let mut parts = inner.split_whitespace();
        match (parts.next(), parts.next(), parts.next()) {
            (Some(open), Some(close), None) if !open.contains('=') && !close.contains('=') => {
                (self.open, self.close) = (open.to_owned(), close.to_owned());
                Ok(())
            }
            _ => Err(self.refused(place, "new tags are two texts with a space between them, as in `{{=<% %>=}}`")),
        }
    }

    /// A name whose value is to be looked for here.
    fn found_name(&self, inner: &str, place: &Range<usize>) -> Result<Name> {
        let name = self.name(inner, place)?;
        if name.is_empty() && self.sections.is_empty() {
            return Err(self.refused(place.clone(), "`.` is the item of a section, and here is none"));
        }
        Ok(name)
    }

    fn name(&self, inner: &str, place: &Range<usize>) -> Result<Name> {
        if inner == "." {
            return Ok(Vec::new());
        }
        let parts: Vec<String> = inner.split('.').map(str::to_owned).collect();
        let wrong = |part: &String| part.is_empty() || part.contains(|c: char| c.is_whitespace() || "{}".contains(c));
        if parts.iter().any(wrong) {
            let message = format!("`{inner}` is not a variable's name, nor names with points between them");
            return Err(self.refused(place.clone(), &message));
        }
        Ok(parts)
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.nodes.push(Node::Text(std::mem::take(&mut self.literal)));
        }
    }

    fn finish(mut self) -> Result<Vec<Node>> {
        if let Some(open) = self.sections.pop() {
            let message = format!("the section `{}` is never closed", open.name.join("."));
            return Err(self.refused(open.place, &message));
        }
        self.flush();
        Ok(self.nodes)
    }

    fn refused(&self, place: Range<usize>, message: &str) -> Error {
        Error::new(ErrorKind::Template, message).with_span(Span::new(self.text, place))
    }
}
