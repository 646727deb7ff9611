//! Lists with an item a line, each behind a mark.
use super::items::{Fault, Reader};
use crate::{Error, ErrorKind, Result};

/// What stands before an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A number of at most nine digits, and a point or a bracket.
    Number,
    /// A dash, a star or a plus.
    Bullet,
}

/// Reads a marked list bit by bit, each character once.
#[derive(Debug)]
pub(super) struct MarkedReader {
    mark: Mark,
    skipping: bool,
    /// The last item so far: lines that are set in may follow.
    item: Option<String>,
    line: String,
    place: Place,
    line_start: usize,
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the white space before a line.
    Indent,
    /// Behind so many digits of a number.
    Digits(u8),
    /// Behind a mark: white space or the end of the line must follow.
    Mark,
    /// In the text of an item's first line.
    Item,
    /// In another line.
    Text,
}

impl MarkedReader {
    pub(super) fn new(mark: Mark, skipping: bool) -> Self {
        MarkedReader { mark, skipping, item: None, line: String::new(), place: Place::Indent, line_start: 0, at: 0 }
    }

    fn character(&mut self, c: char, items: &mut Vec<String>) -> Result<(), Fault> {
        if c == '\n' {
            self.end_line(items)?;
            (self.place, self.line_start) = (Place::Indent, self.at + 1);
            self.line.clear();
            return Ok(());
        }
        self.place = match (self.place, self.mark) {
            (Place::Indent, _) if c.is_whitespace() => Place::Indent,
            (Place::Indent, Mark::Number) if c.is_ascii_digit() => Place::Digits(1),
            (Place::Indent, Mark::Bullet) if matches!(c, '-' | '*' | '+') => Place::Mark,
            (Place::Digits(count), _) if c.is_ascii_digit() && count < 9 => Place::Digits(count + 1),
            (Place::Digits(_), _) if matches!(c, '.' | ')') => Place::Mark,
            (Place::Mark, _) if c.is_whitespace() => {
                self.begin(items);
                Place::Item
            }
            (Place::Item, _) => Place::Item,
            _ => Place::Text,
        };
        match (self.place, &mut self.item) {
            (Place::Item, Some(item)) => item.push(c),
            _ => self.line.push(c),
        }
        Ok(())
    }

    fn begin(&mut self, items: &mut Vec<String>) {
        self.flush(items);
        self.item = Some(String::new());
    }

    fn flush(&mut self, items: &mut Vec<String>) {
        items.extend(self.item.take().map(|item| item.trim().to_owned()));
    }

    fn is_set_in(&self) -> bool {
        self.line.starts_with(char::is_whitespace)
    }

    fn end_line(&mut self, items: &mut Vec<String>) -> Result<(), Fault> {
        match self.place {
            Place::Indent | Place::Item => Ok(()),
            Place::Mark => {
                self.begin(items);
                Ok(())
            }
            Place::Digits(_) | Place::Text => {
                let is_set_in = self.is_set_in();
                match &mut self.item {
                    Some(item) if is_set_in => {
                        item.truncate(item.trim_end().len());
                        item.push('\n');
                        item.push_str(self.line.trim());
                        Ok(())
                    }
                    // What is set in behind this line goes on with it, not with the item.
                    _ if self.skipping => {
                        self.flush(items);
                        Ok(())
                    }
                    _ => Err(Fault {
                        at: Some(self.line_start),
                        message: "this line is no item: ask for the list alone, or read it with `skipping_other_lines`",
                    }),
                }
            }
        }
    }
}

impl Reader for MarkedReader {
    fn push(&mut self, text: &str, items: &mut Vec<String>) -> Result<(), Fault> {
        for c in text.chars() {
            self.character(c, items)?;
            self.at += c.len_utf8();
        }
        Ok(())
    }

    fn end(&mut self, items: &mut Vec<String>) -> Result<(), Fault> {
        let goes_on = self.item.is_some() && self.is_set_in();
        if matches!(self.place, Place::Digits(_)) && !self.skipping && !goes_on {
            return Err(Fault { at: None, message: "the answer ends within the number of an item" });
        }
        self.end_line(items)?;
        self.flush(items);
        Ok(())
    }
}

/// The items, one a line, each behind its mark.
pub(super) fn render<S: AsRef<str>>(items: &[S], mark: impl Fn(usize) -> String) -> Result<String> {
    let line = |(index, item): (usize, &S)| {
        let item = item.as_ref();
        if item.contains('\n') || item.trim() != item {
            let message = format!("the item {item:?} has line breaks or white space around it: no list can show them");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path(format!("/{index}")));
        }
        Ok(format!("{}{item}", mark(index)))
    };
    Ok(items.iter().enumerate().map(line).collect::<Result<Vec<_>>>()?.join("\n"))
}
