//! One text on its way through the engine.
use super::{
    candidates::Allowed, command::Job, constraints::Constraints, engine::Engine, logprobs::logprobs, sampler::Sampler,
    stats::Counters, text::TextOut, vocab::Vocabulary,
};
use crate::{
    Chunk, Completion, Delta, Error, ErrorKind, FinishReason, Result, Timings, TokenLogprobs, Usage,
    constraint::Constraint,
};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, Instant},
};

/// What a sequence needs to know of the model it runs on.
pub(super) struct Surroundings<'model> {
    pub(super) model: &'model LlamaModel,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) constraints: Constraints,
    pub(super) load_time: Duration,
    pub(super) counters: &'model Counters,
}

/// A text that is being written: its prompt is evaluated batch by batch, then it grows token by token.
pub(super) struct Sequence {
    job: Job,
    /// Prompt and answer.
    tokens: Vec<LlamaToken>,
    n_prompt: usize,
    /// Tokens that the engine has evaluated.
    evaluated: usize,
    sampler: Sampler,
    constraint: Option<Constraint>,
    text: TextOut,
    logprobs: Vec<TokenLogprobs>,
    seed: u32,
    timings: Timings,
}

/// Whether a sequence goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Ended,
}

impl Sequence {
    /// Takes a job, or answers it with what is wrong with it.
    pub(super) fn admit(job: Job, around: &Surroundings<'_>, n_ctx: u32) -> Option<Self> {
        let reply = job.reply.clone();
        match Sequence::new(job, around, n_ctx) {
            Ok(sequence) => Some(sequence),
            Err(error) => {
                around.counters.failed.add(1);
                let _ = reply.unbounded_send(Err(error));
                None
            }
        }
    }

    fn new(job: Job, around: &Surroundings<'_>, n_ctx: u32) -> Result<Self> {
        let queue = job.arrived.elapsed();
        job.options.validate()?;
        let n_vocab = around.vocabulary.len();
        if let Some((token, _)) = job.options.logit_bias.iter().find(|(token, _)| *token as usize >= n_vocab) {
            let message = format!("`logit_bias` names token {token}, but the vocabulary has {n_vocab} tokens");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("logit_bias"));
        }
        let limit = n_ctx as usize;
        // A text is at least as many tokens as it has pieces of the longest token's length. Telling so without
        // tokenizing keeps a text of any length from holding up the engine.
        let written = job.prompt.len() + job.options.suffix.as_ref().map_or(0, String::len);
        let at_least = written / around.vocabulary.longest();
        if at_least >= limit {
            return Err(overflow(at_least, "at least ", limit, job.options.max_tokens));
        }
        let tokens = prompt_tokens(&job, around)?;
        if tokens.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                "the prompt is empty, and the model's tokenizer begins no text by itself: write something",
            ));
        }
        if tokens.len() >= limit {
            return Err(overflow(tokens.len(), "", limit, job.options.max_tokens));
        }
        let constraint = match &job.grammar {
            Some(grammar) => Some(around.constraints.of(grammar, &around.vocabulary)?),
            None => None,
        };
        let seed = job.options.seed.unwrap_or_else(random_seed);
        let mut sampler = Sampler::new(around.model, &job.options, seed, n_ctx);
        for &token in &tokens {
            sampler.accept(token);
        }
        let echoed = if job.options.echo == Some(true) { job.prompt.clone() } else { String::new() };
        if !echoed.is_empty() {
            let _ = job.reply.unbounded_send(Ok(Chunk::Delta(Delta::Text(echoed.clone()))));
        }
        Ok(Sequence {
            n_prompt: tokens.len(),
            evaluated: 0,
            sampler,
            constraint,
            text: TextOut::after(echoed, job.options.stop.clone()),
            logprobs: Vec::new(),
            seed,
            timings: Timings { load: around.load_time, queue, ..Timings::default() },
            tokens,
            job,
        })
    }

    /// Whether nobody waits for the text any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.job.reply.is_closed()
    }

    /// Evaluates one batch of the prompt, or one token of the answer, and chooses the next one.
    pub(super) fn step(&mut self, engine: &mut Engine<'_>, around: &Surroundings<'_>) -> Progress {
        match self.advance(engine, around) {
            Ok(None) => Progress::More,
            Ok(Some(reason)) => {
                around.counters.completed.add(1);
                self.finish(reason);
                Progress::Ended
            }
            Err(error) => {
                around.counters.failed.add(1);
                let error = if error.partial().is_some() { error } else { error.with_partial(self.take_text()) };
                let _ = self.job.reply.unbounded_send(Err(error));
                Progress::Ended
            }
        }
    }

    fn advance(&mut self, engine: &mut Engine<'_>, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        let started = Instant::now();
        let end = self.tokens.len().min(self.evaluated + engine.n_batch());
        let is_last = end == self.tokens.len();
        let batch = self.tokens.get(self.evaluated..end).unwrap_or_default();
        engine.evaluate(batch, self.evaluated, is_last)?;
        around.counters.evaluated_tokens.add(batch.len());
        let logits = if is_last { engine.logits()? } else { &[] };
        let (evaluated, count) = (started.elapsed(), batch.len());
        if self.tokens.len() == self.n_prompt {
            self.timings.prompt_eval += evaluated;
            self.timings.prompt_eval_tokens += count;
        } else {
            self.timings.eval += evaluated;
            self.timings.eval_tokens += count;
        }
        self.evaluated = end;
        if !is_last {
            return Ok(None);
        }
        if self.constraint.as_ref().is_some_and(Constraint::is_finished) {
            return Ok(Some(FinishReason::Grammar));
        }
        let started = Instant::now();
        let token = self.choose(logits, &around.vocabulary)?;
        self.timings.sample += started.elapsed();
        self.timings.sample_tokens += 1;
        if around.vocabulary.end_of_generation().contains(&token) {
            return Ok(Some(FinishReason::EndOfText));
        }
        if let Some(n) = self.job.options.logprobs {
            self.logprobs.push(logprobs(logits, token, n as usize, &around.vocabulary));
        }
        self.append(token, &around.vocabulary, engine.n_ctx())
    }

    fn choose(&mut self, logits: &[f32], vocabulary: &Vocabulary) -> Result<u32> {
        match &mut self.constraint {
            None => self.sampler.choose(logits, &Allowed::All),
            Some(constraint) => {
                let end = if constraint.is_accepting() { vocabulary.end_of_generation() } else { &[] };
                let mask = constraint.mask()?;
                self.sampler.choose(logits, &Allowed::Only { mask: &mask, and: end })
            }
        }
    }

    fn append(&mut self, token: u32, vocabulary: &Vocabulary, n_ctx: u32) -> Result<Option<FinishReason>> {
        let llama_token = LlamaToken(i32::try_from(token).unwrap_or_default());
        self.tokens.push(llama_token);
        self.sampler.accept(llama_token);
        if let Some(constraint) = &mut self.constraint {
            constraint.accept(token)?;
        }
        let (text, stop) = self.text.push(vocabulary.piece(token));
        self.hand_out(text);
        if let Some(stop) = stop {
            return Ok(Some(FinishReason::Stop(stop)));
        }
        if self.constraint.as_ref().is_some_and(Constraint::is_finished) {
            return Ok(Some(FinishReason::Grammar));
        }
        let written = self.tokens.len() - self.n_prompt;
        let is_full =
            self.tokens.len() >= n_ctx as usize || self.job.options.max_tokens.is_some_and(|max| written >= max);
        Ok(is_full.then_some(FinishReason::Length))
    }

    fn hand_out(&self, text: String) {
        if !text.is_empty() {
            let _ = self.job.reply.unbounded_send(Ok(Chunk::Delta(Delta::Text(text))));
        }
    }

    fn finish(&mut self, reason: FinishReason) {
        if !matches!(reason, FinishReason::Stop(_)) {
            let rest = self.text.finish();
            self.hand_out(rest);
        }
        self.timings.total = self.job.arrived.elapsed();
        let completion = Completion::new(self.take_text())
            .with_finish_reason(reason)
            .with_usage(Usage::new(self.n_prompt, self.tokens.len() - self.n_prompt))
            .with_timings(self.timings)
            .with_logprobs(std::mem::take(&mut self.logprobs))
            .with_seed(self.seed);
        let _ = self.job.reply.unbounded_send(Ok(Chunk::Done(completion)));
    }

    fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text).into_text()
    }
}

