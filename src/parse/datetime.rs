//! Dates with times.
use super::{OutputParser, fault};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};
use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

/// A date with a time and its offset from UTC, as RFC 3339 writes them.
///
/// It displays in one form, `2026-11-28T13:46:07.25+01:00`, and is ordered by the fields, not by the time it means:
/// compare [`unix_seconds`](DateTime::unix_seconds) for that. To calculate, hand its text to a crate for dates, or read
/// one of its types at once with [`FromStrParser`](super::FromStrParser).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct DateTime {
    /// The year, 0 to 9999.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59; 60 in the last minute of a day in UTC, when a second was put in.
    pub second: u8,
    /// The part of a second, in nanoseconds.
    pub nanosecond: u32,
    /// Minutes ahead of UTC, -1439 to 1439.
    pub offset_minutes: i16,
}

impl DateTime {
    /// Seconds since the beginning of 1970 in UTC.
    pub fn unix_seconds(&self) -> i64 {
        let (y, m, d) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        // Years that begin in March have their leap day at the end.
        let (y, m) = if m > 2 { (y, m - 3) } else { (y - 1, m + 9) };
        let days =
            365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + d - 1 - 719_468;
        let minutes = (days * 24 + i64::from(self.hour)) * 60 + i64::from(self.minute) - i64::from(self.offset_minutes);
        minutes * 60 + i64::from(self.second)
    }

    /// The same moment as the standard library has it; none where it cannot.
    pub fn to_system_time(&self) -> Option<SystemTime> {
        let seconds = self.unix_seconds();
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let time = if seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(whole)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(whole)
        };
        time?.checked_add(Duration::from_nanos(u64::from(self.nanosecond)))
    }
}

/// The one form of RFC 3339: `T` between date and time, no zeros at the end of a fraction, `Z` for UTC.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DateTime { year, month, day, hour, minute, second, nanosecond, offset_minutes } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if *nanosecond > 0 {
            write!(f, ".{}", format!("{nanosecond:09}").trim_end_matches('0'))?;
        }
        match offset_minutes {
            0 => f.write_str("Z"),
            _ => {
                let (sign, offset) = (if *offset_minutes < 0 { '-' } else { '+' }, offset_minutes.unsigned_abs());
                write!(f, "{sign}{:02}:{:02}", offset / 60, offset % 60)
            }
        }
    }
}

impl FromStr for DateTime {
    type Err = Error;

    /// Reads RFC 3339. What is not is an error of kind [`Parse`](ErrorKind::Parse).
    fn from_str(text: &str) -> Result<Self> {
        read(text)
            .map_err(|why| fault::unreadable(text, format!("{} is no date with a time: {why}", fault::shown(text))))
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| de::Error::custom(error.message()))
    }
}

/// Whether more text would make a date with a time of this one.
fn begins_one(text: &str) -> bool {
    const WHOLE: &str = "0000-01-01T00:00:00Z";
    // For months without a 31st.
    const EVEN: &str = "0000-10-10T00:00:00Z";
    // Behind the time a sign begins the offset; those in the date are hyphens.
    let sign = text.char_indices().rfind(|&(at, c)| at >= WHOLE.len() - 1 && matches!(c, '+' | '-'));
    let (begun, sign) = sign.map_or((0, '+'), |(at, sign)| (text.len() - at, sign));
    let leap = leap_offset(text, sign).unwrap_or_default();
    let rests = [WHOLE.get(text.len()..), EVEN.get(text.len()..), Some("Z"), "+00:00".get(begun..), leap.get(begun..)];
    // The last digit of the seconds or their fraction may be missing.
    let is_one = |digit: &str, rest: &str| read(&format!("{text}{digit}{rest}")).is_ok();
    rests.into_iter().flatten().any(|rest| is_one("", rest) || is_one("0", rest))
}

/// The offset with this sign by which the time is in the last minute of a day in UTC, where a second may be put in.
fn leap_offset(text: &str, sign: char) -> Option<String> {
    let part = |at: usize| text.get(at..at + 2)?.parse::<i32>().ok();
    let ahead = (part(11)? * 60 + part(14)? - 1439).rem_euclid(1440);
    let minutes = if sign == '-' { (1440 - ahead) % 1440 } else { ahead };
    Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}

