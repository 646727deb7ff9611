//! The trait every provider implements.
use crate::{ChunkStream, Completion, Request, RunContext};

/// What a provider of a language model implements. Users hold it in a [`Model`](crate::Model).
///
/// # Examples
///
/// ```
/// use catena::{Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, LLM, Model, Request, RunContext};
/// use futures::{StreamExt, stream};
///
/// /// Answers with the prompt.
/// struct Echo;
///
/// impl LLM for Echo {
///     fn generate(&self, request: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
///         if request.grammar.is_some() {
///             let error = Error::new(ErrorKind::Unsupported, "an echo cannot hold to a grammar");
///             return stream::iter([Err(error)]).boxed();
///         }
///         // What is not handed out on the way does not stream.
///         let text = request.prompt.to_string();
///         stream::iter([Ok(Chunk::Delta(Delta::Text(text.clone()))), Ok(Chunk::Done(Completion::new(text)))]).boxed()
///     }
///
///     fn id(&self) -> &str {
///         "echo"
///     }
/// }
///
/// let llm = Model::new(Echo);
/// assert_eq!(futures::executor::block_on(llm.invoke("hello"))?, "hello");
/// # Ok::<(), catena::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider of a language model",
    label = "expected a type that implements `catena::LLM`",
    note = "implement `catena::LLM` for it; a `Model` is already more than that and is used as it is"
)]
pub trait LLM: Send + Sync + 'static {
    /// Answers a request: text increments on the way, then the completion. Dropping the stream cancels the work.
    ///
    /// What of the request cannot be honoured must be an error, never ignored.
    ///
    /// # Errors
    /// An error ends the stream. These are the kinds that the llama.cpp provider gives, and that others should give for the
    /// same. Before the first token:
    ///
    /// - [`InvalidOption`](crate::ErrorKind::InvalidOption), the option being its path;
    /// - [`UnknownKey`](crate::ErrorKind::UnknownKey) for an adapter that is not loaded;
    /// - [`Unsupported`](crate::ErrorKind::Unsupported) for what the model cannot do;
    /// - [`ChatTemplate`](crate::ErrorKind::ChatTemplate) for messages without a template for them;
    /// - [`ContextOverflow`](crate::ErrorKind::ContextOverflow) for a prompt that does not fit;
    /// - [`Grammar`](crate::ErrorKind::Grammar) for a grammar that cannot be used;
    /// - [`OutOfTokens`](crate::ErrorKind::OutOfTokens) where the shortest answer to a grammar takes too many;
    /// - [`Busy`](crate::ErrorKind::Busy) where too many calls wait.
    ///
    /// At any time:
    ///
    /// - [`Timeout`](crate::ErrorKind::Timeout), with the text so far;
    /// - [`DeadEnd`](crate::ErrorKind::DeadEnd) where no token fits the grammar;
    /// - [`Engine`](crate::ErrorKind::Engine) where the evaluation fails;
    /// - [`Closed`](crate::ErrorKind::Closed) where the engine is gone.
    fn generate(&self, request: Request, cx: &RunContext) -> ChunkStream<'_, Completion>;

    /// The name shown in the run tree, in errors and in logs.
    fn id(&self) -> &str;

    /// What tells this model from any other, in caches and recordings: the file, the adapters, all that was decided when
    /// it was loaded. By default the [`id`](LLM::id).
    fn identity(&self) -> String {
        self.id().to_owned()
    }

    /// The configurable keys that it reads from the contexts it is given, if any: others are refused as unknown.
    fn configurable(&self) -> Vec<String> {
        Vec::new()
    }
}
