//! The fence of a Markdown code block around an answer.

/// The white space of JSON.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// The text within the one fence around it, and where in `text` it begins; `text` itself without a fence; nothing where
/// the fence does not end.
pub(in crate::parse) fn inside(text: &str) -> Option<(usize, &str)> {
    let trimmed = text.trim_matches(BLANK);
    let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
    if ticks < 3 {
        return Some((0, text));
    }
    let line = trimmed.find('\n')?;
    let start = text.len() - text.trim_start_matches(BLANK).len() + line + 1;
    let inner = trimmed.get(line + 1..)?.strip_suffix("`".repeat(ticks).as_str())?;
    Some((start, inner))
}
