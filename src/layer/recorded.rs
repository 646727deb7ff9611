//! A provider whose answers are written down.
use super::{
    record::{End, Record},
    request::{Written, values_read},
};
use crate::{Chunk, ChunkStream, Completion, Error, ErrorKind, LLM, Model, Request, Result, RunContext};
use futures::{StreamExt, stream};
use std::{
    fmt,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// A file that requests and answers are written to, one line of JSON each. Clones share the file.
///
/// The file holds prompts and answers in clear: keep it as you would keep them.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<BufWriter<File>>>);

impl Recorder {
    /// Records to a new file, in the place of an older one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::create(path).map_err(|error| {
            Error::new(ErrorKind::Io, format!("the recording cannot be made: {error}"))
                .with_path(path.display().to_string())
                .with_source(error)
        })?;
        Ok(Recorder(Arc::new(Mutex::new(BufWriter::new(file)))))
    }

    /// One line, written through: a process that ends loses no answer it was given.
    fn write(&self, record: &Record) -> Result<()> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("the answer cannot be recorded: {error}")).with_source(error)
        };
        let mut line = serde_json::to_vec(record).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).and_then(|()| file.flush()).map_err(failed)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

/// A provider that writes down what it is asked and what it answers, increments and their times included; for
/// [`Replay`](super::Replay). Answers that fail or are cancelled are written down as such. Made by [`Model::recorded`].
///
/// An answer that cannot be written down is an error that holds it ([`Error::partial`]).
pub struct Recorded<L: ?Sized> {
    recorder: Recorder,
    provider: Arc<L>,
}

/// A record that is owed to the file: what is dropped before its end was cancelled.
struct Owed {
    recorder: Recorder,
    started: Instant,
    record: Option<Record>,
}

impl Owed {
    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn watch(&mut self, item: Result<Chunk<Completion>>) -> Result<Chunk<Completion>> {
        let micros = self.micros();
        let end = match &item {
            Ok(Chunk::Delta(delta)) => {
                if let Some(record) = &mut self.record {
                    record.deltas.push((micros, delta.clone()));
                }
                return item;
            }
            Ok(Chunk::Done(completion)) => End::Done(completion.clone()),
            Err(error) => End::failed(error),
        };
        let written = self.settle(end);
        match item {
            Ok(Chunk::Done(completion)) => match written {
                Ok(()) => Ok(Chunk::Done(completion)),
                Err(error) => Err(error.with_partial(completion.text)),
            },
            item => item,
        }
    }

    fn settle(&mut self, end: End) -> Result<()> {
        let micros = self.micros();
        self.record.take().map_or(Ok(()), |record| self.recorder.write(&Record { end, micros, ..record }))
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        if let Err(error) = self.settle(End::Cancelled) {
            tracing::warn!(%error, "a cancelled answer is missing in the recording");
        }
    }
}

impl<L: LLM + ?Sized> LLM for Recorded<L> {
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let values = values_read(self.provider.configurable(), cx);
        let record = Record {
            id: self.provider.id().to_owned(),
            request: Written::new(&self.provider.identity(), &request, values),
            deltas: Vec::new(),
            end: End::Cancelled,
            micros: 0,
        };
        let owed = Owed { recorder: self.recorder.clone(), started: Instant::now(), record: Some(record) };
        let chunks = self.provider.generate(request, cx);
        stream::unfold((chunks, owed), |(mut chunks, mut owed)| async move {
            let item = chunks.next().await?;
            Some((owed.watch(item), (chunks, owed)))
        })
        .boxed()
    }

    fn id(&self) -> &str {
        self.provider.id()
    }

    fn identity(&self) -> String {
        self.provider.identity()
    }

    fn configurable(&self) -> Vec<String> {
        self.provider.configurable()
    }
}

impl<L: LLM + ?Sized> Model<L> {
    /// The same model, its requests and answers written to a file that [`Replay`](super::Replay) reads.
    pub fn recorded(self, recorder: Recorder) -> Model<Recorded<L>> {
        self.around(|provider| Recorded { recorder, provider })
    }
}

impl<L: LLM + ?Sized> fmt::Debug for Recorded<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").field("provider", &self.provider.id()).finish_non_exhaustive()
    }
}
