//! Beginnings and ends of runs on the standard output.
use super::event::told;
use crate::{CallbackHandler, Error, RunInfo};
use serde_json::Value;
use std::{any::Any, fmt, io::Write, sync::Mutex, time::Duration};

/// Writes a line when a run begins and one when it ends, as it happens, indented by depth; to the standard output, or
/// anywhere else. [`ConsoleTree`](super::ConsoleTree) draws an invocation when it is over.
///
/// Inputs and values are written where they are of types that many chains pass on, cut to one short line. Output that
/// fails is dropped: a closed terminal does not end a run.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, callback::StdoutHandler, input, map};
///
/// let chain = (input::<String>() | map(|text: String| text.len())).named("count");
/// futures::executor::block_on(chain.invoke_in("four", &RunContext::new().with(StdoutHandler::new())))?;
/// # Ok::<(), catena::Error>(())
/// ```
///
/// writes
///
/// ```text
/// > count "four"
///   > map "four"
///   < map 4
/// < count 4
/// ```
pub struct StdoutHandler {
    out: Mutex<Box<dyn Write + Send>>,
}

/// The most characters of a value that are written.
const SHORT: usize = 80;

impl StdoutHandler {
    /// Writes to the standard output.
    pub fn new() -> Self {
        StdoutHandler::to(std::io::stdout())
    }

    /// Writes to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        StdoutHandler { out: Mutex::new(Box::new(out)) }
    }

    fn line(&self, run: &RunInfo, mark: &str, text: &str) {
        let indent = 2 * run.parents().len();
        let line = format!("{:indent$}{mark} {}{text}", "", run.name());
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Ok(mut out) = self.out.lock() {
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    }
}

/// The value, cut, with a space before it; nothing if it cannot be told.
fn short(value: Option<Value>) -> String {
    let Some(value) = value else { return String::new() };
    let text = value.to_string();
    let mut cut: String = text.chars().take(SHORT).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!(" {cut}")
}

impl CallbackHandler for StdoutHandler {
    fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {
        self.line(run, ">", &short(input.and_then(told)));
    }

    fn on_end(&self, run: &RunInfo, output: &dyn Any) {
        self.line(run, "<", &short(told(output)));
    }

    fn on_error(&self, run: &RunInfo, error: &Error) {
        self.line(run, "!", &format!(" failed: {error}"));
    }

    fn on_cancel(&self, run: &RunInfo) {
        self.line(run, "!", " cancelled");
    }

    fn on_retry(&self, run: &RunInfo, attempts: u32, error: &Error, wait: Duration) {
        self.line(run, "~", &format!(" tries again after attempt {attempts} and {wait:?}: {error}"));
    }

    fn on_custom(&self, run: &RunInfo, name: &str, data: &Value) {
        self.line(run, "*", &format!(" {name}{}", short(Some(data.clone()))));
    }
}

impl Default for StdoutHandler {
    fn default() -> Self {
        StdoutHandler::new()
    }
}

impl fmt::Debug for StdoutHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StdoutHandler").finish_non_exhaustive()
    }
}
