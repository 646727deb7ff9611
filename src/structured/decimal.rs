//! Exact decimal numbers, for bounds.
use std::cmp::Ordering;

use serde_json::Number;

/// The most digits before the point. Every integer type of Rust has fewer than 40.
const MAX_WHOLE: usize = 39;
/// The most digits after the point.
const MAX_FRACTION: usize = 40;

/// A decimal number without rounding. There is no negative zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    whole: u128,
    /// Digits 0 to 9, without trailing zeros.
    fraction: Vec<u8>,
}

impl Decimal {
    /// The number zero.
    pub(crate) const ZERO: Decimal = Decimal { negative: false, whole: 0, fraction: Vec::new() };

    /// The integer of this sign and magnitude.
    pub(crate) fn integer(negative: bool, whole: u128) -> Self {
        Decimal { negative: negative && whole != 0, whole, fraction: Vec::new() }
    }

    /// The number a JSON text spells, if its digits are not too many.
    pub(crate) fn from_number(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    /// The number spelled by `-12.5e3` and the like, if its digits are not too many.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit.wrapping_sub(b'0')).collect();
        if digits.is_empty() || digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        let Some(first) = digits.iter().position(|digit| *digit != 0) else {
            return Some(Decimal::ZERO);
        };
        let last = digits.iter().rposition(|digit| *digit != 0)?;
        let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) - i64::try_from(first).ok()?;
        let significant = digits.get(first..=last)?;
        let (mut whole_digits, mut fraction) = (Vec::new(), Vec::new());
        if point <= 0 {
            let zeros = usize::try_from(-point).ok().filter(|zeros| *zeros <= MAX_FRACTION)?;
            fraction.resize(zeros, 0);
            fraction.extend_from_slice(significant);
        } else {
            let point = usize::try_from(point).ok().filter(|point| *point <= MAX_WHOLE)?;
            let split = point.min(significant.len());
            whole_digits.extend_from_slice(significant.get(..split)?);
            whole_digits.resize(point, 0);
            fraction.extend_from_slice(significant.get(split..)?);
        }
        if fraction.len() > MAX_FRACTION {
            return None;
        }
        let mut whole = 0_u128;
        for digit in whole_digits {
            whole = whole.checked_mul(10)?.checked_add(u128::from(digit))?;
        }
        Some(Decimal { negative, whole, fraction })
    }

    /// Whether the number is below zero.
    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether the number has no fraction.
    pub(crate) fn is_integer(&self) -> bool {
        self.fraction.is_empty()
    }

    /// The digits before the point, without the sign.
    pub(crate) fn whole(&self) -> u128 {
        self.whole
    }

    /// The digits after the point, each from 0 to 9.
    pub(crate) fn fraction(&self) -> &[u8] {
        &self.fraction
    }

    /// The same number without its sign.
    pub(crate) fn magnitude(&self) -> Self {
        Decimal { negative: false, ..self.clone() }
    }

    /// Whether it is a multiple of another number above zero, if that can be told without more digits than are kept.
    pub(crate) fn is_multiple_of(&self, of: &Self) -> Option<bool> {
        let places = self.fraction.len().max(of.fraction.len());
        let (number, of) = (self.scaled(places)?, of.scaled(places)?);
        number.checked_rem(of).map(|rest| rest == 0)
    }

    /// The magnitude with the point so many places to the right, which makes it an integer.
    pub(crate) fn scaled(&self, places: usize) -> Option<u128> {
        let mut number = self.whole;
        for at in 0..places {
            let digit = self.fraction.get(at).copied().unwrap_or(0);
            number = number.checked_mul(10)?.checked_add(u128::from(digit))?;
        }
        (places >= self.fraction.len()).then_some(number)
    }

    /// The least integer that is not less, or greater if `strict`.
    pub(crate) fn integer_from(&self, strict: bool) -> Self {
        let truncated = Decimal::integer(self.negative, self.whole);
        if (self.is_integer() && !strict) || (!self.is_integer() && self.negative) {
            truncated
        } else {
            truncated.next()
        }
    }

    /// The greatest integer that is not greater, or less if `strict`.
    pub(crate) fn integer_to(&self, strict: bool) -> Self {
        self.negated().integer_from(strict).negated()
    }

    /// The integer that follows this one.
    fn next(&self) -> Self {
        if self.negative {
            Decimal::integer(true, self.whole - 1)
        } else {
            Decimal::integer(false, self.whole.saturating_add(1))
        }
    }

    /// The number with the other sign.
    pub(crate) fn negated(&self) -> Self {
        Decimal { negative: !self.negative && *self != Decimal::ZERO, ..self.clone() }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitudes = || self.whole.cmp(&other.whole).then_with(|| self.fraction.cmp(&other.fraction));
        match (self.negative, other.negative) {
            (false, false) => magnitudes(),
            (true, true) => magnitudes().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for spelling in ["12.5", "12.50", "1.25e1", "125e-1", "0.0125E3"] {
            assert_eq!(decimal(spelling), decimal("12.5"), "{spelling}");
        }
        assert_eq!(decimal("-0.0"), Decimal::ZERO);
        assert_eq!(decimal("1e3").whole(), 1000);
        assert_eq!(decimal("0.001").fraction(), [0, 0, 1]);
    }

    #[test]
    fn too_many_digits_are_no_number() {
        assert_eq!(Decimal::parse("1e300"), None);
        assert_eq!(Decimal::parse("1e-300"), None);
        assert_eq!(Decimal::parse(&u128::MAX.to_string()), Some(Decimal::integer(false, u128::MAX)));
        assert_eq!(Decimal::parse(&format!("{}0", u128::MAX)), None);
        assert_eq!(Decimal::parse(""), None);
        assert_eq!(Decimal::parse("1x"), None);
    }

    #[test]
    fn multiples_are_told_exactly() {
        for (number, of, is) in
            [("7", "3.5", true), ("0.0075", "0.0001", true), ("0.00751", "0.0001", false), ("-9", "3", true)]
        {
            assert_eq!(decimal(number).is_multiple_of(&decimal(of)), Some(is), "{number} {of}");
        }
        assert_eq!(decimal("1e30").is_multiple_of(&decimal("1e-30")), None);
    }

    #[test]
    fn order_is_that_of_numbers() {
        let sorted = ["-10", "-2.5", "-2", "-0.1", "0", "0.05", "0.1", "0.11", "9", "10"];
        for pair in sorted.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn integers_next_to_a_number() {
        for (number, strict, from, to) in [
            ("2.5", false, "3", "2"),
            ("2.5", true, "3", "2"),
            ("-2.5", false, "-2", "-3"),
            ("2", false, "2", "2"),
            ("2", true, "3", "1"),
            ("0", true, "1", "-1"),
            ("-1", true, "0", "-2"),
        ] {
            assert_eq!(decimal(number).integer_from(strict), decimal(from), "{number} {strict}");
            assert_eq!(decimal(number).integer_to(strict), decimal(to), "{number} {strict}");
        }
    }
}
