//! One text on its way through the engine.
use super::{
    around::Surroundings,
    closing,
    command::{Aim, Job},
    draft::Guess,
    events::{self, Outcome, Work},
    lookup::Lookup,
    lora::Adapter,
    prompt,
    shift::Shift,
    stride::Stride,
    writer::{Choice, Writer, llama_token},
};
use crate::{Chunk, Completion, Error, ErrorKind, FinishReason, Result, Timings, Usage};
use llama_cpp_2::token::LlamaToken;
use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// A text that is being written: its prompt is evaluated part by part, then it grows token by token.
pub(super) struct Sequence {
    job: Job,
    /// Prompt and answer, but for what was forgotten of them.
    tokens: Vec<LlamaToken>,
    n_prompt: usize,
    /// How much must be evaluated before the answer goes on: the prompt, or what was left of the text.
    n_read: usize,
    shift: Option<Shift>,
    forgotten: usize,
    /// Tokens that the engine has evaluated, or held already.
    evaluated: usize,
    /// Tokens of the prompt that the engine held already when the text was begun.
    cached: Option<usize>,
    n_ctx: usize,
    adapter: Adapter,
    writer: Writer,
    lookup: Option<Lookup>,
    /// What may come after the pending tokens.
    guess: Vec<LlamaToken>,
    /// How far a draft model guesses, and whether the guess is its own.
    drafting: Stride,
    is_drafted: bool,
    seed: u32,
    timings: Timings,
    /// Tokens that were forced, guesses that were right, and the time spent on looking ahead.
    work: Work,
}

impl Sequence {
    /// Takes a job, or answers it with what is wrong with it.
    pub(super) fn admit(mut job: Job, around: &Surroundings<'_>, n_ctx: u32) -> Option<Self> {
        job.ticket = None;
        let timings = Timings { load: around.load_time, queue: job.arrived.elapsed(), ..Timings::default() };
        let seed = job.options.seed.unwrap_or_else(random_seed);
        let (adapter, tokens, shift, writer) = match Sequence::prepare(&job, seed, around, n_ctx) {
            Ok(prepared) => prepared,
            Err(error) => {
                around.counters.failed.add(1);
                events::call(around, &job, &timings, &Work::default(), Outcome::Failed(&error));
                let _ = job.reply.unbounded_send(Err(error));
                return None;
            }
        };
        let mut sequence = Sequence {
            n_prompt: tokens.len(),
            n_read: tokens.len(),
            shift,
            forgotten: 0,
            evaluated: 0,
            cached: None,
            n_ctx: n_ctx as usize,
            lookup: (job.options.lookup == Some(true)).then(Lookup::new),
            guess: Vec::new(),
            drafting: Stride::new(),
            is_drafted: false,
            adapter,
            writer,
            seed,
            timings,
            work: Work::default(),
            tokens,
            job,
        };
        let begun = sequence.begin(around);
        (!sequence.is_over(begun, around)).then_some(sequence)
    }

