//! How an answer that is held to a grammar is brought to its end with few tokens.
use super::around::Surroundings;
use crate::{Result, constraint::Constraint};
use std::sync::Arc;

/// The tokens of a shortest rest of the text, if there are at most `most`. Whether they are the fewest depends on the
/// tokenizer; it is a rest that surely fits.
pub(super) fn rest(constraint: &Constraint, around: &Surroundings<'_>, most: usize) -> Result<Option<Arc<[u32]>>> {
    let limit = most.saturating_mul(around.vocabulary.longest());
    if constraint.distance() > limit as u64 {
        return Ok(None);
    }
    let Some(text) = constraint.completion(limit)? else { return Ok(None) };
    Ok(cut(&text, around).filter(|tokens| tokens.len() <= most))
}

/// Whether the text can be brought to its end with `most` tokens.
pub(super) fn fits(constraint: &Constraint, around: &Surroundings<'_>, most: usize) -> Result<bool> {
    // A tokenizer that knows every byte needs no more tokens than there are bytes.
    if around.vocabulary.has_all_bytes() && constraint.distance() <= most as u64 {
        return Ok(true);
    }
    Ok(rest(constraint, around, most)?.is_some())
}

/// The tokens of a text that may begin in the middle of a character.
pub(super) fn cut(text: &[u8], around: &Surroundings<'_>) -> Option<Arc<[u32]>> {
    let continues = text.iter().take_while(|&&byte| byte & 0b1100_0000 == 0b1000_0000).count();
    let (begun, whole) = text.split_at(continues);
    let bytes = |text: &[u8]| text.iter().map(|&byte| around.vocabulary.byte(byte)).collect::<Option<Vec<u32>>>();
    match around.canonical.tokens(whole, around.model, &around.vocabulary) {
        Some(tokens) if begun.is_empty() => Some(tokens),
        Some(tokens) => Some(bytes(begun)?.into_iter().chain(tokens.iter().copied()).collect()),
        None => Some(bytes(text)?.into()),
    }
}
