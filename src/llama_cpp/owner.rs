//! The thread that owns what is llama.cpp's, and what becomes of those who wait for it when it ends.
use crate::{Error, ErrorKind, Result};
use async_channel::Receiver;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread::{self, JoinHandle},
};

/// Why a thread ended before its time.
pub(super) type Fault = Arc<OnceLock<String>>;

/// Starts a thread that serves `commands`, and gives what it says when it panics.
pub(super) fn start<C: Send + 'static>(
    name: String,
    commands: Receiver<C>,
    serve: impl FnOnce(&Receiver<C>, &OnceLock<String>) + Send + 'static,
) -> Result<(JoinHandle<()>, Fault)> {
    let fault = Fault::default();
    let told = Arc::clone(&fault);
    let thread = thread::Builder::new()
        .name(name)
        // llama.cpp's tokenizers recurse over long words; the memory is only used when they do.
        .stack_size(64 << 20)
        .spawn(move || {
            let _ = catch_unwind(AssertUnwindSafe(|| telling(&told, || serve(&commands, &told))));
            // Whoever waits gets an error: the way to answer is dropped with the command.
            commands.close();
            while commands.try_recv().is_ok() {}
        })
        .map_err(|error| Error::new(ErrorKind::Engine, "the model's thread could not be started").with_source(error))?;
    Ok((thread, fault))
}

/// Waits for the thread's end, once its commands are closed.
pub(super) fn join(thread: &Mutex<Option<JoinHandle<()>>>) {
    let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
    // Whoever is woken by the thread may drop its last handle there: it cannot wait for itself.
    if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
        let _ = thread.join();
    }
}

/// Does something that may panic, and if it does, says why before the panic goes on: those who wait see by what it drops
/// that there will be no answer, and ask for the reason.
pub(super) fn telling<T>(fault: &OnceLock<String>, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let _ = fault.set(message(&*panic));
        resume_unwind(panic)
    })
}

/// What a call is told when the thread is gone.
pub(super) fn closed(fault: &OnceLock<String>) -> Error {
    let reason = fault.get().map_or_else(String::new, |fault| format!(": {fault}"));
    Error::new(ErrorKind::Closed, format!("the model's thread has ended{reason}; load the model again"))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}
