//! A smaller model that guesses what the large one will write.
use super::{
    around::Surroundings,
    candidates::{Allowed, Candidates},
    engine::{Decoded, Engine, Row},
    forced::forced,
    load,
    lora::Adapters,
    setup::Setup,
    slots::common,
    vocab::{Vocabulary, id},
    writer::llama_token,
};
use crate::{Error, ErrorKind, Result, constraint::Constraint};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};

/// How probable the smaller model must find a token for it to be guessed.
const LIKELY: f32 = 0.5;

/// The smaller model's context.
pub(super) struct Draft<'model> {
    engine: Engine<'model>,
    /// What its memory holds of the text in each slot.
    held: Vec<Vec<LlamaToken>>,
    /// Tokens that it knows.
    n_vocab: usize,
    candidates: Candidates,
}

/// What is guessed of one text.
pub(super) struct Guess<'text> {
    pub(super) slot: usize,
    /// The text so far.
    pub(super) written: &'text [LlamaToken],
    /// Tokens to guess at most.
    pub(super) most: usize,
    /// What the text is held to from here on.
    pub(super) constraint: Option<Constraint>,
    /// Whether what the constraint forces is written without asking.
    pub(super) forward: bool,
    pub(super) tokens: Vec<LlamaToken>,
    pub(super) is_over: bool,
    /// Whether it is of no use to ask again soon.
    pub(super) rests: bool,
}

/// How the smaller model is loaded beside one with a context of so many tokens.
pub(super) fn setup(setup: &Setup, n_ctx: u32) -> Option<Setup> {
    let path = setup.draft.clone()?;
    let n_gpu_layers = setup.n_gpu_layers_draft.unwrap_or(setup.n_gpu_layers);
    Some(Setup {
        path,
        n_ctx: Some(n_ctx),
        n_gpu_layers,
        rope_freq_base: 0.0,
        rope_freq_scale: 0.0,
        lora_path: None,
        loras: Vec::new(),
        kv_overrides: Vec::new(),
        chat_template: None,
        progress: None,
        draft: None,
        spill: None,
        ..setup.clone()
    })
}

impl<'model> Draft<'model> {
    /// Makes the context of a smaller model that is to guess for one with this vocabulary.
    pub(super) fn new(setup: &Setup, model: &'model LlamaModel, vocabulary: &Vocabulary) -> Result<Self> {
        let path = || setup.path.display().to_string();
        let own = load::vocabulary(setup, model)?;
        if let Some(difference) = vocabulary.difference(&own) {
            let message = format!(
                "the draft model has another vocabulary, {difference}: take a smaller model of the same family"
            );
            return Err(Error::new(ErrorKind::Unsupported, message).with_path(path()));
        }
        let context = load::context(setup, model)?;
        let layout = load::layout(setup, model, &context);
        if !layout.can_cut {
            return Err(Error::new(ErrorKind::Unsupported, RECURRENT).with_path(path()));
        }
        let engine = Engine::new(layout, context, Adapters::new(None, Vec::new()));
        let (held, n_vocab) = (vec![Vec::new(); layout.slots], own.len());
        Ok(Draft { engine, held, n_vocab, candidates: Candidates::new(Vec::new()) })
    }

