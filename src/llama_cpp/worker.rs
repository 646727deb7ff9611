//! The thread that owns a model.
use super::{
    around::Surroundings,
    canonical::Canonical,
    closing,
    command::Command,
    constraints::Constraints,
    draft::{self, Draft},
    engine::Engine,
    events::{self, Outcome, Work},
    handle::model_name,
    load::{self, Loaded},
    owner::telling,
    plan::Pace,
    queue::Queue,
    scheduler::{Scheduler, late},
    setup::Setup,
    slots::Slots,
    spill::Spill,
    stats::Counters,
    vocab::{Vocabulary, id},
};
use crate::{Error, ErrorKind, Grammar, Result, Timings, constraint::TokenTrie};
use async_channel::{Receiver, Sender, TryRecvError};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use std::{
    sync::{Arc, OnceLock},
    thread,
    time::Instant,
};

/// Answers of more tokens than this are not looked for.
const MOST_TOKENS: usize = 1 << 16;

/// Loads the model, says so, and serves commands until every handle is gone. Everything of llama.cpp's is a local here,
/// dropped in the order in which it may be.
pub(super) fn run(
    setup: &Setup,
    counters: &Counters,
    commands: &Receiver<Command>,
    ready: &Sender<Result<Loaded>>,
    fault: &OnceLock<String>,
) {
    let started = Instant::now();
    let outcome = telling(fault, || -> Result<()> {
        let mut model = load::model(setup)?;
        let adapters = load::adapters(setup, &mut model)?;
        let vocabulary = load::vocabulary(setup, &model)?;
        let small = draft::setup(setup, load::n_ctx_wanted(setup, &model)).filter(|_| !setup.vocab_only);
        let small_model = small.as_ref().map(load::model).transpose()?;
        // Constraints need a tree of all tokens, which takes a while for a large vocabulary, and so does the context.
        let (context, trie) = beside(
            || if setup.vocab_only { Ok(None) } else { load::context(setup, &model).map(Some) },
            || TokenTrie::new(vocabulary.pieces(), vocabulary.len()),
        );
        let context = context?;
        let draft = match (&small, &small_model) {
            (Some(small), Some(small_model)) => Some(Draft::new(small, small_model, &vocabulary)?),
            _ => None,
        };
        let loaded = load::describe(setup, &model, vocabulary, context.as_ref(), started)?;
        let name = model_name(&setup.path);
        let around = Surroundings {
            name: &name,
            model: &model,
            vocabulary: Arc::clone(&loaded.vocabulary),
            constraints: Constraints::new(trie),
            identities: adapters.names().identities(&format!("{} {}", loaded.identity, load::memory(setup, &model))),
            adapters: adapters.names(),
            canonical: Canonical::new(&model),
            load_time: loaded.report.load_time,
            counters,
        };
        let spill = match &setup.spill {
            Some((folder, bytes)) if context.is_some() => {
                Some(Spill::open(folder, *bytes, &around.identities, counters)?)
            }
            _ => None,
        };
        // A caller that no longer waits for the model does not get one.
        if ready.send_blocking(Ok(loaded)).is_ok() {
            let scheduler = context.map(|context| {
                let mut engine = Engine::new(load::layout(setup, &model, &context), context, adapters);
                #[cfg(test)]
                {
                    engine.faults = setup.faults;
                }
                if setup.warm_up {
                    engine.warm_up(model.vocab().bos());
                }
                let pace = Pace {
                    n_batch: engine.n_batch().min(setup.n_batch as usize),
                    beside: setup.n_prompt_step as usize,
                    alone: setup.deterministic,
                };
                let slots = engine.layout().slots;
                Scheduler::new(&around, engine, draft, pace, Slots::new(slots, setup.cache_tokens, spill))
            });
            serve(&around, scheduler, commands, fault);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        let _ = ready.send_blocking(Err(error));
    }
}

/// Does one thing on this thread and another one on a thread beside it, if there is one to be had.
fn beside<H, T: Send>(here: impl FnOnce() -> H, there: impl Fn() -> T + Sync) -> (H, T) {
    thread::scope(|scope| {
        let other = thread::Builder::new().name("catena beside".to_owned()).spawn_scoped(scope, &there);
        let here = here();
        (here, other.ok().and_then(|other| other.join().ok()).unwrap_or_else(&there))
    })
}

/// Serves commands and writes texts, until every handle is gone, and with them everyone who could wait for an answer.
fn serve(
    around: &Surroundings<'_>,
    mut scheduler: Option<Scheduler<'_, '_>>,
    commands: &Receiver<Command>,
    fault: &OnceLock<String>,
) {
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
        for job in queue.take_cancelled() {
            around.counters.cancelled.add(1);
            let timings = Timings { queue: job.arrived.elapsed(), ..Timings::default() };
            events::call(around, &job, &timings, &Work::default(), Outcome::Cancelled);
        }
        for job in queue.take_late(Instant::now()) {
            around.counters.failed.add(1);
            let error = late().with_partial("");
            let timings = Timings { queue: job.arrived.elapsed(), ..Timings::default() };
            events::call(around, &job, &timings, &Work::default(), Outcome::Failed(&error));
            let _ = job.reply.unbounded_send(Err(error));
        }
        if let Some(scheduler) = &mut scheduler {
            telling(fault, || scheduler.step(&mut queue));
        }
    }
}

fn fewest_tokens(grammar: &Grammar, around: &Surroundings<'_>) -> Result<usize> {
    let constraint = around.constraints.of(grammar)?;
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
