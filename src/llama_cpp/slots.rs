//! What the context's memory holds, and which of it a new prompt can take over.
use super::{engine::Engine, lora::Adapter, spill::Spill, state};
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::token::LlamaToken;
use std::{path::Path, sync::Arc};

/// Copying a prefix and keeping what it was copied from is worth it from this many tokens on.
const WORTH_COPYING: usize = 32;

/// The sequences of a context, each with the tokens that were evaluated for it. Those that no text uses are kept, for
/// prompts that begin like them.
pub(super) struct Slots<'a> {
    entries: Vec<Slot>,
    /// Tokens that slots without a text may hold together.
    budget: usize,
    clock: u64,
    /// Where states go for which there is no room here.
    spill: Option<Spill<'a>>,
}

#[derive(Default)]
struct Slot {
    /// What the context holds of the sequence.
    tokens: Vec<LlamaToken>,
    /// Tokens at the beginning that were evaluated in whole batches of nothing else.
    steady: usize,
    /// The adapter that they were evaluated with.
    adapter: Adapter,
    /// The logits after the last token of a prompt, and how many tokens that is.
    logits: Option<(usize, Arc<[f32]>)>,
    in_use: bool,
    last_used: u64,
}

/// A slot for a prompt, and how many of its tokens are there already.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) slot: usize,
    pub(super) cached: usize,
    /// Those after the prompt's last token, if it is there too.
    pub(super) logits: Option<Arc<[f32]>>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(count: usize, budget: usize, spill: Option<Spill<'a>>) -> Self {
        Slots { entries: (0..count).map(|_| Slot::default()).collect(), budget, clock: 0, spill }
    }

    /// Whether a slot is free.
    pub(super) fn has_free(&self) -> bool {
        self.entries.iter().any(|slot| !slot.in_use)
    }

    /// Whether anything is kept.
    pub(super) fn keeps(&self) -> bool {
        self.budget > 0
    }

    /// Tokens that the slot holds.
    pub(super) fn length(&self, slot: usize) -> usize {
        self.entries.get(slot).map_or(0, |slot| slot.tokens.len())
    }

    /// Tokens that are kept in slots that no text uses.
    pub(super) fn kept(&self) -> usize {
        self.entries.iter().filter(|slot| !slot.in_use).map(|slot| slot.tokens.len()).sum()
    }

    /// Takes a free slot for a prompt, with as much of the prompt in it as some slot holds. The prompt's last token is
    /// taken only from where the same prompt ended, as its logits are needed. With `chunk` only whole chunks of that many
    /// tokens that were evaluated by themselves are taken, or all.
    pub(super) fn take(
        &mut self,
        engine: &mut Engine<'_>,
        tokens: &[LlamaToken],
        adapter: Adapter,
        chunk: Option<usize>,
    ) -> Option<Taken> {
        let usable = tokens.len().saturating_sub(1);
        if chunk.is_none() {
            self.recall(engine, tokens.get(..usable).unwrap_or_default(), adapter);
        }
        let shared = |(at, slot): (usize, &Slot)| {
            if slot.adapter != adapter {
                return 0;
            }
            let all = common(&slot.tokens, tokens);
            let can_cut = engine.can_cut(at);
            // Between cells of their own a copy is made with the next batch, so there has to be one.
            let is_there = can_cut && (engine.layout().shared || !slot.in_use);
            let is_whole = !slot.in_use && all == slot.tokens.len();
            if (is_there || is_whole) && slot.logits_after(tokens.len()).is_some() && all == tokens.len() {
                return all;
            }
            let shared = all.min(usable);
            let shared = match chunk {
                Some(chunk) => shared.min(slot.steady) / chunk.max(1) * chunk.max(1),
                None => shared,
            };
            // What cannot be cut must be taken whole.
            if !can_cut && (slot.in_use || shared < slot.tokens.len()) { 0 } else { shared }
        };
        let lengths: Vec<usize> = self.entries.iter().enumerate().map(shared).collect();
        let length = |slot: usize| lengths.get(slot).copied().unwrap_or(0);
        let free = |slots: &Self, slot: usize| slots.entries.get(slot).is_some_and(|slot| !slot.in_use);
        // Among equals one that is free, and of those the one that loses least.
        let best =
            (0..lengths.len()).max_by_key(|&slot| (length(slot), free(self, slot), usize::MAX - self.length(slot)))?;
        let oldest = Self::oldest;
        let cached = length(best);
        let (slot, cached) = if cached == 0 {
            let slot = oldest(self, None)?;
            self.lose(engine, slot);
            engine.forget(slot);
            (slot, 0)
        } else if free(self, best)
            && (cached == tokens.len() || self.is_taken_over(best, cached, oldest(self, Some(best))))
        {
            let whole = self.length(best) == cached;
            if self.length(best) > cached + WORTH_COPYING {
                self.lose(engine, best);
            }
            (best, if whole || engine.cut(best, cached) { cached } else { 0 })
        } else {
            let slot = oldest(self, Some(best))?;
            self.lose(engine, slot);
            (slot, if engine.copy(best, slot, cached) { cached } else { 0 })
        };
        let source = self.entries.get(best).filter(|_| cached > 0);
        let steady = source.map_or(0, |slot| slot.steady).min(cached);
        let logits = source.and_then(|slot| slot.logits.clone()).filter(|&(length, _)| length <= cached);
        self.clock += 1;
        let tokens_held = tokens.get(..cached).unwrap_or_default().to_vec();
        let entry = self.entries.get_mut(slot)?;
        *entry = Slot { tokens: tokens_held, steady, adapter, logits, in_use: true, last_used: self.clock };
        let logits = entry.logits_after(tokens.len()).filter(|_| cached == tokens.len());
        Some(Taken { slot, cached, logits })
    }

    /// The slot without a text that was used least lately, an empty one before all others.
    fn oldest(&self, except: Option<usize>) -> Option<usize> {
        let others = self.entries.iter().enumerate().filter(|&(at, slot)| !slot.in_use && Some(at) != except);
        others.min_by_key(|(_, slot)| (!slot.tokens.is_empty(), slot.last_used)).map(|(at, _)| at)
    }

    /// What a slot holds is about to be lost: writes it to disk, if that is wanted.
    fn lose(&mut self, engine: &Engine<'_>, slot: usize) {
        if let (Some(spill), Some(entry)) = (&mut self.spill, self.entries.get(slot)) {
            if !entry.in_use && !entry.tokens.is_empty() {
                spill.save(engine, slot, &entry.tokens, entry.adapter);
            }
        }
    }

    /// Reads from disk what a text begins with, if that is more than any slot holds.
    fn recall(&mut self, engine: &mut Engine<'_>, tokens: &[LlamaToken], adapter: Adapter) {
        let can_cut = engine.layout().can_cut;
        let held = self.entries.iter().enumerate().filter(|(_, slot)| slot.adapter == adapter).map(|(at, slot)| {
            let shared = common(&slot.tokens, tokens);
            if engine.can_cut(at) || (!slot.in_use && shared == slot.tokens.len()) { shared } else { 0 }
        });
        let enough = held.max().unwrap_or(0) + WORTH_COPYING;
        let best = |spill: &Spill<'_>| spill.best(tokens, adapter, enough, can_cut);
        if self.spill.as_ref().and_then(best).is_none() {
            return;
        }
        let Some(slot) = self.oldest(None) else { return };
        self.lose(engine, slot);
        self.clear(engine, slot);
        // What was just written may have moved it, or taken its place.
        let Some(at) = self.spill.as_ref().and_then(best) else { return };
        let loaded = self.spill.as_mut().and_then(|spill| spill.load(engine, slot, at));
        if let Some(tokens) = loaded {
            self.hold(slot, tokens, adapter);
        }
    }

    /// Notes that a slot without a text holds these tokens.
    fn hold(&mut self, slot: usize, tokens: Vec<LlamaToken>, adapter: Adapter) {
        self.clock += 1;
        let last_used = self.clock;
        if let Some(entry) = self.entries.get_mut(slot) {
            *entry = Slot { tokens, adapter, last_used, ..Slot::default() };
        }
    }

    /// Writes the state of a slot into a file, and says how many tokens it is of.
    pub(super) fn save(&self, engine: &Engine<'_>, slot: usize, path: &Path, identity: &str) -> Result<usize> {
        let tokens = self.entries.get(slot).map_or(&[][..], |slot| &slot.tokens);
        let length = engine.save(slot, tokens, path)?;
        state::seal(path, length, identity)?;
        Ok(tokens.len())
    }

    /// Takes the state in a file, which was checked, into a slot that no text uses.
    pub(super) fn restore(&mut self, engine: &mut Engine<'_>, path: &Path, adapter: Adapter) -> Result<usize> {
        let Some(slot) = self.oldest(None) else {
            return Err(Error::new(ErrorKind::Busy, "all sequences are in use: ask again later"));
        };
        self.lose(engine, slot);
        self.clear(engine, slot);
        let tokens = loop {
            match engine.load(slot, path) {
                Ok(tokens) => break tokens,
                // Mostly there is no room, as long as others are kept.
                Err(error) if !self.evict(engine) => return Err(error),
                Err(_) => (),
            }
        };
        let count = tokens.len();
        self.hold(slot, tokens, adapter);
        self.release(engine, slot);
        if self.length(slot) < count {
            let message = format!("the state has {count} tokens, which is more than `cache_tokens` allows to keep");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("cache_tokens"));
        }
        Ok(count)
    }

    /// Keeps the logits after all tokens of a slot, where a prompt ends.
    pub(super) fn remember(&mut self, slot: usize, logits: &[f32]) {
        if let Some(slot) = self.entries.get_mut(slot) {
            slot.logits = Some((slot.tokens.len(), logits.into()));
        }
    }

    /// Whether taking over `best` loses less than copying from it to `other`.
    fn is_taken_over(&self, best: usize, cached: usize, other: Option<usize>) -> bool {
        let lost = self.length(best) - cached;
        other.is_none_or(|other| lost <= self.length(other) + WORTH_COPYING)
    }

    /// Notes tokens that were evaluated for a slot; `steady` says that they were a whole batch.
    pub(super) fn extend(&mut self, slot: usize, tokens: &[LlamaToken], steady: bool) {
        if let Some(slot) = self.entries.get_mut(slot) {
            if steady && slot.steady == slot.tokens.len() {
                slot.steady += tokens.len();
            }
            slot.tokens.extend_from_slice(tokens);
        }
    }

    /// No text uses the slot any more; what it holds is kept as long as the budget allows.
    pub(super) fn release(&mut self, engine: &mut Engine<'_>, slot: usize) {
        self.clock += 1;
        if let Some(slot) = self.entries.get_mut(slot) {
            slot.in_use = false;
            slot.last_used = self.clock;
        }
        while self.kept() > self.budget && self.evict(engine) {}
    }

    /// Forgets what was kept longest without use. Says whether there was something.
    pub(super) fn evict(&mut self, engine: &mut Engine<'_>) -> bool {
        let kept = self.entries.iter().enumerate().filter(|(_, slot)| !slot.in_use && !slot.tokens.is_empty());
        let Some(slot) = kept.min_by_key(|(_, slot)| slot.last_used).map(|(at, _)| at) else { return false };
        self.lose(engine, slot);
        self.clear(engine, slot);
        true
    }

    /// Forgets what a slot holds but for the first `length` tokens. Says how many are left.
    pub(super) fn shorten(&mut self, engine: &mut Engine<'_>, slot: usize, length: usize) -> usize {
        if !engine.cut(slot, length) {
            self.clear(engine, slot);
            return 0;
        }
        if let Some(slot) = self.entries.get_mut(slot) {
            slot.tokens.truncate(length);
            slot.steady = slot.steady.min(length);
            slot.logits = slot.logits.take().filter(|&(kept, _)| kept <= length);
        }
        length
    }

    /// Forgets what a slot holds.
    pub(super) fn clear(&mut self, engine: &mut Engine<'_>, slot: usize) {
        engine.forget(slot);
        if let Some(slot) = self.entries.get_mut(slot) {
            *slot = Slot { in_use: slot.in_use, last_used: slot.last_used, ..Slot::default() };
        }
    }
}

impl Slot {
    /// The logits after the first `length` tokens, if they were kept.
    fn logits_after(&self, length: usize) -> Option<Arc<[f32]>> {
        self.logits.as_ref().filter(|(kept, _)| *kept == length).map(|(_, logits)| Arc::clone(logits))
    }
}

/// How many tokens both begin with.
pub(super) fn common(left: &[LlamaToken], right: &[LlamaToken]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}
