//! Dates for chat templates that state today's.
use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// Writes a time, in UTC, as Python's `strftime` does. An error names the first code that is not known.
pub(super) fn strftime(format: &str, time: SystemTime) -> Result<String, String> {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let month_name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    let day_name = usize::try_from(days % 7).ok().and_then(|at| DAYS.get(at)).copied().unwrap_or_default();
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let written = match chars.next() {
            Some('Y') => year.to_string(),
            Some('y') => format!("{:02}", year % 100),
            Some('m') => format!("{month:02}"),
            Some('d') => format!("{day:02}"),
            Some('e') => format!("{day:>2}"),
            Some('B') => month_name.to_owned(),
            Some('b' | 'h') => short(month_name),
            Some('A') => day_name.to_owned(),
            Some('a') => short(day_name),
            Some('j') => format!("{:03}", day_of_year(days, year)),
            Some('H') => format!("{:02}", second / 3600),
            Some('I') => format!("{:02}", (second / 3600 + 11) % 12 + 1),
            Some('p') => if second < 43_200 { "AM" } else { "PM" }.to_owned(),
            Some('M') => format!("{:02}", second / 60 % 60),
            Some('S') => format!("{:02}", second % 60),
            Some('F') => format!("{year}-{month:02}-{day:02}"),
            Some('T') => format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60),
            Some('Z') => "UTC".to_owned(),
            Some('z') => "+0000".to_owned(),
            Some('%') => "%".to_owned(),
            // Without padding, as C libraries know it.
            Some('-') => match chars.next() {
                Some('d') => day.to_string(),
                Some('m') => month.to_string(),
                code => return Err(unknown(&format!("-{}", code.map_or(String::new(), String::from)))),
            },
            code => return Err(unknown(&code.map_or(String::new(), String::from))),
        };
        out.push_str(&written);
    }
    Ok(out)
}

fn unknown(code: &str) -> String {
    format!("strftime_now: the code `%{code}` is not supported")
}

/// Year, month and day, counted in eras of 400 years that begin on the first of March.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

fn day_of_year(days: u64, year: u64) -> u64 {
    let mut first = days;
    while first > 0 && civil(first - 1).0 == year {
        first -= 1;
    }
    days - first + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: u64, format: &str) -> String {
        strftime(format, UNIX_EPOCH + Duration::from_secs(seconds)).unwrap()
    }

    // Python: datetime.fromtimestamp(n, timezone.utc).strftime(…)
    #[test]
    fn dates_are_pythons() {
        assert_eq!(at(0, "%A %a %d %b %B %Y %H:%M:%S %j"), "Thursday Thu 01 Jan January 1970 00:00:00 001");
        assert_eq!(at(951_782_400, "%F %a %j"), "2000-02-29 Tue 060");
        assert_eq!(at(1_709_251_199, "%d %b %Y %T"), "29 Feb 2024 23:59:59");
        assert_eq!(at(1_735_689_599, "%e %h %y %I %p %j"), "31 Dec 24 11 PM 366");
        assert_eq!(at(1_767_225_600, "%-d.%-m.%Y 100%% %Z%z"), "1.1.2026 100% UTC+0000");
        assert_eq!(at(4_107_542_400, "%F"), "2100-03-01");
    }

    #[test]
    fn unknown_codes_are_refused() {
        for format in ["%Q", "%", "%-", "%-Q"] {
            assert!(strftime(format, UNIX_EPOCH).is_err(), "{format}");
        }
    }
}
