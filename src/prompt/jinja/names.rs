//! Which variables a Jinja template reads.
use super::{
    super::inputs::Names,
    scan::{Kind, Tag},
};
use std::collections::{BTreeSet, HashSet};

/// Sorts the names a template reads into those it needs and those it does without.
///
/// `undeclared` is what the engine found: every name that is read before the template assigns it. It misses a name that
/// is only assigned from itself (`set x = x or 1`), so such names are optional; whether one was needed after all shows when
/// it is read.
pub(super) fn names(text: &str, tags: &[Tag], undeclared: HashSet<String>, globals: &HashSet<String>) -> Names {
    let mut optional = BTreeSet::new();
    for tag in tags {
        for at in 0..tag.tokens.len() {
            let Some(name) = tag.word(text, at) else { continue };
            let attribute = at > 0 && (tag.is(at - 1, b'.') || tag.is(at - 1, b'|'));
            if !attribute && (asks_whether_defined(text, tag, at + 1) || is_set_from_itself(text, tag, at)) {
                optional.insert(name.to_owned());
            }
        }
    }
    // A name that is set and that the engine found as well is needed, unless the template asks for it.
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

/// `set x = … x …`, `set x, y = y, x`, `with x = … x …`: a target, when the name is read in the tag as well.
fn is_set_from_itself(text: &str, tag: &Tag, at: usize) -> bool {
    let is_target = match tag.keyword(text) {
        Some("set") => !tag.is(at + 1, b'.') && tag.assignment().is_some_and(|sign| (1..sign).contains(&at)),
        Some("with") => tag.is(at + 1, b'=') && !tag.is(at + 2, b'='),
        _ => false,
    };
    let is_read = |other: usize| other != at && tag.word(text, other) == tag.word(text, at) && !tag.is(other - 1, b'.');
    is_target && (1..tag.tokens.len()).any(is_read)
}

/// The same template, for its names alone, with `x[a:b]` as `x[a~b]`: the engine does not look for names in what is
/// sliced. Absent where nothing is.
pub(super) fn without_slices(text: &str, tags: &[Tag]) -> Option<String> {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for tag in tags {
        let mut open = Vec::new();
        for (at, token) in tag.tokens.iter().enumerate() {
            match token.kind {
                Kind::Sign(sign @ (b'(' | b'[' | b'{')) => open.push(sign),
                Kind::Sign(b')' | b']' | b'}') => drop(open.pop()),
                Kind::Sign(b':') if open.last() == Some(&b'[') && at > 0 => {
                    out.push_str(text.get(from..token.place.start).unwrap_or_default());
                    let begins = tag.is(at - 1, b'[') || tag.is(at - 1, b':');
                    out.push_str(if begins { "0~" } else { "~" });
                    out.push_str(if tag.is(at + 1, b']') { "0" } else { "" });
                    from = token.place.end;
                }
                _ => {}
            }
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    (from > 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{super::scan::tags, *};

    #[test]
    fn slices_become_subscripts() {
        for (text, plain) in [
            ("{{ x[1:] }}{{ x[:1] }}{{ x[:] }}", "{{ x[1~0] }}{{ x[0~1] }}{{ x[0~0] }}"),
            ("{{ x[::2] }}{{ x[1:2:3] }}{{ x[::] }}", "{{ x[0~0~2] }}{{ x[1~2~3] }}{{ x[0~0~0] }}"),
            ("[:] {{ [{'a': 1}] }}{{ {'a': x[y[1:]:]} }}", "[:] {{ [{'a': 1}] }}{{ {'a': x[y[1~0]~0]} }}"),
        ] {
            assert_eq!(without_slices(text, &tags(text)).unwrap(), plain);
        }
    }
}
