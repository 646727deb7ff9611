//! Text that is paid for before it is made: fuel that is charged afterwards does not keep memory from running out.
use minijinja::{
    Error, ErrorKind, State, UndefinedBehavior, Value,
    formatting::{FormatStyle, format},
    value::{Kwargs, Rest, ValueOrKwargs},
};
use std::fmt::{self, Write};

// Fuel pays for this many bytes.
const BYTES_PER_FUEL: usize = 64;
/// The most digits that a number has before its point, and a sign.
const DIGITS: usize = 320;

pub(super) fn pay(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    state.consume_fuel(u64::try_from(bytes / BYTES_PER_FUEL).unwrap_or(u64::MAX))
}

/// The items one behind the other, with this between them.
pub(super) fn join(state: &State<'_, '_>, separator: &str, items: impl Iterator<Item = Value>) -> Result<Value, Error> {
    let mut out = Paid { state, text: String::new(), owed: 0 };
    for (index, item) in items.enumerate() {
        let separator = if index == 0 { "" } else { separator };
        if write!(out, "{separator}{item}").is_err() {
            return Err(Error::from(ErrorKind::OutOfFuel));
        }
        state.consume_fuel(1)?;
    }
    Ok(Value::from(out.text))
}

/// The filter of this name.
pub(super) fn join_filter(
    state: &State<'_, '_>,
    value: &Value,
    separator: Option<&str>,
    attribute: Option<&str>,
    options: &Kwargs,
) -> Result<Value, Error> {
    let separator = separator.map_or_else(|| options.get::<Option<&str>>("d"), |given| Ok(Some(given)))?;
    let attribute = attribute.map_or_else(|| options.get::<Option<&str>>("attribute"), |given| Ok(Some(given)))?;
    options.assert_all_used()?;
    let items = items(state, value)?.map(|item| match attribute {
        Some(path) => path.split('.').fold(item, |value, name| part_of(&value, name)),
        None => item,
    });
    join(state, separator.unwrap_or_default(), items)
}

fn items(state: &State<'_, '_>, value: &Value) -> Result<impl Iterator<Item = Value> + use<>, Error> {
    if value.is_undefined() && state.undefined_behavior() == UndefinedBehavior::Strict {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    value.try_iter().map_err(|error| {
        let message = format!("cannot join value of type {}", value.kind());
        Error::new(ErrorKind::InvalidOperation, message).with_source(error)
    })
}

fn part_of(value: &Value, name: &str) -> Value {
    let part = match name.parse::<usize>() {
        Ok(index) => value.get_item_by_index(index),
        Err(_) => value.get_attr(name),
    };
    part.unwrap_or(Value::UNDEFINED)
}

/// The filter `format`, with the fields of Python's `%`.
pub(super) fn format_filter(state: &State<'_, '_>, text: &str, values: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let values = values.into_values();
    if values.iter().any(Value::is_undefined) && state.undefined_behavior() == UndefinedBehavior::Strict {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    pay(state, format_size(state, '%', text, &values)?)?;
    format(FormatStyle::Printf, text, &values)
}

/// At most so many bytes: each field, which begins with `sign`, is as long as the longest value, or as wide as the largest
/// number in the format says. Of keyword arguments, which are one value, the text holds that of each.
pub(super) fn format_size(state: &State<'_, '_>, sign: char, text: &str, values: &[Value]) -> Result<usize, Error> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    if numbers.clone().any(|digits| digits.len() > 4) {
        return Err(Error::new(ErrorKind::InvalidOperation, "the width of a format is too large"));
    }
    let width = numbers.filter_map(|digits| digits.parse::<usize>().ok()).max().unwrap_or_default();
    let mut longest = width + DIGITS;
    for value in values {
        let length = match value.as_str() {
            Some(text) => text.len(),
            None => {
                let mut out = Paid { state, text: String::new(), owed: 0 };
                write!(out, "{value}").map_err(|_| Error::from(ErrorKind::OutOfFuel))?;
                out.text.len()
            }
        };
        longest = longest.max(length);
    }
    Ok(text.matches(sign).count().saturating_mul(longest).saturating_add(text.len()))
}

/// Text that is paid for while it grows.
struct Paid<'s, 't, 'e> {
    state: &'s State<'t, 'e>,
    text: String,
    owed: usize,
}

impl Write for Paid<'_, '_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.owed += text.len();
        pay(self.state, self.owed).map_err(|_| fmt::Error)?;
        self.owed %= BYTES_PER_FUEL;
        self.text.push_str(text);
        Ok(())
    }
}
