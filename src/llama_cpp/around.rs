//! What texts share on the thread that owns a model.
use super::{
    canonical::Canonical,
    constraints::Constraints,
    lora::{Adapter, Names},
    stats::Counters,
    vocab::Vocabulary,
};
use llama_cpp_2::model::LlamaModel;
use std::{sync::Arc, time::Duration};

/// What a text needs to know of the model it runs on.
pub(super) struct Surroundings<'model> {
    pub(super) name: &'model str,
    pub(super) model: &'model LlamaModel,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) constraints: Constraints,
    pub(super) adapters: Names,
    /// What the states of each adapter are sealed with.
    pub(super) identities: Vec<(Adapter, String)>,
    pub(super) canonical: Canonical,
    pub(super) load_time: Duration,
    pub(super) counters: &'model Counters,
}
