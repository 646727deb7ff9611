//! Futures that are dropped at one of their awaits.
use std::{
    pin::pin,
    sync::{Arc, Condvar, Mutex},
    task::{Context, Poll, Wake, Waker},
};

#[derive(Default)]
struct Signal(Mutex<bool>, Condvar);

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
}

impl Signal {
    fn wait(&self) {
        let mut woken = self.1.wait_while(self.0.lock().unwrap(), |woken| !*woken).unwrap();
        *woken = false;
    }
}

/// The outcome, unless the future waits for this many times: it is then dropped while it does. With 0 it is dropped
/// before it begins.
fn dropped_at<F: Future>(future: F, waits: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    for wait in 1..=waits {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(outcome);
        }
        if wait < waits {
            signal.wait();
        }
    }
    None
}

/// Does `make` again and again, dropped one await later each time, looking at what is left in between, until it comes to
/// its end.
pub(crate) fn at_each_await<T, F: Future<Output = T>>(make: impl Fn() -> F, mut look: impl FnMut()) -> T {
    for waits in 0.. {
        if let Some(outcome) = dropped_at(make(), waits) {
            return outcome;
        }
        look();
    }
    unreachable!("the numbers do not end")
}
