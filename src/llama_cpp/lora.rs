//! Adapters, one of which can be laid over the model at a time.
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::{context::LlamaContext, model::LlamaLoraAdapter};

/// Which adapter lies over the model, if one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Adapter(Option<usize>);

/// The adapters of a model. llama.cpp frees them with it.
pub(super) struct Adapters {
    known: Vec<(LlamaLoraAdapter, f32)>,
    names: Names,
    laid: Adapter,
}

/// What calls name them.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    usual: Adapter,
    named: Vec<(String, Adapter)>,
}

impl Adapters {
    /// The adapter of calls that name none, and those that are named.
    pub(super) fn new(usual: Option<(LlamaLoraAdapter, f32)>, named: Vec<(String, (LlamaLoraAdapter, f32))>) -> Self {
        let mut known = Vec::from_iter(usual);
        let mut called = Names { usual: Adapter(known.len().checked_sub(1)), named: Vec::new() };
        for (name, adapter) in named {
            called.named.push((name, Adapter(Some(known.len()))));
            known.push(adapter);
        }
        Adapters { known, names: called, laid: Adapter(None) }
    }

    pub(super) fn names(&self) -> Names {
        self.names.clone()
    }

    /// Lays one over the context's model, or takes away the one that lies there.
    pub(super) fn lay(&mut self, adapter: Adapter, context: &mut LlamaContext<'_>) -> Result<()> {
        if adapter == self.laid {
            return Ok(());
        }
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Engine, "llama.cpp could not lay the LoRA adapter over the model").with_source(error)
        };
        match adapter.0.and_then(|at| self.known.get_mut(at)) {
            Some((adapter, scale)) => {
                context.lora_adapter_set(adapter, *scale).map_err(|error| failed(error.into()))?;
            }
            None => {
                // The binding takes all away, whichever it is given.
                if let Some((any, _)) = self.known.first_mut() {
                    context.lora_adapter_remove(any).map_err(|error| failed(error.into()))?;
                }
            }
        }
        self.laid = adapter;
        Ok(())
    }
}

impl Names {
    /// What tells the states that were evaluated with each adapter from others, `identity` being the model's.
    pub(super) fn identities(&self, identity: &str) -> Vec<(Adapter, String)> {
        let mut all = vec![(Adapter(None), format!("{identity} with none"))];
        if self.usual != Adapter(None) {
            all.push((self.usual, format!("{identity} with the usual one")));
        }
        all.extend(self.named.iter().map(|(name, adapter)| (*adapter, format!("{identity} with {name:?}"))));
        all
    }

    /// The adapter that a call asks for.
    pub(super) fn find(&self, name: Option<&str>) -> Result<Adapter> {
        match name {
            None => Ok(self.usual),
            Some("") => Ok(Adapter(None)),
            Some(name) => {
                let found = self.named.iter().find(|(known, _)| known == name).map(|(_, adapter)| *adapter);
                found.ok_or_else(|| {
                    let known = self.named.iter().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ");
                    let message = if known.is_empty() {
                        format!("`lora` names {name:?}, but no adapter was loaded with a name: load it with `lora`")
                    } else {
                        format!("`lora` names {name:?}, but the adapters are {known}")
                    };
                    Error::new(ErrorKind::UnknownKey, message).with_path("lora")
                })
            }
        }
    }
}
