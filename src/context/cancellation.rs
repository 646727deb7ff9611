//! Stopping runs from outside.
use crate::{Error, ErrorKind};
use futures::{
    FutureExt,
    channel::oneshot,
    future::{BoxFuture, Shared},
};
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Stops the runs it was given to, from anywhere. Clones stop the same runs.
///
/// Runs stop at once, wherever they wait: what they wait for is dropped, a model at work stops within one token, each
/// open run is told as cancelled, and the call fails with [`ErrorKind::Cancelled`]. Runs that begin afterwards fail
/// before they do anything.
///
/// # Examples
///
/// ```
/// use catena::{Cancellation, ErrorKind, RunConfig, RunContext, input};
///
/// let cancellation = Cancellation::new();
/// let cx = RunContext::from(RunConfig::new().cancelled_by(&cancellation));
/// let chain = input::<u32>() | |n: u32| async move { std::future::pending::<()>().await; Ok(n) };
///
/// let stop = cancellation.clone();
/// std::thread::spawn(move || stop.cancel());
/// let error = futures::executor::block_on(chain.invoke_in(1_u32, &cx)).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Cancelled);
/// ```
#[derive(Clone)]
pub struct Cancellation {
    cancelled: Arc<AtomicBool>,
    open: Arc<Mutex<Option<oneshot::Sender<()>>>>,
    told: Shared<BoxFuture<'static, ()>>,
}

impl Cancellation {
    /// One that has not been used yet.
    pub fn new() -> Self {
        let (open, told) = oneshot::channel();
        // A sender is dropped unused only when no clone is left that could cancel.
        let told = async move {
            if told.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        Cancellation { cancelled: Arc::default(), open: Arc::new(Mutex::new(Some(open))), told: told.boxed().shared() }
    }

    /// Stops the runs.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(open) = open {
            let _ = open.send(());
        }
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Waits until it is used.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + Unpin + 'static {
        self.told.clone()
    }

    pub(crate) fn error() -> Error {
        Error::new(ErrorKind::Cancelled, "the run was cancelled by its caller")
    }
}

impl Default for Cancellation {
    fn default() -> Self {
        Cancellation::new()
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}
