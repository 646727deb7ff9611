//! Versions of packages.
use super::whole;
use crate::regular::{Dfa, TooLarge};

/// The pattern that schemars gives `semver::Version`: that of the standard, whose numbers have no end.
const SEMVER: &str = concat!(
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)",
    r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?",
    r"(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$",
);

/// The texts of a pattern that a type of the crate `semver` reads: its three numbers have 64 bits. Absent for other
/// patterns.
pub(super) fn narrowed(pattern: &str, texts: &Dfa) -> Option<Result<Dfa, TooLarge>> {
    (pattern == SEMVER).then(|| {
        let number = up_to("18446744073709551615");
        texts.and(&whole(&format!(r"{number}\.{number}\.{number}(?:[-+][^]*)?")))
    })
}

/// The numbers from zero to another one, without leading zeros.
fn up_to(most: &str) -> String {
    let mut parts = vec!["0".to_owned()];
    if let Some(rest) = most.len().checked_sub(2) {
        parts.push(format!(r"[1-9]\d{{0,{rest}}}"));
    }
    for (at, digit) in most.char_indices() {
        let least = if at == 0 { '1' } else { '0' };
        if let Some(below) = char::from_u32(u32::from(digit) - 1).filter(|below| *below >= least) {
            let (same, rest) = (most.get(..at).unwrap_or_default(), most.len() - at - 1);
            parts.push(format!(r"{same}[{least}-{below}]\d{{{rest}}}"));
        }
    }
    parts.push(most.to_owned());
    format!("(?:{})", parts.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regular::pattern;

    #[test]
    fn numbers_up_to_another() {
        for most in ["1", "9", "10", "255", "1000", "65535"] {
            let texts = whole(&up_to(most));
            let last: u32 = most.parse().unwrap();
            for number in 0..70_000_u32 {
                assert_eq!(texts.contains(&number.to_string()), number <= last, "{number} of {most}");
            }
            assert!(!texts.contains("00") && !texts.contains(""));
        }
    }

    #[test]
    fn only_the_pattern_of_versions_is_narrowed() {
        let texts = pattern(SEMVER).unwrap();
        let narrow = narrowed(SEMVER, &texts).unwrap().unwrap();
        for (text, fits) in [
            ("1.2.3", true),
            ("18446744073709551615.0.0-a.1+b", true),
            ("18446744073709551616.0.0", false),
            ("0.0.99999999999999999999", false),
            ("1.2", false),
        ] {
            assert_eq!(narrow.contains(text), fits, "{text}");
        }
        assert!(narrowed("^a$", &texts).is_none());
    }
}
