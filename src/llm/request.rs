//! What a provider is asked.
use crate::{GenerateOptions, Grammar, Message, Prompt};

/// What a provider is asked: a prompt, how to continue it, and what the answer may look like.
///
/// As the input of a [`Model`](crate::Model) in a chain it overrides the model's own options for one call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// Text is continued as it stands; messages go through the model's chat template.
    pub prompt: Prompt,
    /// How text is generated.
    pub options: GenerateOptions,
    /// The answer is a sentence of this grammar. A provider that cannot hold to it must refuse, with
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub grammar: Option<Grammar>,
}

impl Request {
    /// Asks for a free continuation.
    pub fn new(prompt: impl Into<Prompt>) -> Self {
        Request { prompt: prompt.into(), options: GenerateOptions::new(), grammar: None }
    }

    /// The same with these options; what they leave open stays as it was.
    #[must_use]
    pub fn with_options(mut self, options: GenerateOptions) -> Self {
        self.options = self.options.overridden_by(options);
        self
    }

    /// The same with the answer held to this grammar.
    #[must_use]
    pub fn with_grammar(mut self, grammar: Grammar) -> Self {
        self.grammar = Some(grammar);
        self
    }
}

/// What a model can be asked with.
#[diagnostic::on_unimplemented(
    message = "a model cannot be asked with `{Self}`",
    label = "expected a `Prompt`, text, messages or a `Request`",
    note = "convert it in between with `| map(|x: {Self}| Prompt::from(...))`"
)]
pub trait IntoRequest {
    /// The request it stands for.
    fn into_request(self) -> Request;
}

impl IntoRequest for Request {
    fn into_request(self) -> Request {
        self
    }
}

impl IntoRequest for Prompt {
    fn into_request(self) -> Request {
        Request::new(self)
    }
}

impl IntoRequest for String {
    fn into_request(self) -> Request {
        Request::new(self)
    }
}

impl IntoRequest for &str {
    fn into_request(self) -> Request {
        Request::new(self)
    }
}

impl IntoRequest for &String {
    fn into_request(self) -> Request {
        Request::new(self.as_str())
    }
}

impl IntoRequest for Vec<Message> {
    fn into_request(self) -> Request {
        Request::new(self)
    }
}
