//! What models cost.
use crate::{CallbackHandler, Completion, RunInfo, Usage};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Adds up the tokens that models read and wrote, by the names of the providers; answers out of a cache cost none. Clones
/// add to the same totals.
///
/// # Examples
///
/// ```
/// use catena::{Model, RunContext, callback::UsageTotals, input, map, testing::FakeLlm};
///
/// let usage = UsageTotals::new();
/// let chain = Model::new(FakeLlm::always("Good day")) | map(|text: String| text.len());
/// futures::executor::block_on(chain.invoke_in("Greet me.", &RunContext::new().with(usage.clone())))?;
/// assert_eq!((usage.total().prompt_tokens, usage.total().completion_tokens), (2, 2));
/// assert_eq!(usage.by_model()["fake"], usage.total());
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct UsageTotals(Arc<Mutex<BTreeMap<String, Usage>>>);

impl UsageTotals {
    /// Totals of nothing yet.
    pub fn new() -> Self {
        UsageTotals::default()
    }

    /// What all models together read and wrote.
    pub fn total(&self) -> Usage {
        self.by_model().into_values().fold(Usage::default(), added)
    }

    /// What each model read and wrote.
    pub fn by_model(&self) -> BTreeMap<String, Usage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn added(a: Usage, b: Usage) -> Usage {
    Usage {
        prompt_tokens: a.prompt_tokens + b.prompt_tokens,
        cached_tokens: a.cached_tokens + b.cached_tokens,
        completion_tokens: a.completion_tokens + b.completion_tokens,
    }
}

impl CallbackHandler for UsageTotals {
    fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {
        // Its usage is that of the time when it was written.
        if completion.cached {
            return;
        }
        let mut totals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let model = run.model().unwrap_or(run.name());
        let total = totals.entry(model.to_owned()).or_default();
        *total = added(*total, completion.usage);
    }
}
