//! States that were pushed out of memory, on disk.
use super::{engine::Engine, lora::Adapter, slots::common, state, stats::Counters};
use crate::{Error, Result};
use llama_cpp_2::token::LlamaToken;
use std::{
    fs,
    hash::{BuildHasher, Hasher},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// A state of fewer tokens is evaluated again as fast as it is read.
const WORTH_KEEPING: usize = 32;
const EXTENSION: &str = "catena-state";
/// The extension of what is being written.
const UNSEALED: &str = "catena-part";
/// What is that old is not being written any more: a process ended over it.
const ABANDONED: Duration = Duration::from_secs(3600);
/// States that were written, or begun, by any model of the process.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// The folder with the states of one model.
pub(super) struct Spill<'a> {
    folder: PathBuf,
    /// Bytes that the files may take.
    budget: u64,
    /// What the states of each adapter are sealed with.
    identities: &'a [(Adapter, String)],
    entries: Vec<Entry>,
    clock: u64,
    counters: &'a Counters,
}

struct Entry {
    path: PathBuf,
    tokens: Vec<LlamaToken>,
    adapter: Adapter,
    bytes: u64,
    last_used: u64,
    /// Whether a text that goes on like its beginning alone may use it, as far as is known: the state of a model that looks
    /// back a limited way turns out to have no beginning when it is read.
    can_cut: bool,
}

