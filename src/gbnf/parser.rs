//! Reads a grammar's text into its tree, by llama.cpp's rules.
use super::{
    Ast, Expr, Rule,
    fault::Fault,
    lexer::{Kind, Lexeme, Lexer},
    load::{Load, Symbol},
    shape,
};
use std::{mem, ops::Range};

/// A tree in normal form, and where its parts stand in the text.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) ast: Ast,
    /// One for each rule, in the same order.
    pub(super) spans: Vec<Spans>,
    /// The comments, in the order of the text.
    pub(super) comments: Vec<Range<usize>>,
}

/// Where the parts of a rule stand in the text, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// The name before `::=`.
    pub(super) name: Range<usize>,
    /// Where the body ends.
    pub(super) end: usize,
    /// One for each [`Expr::Rule`].
    pub(super) refs: Vec<Range<usize>>,
    /// One for each [`Expr::Repeat`], by where it ends.
    pub(super) repeats: Vec<Range<usize>>,
}

impl Expr {
    /// The tree of text that was printed.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let parsed = parse(&format!("root ::= {text}\n")).ok()?;
        parsed.ast.rules.into_iter().next().map(|rule| rule.body)
    }
}

/// Reads the text. What one rule says of another is not looked at.
pub(super) fn parse(text: &str) -> Result<Parsed, Fault> {
    if let Some(at) = text.find('\0') {
        return Err(Fault::new(at..at + 1, "the text holds a NUL, where llama.cpp stops reading: remove it"));
    }
    let mut lexer = Lexer::new(text);
    let mut parser =
        Parser { current: lexer.next()?, lexer, load: Load::default(), spans: Spans::default(), last_end: 0 };
    let mut parsed = Parsed { ast: Ast::default(), spans: Vec::new(), comments: Vec::new() };
    parser.skip_newlines()?;
    while parser.current.kind != Kind::End {
        let is_first = parsed.ast.rules.is_empty();
        parsed.ast.rules.push(parser.rule(is_first)?);
        parsed.spans.push(mem::take(&mut parser.spans));
    }
    parsed.comments = parser.lexer.comments;
    Ok(parsed)
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    current: Lexeme<'a>,
    load: Load<'a>,
    /// Of the rule being read.
    spans: Spans,
    /// Where the lexeme before the current one ends.
    last_end: usize,
}

/// One item of a sequence.
struct Item {
    expr: Expr,
    start: usize,
    symbol: Symbol,
    /// How many rules there were before it.
    before: u64,
    nesting: usize,
    /// Whether it stands in parentheses.
    is_group: bool,
}

/// An expression and how deep groups and stacked repetitions nest in it.
struct Nested {
    expr: Expr,
    nesting: usize,
}

impl<'a> Parser<'a> {
    fn rule(&mut self, is_first: bool) -> Result<Rule, Fault> {
        let Kind::Name(name) = self.current.kind else {
            return Err(self.not_a_rule(is_first));
        };
        self.spans.name = self.current.at.clone();
        self.load.name(name);
        self.advance(false)?;
        if self.current.kind != Kind::DefinedAs {
            return Err(self.fault("expected `::=` after the rule's name: a rule is written `name ::= body`"));
        }
        self.advance(true)?;
        let body = self.alternatives(0)?.expr;
        self.spans.end = self.last_end;
        match self.current.kind {
            Kind::Newline | Kind::End => self.skip_newlines()?,
            _ => return Err(self.not_the_end_of_a_rule()),
        }
        Ok(Rule { name: name.into(), body })
    }

    /// Alternatives, `depth` groups deep. Outside of groups a line end ends them, except after `|`.
    fn alternatives(&mut self, depth: usize) -> Result<Nested, Fault> {
        let first = self.sequence(depth)?;
        let mut nesting = first.nesting;
        let mut alternatives = vec![first.expr];
        while self.current.kind == Kind::Bar {
            self.advance(true)?;
            let next = self.sequence(depth)?;
            nesting = nesting.max(next.nesting);
            alternatives.push(next.expr);
        }
        Ok(Nested { expr: Expr::alt(alternatives), nesting })
    }

