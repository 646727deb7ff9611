//! Events in files.
use super::{EventKind, RunEvent, event::handle_by_events};
use crate::{CallbackHandler, Error, ErrorKind, Request, Result, RunId, RunInfo};
use std::{
    collections::HashMap,
    fmt,
    fs::{File, OpenOptions},
    io::{BufRead, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Writes each event as a line of JSON, to be read by people, by other programs, or by [`replay`].
///
/// Prompts and answers are written. Inputs and values are, where they are of types that many chains pass on; of errors
/// the causes are not. When writing fails the handler writes no more, logs it once, and [`check`](FileHandler::check)
/// tells of it; the run goes on.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, callback::{Collector, FileHandler, replay}, input, map};
///
/// let path = std::env::temp_dir().join(format!("catena-doc-{}.jsonl", std::process::id()));
/// let log = FileHandler::create(&path)?;
/// let chain = input::<u32>() | map(|n: u32| n + 1);
/// futures::executor::block_on(chain.invoke_in(1_u32, &RunContext::new().with(log)))?;
///
/// let collector = Collector::new();
/// replay(std::io::BufReader::new(std::fs::File::open(&path).unwrap()), &collector)?;
/// assert_eq!(collector.trees()[0].children[0].name, "map");
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), catena::Error>(())
/// ```
pub struct FileHandler {
    out: Mutex<Out>,
}

struct Out {
    writer: Box<dyn Write + Send>,
    failed: Option<Error>,
}

impl FileHandler {
    /// Writes to a new file, or over an old one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] with the path.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(path.as_ref(), OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Writes behind what is in the file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] with the path.
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(path.as_ref(), OpenOptions::new().append(true).create(true))
    }

    /// Writes to `out`, a line at a time.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        FileHandler { out: Mutex::new(Out { writer: Box::new(out), failed: None }) }
    }

    /// Whether all events so far were written.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if not.
    pub fn check(&self) -> Result<()> {
        self.lock().failed.clone().map_or(Ok(()), Err)
    }

    fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        let file: std::io::Result<File> = options.open(path);
        file.map(FileHandler::to).map_err(|cause| {
            let message = format!("the file for events cannot be opened: {cause}");
            Error::new(ErrorKind::Io, message).with_path(path.display().to_string()).with_source(cause)
        })
    }

    fn take(&self, run: &RunInfo, what: EventKind) {
        let event = RunEvent::now(run, what);
        let mut out = self.lock();
        if out.failed.is_some() {
            return;
        }
        let written = serde_json::to_vec(&event).map_err(std::io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            out.writer.write_all(&line).and_then(|()| out.writer.flush())
        });
        if let Err(cause) = written {
            tracing::error!(%cause, "events can no longer be written");
            let message = format!("an event could not be written: {cause}");
            out.failed = Some(Error::new(ErrorKind::Io, message).with_source(cause));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

handle_by_events!(FileHandler);

impl fmt::Debug for FileHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileHandler").field("failed", &self.lock().failed).finish_non_exhaustive()
    }
}

/// Tells a handler of the events that a [`FileHandler`] wrote, as if they happened now.
///
/// Inputs and values are given as JSON, requests without their grammars.
///
/// # Errors
/// [`ErrorKind::Io`] if reading fails; [`ErrorKind::Parse`] with the number of the line if it is no event.
pub fn replay(lines: impl BufRead, handler: &dyn CallbackHandler) -> Result<()> {
    let mut runs: HashMap<RunId, Arc<RunInfo>> = HashMap::new();
    for (at, line) in lines.lines().enumerate() {
        let line = line
            .map_err(|cause| Error::new(ErrorKind::Io, format!("events cannot be read: {cause}")).with_source(cause))?;
        if line.trim().is_empty() {
            continue;
        }
        let event: RunEvent = serde_json::from_str(&line).map_err(|cause| {
            let message = format!("line {} is no event: {cause}", at + 1);
            Error::new(ErrorKind::Parse, message).with_partial(line.clone()).with_source(cause)
        })?;
        let parent = event.run.parent().and_then(|parent| runs.get(&parent).cloned());
        let run = Arc::new(RunInfo::recorded(&event.run, parent));
        runs.entry(event.run.id).or_insert_with(|| Arc::clone(&run));
        let ended = event.what.is_outcome();
        tell(handler, &run, event.what);
        if ended {
            runs.remove(&run.id());
        }
    }
    Ok(())
}

fn tell(handler: &dyn CallbackHandler, run: &RunInfo, what: EventKind) {
    match what {
        EventKind::Start { input } => handler.on_start(run, input.as_ref().map(|input| input as _)),
        EventKind::Delta(delta) => handler.on_delta(run, &delta),
        EventKind::End { output: Some(output) } => handler.on_end(run, &output),
        EventKind::End { output: None } => handler.on_end(run, &()),
        EventKind::Error(error) => handler.on_error(run, &error),
        EventKind::Cancel => handler.on_cancel(run),
        EventKind::LlmStart { prompt, options, grammar: _ } => {
            handler.on_llm_start(run, &Request::new(prompt).with_options(*options));
        }
        EventKind::LlmToken(text) => handler.on_llm_token(run, &text),
        EventKind::LlmEnd(completion) => handler.on_llm_end(run, &completion),
        EventKind::LlmError(error) => handler.on_llm_error(run, &error),
        EventKind::LlmCancel => handler.on_llm_cancel(run),
        EventKind::Retry { attempts, error, wait } => handler.on_retry(run, attempts, &error, wait),
        EventKind::Custom { name, data } => handler.on_custom(run, &name, &data),
    }
}
