//! Answers out of a recording.
use super::{
    record::Record,
    request::{Written, values_read},
};
use crate::{Chunk, ChunkStream, Completion, Error, ErrorKind, LLM, Request, Result, RunContext, Span};
use futures::{FutureExt, StreamExt, stream};
use futures_timer::Delay;
use std::{
    collections::BTreeSet,
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A provider that answers from a recording, byte for byte and without a model.
///
/// Equal requests get their answers in the order in which they were recorded, each once. A request that is not in the
/// recording is an [`ErrorKind::Unsupported`] that shows how it differs from the next one that is. Of a recording of several
/// models each has its own: [`of_model`](Replay::of_model).
///
/// # Examples
///
/// ```
/// use catena::{Model, layer::{Recorder, Replay}, testing::FakeLlm};
///
/// # let file = tempfile::NamedTempFile::new().unwrap();
/// # let path = file.path();
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["Par", "is"]])).recorded(Recorder::create(path)?);
/// llm.invoke("The capital of France?").await?;
///
/// let llm = Model::new(Replay::open(path)?);
/// let error = llm.invoke("The capital of Spain?").await.unwrap_err();
/// assert!(error.message().contains("Spain"));
/// assert_eq!(llm.invoke("The capital of France?").await?, "Paris");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub struct Replay {
    name: String,
    /// Those that were not yet given stand as `Some`.
    records: Mutex<Vec<Option<Record>>>,
    model: String,
    /// The configurable keys that were read.
    keys: BTreeSet<String>,
    timed: bool,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be read, [`ErrorKind::Parse`] with the place where it is no recording.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let named = |error: Error| error.with_path(path.display().to_string());
        let text = std::fs::read_to_string(path).map_err(|error| {
            named(Error::new(ErrorKind::Io, format!("the recording cannot be read: {error}")).with_source(error))
        })?;
        let mut records: Vec<Option<Record>> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if !line.trim().is_empty() {
                let record = serde_json::from_str(line).map_err(|error| {
                    let message = format!("this is no line of a recording: {error}");
                    let span = Span::new(&text, at..at + line.trim_end().len());
                    named(Error::new(ErrorKind::Parse, message).with_span(span).with_source(error))
                })?;
                records.push(Some(record));
            }
            at += line.len();
        }
        let model = records.first().and_then(Option::as_ref).map(|record| record.request.model().to_owned());
        let recorded = records.iter().flatten().flat_map(|record| record.request.configurable().keys());
        let keys = recorded.cloned().collect();
        Ok(Replay {
            keys,
            name: path.file_stem().map_or_else(|| "replay".into(), |name| name.to_string_lossy().into_owned()),
            records: Mutex::new(records),
            model: model.unwrap_or_default(),
            timed: false,
        })
    }

    /// The answers of the model with this [`id`](LLM::id) alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] where none of it was recorded, naming those that were.
    pub fn of_model(mut self, id: &str) -> Result<Self> {
        let records = self.records.get_mut().unwrap_or_else(PoisonError::into_inner);
        let ids: BTreeSet<String> = records.iter().flatten().map(|record| record.id.clone()).collect();
        if !ids.contains(id) {
            let ids = ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
            let message = format!("the recording has no answers of a model `{id}`, but of {ids}");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("id"));
        }
        records.retain(|record| record.as_ref().is_some_and(|record| record.id == id));
        if let Some(record) = records.iter().flatten().next() {
            record.request.model().clone_into(&mut self.model);
        }
        id.clone_into(&mut self.name);
        Ok(self)
    }

    /// The same, each increment coming as long after the request as it did when it was recorded.
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.timed = true;
        self
    }

    /// How many answers were not given yet.
    pub fn remaining(&self) -> usize {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).iter().flatten().count()
    }

    fn take(&self, request: &Request, cx: &RunContext) -> Result<Record> {
        let asked = Written::new(&self.model, request, values_read(self.keys.iter().cloned(), cx));
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |record: &Record| record.request.difference(&asked).is_none();
        let models: BTreeSet<&str> =
            records.iter().flatten().filter(|record| fits(record)).map(|record| record.request.model()).collect();
        if models.len() > 1 {
            let message = "the recording has answers of several models to this request: choose one with `of_model`";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        if let Some(found) = records.iter_mut().find(|slot| slot.as_ref().is_some_and(fits)).and_then(Option::take) {
            return Ok(found);
        }
        let next = records.iter().flatten().next();
        Err(Error::new(
            ErrorKind::Unsupported,
            match next.and_then(|record| record.request.difference(&asked)) {
                Some(difference) => {
                    format!("this request is not in the recording: in the next one there {difference}; record again")
                }
                None => "all answers of the recording were given; record again".to_owned(),
            },
        ))
    }
}

impl LLM for Replay {
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion> {
        let record = match self.take(&request, cx) {
            Ok(record) => record,
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        let deltas = record.deltas.into_iter().map(|(micros, delta)| (micros, Ok(Chunk::Delta(delta))));
        let items: Vec<_> = deltas.chain([(record.micros, record.end.outcome().map(Chunk::Done))]).collect();
        let (timed, started) = (self.timed, Instant::now());
        stream::iter(items)
            .then(move |(micros, item)| {
                let due = Duration::from_micros(micros).saturating_sub(started.elapsed());
                let wait =
                    if timed && !due.is_zero() { Delay::new(due).boxed() } else { futures::future::ready(()).boxed() };
                wait.map(move |()| item)
            })
            .boxed()
    }

    fn id(&self) -> &str {
        &self.name
    }

    fn identity(&self) -> String {
        self.model.clone()
    }

    fn configurable(&self) -> Vec<String> {
        self.keys.iter().cloned().collect()
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("name", &self.name).field("remaining", &self.remaining()).finish_non_exhaustive()
    }
}