    /// The adapter, the tokens of the prompt, how the text goes on where the context is full, and what writes the answer.
    fn prepare(
        job: &Job,
        seed: u32,
        around: &Surroundings<'_>,
        n_ctx: u32,
    ) -> Result<(Adapter, Vec<LlamaToken>, Option<Shift>, Writer)> {
        job.options.validate()?;
        let adapter = around.adapters.find(job.options.lora.as_deref())?;
        let n_vocab = around.vocabulary.len();
        if let Some((token, _)) = job.options.logit_bias.iter().find(|(token, _)| *token as usize >= n_vocab) {
            let message = format!("`logit_bias` names token {token}, but the vocabulary has {n_vocab} tokens");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("logit_bias"));
        }
        let tokens = prompt::tokens(job, around, n_ctx as usize)?;
        let shift = match &job.aim {
            Aim::Open | Aim::Wish(_) => Shift::of(&job.options, tokens.len(), n_ctx as usize)?,
            _ => None,
        };
        let mut writer = Writer::new(job, &tokens, seed, around, n_ctx)?;
        if let Aim::Score(text) = &job.aim {
            let given = continuation(text, tokens.len(), around, n_ctx as usize)?;
            writer.close_with(&given);
        }
        Ok((adapter, tokens, shift, writer))
    }

    /// Whether nobody waits for the text any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.job.reply.is_closed()
    }

    /// Whether the time allowed for the text is over.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.job.deadline.is_some_and(|deadline| deadline <= now)
    }

    pub(super) fn priority(&self) -> i32 {
        self.job.options.priority.unwrap_or(0)
    }

    /// The adapter it is written with.
    pub(super) fn adapter(&self) -> Adapter {
        self.adapter
    }

    /// Prompt and answer, but for what was forgotten of them.
    pub(super) fn tokens(&self) -> &[LlamaToken] {
        &self.tokens
    }

    /// How many of its tokens were evaluated.
    pub(super) fn evaluated(&self) -> usize {
        self.evaluated
    }

    /// The tokens that are to be evaluated next.
    pub(super) fn pending(&self) -> &[LlamaToken] {
        self.tokens.get(self.evaluated..).unwrap_or_default()
    }

    /// Whether the prompt is evaluated.
    pub(super) fn is_writing(&self) -> bool {
        self.evaluated >= self.n_read
    }

    /// Forgets what stands in the way where the context is full. Says how many tokens at the beginning are as they were, if
    /// the others have to be evaluated again.
    pub(super) fn make_room(&mut self) -> Option<usize> {
        let shift = self.shift?;
        let gone = shift.forget(&mut self.tokens);
        if gone == 0 {
            return None;
        }
        self.forgotten += gone;
        self.n_read = self.tokens.len();
        self.guess.clear();
        self.drafting.shorten(gone);
        if let Some(lookup) = &mut self.lookup {
            lookup.begin_again(gone);
        }
        Some(shift.keep().min(self.evaluated))
    }

    /// Goes on from the first `count` tokens, which the engine holds.
    pub(super) fn resume(&mut self, count: usize) {
        self.evaluated = count;
    }

    /// Begins in a place of the memory that holds the first `count` tokens. Says how many of the prompt's were held when
    /// the text was begun, the first time it is told so.
    pub(super) fn sit(&mut self, count: usize) -> usize {
        self.resume(count);
        if self.cached.is_some() {
            return 0;
        }
        // What is forced behind the prompt may have been held, too.
        *self.cached.insert(count.min(self.n_prompt))
    }

    /// Notes that the next `count` tokens were evaluated.
    pub(super) fn advance(&mut self, count: usize, took: Duration) {
        if self.is_writing() {
            self.timings.eval += took;
            self.timings.eval_tokens += count;
        } else {
            self.timings.prompt_eval += took;
            self.timings.prompt_eval_tokens += count;
        }
        self.evaluated += count;
    }

    /// What may come after the pending tokens.
    pub(super) fn guess(&self) -> &[LlamaToken] {
        &self.guess
    }

    /// Counts guessed tokens that turned out right, before the text goes on behind them.
    pub(super) fn count_right(&mut self, right: usize) {
        self.timings.eval_tokens += right;
        self.work.right += right;
    }

    /// Notes that a guess was evaluated and how many of its tokens were right.
    pub(super) fn advance_guessed(&mut self, guessed: usize, right: usize) {
        self.evaluated += right;
        let stride = match &mut self.lookup {
            _ if self.is_drafted => &mut self.drafting,
            Some(lookup) => &mut lookup.stride,
            None => return,
        };
        stride.learn(guessed, right, self.tokens.len());
    }

    /// Tokens that a guess may have.
    fn room_of_guess(&self) -> usize {
        self.room().saturating_sub(1).min(self.n_ctx.saturating_sub(self.tokens.len()))
    }

    /// What a draft model may guess, with the text in this slot, if nothing else is guessed.
    pub(super) fn undrafted(&self, slot: usize) -> Option<Guess<'_>> {
        let is_open = self.is_writing() && self.guess.is_empty() && self.writer.closing().is_none();
        let most = self.drafting.at(self.tokens.len()).min(self.room_of_guess());
        (is_open && most > 0).then(|| Guess {
            slot,
            written: &self.tokens,
            most,
            constraint: self.writer.constraint(),
            forward: self.writer.goes_forward(),
            tokens: Vec::new(),
            is_over: false,
            rests: false,
        })
    }

    /// Takes over what a draft model guessed, and whether it is of no use to ask it again soon.
    pub(super) fn take_draft(&mut self, mut guess: Vec<LlamaToken>, rests: bool) {
        if rests {
            self.drafting.rest(self.tokens.len());
        }
        guess.truncate(self.room_of_guess());
        self.writer.keep_possible(&mut guess);
        self.is_drafted = true;
        self.guess = guess;
    }

    /// Guesses nothing, where what is wrong could not be taken back.
    pub(super) fn forget_guess(&mut self) {
        self.guess.clear();
    }

    /// Guesses what comes after the pending tokens.
    pub(super) fn guess_next(&mut self) {
        let most = self.room_of_guess();
        self.guess.clear();
        self.is_drafted = false;
        if let Some(rest) = self.writer.closing() {
            // The last one is not followed by anything that it would have to be evaluated for.
            let needed = rest.len().saturating_sub(1);
            self.guess.extend(rest.take(needed.min(most)).map(llama_token));
        } else if let Some(lookup) = &mut self.lookup {
            self.guess = lookup.guess(&self.tokens, most);
            self.writer.keep_possible(&mut self.guess);
        }
    }

    /// Chooses the next token from the logits of the last one. Says whether the text is over.
    pub(super) fn read(&mut self, logits: &[f32], around: &Surroundings<'_>) -> bool {
        let written = self.write(logits, around);
        self.is_over(written, around)
    }

    /// What must follow the prompt anyway is a part of it, in a way.
    fn begin(&mut self, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        if self.writer.is_finished() {
            return Ok(Some(FinishReason::Grammar));
        }
        if !self.writer.fits(around, self.room())? {
            let needed = self.writer.rest(around, self.n_ctx)?.map(|rest| rest.len());
            return Err(out_of_tokens(self.room(), needed));
        }
        self.forward(around)
    }

    fn is_over(&mut self, outcome: Result<Option<FinishReason>>, around: &Surroundings<'_>) -> bool {
        match outcome {
            Ok(None) => false,
            Ok(Some(reason)) => {
                around.counters.completed.add(1);
                self.tell(Outcome::Completed(&reason), around);
                self.finish(reason);
                true
            }
            Err(error) => {
                self.fail(error, around);
                true
            }
        }
    }

    /// The file that the state of the prompt goes to, if that is all that is asked for.
    pub(super) fn saves_to(&self) -> Option<&Path> {
        match &self.job.aim {
            Aim::Save(path) => Some(path),
            _ => None,
        }
    }

    /// The state of the prompt was written, or not.
    pub(super) fn finish_saved(&mut self, saved: Result<usize>, around: &Surroundings<'_>) {
        self.is_over(saved.map(|_| Some(FinishReason::EndOfText)), around);
    }

    /// Nobody waits for the text any more.
    pub(super) fn cancel(&mut self, around: &Surroundings<'_>) {
        around.counters.cancelled.add(1);
        self.tell(Outcome::Cancelled, around);
    }

    /// Says how it went. Who has the answer no longer sees the text among those that are being written.
    fn tell(&self, outcome: Outcome<'_>, around: &Surroundings<'_>) {
        around.counters.active.take_one();
        let Work { forced, right, constraint, .. } = self.work;
        let (prompt, written) = (self.n_prompt, self.written());
        let work = Work { prompt, cached: self.cached.unwrap_or(0), written, forced, right, constraint };
        events::call(around, &self.job, &self.timings, &work, outcome);
    }

    /// Answers with an error and the text so far.
    pub(super) fn fail(&mut self, error: Error, around: &Surroundings<'_>) {
        around.counters.failed.add(1);
        self.tell(Outcome::Failed(&error), around);
        let error = if error.partial().is_some() { error } else { error.with_partial(self.writer.take_text()) };
        let _ = self.job.reply.unbounded_send(Err(error));
    }

    fn write(&mut self, logits: &[f32], around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        let started = Instant::now();
        let choice = self.writer.choose(logits, around, self.room());
        self.timings.sample += started.elapsed();
        self.timings.sample_tokens += 1;
        let token = match choice? {
            Choice::Token(token) => token,
            Choice::End => return Ok(Some(FinishReason::EndOfText)),
            Choice::Close => match self.writer.rest(around, self.room())? {
                Some(rest) => return self.close(&rest, logits, around),
                None => return Err(out_of_tokens(self.room(), None)),
            },
        };
        self.writer.note(logits, token, &self.job, around)?;
        match self.append(token, around)? {
            Some(reason) => Ok(Some(reason)),
            None => self.forward(around),
        }
    }

    /// Adds a token to the answer. Says why the answer ends with it, if it does.
    fn append(&mut self, token: u32, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        self.tokens.push(llama_token(token));
        let reason = self.writer.append(token, &self.job, around)?;
        Ok(reason.or_else(|| (self.room() == 0).then(|| self.writer.reason_without_tokens())))
    }

    /// Adds what must follow anyway, without asking the model.
    fn forward(&mut self, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        let started = Instant::now();
        let reason = self.add_forced(around);
        let took = started.elapsed();
        self.work.constraint += took;
        around.counters.constraint_micros.add(usize::try_from(took.as_micros()).unwrap_or(0));
        reason
    }

    fn add_forced(&mut self, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        loop {
            if let Some(rest) = self.writer.rest_that_fills(around, self.room())? {
                return self.close(&rest, &[], around);
            }
            let run = self.writer.forced(&self.job, around)?;
            if run.is_empty() {
                return Ok(None);
            }
            for token in run {
                around.counters.forced_tokens.add(1);
                self.work.forced += 1;
                if let Some(reason) = self.append(token, around)? {
                    return Ok(Some(reason));
                }
            }
        }
    }

    /// Brings the answer to its end.
    fn close(&mut self, rest: &[u32], logits: &[f32], around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        // Where no token is left to write, none is waited for.
        if rest.is_empty() {
            return Ok(Some(FinishReason::Closed));
        }
        self.writer.close_with(rest);
        if self.job.options.logprobs.is_some() {
            // Each token waits for the logits that tell how probable it was.
            return if logits.is_empty() { Ok(None) } else { self.write(logits, around) };
        }
        for &token in rest {
            if let Some(reason) = self.append(token, around)? {
                return Ok(Some(if reason == FinishReason::Grammar { FinishReason::Closed } else { reason }));
            }
        }
        Ok(Some(FinishReason::Closed))
    }

    /// Tokens that may still be written.
    fn room(&self) -> usize {
        let context = if self.shift.is_some() { usize::MAX } else { self.n_ctx.saturating_sub(self.tokens.len()) };
        let most = self.job.options.max_tokens.map(|most| most.saturating_sub(self.written()));
        most.map_or(context, |most| context.min(most))
    }

    fn written(&self) -> usize {
        self.tokens.len() + self.forgotten - self.n_prompt
    }

    fn finish(&mut self, reason: FinishReason) {
        if !matches!(reason, FinishReason::Stop(_)) {
            self.writer.finish(&self.job);
        }
        self.timings.total = self.job.arrived.elapsed();
        let mut usage = Usage::new(self.n_prompt, self.written());
        usage.cached_tokens = self.cached.unwrap_or(0);
        let completion = Completion::new(self.writer.take_text())
            .with_finish_reason(reason)
            .with_usage(usage)
            .with_timings(self.timings)
            .with_logprobs(self.writer.take_logprobs())
            .with_seed(self.seed);
        let completion = match self.writer.take_reasoning() {
            Some(reasoning) => completion.with_reasoning(reasoning),
            None => completion,
        };
        let _ = self.job.reply.unbounded_send(Ok(Chunk::Done(completion)));
    }
}