impl<'a> Spill<'a> {
    /// Opens a folder, with the states that are there from before.
    pub(super) fn open(
        folder: &Path,
        budget: u64,
        identities: &'a [(Adapter, String)],
        counters: &'a Counters,
    ) -> Result<Self> {
        let failed = |error: std::io::Error| {
            let message = format!("the folder for states cannot be used: {error}");
            Error::new(crate::ErrorKind::Io, message).with_path(folder.display().to_string()).with_source(error)
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut found = Vec::new();
        for file in fs::read_dir(folder).map_err(failed)?.flatten() {
            let (path, Ok(about)) = (file.path(), file.metadata()) else { continue };
            let extension = path.extension().unwrap_or_default();
            let changed = about.modified().ok();
            let age = changed.and_then(|changed| changed.elapsed().ok());
            if extension == UNSEALED && age > Some(ABANDONED) {
                let _ = fs::remove_file(&path);
            }
            if extension != EXTENSION {
                continue;
            }
            // Those of other models are none of ours. Damage shows when a state is used.
            let Ok((adapter, tokens)) = state::claim(&path, identities) else { continue };
            found.push((changed, Entry { path, tokens, adapter, bytes: about.len(), last_used: 0, can_cut: true }));
        }
        // The oldest go first where there are too many.
        found.sort_by_key(|&(changed, _)| changed);
        let clock = found.len() as u64;
        let entries = (1..).zip(found).map(|(last_used, (_, entry))| Entry { last_used, ..entry }).collect();
        let mut spill = Spill { folder: folder.to_owned(), budget, identities, entries, clock, counters };
        spill.keep_within_budget();
        Ok(spill)
    }

    /// Writes what a slot holds to disk, unless it is there. What goes wrong costs the state alone.
    pub(super) fn save(&mut self, engine: &Engine<'_>, slot: usize, tokens: &[LlamaToken], adapter: Adapter) {
        let is_there = |entry: &Entry| entry.adapter == adapter && entry.tokens.starts_with(tokens);
        if tokens.len() < WORTH_KEEPING || !engine.can_save(slot, tokens.len()) || self.entries.iter().any(is_there) {
            return;
        }
        let Some((_, identity)) = self.identities.iter().find(|(known, _)| *known == adapter) else { return };
        let room = engine.state_size(slot).saturating_add(identity.len() as u64 + tokens.len() as u64 * 4 + 64);
        if room > self.budget {
            return;
        }
        let path = self.folder.join(format!("{:016x}.{EXTENSION}", name(identity, tokens)));
        // Another model of this process, or another process, may be writing the same state.
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let unsealed = path.with_extension(format!("{}-{number}.{UNSEALED}", std::process::id()));
        let written = engine
            .save(slot, tokens, &unsealed)
            .and_then(|length| state::seal(&unsealed, length, identity))
            .and_then(|()| fs::rename(&unsealed, &path).map_err(Error::other))
            .and_then(|()| fs::metadata(&path).map_err(Error::other));
        match written {
            Ok(about) => {
                self.counters.spilled_tokens.add(tokens.len());
                // A state of the beginning is of no use beside that of the whole.
                let (shorter, others) = std::mem::take(&mut self.entries)
                    .into_iter()
                    .partition(|entry: &Entry| entry.adapter == adapter && tokens.starts_with(&entry.tokens));
                self.entries = others;
                remove(shorter);
                self.clock += 1;
                let (tokens, last_used) = (tokens.to_vec(), self.clock);
                self.entries.push(Entry { path, tokens, adapter, bytes: about.len(), last_used, can_cut: true });
                self.keep_within_budget();
            }
            Err(error) => {
                let _ = fs::remove_file(&unsealed);
                self.counters.spill_failures.add(1);
                tracing::warn!(folder = %self.folder.display(), "a state was not kept on disk: {error}");
            }
        }
    }

    /// The state that has most tokens in common with a text, if these are more than `at_least`.
    pub(super) fn best(
        &self,
        tokens: &[LlamaToken],
        adapter: Adapter,
        at_least: usize,
        can_cut: bool,
    ) -> Option<usize> {
        let length = |entry: &Entry| {
            let shared = common(&entry.tokens, tokens);
            let usable = entry.adapter == adapter && (can_cut && entry.can_cut || shared == entry.tokens.len());
            if usable { shared } else { 0 }
        };
        let lengths = self.entries.iter().map(length).enumerate().filter(|&(_, length)| length > at_least);
        lengths.max_by_key(|&(_, length)| length).map(|(at, _)| at)
    }

    /// Reads a state into an empty slot, and gives its tokens. A damaged file is removed.
    pub(super) fn load(&mut self, engine: &mut Engine<'_>, slot: usize, at: usize) -> Option<Vec<LlamaToken>> {
        let entry = self.entries.get(at)?;
        let known = self.identities.iter().find(|(known, _)| *known == entry.adapter)?;
        let checked = state::check(&entry.path, std::slice::from_ref(known));
        let is_sound = checked.is_ok();
        let loaded = checked.and_then(|_| engine.load(slot, &entry.path)).and_then(|tokens| {
            let same = tokens == entry.tokens;
            same.then_some(tokens).ok_or_else(|| Error::other("the file has another state than before"))
        });
        match loaded {
            Ok(tokens) => {
                self.clock += 1;
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.last_used = self.clock;
                    entry.can_cut = engine.can_cut(slot);
                }
                self.counters.recalled_tokens.add(tokens.len());
                Some(tokens)
            }
            Err(error) => {
                engine.forget(slot);
                // A sound one only found no room.
                if !is_sound {
                    remove(vec![self.entries.swap_remove(at)]);
                }
                self.counters.spill_failures.add(1);
                tracing::warn!(folder = %self.folder.display(), "a state on disk could not be used: {error}");
                None
            }
        }
    }

    fn keep_within_budget(&mut self) {
        self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.last_used));
        let mut taken = 0_u64;
        let kept = self.entries.iter().take_while(|entry| {
            taken = taken.saturating_add(entry.bytes);
            taken <= self.budget
        });
        let kept = kept.count();
        remove(self.entries.split_off(kept));
    }
}

fn remove(entries: Vec<Entry>) {
    for entry in entries {
        let _ = fs::remove_file(entry.path);
    }
}

/// A name for a state, the same whenever it is asked for.
fn name(identity: &str, tokens: &[LlamaToken]) -> u64 {
    let mut hasher = foldhash::quality::FixedState::with_seed(0).build_hasher();
    hasher.write(identity.as_bytes());
    for token in tokens {
        hasher.write_i32(token.0);
    }
    hasher.finish()
}
