//! Alternatives, terms and quantifiers.
use super::{
    PatternError,
    class::{class, dot, literal},
    escape::{Escape, escape},
    group::group,
    reader::{Reader, fail},
};
use crate::regular::node::Node;

/// How deep groups may be nested.
const MAX_DEPTH: usize = 100;

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Result<Node, PatternError> {
    let mut parser = Parser { reader: Reader::new(pattern), depth: 0, look: None };
    super::group::leading_flags(&mut parser.reader)?;
    let node = parser.alternatives()?;
    if parser.reader.peek().is_some() {
        return fail(parser.reader.offset(), "this `)` closes no group: write `\\)` for the character");
    }
    Ok(node)
}

/// What a look is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Ahead,
    Behind,
}

pub(super) struct Parser<'a> {
    pub(super) reader: Reader<'a>,
    depth: usize,
    /// The outermost look around that is being read.
    pub(super) look: Option<Look>,
}

impl Parser<'_> {
    /// Reads up to the end of the pattern or of the group.
    pub(super) fn alternatives(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(self.reader.offset(), format!("groups are nested deeper than {MAX_DEPTH}: take some away"));
        }
        let mut all = vec![self.sequence()?];
        while self.reader.eat("|") {
            all.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Node::Alt(all) })
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut terms = Vec::new();
        while self.reader.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
            terms.push(self.term()?);
        }
        Ok(if terms.len() == 1 { terms.swap_remove(0) } else { Node::Seq(terms) })
    }

    fn term(&mut self) -> Result<Node, PatternError> {
        let begin = self.reader.offset();
        let behind = ["(?<=", "(?<!"].iter().any(|sign| self.reader.rest().starts_with(sign));
        let in_group = self.reader.rest().starts_with('(') && !behind;
        let node = self.atom()?;
        let place = self.reader.offset();
        let Some((min, max)) = self.quantifier()? else {
            return Ok(node);
        };
        let is_place = matches!(node, Node::Start | Node::End | Node::Word { .. } | Node::Look { behind: true, .. });
        if is_place && !in_group {
            return fail(begin, "a place in the text cannot be repeated: take the quantifier away");
        }
        // Lazy quantifiers differ in what they find first, not in what they find.
        self.reader.eat("?");
        let again = self.reader.offset();
        match self.reader.peek() {
            Some('+') => return fail(again, "there are no possessive quantifiers here: take the second sign away"),
            Some('*' | '?') => return fail(again, "nothing is there to repeat: put what is before it in a group"),
            _ => {}
        }
        if self.quantifier()?.is_some() {
            return fail(again, "nothing is there to repeat: put what is before it in a group");
        }
        if max.is_some_and(|max| max < min) {
            return fail(place, format!("{{{min},{}}} is the wrong way round: the smaller is first", max.unwrap_or(0)));
        }
        Ok(Node::Repeat { node: Box::new(node), min, max })
    }

    /// How often the term before may come.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        let reader = &mut self.reader;
        let (min, max) = match reader.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                if reader.rest().get(1..).is_some_and(|rest| {
                    rest.strip_prefix(',')
                        .is_some_and(|rest| rest.split_once('}').is_some_and(|(most, _)| most.parse::<u64>().is_ok()))
                }) {
                    return fail(reader.offset(), "in ECMA-262 `{,n}` is no quantifier: write `{0,n}`");
                }
                return Ok(reader.attempt(braces));
            }
            _ => return Ok(None),
        };
        reader.next();
        Ok(Some((min, max)))
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        let begin = self.reader.offset();
        let Some(c) = self.reader.next() else {
            return Ok(Node::empty());
        };
        match c {
            '^' => Ok(Node::Start),
            '$' if self.look == Some(Look::Behind) => {
                fail(begin, "the end of the text cannot be looked for behind: put `$` outside of the look-behind")
            }
            '$' => Ok(Node::End),
            '.' => Ok(dot(self.reader.flags)),
            '(' => group(self, begin),
            '[' => class(&mut self.reader, begin),
            '*' | '+' | '?' => {
                fail(begin, format!("nothing is before `{c}` to repeat: write `\\{c}` for the character"))
            }
            '\\' => match escape(&mut self.reader, begin)? {
                Escape::Char(code) => literal(code, self.reader.flags, begin),
                Escape::Set(set) => Ok(Node::Set(set)),
                Escape::Word { .. } if self.look == Some(Look::Behind) => {
                    fail(begin, "`\\b` and `\\B` cannot be looked for behind: put them outside of the look-behind")
                }
                Escape::Word { negated } => Ok(Node::Word { negated }),
            },
            '{' if braces_at(&self.reader) => {
                fail(begin, "nothing is before this quantifier to repeat: write `\\{` for the character")
            }
            c => literal(c.into(), self.reader.flags, begin),
        }
    }
}

/// Whether the rest goes on as a quantifier whose `{` has been read.
fn braces_at(reader: &Reader<'_>) -> bool {
    let rest = reader.rest();
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let (min, max) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !min.is_empty() && is_number(min) && is_number(max)
}

/// `{m}`, `{m,}` or `{m,n}`
fn braces(reader: &mut Reader<'_>) -> Option<(u32, Option<u32>)> {
    reader.eat("{").then_some(())?;
    let min = reader.number()?;
    let max = if reader.eat(",") { reader.number() } else { Some(min) };
    reader.eat("}").then_some((min, max))
}
