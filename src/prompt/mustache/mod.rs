//! Templates in the form of Mustache: `Hello {{name}}{{#again}}, again{{/again}}`.
mod parse;
mod render;
#[cfg(test)]
mod tests;

use super::{inputs::Names, vars::Vars};
use crate::Result;
use std::ops::Range;

/// A parsed Mustache template.
#[derive(Debug, Clone)]
pub(super) struct Mustache {
    text: String,
    nodes: Vec<Node>,
    names: Names,
}

#[derive(Debug, Clone)]
enum Node {
    Text(String),
    Variable { name: Name, escaped: bool, place: Range<usize> },
    Section { name: Name, inverted: bool, nodes: Vec<Node> },
}

/// A name with the parts between its points; without parts it is the item itself, `.`.
type Name = Vec<String>;

impl Mustache {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let nodes = parse::parse(text)?;
        let names = names(&nodes);
        Ok(Mustache { text: text.to_owned(), nodes, names })
    }

    pub(super) fn source(&self) -> &str {
        &self.text
    }

    pub(super) fn names(&self) -> Names {
        self.names.clone()
    }

    pub(super) fn render(&self, vars: &Vars) -> Result<String> {
        render::render(&self.text, &self.nodes, vars)
    }
}

/// What stands outside of sections is needed. A section asks whether its name has a value, and what is in it may be
/// found in that value.
fn names(nodes: &[Node]) -> Names {
    let mut names = Names::default();
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Variable { name, .. } => {
                if let Some(first) = name.first() {
                    names.required.insert(first.clone());
                    if name.len() == 1 {
                        names.printed.insert(first.clone());
                    }
                }
            }
            Node::Section { name, nodes, .. } => {
                names.optional.extend(name.first().cloned());
                let inside = self::names(nodes);
                names.optional.extend(inside.required.into_iter().chain(inside.optional));
            }
        }
    }
    let Names { required, optional, .. } = &mut names;
    optional.retain(|name| !required.contains(name));
    names
}
