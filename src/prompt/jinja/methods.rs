//! The methods of Python's text, lists and maps that templates call.
use minijinja::{Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat;
use std::fmt::{self, Write};

// Fuel pays for this many bytes.
const BYTES_PER_FUEL: usize = 64;

/// Calls a method. Those whose result can be far larger than their arguments pay for it before it is made: fuel that is
/// charged afterwards does not keep memory from running out.
pub(super) fn call(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        match (method, args) {
            ("join", [items]) => return join(state, text, items),
            ("replace", [old, new, ..]) => pay(state, replaced(text, old, new))?,
            ("format", _) if digits(text) > 4 => {
                return Err(Error::new(ErrorKind::InvalidOperation, "the width of a format is too large"));
            }
            _ => {}
        }
    }
    pycompat::unknown_method_callback(state, value, method, args)
}

fn pay(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    state.consume_fuel(u64::try_from(bytes / BYTES_PER_FUEL).unwrap_or(u64::MAX))
}

fn replaced(text: &str, old: &Value, new: &Value) -> usize {
    let (Some(old), Some(new)) = (old.as_str(), new.as_str()) else { return 0 };
    let count = if old.is_empty() { text.chars().count() + 1 } else { text.matches(old).count() };
    count.saturating_mul(new.len()).saturating_add(text.len())
}

fn join(state: &State<'_, '_>, separator: &str, items: &Value) -> Result<Value, Error> {
    let mut out = Paid { state, text: String::new(), owed: 0 };
    for (index, item) in items.try_iter()?.enumerate() {
        let separator = if index == 0 { "" } else { separator };
        if write!(out, "{separator}{item}").is_err() {
            return Err(Error::from(ErrorKind::OutOfFuel));
        }
        state.consume_fuel(1)?;
    }
    Ok(Value::from(out.text))
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

/// The longest run of digits.
fn digits(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}