/// The prompt, or the prompt and what follows the gap, in the order in which models are trained to fill gaps.
fn prompt_tokens(job: &Job, around: &Surroundings<'_>) -> Result<Vec<LlamaToken>> {
    let vocab = around.model.vocab();
    let Some(suffix) = &job.options.suffix else {
        return Ok(vocab.tokenize(job.prompt.as_bytes(), job.add_special, true));
    };
    let [prefix_mark, suffix_mark, middle_mark] = [vocab.fim_pre(), vocab.fim_suf(), vocab.fim_mid()];
    if [prefix_mark, suffix_mark, middle_mark].iter().any(|mark| mark.0 < 0) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the model was not trained to fill gaps: its vocabulary has no tokens for it; leave out `suffix`",
        )
        .with_path("suffix"));
    }
    let mut tokens = Vec::new();
    if vocab.should_add_bos() {
        tokens.push(vocab.bos());
    }
    tokens.push(prefix_mark);
    tokens.extend(vocab.tokenize(job.prompt.as_bytes(), false, false));
    tokens.push(suffix_mark);
    tokens.extend(vocab.tokenize(suffix.as_bytes(), false, false));
    tokens.push(middle_mark);
    Ok(tokens)
}

fn overflow(prompt: usize, least: &str, limit: usize, max_tokens: Option<usize>) -> Error {
    let requested = max_tokens.map_or_else(String::new, |max| format!(", and {max} are to be written"));
    Error::new(
        ErrorKind::ContextOverflow,
        format!(
            "the prompt has {least}{prompt} tokens{requested}, but the context holds {limit}: shorten the prompt or load \
             the model with a larger `n_ctx`"
        ),
    )
}

fn random_seed() -> u32 {
    // The hasher's keys are drawn from the system; the low bits of one hash are as good as any.
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits will do")]
    let seed = RandomState::new().hash_one(0_u8) as u32;
    seed.min(u32::MAX - 1)
}
