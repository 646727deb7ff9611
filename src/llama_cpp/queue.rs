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

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Takes those out that nobody waits for any more.
    pub(super) fn take_cancelled(&mut self) -> VecDeque<Box<Job>> {
        self.take(|job| job.reply.is_closed())
    }

    /// Takes those out whose time is over.
    pub(super) fn take_late(&mut self, now: Instant) -> VecDeque<Box<Job>> {
        self.take(|job| job.deadline.is_some_and(|deadline| deadline <= now))
    }

    fn take(&mut self, is_taken: impl Fn(&Job) -> bool) -> VecDeque<Box<Job>> {
        if !self.jobs.iter().any(|job| is_taken(job)) {
            return VecDeque::new();
        }
        let (taken, rest): (VecDeque<_>, VecDeque<_>) = self.jobs.drain(..).partition(|job| is_taken(job));
        self.jobs = rest;
        taken
    }
}

fn priority(job: &Job) -> i32 {
    job.options.priority.unwrap_or(0)
}
