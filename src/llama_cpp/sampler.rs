//! The choice of the next token.
use super::candidates::{Allowed, Candidates};
use crate::{Error, ErrorKind, GenerateOptions, Mirostat, Result};
use llama_cpp_2::{
    model::LlamaModel,
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData},
};

const DRY_SEQUENCE_BREAKERS: [&str; 4] = ["\n", ":", "\"", "*"];
/// Below this, dividing logits by the temperature may leave the range of their type.
const GREEDY_BELOW: f32 = 1e-5;

/// Chooses tokens as options say.
pub(super) struct Sampler {
    /// llama.cpp's samplers that look at what was written, and those that choose. Absent where the likeliest token is
    /// simply taken.
    chain: Option<LlamaSampler>,
    greedy: bool,
    candidates: Candidates,
}

impl Sampler {
    /// `options` are valid; `n_ctx` bounds how far back the penalties look.
    pub(super) fn new(model: &LlamaModel, options: &GenerateOptions, seed: u32, n_ctx: u32) -> Self {
        // This seed stands for "draw one" in llama.cpp.
        let seed = seed.min(u32::MAX - 1);
        let greedy = options.temperature.unwrap_or(0.8) < GREEDY_BELOW;
        let mut chain = penalties(model, options, n_ctx);
        if !greedy {
            chain.extend(choice(model, options, seed));
        }
        let chain = (!chain.is_empty()).then(|| LlamaSampler::chain(chain, true));
        Sampler { chain, greedy, candidates: Candidates::new(options.logit_bias.clone()) }
    }

    /// Chooses among the allowed tokens.
    pub(super) fn choose(&mut self, logits: &[f32], allowed: &Allowed<'_>) -> Result<u32> {
        let Some(chain) = &mut self.chain else {
            return self.candidates.likeliest(logits, allowed)?.ok_or_else(dead_end);
        };
        let mut array = self.candidates.fill(logits, allowed)?;
        let chosen = match array.data.as_slice() {
            [] => None,
            [only] => Some(only.id()),
            _ => {
                chain.apply(&mut array);
                if self.greedy {
                    let best = array.data.iter().max_by(|a, b| a.logit().total_cmp(&b.logit()));
                    best.map(LlamaTokenData::id)
                } else {
                    array.selected_token()
                }
            }
        };
        self.candidates.take_back(array);
        chosen.map(super::vocab::id).ok_or_else(dead_end)
    }

    /// From here on the model is made to want this token.
    pub(super) fn want(&mut self, token: Option<u32>) {
        self.candidates.want(token);
    }

    /// Notes a token of the prompt or of the answer.
    pub(super) fn accept(&mut self, token: LlamaToken) {
        if let Some(chain) = &mut self.chain {
            chain.accept(token);
        }
    }
}

fn dead_end() -> Error {
    Error::new(
        ErrorKind::DeadEnd,
        "no token of the vocabulary may follow: the grammar or the logit biases forbid them all; check that the \
         vocabulary can write what the grammar asks for",
    )
}

/// The samplers that lower what was written before.
fn penalties(model: &LlamaModel, options: &GenerateOptions, n_ctx: u32) -> Vec<LlamaSampler> {
    // More than the context holds cannot be looked back upon, and llama.cpp reserves memory for all of it.
    let look_back = |tokens: u32| i32::try_from(tokens.min(n_ctx)).unwrap_or(i32::MAX);
    let mut samplers = Vec::new();
    let last_n = options.penalty_last_n.unwrap_or(64);
    let repeat = options.repeat_penalty.unwrap_or(1.0);
    let frequency = options.frequency_penalty.unwrap_or(0.0);
    let presence = options.presence_penalty.unwrap_or(0.0);
    #[expect(clippy::float_cmp, reason = "these very values mean off")]
    if last_n > 0 && (repeat != 1.0 || frequency != 0.0 || presence != 0.0) {
        samplers.push(LlamaSampler::penalties(model.n_vocab(), look_back(last_n), repeat, frequency, presence));
    }
    let multiplier = options.dry_multiplier.unwrap_or(0.0);
    let dry_last_n = look_back(options.dry_penalty_last_n.unwrap_or(u32::MAX));
    if multiplier > 0.0 && dry_last_n > 0 {
        let base = options.dry_base.unwrap_or(1.75);
        let allowed = i32::try_from(options.dry_allowed_length.unwrap_or(2)).unwrap_or(i32::MAX);
        samplers.push(match &options.dry_sequence_breakers {
            Some(breakers) => LlamaSampler::dry(model, multiplier, base, allowed, dry_last_n, breakers),
            None => LlamaSampler::dry(model, multiplier, base, allowed, dry_last_n, DRY_SEQUENCE_BREAKERS),
        });
    }
    samplers
}

/// The samplers that narrow the choice, and the one that makes it, in llama.cpp's order.
fn choice(model: &LlamaModel, options: &GenerateOptions, seed: u32) -> Vec<LlamaSampler> {
    let temperature = LlamaSampler::temp(options.temperature.unwrap_or(0.8));
    let tau = options.mirostat_tau.unwrap_or(5.0);
    let eta = options.mirostat_eta.unwrap_or(0.1);
    match options.mirostat.unwrap_or(Mirostat::Off) {
        Mirostat::V1 => vec![temperature, LlamaSampler::mirostat(model.n_vocab(), seed, tau, eta, 100)],
        Mirostat::V2 => vec![temperature, LlamaSampler::mirostat_v2(seed, tau, eta)],
        Mirostat::Off => {
            let mut samplers = Vec::new();
            let top_k = options.top_k.unwrap_or(40);
            if top_k > 0 {
                samplers.push(LlamaSampler::top_k(i32::try_from(top_k).unwrap_or(i32::MAX)));
            }
            let typical_p = options.typical_p.unwrap_or(1.0);
            if typical_p < 1.0 {
                samplers.push(LlamaSampler::typical(typical_p, 1));
            }
            let top_p = options.top_p.unwrap_or(0.95);
            if top_p < 1.0 {
                samplers.push(LlamaSampler::top_p(top_p, 1));
            }
            let min_p = options.min_p.unwrap_or(0.05);
            if min_p > 0.0 {
                samplers.push(LlamaSampler::min_p(min_p, 1));
            }
            let xtc = options.xtc_probability.unwrap_or(0.0);
            if xtc > 0.0 {
                samplers.push(LlamaSampler::xtc(xtc, options.xtc_threshold.unwrap_or(0.1), 1, seed));
            }
            samplers.extend([temperature, LlamaSampler::dist(seed)]);
            samplers
        }
    }
}
