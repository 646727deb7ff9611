//! The answer of one text: which token comes next, and what is told of it.
use super::{
    around::Surroundings,
    candidates::Allowed,
    closing,
    command::{Aim, Job},
    forced::forced,
    logprobs::logprobs,
    sampler::Sampler,
    text::TextOut,
    think::{Think, Thought},
    vocab::id,
    wish::Wish,
};
use crate::{Chunk, Delta, FinishReason, Result, TokenLogprobs, constraint::Constraint};
use llama_cpp_2::token::LlamaToken;
use std::{collections::VecDeque, sync::Arc};

/// So many tokens are tried after which an answer could not end in time, before it is closed.
const TRIED: usize = 8;

/// Writes an answer token by token.
pub(super) struct Writer {
    sampler: Sampler,
    constraint: Option<Constraint>,
    text: TextOut,
    logprobs: Vec<TokenLogprobs>,
    /// Whether text that the grammar forces is written without asking the model.
    forward: bool,
    /// Whether the answer is brought to its end before the tokens run out.
    close: bool,
    /// Tokens that a bias forbids.
    forbidden: Vec<u32>,
    /// The rest of an answer that is being closed.
    closing: Option<VecDeque<u32>>,
    /// Thoughts that are being written.
    think: Option<Think>,
    reasoning: Option<String>,
    /// Tokens that are written next without asking the model.
    insert: VecDeque<u32>,
    wish: Option<Wish>,
}

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Token(u32),
    /// The model ends the answer.
    End,
    /// The tokens left are those that the shortest rest takes.
    Close,
}

impl Writer {
    /// Begins an answer to a prompt of these tokens.
    pub(super) fn new(
        job: &Job,
        prompt: &[LlamaToken],
        seed: u32,
        around: &Surroundings<'_>,
        n_ctx: u32,
    ) -> Result<Self> {
        let constraint = match &job.grammar {
            Some(grammar) => Some(around.constraints.of(grammar)?),
            None => None,
        };
        let mut sampler = Sampler::new(around.model, &job.options, seed, n_ctx);
        for &token in prompt {
            sampler.accept(token);
        }
        let echoed = if job.options.echo == Some(true) { job.prompt.clone() } else { String::new() };
        if !echoed.is_empty() {
            let _ = job.reply.unbounded_send(Ok(Chunk::Delta(Delta::Text(echoed.clone()))));
        }
        let (think, insert) = match &job.options.thinking {
            Some(thinking) => {
                let (think, open) = Think::new(thinking, around)?;
                (Some(think), open)
            }
            None => (None, VecDeque::new()),
        };
        let forbidden = job.options.logit_bias.iter().filter(|(_, bias)| *bias == f32::NEG_INFINITY);
        Ok(Writer {
            sampler,
            constraint,
            text: TextOut::after(echoed, job.options.stop.clone()),
            logprobs: Vec::new(),
            // Probabilities come from logits, which nobody works out for text that is only appended.
            forward: job.options.fast_forward != Some(false) && job.options.logprobs.is_none(),
            close: job.options.close != Some(false),
            forbidden: forbidden.map(|&(token, _)| token).collect(),
            closing: None,
            think,
            reasoning: None,
            insert,
            wish: match &job.aim {
                Aim::Wish(text) => Some(Wish::new(text, around)?),
                _ => None,
            },
        })
    }

    /// Whether nothing can follow.
    pub(super) fn is_finished(&self) -> bool {
        self.think.is_none() && self.constraint.as_ref().is_some_and(Constraint::is_finished)
    }

    /// Why the answer ends when no token is left.
    pub(super) fn reason_without_tokens(&self) -> FinishReason {
        let complete =
            self.close && self.think.is_none() && self.constraint.as_ref().is_some_and(Constraint::is_accepting);
        if complete { FinishReason::Closed } else { FinishReason::Length }
    }

    /// Whether the answer can be brought to its end with `room` tokens, as far as that is asked for.
    pub(super) fn fits(&self, around: &Surroundings<'_>, room: usize) -> Result<bool> {
        let overhead = self.think.as_ref().map_or(0, Think::overhead);
        match &self.constraint {
            Some(_) if room < overhead => Ok(false),
            Some(constraint) if self.close => closing::fits(constraint, around, room - overhead),
            _ => Ok(true),
        }
    }

