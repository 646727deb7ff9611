//! What became of each keyword.
use std::fmt::{self, Display, Formatter};

/// How far a grammar keeps a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// The sentences are the values it admits, in the spelling that is written.
    Exact,
    /// Every sentence satisfies it, but some values that do are not written, such as numbers of very many digits.
    Subset,
    /// No value satisfies it together with what else holds there, so what it describes is left out.
    Impossible,
    /// The grammar does not keep it: check the finished value.
    CheckedAfter,
    /// It says nothing about values, as an annotation or an unknown keyword.
    Ignored,
}

/// One keyword of a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Entry {
    /// The JSON pointer to the keyword.
    pub pointer: String,
    /// Its name; for what is impossible as a whole, the last name of the pointer.
    pub keyword: String,
    /// What became of it.
    pub standing: Standing,
}

/// What became of each keyword that was read, by JSON pointer.
///
/// A `$ref` alone is the schema that it refers to, and definitions that nothing refers to are not read: neither has an
/// entry. Displayed, it is a line for each keyword.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    entries: Vec<Entry>,
}

impl Report {
    /// The keywords in the order of their pointers.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The keywords with this standing.
    pub fn with(&self, standing: Standing) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.standing == standing)
    }

    pub(crate) fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Sorts the entries; of two about one keyword, the one that keeps less stays.
    pub(crate) fn finish(&mut self) {
        self.entries.sort_by(|a, b| a.pointer.cmp(&b.pointer).then(b.standing.cmp(&a.standing)));
        self.entries.dedup_by(|later, earlier| later.pointer == earlier.pointer);
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for Entry { pointer, standing, .. } in &self.entries {
            let standing = match standing {
                Standing::Exact => "exact",
                Standing::Subset => "subset",
                Standing::Impossible => "impossible",
                Standing::CheckedAfter => "checked after",
                Standing::Ignored => "ignored",
            };
            writeln!(f, "{standing:13} {pointer}")?;
        }
        Ok(())
    }
}
