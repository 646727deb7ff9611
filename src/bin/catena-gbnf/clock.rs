//! The time a conversion takes.

/// The CPU time of this thread, where the system tells it; otherwise the time of day goes by.
#[derive(Debug)]
pub(crate) struct Clock(Instant);

#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos", target_os = "freebsd"))]
mod system {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    pub(super) type Instant = Timespec;

    pub(super) fn now() -> Instant {
        clock_gettime(ClockId::ThreadCPUTime)
    }

    pub(super) fn micros(from: Instant, to: Instant) -> u64 {
        let nanos = |time: Timespec| i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
        u64::try_from((nanos(to) - nanos(from)) / 1_000).unwrap_or_default()
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos", target_os = "freebsd")))]
mod system {
    pub(super) use std::time::Instant;

    pub(super) fn now() -> Instant {
        Instant::now()
    }

    pub(super) fn micros(from: Instant, to: Instant) -> u64 {
        u64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
    }
}

use system::Instant;

impl Clock {
    /// A clock that begins now.
    pub(crate) fn start() -> Self {
        Clock(system::now())
    }

    /// Microseconds since it began, on the same thread.
    pub(crate) fn micros(&self) -> u64 {
        system::micros(self.0, system::now())
    }
}