const FORM: &str = "write it as 2026-11-28T13:46:07Z or 2026-11-28T13:46:07+01:00";

fn read(text: &str) -> Result<DateTime, String> {
    let mut rest = Rest(text);
    let year = rest.number(4)?;
    rest.one_of("-")?;
    let month = rest.part()?;
    rest.one_of("-")?;
    let day = rest.part()?;
    rest.one_of("Tt ")?;
    let hour = rest.part()?;
    rest.one_of(":")?;
    let minute = rest.part()?;
    rest.one_of(":")?;
    let second = rest.part()?;
    let nanosecond = rest.fraction()?;
    let offset_minutes = rest.offset()?;
    if !rest.0.is_empty() {
        return Err(format!("something follows it: {FORM}"));
    }
    let time = DateTime { year, month, day, hour, minute, second, nanosecond, offset_minutes };
    check(&time).map(|()| time)
}

fn check(time: &DateTime) -> Result<(), String> {
    let within = |what: &str, value: u8, low: u8, high: u8| {
        if (low..=high).contains(&value) { Ok(()) } else { Err(format!("the {what} is {value}, not {low} to {high}")) }
    };
    within("month", time.month, 1, 12)?;
    within("day", time.day, 1, days(time.year, time.month))?;
    within("hour", time.hour, 0, 23)?;
    within("minute", time.minute, 0, 59)?;
    let last_minute = DateTime { second: 0, ..*time }.unix_seconds().rem_euclid(86_400) == 86_340;
    within("second", time.second, 0, if last_minute { 60 } else { 59 })
}

fn days(year: u16, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What of the text is not read yet.
struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn number(&mut self, digits: usize) -> Result<u16, String> {
        let wrong = || format!("{digits} digits are expected before {}: {FORM}", fault::shown(self.0));
        let (number, rest) = self.0.split_at_checked(digits).ok_or_else(wrong)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = number.parse().map_err(|_| wrong())?;
        self.0 = rest;
        Ok(number)
    }

    fn part(&mut self) -> Result<u8, String> {
        let number = self.number(2)?;
        u8::try_from(number).map_err(|_| format!("{number} is too much: {FORM}"))
    }

    fn one_of(&mut self, wanted: &str) -> Result<char, String> {
        match self.0.chars().next().filter(|c| wanted.contains(*c)) {
            Some(c) => {
                self.0 = self.0.get(1..).unwrap_or_default();
                Ok(c)
            }
            None => Err(format!("one of {wanted:?} is expected before {}: {FORM}", fault::shown(self.0))),
        }
    }

    fn fraction(&mut self) -> Result<u32, String> {
        if self.one_of(".").is_err() {
            return Ok(0);
        }
        let digits = self.0.len() - self.0.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (fraction, rest) = self.0.split_at_checked(digits).unwrap_or_default();
        self.0 = rest;
        match fraction.len() {
            1..=9 => format!("{fraction:0<9}").parse().map_err(|_| FORM.to_owned()),
            _ => Err("a fraction of a second has 1 to 9 digits".to_owned()),
        }
    }

    fn offset(&mut self) -> Result<i16, String> {
        let sign = match self.one_of("Zz+-")? {
            '+' => 1,
            '-' => -1,
            _ => return Ok(0),
        };
        let hours = self.part()?;
        self.one_of(":")?;
        let minutes = self.part()?;
        if hours > 23 || minutes > 59 {
            return Err("the offset is beyond 23:59".to_owned());
        }
        Ok(sign * (i16::from(hours) * 60 + i16::from(minutes)))
    }
}

/// Reads a date with a time by RFC 3339; white space around it is passed over.
///
/// Days that a month does not have and offsets beyond a day are refused.
///
/// ```
/// use catena::{Model, parse::DateTimeParser, testing::FakeLlm};
///
/// let chain = Model::new(FakeLlm::always("1969-07-20T20:17:40Z\n")) | DateTimeParser;
/// let landing = futures::executor::block_on(chain.invoke("When did Eagle land?"))?;
/// assert_eq!((landing.year, landing.unix_seconds()), (1969, -14_182_940));
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "DatetimeOutputParser")]
pub struct DateTimeParser;

impl OutputParser for DateTimeParser {
    type Output = DateTime;

