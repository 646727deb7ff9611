//! Dates, times and durations.
use super::whole;
use crate::regular::Dfa;

/// A date of the Gregorian calendar, years 0000 to 9999.
const DATE: &str = concat!(
    r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)",
    r"|02-(?:0[1-9]|1\d|2[0-8]))",
    // Leap years: those that four divides, of the hundreds only those that four hundred divides.
    r"|(?:(?:[02468][048]|[13579][26])00|\d\d(?:0[48]|[2468][048]|[13579][26]))-02-29)",
);
const CLOCK: &str = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?";
const OFFSET: &str = r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)";

/// `full-date` of RFC 3339.
pub(super) fn date() -> Dfa {
    whole(DATE)
}

/// `full-time` of RFC 3339, without leap seconds and to the nanosecond: parsers differ beyond.
pub(super) fn time() -> Dfa {
    whole(&format!("{CLOCK}{OFFSET}"))
}

/// `date-time` of RFC 3339, as [`time`] has it.
pub(super) fn date_time() -> Dfa {
    whole(&format!("{DATE}[Tt]{CLOCK}{OFFSET}"))
}

/// `partial-time` of RFC 3339, as [`time`] has it.
pub(super) fn partial_time() -> Dfa {
    whole(CLOCK)
}

/// A date and a time without an offset, as [`time`] has it.
pub(super) fn partial_date_time() -> Dfa {
    whole(&format!("{DATE}T{CLOCK}"))
}

/// `duration` of RFC 3339, with as many digits for each unit as those who count in them take.
pub(super) fn duration() -> Dfa {
    let [years, months, weeks, days] = [4, 5, 6, 6].map(digits);
    let [hours, minutes, seconds] = [8, 9, 9].map(digits);
    let clock = format!("T(?:{hours}H(?:{minutes}M(?:{seconds}S)?)?|{minutes}M(?:{seconds}S)?|{seconds}S)");
    let date = format!("(?:{years}Y(?:{months}M(?:{days}D)?)?|{months}M(?:{days}D)?|{days}D)");
    whole(&format!("P(?:{date}(?:{clock})?|{clock}|{weeks}W)"))
}

fn digits(most: u8) -> String {
    format!(r"\d{{1,{most}}}")
}
