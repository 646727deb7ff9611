//! What must follow, and how a text is completed soonest.
use super::{
    machine::{Machine, SetId},
    session::Session,
};
use crate::Result;

/// At most this many bytes are foreseen.
const FORESEEN: usize = 4096;

impl<C: Default> Session<C> {
    /// Whether the text so far matches and nothing can follow.
    pub(crate) fn is_finished(&self) -> bool {
        self.set() == SetId::END
    }

    /// The bytes that must follow: as long as the text cannot end, the only byte that can come next.
    pub(crate) fn forced(&self) -> Result<Vec<u8>> {
        self.with(|tables, mut set| {
            let mut bytes = Vec::new();
            while bytes.len() < FORESEEN && !tables.machine.accepts(set) {
                let Some((byte, next)) = tables.machine.only_step(set)? else { break };
                bytes.push(byte);
                set = next;
            }
            Ok(bytes)
        })
    }

    /// A shortest rest of the text, if it takes at most `limit` bytes.
    pub(crate) fn completion(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        let (mut session, mut bytes) = (self.clone(), Vec::new());
        loop {
            let (weight, next) = session.with(|tables, set| {
                let weight = tables.machine.weight(set);
                Ok::<_, crate::Error>((weight, tables.machine.nearer_step(set, weight)?))
            })?;
            if weight > limit.saturating_sub(bytes.len()) as u64 {
                return Ok(None);
            }
            let Some((byte, next)) = next else { return Ok(Some(bytes)) };
            bytes.push(byte);
            session.go(next);
            session.tidy();
        }
    }
}

impl Machine {
    /// The byte that alone can follow.
    fn only_step(&mut self, set: SetId) -> Result<Option<(u8, SetId)>> {
        let mut only = None;
        let classes: Vec<_> = self.program.class_ranges().collect();
        for class in classes {
            let next = self.step(set, *class.start())?;
            if next != SetId::DEAD {
                if only.is_some() || class.start() != class.end() {
                    return Ok(None);
                }
                only = Some((*class.start(), next));
            }
        }
        Ok(only)
    }

    /// A byte after which less than `weight` remains; none if nothing remains.
    fn nearer_step(&mut self, set: SetId, weight: u64) -> Result<Option<(u8, SetId)>> {
        if weight == 0 {
            return Ok(None);
        }
        let legible = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z').chain(b' '..=b'~');
        for byte in legible.chain(0..=u8::MAX) {
            let next = self.step(set, byte)?;
            if self.weight(next) < weight {
                return Ok(Some((byte, next)));
            }
        }
        Ok(None)
    }
}
