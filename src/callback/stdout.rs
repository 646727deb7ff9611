//! Text on the standard output as it is written.
use crate::{CallbackHandler, Completion, RunInfo};
use std::{fmt, io::Write, sync::Mutex};

/// Writes what models write to the standard output, or anywhere else, as it comes, with a line break at the end of
/// each answer.
///
/// Output that fails is dropped: a closed terminal does not end a run.
pub struct StreamingStdout {
    out: Mutex<Box<dyn Write + Send>>,
}

impl StreamingStdout {
    /// Writes to the standard output.
    pub fn new() -> Self {
        StreamingStdout::to(std::io::stdout())
    }

    /// Writes to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        StreamingStdout { out: Mutex::new(Box::new(out)) }
    }

    fn write(&self, text: &str) {
        if let Ok(mut out) = self.out.lock() {
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    }
}

impl Default for StreamingStdout {
    fn default() -> Self {
        StreamingStdout::new()
    }
}

impl fmt::Debug for StreamingStdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingStdout").finish_non_exhaustive()
    }
}

impl CallbackHandler for StreamingStdout {
    fn on_llm_token(&self, _: &RunInfo, text: &str) {
        self.write(text);
    }

    fn on_llm_end(&self, _: &RunInfo, _: &Completion) {
        self.write("\n");
    }

    fn on_llm_error(&self, _: &RunInfo, _: &crate::Error) {
        self.write("\n");
    }

    fn on_llm_cancel(&self, _: &RunInfo) {
        self.write("\n");
    }
}