/// The tokens of a text whose probability is asked for.
fn continuation(text: &str, prompt: usize, around: &Surroundings<'_>, n_ctx: usize) -> Result<Arc<[u32]>> {
    if text.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOption, "the text to score is empty: give at least one character"));
    }
    let tokens = closing::cut(text.as_bytes(), around)
        .ok_or_else(|| Error::new(ErrorKind::Unsupported, format!("the model's vocabulary cannot write {text:?}")))?;
    if prompt + tokens.len() > n_ctx {
        let message = format!(
            "the prompt has {prompt} tokens and the text to score {}, but the context holds {n_ctx}: shorten one of \
             them or load the model with a larger `n_ctx`",
            tokens.len()
        );
        return Err(Error::new(ErrorKind::ContextOverflow, message));
    }
    Ok(tokens)
}

fn out_of_tokens(room: usize, needed: Option<usize>) -> Error {
    let needed = needed.map_or_else(|| "more".to_owned(), |needed| format!("{needed} tokens"));
    Error::new(
        ErrorKind::OutOfTokens,
        format!(
            "the shortest answer that the grammar allows takes {needed}, but {room} may be written: allow more with \
             `max_tokens`, or a larger context with `n_ctx`"
        ),
    )
}

fn random_seed() -> u32 {
    // The hasher's keys are drawn from the system; the low bits of one hash are as good as any.
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits will do")]
    let seed = RandomState::new().hash_one(0_u8) as u32;
    seed.min(u32::MAX - 1)
}
