//! The tokens that may be chosen, with their logits.
use super::wish::WANTED;
use crate::{Error, ErrorKind, Result, constraint::TokenMask};
use llama_cpp_2::token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray};

/// Which tokens may be chosen.
pub(super) enum Allowed<'a> {
    /// Any but those that were found not to do.
    All { but: &'a [u32] },
    /// Those of the mask, and these; but not those that were found not to do.
    Only { mask: &'a TokenMask, and: &'a [u32], but: &'a [u32] },
}

impl Allowed<'_> {
    /// Shows all that are allowed and have a logit.
    fn each(&self, logits: &[f32], mut show: impl FnMut(u32, f32)) {
        match self {
            Allowed::All { but } => {
                let all = (0..).zip(logits).filter(|(token, _)| !but.contains(token));
                all.for_each(|(token, &logit)| show(token, logit));
            }
            Allowed::Only { mask, and, but } => {
                for token in mask.iter().chain(and.iter().copied()).filter(|token| !but.contains(token)) {
                    if let Some(&logit) = logits.get(token as usize) {
                        show(token, logit);
                    }
                }
            }
        }
    }

    /// How probable a token is among those that are allowed.
    pub(super) fn probability(&self, logits: &[f32], token: u32) -> f32 {
        let Some(&chosen) = logits.get(token as usize) else { return 0.0 };
        let mut sum = 0.0;
        self.each(logits, |_, logit| sum += (logit - chosen).exp());
        if sum > 0.0 { 1.0 / sum } else { 0.0 }
    }
}

/// Gathers candidates, reusing its memory from token to token.
pub(super) struct Candidates {
    bias: Vec<(u32, f32)>,
    wanted: Option<u32>,
    biased: Vec<f32>,
    data: Vec<LlamaTokenData>,
}

impl Candidates {
    pub(super) fn new(bias: Vec<(u32, f32)>) -> Self {
        Candidates { bias, wanted: None, biased: Vec::new(), data: Vec::new() }
    }

    /// From here on the model is made to want this token.
    pub(super) fn want(&mut self, token: Option<u32>) {
        self.wanted = token;
    }

    /// The likeliest allowed token.
    pub(super) fn likeliest(&mut self, logits: &[f32], allowed: &Allowed<'_>) -> Result<Option<u32>> {
        let logits = biased(&self.bias, &mut self.biased, logits);
        if matches!(allowed, Allowed::All { but: [] }) {
            // Looked for in any case: it is what takes the time.
            let highest = highest(logits)?;
            return Ok(self.wanted.or(highest));
        }
        let (mut best, mut found) = (f32::NEG_INFINITY, None);
        let mut broken = false;
        let wanted = self.wanted;
        allowed.each(logits, |token, logit| {
            let logit = if wanted == Some(token) { WANTED } else { logit };
            broken |= logit.is_nan();
            if logit > best {
                (best, found) = (logit, Some(token));
            }
        });
        if broken { Err(not_a_number()) } else { Ok(found) }
    }

    /// All allowed tokens that are not forbidden by a bias, in the order of their numbers. Hand the array back to
    /// [`take_back`](Candidates::take_back).
    pub(super) fn fill(&mut self, logits: &[f32], allowed: &Allowed<'_>) -> Result<LlamaTokenDataArray> {
        let logits = biased(&self.bias, &mut self.biased, logits);
        let mut data = std::mem::take(&mut self.data);
        data.clear();
        let mut broken = false;
        let wanted = self.wanted;
        allowed.each(logits, |token, logit| {
            let logit = if wanted == Some(token) { WANTED } else { logit };
            broken |= logit.is_nan();
            if logit > f32::NEG_INFINITY {
                data.push(LlamaTokenData::new(LlamaToken(i32::try_from(token).unwrap_or_default()), logit, 0.0));
            }
        });
        if broken { Err(not_a_number()) } else { Ok(LlamaTokenDataArray::new(data, false)) }
    }

    pub(super) fn take_back(&mut self, array: LlamaTokenDataArray) {
        self.data = array.data;
    }
}

/// The first of the highest logits; none if all are negative infinity.
fn highest(logits: &[f32]) -> Result<Option<u32>> {
    // Many at a time, as compilers do not find that in a search for the place.
    let mut best = [f32::NEG_INFINITY; 16];
    let mut broken = [false; 16];
    let chunks = logits.chunks_exact(16);
    let rest = chunks.remainder();
    for chunk in chunks {
        for ((best, broken), &logit) in best.iter_mut().zip(&mut broken).zip(chunk) {
            *best = if logit > *best { logit } else { *best };
            *broken |= logit.is_nan();
        }
    }
    if broken.contains(&true) || rest.iter().any(|logit| logit.is_nan()) {
        return Err(not_a_number());
    }
    let best = best.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
    let place = logits.iter().position(|&logit| logit >= best && logit > f32::NEG_INFINITY);
    Ok(place.and_then(|place| u32::try_from(place).ok()))
}

fn biased<'a>(bias: &[(u32, f32)], buffer: &'a mut Vec<f32>, logits: &'a [f32]) -> &'a [f32] {
    if bias.is_empty() {
        return logits;
    }
    buffer.clear();
    buffer.extend_from_slice(logits);
    for &(token, bias) in bias {
        if let Some(logit) = buffer.get_mut(token as usize) {
            *logit += bias;
        }
    }
    buffer
}

pub(super) fn not_a_number() -> Error {
    Error::new(
        ErrorKind::Engine,
        "the model gave a logit that is not a number: the file is damaged or the numbers overflow; try another \
         quantisation, or less offloading",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_of_the_highest_wins(logits in prop::collection::vec(prop::sample::select(vec![-1e9, -2.5, 0.0, 3.0, 7.5, f32::NEG_INFINITY]), 0..80)) {
            let mut expected = None;
            for (token, &logit) in (0_u32..).zip(&logits) {
                if logit > expected.map_or(f32::NEG_INFINITY, |(_, best)| best) {
                    expected = Some((token, logit));
                }
            }
            prop_assert_eq!(highest(&logits).unwrap(), expected.map(|(token, _)| token));
        }

        #[test]
        fn no_number_is_no_choice(at in 0_usize..70, length in 0_usize..70) {
            let mut logits = vec![1.0; length];
            if let Some(logit) = logits.get_mut(at) {
                *logit = f32::NAN;
            }
            prop_assert_eq!(highest(&logits).is_err(), at < length);
        }
    }
}
