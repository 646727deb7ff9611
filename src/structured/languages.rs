//! Intersections of regular sets, each found once.
use foldhash::HashMap;

use crate::regular::{Dfa, TooLarge};

/// The most states, over all automata of one document, that are put together.
const MAX_WORK: usize = 200_000;

/// The intersections that were found.
#[derive(Debug, Default)]
pub(crate) struct Languages {
    /// By the addresses of both sets, which are kept so that their addresses stay theirs.
    known: HashMap<(usize, usize), (Dfa, Dfa, Dfa)>,
    work: usize,
}

impl Languages {
    /// The texts that are in both.
    ///
    /// # Errors
    ///
    /// If the automaton grows too large, or all of the document's together do.
    pub(crate) fn and(&mut self, a: &Dfa, b: &Dfa) -> Result<Dfa, TooLarge> {
        let (a, b) = if a.address() <= b.address() { (a, b) } else { (b, a) };
        if a == b {
            return Ok(a.clone());
        }
        let key = (a.address(), b.address());
        if let Some((_, _, both)) = self.known.get(&key) {
            return Ok(both.clone());
        }
        if self.work > MAX_WORK {
            return Err(TooLarge);
        }
        let both = a.and(b)?;
        self.work += a.states() + b.states() + both.states();
        self.known.insert(key, (a.clone(), b.clone(), both.clone()));
        Ok(both)
    }
}
