//! Probabilities out of logits.
use super::{candidates::not_a_number, vocab::Vocabulary};
use crate::{Result, TokenLogprob, TokenLogprobs};

/// The probability of `chosen`, and of the `n` most probable tokens.
#[expect(clippy::cast_possible_truncation, reason = "summed with more digits than are told")]
pub(super) fn logprobs(logits: &[f32], chosen: u32, n: usize, vocabulary: &Vocabulary) -> Result<TokenLogprobs> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - most).exp()).sum();
    if sum.is_nan() {
        return Err(not_a_number());
    }
    let shift = most + sum.ln() as f32;
    let of = |token: u32| {
        let logit = logits.get(token as usize).copied().unwrap_or(f32::NEG_INFINITY);
        TokenLogprob::new(token, String::from_utf8_lossy(vocabulary.piece(token)), logit - shift)
    };
    let mut order: Vec<u32> = (0..).take(logits.len()).collect();
    let by_logit = |a: &u32, b: &u32| {
        let logit = |token: &u32| logits.get(*token as usize).copied().unwrap_or(f32::NEG_INFINITY);
        logit(b).total_cmp(&logit(a)).then(a.cmp(b))
    };
    let n = n.min(order.len());
    if n > 0 && n < order.len() {
        order.select_nth_unstable_by(n, by_logit);
    }
    order.truncate(n);
    order.sort_unstable_by(by_logit);
    Ok(TokenLogprobs::new(of(chosen), order.into_iter().map(of).collect()))
}
