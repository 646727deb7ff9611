//! Fills a Mustache template.
use super::{super::spec::plain, Node};
use crate::{Error, ErrorKind, Result, Span, prompt::vars::Vars};
use serde_json::Value;
use std::ops::Range;

/// How many parts and turns of sections are written at most: sections within sections multiply them.
const FUEL: usize = 1_000_000;
/// How many bytes are written at most.
const MAX_OUTPUT: usize = 64 << 20;

pub(super) fn render(text: &str, nodes: &[Node], vars: &Vars) -> Result<String> {
    let mut rendering = Rendering { text, vars, items: Vec::new(), out: String::new(), fuel: FUEL };
    rendering.nodes(nodes)?;
    Ok(rendering.out)
}

struct Rendering<'a> {
    text: &'a str,
    vars: &'a Vars,
    /// The values of the sections around the place, the innermost last.
    items: Vec<&'a Value>,
    out: String,
    fuel: usize,
}

impl<'a> Rendering<'a> {
    // As deep as the template nests, which is bounded.
    fn nodes(&mut self, nodes: &'a [Node]) -> Result<()> {
        for node in nodes {
            self.spend()?;
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Variable { name, escaped, place } => self.variable(name, *escaped, place)?,
                Node::Section { name, inverted, nodes } => {
                    let value = self.find(name).filter(|value| holds(value));
                    match (value, inverted) {
                        (None, true) => self.nodes(nodes)?,
                        (None, false) | (Some(_), true) => {}
                        (Some(Value::Array(items)), false) => {
                            for item in items {
                                self.within(item, nodes)?;
                            }
                        }
                        (Some(value), false) => self.within(value, nodes)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn spend(&mut self) -> Result<()> {
        self.fuel = self.fuel.checked_sub(1).filter(|_| self.out.len() <= MAX_OUTPUT).ok_or_else(|| {
            Error::new(ErrorKind::Template, "the template writes too much: sections over long lists multiply")
        })?;
        Ok(())
    }

    fn within(&mut self, item: &'a Value, nodes: &'a [Node]) -> Result<()> {
        self.spend()?;
        self.items.push(item);
        let written = self.nodes(nodes);
        self.items.pop();
        written
    }

    fn variable(&mut self, name: &[String], escaped: bool, place: &Range<usize>) -> Result<()> {
        let Some(value) = self.find(name).filter(|value| !value.is_null()) else {
            let message = format!(
                "variable `{}` is missing; ask for it in a section of its name if it may be",
                if name.is_empty() { ".".to_owned() } else { name.join(".") }
            );
            return Err(Error::new(ErrorKind::Variables, message).with_span(Span::new(self.text, place.clone())));
        };
        let start = self.out.len();
        plain(value, &mut self.out);
        if escaped && self.out.get(start..).is_some_and(|written| written.contains(['&', '<', '>', '"'])) {
            let written = self.out.split_off(start);
            for c in written.chars() {
                match c {
                    '&' => self.out.push_str("&amp;"),
                    '<' => self.out.push_str("&lt;"),
                    '>' => self.out.push_str("&gt;"),
                    '"' => self.out.push_str("&quot;"),
                    c => self.out.push(c),
                }
            }
        }
        Ok(())
    }

    /// The first part of a name is looked for from the innermost item outwards, the others within what was found.
    fn find(&self, name: &[String]) -> Option<&'a Value> {
        let Some((first, rest)) = name.split_first() else { return self.items.last().copied() };
        let found = self.items.iter().rev().find_map(|item| item.get(first)).or_else(|| self.vars.get(first))?;
        rest.iter().try_fold(found, |value, part| value.get(part))
    }
}

/// Whether a section of this value is written.
fn holds(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}
