//! The methods of Python's text, lists and maps that templates call.
use super::paid::{format_size, join, pay};
use minijinja::{Error, State, Value};
use minijinja_contrib::pycompat;

/// Calls a method. Those whose result can be far larger than their arguments pay for it before it is made: fuel that is
/// charged afterwards does not keep memory from running out.
pub(super) fn call(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        match (method, args) {
            ("join", [items]) => return join(state, text, items.try_iter()?),
            ("replace", [old, new, ..]) => pay(state, replaced(text, old, new))?,
            ("format", args) => pay(state, format_size(state, '{', text, args)?)?,
            _ => {}
        }
    }
    pycompat::unknown_method_callback(state, value, method, args)
}

fn replaced(text: &str, old: &Value, new: &Value) -> usize {
    let (Some(old), Some(new)) = (old.as_str(), new.as_str()) else { return 0 };
    let count = if old.is_empty() { text.chars().count() + 1 } else { text.matches(old).count() };
    count.saturating_mul(new.len()).saturating_add(text.len())
}
