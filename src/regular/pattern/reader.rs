//! The text of a pattern, character by character.
use super::PatternError;

/// A place in a pattern, and the flags that hold there.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    pub(super) flags: Flags,
}

/// The flags that change what is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`: upper and lower case are one.
    pub(super) ignore_case: bool,
    /// `s`: `.` is also the end of a line.
    pub(super) dot_all: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Reader { text, at: 0, flags: Flags::default() }
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Whether `text` comes next; if so it is read.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Reads what `read` reads, or nothing where it gives none.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let begin = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = begin;
        }
        found
    }

    /// Reads a number in decimal digits; one too large to count is as large as can be.
    pub(super) fn number(&mut self) -> Option<u32> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let text = self.rest().get(..digits).filter(|text| !text.is_empty())?;
        self.at += digits;
        Some(text.parse().unwrap_or(u32::MAX))
    }

    /// Reads exactly `count` hexadecimal digits.
    pub(super) fn hex(&mut self, count: usize) -> Option<u32> {
        let text = self.rest().get(..count)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += count;
        u32::from_str_radix(text, 16).ok()
    }

    /// Reads up to and with `end`, and gives what is before it.
    pub(super) fn until(&mut self, end: char) -> Option<&'a str> {
        let (before, _) = self.rest().split_once(end)?;
        self.at += before.len() + end.len_utf8();
        Some(before)
    }
}

/// An error at a place.
pub(super) fn fail<T>(offset: usize, message: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError::new(offset, message))
}