    fn sequence(&mut self, depth: usize) -> Result<Nested, Fault> {
        let mut items = Vec::new();
        loop {
            match self.current.kind {
                Kind::Literal(_) | Kind::Class(_) | Kind::Any | Kind::Token(_) | Kind::Name(_) => {
                    items.push(self.item(depth)?);
                }
                Kind::Open => items.push(self.group(depth)?),
                Kind::Star | Kind::Plus | Kind::Question | Kind::OpenBrace => match items.pop() {
                    Some(item) => items.push(self.repetition(item, depth)?),
                    None => return Err(self.nothing_to_repeat(depth)),
                },
                _ => break,
            }
        }
        let nesting = items.iter().map(|item| item.nesting).max().unwrap_or(0);
        Ok(Nested { expr: Expr::seq(items.into_iter().map(|item| item.expr)), nesting })
    }

    /// An item that is a single lexeme.
    fn item(&mut self, depth: usize) -> Result<Item, Fault> {
        let Lexeme { kind, at } = self.advance(depth > 0)?;
        let (start, before) = (at.start, self.load.rules());
        let (expr, elements) = match kind {
            Kind::Literal(text) => {
                let elements = text.chars().count();
                (Expr::literal(text), elements)
            }
            Kind::Class(class) => {
                let elements = class.ranges.len().saturating_mul(2);
                (Expr::Class(class), elements)
            }
            Kind::Token(token) => (Expr::Token(token), 1),
            Kind::Name(name) => {
                self.load.name(name);
                self.spans.refs.push(at);
                (Expr::rule(name), 1)
            }
            _ => (Expr::Any, 1),
        };
        Ok(Item { expr, start, symbol: self.load.item(elements), before, nesting: 0, is_group: false })
    }

    fn group(&mut self, depth: usize) -> Result<Item, Fault> {
        let open = self.current.at.clone();
        if depth >= shape::MAX_NESTING {
            return Err(too_deep(open));
        }
        let before = self.load.open_group();
        self.advance(true)?;
        let inner = self.alternatives(depth + 1)?;
        let symbol = self.load.group(before);
        match self.current.kind {
            Kind::Close => {}
            Kind::End => return Err(Fault::new(open, "the group is not closed: end it with `)`")),
            _ => return Err(self.unexpected_in_group()),
        }
        self.advance(depth > 0)?;
        Ok(Item { expr: inner.expr, start: open.start, symbol, before, nesting: inner.nesting + 1, is_group: true })
    }

    fn repetition(&mut self, item: Item, depth: usize) -> Result<Item, Fault> {
        let nested = depth > 0;
        let at = self.current.at.clone();
        let (min, max) = match self.advance(nested)?.kind {
            Kind::Star => (0, None),
            Kind::Plus => (1, None),
            Kind::Question => (0, Some(1)),
            _ => self.bounds(at.start, nested)?,
        };
        let at = at.start..self.last_end;
        if max.is_none() && item.expr == Expr::empty() {
            return Err(Fault::new(
                item.start..at.end,
                "the empty text is repeated without end: remove the repetition",
            ));
        }
        // A repetition of a repetition is printed as one of a group, one of a literal or a class without the group.
        let gets_group = !item.is_group && matches!(item.expr, Expr::Repeat { .. });
        let symbol = match &item.expr {
            _ if gets_group => self.load.as_group(item.symbol, item.before),
            Expr::Literal(text) => item.symbol.at_least(text.chars().count()),
            Expr::Class(class) => item.symbol.at_least(class.ranges.len().saturating_mul(2)),
            _ => item.symbol,
        };
        let symbol = self.load.repeat(symbol, min, max).map_err(|why| Fault::new(at.clone(), why))?;
        let nesting = item.nesting + usize::from(gets_group);
        if depth + nesting > shape::MAX_NESTING {
            return Err(too_deep(at));
        }
        let expr = item.expr.repeat(min, max);
        if (min, max) != (1, Some(1)) && matches!(expr, Expr::Repeat { .. }) {
            self.spans.repeats.push(item.start..at.end);
        }
        Ok(Item { expr, symbol, nesting, is_group: false, ..item })
    }

