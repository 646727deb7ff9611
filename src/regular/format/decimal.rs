//! Decimal numbers in texts.
use super::whole;
use crate::regular::{Dfa, TooLarge};

/// The pattern that schemars gives `rust_decimal::Decimal` and `bigdecimal::BigDecimal`: its numbers have no end.
const DECIMAL: &str = r"^-?\d+(\.\d+)?([eE]\d+)?$";

/// Whether a pattern is that of types of decimal numbers.
pub(crate) fn is_decimal(pattern: &str) -> bool {
    pattern == DECIMAL
}

/// The texts of the pattern of decimal numbers that a `Decimal` reads: it has 96 bits, which hold any 28 digits. Absent for
/// other patterns.
pub(super) fn narrowed(pattern: &str, texts: &Dfa) -> Option<Result<Dfa, TooLarge>> {
    is_decimal(pattern).then(|| texts.and(&whole(r"-?(?:0|[1-9]\d{0,18})(?:\.\d{1,9})?")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regular::pattern;

    #[test]
    fn only_the_pattern_of_decimals_is_narrowed() {
        let texts = pattern(DECIMAL).unwrap();
        let narrow = narrowed(DECIMAL, &texts).unwrap().unwrap();
        for (text, fits) in [
            ("0", true),
            ("-12.50", true),
            ("1234567890123456789.012345678", true),
            ("1e999999", false),
            ("00.5", false),
            ("1234567890123456789012345678901234567890", false),
        ] {
            assert_eq!(narrow.contains(text), fits, "{text}");
            assert!(texts.contains(text), "{text}");
        }
        assert!(narrowed("^a$", &texts).is_none());
    }
}
