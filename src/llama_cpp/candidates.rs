//! The tokens that may be chosen, with their logits.
use crate::{Error, ErrorKind, Result, constraint::TokenMask};
use llama_cpp_2::token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray};

/// Which tokens may be chosen.
pub(super) enum Allowed<'a> {
    /// Any.
    All,
    /// Those of the mask, and these.
    Only { mask: &'a TokenMask, and: &'a [u32] },
}

/// Gathers candidates, reusing its memory from token to token.
pub(super) struct Candidates {
    bias: Vec<(u32, f32)>,
    biased: Vec<f32>,
    data: Vec<LlamaTokenData>,
}

impl Candidates {
    pub(super) fn new(bias: Vec<(u32, f32)>) -> Self {
        Candidates { bias, biased: Vec::new(), data: Vec::new() }
    }

    /// The likeliest allowed token.
    pub(super) fn likeliest(&mut self, logits: &[f32], allowed: &Allowed<'_>) -> Result<Option<u32>> {
        let logits = biased(&self.bias, &mut self.biased, logits);
        let (mut best, mut found) = (f32::NEG_INFINITY, None);
        let mut broken = false;
        let mut look = |token: u32, logit: f32| {
            broken |= logit.is_nan();
            if logit > best {
                (best, found) = (logit, Some(token));
            }
        };
        match allowed {
            Allowed::All => (0..).zip(logits).for_each(|(token, &logit)| look(token, logit)),
            Allowed::Only { mask, and } => {
                let allowed = mask.iter().chain(and.iter().copied());
                allowed.filter_map(|token| Some((token, *logits.get(token as usize)?))).for_each(|(t, l)| look(t, l));
            }
        }
        if broken { Err(not_a_number()) } else { Ok(found) }
    }

    /// All allowed tokens that are not forbidden by a bias, in the order of their numbers. Hand the array back to
    /// [`take_back`](Candidates::take_back).
    pub(super) fn fill(&mut self, logits: &[f32], allowed: &Allowed<'_>) -> Result<LlamaTokenDataArray> {
        let logits = biased(&self.bias, &mut self.biased, logits);
        let mut data = std::mem::take(&mut self.data);
        data.clear();
        let mut broken = false;
        let mut add = |token: u32, logit: f32| {
            broken |= logit.is_nan();
            if logit > f32::NEG_INFINITY {
                data.push(LlamaTokenData::new(LlamaToken(i32::try_from(token).unwrap_or_default()), logit, 0.0));
            }
        };
        match allowed {
            Allowed::All => (0..).zip(logits).for_each(|(token, &logit)| add(token, logit)),
            Allowed::Only { mask, and } => {
                let allowed = mask.iter().chain(and.iter().copied());
                allowed.filter_map(|token| Some((token, *logits.get(token as usize)?))).for_each(|(t, l)| add(t, l));
            }
        }
        if broken { Err(not_a_number()) } else { Ok(LlamaTokenDataArray::new(data, false)) }
    }

    pub(super) fn take_back(&mut self, array: LlamaTokenDataArray) {
        self.data = array.data;
    }
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

fn not_a_number() -> Error {
    Error::new(
        ErrorKind::Engine,
        "the model gave a logit that is not a number: the file is damaged or the numbers overflow; try another \
         quantisation, or less offloading",
    )
}
