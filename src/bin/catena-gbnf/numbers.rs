//! Numbers of a JSON text that a parsed value could hold only rounded.
//!
//! A value holds integers of 64 bits and doubles. A bound or listed value with more digits would be another number after
//! parsing, and so would the grammar's, silently.
use catena::{Error, ErrorKind, Result, Span};
use serde_json::Number;

/// Decimal numbers of this many digits without an exponent come back from a double as they were.
const SAFE_DIGITS: usize = 15;

/// Refuses a JSON text, known to be one, with a number that parsing rounds.
pub(crate) fn check(text: &str) -> Result<()> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        at += match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => {
                let length = rest.iter().take_while(|byte| is_number_part(**byte)).count();
                let number = text.get(at..at + length).unwrap_or_default();
                if !is_kept(number) {
                    let message = format!(
                        "the number {number} has more digits than are kept: write one that fits into 64 bits or a double"
                    );
                    return Err(Error::new(ErrorKind::Schema, message).with_span(Span::new(text, at..at + length)));
                }
                length
            }
            _ => 1,
        };
    }
    Ok(())
}

/// The bytes of the string that the text begins with.
pub(crate) fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    at
}

fn is_number_part(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn is_kept(number: &str) -> bool {
    if number.len() <= SAFE_DIGITS && !number.contains(['e', 'E']) {
        return true;
    }
    let Ok(parsed) = serde_json::from_str::<Number>(number) else { return false };
    Decimal::read(number).is_some_and(|written| Some(written) == Decimal::read(&parsed.to_string()))
}

/// A decimal number in its one form: the digits, neither the first nor the last a 0, and the power of ten of the last.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn read(number: &str) -> Option<Self> {
        let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let dropped = i64::try_from(all.len() - digits.len()).ok()?;
        let exponent =
            exponent.parse::<i64>().ok()?.checked_add(dropped)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let digits = digits.trim_start_matches('0').to_owned();
        // Zero has no sign and no power.
        let is_zero = digits.is_empty();
        Some(Decimal { negative: negative && !is_zero, exponent: if is_zero { 0 } else { exponent }, digits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_come_back_are_kept() {
        for number in [
            "0",
            "-0",
            "-0.0",
            "0e5",
            "1e3",
            "1E+3",
            "100000000000000000000",
            "1.50",
            "9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
            "1.7976931348623157e308",
            "5e-324",
            "0.1e1",
            "3.6893488147419103e19",
            "0.0003858501658018686",
        ] {
            check(&format!("[{number}]")).unwrap();
        }
    }

    #[test]
    fn numbers_that_are_rounded_are_refused_with_their_place() {
        for number in [
            "18446744073709551616",
            "-9223372036854775809",
            "0.1000000000000000055511151231257827",
            "1.234e-322",
            "123456789012345678901234567890",
        ] {
            let text = format!(r#"{{"{number} \" 1e999": {number}}}"#);
            let error = check(&text).unwrap_err();
            let at = error.span().unwrap().bytes.clone();
            assert_eq!(&text[at.clone()], number);
            assert!(at.start > number.len(), "the name is no number");
        }
    }
}
