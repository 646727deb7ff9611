//! Handlers that work elsewhere.
use super::{EventKind, RunEvent, event::handle_by_events};
use crate::RunInfo;
use futures::Stream;
use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// A handler that puts events into a queue of bounded length, and the stream that takes them out: for handlers that are
/// slow, or async.
///
/// The run never waits for the queue. When it is full, `policy` decides which event is lost, and
/// [`EventReceiver::lost`] counts; or the run is aborted. The stream ends when all clones of the handler are gone and the
/// queue is empty.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, callback::{QueuePolicy, queue}, input, map};
/// use futures::StreamExt;
///
/// let (handler, events) = queue(1_000, QueuePolicy::DropOldest);
/// let audit = std::thread::spawn(|| {
///     // An async handler is an async block that reads the stream, on whatever runtime there is.
///     futures::executor::block_on(events.for_each(|event| async move { println!("{}: {:?}", event.run.name, event.what) }))
/// });
/// let chain = input::<u32>() | map(|n: u32| n + 1);
/// futures::executor::block_on(chain.invoke_in(1_u32, &RunContext::new().with(handler)))?;
/// audit.join().unwrap();
/// # Ok::<(), catena::Error>(())
/// ```
pub fn queue(length: usize, policy: QueuePolicy) -> (QueueHandler, EventReceiver) {
    let shared = Arc::new(Mutex::new(Queue {
        events: VecDeque::new(),
        length: length.max(1),
        policy,
        lost: 0,
        waker: None,
        senders_gone: false,
        receiver_gone: false,
    }));
    let sender = Arc::new(Sender(Arc::clone(&shared)));
    (QueueHandler(sender), EventReceiver(shared))
}

/// Which event is lost when a queue is full. A queue of length 0 has room for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueuePolicy {
    /// The one that comes.
    DropNewest,
    /// The one that has waited for the longest.
    DropOldest,
    /// The one that comes, and the invocation is aborted.
    Abort,
}

struct Queue {
    events: VecDeque<RunEvent>,
    length: usize,
    policy: QueuePolicy,
    lost: u64,
    waker: Option<Waker>,
    senders_gone: bool,
    receiver_gone: bool,
}

/// The handler of a [`queue`]. Clones put into the same one.
#[derive(Clone)]
pub struct QueueHandler(Arc<Sender>);

struct Sender(Arc<Mutex<Queue>>);

/// The events of a [`queue`], as they come.
#[must_use = "events wait until they are read"]
pub struct EventReceiver(Arc<Mutex<Queue>>);

impl QueueHandler {
    fn take(&self, run: &RunInfo, what: EventKind) {
        let waker = {
            let mut queue = lock(&self.0.0);
            if queue.receiver_gone {
                return;
            }
            if queue.events.len() >= queue.length {
                queue.lost += 1;
                match queue.policy {
                    QueuePolicy::DropOldest => drop(queue.events.pop_front()),
                    QueuePolicy::DropNewest => return,
                    QueuePolicy::Abort => {
                        drop(queue);
                        run.abort("the queue of a handler is full: read it faster, or make it longer");
                        return;
                    }
                }
            }
            queue.events.push_back(RunEvent::now(run, what));
            queue.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

handle_by_events!(QueueHandler);

impl EventReceiver {
    /// How many events were lost so far, the queue having been full.
    pub fn lost(&self) -> u64 {
        lock(&self.0).lost
    }
}

impl Stream for EventReceiver {
    type Item = RunEvent;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<RunEvent>> {
        let mut queue = lock(&self.0);
        if let Some(event) = queue.events.pop_front() {
            return Poll::Ready(Some(event));
        }
        if queue.senders_gone {
            return Poll::Ready(None);
        }
        queue.waker = Some(task.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let waker = {
            let mut queue = lock(&self.0);
            queue.senders_gone = true;
            queue.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for EventReceiver {
    fn drop(&mut self) {
        let mut queue = lock(&self.0);
        queue.receiver_gone = true;
        queue.events = VecDeque::new();
    }
}

impl fmt::Debug for QueueHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueHandler").field("waiting", &lock(&self.0.0).events.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for EventReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReceiver").field("waiting", &lock(&self.0).events.len()).finish_non_exhaustive()
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
