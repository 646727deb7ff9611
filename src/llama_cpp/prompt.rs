//! The tokens of a prompt.
use super::{around::Surroundings, command::Job};
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::token::LlamaToken;

/// The tokens of a job's prompt, which leave room in a context of `limit` tokens.
pub(super) fn tokens(job: &Job, around: &Surroundings<'_>, limit: usize) -> Result<Vec<LlamaToken>> {
    // A text is at least as many tokens as it has pieces of the longest token's length. Telling so without
    // tokenizing keeps a text of any length from holding up the engine.
    let written = job.prompt.len() + job.options.suffix.as_ref().map_or(0, String::len);
    let at_least = written / around.vocabulary.longest();
    if at_least >= limit {
        return Err(overflow(at_least, "at least ", limit, job.options.max_tokens));
    }
    let tokens = tokenize(job, around)?;
    if tokens.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidOption,
            "the prompt is empty, and the model's tokenizer begins no text by itself: write something",
        ));
    }
    if tokens.len() >= limit {
        return Err(overflow(tokens.len(), "", limit, job.options.max_tokens));
    }
    Ok(tokens)
}

/// The prompt, or the prompt and what follows the gap, in the order in which models are trained to fill gaps.
fn tokenize(job: &Job, around: &Surroundings<'_>) -> Result<Vec<LlamaToken>> {
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
