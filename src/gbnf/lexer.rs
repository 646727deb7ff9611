//! Cuts a grammar's text into lexemes, by llama.cpp's rules.
use super::{CharClass, TokenName, TokenRef, fault::Fault, shape};
use std::ops::Range;

/// What a piece of the text is.
#[derive(Debug, PartialEq)]
pub(super) enum Kind<'a> {
    /// The name of a rule; inside of braces, a number.
    Name(&'a str),
    DefinedAs,
    Literal(String),
    Class(CharClass),
    Any,
    Token(TokenRef),
    Bar,
    Open,
    Close,
    Star,
    Plus,
    Question,
    OpenBrace,
    CloseBrace,
    Comma,
    Newline,
    End,
}

/// A piece of the text.
#[derive(Debug)]
pub(super) struct Lexeme<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) at: Range<usize>,
}

/// The text and how far it has been read.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    /// The comments so far, from `#` to before the line end.
    pub(super) comments: Vec<Range<usize>>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, pos: 0, comments: Vec::new() }
    }

    /// The next lexeme; at the end of the text, `End`, as often as asked.
    pub(super) fn next(&mut self) -> Result<Lexeme<'a>, Fault> {
        self.skip_blanks();
        let start = self.pos;
        let Some(c) = self.bump() else {
            return Ok(Lexeme { kind: Kind::End, at: start..start });
        };
        let kind = match c {
            '\n' => Kind::Newline,
            '\r' => {
                self.eat('\n');
                Kind::Newline
            }
            ':' if self.eat_str(":=") => Kind::DefinedAs,
            '"' => self.literal(start)?,
            '[' => self.class(start)?,
            '<' | '!' => self.token(c, start)?,
            '.' => Kind::Any,
            '|' => Kind::Bar,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '*' => Kind::Star,
            '+' => Kind::Plus,
            '?' => Kind::Question,
            '{' => Kind::OpenBrace,
            '}' => Kind::CloseBrace,
            ',' => Kind::Comma,
            c if shape::is_name_char(c) => {
                let rest = self.rest();
                self.pos += rest.find(|c| !shape::is_name_char(c)).unwrap_or(rest.len());
                Kind::Name(self.text.get(start..self.pos).unwrap_or_default())
            }
            c => return Err(Fault::new(start..self.pos, unexpected(c))),
        };
        Ok(Lexeme { kind, at: start..self.pos })
    }

    /// Skips spaces, tabs and comments, but no line ends.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            match rest.chars().next() {
                Some(' ' | '\t') => self.pos += 1,
                Some('#') => {
                    let end = self.pos + rest.find(['\r', '\n']).unwrap_or(rest.len());
                    self.comments.push(self.pos..end);
                    self.pos = end;
                }
                _ => return,
            }
        }
    }

    fn literal(&mut self, start: usize) -> Result<Kind<'a>, Fault> {
        let mut text = String::new();
        loop {
            let at = self.pos;
            match self.bump() {
                Some('"') => break,
                Some(c) => {
                    let code = self.code_point(c, at)?;
                    let c = char::from_u32(code).filter(|&c| c != '\0').ok_or_else(|| {
                        let why = format!("U+{code:04X} occurs in no text: leave it out of the literal");
                        Fault::new(at..self.pos, why)
                    })?;
                    text.push(c);
                }
                None => return Err(Fault::new(start..start + 1, "the literal is not closed: end it with `\"`")),
            }
        }
        Ok(Kind::Literal(text))
    }

    fn class(&mut self, start: usize) -> Result<Kind<'a>, Fault> {
        let mut class = CharClass { negated: self.eat('^'), ranges: Vec::new() };
        loop {
            let at = self.pos;
            let low = match self.bump() {
                Some(']') => break,
                Some(c) => self.code_point(c, at)?,
                None => return Err(unclosed_class(start)),
            };
            // A `-` right before the end of the class stands for itself.
            let is_range = self.rest().starts_with('-') && !self.rest().starts_with("-]");
            let high = if is_range {
                self.pos += 1;
                let at = self.pos;
                let c = self.bump().ok_or_else(|| unclosed_class(start))?;
                self.code_point(c, at)?
            } else {
                low
            };
            shape::range((low, high)).map_err(|why| Fault::new(at..self.pos, why))?;
            class.ranges.push((low, high));
        }
        shape::class(&class).map_err(|why| Fault::new(start..self.pos, why))?;
        Ok(Kind::Class(class))
    }

    /// The code point that `c`, read at `at`, stands for, which may begin an escape.
    fn code_point(&mut self, c: char, at: usize) -> Result<u32, Fault> {
        if c != '\\' {
            return Ok(c.into());
        }
        let c = self.bump();
        let digits = match c {
            Some('n') => return Ok('\n'.into()),
            Some('r') => return Ok('\r'.into()),
            Some('t') => return Ok('\t'.into()),
            Some(c @ ('\\' | '"' | '[' | ']' | '-')) => return Ok(c.into()),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => {
                let why = "llama.cpp does not read this escape: use one of \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xHH \
                           \\uHHHH \\UHHHHHHHH, and `\\\\` for a backslash";
                return Err(Fault::new(at..self.pos, why));
            }
        };
        let hex = self.rest().get(..digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let Some(code) = code else {
            let why = format!("the escape needs {digits} hexadecimal digits: fill it up with zeros");
            return Err(Fault::new(at..self.pos, why));
        };
        self.pos += digits;
        Ok(code)
    }

    /// `<[id]>` or `<text>`, either after `!`; `first` has been read.
    fn token(&mut self, first: char, start: usize) -> Result<Kind<'a>, Fault> {
        let negated = first == '!';
        if negated && !self.eat('<') {
            let why = "`!` stands before tokens only: write `!<text>`, `!<[id]>`, or `[^...]` for characters";
            return Err(Fault::new(start..self.pos, why));
        }
        let open = self.pos - 1;
        let rest = self.rest();
        let end = rest.find(['>', '\r', '\n']).filter(|end| rest.get(*end..).is_some_and(|rest| rest.starts_with('>')));
        let Some(end) = end else {
            return Err(Fault::new(start..self.pos, "the token is not closed: end it with `>` on the same line"));
        };
        self.pos += end + 1;
        let at = start..self.pos;
        let token = match rest.get(..end).unwrap_or_default().strip_prefix('[') {
            Some(id) => {
                let id = id.strip_suffix(']').filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
                let id = id.ok_or_else(|| {
                    Fault::new(at.clone(), "the number of a token is written `<[1000]>`: digits and nothing else")
                })?;
                TokenName::Id(id.parse().map_err(|_| {
                    Fault::new(
                        at.clone(),
                        format!("no vocabulary has a token {id}: the largest number is {}", i32::MAX),
                    )
                })?)
            }
            None => TokenName::Text(self.text.get(open..self.pos).unwrap_or_default().to_owned()),
        };
        let token = TokenRef { negated, token };
        shape::token(&token).map_err(|why| Fault::new(at, why))?;
        Ok(Kind::Token(token))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.pos += c.len_utf8();
        }
        found
    }

    fn eat_str(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.pos += text.len();
        }
        found
    }
}

