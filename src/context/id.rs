//! The identity of a run.
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    str::FromStr,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use uuid::{Builder, Uuid};

/// Identifies one run, everywhere: a UUID of version 7. Within a process ids are in the order in which they were made.
///
/// # Examples
///
/// ```
/// use catena::RunId;
///
/// let (first, second) = (RunId::new(), RunId::new());
/// assert!(first < second);
/// assert_eq!(first.to_string().parse::<RunId>()?, first);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

impl RunId {
    /// An id that no other run has.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let tick = tick();
        let count = tick & 0xffff;
        // Twelve bits of the count stand before the variant and four behind it; the rest is random.
        let mut bytes = [0; 10];
        let (first, rest) = bytes.split_at_mut(2);
        first.copy_from_slice(&u16::try_from(count >> 4).unwrap_or_default().to_be_bytes());
        rest.copy_from_slice(&((count & 0xf) << 58 | mixed(tick) >> 6).to_be_bytes());
        RunId(Builder::from_unix_timestamp_millis(tick >> 16, &bytes).into_uuid())
    }

    /// The UUID as a number.
    pub fn as_u128(self) -> u128 {
        self.0.as_u128()
    }
}

/// The milliseconds since 1970, and a count within them in the low 16 bits: larger than ever before.
fn tick() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = u64::try_from(now).unwrap_or_default() << 16;
    let next = |last: u64| now.max(last + 1);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last))).unwrap_or_default();
    next(last)
}

/// A random number, another one for each `tick` and each process.
pub(crate) fn mixed(tick: u64) -> u64 {
    static SEED: OnceLock<RandomState> = OnceLock::new();
    SEED.get_or_init(RandomState::new).hash_one(tick)
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for RunId {
    type Err = Error;

    /// Reads a UUID in any of its usual forms; fails with [`ErrorKind::Parse`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let id = Uuid::try_parse(text);
        id.map(RunId).map_err(|error| Error::new(ErrorKind::Parse, format!("no id of a run: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_in_their_order() {
        let ids: Vec<_> = (0..200_000).map(|_| RunId::new()).collect();
        assert!(ids.iter().zip(ids.iter().skip(1)).all(|(a, b)| a < b));
        assert!(ids.iter().all(|id| id.0.get_version_num() == 7 && id.0.get_variant() == uuid::Variant::RFC4122));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let at = ids[0].as_u128() >> 80;
        assert!(at <= now && now - at < 60_000);
    }

    #[test]
    fn threads_never_share_an_id() {
        let threads: Vec<_> =
            (0..4).map(|_| std::thread::spawn(|| (0..20_000).map(|_| RunId::new()).collect::<Vec<_>>())).collect();
        let mut ids: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 80_000);
    }
}
