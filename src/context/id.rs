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
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RunId(u128);

impl RunId {
    /// An id that no other run has.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let tick = tick();
        let (millis, count, random) = (tick >> 16, tick & 0xffff, mixed(tick) >> 6);
        // RFC 9562, from the left: 48 bits of time, the version, 12 bits of the count, the variant, the other 4 bits of
        // the count, 58 bits of chance.
        let high = millis << 16 | 7 << 12 | count >> 4;
        let low = 0b10 << 62 | (count & 0xf) << 58 | random;
        RunId(u128::from(high) << 64 | u128::from(low))
    }

    /// The UUID as a number.
    pub fn as_u128(self) -> u128 {
        self.0
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
        let hex = format!("{:032x}", self.0);
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| hex.get(group).unwrap_or_default());
        f.write_str(&groups.join("-"))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

impl FromStr for RunId {
    type Err = Error;

    /// Reads 32 hexadecimal digits, with or without hyphens; fails with [`ErrorKind::Parse`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let id = if digits.len() == 32 { u128::from_str_radix(&digits, 16).ok() } else { None };
        // A sign counts as a digit for the standard library.
        let id = id.filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        id.map(RunId).ok_or_else(|| {
            Error::new(ErrorKind::Parse, format!("`{text}` is no id of a run: give 32 hexadecimal digits"))
        })
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for RunId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::{Uuid, Variant};

    #[test]
    fn ids_are_uuids_of_version_7_in_their_order() {
        let ids: Vec<_> = (0..200_000).map(|_| RunId::new()).collect();
        assert!(ids.iter().zip(ids.iter().skip(1)).all(|(a, b)| a < b));
        for id in &ids {
            let uuid = Uuid::from_u128(id.as_u128());
            assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, Variant::RFC4122));
            assert_eq!(id.to_string(), uuid.to_string());
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let at = ids[0].as_u128() >> 80;
        assert!(at <= now && now - at < 60_000);
    }

    #[test]
    fn what_is_no_id_is_told() {
        let id = RunId::new();
        assert_eq!(id.to_string().to_uppercase().parse::<RunId>().unwrap(), id);
        assert_eq!(serde_json::from_str::<RunId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        for text in ["", "1", "+123456789012345678901234567890f", &"é".repeat(16), &format!("{id}0")] {
            assert_eq!(text.parse::<RunId>().unwrap_err().kind(), ErrorKind::Parse);
        }
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
