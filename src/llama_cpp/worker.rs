//! The thread that owns a model.
use super::{
    builder::Setup,
    command::{Command, Job},
    constraints::Constraints,
    engine::Engine,
    load::{self, Loaded},
    sequence::{Progress, Sequence, Surroundings},
    stats::Counters,
    vocab::{Vocabulary, id},
};
use crate::{Error, ErrorKind, Result};
use async_channel::{Receiver, Sender, TryRecvError};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use std::{collections::VecDeque, sync::Arc, time::Instant};

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
            load_time: loaded.report.load_time,
            counters,
        };
        // A caller that no longer waits for the model does not get one.
        if ready.send_blocking(Ok(loaded)).is_ok() {
            serve(
                &around,
                context.map(|context| Engine::new(load::n_ctx(setup, &context), context)),
                commands,
                setup.queue,
            );
        }
        Ok(())
    })();
    if let Err(error) = outcome {
        let _ = ready.send_blocking(Err(error));
    }
}

/// Serves commands: one text is written at a time, the others wait in the order they came.
fn serve(around: &Surroundings<'_>, mut engine: Option<Engine<'_>>, commands: &Receiver<Command>, queue: usize) {
    let mut waiting: VecDeque<Box<Job>> = VecDeque::new();
    let mut active: Option<Sequence> = None;
    loop {
        while waiting.len() < queue {
            let idle = active.is_none() && waiting.is_empty();
            let command =
                if idle { commands.recv_blocking().map_err(|_| TryRecvError::Closed) } else { commands.try_recv() };
            match command {
                Ok(Command::Generate(job)) => waiting.push_back(job),
                Ok(Command::Tokenize { text, special, reply }) => {
                    let _ = reply.send(Ok(tokenize(around.model, &text, special)));
                }
                Ok(Command::Detokenize { tokens, reply }) => {
                    let _ = reply.send(detokenize(around.model, &around.vocabulary, &tokens));
                }
                Err(TryRecvError::Empty) => break,
                // Every handle is gone, and with them everyone who could wait for an answer.
                Err(TryRecvError::Closed) => return,
            }
        }
        let waited = waiting.len();
        waiting.retain(|job| !job.reply.is_closed());
        around.counters.cancelled.add(waited - waiting.len());
        if active.as_ref().is_some_and(Sequence::is_cancelled) {
            active = None;
            around.counters.cancelled.add(1);
        }
        if active.is_none() {
            active = waiting.pop_front().and_then(|job| begin(job, around, engine.as_mut()));
        }
        if let (Some(sequence), Some(engine)) = (&mut active, &mut engine) {
            if sequence.step(engine, around) == Progress::Ended {
                active = None;
            }
        }
    }
}

fn begin(job: Box<Job>, around: &Surroundings<'_>, engine: Option<&mut Engine<'_>>) -> Option<Sequence> {
    let Some(engine) = engine else {
        let _ = job.reply.unbounded_send(Err(vocabulary_only()));
        return None;
    };
    engine.clear();
    Sequence::admit(*job, around, engine.n_ctx())
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