    /// Chooses the next token, `room` of which are left.
    pub(super) fn choose(&mut self, logits: &[f32], around: &Surroundings<'_>, room: usize) -> Result<Choice> {
        if let Some(token) = self.closing.as_mut().and_then(VecDeque::pop_front) {
            return Ok(Choice::Token(token));
        }
        if let Some(token) = self.insert.pop_front() {
            return Ok(Choice::Token(token));
        }
        if self.think.is_some() {
            return self.think_on(logits, around, room);
        }
        self.sampler.want(self.wish.as_ref().and_then(|wish| wish.next(around)));
        let ends = around.vocabulary.end_of_generation();
        let Some(constraint) = &mut self.constraint else {
            let token = self.sampler.choose(logits, &Allowed::All { but: &[] })?;
            return Ok(if ends.contains(&token) { Choice::End } else { Choice::Token(token) });
        };
        let end = if constraint.is_accepting() { ends } else { &[] };
        let mask = constraint.mask()?;
        let mut refused = Vec::new();
        loop {
            let allowed = Allowed::Only { mask: &mask, and: end, but: &refused };
            let token = match self.sampler.choose(logits, &allowed) {
                // Only those were left after which it cannot end in time.
                Err(_) if !refused.is_empty() => return Ok(Choice::Close),
                chosen => chosen?,
            };
            if ends.contains(&token) {
                return Ok(Choice::End);
            }
            if !self.close {
                return Ok(Choice::Token(token));
            }
            let mut next = constraint.clone();
            next.accept(token)?;
            if closing::fits(&next, around, room.saturating_sub(1))? {
                return Ok(Choice::Token(token));
            }
            refused.push(token);
            if refused.len() == TRIED {
                return Ok(Choice::Close);
            }
        }
    }

    /// Chooses the next token of thoughts, or ends them.
    fn think_on(&mut self, logits: &[f32], around: &Surroundings<'_>, room: usize) -> Result<Choice> {
        let Some(think) = &self.think else { return Ok(Choice::End) };
        let vocabulary = &around.vocabulary;
        let must_end = think.is_used_up() || !self.fits(around, room.saturating_sub(1))?;
        let mut refused = Vec::new();
        while !must_end && refused.len() < TRIED {
            let token = self.sampler.choose(logits, &Allowed::All { but: &refused })?;
            // The model has nothing more to think.
            if vocabulary.end_of_generation().contains(&token) {
                break;
            }
            let rest = think.rest_after(token, vocabulary.piece(token)).unwrap_or_default();
            let is_blank = rest.iter().all(u8::is_ascii_whitespace);
            let begins = |constraint: &Constraint| constraint.clone().accept_bytes(&rest).is_ok();
            if is_blank || self.constraint.as_ref().is_none_or(begins) {
                return Ok(Choice::Token(token));
            }
            refused.push(token);
        }
        let mut mark = think.mark_tokens().iter().copied();
        let first = mark.next();
        self.insert = mark.collect();
        Ok(first.map_or(Choice::End, Choice::Token))
    }

    /// Reads a token of thoughts. Gives what of it is of the answer.
    fn note_thought(&mut self, token: u32, job: &Job, around: &Surroundings<'_>) -> Vec<u8> {
        let Some(think) = &mut self.think else { return Vec::new() };
        let (text, rest) = match think.read(token, around.vocabulary.piece(token)) {
            Thought::More(text) => (text, None),
            Thought::Over(text, rest) => (text, Some(rest)),
        };
        hand_out_thoughts(job, text);
        let Some(rest) = rest else { return Vec::new() };
        self.reasoning = Some(think.take_text());
        self.think = None;
        // The thoughts may have ended with a part of the mark that was put behind them.
        self.insert.clear();
        rest
    }

    /// Notes how probable a token was.
    pub(super) fn note(&mut self, logits: &[f32], token: u32, job: &Job, around: &Surroundings<'_>) -> Result<()> {
        if let Some(n) = job.options.logprobs {
            self.logprobs.push(logprobs(logits, token, n as usize, &around.vocabulary)?);
        }
        Ok(())
    }

    /// Adds a token to the answer. Says why the answer ends with it, if it does.
    pub(super) fn append(&mut self, token: u32, job: &Job, around: &Surroundings<'_>) -> Result<Option<FinishReason>> {
        self.sampler.accept(llama_token(token));
        if let Some(wish) = &mut self.wish {
            wish.advance(around.vocabulary.piece(token).len());
        }
        let (text, stop) = if self.think.is_some() {
            let mut rest = self.note_thought(token, job, around);
            if let Some(constraint) = self.constraint.as_mut().filter(|_| !rest.is_empty()) {
                // A line break behind the mark is no part of an answer that cannot begin with one.
                if constraint.accept_bytes(&rest).is_err() {
                    rest.clear();
                }
            }
            self.text.push(&rest)
        } else {
            if let Some(constraint) = &mut self.constraint {
                constraint.accept(token)?;
            }
            self.text.push(around.vocabulary.piece(token))
        };
        hand_out(job, text);
        if let Some(stop) = stop {
            return Ok(Some(FinishReason::Stop(stop)));
        }
        if self.closing.as_ref().is_some_and(VecDeque::is_empty) {
            return Ok(Some(FinishReason::Closed));
        }
        Ok(self.is_finished().then_some(FinishReason::Grammar))
    }

