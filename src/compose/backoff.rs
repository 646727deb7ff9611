//! How long to wait before trying again.
use crate::context::mixed;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How long a [`retry`](crate::retry()) waits before each further attempt: each time longer by a factor, up to a maximum, and
/// a random part less, so that many that failed together do not come back together.
///
/// # Examples
///
/// ```
/// use catena::Backoff;
/// use std::time::Duration;
///
/// let backoff = Backoff::exponential(Duration::from_millis(10)).jitter(0.0).max(Duration::from_millis(30));
/// let waits: Vec<_> = (1..=4).map(|failures| backoff.wait(failures).as_millis()).collect();
/// assert_eq!(waits, [10, 20, 30, 30]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    first: Duration,
    factor: f64,
    max: Duration,
    jitter: f64,
}

impl Backoff {
    /// No waiting.
    pub fn none() -> Self {
        Backoff::exponential(Duration::ZERO)
    }

    /// First `first`, then twice as long each time, up to 30 seconds, and up to half of it less by chance.
    pub fn exponential(first: Duration) -> Self {
        Backoff { first, factor: 2.0, max: Duration::from_secs(30), jitter: 0.5 }
    }

    /// How much longer each wait is than the one before; less than 1, or no number, counts as 1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = if factor >= 1.0 { factor } else { 1.0 };
        self
    }

    /// The longest wait.
    #[must_use]
    pub fn max(mut self, max: Duration) -> Self {
        self.max = max;
        self
    }

    /// Which part of each wait is left to chance, from 0 to 1.
    #[must_use]
    pub fn jitter(mut self, part: f64) -> Self {
        self.jitter = if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) };
        self
    }

    /// The wait after this many failures in a row.
    pub fn wait(&self, failures: u32) -> Duration {
        let exponent = i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX);
        let most = (self.first.as_secs_f64() * self.factor.powi(exponent)).min(self.max.as_secs_f64());
        let wait = most * (1.0 - self.jitter * chance());
        Duration::try_from_secs_f64(wait).unwrap_or(self.max)
    }
}

impl Default for Backoff {
    /// First a tenth of a second.
    fn default() -> Self {
        Backoff::exponential(Duration::from_millis(100))
    }
}

/// A random number from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn chance() -> f64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    (mixed(COUNT.fetch_add(1, Ordering::Relaxed)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_maximum_and_jitter_only_shortens() {
        let backoff = Backoff::default().max(Duration::from_secs(2));
        for failures in [1, 2, 3, 5, 50, u32::MAX] {
            let most = backoff.jitter(0.0).wait(failures);
            assert!(most <= Duration::from_secs(2));
            let waits: Vec<_> = (0..200).map(|_| backoff.wait(failures)).collect();
            assert!(waits.iter().all(|wait| *wait <= most && *wait + Duration::from_nanos(1) >= most / 2));
            assert!(waits.iter().any(|wait| *wait != waits[0]), "by chance");
        }
        assert_eq!(Backoff::none().wait(9), Duration::ZERO);
        assert_eq!(Backoff::default().factor(f64::NAN).jitter(f64::NAN).wait(7), Duration::from_millis(100));
    }
}
