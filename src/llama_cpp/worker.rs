//! The thread that owns a model.
use super::{
    around::Surroundings,
    builder::Setup,
    canonical::Canonical,
    closing,
    command::Command,
    constraints::Constraints,
    engine::Engine,
    load::{self, Loaded},
    plan::Pace,
    queue::Queue,
    scheduler::{Scheduler, late},
    stats::Counters,
    vocab::{Vocabulary, id},
};
use crate::{Error, ErrorKind, Grammar, Result};
use async_channel::{Receiver, Sender, TryRecvError};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use std::{sync::Arc, time::Instant};

/// Answers of more tokens than this are not looked for.
const MOST_TOKENS: usize = 1 << 16;

/// Loads the model, says so, and serves commands until every handle is gone. Everything of llama.cpp's is a local here,
/// dropped in the order in which it may be.
pub(super) fn run(setup: &Setup, counters: &Counters, commands: &Receiver<Command>, ready: &Sender<Result<Loaded>>) {
    let started = Instant::now();
    let outcome = (|| {
        let mut model = load::model(setup)?;
        let mut adapters = load::adapters(setup, &mut model)?;
        let context = if setup.vocab_only { None } else { Some(load::context(setup, &model, &mut adapters)?) };
        let loaded = load::describe(setup, &model, context.as_ref(), started)?;
        let around = Surroundings {
            model: &model,
            vocabulary: Arc::clone(&loaded.vocabulary),
            constraints: Constraints::default(),
            canonical: Canonical::new(&model.vocab()),
            load_time: loaded.report.load_time,
            counters,
        };
        // A caller that no longer waits for the model does not get one.
        if ready.send_blocking(Ok(loaded)).is_ok() {
            let scheduler = context.map(|context| {
                let mut engine = Engine::new(load::layout(setup, &model, &context), context);
                if setup.warm_up {
                    engine.warm_up(model.vocab().bos());
                }
                let pace = Pace {
                    n_batch: engine.n_batch().min(setup.n_batch as usize),
                    beside: setup.n_prompt_step as usize,
                    alone: setup.deterministic,
                };
                Scheduler::new(&around, engine, pace, setup.keep_tokens)
            });
            serve(&around, scheduler, commands);
        }
        Ok(())
    })();
    if let Err(error) = outcome {
        let _ = ready.send_blocking(Err(error));
    }
}

/// Serves commands and writes texts, until every handle is gone, and with them everyone who could wait for an answer.
fn serve(around: &Surroundings<'_>, mut scheduler: Option<Scheduler<'_, '_>>, commands: &Receiver<Command>) {
    let mut queue = Queue::default();
    loop {
        loop {
            let idle = queue.is_empty() && scheduler.as_ref().is_none_or(Scheduler::is_idle);
            let command =
                if idle { commands.recv_blocking().map_err(|_| TryRecvError::Closed) } else { commands.try_recv() };
            match command {
                Ok(Command::Generate(job)) if scheduler.is_none() => {
                    let _ = job.reply.unbounded_send(Err(vocabulary_only()));
                }
                Ok(Command::Generate(job)) => queue.push(job),
                Ok(Command::FewestTokens { grammar, reply }) => {
                    let _ = reply.send(fewest_tokens(&grammar, around));
                }
                Ok(Command::Tokenize { text, special, reply }) => {
                    let _ = reply.send(Ok(tokenize(around.model, &text, special)));
                }
                Ok(Command::Detokenize { tokens, reply }) => {
                    let _ = reply.send(detokenize(around.model, &around.vocabulary, &tokens));
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Closed) => return,
            }
        }
        around.counters.cancelled.add(queue.drop_cancelled());
        for job in queue.take_late(Instant::now()) {
            around.counters.failed.add(1);
            let _ = job.reply.unbounded_send(Err(late().with_partial("")));
        }
        if let Some(scheduler) = &mut scheduler {
            scheduler.step(&mut queue);
        }
    }
}

fn fewest_tokens(grammar: &Grammar, around: &Surroundings<'_>) -> Result<usize> {
    let constraint = around.constraints.of(grammar, &around.vocabulary)?;
    let rest = closing::rest(&constraint, around, MOST_TOKENS)?;
    rest.map(|rest| rest.len()).ok_or_else(|| {
        let message = format!("no answer that the grammar allows is shorter than {MOST_TOKENS} tokens");
        Error::new(ErrorKind::OutOfTokens, message)
    })
}

fn tokenize(model: &LlamaModel, text: &str, special: bool) -> Vec<u32> {
    model.vocab().tokenize(text.as_bytes(), special, special).into_iter().map(id).collect()
}

fn detokenize(model: &LlamaModel, vocabulary: &Vocabulary, tokens: &[u32]) -> Result<String> {
    let known = |&token: &u32| {
        let known = i32::try_from(token).ok().filter(|_| (token as usize) < vocabulary.len());
        known.map(LlamaToken).ok_or_else(|| {
            let message = format!("token {token} is not one of the vocabulary's {}", vocabulary.len());
            Error::new(ErrorKind::InvalidOption, message)
        })
    };
    let tokens: Vec<LlamaToken> = tokens.iter().map(known).collect::<Result<_>>()?;
    if tokens.is_empty() {
        return Ok(String::new());
    }
    Ok(String::from_utf8_lossy(&model.vocab().detokenize(&tokens, false, true)).into_owned())
}

fn vocabulary_only() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "only the vocabulary was loaded: load the model without `vocab_only` to generate",
    )
}
