//! Cuts TypeScript into tokens.
use super::{
    ast::Place,
    fault::{Fault, Outcome},
};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A name or keyword.
    Name(&'a str),
    Text(String),
    Number(f64),
    /// A template up to its end, or up to `${` if more follows.
    Template {
        text: String,
        ends: bool,
    },
    /// Punctuation.
    Mark(&'static str),
    End,
}

impl Token<'_> {
    /// Whether it is the end of a template.
    pub(super) fn ends_template(&self) -> bool {
        matches!(self, Token::Template { ends: true, .. })
    }
}

/// A token and what stood before it.
#[derive(Debug, Clone)]
pub(super) struct Lexeme<'a> {
    pub(super) token: Token<'a>,
    pub(super) at: Place,
    /// Whether a line ended before it.
    pub(super) on_new_line: bool,
    /// The doc comment right before it.
    pub(super) doc: Option<Place>,
}

/// Longer marks stand before those that they begin with.
const MARKS: [&str; 29] = [
    "...", "=>", "{", "}", "[", "]", "(", ")", "<", ">", ";", ",", ":", "?", "|", "&", "=", ".", "-", "+", "*", "/",
    "@", "#", "!", "~", "%", "^", "\\",
];

/// The text and how far it has been read.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    pos: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, pos: if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 } }
    }

    /// The next token; at the end of the text, `End`, as often as asked.
    pub(super) fn next(&mut self) -> Outcome<Lexeme<'a>> {
        let (on_new_line, doc) = self.skip_blanks()?;
        let start = self.pos;
        let token = match self.rest().chars().next() {
            None => Token::End,
            Some(c) if is_name_start(c) => {
                let rest = self.rest();
                let length = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
                self.pos += length;
                Token::Name(rest.get(..length).unwrap_or_default())
            }
            Some(quote @ ('"' | '\'')) => self.string(quote)?,
            Some('`') => {
                self.pos += 1;
                self.template(start)?
            }
            Some(c) if c.is_ascii_digit() || self.is_fraction() => self.number()?,
            Some(c) => match MARKS.iter().find(|mark| self.rest().starts_with(**mark)) {
                Some(mark) => {
                    self.pos += mark.len();
                    Token::Mark(mark)
                }
                None => {
                    let at = start..start + c.len_utf8();
                    return Err(Fault::new(&at, format!("{c:?} means nothing in TypeScript: remove it")));
                }
            },
        };
        Ok(Lexeme { token, at: start..self.pos, on_new_line, doc })
    }

    /// What follows the type in a template, up to its end or the next type; the text stands behind the `}`.
    pub(super) fn template(&mut self, start: usize) -> Outcome<Token<'a>> {
        let mut text = String::new();
        loop {
            match self.bump() {
                Some('`') => return Ok(Token::Template { text, ends: true }),
                Some('$') if self.rest().starts_with('{') => {
                    self.pos += 1;
                    return Ok(Token::Template { text, ends: false });
                }
                Some('\\') => self.escape(&mut text)?,
                Some(c) => text.push(c),
                None => return Err(self.unclosed(start, "the template is not closed: end it with a backtick")),
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn unclosed(&self, start: usize, message: &str) -> Fault {
        Fault::new(&(start..(start + 1).min(self.text.len())), message)
    }

    /// Skips spaces, line ends and comments: whether a line ended, and the last doc comment.
    fn skip_blanks(&mut self) -> Outcome<(bool, Option<Place>)> {
        let (mut on_new_line, mut doc) = (false, None);
        loop {
            let rest = self.rest();
            let start = self.pos;
            if rest.starts_with("//") {
                self.pos += rest.find(is_line_end).unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let Some(length) = rest.get(2..).and_then(|rest| rest.find("*/")) else {
                    return Err(self.unclosed(start, "the comment is not closed: end it with `*/`"));
                };
                self.pos += length + 4;
                let comment = self.text.get(start..self.pos).unwrap_or_default();
                on_new_line |= comment.contains(is_line_end);
                if comment.starts_with("/**") && comment.len() > 4 {
                    doc = Some(start..self.pos);
                }
            } else {
                match rest.chars().next() {
                    Some(c) if is_line_end(c) => on_new_line = true,
                    Some(c) if c.is_whitespace() || c == '\u{FEFF}' => {}
                    _ => return Ok((on_new_line, doc)),
                }
                self.bump();
            }
        }
    }

    fn string(&mut self, quote: char) -> Outcome<Token<'a>> {
        let start = self.pos;
        self.pos += 1;
        let mut text = String::new();
        loop {
            match self.bump() {
                Some(c) if c == quote => return Ok(Token::Text(text)),
                Some('\\') => self.escape(&mut text)?,
                Some('\n' | '\r') | None => {
                    return Err(self.unclosed(start, "the string is not closed on its line: end it with its quote"));
                }
                Some(c) => text.push(c),
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, out: &mut String) -> Outcome<()> {
        let start = self.pos.saturating_sub(1);
        let c = match self.bump() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('v') => '\u{B}',
            Some('f') => '\u{C}',
            Some('0') if !self.rest().starts_with(|c: char| c.is_ascii_digit()) => '\0',
            Some('x') => self.code_point(start, 2)?,
            Some('u') => self.unicode_escape(start)?,
            // A line end behind a backslash is left out.
            Some('\r') => {
                self.pos += usize::from(self.rest().starts_with('\n'));
                return Ok(());
            }
            Some('\n' | '\u{2028}' | '\u{2029}') => return Ok(()),
            Some(c) if !c.is_ascii_digit() => c,
            _ => return Err(Fault::new(&(start..self.pos), "this escape is none: write the character itself")),
        };
        out.push(c);
        Ok(())
    }

    fn unicode_escape(&mut self, start: usize) -> Outcome<char> {
        let wrong = |end| Fault::new(&(start..end), "this escape is no character: write `\\u` and four hex digits");
        if self.rest().starts_with('{') {
            let digits = self.rest().get(1..).and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
            let found = digits.and_then(|digits| Some((digits, u32::from_str_radix(digits, 16).ok()?)));
            let (digits, code) = found.ok_or_else(|| wrong(self.pos))?;
            self.pos += digits.len() + 2;
            return char::from_u32(code).ok_or_else(|| wrong(self.pos));
        }
        let high = self.hex(4).ok_or_else(|| wrong(self.pos))?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| wrong(self.pos));
        }
        // The first half of a pair.
        let low = self.rest().starts_with("\\u").then(|| {
            self.pos += 2;
            self.hex(4)
        });
        match low.flatten() {
            Some(low @ 0xDC00..0xE000) => {
                char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or_else(|| wrong(self.pos))
            }
            _ => Err(wrong(self.pos)),
        }
    }

    fn code_point(&mut self, start: usize, digits: usize) -> Outcome<char> {
        let code = self.hex(digits).and_then(char::from_u32);
        code.ok_or_else(|| Fault::new(&(start..self.pos), format!("this escape needs {digits} hex digits")))
    }

    fn hex(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest().get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.pos += count;
        u32::from_str_radix(digits, 16).ok()
    }

    fn is_fraction(&self) -> bool {
        let mut characters = self.rest().chars();
        characters.next() == Some('.') && characters.next().is_some_and(|c| c.is_ascii_digit())
    }

    fn number(&mut self) -> Outcome<Token<'a>> {
        let start = self.pos;
        let rest = self.rest();
        let mut last = ' ';
        let length = rest.find(|c: char| {
            // A sign belongs to the number behind an `e`.
            let goes_on = c.is_ascii_alphanumeric()
                || matches!(c, '.' | '_')
                || (matches!(last, 'e' | 'E') && matches!(c, '+' | '-'));
            last = c;
            !goes_on
        });
        let written = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        self.pos += written.len();
        let plain = written.replace('_', "");
        let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().filter(|value| *value <= 1 << 53);
        let lower = plain.to_ascii_lowercase();
        let value = match lower.get(..2) {
            // No double has more than 53 bits.
            #[expect(clippy::cast_precision_loss, reason = "it has at most 53 bits")]
            Some(prefix @ ("0x" | "0o" | "0b")) => {
                let base = match prefix {
                    "0x" => 16,
                    "0o" => 8,
                    _ => 2,
                };
                radix(lower.get(2..).unwrap_or_default(), base).map(|value| value as f64)
            }
            _ => plain.parse().ok().filter(|value: &f64| value.is_finite() && !lower.starts_with("inf")),
        };
        let at = start..self.pos;
        value.map(Token::Number).ok_or_else(|| {
            let why = if written.ends_with('n') {
                "JSON has no big integers: write `number`, or a string"
            } else {
                "this is no number that a double holds: write digits"
            };
            Fault::new(&at, why)
        })
    }
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '\u{200C}' | '\u{200D}')
}
