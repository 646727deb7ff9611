//! The texts that are not begun yet.
use super::command::Job;
use std::{collections::VecDeque, time::Instant};

/// Waiting texts: those of a higher priority first, among equals the one that came first.
#[derive(Default)]
pub(super) struct Queue {
    jobs: VecDeque<Box<Job>>,
}

impl Queue {
    pub(super) fn push(&mut self, job: Box<Job>) {
        let priority = priority(&job);
        let at = self.jobs.partition_point(|waiting| self::priority(waiting) >= priority);
        self.jobs.insert(at, job);
    }

    pub(super) fn pop(&mut self) -> Option<Box<Job>> {
        self.jobs.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Drops those that nobody waits for any more, and says how many these were.
    pub(super) fn drop_cancelled(&mut self) -> usize {
        let before = self.jobs.len();
        self.jobs.retain(|job| !job.reply.is_closed());
        before - self.jobs.len()
    }

    /// Takes those out whose time is over.
    pub(super) fn take_late(&mut self, now: Instant) -> VecDeque<Box<Job>> {
        let is_late = |job: &Job| job.deadline.is_some_and(|deadline| deadline <= now);
        if !self.jobs.iter().any(|job| is_late(job)) {
            return VecDeque::new();
        }
        let (late, rest): (Vec<_>, Vec<_>) = self.jobs.drain(..).partition(|job| is_late(job));
        self.jobs = rest.into();
        late.into()
    }
}

fn priority(job: &Job) -> i32 {
    job.options.priority.unwrap_or(0)
}
