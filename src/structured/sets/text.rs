//! Sets of strings.
use std::rc::Rc;

use foldhash::HashSet;

use crate::regular::{Dfa, TooLarge};

use super::super::{bounds::Count, languages::Languages};

/// A regular set of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language<'a> {
    pub(crate) texts: Dfa,
    /// The `format` that it is, if it is one and nothing else.
    pub(crate) format: Option<&'a str>,
}

/// The strings that satisfy all of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextSet<'a> {
    /// The only strings possible. They satisfy the rest already.
    pub(crate) words: Option<Rc<Vec<&'a str>>>,
    /// How many characters there are.
    pub(crate) length: Count,
    pub(crate) language: Option<Language<'a>>,
}

impl<'a> TextSet<'a> {
    pub(crate) const ANY: TextSet<'static> =
        TextSet { words: None, length: Count { min: 0, max: None }, language: None };

    /// These strings.
    pub(crate) fn words(words: Vec<&'a str>) -> Self {
        TextSet { words: Some(Rc::new(words)), ..TextSet::ANY }
    }

    /// The strings of a language.
    pub(crate) fn language(texts: Dfa) -> Self {
        TextSet { language: Some(Language { texts, format: None }), ..TextSet::ANY }
    }

    fn constraints_contain(&self, text: &str) -> bool {
        let length = self.length == Count::default() || self.length.admits(text.chars().count() as u64);
        length && self.language.as_ref().is_none_or(|language| language.texts.contains(text))
    }

    /// Both at once, unless nothing is left.
    pub(crate) fn and(&self, other: &Self, languages: &mut Languages) -> Result<Option<Self>, TooLarge> {
        let (words, filter) = match (&self.words, &other.words) {
            (Some(a), Some(b)) => {
                let listed: HashSet<&str> = b.iter().copied().collect();
                let common: Vec<&str> = a.iter().copied().filter(|word| listed.contains(word)).collect();
                return Ok((!common.is_empty()).then(|| TextSet::words(common)));
            }
            (Some(words), None) => (words, other),
            (None, Some(words)) => (words, self),
            (None, None) => return self.and_open(other, languages),
        };
        let kept: Vec<&str> = words.iter().copied().filter(|word| filter.constraints_contain(word)).collect();
        Ok((!kept.is_empty()).then(|| TextSet::words(kept)))
    }

    fn and_open(&self, other: &Self, languages: &mut Languages) -> Result<Option<Self>, TooLarge> {
        let length = self.length.and(other.length);
        let language = match (&self.language, &other.language) {
            (Some(a), Some(b)) if a.texts == b.texts => Some(a.clone()),
            (Some(a), Some(b)) => Some(Language { texts: languages.and(&a.texts, &b.texts)?, format: None }),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        let empty = length.is_empty() || language.as_ref().is_some_and(|language| language.texts.is_none());
        Ok((!empty).then_some(TextSet { words: None, length, language }))
    }

    /// All strings that are in neither of these.
    pub(crate) fn not(&self) -> Vec<Self> {
        if let Some(words) = &self.words {
            return vec![TextSet::language(Dfa::words(words.iter().copied()).not())];
        }
        let mut parts = Vec::new();
        for length in self.length.not() {
            parts.push(TextSet { length, ..TextSet::ANY });
        }
        if let Some(language) = &self.language {
            let rest = language.texts.not();
            if !rest.is_none() {
                parts.push(TextSet::language(rest));
            }
        }
        parts
    }

    /// The same strings as one regular set.
    pub(crate) fn regular(&self) -> Result<Dfa, TooLarge> {
        if let Some(words) = &self.words {
            return Ok(Dfa::words(words.iter().copied()));
        }
        let texts = self.language.as_ref().map(|language| language.texts.clone());
        if self.length == Count::default() {
            return Ok(texts.unwrap_or_else(Dfa::all));
        }
        let lengths = Dfa::lengths(self.length.min, self.length.max)?;
        texts.map_or(Ok(lengths.clone()), |texts| texts.and(&lengths))
    }
}
