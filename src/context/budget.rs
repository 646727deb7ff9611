//! How many runs work at a time.
use futures::{channel::oneshot, future::Either};
use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A number of permits, handed out in the order in which they were asked for.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    waiting: VecDeque<oneshot::Sender<Permit>>,
}

/// One of a budget's permits; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Permit(Option<Arc<Budget>>);

impl Budget {
    pub(crate) fn new(permits: usize) -> Arc<Self> {
        Arc::new(Budget(Mutex::new(State { free: permits, waiting: VecDeque::new() })))
    }

    pub(crate) async fn acquire(self: &Arc<Self>) -> Permit {
        loop {
            let turn = {
                let mut state = self.state();
                if state.free > 0 {
                    state.free -= 1;
                    return Permit(Some(Arc::clone(self)));
                }
                let (sender, turn) = oneshot::channel();
                state.waiting.push_back(sender);
                turn
            };
            // A permit that was sent and not fetched, because the one who waited is gone, is dropped with the channel,
            // which gives it back.
            if let Ok(permit) = turn.await {
                return permit;
            }
        }
    }

    fn give_back(self: &Arc<Self>) {
        loop {
            let mut state = self.state();
            let Some(next) = state.waiting.pop_front() else {
                state.free += 1;
                return;
            };
            drop(state);
            match next.send(Permit(Some(Arc::clone(self)))) {
                Ok(()) => return,
                // Nobody waits there any more: it goes to the next, and is not to be given back by being dropped.
                Err(mut permit) => drop(permit.0.take()),
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(budget) = self.0.take() {
            budget.give_back();
        }
    }
}

/// Where the members of a fan-out, or the inputs of a batch, get their turns.
///
/// A run that fans out only waits meanwhile, so it lends its own permits to its members, one at a time, beside those
/// that are free. Nested fan-outs can therefore not wait for each other in a circle.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Option<(Arc<Budget>, Vec<Arc<Budget>>)>);

impl Lanes {
    /// Of a run that holds a permit of each of these budgets, and lends it.
    pub(crate) fn new(lent: &Arc<Budget>, budgets: &[Arc<Budget>]) -> Self {
        Lanes(Some((Arc::clone(lent), budgets.to_vec())))
    }

    /// Whether nobody ever waits for a turn.
    pub(crate) fn are_free(&self) -> bool {
        self.0.is_none()
    }

    /// Waits for a turn, which lasts until the permits are dropped.
    pub(crate) async fn enter(&self) -> Vec<Permit> {
        let Some((lent, budgets)) = &self.0 else { return Vec::new() };
        match futures::future::select(pin!(lent.acquire()), pin!(acquire_all(budgets))).await {
            Either::Left((permit, _)) => vec![permit],
            Either::Right((permits, _)) => permits,
        }
    }
}

/// Outer budgets come first in every list, so that permits of several are always asked for in the same order.
pub(crate) async fn acquire_all(budgets: &[Arc<Budget>]) -> Vec<Permit> {
    let mut permits = Vec::with_capacity(budgets.len());
    for budget in budgets {
        permits.push(budget.acquire().await);
    }
    permits
}
