//! Sets of types, of counts and of numbers.
use super::decimal::Decimal;

/// A set of JSON types. Numbers are split into integers and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Types = Types(0);
    pub(crate) const NULL: Types = Types(1);
    pub(crate) const BOOLEAN: Types = Types(2);
    pub(crate) const INTEGER: Types = Types(4);
    pub(crate) const FRACTION: Types = Types(8);
    pub(crate) const NUMBER: Types = Types(4 | 8);
    pub(crate) const STRING: Types = Types(16);
    pub(crate) const ARRAY: Types = Types(32);
    pub(crate) const OBJECT: Types = Types(64);
    pub(crate) const ALL: Types = Types(127);

    /// The types that a name in `type` means.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Types::NULL,
            "boolean" => Types::BOOLEAN,
            "integer" => Types::INTEGER,
            "number" => Types::NUMBER,
            "string" => Types::STRING,
            "array" => Types::ARRAY,
            "object" => Types::OBJECT,
            _ => return None,
        })
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Types(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Types(self.0 | other.0)
    }

    /// Whether the two sets have a type in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.and(other) != Types::NONE
    }
}

/// How often something may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Count {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

impl Count {
    pub(crate) fn and(self, other: Self) -> Self {
        let max = match (self.max, other.max) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Count { min: self.min.max(other.min), max }
    }

    pub(crate) fn admits(self, count: u64) -> bool {
        count >= self.min && self.max.is_none_or(|max| count <= max)
    }

    /// All other numbers.
    pub(crate) fn not(self) -> impl Iterator<Item = Self> {
        let below = self.min.checked_sub(1).map(|max| Count { min: 0, max: Some(max) });
        let above = self.max.and_then(|max| max.checked_add(1)).map(|min| Count { min, max: None });
        below.into_iter().chain(above)
    }

    /// Whether no number satisfies it.
    pub(crate) fn is_empty(self) -> bool {
        self.max.is_some_and(|max| max < self.min)
    }
}

/// One end of a range of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) at: Decimal,
    /// Whether the end itself is left out.
    pub(crate) strict: bool,
}

/// A range of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
}

impl Bounds {
    /// Adds a lower end; the tighter one stays.
    pub(crate) fn raise(&mut self, bound: Bound) {
        let tighter = self.min.as_ref().is_none_or(|old| (&bound.at, bound.strict) > (&old.at, old.strict));
        if tighter {
            self.min = Some(bound);
        }
    }

    /// Adds an upper end; the tighter one stays.
    pub(crate) fn lower(&mut self, bound: Bound) {
        let tighter = self.max.as_ref().is_none_or(|old| (&bound.at, !bound.strict) < (&old.at, !old.strict));
        if tighter {
            self.max = Some(bound);
        }
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        other.min.iter().for_each(|bound| self.raise(bound.clone()));
        other.max.iter().for_each(|bound| self.lower(bound.clone()));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => min.at > max.at || (min.at == max.at && (min.strict || max.strict)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tighter_bound_stays() {
        let bound = |text: &str, strict| Bound { at: Decimal::parse(text).unwrap(), strict };
        let mut bounds = Bounds::default();
        bounds.raise(bound("1", false));
        bounds.raise(bound("1", true));
        bounds.raise(bound("0", true));
        bounds.lower(bound("5", true));
        bounds.lower(bound("5", false));
        assert_eq!(bounds, Bounds { min: Some(bound("1", true)), max: Some(bound("5", true)) });
    }
}
