//! Small changes to a template before the engine sees it.
use super::{
    guard::{FLAT, PART},
    scan::Tag,
};
use std::ops::Range;

/// The changed text, and the way back to places in the original.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub(super) text: String,
    /// Where in the changed text something was put in, and how many bytes.
    insertions: Vec<(usize, usize)>,
}

impl Rewritten {
    /// What is put around the value of each `set`, and the tags of other engines in words of this one:
    /// `{% generation %}` marks the model's own words for training and has no effect on text.
    pub(super) fn new(text: &str, tags: &[Tag]) -> Self {
        let mut out = Rewritten { text: String::with_capacity(text.len()), insertions: Vec::new() };
        let mut at = 0;
        for tag in tags {
            match (tag.keyword(text), tag.tokens.first(), tag.tokens.len()) {
                (Some("set"), ..) => {
                    let Some((part, value)) = value_of_set(tag) else { continue };
                    out.copy(text, at..value);
                    out.insert(if part { PART } else { FLAT });
                    out.insert("((");
                    out.copy(text, value..tag.end);
                    out.insert("))");
                    at = tag.end;
                }
                (Some(word @ ("generation" | "endgeneration")), Some(token), 1) => {
                    out.copy(text, at..token.place.start);
                    // As long as what it replaces, so that places stay where they are.
                    out.text.push_str(if word == "generation" { "if true   " } else { "endif        " });
                    at = token.place.end;
                }
                _ => {}
            }
        }
        out.copy(text, at..text.len());
        out
    }

    fn copy(&mut self, from: &str, place: Range<usize>) {
        self.text.push_str(from.get(place).unwrap_or_default());
    }

    fn insert(&mut self, text: &str) {
        self.insertions.push((self.text.len(), text.len()));
        self.text.push_str(text);
    }

    /// The place in the original that a place in the changed text stands for.
    pub(super) fn original(&self, at: usize) -> usize {
        self.insertions.iter().fold(at, |place, &(start, length)| place - at.saturating_sub(start).min(length))
    }
}

/// Whether the target of `set target = value` is part of a namespace, and where the value begins. A block, `set name` …
/// `endset`, is text and needs no look.
fn value_of_set(tag: &Tag) -> Option<(bool, usize)> {
    let sign = tag.assignment()?;
    let part = (0..sign).any(|at| tag.is(at, b'.'));
    tag.tokens.get(sign + 1).map(|value| (part, value.place.start))
}

#[cfg(test)]
mod tests {
    use super::{super::scan::tags, *};

    #[test]
    fn values_of_sets_are_wrapped_and_places_found_back() {
        let text = "a{%- set x = [1, '=)'] -%}{% set n.a=1%}{% set y | f(a=1) %}{% endset %}{% generation %}b{%-endgeneration%}";
        let out = Rewritten::new(text, &tags(text));
        assert_eq!(
            out.text,
            "a{%- set x = __catena_flat(([1, '=)'] ))-%}{% set n.a=__catena_part((1))%}{% set y | f(a=1) %}{% endset %}{% if true    %}b{%-endif        %}"
        );
        for word in ["set x", "[1,", "-%}{% set n", "{% set y", "b{"] {
            assert_eq!(out.original(out.text.find(word).unwrap()), text.find(word).unwrap(), "{word}");
        }
        assert_eq!(out.original(out.text.len()), text.len());
    }
}
