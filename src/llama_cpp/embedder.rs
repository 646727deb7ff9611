//! Evaluating whole texts together.
use super::{engine::or_unknown, log};
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::{context::LlamaContext, llama_batch::LlamaBatch, model::LlamaModel, token::LlamaToken};
use std::sync::Arc;

/// Texts that are evaluated together at most.
pub(super) const TOGETHER: u32 = 32;

/// What a vector is made of.
#[derive(Debug, Clone)]
pub(super) enum Input {
    Text(String),
    /// A question, and a text that may answer it.
    Pair(Arc<str>, String),
}

pub(super) struct Embedder<'model> {
    pub(super) model: &'model LlamaModel,
    pub(super) context: LlamaContext<'model>,
    pub(super) batch: LlamaBatch<'static>,
    pub(super) n_ctx: usize,
    pub(super) truncate: bool,
    /// How the model wants a question and a text put together, where it wants that in words.
    pub(super) template: Option<String>,
}

impl Embedder<'_> {
    pub(super) fn make(&mut self, inputs: &[Input], is_cancelled: impl Fn() -> bool) -> Result<Vec<Vec<f32>>> {
        let texts: Vec<Vec<LlamaToken>> =
            inputs.iter().enumerate().map(|(at, input)| self.tokens(at, input)).collect::<Result<_>>()?;
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts.as_slice();
        while !rest.is_empty() && !is_cancelled() {
            let mut room = self.n_ctx;
            let fits = |text: &&Vec<LlamaToken>| {
                let fits = text.len() <= room;
                room -= text.len().min(room);
                fits
            };
            let count = rest.iter().take(TOGETHER as usize).take_while(fits).count().max(1);
            let (now, later) = rest.split_at(count);
            self.evaluate(now, &mut vectors)?;
            rest = later;
        }
        Ok(vectors)
    }

    fn tokens(&self, at: usize, input: &Input) -> Result<Vec<LlamaToken>> {
        let vocab = self.model.vocab();
        let (Input::Text(written) | Input::Pair(_, written)) = input;
        let (text, before, after) = match input {
            Input::Text(text) => (vocab.tokenize(text.as_bytes(), true, false), Vec::new(), Vec::new()),
            Input::Pair(question, text) => self.pair(question, text),
        };
        // Many tokenizers begin and end a text that is empty, too.
        if written.is_empty() || text.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                format!("text {at} is empty: there is nothing to read in it"),
            ));
        }
        let around = before.len() + after.len();
        let length = text.len() + around;
        let room = self.n_ctx.saturating_sub(around);
        if length > self.n_ctx && (!self.truncate || room == 0) {
            let with = if around > 0 { format!(" with the {around} of its question") } else { String::new() };
            let message = format!(
                "text {at} has {} tokens{with}, but the context holds {}: split it, load the model with a larger `n_ctx`, \
                 or let its end be cut off with `truncate`",
                text.len(),
                self.n_ctx
            );
            return Err(Error::new(ErrorKind::ContextOverflow, message));
        }
        // What the tokenizer puts behind a text stays there: many models make their vectors of it.
        let end = match input {
            Input::Text(_) => vocab.tokenize(b"", true, false).last().copied(),
            Input::Pair(..) => None,
        };
        let end = end.filter(|end| text.len() > room && text.last() == Some(end));
        let text = text.into_iter().take(room - usize::from(end.is_some()));
        Ok(before.into_iter().chain(text).chain(end).chain(after).collect())
    }

    /// The tokens of a text, and those before it, of the question, and behind it.
    fn pair(&self, question: &str, text: &str) -> (Vec<LlamaToken>, Vec<LlamaToken>, Vec<LlamaToken>) {
        let vocab = self.model.vocab();
        let tokens = |text: &str, control: bool| vocab.tokenize(text.as_bytes(), false, control);
        if let Some((before, after)) = self.template.as_deref().and_then(|template| template.split_once("{document}")) {
            let (begin, rest) = before.split_once("{query}").unwrap_or((before, ""));
            let begin = vocab.tokenize(begin.as_bytes(), true, true);
            let before = [begin, tokens(question, false), tokens(rest, true)].concat();
            return (tokens(text, false), before, tokens(after, true));
        }
        let eos = if vocab.eos().0 >= 0 { vocab.eos() } else { vocab.sep() };
        let some = |wanted: bool, token: LlamaToken| Vec::from_iter((wanted && token.0 >= 0).then_some(token));
        let ends = some(vocab.should_add_eos(), eos);
        let begin = some(vocab.should_add_bos(), vocab.bos());
        let between = some(vocab.should_add_sep(), vocab.sep());
        (tokens(text, false), [begin, tokens(question, false), ends.clone(), between].concat(), ends)
    }

    fn evaluate(&mut self, texts: &[Vec<LlamaToken>], vectors: &mut Vec<Vec<f32>>) -> Result<()> {
        self.context.clear_kv_cache();
        self.batch.clear();
        for (sequence, tokens) in (0_i32..).zip(texts) {
            for (position, &token) in (0_i32..).zip(tokens) {
                self.batch.add(token, position, &[sequence], true).map_err(Error::other)?;
            }
        }
        let (outcome, log) = log::catching(|| self.context.decode(&mut self.batch));
        outcome.map_err(|error| {
            let message = format!("llama.cpp could not evaluate {} texts: {}", texts.len(), or_unknown(&log));
            Error::new(ErrorKind::Engine, message).with_source(error)
        })?;
        for (sequence, _) in (0_i32..).zip(texts) {
            let vector = self.context.embeddings_seq_ith(sequence).map_err(|error| {
                Error::new(ErrorKind::Engine, "llama.cpp gave no vector for a text").with_source(error)
            })?;
            vectors.push(vector.to_vec());
        }
        Ok(())
    }
}
