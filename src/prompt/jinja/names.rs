//! Which variables a Jinja template reads.
use super::{
    super::inputs::Names,
    scan::{Kind, Tag},
};
use std::collections::{BTreeSet, HashSet};

/// Sorts the names a template reads into those it needs and those it does without.
///
/// `undeclared` is what the engine found: every name that is read before the template assigns it. It misses a name that
/// is only sliced (`x[1:]`) or only assigned from itself (`set x = x or 1`), so such names are optional; whether one was
/// needed after all shows when it is read.
pub(super) fn names(text: &str, tags: &[Tag], undeclared: HashSet<String>, globals: &HashSet<String>) -> Names {
    let mut optional = BTreeSet::new();
    for tag in tags {
        for at in 0..tag.tokens.len() {
            let Some(name) = tag.word(text, at) else { continue };
            let attribute = at > 0 && (tag.is(at - 1, b'.') || tag.is(at - 1, b'|'));
            if !attribute && (asks_whether_defined(text, tag, at + 1) || tag.is(at + 1, b'[') || is_set(text, tag, at))
            {
                optional.insert(name.to_owned());
            }
        }
    }
    // A name that is sliced or set and that the engine found as well is needed, unless the template asks for it.
    let asked: HashSet<&str> = tags
        .iter()
        .flat_map(|tag| (0..tag.tokens.len()).map(move |at| (tag, at)))
        .filter(|(tag, at)| asks_whether_defined(text, tag, at + 1))
        .filter_map(|(tag, at)| tag.word(text, at))
        .collect();
    let (mut required, mut known) = (BTreeSet::new(), optional);
    for name in undeclared {
        if !asked.contains(name.as_str()) && !globals.contains(&name) {
            known.remove(&name);
            required.insert(name);
        } else {
            known.insert(name);
        }
    }
    Names { required, optional: known, printed: BTreeSet::new() }
}

/// `x is defined`, `x is not undefined`, `x | default(…)`, from behind the `x`.
fn asks_whether_defined(text: &str, tag: &Tag, at: usize) -> bool {
    match tag.word(text, at) {
        Some("is") => {
            let asked = if tag.word(text, at + 1) == Some("not") { at + 2 } else { at + 1 };
            matches!(tag.word(text, asked), Some("defined" | "undefined"))
        }
        _ => tag.is(at, b'|') && matches!(tag.word(text, at + 1), Some("default" | "d")),
    }
}

/// `set x = … x …`: the target, when the name is read on the right.
fn is_set(text: &str, tag: &Tag, at: usize) -> bool {
    at == 1
        && tag.keyword(text) == Some("set")
        && (2..tag.tokens.len()).any(|other| {
            tag.word(text, other) == tag.word(text, at)
                && tag.tokens.get(other).is_some_and(|token| token.kind == Kind::Word)
                && !tag.is(other - 1, b'.')
        })
}