    /// The rest of `{m}`, `{m,}` or `{m,n}` after the brace at `start`.
    fn bounds(&mut self, start: usize, nested: bool) -> Result<(u32, Option<u32>), Fault> {
        let Some(min) = self.number(nested)? else {
            return Err(self.fault("expected the least number of repetitions after `{`: write 0 for none"));
        };
        let mut max = Some(min);
        let is_open = self.current.kind == Kind::Comma;
        if is_open {
            self.advance(nested)?;
            max = self.number(nested)?;
        }
        if self.current.kind != Kind::CloseBrace {
            return Err(self.not_bounds(if is_open { "`}`" } else { "`,` or `}`" }));
        }
        let end = self.current.at.end;
        shape::bounds(min, max).map_err(|why| Fault::new(start..end, why))?;
        self.advance(nested)?;
        Ok((min, max))
    }

    fn number(&mut self, nested: bool) -> Result<Option<u32>, Fault> {
        let Kind::Name(digits) = self.current.kind else {
            return Ok(None);
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.not_bounds("a number"));
        }
        self.advance(nested)?;
        Ok(Some(digits.parse().unwrap_or(u32::MAX)))
    }

    /// Goes to the next lexeme, with `past_newlines` to the next that is no line end, and returns the one before.
    fn advance(&mut self, past_newlines: bool) -> Result<Lexeme<'a>, Fault> {
        let next = self.lexer.next()?;
        let last = mem::replace(&mut self.current, next);
        self.last_end = last.at.end;
        if past_newlines {
            self.skip_newlines()?;
        }
        Ok(last)
    }

    fn skip_newlines(&mut self) -> Result<(), Fault> {
        while self.current.kind == Kind::Newline {
            self.current = self.lexer.next()?;
        }
        Ok(())
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.current.at.clone(), message)
    }

    fn not_bounds(&self, expected: &str) -> Fault {
        let form = "the bounds of a repetition are written `{2}`, `{2,}` or `{2,5}`";
        self.fault(format!("expected {expected} here: {form}"))
    }

    fn nothing_to_repeat(&self, depth: usize) -> Fault {
        self.fault(match self.current.kind {
            Kind::OpenBrace => "bounds follow what they repeat: write `(...)*` for what comes any number of times",
            Kind::Question if depth > 0 => {
                "nothing stands before the `?`: put what is optional there; lookahead and flags, as in `(?!`, cannot \
                 be written"
            }
            _ => "nothing stands before the repetition: put what it repeats there",
        })
    }

    fn not_a_rule(&self, is_first: bool) -> Fault {
        self.fault(match self.current.kind {
            Kind::Bar => {
                "a rule ended on the line before: put the `|` at the end of that line, or the body in parentheses"
            }
            Kind::DefinedAs => "expected a rule's name before `::=`: a rule is written `name ::= body`",
            Kind::Token(_) => "expected a rule `name ::= body`: names of rules stand without angle brackets",
            _ if is_first => "expected a rule `name ::= body`: a grammar begins with the name of a rule",
            _ => "expected a rule `name ::= body`: to continue the rule above, put its body in parentheses",
        })
    }

    fn not_the_end_of_a_rule(&self) -> Fault {
        self.fault(match self.current.kind {
            Kind::DefinedAs => {
                "a rule begins inside of another: begin it on a new line, and write `\"\"` where the body or last \
                 alternative before it is empty"
            }
            Kind::Close => "`)` closes no group: remove it, or write `\")\"` for the character",
            Kind::CloseBrace => "`}` closes no bounds: remove it, or write `\"}\"` for the character",
            Kind::Comma => "parts follow one another without a comma: remove it, or write `\",\"` for the character",
            _ => "expected the end of the line",
        })
    }

    fn unexpected_in_group(&self) -> Fault {
        self.fault(match self.current.kind {
            Kind::DefinedAs => "a rule begins inside of a group: close the group with `)` first",
            _ => "expected `)` here",
        })
    }
}

fn too_deep(at: Range<usize>) -> Fault {
    let limit = shape::MAX_NESTING;
    Fault::new(at, format!("groups and repetitions nest deeper than {limit}: give the inner ones a rule of their own"))
}
