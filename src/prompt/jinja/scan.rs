//! The tags of a Jinja template, taken apart into words and signs.
//!
//! The engine keeps its syntax tree to itself. What has to be known about a template before it is handed over (which
//! names it reads, how deeply it nests) is read off its tokens.
use std::ops::Range;

/// `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) statement: bool,
    pub(super) tokens: Vec<Token>,
    /// Where the closing `%}`, `-%}` or `}}` begins.
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A string or number.
    Literal,
    /// One sign; `==` and its like are two.
    Sign(u8),
}

impl Tag {
    /// The word at `index`, if there is one.
    pub(super) fn word<'t>(&self, text: &'t str, index: usize) -> Option<&'t str> {
        let token = self.tokens.get(index)?;
        if token.kind == Kind::Word { text.get(token.place.clone()) } else { None }
    }

    /// Whether the token at `index` is this sign.
    pub(super) fn is(&self, index: usize, sign: u8) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    /// Where the `=` of `set target = value` is: the first outside of brackets.
    pub(super) fn assignment(&self) -> Option<usize> {
        let mut depth = 0_usize;
        self.tokens.iter().position(|token| {
            match token.kind {
                Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
                Kind::Sign(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.kind == Kind::Sign(b'=')
        })
    }

    /// What kind of statement it is.
    pub(super) fn keyword<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.statement { self.word(text, 0) } else { None }
    }
}

/// The tags of `text`, as the engine's lexer finds them. A tag that is not closed ends the list: the engine refuses it.
pub(super) fn tags(text: &str) -> Vec<Tag> {
    let (mut tags, mut at, mut balance) = (Vec::new(), 0, 0);
    while let Some((open, rest)) = find(text, at, "{") {
        at = open + 2;
        match rest.as_bytes().get(1) {
            Some(b'#') => match find(text, at, "#}") {
                Some((end, _)) => at = end + 2,
                None => break,
            },
            Some(sign @ (b'{' | b'%')) => {
                let statement = *sign == b'%';
                at += usize::from(matches!(rest.as_bytes().get(2), Some(b'-' | b'+')));
                if let Some(inside) = statement.then(|| bare_tag(text, at, "raw")).flatten() {
                    match end_of_raw(text, inside) {
                        Some(end) => at = end,
                        None => break,
                    }
                    continue;
                }
                let Some((tag, end)) = tag(text, at, statement, &mut balance) else { break };
                tags.push(tag);
                at = end;
            }
            _ => at = open + 1,
        }
    }
    tags
}

fn find<'t>(text: &'t str, from: usize, what: &str) -> Option<(usize, &'t str)> {
    let rest = text.get(from..)?;
    let at = rest.find(what)?;
    Some((from + at, rest.get(at..)?))
}

/// The end of the tag that says no more than `name`, if one begins at `at`.
fn bare_tag(text: &str, at: usize, name: &str) -> Option<usize> {
    let blank = |c: char| c.is_ascii_whitespace();
    let rest = text.get(at..)?.trim_start_matches(blank).strip_prefix(name)?.trim_start_matches(blank);
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

fn end_of_raw(text: &str, mut at: usize) -> Option<usize> {
    while let Some((open, rest)) = find(text, at, "{%") {
        at = open + 2;
        let sign = usize::from(matches!(rest.as_bytes().get(2), Some(b'-' | b'+')));
        if let Some(end) = bare_tag(text, at + sign, "endraw") {
            return Some(end);
        }
    }
    None
}

/// One tag and where the text goes on behind it. The engine's count of open brackets lives across tags, so here too.
fn tag(text: &str, mut at: usize, statement: bool, balance: &mut isize) -> Option<(Tag, usize)> {
    let closing = if statement { "%}" } else { "}}" };
    let mut tokens = Vec::new();
    loop {
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let trimmed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        for candidate in [trimmed, rest] {
            if *balance == 0 && candidate.starts_with(closing) {
                let behind = text.len() - candidate.len() + closing.len();
                return Some((Tag { statement, tokens, end: at }, behind));
            }
        }
        let (kind, length) = match first {
            '\'' | '"' => (Kind::Literal, string(rest, first)?),
            '_' | 'a'..='z' | 'A'..='Z' => (Kind::Word, run(rest)),
            '0'..='9' => (Kind::Literal, run(rest)),
            '(' | '[' | '{' => {
                *balance += 1;
                (Kind::Sign(first as u8), 1)
            }
            ')' | ']' | '}' => {
                *balance -= 1;
                (Kind::Sign(first as u8), 1)
            }
            // Outside of strings the engine refuses anything but ASCII; what it is here does not matter.
            _ => (Kind::Sign(u8::try_from(first).unwrap_or(b'?')), first.len_utf8()),
        };
        tokens.push(Token { kind, place: at..at + length });
        at += length;
    }
}

/// The length of the string that begins here, with its quotes.
fn string(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn run(rest: &str) -> usize {
    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<Vec<&str>> {
        let list = |tag: &Tag| tag.tokens.iter().map(|token| &text[token.place.clone()]).collect();
        tags(text).iter().map(list).collect()
    }

    #[test]
    fn tags_are_found_where_the_engine_finds_them() {
        for (text, expected) in [
            ("a {{ b.c }} {%- if x == 'y' -%}", vec![vec!["b", ".", "c"], vec!["if", "x", "=", "=", "'y'"]]),
            ("{# {{ no }} #}{{yes}}", vec![vec!["yes"]]),
            ("{% raw %}{{ no }}{%- endraw -%}{{yes}}", vec![vec!["yes"]]),
            ("{{ '}}' }}{{ {'a': {}} }}", vec![vec!["'}}'"], vec!["{", "'a'", ":", "{", "}", "}"]]),
            ("{{ \"a\\\"}}\" }}", vec![vec!["\"a\\\"}}\""]]),
            ("{ {{ a }", vec![]),
            ("{{{ a } }}", vec![vec!["{", "a", "}"]]),
            ("{{ a }} } }}{{ b) }}{{ no", vec![vec!["a"]]),
            ("{{- -1 -}}", vec![vec!["-", "1"]]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "(\\PC|[-{}%#'\" \n]|raw|endraw)*") {
            for tag in tags(&text) {
                prop_assert!(tag.tokens.iter().all(|token| text.get(token.place.clone()).is_some() && token.place.end <= tag.end));
            }
        }
    }
}