    fn parse(&self, text: &str) -> Result<DateTime> {
        let time = text.trim();
        time.parse().map_err(|error: Error| {
            let kind = if begins_one(time) { ErrorKind::Truncated } else { ErrorKind::Parse };
            Error::new(kind, error.message()).with_partial(text)
        })
    }

    fn format_instructions(&self) -> String {
        "Answer with a date and time in the form of RFC 3339 and nothing else, like this: 2026-11-28T13:46:07Z"
            .to_owned()
    }

    fn schema(&self) -> Option<Value> {
        Some(json!({ "type": "string", "format": "date-time" }))
    }
}

crate::parser_step!(DateTimeParser);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_the_calendar_has() {
        for (text, right) in [
            ("2024-02-29T00:00:00Z", true),
            ("2023-02-29T00:00:00Z", false),
            ("1900-02-29T00:00:00Z", false),
            ("2000-02-29t00:00:00z", true),
            ("2024-04-31T00:00:00Z", false),
            ("2024-13-01T00:00:00Z", false),
            ("2024-00-01T00:00:00Z", false),
            ("2024-01-01 24:00:00Z", false),
            ("2024-01-01 23:59:60Z", true),
            ("2024-01-01T12:59:60Z", false),
            ("2017-01-01T00:59:60+01:00", true),
            ("2024-01-01T00:00:00", false),
            ("2024-01-01T00:00:00.Z", false),
            ("2024-01-01T00:00:00.1234567890Z", false),
            ("2024-01-01T00:00:00+24:00", false),
            ("2024-01-01T00:00:00Z!", false),
            ("2024-1-01T00:00:00Z", false),
            ("２０24-01-01T00:00:00Z", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<DateTime>().is_ok(), right, "{text}");
        }
        let cut = DateTimeParser.parse(" 2024-01-0").unwrap_err();
        assert_eq!((cut.kind(), cut.partial()), (ErrorKind::Truncated, Some(" 2024-01-0")));
        assert_eq!(DateTimeParser.parse("soon").unwrap_err().kind(), ErrorKind::Parse);
        // A second that was put in, by an offset that does not stand there yet.
        for cut in [":6", ":60", ":60.", ":60.5", ":60+", ":60+0", ":60+01:", ":60-2"] {
            let error = DateTimeParser.parse(&format!("2017-01-01T00:59{cut}")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "{cut}");
        }
        for wrong in [":61", ":60Z", ":60+00:00", ":60+02"] {
            let error = DateTimeParser.parse(&format!("2017-01-01T00:59{wrong}")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Parse, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn it_is_read_as_chrono_reads_it(seconds in -62_135_596_800_i64..253_402_300_799, nanos in 0_u32..1_000_000_000, offset in -1439_i16..=1439) {
            let zone = chrono::FixedOffset::east_opt(i32::from(offset) * 60).unwrap();
            let theirs = chrono::DateTime::from_timestamp(seconds, nanos).unwrap().with_timezone(&zone);
            if (0..=9999).contains(&chrono::Datelike::year(&theirs)) {
                let ours: DateTime = theirs.to_rfc3339().parse().unwrap();
                prop_assert_eq!((ours.unix_seconds(), ours.nanosecond, ours.offset_minutes), (seconds, nanos, offset));
                prop_assert_eq!(ours.to_string().parse::<DateTime>().unwrap(), ours);
                prop_assert_eq!(ours.to_system_time(), Some(SystemTime::from(theirs)));
            }
        }

        /// What is cut is no date, or is known to be cut.
        #[test]
        fn a_date_that_is_cut_is_told_as_such(seconds in -62_135_596_800_i64..253_402_300_799, nanos in 0_u32..1_000_000_000, offset in -1439_i16..=1439) {
            let zone = chrono::FixedOffset::east_opt(i32::from(offset) * 60).unwrap();
            let whole = chrono::DateTime::from_timestamp(seconds, nanos).unwrap().with_timezone(&zone).to_rfc3339();
            if whole.parse::<DateTime>().is_ok() {
                for end in 0..whole.len() {
                    let cut = &whole[..end];
                    prop_assert_eq!(DateTimeParser.parse(cut).unwrap_err().kind(), ErrorKind::Truncated, "{}", cut);
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([0-9TZ:.+-]|\\PC)*") {
            let _ = DateTimeParser.parse(&text);
        }
    }
}
