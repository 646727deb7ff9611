//! Lists of items.
use super::builder::Builder;
use crate::{Error, ErrorKind, Grammar, Result, gbnf::Expr};

/// The most items of a list whose items are numbered.
const MAX_NUMBERED: u32 = 2000;
/// Lists of so many items are in a rule of their own, where they may be missing.
const DIRECT: u32 = 100;
/// The most items of a numbered list unless other bounds are given.
const NUMBERED: u32 = 100;

/// How a list is written, and how many items it has: at least one and any number, unless [`items`](Self::items) says
/// otherwise.
///
/// ```
/// use catena::{Grammar, gbnf::List};
///
/// let fruit = Grammar::one_of(["apple", "pear", "plum"])?;
/// assert!(Grammar::list_of(&fruit, ", ")?.matches("pear, apple")?);
/// assert!(Grammar::list_of(&fruit, List::bullets("- "))?.matches("- plum\n- pear")?);
/// assert!(Grammar::list_of(&fruit, List::numbered().items(2, Some(3)))?.matches("1. plum\n2. pear")?);
/// assert!(Grammar::list_of(&fruit, List::separated(" ").enclosed("(", ")").items(0, None))?.matches("()")?);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    open: String,
    mark: Mark,
    between: String,
    close: String,
    min: u32,
    max: Option<u32>,
}

/// What stands before each item.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Text(String),
    /// The item's number, from 1, and this text.
    Number(String),
}

impl List {
    /// Items with this text between them.
    pub fn separated(by: impl Into<String>) -> Self {
        let (open, close) = (String::new(), String::new());
        List { open, mark: Mark::Text(String::new()), between: by.into(), close, min: 1, max: None }
    }

    /// An item a line.
    pub fn lines() -> Self {
        Self::separated("\n")
    }

    /// An item a line, each after this mark, such as `- `.
    pub fn bullets(mark: impl Into<String>) -> Self {
        List { mark: Mark::Text(mark.into()), ..Self::lines() }
    }

    /// An item a line, each after its number: `1. `, `2. ` and so on, to at most 100 unless [`items`](Self::items) says
    /// otherwise.
    pub fn numbered() -> Self {
        List { mark: Mark::Number(". ".to_owned()), max: Some(NUMBERED), ..Self::lines() }
    }

    /// A JSON array of items that are JSON, without spaces; it may be empty.
    pub fn json() -> Self {
        Self::separated(",").enclosed("[", "]").items(0, None)
    }

    /// The same list, between these texts.
    #[must_use]
    pub fn enclosed(mut self, open: impl Into<String>, close: impl Into<String>) -> Self {
        (self.open, self.close) = (open.into(), close.into());
        self
    }

    /// The same list with at least `min` and at most `max` items; without `max`, any number from `min` on. Numbered lists
    /// have at most 2000 either way, others with a bound at most a million.
    #[must_use]
    pub fn items(mut self, min: u32, max: Option<u32>) -> Self {
        (self.min, self.max) = (min, max);
        self
    }

    /// The list of these items.
    pub(super) fn expr(&self, rules: &mut Builder, item: &Grammar) -> Result<Expr> {
        if self.max.is_some_and(|max| max < self.min) {
            let (min, max) = (self.min, self.max.unwrap_or_default());
            let message = format!("a list cannot have at least {min} and at most {max} items: exchange the two");
            return Err(Error::new(ErrorKind::Grammar, message));
        }
        let item = rules.embed("item", item);
        let items = match &self.mark {
            Mark::Number(behind) => self.numbered_items(rules, &item, behind)?,
            Mark::Text(mark) => {
                let marked = Expr::seq([Expr::literal(mark.as_str()), item]);
                let more = Expr::seq([Expr::literal(self.between.as_str()), marked.clone()]);
                let more = rules.repeat(more, self.min.saturating_sub(1), self.max.map(|max| max.saturating_sub(1)))?;
                Expr::seq([marked, more])
            }
        };
        let items = match (self.min, self.max) {
            (_, Some(0)) => Expr::empty(),
            // llama.cpp makes no group optional that holds thousands of repetitions.
            (0, Some(DIRECT..)) => rules.rule("items", items).optional(),
            (0, _) => items.optional(),
            _ => items,
        };
        Ok(Expr::seq([Expr::literal(self.open.as_str()), items, Expr::literal(self.close.as_str())]))
    }

    /// A rule for each number: the item, and the next number or the end.
    fn numbered_items(&self, rules: &mut Builder, item: &Expr, behind: &str) -> Result<Expr> {
        // Where only the least number is given, that may be too high as well.
        let max = self.max.unwrap_or(MAX_NUMBERED).max(self.min);
        if max > MAX_NUMBERED {
            let message = format!("a numbered list has at most {MAX_NUMBERED} items: lower the bound");
            return Err(Error::new(ErrorKind::Grammar, message));
        }
        let mut rest = Expr::empty();
        for number in (1..=max).rev() {
            let between = if number > 1 { self.between.as_str() } else { "" };
            let this = Expr::seq([Expr::literal(format!("{between}{number}{behind}")), item.clone(), rest]);
            if number == 1 {
                return Ok(this);
            }
            let rule = rules.rule("item", this);
            rest = if number > self.min { rule.optional() } else { rule };
        }
        Ok(Expr::empty())
    }
}

/// Items with this text between them.
impl From<&str> for List {
    fn from(separator: &str) -> Self {
        Self::separated(separator)
    }
}

/// Items with this text between them.
impl From<String> for List {
    fn from(separator: String) -> Self {
        Self::separated(separator)
    }
}