    /// The tokens of the text that must follow, as far as what comes after it does not change how it is cut.
    pub(super) fn forced(&mut self, job: &Job, around: &Surroundings<'_>) -> Result<Vec<u32>> {
        if !self.insert.is_empty() {
            // Where probabilities are asked for, each waits for the logits that tell how probable it was.
            let waits = job.options.logprobs.is_some();
            return Ok(if waits { Vec::new() } else { self.insert.pop_front().into_iter().collect() });
        }
        let answers = self.think.is_none() && self.forward && self.closing.is_none();
        let Some(constraint) = self.constraint.as_ref().filter(|_| answers) else {
            return Ok(Vec::new());
        };
        let run = forced(constraint, around)?;
        Ok(if self.forbids(&run) { Vec::new() } else { run })
    }

    /// Whether one of these tokens is forbidden.
    fn forbids(&self, tokens: &[u32]) -> bool {
        tokens.iter().any(|token| self.forbidden.contains(token))
    }

    /// Leaves of a guess what the grammar allows.
    pub(super) fn keep_possible(&self, guess: &mut Vec<LlamaToken>) {
        let Some(constraint) = self.constraint.as_ref().filter(|_| self.think.is_none()) else { return };
        let mut constraint = constraint.clone();
        let possible = guess.iter().take_while(|&&token| constraint.accept(id(token)).is_ok()).count();
        guess.truncate(possible);
    }

    /// What the answer is held to, for guesses at it.
    pub(super) fn constraint(&self) -> Option<Constraint> {
        self.constraint.clone().filter(|_| self.think.is_none())
    }

    /// Whether text that the grammar forces is written without asking the model.
    pub(super) fn goes_forward(&self) -> bool {
        self.forward
    }

    /// The shortest rest, if it takes all of the `room` that is left: then there is nothing to choose any more.
    pub(super) fn rest_that_fills(&self, around: &Surroundings<'_>, room: usize) -> Result<Option<Arc<[u32]>>> {
        let may_close = self.close && self.closing.is_none() && self.think.is_none();
        let Some(constraint) = self.constraint.as_ref().filter(|_| may_close) else {
            return Ok(None);
        };
        if constraint.distance() < room as u64 {
            return Ok(None);
        }
        Ok(self.rest(around, room)?.filter(|rest| rest.len() == room))
    }

    /// The shortest rest, which takes at most `room` tokens, and none that is forbidden.
    pub(super) fn rest(&self, around: &Surroundings<'_>, room: usize) -> Result<Option<Arc<[u32]>>> {
        let Some(constraint) = &self.constraint else { return Ok(None) };
        Ok(closing::rest(constraint, around, room)?.filter(|rest| !self.forbids(rest)))
    }

    /// The tokens that the answer goes on with, if they are known.
    pub(super) fn closing(&self) -> Option<impl ExactSizeIterator<Item = u32> + '_> {
        self.closing.as_ref().map(|rest| rest.iter().copied())
    }

    /// From here on the answer goes on with these tokens.
    pub(super) fn close_with(&mut self, rest: &[u32]) {
        self.closing = Some(rest.iter().copied().collect());
    }

    /// Hands out what was held back.
    pub(super) fn finish(&mut self, job: &Job) {
        // A mark that was begun by the engine is no thought.
        if let Some(think) = self.think.as_mut().filter(|_| self.insert.is_empty()) {
            hand_out_thoughts(job, think.finish());
        }
        let rest = self.text.finish();
        hand_out(job, rest);
    }

    /// What was thought, if that was asked for.
    pub(super) fn take_reasoning(&mut self) -> Option<String> {
        self.think.as_mut().map(Think::take_text).or_else(|| self.reasoning.take())
    }

    pub(super) fn take_logprobs(&mut self) -> Vec<TokenLogprobs> {
        std::mem::take(&mut self.logprobs)
    }

    pub(super) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text).into_text()
    }
}

fn hand_out(job: &Job, text: String) {
    if !text.is_empty() {
        let _ = job.reply.unbounded_send(Ok(Chunk::Delta(Delta::Text(text))));
    }
}

fn hand_out_thoughts(job: &Job, text: String) {
    if !text.is_empty() {
        let _ = job.reply.unbounded_send(Ok(Chunk::Delta(Delta::Reasoning(text))));
    }
}

pub(super) fn llama_token(token: u32) -> LlamaToken {
    LlamaToken(i32::try_from(token).unwrap_or_default())
}