    /// Guesses what comes after texts; those that are being written have these slots. Where that cannot be done, there are
    /// fewer guesses, or none.
    pub(super) fn guess(&mut self, guesses: &mut [Guess<'_>], seated: &[usize], around: &Surroundings<'_>) {
        for guess in &mut *guesses {
            self.keep_common(guess);
            let held = self.held.get(guess.slot).map_or(0, Vec::len);
            if guess.written.iter().skip(held).any(|&token| id(token) as usize >= self.n_vocab) {
                guess.rest();
            }
        }
        self.make_room(guesses, seated);
        loop {
            self.engine.begin();
            let mut parts = Vec::new();
            for (at, guess) in guesses.iter().enumerate() {
                parts.extend(self.add(at, guess));
            }
            if parts.is_empty() {
                return;
            }
            if !matches!(self.engine.decode(), Ok(Decoded::Done)) {
                // The memory holds nothing that cannot be evaluated again.
                for slot in 0..self.held.len() {
                    self.forget(slot);
                }
                for guess in &mut *guesses {
                    guess.rest();
                }
                return;
            }
            around.counters.draft_tokens.add(parts.iter().map(|part| part.count).sum());
            for Part { at, count, row } in parts {
                let Some(guess) = guesses.get_mut(at) else { continue };
                if let Some(held) = self.held.get_mut(guess.slot) {
                    let next = held.len();
                    held.extend(guess.all().skip(next).take(count));
                }
                let Some(row) = row else { continue };
                let chosen = self
                    .engine
                    .logits(row)
                    .ok()
                    .and_then(|logits| guess.choose(logits, &mut self.candidates, around).unwrap_or_default());
                guess.is_over |= chosen.is_none() || guess.tokens.len() >= guess.most;
            }
        }
    }

    /// Lets texts rest that the memory has no room for, those first of which most would have to be evaluated: what gives
    /// way to another text and comes back is evaluated at each turn.
    fn make_room(&mut self, guesses: &mut [Guess<'_>], seated: &[usize]) {
        if self.fits(guesses) {
            return;
        }
        for slot in (0..self.held.len()).filter(|slot| !seated.contains(slot)) {
            self.forget(slot);
        }
        while !self.fits(guesses) {
            let open = guesses.iter_mut().filter(|guess| !guess.is_over);
            let Some(guess) = open.max_by_key(|guess| self.missing(guess)) else { return };
            guess.rest();
            self.forget(guess.slot);
        }
    }

    /// Whether there is room for these texts and guesses beside all that is held.
    fn fits(&self, guesses: &[Guess<'_>]) -> bool {
        let layout = self.engine.layout();
        let held: usize = self.held.iter().map(Vec::len).sum();
        let missing: usize = guesses.iter().filter(|guess| !guess.is_over).map(|guess| self.missing(guess)).sum();
        !layout.shared || held + missing <= layout.n_ctx as usize
    }

    /// Tokens of a text and a guess at it that are not held.
    fn missing(&self, guess: &Guess<'_>) -> usize {
        let held = self.held.get(guess.slot).map_or(0, Vec::len);
        (guess.written.len() + guess.most).saturating_sub(held)
    }

    /// Forgets what the memory holds of a slot that is not of this text.
    fn keep_common(&mut self, guess: &Guess<'_>) {
        let Some(held) = self.held.get(guess.slot) else { return };
        // The last token is evaluated for what follows it.
        let shared = common(held, guess.written).min(guess.written.len().saturating_sub(1));
        if shared == held.len() {
            return;
        }
        if self.engine.cut(guess.slot, shared) {
            if let Some(held) = self.held.get_mut(guess.slot) {
                held.truncate(shared);
            }
        } else {
            self.forget(guess.slot);
        }
    }

    fn forget(&mut self, slot: usize) {
        self.engine.forget(slot);
        if let Some(held) = self.held.get_mut(slot) {
            held.clear();
        }
    }

    /// Adds to the batch what is not evaluated of a text, as far as there is room.
    fn add(&mut self, at: usize, guess: &Guess<'_>) -> Option<Part> {
        let next = self.held.get(guess.slot).filter(|_| !guess.is_over)?.len();
        let count = (guess.written.len() + guess.tokens.len()).saturating_sub(next).min(self.engine.room());
        let mut part = Part { at, count: 0, row: None };
        for (i, token) in guess.all().skip(next).take(count).enumerate() {
            let is_last = next + i + 1 == guess.written.len() + guess.tokens.len();
            part.row = self.engine.add(guess.slot, next + i, token, is_last).ok()?;
            part.count += 1;
        }
        (part.count > 0).then_some(part)
    }
}

/// What of one text is evaluated in a batch.
struct Part {
    at: usize,
    count: usize,
    row: Option<Row>,
}

impl Guess<'_> {
    /// Ends it, and says that it is of no use to ask again soon.
    fn rest(&mut self) {
        self.is_over = true;
        self.rests = true;
    }

    /// The text with what is guessed of it.
    fn all(&self) -> impl Iterator<Item = LlamaToken> + '_ {
        self.written.iter().chain(&self.tokens).copied()
    }

    /// Guesses one token more, if one is likely, and what it leaves no choice about.
    fn choose(
        &mut self,
        logits: &[f32],
        candidates: &mut Candidates,
        around: &Surroundings<'_>,
    ) -> Result<Option<u32>> {
        let mask = self.constraint.as_mut().map(Constraint::mask).transpose()?;
        let allowed = match &mask {
            Some(mask) => Allowed::Only { mask, and: &[], but: &[] },
            None => Allowed::All { but: &[] },
        };
        let is_known = |token: &u32| (*token as usize) < around.vocabulary.len();
        let likeliest = candidates.likeliest(logits, &allowed)?.filter(is_known);
        let Some(token) = likeliest.filter(|&token| allowed.probability(logits, token) >= LIKELY) else {
            return Ok(None);
        };
        if around.vocabulary.end_of_generation().contains(&token) {
            return Ok(None);
        }
        self.tokens.push(llama_token(token));
        if let Some(constraint) = &mut self.constraint {
            constraint.accept(token)?;
            while self.forward {
                let run = forced(constraint, around)?;
                if run.is_empty() {
                    break;
                }
                for token in run {
                    constraint.accept(token)?;
                    self.tokens.push(llama_token(token));
                }
                if self.tokens.len() >= self.most {
                    break;
                }
            }
            // Nothing can follow.
            if constraint.is_finished() {
                return Ok(None);
            }
        }
        Ok(Some(token))
    }
}

/// Why a model can have no other one guess for it, or guess for another.
pub(super) const RECURRENT: &str =
    "a recurrent model cannot take back what was guessed wrong: leave out `draft`, or take models with attention alone";

impl Vocabulary {
    /// How another vocabulary differs, as far as both go.
    fn difference(&self, other: &Vocabulary) -> Option<String> {
        let both = self.len().min(other.len());
        let ends = |vocabulary: &Vocabulary, token: u32| vocabulary.end_of_generation().contains(&token);
        let differs = |&token: &u32| self.piece(token) != other.piece(token) || ends(self, token) != ends(other, token);
        let token = (0..).take(both).find(differs)?;
        let text = |vocabulary: &Vocabulary| format!("{:?}", String::from_utf8_lossy(vocabulary.piece(token)));
        Some(format!("where token {token} is {} in place of {}", text(other), text(self)))
    }
}
