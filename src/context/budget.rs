//! How many runs work at a time.
use futures::{channel::oneshot, future};
use std::{
    collections::VecDeque,
    pin::pin,
    slice,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Who waits for permits, in the order in which they asked: one queue for all budgets, since permits of several are had
/// at once or not at all. Who held some of them while it waits for the others could wait in a circle.
///
/// None of those in it could have what it waits for.
static WAITING: Mutex<VecDeque<Waiting>> = Mutex::new(VecDeque::new());

struct Waiting {
    budgets: Vec<Arc<Budget>>,
    turn: oneshot::Sender<Permits>,
}

/// The number of permits that are free, which changes only while [`WAITING`] is locked.
#[derive(Debug)]
pub(crate) struct Budget(AtomicUsize);

/// A permit of each of these budgets; dropping it gives them back.
#[derive(Debug, Default)]
pub(crate) struct Permits(Vec<Arc<Budget>>);

impl Budget {
    pub(crate) fn new(permits: usize) -> Arc<Self> {
        Arc::new(Budget(AtomicUsize::new(permits)))
    }

    fn is_free(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Permits {
    /// Waits for a permit of each of these budgets, no two of which are the same.
    pub(crate) async fn of(budgets: &[Arc<Budget>]) -> Self {
        loop {
            let turn = {
                let mut waiting = waiting();
                if take(budgets) {
                    return Permits(budgets.to_vec());
                }
                let (sender, turn) = oneshot::channel();
                waiting.push_back(Waiting { budgets: budgets.to_vec(), turn: sender });
                turn
            };
            // Permits that were sent and not fetched, because the one who waited is gone, are dropped with the channel,
            // which gives them back.
            if let Ok(permits) = turn.await {
                return permits;
            }
        }
    }
}

impl Drop for Permits {
    fn drop(&mut self) {
        if self.0.is_empty() {
            return;
        }
        let mut served = Vec::new();
        let mut waiting = waiting();
        for budget in &self.0 {
            budget.0.fetch_add(1, Ordering::Relaxed);
        }
        let mut at = 0;
        // Once none of these is free, nobody further back can have what it could not have before.
        while let Some(next) = waiting.get(at).filter(|_| self.0.iter().any(|budget| budget.is_free())) {
            if next.turn.is_canceled() {
                waiting.remove(at);
            } else if take(&next.budgets) {
                served.extend(waiting.remove(at));
            } else {
                at += 1;
            }
        }
        drop(waiting);
        for Waiting { budgets, turn } in served {
            // Dropped where nobody waits there any more, and so given to the next.
            drop(turn.send(Permits(budgets)));
        }
    }
}

fn waiting() -> MutexGuard<'static, VecDeque<Waiting>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a permit of each budget, if all have one that is free. Only while [`WAITING`] is locked.
fn take(budgets: &[Arc<Budget>]) -> bool {
    let free = budgets.iter().all(|budget| budget.is_free());
    if free {
        for budget in budgets {
            budget.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    free
}

/// Where the members of a fan-out, or the inputs of a batch, get their turns.
///
/// A run that fans out only waits meanwhile, so it lends its own permits to its members, one at a time, beside those
/// that are free. Nested fan-outs can therefore not wait for each other in a circle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lanes(Option<Arc<Ways>>);

#[derive(Debug)]
struct Ways {
    /// What stands for the permits of the run itself.
    lent: Arc<Budget>,
    budgets: Vec<Arc<Budget>>,
}

impl Lanes {
    /// Of a run that has a permit of each of these budgets, itself or through the runs around it.
    pub(crate) fn new(budgets: &[Arc<Budget>]) -> Self {
        Lanes((!budgets.is_empty()).then(|| Arc::new(Ways { lent: Budget::new(1), budgets: budgets.to_vec() })))
    }

    /// Whether nobody ever waits for a turn.
    pub(crate) fn are_free(&self) -> bool {
        self.0.is_none()
    }

    /// Waits for a turn, which lasts until the permits are dropped.
    pub(crate) async fn enter(&self) -> Permits {
        let Some(ways) = &self.0 else { return Permits::default() };
        let lent = pin!(Permits::of(slice::from_ref(&ways.lent)));
        future::select(lent, pin!(Permits::of(&ways.budgets))).await.factor_first().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, StreamExt, executor::block_on, stream::FuturesUnordered};
    use std::task::Poll;

    async fn others_go_on() {
        let mut waited = false;
        let once = future::poll_fn(|task| {
            task.waker().wake_by_ref();
            if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
        });
        once.await;
    }

    /// Those who want several in whatever order, and those who want one of them: all have their turns, and no budget is
    /// ever overdrawn.
    #[test]
    fn several_are_had_at_once() {
        let permits = [1, 2, 1];
        let budgets = permits.map(Budget::new);
        let lists: [&[usize]; 6] = [&[0, 1], &[1, 0], &[2, 1, 0], &[0], &[1, 2], &[2]];
        let of = |list: &[usize]| -> Vec<_> { list.iter().map(|at| Arc::clone(&budgets[*at])).collect() };
        let turns: FuturesUnordered<_> = lists
            .iter()
            .cycle()
            .take(60)
            .enumerate()
            .map(|(at, list)| (at, of(list)))
            .map(|(at, list)| async move {
                let permits = Permits::of(&list).await;
                for _ in 0..at % 4 {
                    others_go_on().await;
                }
                drop(permits);
            })
            .collect();
        assert_eq!(block_on(turns.count()), 60);
        assert_eq!(budgets.map(|budget| budget.0.load(Ordering::Relaxed)), permits);
    }

    #[test]
    fn who_leaves_keeps_nobody_waiting() {
        let budgets = [Budget::new(1)];
        let held = Permits::of(&budgets).now_or_never().unwrap();
        let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(Permits::of(&budgets))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.now_or_never().is_none()));
        // One is gone before its turn, one when it has been sent its permit.
        drop(waiting.remove(1));
        drop(held);
        drop(waiting.remove(0));
        assert!(waiting[0].as_mut().now_or_never().is_some());
        assert!(waiting[1].as_mut().now_or_never().is_some());
    }
}
