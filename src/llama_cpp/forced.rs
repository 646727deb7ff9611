//! Text that a grammar leaves no choice about.
use super::around::Surroundings;
use crate::{Result, constraint::Constraint};

/// The tokens of the text that must follow, as far as what comes after it does not change how it is cut.
pub(super) fn forced(constraint: &Constraint, around: &Surroundings<'_>) -> Result<Vec<u32>> {
    let ahead = constraint.ahead()?;
    let settled = ahead.settled().len();
    let text = whole_characters(&ahead.bytes);
    if settled == 0 || text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(tokens) = around.canonical.tokens(text, around.model, &around.vocabulary) else {
        return Ok(Vec::new());
    };
    let mut length = 0;
    let is_settled = |token: &u32| {
        length += around.vocabulary.piece(*token).len();
        length <= settled
    };
    Ok(tokens.iter().copied().take_while(is_settled).collect())
}

/// The text up to where a character is cut, or is none.
fn whole_characters(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Ok(_) => text,
        Err(error) => text.get(..error.valid_up_to()).unwrap_or_default(),
    }
}