fn unclosed_class(start: usize) -> Fault {
    Fault::new(start..start + 1, "the class is not closed: end it with `]`")
}

fn unexpected(c: char) -> String {
    match c {
        '_' => "rule names have no underscore: use `-`".to_owned(),
        ':' | '=' => "expected `::=` here: a rule is written `name ::= body`".to_owned(),
        '\\' => "`\\` stands in quotes and classes only: write a class, as `[0-9]` for a digit".to_owned(),
        '^' | '$' => format!("`{c}` means nothing here: a grammar matches whole texts, so leave anchors out"),
        '`' => "a backtick means nothing here: leave out what stands around the grammar".to_owned(),
        '‘' | '’' | '“' | '”' | '„' => {
            format!("`{c}` is no quote to llama.cpp: write `\"text\"`, with straight quotes")
        }
        '\'' => "literals stand in double quotes: `\"text\"`".to_owned(),
        ']' => "`]` closes no class: write `\"]\"` for the character".to_owned(),
        '>' => "`>` closes no token: write `\">\"` for the character".to_owned(),
        ';' => "rules end at the end of the line: remove the `;`".to_owned(),
        '/' => "`/` means nothing here: comments begin with `#`".to_owned(),
        '\u{FEFF}' => "the text begins with a byte order mark: save it without one".to_owned(),
        c if c.is_whitespace() => {
            format!("U+{:04X} is no space to llama.cpp: use spaces, tabs and line ends", u32::from(c))
        }
        c => format!("`{}` means nothing here: put text in double quotes", c.escape_debug()),
    }
}
